#include "gateway/web/chart.h"

#include <math.h>

#include "tests/lib/test.h"
#include "ticketing/core/json.h"

static int
number (const json_t *bar, const char *key)
{
  return (int) json_integer_value (json_object_get (bar, key));
}

static const json_t *
part (const json_t *document, gsize series, gsize i)
{
  return json_array_get (
      json_object_get (json_array_get (json_object_get (document, "series"), series), "bars"), i);
}

/* Kept and missed lie on each other; what is 0 is not drawn, and the whole is as high as its count. */
static void
test_columns (void)
{
  static const double days[][2] = { { 3, 1 }, { 0, 2 }, { 4, 0 }, { 0, 0 } };
  g_autoptr (PnChart) chart = pn_chart_new (PN_CHART_COLUMNS, "number");
  g_autoptr (json_t) document = NULL;
  const json_t *kept;
  const json_t *missed;
  const json_t *alone;

  pn_chart_add_series (chart, "kept");
  pn_chart_add_series (chart, "missed");
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    pn_chart_add (chart, "day", days[i]);
  document = pn_chart_write (chart);
  g_assert_true (json_is_true (json_object_get (document, "is_columns")));
  kept = part (document, 0, 0);
  missed = part (document, 1, 0);
  alone = part (document, 1, 1);
  g_assert_null (part (document, 0, 2));
  g_assert_null (part (document, 1, 2));
  g_assert_cmpint (number (kept, "x"), ==, number (missed, "x"));
  g_assert_cmpint (number (kept, "x") + number (kept, "width"), <, number (alone, "x"));
  g_assert_cmpint (number (missed, "y") + number (missed, "height"), <, number (kept, "y"));
  g_assert_cmpint (number (kept, "y") + number (kept, "height"), ==, number (document, "bottom"));
  g_assert_cmpint (number (missed, "y"), ==, number (part (document, 0, 1), "y")); /* 4 and 4 */
  g_assert_cmpint (number (alone, "value"), ==, 2);
}

/* However many columns there are, each can be seen and lies inside. */
static void
test_many (void)
{
  g_autoptr (PnChart) chart = pn_chart_new (PN_CHART_COLUMNS, "number");
  g_autoptr (json_t) document = NULL;
  const double one = 1;

  pn_chart_add_series (chart, "kept");
  for (int i = 0; i < 2000; i++)
    pn_chart_add (chart, "day", &one);
  document = pn_chart_write (chart);
  for (gsize i = 0; i < 2000; i++) {
    const json_t *bar = part (document, 0, i);

    g_assert_cmpint (number (bar, "width"), >=, 1);
    g_assert_cmpint (number (bar, "height"), >=, 1);
    g_assert_cmpint (number (bar, "x"), >=, number (document, "left"));
    g_assert_cmpint (number (bar, "x") + number (bar, "width"), <=, number (document, "right") + 1);
  }
}

static void
test_nothing (void)
{
  static const PnChartKind kinds[] = { PN_CHART_LINES, PN_CHART_BARS, PN_CHART_COLUMNS };
  const double none = 0;
  const double gap = NAN;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (PnChart) chart = pn_chart_new (kinds[i], "number");
    g_autoptr (json_t) empty = NULL;
    g_autoptr (json_t) flat = NULL;

    pn_chart_add_series (chart, "kept");
    pn_chart_add (chart, "day", &gap);
    empty = pn_chart_write (chart);
    g_assert_true (json_is_null (empty));
    pn_chart_add (chart, "day", &none);
    flat = pn_chart_write (chart);
    g_assert_cmpint (json_is_null (flat), ==, kinds[i] == PN_CHART_COLUMNS);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/chart/columns", test_columns);
  g_test_add_func ("/chart/many", test_many);
  g_test_add_func ("/chart/nothing", test_nothing);
  return g_test_run ();
}
