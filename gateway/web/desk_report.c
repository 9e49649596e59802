#include "gateway/web/desk_report.h"

#include <math.h>
#include <string.h>

#include "gateway/web/chart.h"
#include "gateway/web/handlers.h"
#include "gateway/web/link.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/search_page.h"

#define SHOWN 200  /* rows on a page; files have all */
#define TICKETS 50 /* on a page */

/* What is drawn of each report. */
static const struct {
  const char *name;
  const char *column[PN_CHART_SERIES];
} drawn[] = {
  { "volume", { "created", "solved" } },
  { "first-response", { "p50", "p90" } },
  { "next-response", { "p50", "p90" } },
  { "resolution", { "p50", "p90" } },
  { "replies", { "mean" } },
  { "reopened", { "rate" } },
  { "backlog", { "open" } },
  { "sla", { "response_share", "next_share", "solution_share" } },
  { "satisfaction", { "good_share" } },
};

/* Counts that make a whole, over time: a day has few cases, so that their share would leap between nothing and all. */
static const struct {
  const char *name;
  const char *column[PN_CHART_SERIES];
} stacked[] = {
  { "sla", { "response_kept", "response_missed" } },
  { "sla", { "next_kept", "next_missed" } },
  { "sla", { "update_kept", "update_missed" } },
  { "sla", { "solution_kept", "solution_missed" } },
  { "satisfaction", { "good", "okay", "bad" } },
};

/* What stands on the first page of each. */
static const struct {
  const char *name;
  const char *column[3];
} heads[] = {
  { "volume", { "created", "solved", "answers" } },
  { "first-response", { "p50", "p90", "answered" } },
  { "resolution", { "p50", "p90", "solved" } },
  { "backlog", { "open", "age_30d", "older" } },
  { "sla", { "response_share", "solution_share", NULL } },
  { "satisfaction", { "good_share", "scored", NULL } },
};

static const char *
get_query (gpointer data, const char *name)
{
  return pn_call_query (data, name);
}

static PnReportRequest *
read_request (PnCall *call, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *zone = pn_report_zone (call->db, &error);
  g_autoptr (PnReportRequest) request = zone != NULL ? pn_report_request_new (name, zone) : NULL;

  if (request == NULL || !pn_report_read (call->db, request, get_query, call, &error)) {
    pn_call_fail (call, error);
    return NULL;
  }
  request->queues = pn_access_queues (call->access);
  return g_steal_pointer (&request);
}

PnReportRequest *
pn_desk_report_read (PnCall *call)
{
  const char *name = call->request->match.name;

  if (!pn_report_has (name)) {
    pn_call_not_found (call);
    return NULL;
  }
  return read_request (call, name);
}

/* Returns: (owned) the address @path with the request's query. */
static char *
make_link (PnCall *call, const char *path)
{
  g_auto (GStrv) names = g_strsplit (PN_REPORT_QUERY, " ", -1);
  GString *url = g_string_new (path);

  for (char **name = names; *name != NULL; name++)
    pn_link_append (url, *name, pn_call_query (call, *name));
  if (strchr (url->str, '?') == NULL)
    g_string_append (url, "?from=");
  return g_string_free (url, FALSE);
}

gboolean
pn_desk_report_read_cell (PnCall *call, const char **column, gint64 *key)
{
  const char *text = pn_call_query (call, "key");

  *column = pn_call_query (call, "column");
  *key = -1;
  if (*column == NULL || (text != NULL && !pn_call_read_number (text, key))) {
    pn_call_problem (call, 400, "column is a name, key a number");
    return FALSE;
  }
  return TRUE;
}

/* Returns: the index of the column; the report's number of columns when it has none such. */
static guint
find_column (const PnReport *report, const char *name)
{
  guint i = 0;

  while (i < report->n_columns && strcmp (report->column[i].name, name) != 0)
    i++;
  return i;
}

/* @column: of PN_CHART_SERIES names, NULL behind the last. */
static json_t *
draw_columns (const PnReport *report, PnChartKind kind, const char *const *column)
{
  g_autoptr (PnChart) chart = NULL;
  guint columns[PN_CHART_SERIES];
  guint n = 0;

  while (n < PN_CHART_SERIES && column[n] != NULL) {
    columns[n] = find_column (report, column[n]);
    n++;
  }
  chart = pn_chart_new (kind, pn_report_unit_name (report->column[columns[0]].unit));
  for (guint i = 0; i < n; i++)
    pn_chart_add_series (chart, report->column[columns[i]].name);
  for (guint i = 0; i < report->rows->len; i++) {
    const PnReportRow *row = report->rows->pdata[i];
    double values[PN_CHART_SERIES];

    for (guint j = 0; j < n; j++)
      values[j] = row->value[columns[j]];
    pn_chart_add (chart, row->label, values);
  }
  return pn_chart_write (chart);
}

static void
add_chart (json_t *charts, json_t *chart)
{
  if (json_is_null (chart))
    json_decref (chart);
  else
    json_array_append_new (charts, chart);
}

/* Returns: (owned) the list of the report's charts. */
static json_t *
draw (const PnReport *report)
{
  const gboolean is_time = report->by >= PN_BY_DAY;
  json_t *charts = json_array ();
  gboolean is_stacked = FALSE;

  for (gsize i = 0; is_time && i < G_N_ELEMENTS (stacked); i++) {
    if (strcmp (stacked[i].name, report->name) != 0)
      continue;
    is_stacked = TRUE;
    add_chart (charts, draw_columns (report, PN_CHART_COLUMNS, stacked[i].column));
  }
  for (gsize i = 0; !is_stacked && i < G_N_ELEMENTS (drawn); i++) {
    if (strcmp (drawn[i].name, report->name) == 0)
      add_chart (charts,
                 draw_columns (report, is_time ? PN_CHART_LINES : PN_CHART_BARS, drawn[i].column));
  }
  return charts;
}

json_t *
pn_desk_report_choices (const PnReportRequest *request)
{
  json_t *ways = json_array ();
  json_t *reports = json_array ();

  for (int i = 0; i <= PN_BY_MONTH; i++)
    json_array_append_new (ways,
                           json_pack ("{s:s, s:b}", "name", pn_report_by_name ((PnReportBy) i),
                                      "is_current", (int) request->by == i));
  for (const char *const *name = pn_report_names (); *name != NULL; name++) {
    g_autofree char *url = g_strconcat ("/desk/reports/", *name, NULL);

    json_array_append_new (reports,
                           json_pack ("{s:s, s:s, s:b}", "name", *name, "url", url, "is_current",
                                      g_strcmp0 (*name, request->name) == 0));
  }
  return json_pack ("{s:o, s:o}", "by", ways, "reports", reports);
}

/* A page has the first rows only. */
static void
clip_rows (json_t *document)
{
  json_t *rows = json_object_get (document, "rows");
  const size_t n = json_array_size (rows);

  pn_json_set (document, "more", json_integer (n > SHOWN ? (json_int_t) (n - SHOWN) : 0));
  while (json_array_size (rows) > SHOWN)
    json_array_remove (rows, json_array_size (rows) - 1);
}

/* Figures that are counted anew meanwhile: how far that is. Null: they are not. */
static json_t *
show_counting (PnCall *call, GError **error)
{
  gint64 next;
  gint64 last;

  if (!pn_fact_rebuild_state (call->db, &next, &last, error))
    return NULL;
  return next != 0
             ? json_pack ("{s:I}", "percent", (json_int_t) (MIN (next, last) * 100 / MAX (last, 1)))
             : json_null ();
}

/* What the page's forms need: the fields with what is chosen in them, and the words that a plan is made of. */
static gboolean
add_forms (PnCall *call, const PnReportRequest *request, json_t *document, GError **error)
{
  g_auto (GStrv) names = g_strsplit (PN_REPORT_QUERY, " ", -1);
  json_t *filters = pn_desk_report_filters (call, request, error);
  json_t *counting = filters != NULL ? show_counting (call, error) : NULL;
  json_t *words = json_array ();
  gboolean is_narrowed = FALSE;

  for (char **name = names; *name != NULL; name++) {
    const char *value = pn_call_query (call, *name);
    const gboolean is_day = g_str_equal (*name, "from") || g_str_equal (*name, "to");

    if (value != NULL && *value != '\0' && !is_day && !g_str_equal (*name, "zone"))
      json_array_append_new (
          words, json_pack ("{s:s, s:o}", "name", *name, "value", pn_json_text (value)));
  }
  for (guint i = 0; i < PN_BY_DIMENSIONS; i++)
    is_narrowed = is_narrowed || request->filter[i] >= 0;
  pn_json_set (document, "words", words);
  pn_json_set (document, "is_narrowed", json_boolean (is_narrowed));
  pn_json_set (document, "filters", filters != NULL ? filters : json_null ());
  pn_json_set (document, "counting", counting != NULL ? counting : json_null ());
  return counting != NULL;
}

void
pn_desk_report (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportRequest) request = pn_desk_report_read (call);
  g_autoptr (PnReport) report = NULL;
  g_autofree char *path = NULL;
  g_autofree char *link = NULL;
  g_autofree char *csv_path = NULL;
  g_autofree char *csv = NULL;
  json_t *document;

  if (request == NULL)
    return;
  report = pn_report_run (call->db, request, &error);
  if (report == NULL) {
    pn_call_fail (call, error);
    return;
  }
  path =
      g_strdup_printf ("%s/reports/%s/tickets", call->is_api ? "/api/v1" : "/desk", report->name);
  link = make_link (call, path);
  document = pn_report_write (report, request, link);
  if (!call->is_api) {
    csv_path = g_strdup_printf ("/desk/reports/%s/csv", report->name);
    csv = make_link (call, csv_path);
    clip_rows (document);
    pn_json_set (document, "charts", draw (report));
    pn_json_set (document, "choices", pn_desk_report_choices (request));
    pn_json_set (document, "csv_url", pn_json_text (csv));
    if (!add_forms (call, request, document, &error)) {
      json_decref (document);
      pn_call_fail (call, error);
      return;
    }
  }
  pn_call_page (call, 200, "desk-report", document);
}

/* Returns: (owned) NULL with an error. */
static json_t *
show_head (PnCall *call, gsize i, GError **error)
{
  g_autofree char *zone = pn_report_zone (call->db, error);
  g_autoptr (PnReportRequest) request =
      zone != NULL ? pn_report_request_new (heads[i].name, zone) : NULL;
  g_autoptr (PnReport) report = NULL;
  g_autoptr (json_t) document = NULL;
  g_autofree char *url = g_strdup_printf ("/desk/reports/%s?by=day", heads[i].name);
  g_autoptr (json_t) charts = NULL;
  json_t *cells = json_array ();

  if (request != NULL) {
    request->queues = pn_access_queues (call->access);
    request->by = PN_BY_DAY;
    report = pn_report_run (call->db, request, error);
  }
  if (report == NULL) {
    json_decref (cells);
    return NULL;
  }
  document = pn_report_write (report, request, NULL);
  for (guint j = 0; j < 3 && heads[i].column[j] != NULL; j++)
    json_array_append (
        cells, json_array_get (json_object_get (json_object_get (document, "total"), "cells"),
                               find_column (report, heads[i].column[j])));
  charts = draw (report);
  return json_pack ("{s:s, s:o, s:o, s:o}", "name", heads[i].name, "url", pn_json_text (url),
                    "cells", cells, "chart",
                    json_array_size (charts) > 0 ? json_incref (json_array_get (charts, 0))
                                                 : json_null ());
}

void
pn_desk_reports (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportRequest) none = pn_report_request_new ("volume", NULL);
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++) {
    json_t *head = show_head (call, i, &error);

    if (head == NULL) {
      json_decref (list);
      pn_call_fail (call, error);
      return;
    }
    if (call->is_api)
      json_object_del (head, "chart");
    json_array_append_new (list, head);
  }
  none->name = NULL;
  pn_call_page (call, 200, "desk-reports",
                json_pack ("{s:o, s:o}", "heads", list, "choices", pn_desk_report_choices (none)));
}

static json_t *
show_hits (PnCall *call, const GPtrArray *hits)
{
  json_t *tickets = json_array ();

  for (guint i = 0; i < hits->len; i++) {
    const PnSearchHit *hit = hits->pdata[i];

    json_array_append_new (tickets, pn_show_ticket (call, hit->ticket, hit->person_name,
                                                    hit->person_address, hit->tags));
  }
  return tickets;
}

/* Keeps the ids below @before, TICKETS of them; @next: where the page after it begins, 0: there is none. */
static void
cut_page (GArray *ids, gint64 before, gint64 *next)
{
  guint first = 0;

  while (before != 0 && first < ids->len && g_array_index (ids, gint64, first) >= before)
    first++;
  g_array_remove_range (ids, 0, first);
  *next = 0;
  if (ids->len > TICKETS) {
    *next = g_array_index (ids, gint64, TICKETS - 1);
    g_array_set_size (ids, TICKETS);
  }
}

static char *
next_link (PnCall *call, const char *column, gint64 next)
{
  g_autofree char *link = NULL;
  const char *key = pn_call_query (call, "key");

  if (next == 0)
    return NULL;
  link = make_link (call, call->request->path);
  return g_strdup_printf ("%s&column=%s%s%s&before=%" G_GINT64_FORMAT, link, column,
                          key != NULL ? "&key=" : "", key != NULL ? key : "", next);
}

void
pn_desk_report_tickets (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportRequest) request = pn_desk_report_read (call);
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  g_autofree char *next_url = NULL;
  g_autofree char *back = NULL;
  g_autofree char *path = NULL;
  const char *before = pn_call_query (call, "before");
  const char *column;
  gint64 key;
  gint64 from = 0;
  gint64 next;
  guint total;

  if (request == NULL || !pn_desk_report_read_cell (call, &column, &key))
    return;
  if (before != NULL && !pn_call_read_number (before, &from)) {
    pn_call_problem (call, 400, "before is a number");
    return;
  }
  ids = pn_report_tickets (call->db, request, column, key, &error);
  total = ids != NULL ? ids->len : 0;
  if (ids != NULL) {
    cut_page (ids, from, &next);
    hits = pn_search_page_load (call->db, ids, &error);
  }
  if (hits == NULL || !pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  next_url = next_link (call, column, next);
  path = g_strconcat ("/desk/reports/", request->name, NULL);
  back = make_link (call, path);
  pn_call_page (call, 200, "desk-report-tickets",
                json_pack ("{s:{s:s, s:s, s:o, s:i}, s:o, s:o, s:o}", "list", "name", request->name,
                           "column", column, "back", pn_json_text (back), "total", (int) total,
                           "tickets", show_hits (call, hits), "next", pn_json_id (next), "next_url",
                           pn_json_text (next_url)));
}
