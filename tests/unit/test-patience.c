#include "gateway/serve/patience.h"

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

#define LONGEST (30 * PN_SECOND)

/* How long it waits after each of some failures in a row; seconds, before chance. */
static const struct {
  const char *outcomes; /* t: trouble, d: denied, g: it worked */
  int seconds;
} cases[] = {
  { "", 0 },
  { "t", 1 },
  { "tt", 2 },
  { "tttt", 8 },
  { "ttttt", 16 },
  { "tttttt", 30 },
  { "ttttttttttttttttttttttttttttttttttttttttttt", 30 },
  { "tttg", 0 },
  { "tttgt", 1 },
  { "d", 1 },
  { "dd", 2 },
  { "ddd", 900 },
  { "dddd", 900 },
  { "ddtd", 8 },
  { "dddt", 8 },
  { "dddg", 0 },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnPatience patience = { 0 };
    gint64 before = g_get_monotonic_time ();
    PnTime wait;

    for (const char *c = cases[i].outcomes; *c != '\0'; c++) {
      g_autoptr (GError) error = NULL;

      pn_error_set (&error, *c == 'd' ? PN_ERROR_DENIED : PN_ERROR_TEMPORARY, "no");
      before = g_get_monotonic_time ();
      if (*c == 'g')
        pn_patience_reset (&patience);
      else
        pn_patience_fail (&patience, error, LONGEST);
    }
    wait = patience.until != 0 ? patience.until - before : 0;
    g_test_message ("%s: %d ms", cases[i].outcomes, (int) (wait / 1000));
    g_assert_cmpint (wait, >=, cases[i].seconds * PN_SECOND * 3 / 4);
    /* The machine may have slept between the two looks at the clock. */
    g_assert_cmpint (wait, <=, cases[i].seconds * PN_SECOND * 5 / 4 + 30 * PN_SECOND);
    g_assert_cmpint (pn_patience_left (&patience), <=, wait);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/patience/cases", test_cases);
  return g_test_run ();
}
