#include "ticketing/holiday.h"

#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/hours.h"

#define EVENT(body) "BEGIN:VEVENT\r\nUID:x\r\n" body "END:VEVENT\r\n"
#define CALENDAR(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"
#define ON(day) "DTSTART;VALUE=DATE:" day "\r\n"
#define NAME(name) "SUMMARY:" name "\r\n"
#define RULE(rule) "RRULE:" rule "\r\n"

/* "2026-12-25 Christmas, 12-26 …" */
static char *
read_days (const char *text, guint *skipped, GError **error)
{
  json_t *list = pn_holiday_read (text, strlen (text), 2026, 2028, skipped, error);
  GString *days = g_string_new (NULL);
  json_t *each;
  gsize i;

  json_array_foreach (list, i, each)
      g_string_append_printf (days, "%s%s %s", i > 0 ? ", " : "", pn_json_get_text (each, "date"),
                              pn_json_get_text (each, "name"));
  json_decref (list);
  return g_string_free (days, FALSE);
}

static void
test_read (void)
{
  static const struct {
    const char *text;
    const char *days;
    guint skipped;
  } cases[] = {
    { CALENDAR (EVENT (ON ("20261225") NAME ("Christmas"))), "2026-12-25 Christmas", 0 },
    { CALENDAR (EVENT (ON ("20261225") "DTEND;VALUE=DATE:20261227\r\n" NAME ("X"))),
      "2026-12-25 X, 2026-12-26 X", 0 },
    { CALENDAR (EVENT (ON ("20261231") "DTEND;VALUE=DATE:20270102\r\n" NAME ("Turn"))),
      "2026-12-31 Turn, 2027-01-01 Turn", 0 },
    { CALENDAR (EVENT (ON ("20060501") RULE ("FREQ=YEARLY") NAME ("Work"))), "05-01 Work", 0 },
    { CALENDAR (EVENT (ON ("20060501") RULE ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1") NAME ("Work"))),
      "05-01 Work", 0 },
    { CALENDAR (EVENT (ON ("20200224") RULE ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH") NAME ("Thanks"))),
      "2026-11-26 Thanks, 2027-11-25 Thanks, 2028-11-23 Thanks", 0 },
    { CALENDAR (EVENT (ON ("20260102") RULE ("FREQ=YEARLY;COUNT=2") NAME ("Two"))),
      "2026-01-02 Two, 2027-01-02 Two", 0 },
    { CALENDAR (EVENT (ON ("20260102")
                           RULE ("FREQ=YEARLY") "EXDATE;VALUE=DATE:20270102\r\n" NAME ("Gap"))),
      "2026-01-02 Gap, 2028-01-02 Gap", 0 },
    { CALENDAR (EVENT (ON ("20260105") "RDATE;VALUE=DATE:20260107\r\n" NAME ("And"))),
      "2026-01-05 And, 2026-01-07 And", 0 },
    { CALENDAR (EVENT ("DTSTART:20261225T100000Z\r\n" NAME ("Party")) EVENT (ON ("20261224") NAME (
          "Eve\\, late")) EVENT (ON ("20261226") "STATUS:CANCELLED\r\n" NAME ("No"))),
      "2026-12-24 Eve, late", 2 },
    { CALENDAR (EVENT (ON ("20100101") NAME ("Long ago")) EVENT (ON ("20270101") NAME ("New"))),
      "2027-01-01 New", 0 },
    { CALENDAR (EVENT (ON ("20261225") NAME ("One")) EVENT (ON ("20261225") NAME ("Other"))),
      "2026-12-25 One", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    guint skipped = 99;
    g_autofree char *days = read_days (cases[i].text, &skipped, &error);

    pn_assert_no_error (error);
    g_assert_cmpstr (days, ==, cases[i].days);
    g_assert_cmpuint (skipped, ==, cases[i].skipped);
  }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "",
    "hello",
    "BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n",
    CALENDAR (""),
    CALENDAR (EVENT ("DTSTART:20261225T100000Z\r\n")),
    CALENDAR (EVENT (NAME ("no date"))),
    CALENDAR (EVENT (ON ("20261345"))),
    CALENDAR (EVENT (ON ("20260376"))),
    CALENDAR (EVENT (ON ("20250229"))),
    CALENDAR (EVENT (ON ("20260101") RULE ("FREQ=SECONDLY"))),
    "BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *days = read_days (cases[i], NULL, &error);

    g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
    g_assert_cmpstr (days, ==, "");
  }
}

static void
test_add (void)
{
  g_autoptr (json_t) document =
      json_loads ("{\"zone\":\"UTC\",\"week\":{},\"holidays\":[\"2026-12-25\","
                  "{\"date\":\"05-01\",\"name\":\"Mine\"}]}",
                  0, NULL);
  const char *text = CALENDAR (EVENT (ON ("20261225") NAME ("Known")) EVENT (
      ON ("20060501") RULE ("FREQ=YEARLY") NAME ("Known")) EVENT (ON ("20270101") NAME ("New")));
  g_autoptr (json_t) found = pn_holiday_read (text, strlen (text), 2026, 2028, NULL, NULL);
  g_autoptr (PnHours) hours = NULL;

  g_assert_cmpuint (pn_holiday_add (document, found), ==, 1);
  g_assert_cmpuint (pn_holiday_add (document, found), ==, 0);
  g_assert_cmpuint (json_array_size (json_object_get (document, "holidays")), ==, 3);
  hours = pn_hours_read (document, NULL);
  g_assert_nonnull (hours);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/holiday/read", test_read);
  g_test_add_func ("/holiday/refused", test_refused);
  g_test_add_func ("/holiday/add", test_add);
  return g_test_run ();
}
