#include "ticketing/report.h"

#include <math.h>
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

/* What one run counts into. */
typedef struct {
  const PnReportRequest *request;
  const PnReportKind *kind;
  PnReportSpan span;
  PnReportTally tally;
  guint64 columns;
  guint32 now;
  gint64 list_series; /* -1: numbers are wanted; else the tickets of this series… */
  gint64 list_key;    /* …in this group; -1: in all */
  GHashTable *listed; /* of tickets */
  GByteArray *passes; /* per ticket of the segment: whether its other dimensions are wanted */
  GArray *tag_starts; /* of guint32: where the tags of each ticket begin */
} Run;

static void
run_clear (Run *run)
{
  pn_report_span_clear (&run->span);
  if (run->tally.groups != NULL)
    pn_report_tally_clear (&run->tally);
  g_clear_pointer (&run->listed, g_hash_table_unref);
  g_clear_pointer (&run->passes, g_byte_array_unref);
  g_clear_pointer (&run->tag_starts, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static PnFactColumn
value_column (const Run *run, const PnReportSeries *series)
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
needed_columns (const Run *run)
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
      columns |= PN_FACT_BIT (PN_FACT_ANSWER_ROW) | PN_FACT_BIT (PN_FACT_ANSWER_AGENT);
    if (series->set == PN_OF_DEADLINES)
      columns |= PN_FACT_BIT (PN_FACT_DEADLINE_ROW) | PN_FACT_BIT (PN_FACT_DEADLINE_POLICY);
  }
  return columns;
}

static void
find_tags (Run *run, const PnFactSegment *segment)
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
has_tag (const Run *run, const PnFactSegment *segment, gsize ticket, gint64 wanted)
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
may_see (const Run *run, guint32 queue)
{
  return pn_ids_allow (run->request->queues, queue);
}

/* Agents and policies are asked for with each row (is_wanted ()): it may have its own. */
static gboolean
passes (const Run *run, const PnFactSegment *segment, gsize ticket)
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

static void
add_to (Run *run, const PnFactSegment *segment, gsize ticket, guint series, guint32 key,
        guint32 value)
{
  if (run->list_series < 0)
    pn_report_tally_add (&run->tally, pn_report_tally_group (&run->tally, key), series, value);
  else if (run->list_series == series && run->list_key == key)
    g_hash_table_add (run->listed, GUINT_TO_POINTER (segment->column[PN_FACT_TICKET][ticket]));
}

static void
add_to_total (Run *run, const PnFactSegment *segment, gsize ticket, guint series, guint32 value)
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
static gboolean
is_wanted (const Run *run, const PnReportFact *fact, PnReportSet set)
{
  static const PnReportBy own[] = { PN_BY_AGENT, PN_BY_POLICY };

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++) {
    const gint64 wanted = run->request->filter[own[i]];

    if (wanted >= 0 && own_key (fact, set, own[i]) != wanted)
      return FALSE;
  }
  return TRUE;
}

/* Adds one row to its groups. */
static void
add_row (Run *run, const PnReportFact *fact, guint series, PnReportSet set, guint32 date,
         guint32 value)
{
  const PnFactSegment *segment = fact->segment;
  const PnReportBy by = run->request->by;

  add_to_total (run, segment, fact->ticket, series, value);
  if (by >= PN_BY_DAY) {
    add_to (run, segment, fact->ticket, series, pn_report_span_find (&run->span, date), value);
  } else if (by == PN_BY_TAG) {
    const guint32 first = g_array_index (run->tag_starts, guint32, fact->ticket);
    const guint32 last = g_array_index (run->tag_starts, guint32, fact->ticket + 1);

    for (guint32 i = first; i < last; i++)
      add_to (run, segment, fact->ticket, series, segment->column[PN_FACT_TAG][i], value);
    if (first == last)
      add_to (run, segment, fact->ticket, series, 0, value);
  } else {
    add_to (run, segment, fact->ticket, series, own_key (fact, set, by), value);
  }
}

static void
count_series (Run *run, const PnFactSegment *segment, guint number)
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
        && is_wanted (run, &fact, series->set))
      add_row (run, &fact, number, series->set, dates[i],
               value != PN_FACT_COLUMNS ? segment->column[value][i] : 0);
  }
}

static guint
age_series (guint32 age)
{
  guint i = 0;

  while (age >= pn_report_ages[i] && i < PN_REPORT_AGES - 1)
    i++;
  return i + 1;
}

static gboolean
is_open_at (const PnReportFact *fact, gint64 at)
{
  const guint32 solved = pn_report_of_ticket (fact, PN_FACT_SOLVED);

  return pn_report_of_ticket (fact, PN_FACT_CREATED) < at && (solved == 0 || solved >= at);
}

/* A ticket counts in each period at whose end it was open; @end is where the last one ends. */
static void
count_open_periods (Run *run, const PnReportFact *fact, gint64 end)
{
  const guint32 created = pn_report_of_ticket (fact, PN_FACT_CREATED);
  const guint n = run->span.starts->len - 1;
  guint i = created < run->span.from ? 0
            : created >= end         ? n
                                     : pn_report_span_find (&run->span, created);

  for (; i < n; i++) {
    const gint64 at = MIN (g_array_index (run->span.starts, gint64, i + 1), end);
    const guint age = age_series ((guint32) (at - created));

    if (g_array_index (run->span.starts, gint64, i) >= end || !is_open_at (fact, at))
      return;
    add_to (run, fact->segment, fact->ticket, 0, i, 0);
    add_to (run, fact->segment, fact->ticket, age, i, 0);
  }
}

static void
count_backlog (Run *run, const PnFactSegment *segment)
{
  const gint64 end = MIN (run->span.to, (gint64) run->now);
  PnReportFact fact = { .segment = segment, .now = run->now };

  for (; fact.ticket < segment->n_tickets; fact.ticket++) {
    guint age;

    if (run->passes->data[fact.ticket] == 0 || !is_wanted (run, &fact, PN_OF_TICKETS))
      continue;
    if (run->request->by >= PN_BY_DAY)
      count_open_periods (run, &fact, end);
    if (!is_open_at (&fact, end))
      continue;
    age = age_series ((guint32) (end - pn_report_of_ticket (&fact, PN_FACT_CREATED)));
    if (run->request->by < PN_BY_DAY) {
      add_row (run, &fact, 0, PN_OF_TICKETS, 0, 0);
      add_row (run, &fact, age, PN_OF_TICKETS, 0, 0);
    } else {
      add_to_total (run, segment, fact.ticket, 0, 0);
      add_to_total (run, segment, fact.ticket, age, 0);
    }
  }
}

static gboolean
count_segment (const PnFactSegment *segment, gpointer data, GError **error)
{
  Run *run = data;

  g_byte_array_set_size (run->passes, (guint) segment->n_tickets);
  if (needs_dimension (run->request, PN_BY_TAG))
    find_tags (run, segment);
  for (gsize i = 0; i < segment->n_tickets; i++)
    run->passes->data[i] = passes (run, segment, i) ? 1 : 0;
  if (run->kind->is_backlog) {
    count_backlog (run, segment);
    return TRUE;
  }
  for (guint i = 0; i < run->kind->n_series; i++)
    count_series (run, segment, i);
  return TRUE;
}

/* As of one moment; it may run again, so it begins anew. */
static gboolean
count_all (PnDb *db, gpointer data, GError **error)
{
  Run *run = data;
  const PnFactScan scan = { run->columns, run->span.from, run->span.to, run->kind->is_backlog };

  if (run->tally.groups != NULL)
    pn_report_tally_clear (&run->tally);
  pn_report_tally_init (&run->tally, run->kind);
  g_hash_table_remove_all (run->listed);
  return pn_fact_scan (db, &scan, count_segment, run, error);
}

static gboolean
run_start (Run *run, const PnReportRequest *request, GError **error)
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
  run->now = (guint32) (pn_clock_now () / PN_SECOND);
  run->list_series = -1;
  run->list_key = -1;
  run->listed = g_hash_table_new (NULL, NULL);
  run->passes = g_byte_array_new ();
  run->tag_starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  return TRUE;
}

static void
free_row (gpointer data)
{
  PnReportRow *row = data;

  if (row == NULL)
    return;
  g_free (row->label);
  g_free (row);
}

void
pn_report_free (PnReport *report)
{
  if (report == NULL)
    return;
  g_ptr_array_unref (report->rows);
  g_free (report->total.label);
  g_free (report);
}

static void
add_result (PnReport *report, const PnReportTally *tally, const PnReportGroup *group, guint32 key)
{
  PnReportRow *row = g_new0 (PnReportRow, 1);

  row->key = key;
  pn_report_tally_write (tally, group, row->value, &report->is_exact);
  g_ptr_array_add (report->rows, row);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const PnReportRow *x = *(PnReportRow *const *) a;
  const PnReportRow *y = *(PnReportRow *const *) b;

  if (x->value[0] != y->value[0])
    return x->value[0] > y->value[0] ? -1 : 1;
  return (x->key > y->key) - (x->key < y->key);
}

/* Periods are all there, also those in which nothing happened. */
static void
write_rows (const Run *run, PnReport *report)
{
  GHashTableIter iterator;
  gpointer group;
  const PnReportGroup nothing = { 0 };

  if (report->by >= PN_BY_DAY) {
    for (guint i = 0; i + 1 < run->span.starts->len; i++) {
      group = g_hash_table_lookup (run->tally.groups, GUINT_TO_POINTER (i));
      add_result (report, &run->tally, group != NULL ? group : &nothing,
                  (guint32) g_array_index (run->span.starts, gint64, i));
    }
    return;
  }
  g_hash_table_iter_init (&iterator, run->tally.groups);
  while (g_hash_table_iter_next (&iterator, NULL, &group))
    add_result (report, &run->tally, group, ((const PnReportGroup *) group)->key);
  g_ptr_array_sort (report->rows, compare_rows);
}

PnReport *
pn_report_run (PnDb *db, const PnReportRequest *request, GError **error)
{
  g_auto (Run) run = { 0 };
  g_autoptr (PnReport) report = NULL;

  if (!run_start (&run, request, error) || !pn_db_run (db, count_all, &run, error))
    return NULL;
  report = g_new0 (PnReport, 1);
  report->name = run.kind->name;
  report->by = request->by;
  report->from = run.span.from;
  report->to = run.span.to;
  report->is_exact = TRUE;
  report->n_columns = run.kind->n_stats;
  for (guint i = 0; i < report->n_columns; i++)
    report->column[i] = (PnReportColumn){ run.kind->stats[i].name, run.kind->stats[i].unit };
  report->rows = g_ptr_array_new_with_free_func (free_row);
  write_rows (&run, report);
  pn_report_tally_write (&run.tally, run.tally.total, report->total.value, &report->is_exact);
  return pn_report_label (db, report, request->zone, error) ? g_steal_pointer (&report) : NULL;
}

static gboolean
find_series (Run *run, const char *column, GError **error)
{
  for (guint i = 0; i < run->kind->n_stats; i++) {
    if (g_strcmp0 (column, run->kind->stats[i].name) == 0) {
      run->list_series = run->kind->stats[i].series;
      return TRUE;
    }
  }
  pn_error_set (error, PN_ERROR_INVALID, "the report %s has no column \"%.32s\"", run->kind->name,
                column != NULL ? column : "");
  return FALSE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x < y) - (x > y);
}

GArray *
pn_report_tickets (PnDb *db, const PnReportRequest *request, const char *column, gint64 key,
                   GError **error)
{
  g_auto (Run) run = { 0 };
  GHashTableIter iterator;
  gpointer id;
  GArray *ids;

  if (!run_start (&run, request, error) || !find_series (&run, column, error))
    return NULL;
  run.list_key = key;
  if (key >= 0 && request->by >= PN_BY_DAY)
    run.list_key = pn_report_span_find (&run.span, CLAMP (key, run.span.from, run.span.to - 1));
  if (!pn_db_run (db, count_all, &run, error))
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_hash_table_iter_init (&iterator, run.listed);
  while (g_hash_table_iter_next (&iterator, &id, NULL)) {
    gint64 number = GPOINTER_TO_UINT (id);

    g_array_append_val (ids, number);
  }
  g_array_sort (ids, compare_ids);
  return ids;
}
