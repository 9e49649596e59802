#include "ticketing/core/clock.h"

#include "tests/lib/test.h"

static void
test_write (void)
{
  static const struct {
    PnTime time;
    const char *text; /* NULL: there is none */
  } cases[] = {
    { G_GINT64_CONSTANT (1795344127) * PN_SECOND, "2026-11-22T10:42:07Z" },
    { G_GINT64_CONSTANT (1795344127) * PN_SECOND + 999999, "2026-11-22T10:42:07Z" },
    { G_GINT64_CONSTANT (951782400) * PN_SECOND, "2000-02-29T00:00:00Z" },
    { G_GINT64_CONSTANT (253402300799) * PN_SECOND, "9999-12-31T23:59:59Z" },
    { -PN_SECOND, "1969-12-31T23:59:59Z" },
    { 0, NULL },
    { G_GINT64_CONSTANT (253402300800) * PN_SECOND, NULL },
    { G_MAXINT64, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = pn_clock_write (cases[i].time);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* What is written reads back as the same second. */
static void
test_read_back (void)
{
  for (PnTime time = PN_SECOND; time < 5000 * 365 * PN_DAY;
       time += 53 * PN_DAY + 12347 * PN_SECOND) {
    g_autofree char *text = pn_clock_write (time);
    g_autoptr (GError) error = NULL;
    PnTime read = 0;

    pn_clock_read (text, &read, &error);
    pn_assert_no_error (error);
    g_assert_cmpint (read, ==, time);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/clock/write", test_write);
  g_test_add_func ("/clock/read-back", test_read_back);
  return g_test_run ();
}
