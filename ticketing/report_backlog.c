/* The backlog. A ticket that was open for a hundred days is not counted a hundred times: each series keeps by how much it
 * changes with each period, which is summed up at the end. */
#include "ticketing/report_private.h"

#define SERIES (PN_REPORT_AGES + 1)

static guint
age_series (guint32 age)
{
  guint i = 0;

  while (age >= pn_report_ages[i] && i < PN_REPORT_AGES - 1)
    i++;
  return i + 1;
}

static gint64
end_of (const PnReportRun *run)
{
  return MIN (run->span.to, (gint64) run->now);
}

static gboolean
is_open_at (const PnReportFact *fact, gint64 at)
{
  const guint32 solved = pn_report_of_ticket (fact, PN_FACT_SOLVED);

  return pn_report_of_ticket (fact, PN_FACT_CREATED) < at && (solved == 0 || solved >= at);
}

static guint
count_periods (const PnReportRun *run)
{
  return run->span.starts->len - 1;
}

/* Returns: the first period that ends behind @time, now being the end of the last one; run->begun: none does. */
static guint
period_behind (const PnReportRun *run, gint64 time)
{
  if (time >= end_of (run))
    return run->begun;
  return time < run->span.from ? 0 : pn_report_span_find (&run->span, time);
}

/* From period @first on, before @behind, there is one more. */
static void
step (PnReportRun *run, guint series, guint first, guint behind)
{
  const guint n = count_periods (run) + 1;

  run->steps[series * n + first]++;
  run->steps[series * n + behind]--;
}

/* A ticket is open at the ends of the periods from the one that ends behind its beginning to the one that ends behind
 * its solution; within, it grows from one age into the next. */
static void
step_ages (PnReportRun *run, const PnReportFact *fact)
{
  const gint64 created = pn_report_of_ticket (fact, PN_FACT_CREATED);
  const guint32 solved = pn_report_of_ticket (fact, PN_FACT_SOLVED);
  const guint behind = solved == 0 ? run->begun : period_behind (run, solved);
  guint first = period_behind (run, created);

  if (first >= behind)
    return;
  step (run, 0, first, behind);
  for (guint i = 0; i < PN_REPORT_AGES && first < behind; i++) {
    guint older = i == PN_REPORT_AGES - 1
                      ? behind
                      : MIN (period_behind (run, created + pn_report_ages[i] - 1), behind);

    if (older > first)
      step (run, i + 1, first, older);
    first = MAX (older, first);
  }
}

/* Looks at each period, for the tickets behind a number. */
static void
list_periods (PnReportRun *run, const PnReportFact *fact)
{
  const gint64 end = end_of (run);
  const guint32 created = pn_report_of_ticket (fact, PN_FACT_CREATED);

  for (guint i = period_behind (run, created); i < run->begun; i++) {
    const gint64 at = MIN (g_array_index (run->span.starts, gint64, i + 1), end);
    const guint age = age_series ((guint32) (at - created));

    if (!is_open_at (fact, at))
      return;
    pn_report_count_add (run, fact->segment, fact->ticket, 0, i, 0);
    pn_report_count_add (run, fact->segment, fact->ticket, age, i, 0);
  }
}

void
pn_report_backlog_start (PnReportRun *run)
{
  g_clear_pointer (&run->steps, g_free);
  run->begun = 0;
  if (!run->kind->is_backlog || run->request->by < PN_BY_DAY)
    return;
  while (run->begun < count_periods (run)
         && g_array_index (run->span.starts, gint64, run->begun) < end_of (run))
    run->begun++;
  run->steps = g_new0 (gint64, SERIES * (count_periods (run) + 1));
}

void
pn_report_backlog_count (PnReportRun *run, const PnFactSegment *segment)
{
  const gint64 end = end_of (run);
  const gboolean by_period = run->request->by >= PN_BY_DAY;
  PnReportFact fact = { .segment = segment, .now = run->now };

  for (; fact.ticket < segment->n_tickets; fact.ticket++) {
    guint age;

    if (run->passes->data[fact.ticket] == 0
        || !pn_report_count_is_wanted (run, &fact, PN_OF_TICKETS))
      continue;
    if (by_period && run->list_series < 0)
      step_ages (run, &fact);
    else if (by_period)
      list_periods (run, &fact);
    if (!is_open_at (&fact, end))
      continue;
    age = age_series ((guint32) (end - pn_report_of_ticket (&fact, PN_FACT_CREATED)));
    if (!by_period) {
      pn_report_count_add_row (run, &fact, 0, PN_OF_TICKETS, 0, 0);
      pn_report_count_add_row (run, &fact, age, PN_OF_TICKETS, 0, 0);
    } else {
      pn_report_count_add_total (run, segment, fact.ticket, 0, 0);
      pn_report_count_add_total (run, segment, fact.ticket, age, 0);
    }
  }
}

void
pn_report_backlog_finish (PnReportRun *run)
{
  const guint n = run->steps != NULL ? count_periods (run) : 0;

  for (guint series = 0; n > 0 && series < SERIES; series++) {
    gint64 sum = 0;

    for (guint i = 0; i < n; i++) {
      sum += run->steps[series * (n + 1) + i];
      if (sum != 0)
        pn_report_tally_group (&run->tally, i)->count[series] = sum;
    }
  }
}
