#include <string.h>

#include "ticketing/report_private.h"
#include "ticketing/sla.h"

#define BIT(column) PN_FACT_BIT (PN_FACT_##column)
#define NO_VALUE PN_FACT_COLUMNS
#define COUNT_OF_TICKETS(at)                                                                       \
  {                                                                                                \
    .date = PN_FACT_##at, .value = NO_VALUE, .business = NO_VALUE                                  \
  }
#define TICKETS_THAT(at, test, columns)                                                            \
  {                                                                                                \
    .date = PN_FACT_##at, .is_it = test, .needs = columns, .value = NO_VALUE, .business = NO_VALUE \
  }
#define ANSWERS_THAT(at, test, columns)                                                            \
  {                                                                                                \
    .set = PN_OF_ANSWERS, .date = PN_FACT_##at, .is_it = test, .needs = columns,                   \
    .value = NO_VALUE, .business = NO_VALUE                                                        \
  }

const guint32 pn_report_ages[PN_REPORT_AGES] = { 86400, 3 * 86400, 7 * 86400, 30 * 86400,
                                                 G_MAXUINT32 };

static gboolean
is_later_answer (const PnReportFact *fact)
{
  return pn_report_of_answer (fact, PN_FACT_IS_FIRST) == 0
         && pn_report_of_answer (fact, PN_FACT_WAITED_SINCE) != 0;
}

static gboolean
was_one_answer (const PnReportFact *fact)
{
  return pn_report_of_ticket (fact, PN_FACT_ANSWERS) == 1;
}

static gboolean
was_reopened (const PnReportFact *fact)
{
  return pn_report_of_ticket (fact, PN_FACT_REOPENS) > 0;
}

/* Kept: done at the due time or before; missed: done later, or not done and the time is over; else it still runs. */
static gboolean
is_kept (const PnReportFact *fact, PnMetric metric)
{
  const guint32 done = pn_report_of_answer (fact, PN_FACT_DONE);

  return pn_report_of_answer (fact, PN_FACT_METRIC) == metric && done != 0
         && done <= pn_report_of_answer (fact, PN_FACT_DUE);
}

static gboolean
is_missed (const PnReportFact *fact, PnMetric metric)
{
  const guint32 done = pn_report_of_answer (fact, PN_FACT_DONE);
  const guint32 due = pn_report_of_answer (fact, PN_FACT_DUE);

  return pn_report_of_answer (fact, PN_FACT_METRIC) == metric
         && (done != 0 ? done > due : due < fact->now);
}

static gboolean
has_kept_response (const PnReportFact *fact)
{
  return is_kept (fact, PN_METRIC_FIRST_RESPONSE);
}

static gboolean
has_missed_response (const PnReportFact *fact)
{
  return is_missed (fact, PN_METRIC_FIRST_RESPONSE);
}

static gboolean
has_kept_next (const PnReportFact *fact)
{
  return is_kept (fact, PN_METRIC_NEXT_RESPONSE);
}

static gboolean
has_missed_next (const PnReportFact *fact)
{
  return is_missed (fact, PN_METRIC_NEXT_RESPONSE);
}

static gboolean
has_kept_update (const PnReportFact *fact)
{
  return is_kept (fact, PN_METRIC_PERIODIC_UPDATE);
}

static gboolean
has_missed_update (const PnReportFact *fact)
{
  return is_missed (fact, PN_METRIC_PERIODIC_UPDATE);
}

static gboolean
has_kept_solution (const PnReportFact *fact)
{
  return is_kept (fact, PN_METRIC_RESOLUTION);
}

static gboolean
has_missed_solution (const PnReportFact *fact)
{
  return is_missed (fact, PN_METRIC_RESOLUTION);
}

static gboolean
was_good (const PnReportFact *fact)
{
  return pn_report_of_ticket (fact, PN_FACT_SCORE) == 3;
}

static gboolean
was_okay (const PnReportFact *fact)
{
  return pn_report_of_ticket (fact, PN_FACT_SCORE) == 2;
}

static gboolean
was_bad (const PnReportFact *fact)
{
  return pn_report_of_ticket (fact, PN_FACT_SCORE) == 1;
}

#define LATER (BIT (IS_FIRST) | BIT (WAITED_SINCE))
#define DEADLINE (BIT (METRIC) | BIT (DUE) | BIT (DONE))
#define DEADLINES_THAT(test)                                                                       \
  {                                                                                                \
    .set = PN_OF_DEADLINES, .date = PN_FACT_DUE, .is_it = test, .needs = DEADLINE,                 \
    .value = NO_VALUE, .business = NO_VALUE                                                        \
  }
#define QUANTILES                                                                                  \
  { "p50", PN_UNIT_SECONDS, PN_STAT_QUANTILE, 0, 500 },                                            \
      { "p90", PN_UNIT_SECONDS, PN_STAT_QUANTILE, 0, 900 },                                        \
      { "p95", PN_UNIT_SECONDS, PN_STAT_QUANTILE, 0, 950 },                                        \
  {                                                                                                \
    "mean", PN_UNIT_SECONDS, PN_STAT_MEAN, 0, 0                                                    \
  }

static const PnReportKind kinds[] = {
  { .name = "volume",
    .n_series = 3,
    .series = { COUNT_OF_TICKETS (CREATED), COUNT_OF_TICKETS (SOLVED),
                ANSWERS_THAT (ANSWERED, NULL, 0) },
    .n_stats = 3,
    .stats = { { "created", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 },
               { "solved", PN_UNIT_COUNT, PN_STAT_COUNT, 1, 0 },
               { "answers", PN_UNIT_COUNT, PN_STAT_COUNT, 2, 0 } } },
  { .name = "first-response",
    .n_series = 1,
    .series = { { .date = PN_FACT_RESPONDED,
                  .value = PN_FACT_RESPONSE_SECONDS,
                  .business = PN_FACT_RESPONSE_BUSINESS,
                  .has_quantiles = TRUE } },
    .n_stats = 5,
    .stats = { { "answered", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 }, QUANTILES } },
  { .name = "next-response",
    .n_series = 1,
    .series = { { .set = PN_OF_ANSWERS,
                  .date = PN_FACT_ANSWERED,
                  .is_it = is_later_answer,
                  .needs = LATER,
                  .value = PN_FACT_WAIT_SECONDS,
                  .business = PN_FACT_WAIT_BUSINESS,
                  .has_quantiles = TRUE } },
    .n_stats = 5,
    .stats = { { "answered", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 }, QUANTILES } },
  { .name = "resolution",
    .n_series = 1,
    .series = { { .date = PN_FACT_SOLVED,
                  .value = PN_FACT_SOLVE_SECONDS,
                  .business = PN_FACT_SOLVE_BUSINESS,
                  .has_quantiles = TRUE } },
    .n_stats = 5,
    .stats = { { "solved", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 }, QUANTILES } },
  { .name = "replies",
    .n_series = 2,
    .series = { { .date = PN_FACT_SOLVED,
                  .value = PN_FACT_ANSWERS,
                  .business = PN_FACT_ANSWERS,
                  .has_quantiles = TRUE },
                TICKETS_THAT (SOLVED, was_one_answer, BIT (ANSWERS)) },
    .n_stats = 6,
    .stats = { { "solved", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 },
               { "answers", PN_UNIT_COUNT, PN_STAT_SUM, 0, 0 },
               { "mean", PN_UNIT_NUMBER, PN_STAT_MEAN, 0, 0 },
               { "p50", PN_UNIT_COUNT, PN_STAT_QUANTILE, 0, 500 },
               { "p90", PN_UNIT_COUNT, PN_STAT_QUANTILE, 0, 900 },
               { "one_answer", PN_UNIT_SHARE, PN_STAT_SHARE, 1, 0 } } },
  { .name = "reopened",
    .n_series = 2,
    .series = { COUNT_OF_TICKETS (FIRST_SOLVED),
                TICKETS_THAT (FIRST_SOLVED, was_reopened, BIT (REOPENS)) },
    .n_stats = 3,
    .stats = { { "solved", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 },
               { "reopened", PN_UNIT_COUNT, PN_STAT_COUNT, 1, 0 },
               { "rate", PN_UNIT_SHARE, PN_STAT_SHARE, 1, 0 } } },
  { .name = "backlog",
    .is_backlog = TRUE,
    .n_series = PN_REPORT_AGES + 1,
    .n_stats = PN_REPORT_AGES + 1,
    .stats = { { "open", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 },
               { "age_1d", PN_UNIT_COUNT, PN_STAT_COUNT, 1, 0 },
               { "age_3d", PN_UNIT_COUNT, PN_STAT_COUNT, 2, 0 },
               { "age_7d", PN_UNIT_COUNT, PN_STAT_COUNT, 3, 0 },
               { "age_30d", PN_UNIT_COUNT, PN_STAT_COUNT, 4, 0 },
               { "older", PN_UNIT_COUNT, PN_STAT_COUNT, 5, 0 } } },
  { .name = "sla",
    .n_series = 8,
    .series = { DEADLINES_THAT (has_kept_response), DEADLINES_THAT (has_missed_response),
                DEADLINES_THAT (has_kept_next), DEADLINES_THAT (has_missed_next),
                DEADLINES_THAT (has_kept_update), DEADLINES_THAT (has_missed_update),
                DEADLINES_THAT (has_kept_solution), DEADLINES_THAT (has_missed_solution) },
    .n_stats = 12,
    .stats = { { "response_kept", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 },
               { "response_missed", PN_UNIT_COUNT, PN_STAT_COUNT, 1, 0 },
               { "response_share", PN_UNIT_SHARE, PN_STAT_SHARE_OF_BOTH, 0, 1 },
               { "next_kept", PN_UNIT_COUNT, PN_STAT_COUNT, 2, 0 },
               { "next_missed", PN_UNIT_COUNT, PN_STAT_COUNT, 3, 0 },
               { "next_share", PN_UNIT_SHARE, PN_STAT_SHARE_OF_BOTH, 2, 3 },
               { "update_kept", PN_UNIT_COUNT, PN_STAT_COUNT, 4, 0 },
               { "update_missed", PN_UNIT_COUNT, PN_STAT_COUNT, 5, 0 },
               { "update_share", PN_UNIT_SHARE, PN_STAT_SHARE_OF_BOTH, 4, 5 },
               { "solution_kept", PN_UNIT_COUNT, PN_STAT_COUNT, 6, 0 },
               { "solution_missed", PN_UNIT_COUNT, PN_STAT_COUNT, 7, 0 },
               { "solution_share", PN_UNIT_SHARE, PN_STAT_SHARE_OF_BOTH, 6, 7 } } },
  { .name = "satisfaction",
    .n_series = 5,
    .series = { COUNT_OF_TICKETS (ASKED), COUNT_OF_TICKETS (SCORED),
                TICKETS_THAT (SCORED, was_good, BIT (SCORE)),
                TICKETS_THAT (SCORED, was_okay, BIT (SCORE)),
                TICKETS_THAT (SCORED, was_bad, BIT (SCORE)) },
    .n_stats = 6,
    .stats = { { "asked", PN_UNIT_COUNT, PN_STAT_COUNT, 0, 0 },
               { "scored", PN_UNIT_COUNT, PN_STAT_COUNT, 1, 0 },
               { "good", PN_UNIT_COUNT, PN_STAT_COUNT, 2, 0 },
               { "okay", PN_UNIT_COUNT, PN_STAT_COUNT, 3, 0 },
               { "bad", PN_UNIT_COUNT, PN_STAT_COUNT, 4, 0 },
               { "good_share", PN_UNIT_SHARE, PN_STAT_SHARE, 2, 1 } } },
};

const PnReportKind *
pn_report_kind (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_strcmp0 (name, kinds[i].name) == 0)
      return &kinds[i];
  }
  return NULL;
}

gboolean
pn_report_has (const char *name)
{
  return pn_report_kind (name) != NULL;
}

const char *const *
pn_report_names (void)
{
  static const char *names[G_N_ELEMENTS (kinds) + 1];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made)) {
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
      names[i] = kinds[i].name;
    g_once_init_leave (&is_made, 1);
  }
  return names;
}

static const char *const by_names[] = {
  [PN_BY_QUEUE] = "queue",       [PN_BY_AGENT] = "agent",
  [PN_BY_TEAM] = "team",         [PN_BY_ORGANISATION] = "organisation",
  [PN_BY_POLICY] = "policy",     [PN_BY_CHANNEL] = "channel",
  [PN_BY_PRIORITY] = "priority", [PN_BY_TAG] = "tag",
  [PN_BY_DAY] = "day",           [PN_BY_WEEK] = "week",
  [PN_BY_MONTH] = "month",
};

const char *
pn_report_by_name (PnReportBy by)
{
  return by_names[by];
}

gboolean
pn_report_by_read (const char *name, PnReportBy *by)
{
  for (gsize i = 0; i < G_N_ELEMENTS (by_names); i++) {
    if (g_strcmp0 (name, by_names[i]) == 0) {
      *by = (PnReportBy) i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
pn_report_unit_name (PnReportUnit unit)
{
  static const char *const names[] = {
    [PN_UNIT_COUNT] = "count",
    [PN_UNIT_NUMBER] = "number",
    [PN_UNIT_SECONDS] = "seconds",
    [PN_UNIT_SHARE] = "share",
  };

  return names[unit];
}
