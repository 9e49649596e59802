#include "gateway/web/web.h"

#include <string.h>

#include "ticketing/core/token.h"
#include "ticketing/survey.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

/* A survey that was asked, and the path of its link. */
static char *
make_survey (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = pn_token_make (test->config.token_key, PN_TOKEN_SURVEY, 1, 0);

  pn_db_exec (test->db,
              "INSERT INTO survey (id, ticket_id, person_id, address, state, due_at, asked_at,"
              " created_at) VALUES (1, ?, ?, 'ada@customer.example', ?, 1, ?, 1)",
              PN_ARGS (pn_int (test->ticket), pn_int (test->person), pn_int (PN_SURVEY_ASKED),
                       pn_int (pn_clock_now ())),
              NULL, &error);
  pn_assert_no_error (error);
  return g_strconcat ("/rate/", token, NULL);
}

static void
assert_score (PnTestWeb *test, int score)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSurvey) survey = pn_survey_load (test->db, 1, &error);

  pn_assert_no_error (error);
  g_assert_cmpint (survey->score, ==, score);
}

static int
ask (PnTestWeb *test, const char *method, const char *path, const char *body)
{
  g_autofree char *answer = pn_testweb_ask (test, method, path, "", body);

  return pn_testhttp_status (answer);
}

/* A scanner that opens every link leaves no score behind; a person who sends the form does. */
static void
test_rate (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *path = NULL;
  g_autofree char *link = NULL;
  g_autofree char *stop = NULL;
  g_autofree char *page = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *ticket = NULL;
  g_autofree char *shown = NULL;

  if (test == NULL)
    return;
  path = make_survey (test);
  link = g_strconcat (path, "?score=good", NULL);
  stop = g_strconcat (path, "/stop", NULL);
  page = pn_testweb_ask (test, "GET", link, "", NULL);
  g_assert_nonnull (strstr (page, "value=\"good\" required checked"));
  g_assert_cmpint (ask (test, "GET", stop, NULL), ==, 200);
  assert_score (test, 0);
  g_assert_cmpint (ask (test, "POST", path, "score=excellent"), ==, 400);
  g_assert_cmpint (ask (test, "POST", path, "score=bad&word=%3Cscript%3Eslow"), ==, 303);
  assert_score (test, PN_SCORE_BAD);
  g_assert_cmpint (ask (test, "POST", path, "score=good&word=fast"), ==, 303);
  assert_score (test, PN_SCORE_GOOD);
  cookie = pn_testweb_cookie (test, PN_CALLER_AGENT);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  ticket = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, test->ticket);
  shown = pn_testweb_ask (test, "GET", ticket, headers, NULL);
  g_assert_nonnull (strstr (shown, "fast"));
  g_assert_null (strstr (shown, "<script>slow"));
  g_assert_cmpint (ask (test, "POST", stop, "List-Unsubscribe=One-Click"), ==, 200);
  pn_testweb_stop (test);
}

/* On the customer's page: one click, once, and the letter need not be sent any more. */
static void
test_page (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *csrf = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *ticket = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *body = NULL;
  g_autofree char *before = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  g_autofree char *done = NULL;
  PnSurveyQueue setting;

  if (test == NULL)
    return;
  setting = (PnSurveyQueue){ test->mill, TRUE, PN_DAY, 0 };
  pn_survey_queue_save (test->db, &setting, &error);
  pn_assert_no_error (error);
  cookie = pn_testweb_cookie (test, PN_CALLER_CUSTOMER);
  csrf = pn_testweb_csrf (test, cookie);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  ticket = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, test->ticket);
  rate = g_strconcat (ticket, "/rate", NULL);
  body = g_strdup_printf ("csrf=%s&score=good&word=swift", csrf);
  before = pn_testweb_ask (test, "GET", ticket, headers, NULL);
  g_assert_null (strstr (before, "id=\"rating\"")); /* it is not solved */
  first = pn_testweb_ask (test, "POST", rate, headers, body);
  g_assert_cmpint (pn_testhttp_status (first), ==, 409);
  pn_db_exec (test->db, "UPDATE ticket SET status = 4 WHERE id = ?",
              PN_ARGS (pn_int (test->ticket)), NULL, &error);
  pn_survey_plan (test->db, test->ticket, test->mill, &error);
  pn_assert_no_error (error);
  shown = pn_testweb_ask (test, "GET", ticket, headers, NULL);
  g_assert_nonnull (strstr (shown, "id=\"rating\""));
  g_assert_null (strstr (shown, "name=\"word\"")); /* one click first, then a word */
  for (int i = 0; i < 2; i++) {
    g_clear_pointer (&again, g_free);
    again = pn_testweb_ask (test, "POST", rate, headers, body);
    g_assert_cmpint (pn_testhttp_status (again), ==, 303);
  }
  done = pn_testweb_ask (test, "GET", ticket, headers, NULL);
  g_assert_nonnull (strstr (done, ">swift</textarea>"));
  g_assert_nonnull (strstr (done, "value=\"good\">Send</button>"));
  {
    g_autoptr (PnRows) rows =
        pn_db_query (test->db, "SELECT COUNT(*), MIN(state), MIN(score), MIN(word) FROM survey",
                     PN_NO_ARGS, &error);

    pn_assert_no_error (error);
    pn_rows_next (rows);
    g_assert_cmpint (pn_rows_int (rows, 0), ==, 1);
    g_assert_cmpint (pn_rows_int (rows, 1), ==, PN_SURVEY_ANSWERED); /* no letter goes out */
    g_assert_cmpint (pn_rows_int (rows, 2), ==, PN_SCORE_GOOD);
    g_assert_cmpstr (pn_rows_text (rows, 3), ==, "swift");
  }
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-rate/rate", test_rate);
  g_test_add_func ("/web-rate/page", test_page);
  return g_test_run ();
}
