#include "ticketing/quantile.h"

#include <math.h>
#include <stdlib.h>

#include "tests/lib/test.h"

static int
compare (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a;
  guint32 y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

/* The definition, by sorting. */
static guint32
nearest_rank (guint32 *values, gsize n, guint share)
{
  gsize rank = (n * share + 999) / 1000;

  qsort (values, n, sizeof *values, compare);
  return values[MAX (rank, 1) - 1];
}

static void
check (gsize n, guint32 below, gboolean is_exact)
{
  static const guint shares[] = { 1, 250, 500, 900, 950, 999, 1000 };
  g_autoptr (PnQuantile) quantile = pn_quantile_new ();
  g_autofree guint32 *values = g_new (guint32, n);

  /* many small ones and a long tail, as waiting times are */
  for (gsize i = 0; i < n; i++) {
    const double share = g_test_rand_double () * g_test_rand_double () * g_test_rand_double ();

    values[i] = (guint32) ((double) below * share);
    pn_quantile_add (quantile, values[i]);
  }
  g_assert_cmpint (pn_quantile_is_exact (quantile), ==, is_exact);
  for (gsize i = 0; i < G_N_ELEMENTS (shares); i++) {
    guint32 right = nearest_rank (values, n, shares[i]);
    guint32 got = pn_quantile_at (quantile, shares[i]);

    if (is_exact)
      g_assert_cmpuint (got, ==, right);
    else
      g_assert_cmpfloat (fabs ((double) got - right), <=, 0.004 * right);
  }
}

static void
test_exact (void)
{
  check (1, 100, TRUE);
  check (2, 100, TRUE);
  check (999, 5000000, TRUE);
  check (PN_QUANTILE_EXACT, 4000000, TRUE);
}

/* Counts are exact however many they are, and leave room for what is longer. */
static void
test_small (void)
{
  check (3 * PN_QUANTILE_EXACT, 127, TRUE);
  check (PN_QUANTILE_EXACT / 5 * 6, 3000, TRUE);
}

static void
test_histogram (void)
{
  check (PN_QUANTILE_EXACT * 2, 40000000, FALSE);
  check (3 * PN_QUANTILE_EXACT, G_MAXUINT32, FALSE);
}

static void
test_empty (void)
{
  g_autoptr (PnQuantile) quantile = pn_quantile_new ();

  g_assert_cmpuint (pn_quantile_at (quantile, 500), ==, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/quantile/exact", test_exact);
  g_test_add_func ("/quantile/small", test_small);
  g_test_add_func ("/quantile/histogram", test_histogram);
  g_test_add_func ("/quantile/empty", test_empty);
  return g_test_run ();
}
