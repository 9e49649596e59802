#include "ticketing/hours.h"

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

#define OFFICE                                                                                     \
  "{\"zone\":\"Europe/Berlin\",\"week\":{\"mon\":[[\"09:00\",\"12:00\"],[\"13:00\",\"17:30\"]],"   \
  "\"tue\":[[\"09:00\",\"17:00\"]]},\"holidays\":[\"2026-11-24\"]}"
#define ALWAYS                                                                                             \
  "{\"zone\":\"Europe/Berlin\",\"week\":{\"mon\":[[\"00:00\",\"24:00\"]],\"tue\":[[\"00:00\",\"24:00\"]]," \
  "\"wed\":[[\"00:00\",\"24:00\"]],\"thu\":[[\"00:00\",\"24:00\"]],\"fri\":[[\"00:00\",\"24:00\"]],"       \
  "\"sat\":[[\"00:00\",\"24:00\"]],\"sun\":[[\"00:00\",\"24:00\"]]},\"holidays\":[]}"
#define SUNDAY_NIGHT "{\"zone\":\"Europe/Berlin\",\"week\":{\"sun\":[[\"02:30\",\"04:00\"]]}}"
#define OVER_MIDNIGHT "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"22:00\",\"06:00\"]]}}"
#define OVERLAP                                                                                    \
  "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"09:00\",\"12:00\"],[\"11:00\",\"13:00\"],[\"09:30\",\"10:00\"]]}}"
#define YEARLY                                                                                     \
  "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"09:00\",\"10:00\"]],\"tue\":[[\"09:00\",\"10:00\"]]},"  \
  "\"holidays\":[\"11-23\",{\"date\":\"02-29\",\"name\":\"Leap day\"}]}"
#define EMPTY "{\"zone\":\"UTC\",\"week\":{}}"

static PnHours *
read_hours (const char *text, GError **error)
{
  json_t *document = json_loads (text, JSON_DECODE_ANY, NULL);
  PnHours *hours = pn_hours_read (document, error);

  json_decref (document);
  return hours;
}

static PnTime
at (const char *text)
{
  PnTime time = 0;

  g_assert_true (pn_clock_read (text, &time, NULL));
  return time;
}

static void
test_add (void)
{
  static const struct {
    const char *calendar;
    const char *start;
    gint64 seconds;
    const char *due;
  } cases[] = {
    { OFFICE, "2026-11-23T08:00:00Z", 3 * 3600,
      "2026-11-23T11:00:00Z" }, /* 12:00, not 13:00 after the break */
    { OFFICE, "2026-11-23T08:00:00Z", 3 * 3600 + 1, "2026-11-23T12:00:01Z" },
    { OFFICE, "2026-11-23T16:00:00Z", 3600, "2026-11-30T08:30:00Z" }, /* Tuesday is a holiday */
    { OFFICE, "2026-11-22T03:00:00Z", 0, "2026-11-22T03:00:00Z" },
    { ALWAYS, "2026-10-24T22:00:00Z", 25 * 3600, "2026-10-25T23:00:00Z" }, /* a day of 25 hours */
    { SUNDAY_NIGHT, "2026-10-24T00:00:00Z", 9000,
      "2026-10-25T03:00:00Z" }, /* 02:30 the first time, to 04:00 */
    { SUNDAY_NIGHT, "2026-03-28T00:00:00Z", 3600,
      "2026-03-29T02:00:00Z" }, /* 02:30 is skipped: from 03:00 on */
    { OVER_MIDNIGHT, "2026-11-23T00:00:00Z", 8 * 3600, "2026-11-24T06:00:00Z" },
    { OVERLAP, "2026-11-23T00:00:00Z", 4 * 3600, "2026-11-23T13:00:00Z" },
    { YEARLY, "2026-11-22T00:00:00Z", 60, "2026-11-24T09:01:00Z" }, /* Monday is a holiday */
    { YEARLY, "2027-11-22T00:00:00Z", 3601, "2027-11-29T09:00:01Z" },
    { YEARLY, "2044-02-29T00:00:00Z", 60, "2044-03-01T09:01:00Z" }, /* a Monday of a leap year */
    { EMPTY, "2026-11-23T00:00:00Z", 1, NULL },
    { EMPTY, "2026-11-23T00:00:00Z", 0, "2026-11-23T00:00:00Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnHours) hours = read_hours (cases[i].calendar, &error);
    PnTime due;

    g_assert_no_error (error);
    due = pn_hours_add (hours, at (cases[i].start), cases[i].seconds * PN_SECOND);
    if (cases[i].due == NULL)
      g_assert_true (due == PN_HOURS_NEVER);
    else {
      g_autofree char *text = due != PN_HOURS_NEVER ? pn_clock_write (due) : NULL;

      g_assert_cmpstr (text, ==, cases[i].due);
    }
  }
}

static void
test_between (void)
{
  static const struct {
    const char *calendar;
    const char *from;
    const char *to;
    gint64 seconds;
  } cases[] = {
    { OFFICE, "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", 27000 },
    { OFFICE, "2026-11-23T08:59:30Z", "2026-11-23T09:00:10Z", 40 },
    { OFFICE, "2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z", 0 },
    { OFFICE, "2026-11-23T12:00:00Z", "2026-11-23T11:00:00Z", 0 },
    { ALWAYS, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * 3600 },
    { OVER_MIDNIGHT, "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", 6 * 3600 },
    { EMPTY, "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnHours) hours = read_hours (cases[i].calendar, NULL);

    g_assert_cmpint (pn_hours_between (hours, at (cases[i].from), at (cases[i].to)), ==,
                     cases[i].seconds * PN_SECOND);
  }
}

typedef struct {
  PnTime covered;
  gint64 counted;
  GString *kinds;
} Pieces;

static void
note_piece (PnTime from, PnTime to, PnHoursKind kind, const char *name, gpointer data)
{
  Pieces *pieces = data;

  g_assert_cmpint (from, ==, pieces->covered);
  g_assert_cmpint (to, >, from);
  g_assert_true ((kind == PN_HOURS_HOLIDAY) == (name != NULL));
  pieces->covered = to;
  if (kind == PN_HOURS_OPEN)
    pieces->counted += to - from;
  g_string_append_c (pieces->kinds, "och"[kind]);
}

/* The pieces leave nothing out, and what is open in them is what counts. */
static void
test_each (void)
{
  static const struct {
    const char *calendar;
    const char *from;
    const char *to;
    const char *kinds; /* NULL: not looked at */
  } cases[] = {
    { OFFICE, "2026-11-23T00:00:00Z", "2026-11-26T00:00:00Z", "cocochc" },
    { OFFICE, "2026-11-23T08:30:00Z", "2026-11-23T08:45:00Z", "o" },
    { OFFICE, "2026-11-24T08:30:00Z", "2026-11-24T08:45:00Z", "h" },
    { OFFICE, "2026-11-22T08:30:00Z", "2026-11-22T08:30:00Z", "" },
    { YEARLY, "2026-11-21T00:00:00Z", "2026-11-25T00:00:00Z", "chcoc" },
    { ALWAYS, "2026-03-28T00:00:00Z", "2026-04-01T00:00:00Z", "o" },
    { SUNDAY_NIGHT, "2026-10-20T00:00:00Z", "2026-11-20T00:00:00Z", NULL },
    { SUNDAY_NIGHT, "2026-03-20T00:00:00Z", "2026-04-20T00:00:00Z", NULL },
    { OVER_MIDNIGHT, "2026-11-23T23:00:00Z", "2026-12-09T03:00:00Z", NULL },
    { OVERLAP, "2026-11-01T00:00:00Z", "2026-12-09T03:00:00Z", NULL },
    { EMPTY, "2026-11-01T00:00:00Z", "2026-12-09T03:00:00Z", "c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnHours) hours = read_hours (cases[i].calendar, NULL);
    Pieces pieces = { at (cases[i].from), 0, g_string_new (NULL) };

    pn_hours_each (hours, at (cases[i].from), at (cases[i].to), note_piece, &pieces);
    g_assert_cmpint (pieces.covered, ==, at (cases[i].to));
    g_assert_cmpint (pieces.counted, ==,
                     pn_hours_between (hours, at (cases[i].from), at (cases[i].to)));
    if (cases[i].kinds != NULL)
      g_assert_cmpstr (pieces.kinds->str, ==, cases[i].kinds);
    g_string_free (pieces.kinds, TRUE);
  }
}

static void
test_refused (void)
{
  static const struct {
    const char *calendar;
    const char *words;
  } cases[] = {
    { "[]", "a calendar is a JSON object" },
    { "{\"zone\":\"Mars/Base\",\"week\":{}}", "\"Mars/Base\" is no time zone" },
    { "{\"zone\":\"\",\"week\":{}}", "\"\" is no time zone" },
    { "{\"zone\":\"UTC\"}", "no \"week\"" },
    { "{\"zone\":\"UTC\",\"week\":{\"monday\":[]}}", "\"monday\" is no day" },
    { "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"09:00\"]]}}", "no pair of times" },
    { "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"9:00\",\"10:00\"]]}}", "\"9:00\" is no time" },
    { "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"09:00\",\"24:01\"]]}}", "\"24:01\" is no time" },
    { "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"09:00\",\"10:60\"]]}}", "\"10:60\" is no time" },
    { "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[\"2026-02-30\"]}", "\"2026-02-30\" is no date" },
    { "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[\"13-01\"]}", "\"13-01\" is no date" },
    { "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[\"02-30\"]}", "\"02-30\" is no date" },
    { "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[{\"name\":\"x\"}]}", "\"null\" is no date" },
    { "{\"zone\":\"UTC\",\"weeks\":{}}", "a calendar has no \"weeks\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnHours) hours = read_hours (cases[i].calendar, &error);

    g_assert_null (hours);
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
    g_assert_nonnull (error != NULL ? strstr (error->message, cases[i].words) : NULL);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/hours/add", test_add);
  g_test_add_func ("/hours/between", test_between);
  g_test_add_func ("/hours/each", test_each);
  g_test_add_func ("/hours/refused", test_refused);
  return g_test_run ();
}
