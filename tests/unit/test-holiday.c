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
#define ZONE                                                                                       \
  "BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"                  \
  "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"          \
  "END:STANDARD\r\nEND:VTIMEZONE\r\n"
#define RULE(rule) "RRULE:" rule "\r\n"

/* "2026-12-25 Christmas, 12-26 …" */
static char *
read_days (const char *text, GPtrArray *skipped, GError **error)
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
    /* as programs write them */
    { "\xef\xbb\xbf" CALENDAR (EVENT (ON ("20261225") NAME ("Mark"))), "2026-12-25 Mark", 0 },
    { CALENDAR (EVENT (ON ("20261225") "DURATION:P2D\r\n" NAME ("Two"))),
      "2026-12-25 Two, 2026-12-26 Two", 0 },
    { CALENDAR (EVENT ("DTSTART:20261224T000000\r\nDTEND:20261226T000000\r\n" NAME ("Whole"))),
      "2026-12-24 Whole, 2026-12-25 Whole", 0 },
    { CALENDAR (ZONE EVENT (
          "DTSTART;TZID=Home:20261224T000000\r\nDTEND;TZID=Home:20261225T000000\r\n" NAME ("Eve"))),
      "2026-12-24 Eve", 0 },
    { CALENDAR (EVENT ("DTSTART:20261224T000000Z\r\nDTEND:20261225T000000Z\r\n" NAME ("Elsewhere"))
                    EVENT (ON ("20261226") NAME ("Day"))),
      "2026-12-26 Day", 1 },
    { CALENDAR (EVENT (ON ("20261224") NAME ("One")))
          CALENDAR (EVENT (ON ("20261225") NAME ("Other"))),
      "2026-12-24 One, 2026-12-25 Other", 0 },
    { CALENDAR (EVENT (ON ("20260102") RULE (
          "FREQ=YEARLY") "EXDATE;VALUE=DATE:20270102,20280102\r\n" NAME ("List"))),
      "2026-01-02 List", 0 },
    { CALENDAR (EVENT (ON ("20260501") RULE ("FREQ=YEARLY") NAME ("May"))
                    EVENT (ON ("20270503") "RECURRENCE-ID;VALUE=DATE:20270501\r\n" NAME ("Moved"))),
      "2026-05-01 May, 2027-05-03 Moved, 2028-05-01 May", 0 },
    { CALENDAR (EVENT (ON ("20260501") RULE ("FREQ=YEARLY") NAME ("May")) EVENT (ON (
          "20270501") "RECURRENCE-ID;VALUE=DATE:20270501\r\nSTATUS:CANCELLED\r\n" NAME ("Gone"))),
      "2026-05-01 May, 2028-05-01 May", 1 },
    { CALENDAR (EVENT (ON ("20260101") RULE ("FREQ=YEARLY;UNTIL=20270101") NAME ("Until"))),
      "2026-01-01 Until, 2027-01-01 Until", 0 },
    { CALENDAR (EVENT (ON ("20240229") RULE ("FREQ=YEARLY") NAME ("Leap"))), "02-29 Leap", 0 },
    { "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:A long\n  line\n"
      "END:VEVENT\nEND:VCALENDAR\n",
      "2026-12-25 A long line", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *days = read_days (cases[i].text, skipped, &error);

    pn_assert_no_error (error);
    g_assert_cmpstr (days, ==, cases[i].days);
    g_assert_cmpuint (skipped->len, ==, cases[i].skipped);
  }
}

/* What is left out is named by its line. */
static void
test_lines (void)
{
  static const char text[] =
      CALENDAR (EVENT (ON ("20261225") NAME ("Good"))
                    ZONE EVENT ("DTSTART:20261224T100000\r\n" NAME ("Party"))
                        EVENT (ON ("20261301") NAME ("No day")) EVENT (NAME ("No date")));
  static const char *const wanted[] = {
    "line 17, \"Party\": it has times of day",
    "line 22, \"No day\": its DTSTART is no day of a calendar",
    "line 27, \"No date\": it has no DTSTART that is a date",
  };
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *days = read_days (text, skipped, &error);
  g_autofree char *none = NULL;

  pn_assert_no_error (error);
  g_assert_cmpuint (skipped->len, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < skipped->len; i++)
    g_assert_cmpstr (skipped->pdata[i], ==, wanted[i]);
  none = read_days ("BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n", NULL, &error);
  g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "line 2 of the iCalendar file is not UTF-8");
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
  g_test_add_func ("/holiday/lines", test_lines);
  g_test_add_func ("/holiday/refused", test_refused);
  g_test_add_func ("/holiday/add", test_add);
  return g_test_run ();
}
