#include "gateway/web/web.h"

#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/fact.h"
#include "ticketing/report.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

static void
make_facts (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  guint done;

  do {
    pn_fact_rebuild_step (test->db, &done, &error);
    pn_assert_no_error (error);
  } while (done > 0);
}

static char *
ask (PnTestWeb *test, PnCaller caller, const char *target)
{
  g_autofree char *cookie = pn_testweb_cookie (test, caller);
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", cookie);

  return pn_testweb_ask (test, "GET", target, headers, NULL);
}

static json_t *
ask_api (PnTestWeb *test, PnCaller caller, const char *target)
{
  g_autofree char *token = pn_testweb_token (test, caller);
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  g_autofree char *answer = pn_testweb_ask (test, "GET", target, headers, NULL);

  g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
  return json_loads (pn_testhttp_body (answer), 0, NULL);
}

static json_int_t
total_of (const json_t *document)
{
  const json_t *cells = json_object_get (json_object_get (document, "total"), "cells");

  return json_integer_value (json_object_get (json_array_get (cells, 0), "value"));
}

/* Every report by everything is a page and a document; an agent of one queue counts only its tickets. */
static void
test_pages (void)
{
  static const char *const reports[] = {
    "volume",   "first-response", "next-response", "resolution",  "replies",
    "reopened", "backlog",        "sla",           "satisfaction"
  };
  static const char *const ways[] = { "queue",  "agent", "team",    "organisation",
                                      "policy", "day",   "channel", "priority",
                                      "tag",    "week",  "month" };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  make_facts (test);
  for (gsize i = 0; i < G_N_ELEMENTS (reports); i++) {
    for (gsize j = i % 3; j < G_N_ELEMENTS (ways); j += 3) {
      g_autofree char *target = g_strdup_printf ("/desk/reports/%s?by=%s", reports[i], ways[j]);
      g_autofree char *answer = ask (test, PN_CALLER_LEAD, target);

      g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
      g_assert_nonnull (
          strstr (answer, strcmp (reports[i], "volume") == 0 ? "figures-table" : "narrow"));
    }
  }
  pn_testweb_stop (test);
}

static void
test_access (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (json_t) all = NULL;
  g_autoptr (json_t) own = NULL;

  if (test == NULL)
    return;
  make_facts (test);
  all = ask_api (test, PN_CALLER_ADMIN, "/api/v1/reports/volume");
  own = ask_api (test, PN_CALLER_LEAD, "/api/v1/reports/volume");
  g_assert_cmpint (total_of (all), ==, 2);
  g_assert_cmpint (total_of (own), ==, 1);
  pn_testweb_stop (test);
}

static void
test_tickets (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *page = NULL;
  g_autofree char *csv = NULL;
  g_autofree char *table = NULL;
  g_autofree char *link = NULL;

  if (test == NULL)
    return;
  make_facts (test);
  link = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, test->ticket);
  page = ask (test, PN_CALLER_LEAD, "/desk/reports/volume/tickets?column=created");
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, link));
  csv = ask (test, PN_CALLER_LEAD, "/desk/reports/volume/csv?column=created");
  g_assert_nonnull (strstr (csv, "text/csv"));
  g_assert_nonnull (strstr (csv, "ada@customer.example"));
  g_assert_null (strstr (csv, "bob@other.example"));
  table = ask (test, PN_CALLER_LEAD, "/desk/reports/volume/csv");
  g_assert_nonnull (strstr (table, "\"queue\",\"created\",\"solved\",\"answers\"\r\n"));
  pn_testweb_stop (test);
}

static void
test_refused (void)
{
  static const struct {
    const char *target;
    int status;
  } cases[] = {
    { "/desk/reports/nonsense", 404 },
    { "/desk/reports/volume?by=moon", 400 },
    { "/desk/reports/volume?from=2026-02-31", 400 },
    { "/desk/reports/volume?zone=Europe%2FAtlantis", 400 },
    { "/desk/reports/volume?queue=none-such", 400 },
    { "/desk/reports/volume?sort=1", 400 },
    { "/desk/reports/volume/tickets", 400 },
    { "/desk/reports/volume/tickets?column=p99", 400 },
    { "/desk/reports/volume/tickets?column=created&key=x", 400 },
    { "/desk/reports/volume/tickets?column=created&before=-1", 400 },
    { "/desk/reports/volume/csv?column=%3Csvg%3E", 400 },
  };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *answer = ask (test, PN_CALLER_LEAD, cases[i].target);

    g_assert_cmpint (pn_testhttp_status (answer), ==, cases[i].status);
    g_assert_null (strstr (answer, "<svg>"));
  }
  pn_testweb_stop (test);
}

/* What a spreadsheet would take for a formula is text; quotes and line breaks stay within the field. */
static void
test_csv_is_safe (void)
{
  static const struct {
    const char *value;
    const char *written;
  } cases[] = {
    { "Ada", "\"Ada\"" },
    { "", "\"\"" },
    { "a \"b\", c", "\"a \"\"b\"\", c\"" },
    { "two\r\nlines", "\"two\r\nlines\"" },
    { "=1+1", "\"'=1+1\"" },
    { "+49 30", "\"'+49 30\"" },
    { "-x", "\"'-x\"" },
    { "@SUM(A1)", "\"'@SUM(A1)\"" },
    { "\t=1", "\"'\t=1\"" },
    { "\r=1", "\"'\r=1\"" },
    { "\n=1", "\"'\n=1\"" },
    { "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) text = g_string_new (NULL);

    pn_csv_append (text, cases[i].value);
    g_assert_cmpstr (text->str, ==, cases[i].written);
  }
}

/* More tickets than a page and than are read at a time: the file has them all. */
static void
test_csv_has_no_cap (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autofree char *csv = NULL;
  guint lines = 0;

  if (test == NULL)
    return;
  pn_db_exec (test->db,
              "INSERT INTO ticket (queue_id, person_id, status, priority, subject, preview,"
              " created_at, updated_at) SELECT ?, ?, 1, 1, '=HYPERLINK(\"x\")', '', ?, ?"
              " FROM seq_1_to_1300",
              PN_ARGS (pn_int (test->mill), pn_int (test->person), pn_int (pn_clock_now ()),
                       pn_int (pn_clock_now ())),
              NULL, &error);
  pn_assert_no_error (error);
  make_facts (test);
  csv = ask (test, PN_CALLER_LEAD, "/desk/reports/volume/csv?column=created");
  for (const char *c = strstr (csv, "\r\n\r\n") + 4; *c != '\0'; c++)
    lines += *c == '\n' ? 1 : 0;
  g_assert_cmpuint (lines, ==, 1 + 1 + 1300);
  g_assert_nonnull (strstr (csv, ",\"'=HYPERLINK(\"\"x\"\")\","));
  g_assert_null (strstr (csv, ",\"=HYPERLINK"));
  pn_testweb_stop (test);
}

/* What was chosen stands in the form again, so that "Show" keeps it. */
static void
test_filters_stay (void)
{
  static const struct {
    const char *query;
    const char *shown;
  } cases[] = {
    { "by=week", "<option value=\"week\" selected>" },
    { "time=business", "<option value=\"business\" selected>" },
    { "queue=mill", "<option value=\"mill\" selected>" },
    { "agent=lead", "<option value=\"lead\" selected>" },
    { "agent=none", "<option value=\"none\" selected>" },
    { "team=none", "<option value=\"none\" selected>" },
    { "policy=none", "<option value=\"none\" selected>" },
    { "channel=imap", "<option value=\"imap\" selected>" },
    { "priority=high", "<option value=\"high\" selected>" },
    { "organisation=none", "name=\"organisation\" value=\"none\"" },
    { "tag=none", "name=\"tag\" value=\"none\"" },
    { "from=2026-01-05", "name=\"from\" value=\"2026-01-05\"" },
    { "zone=Asia%2FTokyo", "name=\"zone\" value=\"Asia/Tokyo\"" },
  };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *target = g_strconcat ("/desk/reports/volume?", cases[i].query, NULL);
    g_autofree char *answer = ask (test, PN_CALLER_LEAD, target);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
    if (strstr (answer, cases[i].shown) == NULL)
      g_test_message ("%s", cases[i].query);
    g_assert_nonnull (strstr (answer, cases[i].shown));
  }
  pn_testweb_stop (test);
}

static char *
post (PnTestWeb *test, PnCaller caller, const char *target, const char *fields)
{
  g_autofree char *cookie = pn_testweb_cookie (test, caller);
  g_autofree char *csrf = pn_testweb_csrf (test, cookie);
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  g_autofree char *body = g_strdup_printf ("csrf=%s&%s", csrf, fields);

  return pn_testweb_ask (test, "POST", target, headers, body);
}

/* A plan from a report's page: kept with its filters, paused, sent, seen by its owner and administrators alone. */
static void
test_plan (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *added = NULL;
  g_autofree char *page = NULL;
  g_autofree char *paused = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *removed = NULL;
  g_autoptr (json_t) document = NULL;
  const json_t *plan;

  if (test == NULL)
    return;
  make_facts (test);
  added = post (test, PN_CALLER_LEAD, "/desk/manage/reports",
                "report=sla&title=Kept%21+Every+Monday&every=week&at=06%3A30&readers=lead&by=day"
                "&queue=mill&zone=Europe%2FBerlin");
  g_assert_cmpint (pn_testhttp_status (added), ==, 303);
  document = ask_api (test, PN_CALLER_LEAD, "/api/v1/report-plans/1");
  plan = json_object_get (document, "plan");
  g_assert_cmpstr (pn_json_get_text (plan, "name"), ==, "kept-every-monday");
  g_assert_cmpstr (pn_json_get_text (plan, "report"), ==, "sla");
  g_assert_cmpstr (pn_json_get_text (plan, "at"), ==, "06:30");
  g_assert_cmpstr (pn_json_get_text (json_object_get (plan, "words"), "queue"), ==, "mill");
  page = ask (test, PN_CALLER_ADMIN, "/desk/manage/reports/1");
  g_assert_nonnull (strstr (page, "<option value=\"mill\" selected>"));
  g_assert_nonnull (strstr (page, "<option value=\"sla\" selected>"));
  paused = post (test, PN_CALLER_LEAD, "/desk/manage/reports/1", "queue=&by=queue");
  g_assert_cmpint (pn_testhttp_status (paused), ==, 303);
  json_decref (document);
  document = ask_api (test, PN_CALLER_LEAD, "/api/v1/report-plans/1");
  plan = json_object_get (document, "plan");
  g_assert_true (json_is_false (json_object_get (plan, "is_enabled")));
  g_assert_null (json_object_get (json_object_get (plan, "words"), "queue"));
  refused = post (test, PN_CALLER_LEAD, "/desk/manage/reports/1", "readers=ada%40customer.example");
  g_assert_cmpint (pn_testhttp_status (refused), ==, 400);
  g_assert_nonnull (strstr (refused, "nobody of the staff"));
  removed = post (test, PN_CALLER_LEAD, "/desk/manage/reports/1/remove", "");
  g_assert_cmpint (pn_testhttp_status (removed), ==, 303);
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-report/pages", test_pages);
  g_test_add_func ("/web-report/access", test_access);
  g_test_add_func ("/web-report/tickets", test_tickets);
  g_test_add_func ("/web-report/refused", test_refused);
  g_test_add_func ("/web-report/csv-is-safe", test_csv_is_safe);
  g_test_add_func ("/web-report/csv-has-no-cap", test_csv_has_no_cap);
  g_test_add_func ("/web-report/filters-stay", test_filters_stay);
  g_test_add_func ("/web-report/plan", test_plan);
  return g_test_run ();
}
