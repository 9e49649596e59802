#include "ticketing/zone.h"

#include "tests/lib/test.h"

/* Far in the west, twice a year, four times a year (Ramadan), half an hour, before 1970 and behind the last stretch. */
static const char *const zones[] = { "Europe/Berlin",     "America/New_York",
                                     "Africa/Casablanca", "Pacific/Apia",
                                     "Asia/Kolkata",      "Australia/Lord_Howe",
                                     "America/Asuncion",  "UTC" };

static gint64
ask_glib (GTimeZone *zone, gint64 instant)
{
  return g_time_zone_get_offset (zone,
                                 g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, instant));
}

static void
test_same (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (zones); i++) {
    g_autoptr (PnZone) zone = pn_zone_open (zones[i]);
    g_autoptr (GTimeZone) wanted = g_time_zone_new_identifier (zones[i]);
    gint64 before = 0;

    for (gint64 at = -G_GINT64_CONSTANT (400000000); at < G_GINT64_CONSTANT (4500000000);
         at += 86400) {
      const gint64 offset = ask_glib (wanted, at);
      gint64 low = at - 86400, high = at;

      g_assert_cmpint (pn_zone_offset (zone, at), ==, offset);
      while (offset != before && high - low > 1) { /* to the second of the change */
        const gint64 middle = (low + high) / 2;

        if (ask_glib (wanted, middle) == offset)
          high = middle;
        else
          low = middle;
      }
      g_assert_cmpint (pn_zone_offset (zone, low), ==, ask_glib (wanted, low));
      g_assert_cmpint (pn_zone_offset (zone, high), ==, ask_glib (wanted, high));
      before = offset;
    }
  }
}

static void
test_unknown (void)
{
  g_assert_null (pn_zone_open ("Middle/Earth"));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/zone/same", test_same);
  g_test_add_func ("/zone/unknown", test_unknown);
  return g_test_run ();
}
