/* The links in automatic letters, as a customer, a link scanner and a stranger use them. */
#include "gateway/web/web.h"

#include <string.h>

#include "kb/feedback.h"
#include "kb/given.h"
#include "kb/search.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testkb.h"
#include "tests/lib/testweb.h"
#include "ticketing/core/token.h"
#include "ticketing/mailbox.h"
#include "ticketing/ticket.h"

static const char base[] =
    "{\"id\":\"stop\",\"title\":\"Why does the engine <stop>?\",\"body\":\"Oil.\"}\n"
    "{\"id\":\"noise\",\"title\":\"The engine is loud\",\"body\":\"Felt.\"}\n";

/* Returns: NULL where the test is to be skipped. @n: articles that went out for the message. */
static PnTestWeb *
start (guint n)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = NULL;

  if (test == NULL)
    return NULL;
  articles = pn_testkb_import (test->db, base);
  for (guint i = 0; i < n; i++) {
    const PnGiven given = { .message_id = test->message,
                            .ticket_id = test->ticket,
                            .person_id = test->person,
                            .article_id = ((PnArticle *) articles->pdata[i])->id,
                            .is_answer = n == 1,
                            .confidence = 0.9 - 0.1 * i };

    g_assert_true (pn_given_add (test->db, &given, &error));
  }
  pn_assert_no_error (error);
  return test;
}

static void
stop (PnTestWeb *test)
{
  pn_testweb_stop (test);
  pn_kb_forget ();
}

static char *
path_of (PnTestWeb *test, PnTokenPurpose purpose)
{
  g_autofree char *token =
      pn_token_make (test->key, purpose, test->message, pn_clock_now () + PN_DAY);

  return g_strconcat (purpose == PN_TOKEN_SOLVED ? "/my/solved/" : "/my/person/", token, NULL);
}

static PnTicket *
ticket_of (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  PnTicket *ticket = pn_ticket_load (test->db, test->ticket, &error);

  pn_assert_no_error (error);
  return ticket;
}

static gint64
feedback_of (PnTestWeb *test, gint64 article_id, PnFeedbackKind kind)
{
  g_autoptr (GError) error = NULL;
  gint64 counts[PN_FEEDBACK_KINDS];

  g_assert_true (pn_feedback_count (test->db, article_id, counts, &error));
  pn_assert_no_error (error);
  return counts[kind];
}

static int
ask (PnTestWeb *test, const char *method, const char *path, const char *body)
{
  g_autofree char *answer = pn_testweb_ask (test, method, path, "", body);

  return pn_testhttp_status (answer);
}

/* Link scanners open what they find, often and in any order: nothing happens. */
static void
test_scanner_closes_nothing (void)
{
  PnTestWeb *test = start (1);
  g_autofree char *solved = NULL;
  g_autofree char *person = NULL;
  g_autoptr (PnTicket) before = NULL;
  g_autoptr (PnTicket) after = NULL;

  if (test == NULL)
    return;
  solved = path_of (test, PN_TOKEN_SOLVED);
  person = path_of (test, PN_TOKEN_PERSON_PLEASE);
  before = ticket_of (test);
  for (int i = 0; i < 5; i++) {
    g_autofree char *head = pn_testweb_ask (test, "HEAD", solved, "", NULL);

    g_assert_cmpint (ask (test, "GET", solved, NULL), ==, 200);
    g_assert_cmpint (ask (test, "GET", person, NULL), ==, 200);
  }
  after = ticket_of (test);
  g_assert_cmpint (after->version, ==, before->version);
  g_assert_cmpint (after->status, ==, before->status);
  stop (test);
}

static void
test_solved (void)
{
  PnTestWeb *test = start (1);
  g_autofree char *solved = NULL;
  g_autofree char *page = NULL;
  g_autofree char *done = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnTicket) again = NULL;

  if (test == NULL)
    return;
  solved = path_of (test, PN_TOKEN_SOLVED);
  page = pn_testweb_ask (test, "GET", solved, "", NULL);
  g_assert_nonnull (strstr (page, "Why does the engine &lt;stop&gt;?"));
  g_assert_cmpint (ask (test, "POST", solved, ""), ==, 303);
  ticket = ticket_of (test);
  g_assert_cmpint (ticket->status, ==, PN_STATUS_SOLVED);
  g_assert_cmpint (feedback_of (test, 1, PN_FEEDBACK_SOLVED), ==, 1);
  g_assert_cmpint (ask (test, "POST", solved, ""), ==, 303); /* twice is once */
  again = ticket_of (test);
  g_assert_cmpint (again->version, ==, ticket->version);
  done = pn_testweb_ask (test, "GET", solved, "", NULL);
  g_assert_nonnull (strstr (done, "your request is closed"));
  stop (test);
}

/* "No" opens what was closed, moves it up and is told to staff; the article is not given there again. */
static void
test_person (void)
{
  PnTestWeb *test = start (1);
  g_autoptr (GError) error = NULL;
  g_autofree char *solved = NULL;
  g_autofree char *person = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  gboolean was;

  if (test == NULL)
    return;
  solved = path_of (test, PN_TOKEN_SOLVED);
  person = path_of (test, PN_TOKEN_PERSON_PLEASE);
  g_assert_cmpint (ask (test, "POST", solved, ""), ==, 303);
  g_assert_cmpint (ask (test, "POST", person, ""), ==, 303);
  ticket = ticket_of (test);
  g_assert_cmpint (ticket->status, ==, PN_STATUS_OPEN);
  g_assert_cmpint (ticket->priority, ==, PN_PRIORITY_HIGH);
  g_assert_cmpint (feedback_of (test, 1, PN_FEEDBACK_REFUSED), ==, 1);
  g_assert_true (pn_given_was (test->db, test->ticket, test->person, 1, &was, &error));
  g_assert_true (was);
  stop (test);
}

/* Of several titles the customer says which it was; others than those sent are refused. */
static void
test_several (void)
{
  PnTestWeb *test = start (2);
  g_autofree char *solved = NULL;
  g_autofree char *page = NULL;

  if (test == NULL)
    return;
  solved = path_of (test, PN_TOKEN_SOLVED);
  page = pn_testweb_ask (test, "GET", solved, "", NULL);
  g_assert_nonnull (strstr (page, "The engine is loud"));
  g_assert_cmpint (ask (test, "POST", solved, "article=77"), ==, 400);
  g_assert_cmpint (ask (test, "POST", solved, "article=x"), ==, 400);
  g_assert_cmpint (ask (test, "POST", solved, "article=2"), ==, 303);
  g_assert_cmpint (feedback_of (test, 1, PN_FEEDBACK_SOLVED), ==, 0);
  g_assert_cmpint (feedback_of (test, 2, PN_FEEDBACK_SOLVED), ==, 1);
  stop (test);
}

/* A token of one purpose, of nothing or of the past opens nothing (TRUST.md row 29). */
static void
test_wrong_tokens (void)
{
  PnTestWeb *test = start (1);
  g_autofree char *other = NULL;
  g_autofree char *past = NULL;
  g_autofree char *solved = NULL;
  g_autofree char *crossed = NULL;
  g_autofree char *late = NULL;

  if (test == NULL)
    return;
  other = path_of (test, PN_TOKEN_PERSON_PLEASE);
  crossed = g_strconcat ("/my/solved/", other + strlen ("/my/person/"), NULL);
  past = pn_token_make (test->key, PN_TOKEN_SOLVED, test->message, pn_clock_now () - PN_DAY);
  late = g_strconcat ("/my/solved/", past, NULL);
  g_assert_cmpint (ask (test, "POST", crossed, ""), ==, 404);
  g_assert_cmpint (ask (test, "POST", late, ""), ==, 404);
  g_assert_cmpint (ask (test, "GET", late, NULL), ==, 404);
  solved = path_of (test, PN_TOKEN_SOLVED);
  g_assert_cmpint (ask (test, "POST", solved, "status=closed"), ==, 400);
  stop (test);
}

static void
add_mailbox (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");

  mailbox->queue_id = test->mill;
  g_free (mailbox->address);
  mailbox->address = g_strdup ("support@demo.example");
  g_free (mailbox->smtp.host);
  mailbox->smtp.host = g_strdup ("127.0.0.1");
  mailbox->smtp.port = 25;
  pn_mailbox_save (test->db, mailbox, &error);
  pn_assert_no_error (error);
}

/* The desk shows articles beside the ticket, puts one into the answer without script, and what the answer was made with
 * is learned; a first answer without any says that there was none. */
static void
test_desk (void)
{
  PnTestWeb *test = start (0);
  g_autofree char *cookie = NULL;
  g_autofree char *csrf = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *path = NULL;
  g_autofree char *page = NULL;
  g_autofree char *inserted = NULL;
  g_autofree char *articles = NULL;
  g_autofree char *insert = NULL;
  g_autofree char *replies = NULL;
  g_autofree char *bad = NULL;
  g_autofree char *body = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *answer = NULL;

  if (test == NULL)
    return;
  add_mailbox (test);
  cookie = pn_testweb_cookie (test, PN_CALLER_AGENT);
  csrf = pn_testweb_csrf (test, cookie);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  path = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, test->ticket);
  insert = g_strconcat (path, "?insert=1", NULL);
  replies = g_strconcat (path, "/replies", NULL);
  articles = g_strconcat (path, "/articles?q=engine+loud", NULL);
  page = pn_testweb_ask (test, "GET", path, headers, NULL);
  g_assert_nonnull (strstr (page, "Articles that may answer this"));
  g_assert_nonnull (strstr (page, "data-insert=\"1\""));
  inserted = pn_testweb_ask (test, "GET", insert, headers, NULL);
  g_assert_nonnull (strstr (inserted, "Oil."));
  g_assert_nonnull (strstr (inserted, "id=\"reply-articles\" value=\"1\""));
  g_assert_cmpint (pn_testhttp_status (inserted), ==, 200);
  refused = pn_testweb_ask (test, "GET", articles, headers, NULL);
  g_assert_nonnull (strstr (refused, "The engine is loud"));
  bad = g_strdup_printf ("csrf=%s&op=%s&text=Oil&articles=x", csrf,
                         "0123456789abcdef0123456789abcdef");
  g_clear_pointer (&refused, g_free);
  refused = pn_testweb_ask (test, "POST", replies, headers, bad);
  g_assert_cmpint (pn_testhttp_status (refused), ==, 400);
  body = g_strdup_printf ("csrf=%s&op=%s&text=Oil&articles=1", csrf,
                          "0123456789abcdef0123456789abcde0");
  answer = pn_testweb_ask (test, "POST", replies, headers, body);
  g_assert_cmpint (pn_testhttp_status (answer), ==, 303);
  g_assert_cmpint (feedback_of (test, 1, PN_FEEDBACK_STAFF), ==, 1);
  stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-answer/scanner-closes-nothing", test_scanner_closes_nothing);
  g_test_add_func ("/web-answer/solved", test_solved);
  g_test_add_func ("/web-answer/a-person-please", test_person);
  g_test_add_func ("/web-answer/several", test_several);
  g_test_add_func ("/web-answer/desk", test_desk);
  g_test_add_func ("/web-answer/wrong-tokens", test_wrong_tokens);
  return g_test_run ();
}
