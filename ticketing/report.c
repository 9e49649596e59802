#include "ticketing/report.h"

#include <math.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/report_private.h"

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
write_rows (const PnReportRun *run, PnReport *report)
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
  g_auto (PnReportRun) run = { 0 };
  g_autoptr (PnReport) report = NULL;

  if (!pn_report_run_start (&run, request, error)
      || !pn_db_run (db, pn_report_run_count, &run, error))
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
find_series (PnReportRun *run, const char *column, GError **error)
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
  g_auto (PnReportRun) run = { 0 };
  GHashTableIter iterator;
  gpointer id;
  GArray *ids;

  if (!pn_report_run_start (&run, request, error) || !find_series (&run, column, error))
    return NULL;
  run.list_key = key;
  if (key >= 0 && request->by >= PN_BY_DAY)
    run.list_key = pn_report_span_find (&run.span, CLAMP (key, run.span.from, run.span.to - 1));
  if (!pn_db_run (db, pn_report_run_count, &run, error))
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
