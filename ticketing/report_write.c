#include <math.h>
#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/report_private.h"

static json_t *
write_value (double value)
{
  if (isnan (value))
    return json_null ();
  return value == floor (value) && fabs (value) < 1e15 ? json_integer ((json_int_t) value)
                                                       : json_real (value);
}

/* Shares are shown in hundredths with one digit behind the point. */
static json_t *
write_cell (const PnReportColumn *column, double value, const char *link, gint64 key)
{
  json_t *cell =
      json_pack ("{s:s, s:o, s:s, s:b}", "column", column->name, "value", write_value (value),
                 "unit", pn_report_unit_name (column->unit), "is_set", !isnan (value));
  g_autofree char *url = NULL;

  if (isnan (value))
    return cell;
  if (column->unit == PN_UNIT_SHARE)
    pn_json_set (cell, "percent", write_value (round (value * 1000) / 10));
  if (column->unit == PN_UNIT_NUMBER)
    pn_json_set (cell, "value", write_value (round (value * 100) / 100));
  if (column->unit == PN_UNIT_SECONDS)
    pn_json_set (cell, "value", json_integer ((json_int_t) round (value)));
  if (link != NULL && value > 0)
    url = key < 0 ? g_strdup_printf ("%s&column=%s", link, column->name)
                  : g_strdup_printf ("%s&column=%s&key=%" G_GINT64_FORMAT, link, column->name, key);
  pn_json_set (cell, "url", pn_json_text (url));
  return cell;
}

static json_t *
write_row (const PnReport *report, const PnReportRow *row, const char *link, gint64 key)
{
  json_t *cells = json_array ();

  for (guint i = 0; i < report->n_columns; i++)
    json_array_append_new (cells, write_cell (&report->column[i], row->value[i], link, key));
  return json_pack ("{s:o, s:o, s:o}", "key", key < 0 ? json_null () : json_integer (key), "label",
                    pn_json_text (row->label), "cells", cells);
}

static json_t *
write_filters (const PnReportRequest *request)
{
  json_t *filters = json_object ();

  for (guint i = 0; i < PN_BY_DIMENSIONS; i++) {
    if (request->filter[i] >= 0)
      pn_json_set (filters, pn_report_by_name ((PnReportBy) i), json_integer (request->filter[i]));
  }
  return filters;
}

json_t *
pn_report_write (const PnReport *report, const PnReportRequest *request, const char *link)
{
  json_t *columns = json_array ();
  json_t *rows = json_array ();

  for (guint i = 0; i < report->n_columns; i++)
    json_array_append_new (columns, json_pack ("{s:s, s:s}", "name", report->column[i].name, "unit",
                                               pn_report_unit_name (report->column[i].unit)));
  for (guint i = 0; i < report->rows->len; i++) {
    const PnReportRow *row = report->rows->pdata[i];

    json_array_append_new (rows, write_row (report, row, link, row->key));
  }
  return json_pack (
      "{s:{s:s, s:s, s:o, s:o, s:o, s:s, s:b, s:o, s:b}, s:o, s:o, s:o}", "report", "name",
      report->name, "by", pn_report_by_name (report->by), "from", pn_json_text (request->from),
      "to", pn_json_text (request->to), "zone", pn_json_text (request->zone), "time",
      request->is_business ? "business" : "calendar", "is_exact", report->is_exact, "filters",
      write_filters (request), "is_empty", report->rows->len == 0, "columns", columns, "rows", rows,
      "total", write_row (report, &report->total, link, -1));
}

/* A spreadsheet takes what begins so for a formula (TRUST.md): led by an apostrophe it is text. */
void
pn_csv_append (GString *text, const char *value)
{
  const gboolean is_formula = *value != '\0' && strchr ("=+-@\t\r\n", *value) != NULL;

  g_string_append_c (text, '"');
  if (is_formula)
    g_string_append_c (text, '\'');
  for (const char *c = value; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

static void
append_row (const PnReport *report, const PnReportRow *row, GString *text)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  pn_csv_append (text, row->label);
  for (guint i = 0; i < report->n_columns; i++) {
    g_string_append_c (text, ',');
    if (!isnan (row->value[i]))
      g_string_append (text,
                       g_ascii_formatd (number, sizeof number,
                                        row->value[i] == floor (row->value[i]) ? "%.0f" : "%.4f",
                                        row->value[i]));
  }
  g_string_append (text, "\r\n");
}

void
pn_report_write_csv (const PnReport *report, GString *text)
{
  pn_csv_append (text, pn_report_by_name (report->by));
  for (guint i = 0; i < report->n_columns; i++) {
    g_string_append_c (text, ',');
    pn_csv_append (text, report->column[i].name);
  }
  g_string_append (text, "\r\n");
  for (guint i = 0; i < report->rows->len; i++)
    append_row (report, report->rows->pdata[i], text);
}
