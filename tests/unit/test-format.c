#include "templates/format.h"

#include "tests/lib/test.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define NOW (G_GINT64_CONSTANT (1795344127) * SECOND) /* 2026-11-22T10:42:07Z, a Sunday */
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const PnFormat en = { "en", NOW, 0 };
static const PnFormat de = { "de", NOW, 3600 };

static void
check (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_numbers (void)
{
  check (pn_format_number (&en, 0), "0");
  check (pn_format_number (&en, 999), "999");
  check (pn_format_number (&en, 1000), "1,000");
  check (pn_format_number (&de, 1234567), "1.234.567");
  check (pn_format_number (&en, -123456), "-123,456");
  check (pn_format_number (&en, G_MININT64), "-9,223,372,036,854,775,808");
  check (pn_format_real (&en, 0.82), "0.82");
  check (pn_format_real (&de, 1.5), "1,5");
  check (pn_format_real (&de, 2.0), "2");
}

static void
test_sizes (void)
{
  check (pn_format_size (&en, 0), "0 B");
  check (pn_format_size (&en, 999), "999 B");
  check (pn_format_size (&en, 1000), "1 kB");
  check (pn_format_size (&en, 84123), "84 kB");
  check (pn_format_size (&en, 999999), "1 MB");
  check (pn_format_size (&en, 1234567), "1.2 MB");
  check (pn_format_size (&de, 1234567), "1,2 MB");
  check (pn_format_size (&en, 12345678), "12 MB");
  check (pn_format_size (&en, G_MAXINT64), "9223372 TB");
}

static void
test_durations (void)
{
  check (pn_format_duration (&en, -5), "0 s");
  check (pn_format_duration (&en, 45), "45 s");
  check (pn_format_duration (&en, 2300), "38 min");
  check (pn_format_duration (&en, 7200), "2 h");
  check (pn_format_duration (&en, 7500), "2 h 5 min");
  check (pn_format_duration (&en, 86400), "1 d");
  check (pn_format_duration (&de, 3 * 86400 + 4 * 3600), "3 Tage 4 h");
}

static void
test_times (void)
{
  check (pn_format_date (&en, NOW), "22 Nov 2026");
  check (pn_format_date (&de, NOW), "22. Nov. 2026");
  check (pn_format_time (&de, NOW), "11:42");
  check (pn_format_datetime (&en, NOW), "22 Nov 2026, 10:42");
  check (pn_format_iso (NOW), "2026-11-22T10:42:07Z");
  check (pn_format_iso (-1), "1969-12-31T23:59:59Z");
  check (pn_format_date (&en, G_MAXINT64), "?");
}

static void
test_ago (void)
{
  check (pn_format_ago (&en, NOW), "just now");
  check (pn_format_ago (&en, NOW - 59 * SECOND), "just now");
  check (pn_format_ago (&en, NOW - MINUTE), "1 minute ago");
  check (pn_format_ago (&en, NOW - 59 * MINUTE), "59 minutes ago");
  check (pn_format_ago (&de, NOW - 5 * MINUTE), "vor 5 Minuten");
  check (pn_format_ago (&de, NOW + 38 * MINUTE), "in 38 Minuten");
  check (pn_format_ago (&en, NOW - 2 * HOUR), "2 hours ago");
  check (pn_format_ago (&en, NOW - 11 * HOUR), "11 hours ago");
  check (pn_format_ago (&en, NOW - 20 * HOUR), "yesterday");
  check (pn_format_ago (&de, NOW + 20 * HOUR), "morgen");
  check (pn_format_ago (&en, NOW - 3 * DAY), "3 days ago");
  check (pn_format_ago (&de, NOW + 3 * DAY), "in 3 Tagen");
  check (pn_format_ago (&en, NOW - 7 * DAY), "15 Nov 2026");
}

static void
test_read_time (void)
{
  static const struct {
    const char *text;
    gint64 time;
  } cases[] = {
    { "2026-11-22T10:42:07Z", NOW },
    { "2026-11-22T11:42:07+01:00", NOW },
    { "2026-11-22T10:42:07.5Z", NOW + SECOND / 2 },
    { "1970-01-01T00:00:00Z", 0 },
    { "1969-12-31T23:59:59Z", -SECOND },
    { "2000-02-29T23:59:59Z", 951868799 * SECOND },
  };
  static const char *const refused[] = { "",
                                         "yesterday",
                                         "2026-13-01T00:00:00Z",
                                         "2026-11-22T24:00:01Z",
                                         "2026-11-22T10:60:00Z",
                                         "1900-02-29T00:00:00Z",
                                         "0000-01-01T00:00:00Z",
                                         "2026-11-22T10:42:0",
                                         "2026-11-22T10:42:07Z and more" };
  gint64 time = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_true (pn_format_read_time (cases[i].text, &time));
    g_assert_cmpint (time, ==, cases[i].time);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (pn_format_read_time (refused[i], &time));
}

/* What is written is what GLib would write, and reads back. */
static void
test_all_days (void)
{
  static const PnFormat utc = { NULL, 0, 0 };

  for (gint64 seconds = -62135596800; seconds < 253402300800; seconds += 9 * 1000003) {
    g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (seconds);
    g_autofree char *iso = pn_format_iso (seconds * SECOND);
    g_autofree char *clock = g_date_time_format (moment, "%H:%M");
    gint64 time = 0;
    g_autofree char *expected =
        g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", g_date_time_get_year (moment),
                         g_date_time_get_month (moment), g_date_time_get_day_of_month (moment),
                         g_date_time_get_hour (moment), g_date_time_get_minute (moment),
                         g_date_time_get_second (moment));

    g_assert_cmpstr (iso, ==, expected);
    g_assert_true (pn_format_read_time (iso, &time));
    g_assert_cmpint (time, ==, seconds * SECOND);
    check (pn_format_time (&utc, seconds * SECOND), clock);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/format/numbers", test_numbers);
  g_test_add_func ("/format/sizes", test_sizes);
  g_test_add_func ("/format/durations", test_durations);
  g_test_add_func ("/format/times", test_times);
  g_test_add_func ("/format/ago", test_ago);
  g_test_add_func ("/format/read-time", test_read_time);
  g_test_add_func ("/format/all-days", test_all_days);
  return g_test_run ();
}
