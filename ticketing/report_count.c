#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/report_private.h"

/* Where a ticket's or an answer's group is found. */
static const PnFactColumn ticket_keys[PN_BY_DIMENSIONS] = {
  [PN_BY_QUEUE] = PN_FACT_QUEUE,       [PN_BY_AGENT] = PN_FACT_AGENT,
  [PN_BY_TEAM] = PN_FACT_TEAM,         [PN_BY_ORGANISATION] = PN_FACT_ORGANISATION,
  [PN_BY_POLICY] = PN_FACT_POLICY,     [PN_BY_CHANNEL] = PN_FACT_CHANNEL,
  [PN_BY_PRIORITY] = PN_FACT_PRIORITY, [PN_BY_TAG] = PN_FACT_TAG,
};

static PnFactColumn
value_column (const PnReportRun *run, const PnReportSeries *series)
{
  return run->request->is_business ? series->business : series->value;
}

static gboolean
needs_dimension (const PnReportRequest *request, PnReportBy by)
{
  return request->by == by || request->filter[by] >= 0
         || (by == PN_BY_QUEUE && request->queues != NULL);
}

static guint64
own_column (const PnReportRun *run, PnReportBy by, PnFactColumn column)
{
  return needs_dimension (run->request, by) ? PN_FACT_BIT (column) : 0;
}

static guint64
needed_columns (const PnReportRun *run)
{
  guint64 columns = PN_FACT_BIT (PN_FACT_TICKET);

  if (run->kind->is_backlog)
    columns |= PN_FACT_BIT (PN_FACT_CREATED) | PN_FACT_BIT (PN_FACT_SOLVED);
  for (guint i = 0; i < PN_BY_DIMENSIONS; i++) {
    if (needs_dimension (run->request, (PnReportBy) i))
      columns |= PN_FACT_BIT (ticket_keys[i]);
  }
  if (needs_dimension (run->request, PN_BY_TAG))
    columns |= PN_FACT_BIT (PN_FACT_TAG_ROW);
  for (guint i = 0; i < run->kind->n_series && !run->kind->is_backlog; i++) {
    const PnReportSeries *series = &run->kind->series[i];

    columns |= PN_FACT_BIT (series->date) | series->needs;
    if (value_column (run, series) != PN_FACT_COLUMNS)
      columns |= PN_FACT_BIT (value_column (run, series));
    if (series->set == PN_OF_ANSWERS)
      columns |=
          PN_FACT_BIT (PN_FACT_ANSWER_ROW) | own_column (run, PN_BY_AGENT, PN_FACT_ANSWER_AGENT);
    if (series->set == PN_OF_DEADLINES)
      columns |= PN_FACT_BIT (PN_FACT_DEADLINE_ROW)
                 | own_column (run, PN_BY_POLICY, PN_FACT_DEADLINE_POLICY);
  }
  return columns;
}

static void
find_tags (PnReportRun *run, const PnFactSegment *segment)
{
  const guint32 *rows = segment->column[PN_FACT_TAG_ROW];
  gsize tag = 0;

  g_array_set_size (run->tag_starts, (guint) segment->n_tickets + 1);
  for (gsize i = 0; i <= segment->n_tickets; i++) {
    while (rows != NULL && tag < segment->n_tags && rows[tag] < i)
      tag++;
    g_array_index (run->tag_starts, guint32, i) = (guint32) tag;
  }
}

static gboolean
has_tag (const PnReportRun *run, const PnFactSegment *segment, gsize ticket, gint64 wanted)
{
  const guint32 first = g_array_index (run->tag_starts, guint32, ticket);
  const guint32 last = g_array_index (run->tag_starts, guint32, ticket + 1);

  for (guint32 i = first; i < last; i++) {
    if (segment->column[PN_FACT_TAG][i] == wanted)
      return TRUE;
  }
  return wanted == 0 && first == last;
}

static gboolean
may_see (const PnReportRun *run, guint32 queue)
{
  return pn_ids_allow (run->request->queues, queue);
}

/* Agents and policies are asked for with each row (is_wanted ()): it may have its own. */
static gboolean
passes (const PnReportRun *run, const PnFactSegment *segment, gsize ticket)
{
  const gint64 *filter = run->request->filter;

  for (guint i = 0; i < PN_BY_DIMENSIONS; i++) {
    if (filter[i] < 0 || i == PN_BY_AGENT || i == PN_BY_POLICY)
      continue;
    if (i == PN_BY_TAG ? !has_tag (run, segment, ticket, filter[i])
                       : segment->column[ticket_keys[i]][ticket] != filter[i])
      return FALSE;
  }
  return run->request->queues == NULL || may_see (run, segment->column[PN_FACT_QUEUE][ticket]);
}

void
pn_report_count_add (PnReportRun *run, const PnFactSegment *segment, gsize ticket, guint series,
                     guint32 key, guint32 value)
{
  if (run->list_series < 0)
    pn_report_tally_add (&run->tally, pn_report_tally_group (&run->tally, key), series, value);
  else if (run->list_series == series && run->list_key == key)
    g_hash_table_add (run->listed, GUINT_TO_POINTER (segment->column[PN_FACT_TICKET][ticket]));
}

void
pn_report_count_add_total (PnReportRun *run, const PnFactSegment *segment, gsize ticket,
                           guint series, guint32 value)
{
  if (run->list_series < 0)
    pn_report_tally_add (&run->tally, run->tally.total, series, value);
  else if (run->list_series == series && run->list_key < 0)
    g_hash_table_add (run->listed, GUINT_TO_POINTER (segment->column[PN_FACT_TICKET][ticket]));
}

/* What a row is by itself, where its ticket is something else: an answer's agent, a deadline's policy. */
static guint32
own_key (const PnReportFact *fact, PnReportSet set, PnReportBy by)
{
  if (set == PN_OF_ANSWERS && by == PN_BY_AGENT)
    return fact->segment->column[PN_FACT_ANSWER_AGENT][fact->answer];
  if (set == PN_OF_DEADLINES && by == PN_BY_POLICY)
    return fact->segment->column[PN_FACT_DEADLINE_POLICY][fact->answer];
  return fact->segment->column[ticket_keys[by]][fact->ticket];
}

/* The filters that passes () leaves to each row. */
gboolean
pn_report_count_is_wanted (const PnReportRun *run, const PnReportFact *fact, PnReportSet set)
{
  static const PnReportBy own[] = { PN_BY_AGENT, PN_BY_POLICY };

  if (!run->has_own_filter)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++) {
    const gint64 wanted = run->request->filter[own[i]];

    if (wanted >= 0 && own_key (fact, set, own[i]) != wanted)
      return FALSE;
  }
  return TRUE;
}

/* Adds one row to its groups. */
void
pn_report_count_add_row (PnReportRun *run, const PnReportFact *fact, guint series, PnReportSet set,
                         guint32 date, guint32 value)
{
  const PnFactSegment *segment = fact->segment;
  const PnReportBy by = run->request->by;

  pn_report_count_add_total (run, segment, fact->ticket, series, value);
  if (by >= PN_BY_DAY) {
    pn_report_count_add (run, segment, fact->ticket, series, pn_report_span_find (&run->span, date),
                         value);
  } else if (by == PN_BY_TAG) {
    const guint32 first = g_array_index (run->tag_starts, guint32, fact->ticket);
    const guint32 last = g_array_index (run->tag_starts, guint32, fact->ticket + 1);

    for (guint32 i = first; i < last; i++)
      pn_report_count_add (run, segment, fact->ticket, series, segment->column[PN_FACT_TAG][i],
                           value);
    if (first == last)
      pn_report_count_add (run, segment, fact->ticket, series, 0, value);
  } else {
    pn_report_count_add (run, segment, fact->ticket, series, own_key (fact, set, by), value);
  }
}

static void
count_series (PnReportRun *run, const PnFactSegment *segment, guint number)
{
  const PnReportSeries *series = &run->kind->series[number];
  const PnFactColumn value = value_column (run, series);
  const guint32 *dates = segment->column[series->date];
  const guint32 *rows = series->set == PN_OF_ANSWERS     ? segment->column[PN_FACT_ANSWER_ROW]
                        : series->set == PN_OF_DEADLINES ? segment->column[PN_FACT_DEADLINE_ROW]
                                                         : NULL;
  const gsize n = series->set == PN_OF_ANSWERS     ? segment->n_answers
                  : series->set == PN_OF_DEADLINES ? segment->n_deadlines
                                                   : segment->n_tickets;
  PnReportFact fact = { .segment = segment, .now = run->now };

  for (gsize i = 0; i < n; i++) {
    if (dates[i] == 0 || dates[i] < run->span.from || dates[i] >= run->span.to)
      continue;
    fact.answer = i;
    fact.ticket = rows != NULL ? rows[i] : i;
    if (run->passes->data[fact.ticket] != 0 && (series->is_it == NULL || series->is_it (&fact))
        && pn_report_count_is_wanted (run, &fact, series->set))
      pn_report_count_add_row (run, &fact, number, series->set, dates[i],
                               value != PN_FACT_COLUMNS ? segment->column[value][i] : 0);
  }
}

static gboolean
count_segment (const PnFactSegment *segment, gpointer data, GError **error)
{
  PnReportRun *run = data;

  g_byte_array_set_size (run->passes, (guint) segment->n_tickets);
  memset (run->passes->data, 1, segment->n_tickets);
  if (needs_dimension (run->request, PN_BY_TAG))
    find_tags (run, segment);
  for (gsize i = 0; i < segment->n_tickets && run->is_filtered; i++)
    run->passes->data[i] = passes (run, segment, i) ? 1 : 0;
  if (run->kind->is_backlog) {
    pn_report_backlog_count (run, segment);
    return TRUE;
  }
  for (guint i = 0; i < run->kind->n_series; i++)
    count_series (run, segment, i);
  return TRUE;
}

/* As of one moment; it may run again, so it begins anew. */
gboolean
pn_report_run_count (PnDb *db, gpointer data, GError **error)
{
  PnReportRun *run = data;
  const PnFactScan scan = { run->columns, run->span.from, run->span.to, run->kind->is_backlog };

  if (run->tally.groups != NULL)
    pn_report_tally_clear (&run->tally);
  pn_report_tally_init (&run->tally, run->kind);
  g_hash_table_remove_all (run->listed);
  pn_report_backlog_start (run);
  if (!pn_fact_scan (db, &scan, count_segment, run, error))
    return FALSE;
  pn_report_backlog_finish (run);
  return TRUE;
}

/* Is there a filter that each row, or each ticket, has to pass? */
static void
look_at_filters (PnReportRun *run)
{
  const PnReportRequest *request = run->request;

  run->has_own_filter = request->filter[PN_BY_AGENT] >= 0 || request->filter[PN_BY_POLICY] >= 0;
  run->is_filtered = request->queues != NULL;
  for (guint i = 0; i < PN_BY_DIMENSIONS; i++)
    run->is_filtered = run->is_filtered || request->filter[i] >= 0;
}

gboolean
pn_report_run_start (PnReportRun *run, const PnReportRequest *request, GError **error)
{
  run->request = request;
  run->kind = pn_report_kind (request->name);
  if (run->kind == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no such report");
    return FALSE;
  }
  if (!pn_report_span_read (request, &run->span, error))
    return FALSE;
  run->columns = needed_columns (run);
  look_at_filters (run);
  run->now = (guint32) (pn_clock_now () / PN_SECOND);
  run->list_series = -1;
  run->list_key = -1;
  run->listed = g_hash_table_new (NULL, NULL);
  run->passes = g_byte_array_new ();
  run->tag_starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  return TRUE;
}

void
pn_report_run_clear (PnReportRun *run)
{
  pn_report_span_clear (&run->span);
  if (run->tally.groups != NULL)
    pn_report_tally_clear (&run->tally);
  g_clear_pointer (&run->listed, g_hash_table_unref);
  g_clear_pointer (&run->passes, g_byte_array_unref);
  g_clear_pointer (&run->tag_starts, g_array_unref);
  g_clear_pointer (&run->steps, g_free);
}
