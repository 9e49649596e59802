#include "gateway/web/chart.h"

#include <math.h>

#include "ticketing/core/json.h"

#define WIDTH 720
#define LEFT 64
#define RIGHT 704
#define TOP 12
#define LINES_BOTTOM 208
#define LINES_HEIGHT 240
#define BARS_LEFT 260
#define BAR_HEIGHT 20
#define BAR_STEP 28
#define TICKS 4
#define LABELS 6 /* under lines */
#define NAME_CHARACTERS 22
#define COLUMN_WIDTH_MAX 40

typedef struct {
  char *label;
  double values[PN_CHART_SERIES];
} Point;

struct PnChart {
  PnChartKind kind;
  const char *unit;
  guint n_series;
  char *series[PN_CHART_SERIES];
  GArray *points; /* of Point */
};

static void
clear_point (gpointer data)
{
  g_free (((Point *) data)->label);
}

PnChart *
pn_chart_new (PnChartKind kind, const char *unit)
{
  PnChart *chart = g_new0 (PnChart, 1);

  chart->kind = kind;
  chart->unit = unit;
  chart->points = g_array_new (FALSE, FALSE, sizeof (Point));
  g_array_set_clear_func (chart->points, clear_point);
  return chart;
}

void
pn_chart_free (PnChart *chart)
{
  if (chart == NULL)
    return;
  for (guint i = 0; i < chart->n_series; i++)
    g_free (chart->series[i]);
  g_array_unref (chart->points);
  g_free (chart);
}

void
pn_chart_add_series (PnChart *chart, const char *name)
{
  g_return_if_fail (chart->n_series < PN_CHART_SERIES);
  chart->series[chart->n_series++] = g_strdup (name);
}

void
pn_chart_add (PnChart *chart, const char *label, const double *values)
{
  Point point = { .label = g_strdup (label) };

  for (guint i = 0; i < chart->n_series; i++)
    point.values[i] = values[i];
  g_array_append_val (chart->points, point);
}

/* Is there any value? */
static gboolean
has_values (const PnChart *chart)
{
  for (guint i = 0; i < chart->points->len; i++) {
    for (guint j = 0; j < chart->n_series; j++) {
      if (!isnan (g_array_index (chart->points, Point, i).values[j]))
        return TRUE;
    }
  }
  return FALSE;
}

/* Returns: (owned) as much of a name as has room beside its bar. */
static char *
clip_name (const char *name)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (name, -1) <= NAME_CHARACTERS)
    return g_strdup (name);
  start = g_utf8_substring (name, 0, NAME_CHARACTERS - 1);
  return g_strconcat (start, "…", NULL);
}

/* How high the first @n series of a point are on each other. */
static double
sum_of (const Point *point, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += isnan (point->values[i]) ? 0 : point->values[i];
  return sum;
}

static double
find_top (const PnChart *chart)
{
  double top = 0;

  for (guint i = 0; i < chart->points->len; i++) {
    const Point *point = &g_array_index (chart->points, Point, i);

    if (chart->kind == PN_CHART_COLUMNS)
      top = MAX (top, sum_of (point, chart->n_series));
    for (guint j = 0; j < chart->n_series; j++) {
      if (!isnan (point->values[j]))
        top = MAX (top, point->values[j]);
    }
  }
  return top;
}

/* Steps that people read easily: 1, 2, 5, 10, 20 …; of seconds: minutes, hours, days. */
static double
find_step (const PnChart *chart, double top)
{
  static const double spans[] = { 15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400 };
  double step = 1;
  const gboolean is_time = g_strcmp0 (chart->unit, "seconds") == 0;

  if (g_strcmp0 (chart->unit, "share") == 0)
    return 0.25;
  for (gsize i = 0; is_time && i < G_N_ELEMENTS (spans); i++) {
    if (spans[i] * TICKS >= top)
      return spans[i];
  }
  step = is_time ? 86400 : 1;
  for (int i = 0; step * TICKS < top; i++)
    step *= i % 3 == 1 ? 2.5 : 2;
  return step;
}

static json_t *
write_value (const PnChart *chart, double value)
{
  if (g_strcmp0 (chart->unit, "share") == 0)
    return json_real (round (value * 1000) / 10);
  return value == floor (value)                    ? json_integer ((json_int_t) value)
         : g_strcmp0 (chart->unit, "seconds") == 0 ? json_integer ((json_int_t) round (value))
                                                   : json_real (round (value * 100) / 100);
}

static int
scale (double value, double top, int low, int high)
{
  return low + (int) round ((high - low) * (top > 0 ? value / top : 0));
}

static int
column_room (const PnChart *chart)
{
  return MAX ((RIGHT - LEFT) / (int) chart->points->len, 1);
}

static int
point_x (const PnChart *chart, guint i)
{
  if (chart->kind == PN_CHART_COLUMNS)
    return LEFT + (RIGHT - LEFT) * (int) (2 * i + 1) / (int) (2 * chart->points->len);
  return chart->points->len > 1
             ? LEFT + (int) ((guint) (RIGHT - LEFT) * i / (chart->points->len - 1))
             : (LEFT + RIGHT) / 2;
}

static json_t *
write_line (const PnChart *chart, guint series, double top)
{
  g_autoptr (GString) path = g_string_new (NULL);
  json_t *points = json_array ();
  gboolean is_gap = TRUE;

  for (guint i = 0; i < chart->points->len; i++) {
    const Point *point = &g_array_index (chart->points, Point, i);
    const double value = point->values[series];
    const int x = point_x (chart, i);
    const int y = isnan (value) ? 0 : scale (value, top, LINES_BOTTOM, TOP);

    if (!isnan (value)) {
      g_string_append_printf (path, "%c%d %d", is_gap ? 'M' : 'L', x, y);
      json_array_append_new (points, json_pack ("{s:i, s:i, s:o, s:o}", "x", x, "y", y, "label",
                                                pn_json_text (point->label), "value",
                                                write_value (chart, value)));
    }
    is_gap = isnan (value);
  }
  return json_pack ("{s:i, s:o, s:o, s:o, s:[]}", "number", (int) series + 1, "name",
                    pn_json_text (chart->series[series]), "path", pn_json_text (path->str),
                    "points", points, "bars");
}

/* The parts of one series. Between parts and between columns a little is left free, so that they are told apart without
 * colours, too. */
static json_t *
write_parts (const PnChart *chart, guint series, double top)
{
  const int room = column_room (chart);
  const int width = CLAMP (room * 7 / 10, 1, COLUMN_WIDTH_MAX);
  json_t *bars = json_array ();

  for (guint i = 0; i < chart->points->len; i++) {
    const Point *point = &g_array_index (chart->points, Point, i);
    const double low = sum_of (point, series);
    const double value = sum_of (point, series + 1) - low;
    const int bottom = scale (low, top, LINES_BOTTOM, TOP) - (low > 0 ? 1 : 0);
    const int y = scale (low + value, top, LINES_BOTTOM, TOP);

    if (value > 0)
      json_array_append_new (
          bars,
          json_pack ("{s:i, s:i, s:i, s:i, s:o, s:o}", "x", point_x (chart, i) - width / 2, "y",
                     MIN (y, bottom - 1), "width", width, "height", MAX (bottom - y, 1), "label",
                     pn_json_text (point->label), "value", write_value (chart, value)));
  }
  return json_pack ("{s:i, s:o, s:n, s:[], s:o}", "number", (int) series + 1, "name",
                    pn_json_text (chart->series[series]), "path", "points", "bars", bars);
}

static json_t *
write_line_labels (const PnChart *chart)
{
  json_t *labels = json_array ();
  const guint n = chart->points->len;
  const guint step = MAX (1, (n + LABELS - 1) / LABELS);

  for (guint i = 0; i < n; i += step)
    json_array_append_new (
        labels, json_pack ("{s:i, s:i, s:o, s:b}", "x", point_x (chart, i), "y", LINES_BOTTOM + 22,
                           "text", pn_json_text (g_array_index (chart->points, Point, i).label),
                           "is_second", i / step % 2 == 1));
  return labels;
}

/* Lines and columns: both have time from left to right. */
static json_t *
write_lines (const PnChart *chart)
{
  const gboolean is_lines = chart->kind == PN_CHART_LINES;
  const double step = find_step (chart, find_top (chart));
  const double top = step * TICKS;
  json_t *ticks = json_array ();
  json_t *series = json_array ();

  for (int i = 0; i <= TICKS; i++)
    json_array_append_new (ticks, json_pack ("{s:i, s:i, s:o}", "x", LEFT, "y",
                                             scale (step * i, top, LINES_BOTTOM, TOP), "value",
                                             write_value (chart, step * i)));
  for (guint i = 0; i < chart->n_series; i++)
    json_array_append_new (series,
                           is_lines ? write_line (chart, i, top) : write_parts (chart, i, top));
  return json_pack ("{s:s, s:b, s:b, s:b, s:i, s:i, s:i, s:i, s:i, s:s, s:o, s:o, s:o}", "kind",
                    is_lines ? "lines" : "columns", "is_lines", is_lines, "is_columns", !is_lines,
                    "is_bars", 0, "width", WIDTH, "height", LINES_HEIGHT, "left", LEFT, "right",
                    RIGHT, "bottom", LINES_BOTTOM, "unit", chart->unit, "ticks", ticks, "labels",
                    write_line_labels (chart), "series", series);
}

static json_t *
write_bars (const PnChart *chart)
{
  const double top = find_top (chart);
  json_t *bars = json_array ();
  json_t *labels = json_array ();
  int y = TOP;

  for (guint i = 0; i < MIN (chart->points->len, PN_CHART_BARS_MAX); i++, y += BAR_STEP) {
    const Point *point = &g_array_index (chart->points, Point, i);
    const double value = isnan (point->values[0]) ? 0 : point->values[0];
    const int end = scale (value, top, BARS_LEFT, RIGHT - 80);
    g_autofree char *name = clip_name (point->label);

    json_array_append_new (labels, json_pack ("{s:i, s:i, s:o, s:o}", "x", BARS_LEFT - 10, "y",
                                              y + 15, "text", pn_json_text (name), "label",
                                              pn_json_text (point->label)));
    json_array_append_new (bars,
                           json_pack ("{s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "x", BARS_LEFT,
                                      "y", y, "width", end - BARS_LEFT, "height", BAR_HEIGHT, "end",
                                      end + 8, "text", y + 15, "label", pn_json_text (point->label),
                                      "value", write_value (chart, value)));
  }
  return json_pack ("{s:s, s:b, s:b, s:b, s:i, s:i, s:i, s:i, s:i, s:s, s:[], s:o,"
                    " s:[{s:i, s:o, s:n, s:[], s:o}]}",
                    "kind", "bars", "is_lines", 0, "is_columns", 0, "is_bars", 1, "width", WIDTH,
                    "height", y + 4, "left", BARS_LEFT, "right", RIGHT, "bottom", y, "unit",
                    chart->unit, "ticks", "labels", labels, "series", "number", 1, "name",
                    pn_json_text (chart->series[0]), "path", "points", "bars", bars);
}

json_t *
pn_chart_write (const PnChart *chart)
{
  if (!has_values (chart) || (chart->kind == PN_CHART_COLUMNS && find_top (chart) <= 0))
    return json_null ();
  return chart->kind == PN_CHART_BARS ? write_bars (chart) : write_lines (chart);
}
