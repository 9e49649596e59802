/* Charts: where lines and bars of a drawing lie, as a document that web/chart.html draws as SVG. No markup here.
 *
 *   lines  a point for each label, from left to right; a NAN leaves a gap
 *   bars   a row for each label, the first series only, from the top
 *   columns  one for each label, from left to right, of all series, the first one at the bottom: counts that make a whole
 *
 * {"kind": "lines"|"bars"|"columns", "is_lines", "is_bars", "is_columns", "width", "height", "left", "right", "bottom", "unit",
 *  "ticks": [{"x", "y", "value"}], "labels": [{"x", "y", "text", "is_second"}],
 *  "series": [{"number": 1, "name": "p50", "path": "M0 10L…",
 *              "points": [{"x", "y", "label", "value"}], "bars": [{"x", "y", "width", "height", "label", "value"}]}]}
 *
 * Coordinates are whole; values are in "unit" as in reports ("share" in hundredths). Numbers belong into a table, too:
 * a chart is no substitute for one.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct PnChart PnChart;

typedef enum { PN_CHART_LINES, PN_CHART_BARS, PN_CHART_COLUMNS } PnChartKind;

#define PN_CHART_SERIES 4
#define PN_CHART_BARS_MAX 12

PnChart *pn_chart_new (PnChartKind kind, const char *unit); /* (owned) */
void pn_chart_free (PnChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnChart, pn_chart_free)

/* First all series, PN_CHART_SERIES at most, then a label with the values of all series. Texts are copied. */
void pn_chart_add_series (PnChart *chart, const char *name);
void pn_chart_add (PnChart *chart, const char *label, const double *values);

/* Returns: (owned) the document; null when there is nothing to draw, of columns also when all are 0. */
json_t *pn_chart_write (const PnChart *chart);
