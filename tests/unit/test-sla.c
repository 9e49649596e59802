#include "ticketing/sla_clock.h"

#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

/* Monday to Friday, 9 to 17 o'clock, in UTC; Wednesday the 25th is a holiday. */
#define OFFICE                                                                                     \
  "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"09:00\",\"17:00\"]],\"tue\":[[\"09:00\",\"17:00\"]],"   \
  "\"wed\":[[\"09:00\",\"17:00\"]],\"thu\":[[\"09:00\",\"17:00\"]],"                               \
  "\"fri\":[[\"09:00\",\"17:00\"]]},\"holidays\":[{\"date\":\"11-25\",\"name\":\"Carnival\"}]}"
#define OFFICE_ID 7
#define VIP_ID 2
#define COMMON_ID 1

static PnTime
monday (void)
{
  PnTime time;

  g_assert_true (pn_clock_read ("2026-11-23T09:00:00Z", &time, NULL));
  return time;
}

static void
set_minutes (PnPolicy *policy, int first, int next, int update, int resolution)
{
  for (int p = 0; p < PN_PRIORITY_COUNT; p++) {
    const int share = p == PN_PRIORITY_URGENT ? 2 : 1; /* urgent: half the time */

    policy->minutes[PN_METRIC_FIRST_RESPONSE][p] = first / share;
    policy->minutes[PN_METRIC_NEXT_RESPONSE][p] = next / share;
    policy->minutes[PN_METRIC_PERIODIC_UPDATE][p] = update / share;
    policy->minutes[PN_METRIC_RESOLUTION][p] = resolution / share;
  }
}

/* Two policies: those who are tagged "vip" are promised the half. */
static PnSlaBook *
make_book (void)
{
  PnSlaBook *book = pn_sla_book_new ();
  json_t *document = json_loads (OFFICE, 0, NULL);
  PnPolicy *vip = pn_policy_new ("vip");
  PnPolicy *common = pn_policy_new ("common");

  pn_sla_book_add_calendar (book, OFFICE_ID, pn_hours_read (document, NULL));
  json_decref (document);
  vip->id = VIP_ID;
  vip->calendar_id = OFFICE_ID;
  g_ptr_array_add (vip->tags, g_strdup ("vip"));
  set_minutes (vip, 30, 60, 0, 240);
  common->id = COMMON_ID;
  common->calendar_id = OFFICE_ID;
  set_minutes (common, 60, 120, 480, 600);
  pn_sla_book_add_policy (book, vip);
  pn_sla_book_add_policy (book, common);
  return book;
}

/* Reads "10 customer, 20 status waiting, 30 tag vip": minutes since Monday, nine o'clock. */
static PnSlaHistory *
make_history (const char *text)
{
  PnSlaHistory *history = pn_sla_history_new ();
  g_auto (GStrv) parts = g_strsplit (text, ", ", -1);

  history->opened_at = monday ();
  for (guint i = 0; parts[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (parts[i], " ", 3);
    const PnTime at = monday () + g_ascii_strtoll (words[0], NULL, 10) * PN_MINUTE;
    PnStatus status = PN_STATUS_NEW;
    PnPriority priority = PN_PRIORITY_NORMAL;

    if (strcmp (words[1], "customer") == 0)
      pn_sla_history_add (history, at, PN_SLA_CUSTOMER, 0, NULL);
    else if (strcmp (words[1], "answer") == 0)
      pn_sla_history_add (history, at, PN_SLA_ANSWER, 0, NULL);
    else if (pn_status_read (words[1], &status))
      pn_sla_history_add (history, at, PN_SLA_STATUS, status, NULL);
    else if (pn_priority_read (words[1], &priority))
      pn_sla_history_add (history, at, PN_SLA_PRIORITY, priority, NULL);
    else
      pn_sla_history_add (history, at, PN_SLA_TAG, 0, words[1]);
  }
  return history;
}

/* "first 1 running 0-60", times in minutes since Monday, nine o'clock; "-" alone: paused; then done and counted. */
static void
write_deadline (GString *text, const PnDeadline *deadline)
{
  static const char *const names[] = { "first", "next", "update", "resolution" };

  g_string_append_printf (text, "%s%s %d %s %d-", text->len > 0 ? ", " : "",
                          names[deadline->metric], deadline->round,
                          pn_deadline_state_name (deadline->state),
                          (int) ((deadline->start_at - monday ()) / PN_MINUTE));
  if (deadline->due_at != 0)
    g_string_append_printf (text, "%d", (int) ((deadline->due_at - monday ()) / PN_MINUTE));
  if (deadline->done_at != 0)
    g_string_append_printf (text, " at %d", (int) ((deadline->done_at - monday ()) / PN_MINUTE));
}

static char *
compute (const PnSlaBook *book, const char *history_text)
{
  g_autoptr (PnSlaHistory) history = make_history (history_text);
  g_autoptr (GArray) deadlines = pn_sla_compute (book, history);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < deadlines->len; i++)
    write_deadline (text, &g_array_index (deadlines, PnDeadline, i));
  return g_string_free (text, FALSE);
}

/* A day is 1440 minutes; Tuesday's work begins at 1440, Thursday's at 4320. */
static void
test_compute (void)
{
  static const struct {
    const char *history;
    const char *deadlines;
  } cases[] = {
    { "0 customer", "first 1 running 0-60, resolution 1 running 0-1560" },
    { "0 customer, 60 answer", "first 1 met 0-60 at 60, update 1 running 60-1500,"
                               " resolution 1 running 0-1560" },
    { "0 customer, 61 answer", "first 1 missed 0-60 at 61, update 1 running 61-1501,"
                               " resolution 1 running 0-1560" },
    /* what was asked late on Tuesday is due on Thursday, as Wednesday is a holiday */
    { "0 answer, 1900 customer", "next 1 running 1900-4420, update 1 running 0-480,"
                                 " resolution 1 running 0-1560" },
    /* waiting for the customer stops the resolution, not the response */
    { "0 customer, 30 waiting", "first 1 running 0-60, resolution 1 paused 0-" },
    { "0 customer, 30 waiting, 90 open", "first 1 running 0-60, resolution 1 running 0-1620" },
    /* what was due before the pause stays due */
    { "0 customer, 1600 waiting", "first 1 running 0-60, resolution 1 running 0-1560" },
    /* solved unanswered: nobody is owed an answer; too late: it was missed */
    { "0 customer, 30 solved", "first 1 dropped 0-60 at 30, resolution 1 met 0-1560 at 30" },
    { "0 customer, 90 solved", "first 1 missed 0-60 at 90, resolution 1 met 0-1560 at 90" },
    /* reopened: the past stays, new rounds begin */
    { "0 customer, 10 answer, 20 solved, 100 customer, 101 open",
      "first 1 met 0-60 at 10, next 1 running 101-221, update 1 dropped 10-1450 at 20,"
      " update 2 running 101-1541, resolution 1 met 0-1560 at 20, resolution 2 running 101-1661" },
    { "0 customer, 30 solved, 40 customer, 41 open",
      "first 1 dropped 0-60 at 30, first 2 running 41-101, resolution 1 met 0-1560 at 30,"
      " resolution 2 running 41-1601" },
    /* more questions do not start the clock again */
    { "0 customer, 50 customer", "first 1 running 0-60, resolution 1 running 0-1560" },
    /* judged by what holds at its end */
    { "0 customer, 20 urgent", "first 1 running 0-30, resolution 1 running 0-300" },
    { "0 customer, 40 answer, 45 urgent",
      "first 1 met 0-60 at 40, update 1 running 40-280, resolution 1 running 0-300" },
    { "0 customer, 10 vip", "first 1 running 0-30, resolution 1 running 0-240" },
    { "0 customer, 10 waiting, 20 answer, 25 solved",
      "first 1 met 0-60 at 20, update 1 dropped 20- at 25, resolution 1 met 0- at 25" },
  };
  g_autoptr (PnSlaBook) book = make_book ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = compute (book, cases[i].history);

    g_assert_cmpstr (got, ==, cases[i].deadlines);
  }
}

static void
test_created_later (void)
{
  g_autoptr (PnSlaBook) book = make_book ();
  PnPolicy *common = pn_sla_book_policies (book)->pdata[1];
  g_autofree char *got = NULL;

  common->created_at = monday () + 70 * PN_MINUTE;
  got = compute (book, "0 customer, 65 answer");
  g_assert_cmpstr (got, ==, "update 1 running 65-1505, resolution 1 running 0-1560");
}

static const PnDeadline *
find (const GArray *deadlines, PnMetric metric)
{
  for (guint i = 0; i < deadlines->len; i++) {
    if (g_array_index (deadlines, PnDeadline, i).metric == metric)
      return &g_array_index (deadlines, PnDeadline, i);
  }
  return NULL;
}

static void
test_reach (void)
{
  static const struct {
    const char *history;
    guint percent;
    int minute; /* -1: 0, the clock stands still */
  } cases[] = {
    { "0 customer", 50, 300 },
    { "0 customer", 100, 1560 },
    { "0 customer", 150, 1860 },
    { "0 customer", 0, 0 },
    { "0 customer, 100 waiting", 10, 60 },
    { "0 customer, 100 waiting", 20, -1 },
  };
  g_autoptr (PnSlaBook) book = make_book ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnSlaHistory) history = make_history (cases[i].history);
    g_autoptr (GArray) deadlines = pn_sla_compute (book, history);
    const PnDeadline *resolution = find (deadlines, PN_METRIC_RESOLUTION);
    const PnTime at = pn_sla_reach (book, history, resolution, cases[i].percent);

    g_assert_cmpint (at == 0 ? -1 : (at - monday ()) / PN_MINUTE, ==, cases[i].minute);
  }
}

/* "counted 0-30 30, paused 30-90 30": minutes, then the sum. */
static char *
write_ledger (const GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++) {
    const PnLedgerLine *line = lines->pdata[i];

    g_string_append_printf (text, "%s%s %d-%d %d", i > 0 ? ", " : "",
                            line->name != NULL ? line->name : pn_ledger_kind_name (line->kind),
                            (int) ((line->from - monday ()) / PN_MINUTE),
                            (int) ((line->to - monday ()) / PN_MINUTE),
                            (int) (line->total / PN_MINUTE));
  }
  return g_string_free (text, FALSE);
}

static void
test_ledger (void)
{
  g_autoptr (PnSlaBook) book = make_book ();
  g_autoptr (PnSlaHistory) history = make_history ("0 customer, 30 waiting, 90 open");
  g_autoptr (GArray) deadlines = pn_sla_compute (book, history);
  const PnDeadline *resolution = find (deadlines, PN_METRIC_RESOLUTION);
  g_autoptr (GPtrArray) lines =
      pn_sla_ledger (book, history, resolution, monday () + 4330 * PN_MINUTE);
  g_autofree char *got = write_ledger (lines);

  g_ptr_array_set_free_func (lines, (GDestroyNotify) pn_ledger_line_free);
  g_assert_cmpstr (got, ==,
                   "counted 0-30 30, paused 30-90 30, counted 90-480 420, closed 480-1440 420,"
                   " counted 1440-1920 900, closed 1920-2340 900, Carnival 2340-3780 900,"
                   " closed 3780-4320 900, counted 4320-4330 910");
}

static void
test_policy_document (void)
{
  static const struct {
    const char *document;
    const char *error; /* NULL: it is fine */
  } cases[] = {
    { "{\"targets\":{\"first_response\":{\"urgent\":30,\"low\":null}},"
      "\"pauses\":{\"resolution\":[\"waiting\"]},"
      "\"conditions\":{\"queues\":[1,2],\"levels\":[\"Gold\"],\"languages\":[\"de\"]}}",
      NULL },
    { "{}", NULL },
    { "[]", "object" },
    { "{\"targets\":{\"second_response\":{}}}", "second_response" },
    { "{\"targets\":{\"resolution\":{\"soon\":3}}}", "soon" },
    { "{\"targets\":{\"resolution\":{\"low\":-1}}}", "low" },
    { "{\"targets\":{\"resolution\":{\"low\":\"3\"}}}", "low" },
    { "{\"targets\":{\"resolution\":{\"low\":600000}}}", "low" },
    { "{\"pauses\":{\"resolution\":[\"solved\"]}}", "solved" },
    { "{\"conditions\":{\"weather\":[]}}", "weather" },
    { "{\"conditions\":{\"tags\":[\"\"]}}", "tags" },
    { "{\"conditions\":{\"tags\":\"vip\"}}", "tags" },
    { "{\"conditions\":{\"queues\":[\"mill\"]}}", "queues" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnPolicy) policy = pn_policy_new ("x");
    json_t *document = json_loads (cases[i].document, JSON_DECODE_ANY, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_nonnull (document);
    if (cases[i].error == NULL) {
      json_t *once, *twice;

      g_assert_true (pn_policy_read (policy, document, &error));
      pn_assert_no_error (error);
      once = pn_policy_write (policy);
      g_assert_true (pn_policy_read (policy, once, &error));
      twice = pn_policy_write (policy);
      g_assert_true (json_equal (once, twice));
      json_decref (once);
      json_decref (twice);
    } else {
      g_assert_false (pn_policy_read (policy, document, &error));
      g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].error));
    }
    json_decref (document);
  }
}

static void
test_match (void)
{
  static const struct {
    const char *conditions;
    const char *misfit; /* NULL: it fits */
  } cases[] = {
    { "{}", NULL },
    { "{\"queues\":[3,4]}", NULL },
    { "{\"queues\":[4]}", "queues" },
    { "{\"organisations\":[9]}", NULL },
    { "{\"organisations\":[8]}", "organisations" },
    { "{\"levels\":[\"GOLD\",\"silver\"]}", NULL },
    { "{\"levels\":[\"silver\"]}", "levels" },
    { "{\"tags\":[\"vip\",\"none\"]}", NULL },
    { "{\"tags\":[\"none\"]}", "tags" },
    { "{\"forms\":[\"contact\"]}", "forms" },
    { "{\"languages\":[\"de\"]}", NULL },
    { "{\"languages\":[\"d\"]}", "languages" },
    { "{\"queues\":[3],\"levels\":[\"gold\"],\"languages\":[\"en\",\"fr\"]}", "languages" },
  };
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  const PnSlaFacts facts = { 3, 9, "gold", tags, NULL, "de-AT" };

  g_ptr_array_add (tags, (gpointer) "other");
  g_ptr_array_add (tags, (gpointer) "vip");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnPolicy) policy = pn_policy_new ("x");
    json_t *conditions = json_loads (cases[i].conditions, 0, NULL);
    json_t *document = json_pack ("{s:o}", "conditions", conditions);

    g_assert_true (pn_policy_read (policy, document, NULL));
    g_assert_cmpstr (pn_policy_misfit (policy, &facts), ==, cases[i].misfit);
    policy->is_enabled = FALSE;
    g_assert_cmpstr (pn_policy_misfit (policy, &facts), ==, "disabled");
    json_decref (document);
  }
}

static void
test_explain (void)
{
  g_autoptr (PnSlaBook) book = make_book ();
  const PnSlaFacts facts = { .queue_id = 1 };
  json_t *tries = pn_sla_explain (book, &facts);
  json_t *wanted = json_loads ("[{\"id\":2,\"policy\":\"vip\",\"title\":\"vip\",\"version\":0,"
                               "\"is_chosen\":false,\"misfit\":\"tags\"},"
                               "{\"id\":1,\"policy\":\"common\",\"title\":\"common\",\"version\":0,"
                               "\"is_chosen\":true,\"misfit\":null}]",
                               0, NULL);

  g_assert_true (json_equal (tries, wanted));
  json_decref (tries);
  json_decref (wanted);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/sla/compute", test_compute);
  g_test_add_func ("/sla/created-later", test_created_later);
  g_test_add_func ("/sla/reach", test_reach);
  g_test_add_func ("/sla/ledger", test_ledger);
  g_test_add_func ("/sla/policy-document", test_policy_document);
  g_test_add_func ("/sla/match", test_match);
  g_test_add_func ("/sla/explain", test_explain);
  return g_test_run ();
}
