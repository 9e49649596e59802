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

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-rate/rate", test_rate);
  return g_test_run ();
}
