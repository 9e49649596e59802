#include "gateway/web/web.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ticketing/core/token.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/participant.h"

#include "tests/db/staff.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"

static gint64
count_messages (PnTestWeb *test, PnDirection direction)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = pn_message_list (test->db, test->ticket, 0, 100, &error);
  gint64 n = 0;

  pn_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    n += ((PnMessage *) list->pdata[i])->direction == direction ? 1 : 0;
  return n;
}

/* Row 43: without the token, with another's, or from another site, nothing changes. */
static void
test_csrf (void)
{
  PnStaff staff = { NULL };
  g_autofree char *other_cookie = NULL;
  g_autofree char *other_csrf = NULL;
  g_autofree char *target = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  other_cookie = pn_testweb_cookie (staff.web, PN_CALLER_LEAD);
  other_csrf = pn_testweb_csrf (staff.web, other_cookie);
  target = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT "/notes", staff.web->ticket);
  for (int i = 0; i < 6; i++) {
    static const char *const sites[] = { "",
                                         "",
                                         "",
                                         "Sec-Fetch-Site: cross-site\r\n",
                                         "Origin: https://evil.example\r\n",
                                         "Origin: null\r\nSec-Fetch-Site: cross-site\r\n" };
    const char *tokens[] = { "", "csrf=00&", other_csrf, staff.csrf, staff.csrf, staff.csrf };
    g_autofree char *headers = g_strconcat (staff.headers, sites[i], NULL);
    g_autofree char *body = i < 2 ? g_strconcat (tokens[i], "text=x", NULL)
                                  : g_strdup_printf ("csrf=%s&text=x", tokens[i]);
    g_autofree char *answer = pn_testweb_ask (staff.web, "POST", target, headers, body);

    g_test_message ("%d", i);
    g_assert_cmpint (pn_testhttp_status (answer), ==, 403);
  }
  g_assert_cmpint (count_messages (staff.web, PN_DIRECTION_NOTE), ==, 0);
  {
    /* what browsers send from our own pages */
    g_autofree char *headers =
        g_strconcat (staff.headers, "Origin: null\r\nSec-Fetch-Site: same-origin\r\n", NULL);
    g_autofree char *body = g_strdup_printf ("csrf=%s&text=x", staff.csrf);
    g_autofree char *answer = pn_testweb_ask (staff.web, "POST", target, headers, body);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 303);
  }
  pn_staff_stop (&staff);
}

/* What a stranger wrote is text; unknown and doubled fields are refused (rows 11, 13, 19, 20, 58). */
static void
test_page (void)
{
  static const char *const refused[] = { "/desk?x=1", "/desk?view=mine&view=all",
                                         "/desk?view=%3Csvg%3E", "/desk?order=id%3Bselect",
                                         "/desk/outbox?state=nothing" };
  PnStaff staff = { NULL };
  g_autofree char *page = NULL;
  g_autofree char *from = NULL;

  pn_staff_start (&staff, PN_CALLER_LEAD);
  if (staff.web == NULL)
    return;
  page = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_null (strstr (page, "<script>alert"));
  g_assert_nonnull (strstr (page, "&lt;script&gt;alert"));
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *answer = pn_testweb_ask (staff.web, "GET", refused[i], staff.headers, NULL);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 400);
    g_assert_null (strstr (answer, "<svg>"));
  }
  from = pn_staff_ask_ticket (&staff, "POST", "/replies", "text=x&from=boss%%40demo.example");
  g_assert_cmpint (pn_testhttp_status (from), ==, 400);
  pn_staff_stop (&staff);
}

/* Rows 17, 18, 54: a stranger's file is never a page of ours. */
static void
test_attachment (void)
{
  PnStaff staff = { NULL };
  g_autofree char *target = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *type = NULL;
  g_autofree char *disposition = NULL;
  g_autofree char *policy = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  target = g_strdup_printf ("/desk/attachments/%" G_GINT64_FORMAT, staff.web->attachment);
  answer = pn_testweb_ask (staff.web, "GET", target, staff.headers, NULL);
  type = pn_testhttp_header (answer, "Content-Type");
  disposition = pn_testhttp_header (answer, "Content-Disposition");
  policy = pn_testhttp_header (answer, "Content-Security-Policy");
  g_assert_cmpstr (type, ==, "application/octet-stream");
  g_assert_true (g_str_has_prefix (disposition, "attachment; filename=\"card _7_.txt\""));
  g_assert_nonnull (strstr (policy, "sandbox"));
  g_assert_cmpstr (pn_testhttp_body (answer), ==, "abc");
  pn_staff_stop (&staff);
}

/* Rows 15, 49 and 75: a mail's own design is a document of its own, that may do nothing. */
static void
test_html (void)
{
  PnStaff staff = { NULL };
  g_autofree char *target = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *policy = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  target = g_strdup_printf ("/desk/messages/%" G_GINT64_FORMAT "/html", staff.web->message);
  answer = pn_testweb_ask (staff.web, "GET", target, staff.headers, NULL);
  policy = pn_testhttp_header (answer, "Content-Security-Policy");
  g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
  g_assert_nonnull (strstr (policy, "default-src 'none'"));
  g_assert_nonnull (strstr (policy, "sandbox allow-popups allow-popups-to-escape-sandbox"));
  g_assert_null (strstr (policy, "script-src"));
  g_assert_nonnull (strstr (answer, "<p>after card 7</p>"));
  pn_staff_stop (&staff);
}

/* What went wrong inside the frame is told there, without a second desk around it. */
static void
test_html_problem (void)
{
  PnStaff staff = { NULL };
  g_autofree char *answer = NULL;
  g_autofree char *policy = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  answer = pn_testweb_ask (staff.web, "GET", "/desk/messages/999999999/html", staff.headers, NULL);
  policy = pn_testhttp_header (answer, "Content-Security-Policy");
  g_assert_cmpint (pn_testhttp_status (answer), ==, 404);
  g_assert_nonnull (strstr (policy, "frame-ancestors 'self'"));
  g_assert_nonnull (strstr (answer, "There is nothing here"));
  g_assert_null (strstr (answer, "<nav"));
  g_assert_null (strstr (answer, "<script"));
  pn_staff_stop (&staff);
}

/* Rows 25, 27, 28 and 59: whatever is searched for, nobody finds, or counts, what is not theirs. */
static void
test_search (void)
{
  static const char *const queries[] = {
    "engine",
    "%25",
    "_",
    "%5C",
    "'%20OR%20'1'%3D'1",
    "queue:mill",
    "status:unsolved",
    "a%00b",
    "assignee:agent",
    "%22",
    "%2B-*%28%29",
    "card)%20UNION%20SELECT",
    "from:ada%40customer.example",
  };
  PnStaff staff = { NULL };
  g_autofree char *page = NULL;
  g_autofree char *token = NULL;
  g_autofree char *headers = NULL;

  pn_staff_start (&staff, PN_CALLER_OTHER_AGENT);
  if (staff.web == NULL)
    return;
  token = pn_testweb_token (staff.web, PN_CALLER_OTHER_AGENT);
  headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autofree char *target = g_strconcat ("/api/v1/tickets?query=", queries[i], NULL);
    g_autofree char *answer = pn_testweb_ask (staff.web, "GET", target, headers, NULL);

    g_test_message ("%s", queries[i]);
    g_assert_true (pn_testhttp_status (answer) == 200 || pn_testhttp_status (answer) == 400);
    g_assert_null (strstr (answer, "The engine stops"));
  }
  page = pn_testweb_ask (staff.web, "GET", "/desk?view=all", staff.headers, NULL);
  g_assert_null (strstr (page, "The engine stops"));
  g_assert_null (strstr (page, "Mill team"));
  g_assert_nonnull (strstr (page, "<span>Unassigned</span><span class=\"count\">1</span>"));
  pn_staff_stop (&staff);
}

/* A double click on "send" is one answer; a retry gets the first one's place. */
static void
test_once (void)
{
  PnStaff staff = { NULL };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  pn_staff_add_mailbox (staff.web);
  first = pn_staff_ask_ticket (&staff, "POST", "/replies", "op=abc&text=oil+it");
  second = pn_staff_ask_ticket (&staff, "POST", "/replies", "op=abc&text=oil+it");
  one = pn_testhttp_header (first, "Location");
  two = pn_testhttp_header (second, "Location");
  g_assert_cmpint (pn_testhttp_status (first), ==, 303);
  g_assert_cmpstr (one, ==, two);
  g_assert_cmpint (count_messages (staff.web, PN_DIRECTION_OUT), ==, 1);
  other = pn_staff_ask_ticket (&staff, "POST", "/replies", "op=abc&text=something+else");
  g_assert_cmpint (pn_testhttp_status (other), ==, 409);
  g_assert_nonnull (strstr (other, "something else"));
  g_assert_cmpint (count_messages (staff.web, PN_DIRECTION_OUT), ==, 1);
  pn_staff_stop (&staff);
}

/* Somebody was faster: nothing is sent, what was typed stays, what is new is shown. */
static void
test_conflict (void)
{
  PnStaff staff = { NULL };
  g_autofree char *changed = NULL;
  g_autofree char *late = NULL;
  g_autofree char *late_change = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  pn_staff_add_mailbox (staff.web);
  changed = pn_staff_ask_ticket (&staff, "POST", "/change", "priority=urgent");
  g_assert_cmpint (pn_testhttp_status (changed), ==, 303);
  late = pn_staff_ask_ticket (&staff, "POST", "/replies",
                              "op=x&if_version=1&seen=%" G_GINT64_FORMAT ".1&text=typed+with+care",
                              staff.web->message);
  g_assert_cmpint (pn_testhttp_status (late), ==, 409);
  g_assert_nonnull (strstr (late, "typed with care"));
  g_assert_nonnull (strstr (late, "id=\"conflict\""));
  g_assert_cmpint (count_messages (staff.web, PN_DIRECTION_OUT), ==, 0);
  late_change = pn_staff_ask_ticket (&staff, "POST", "/change", "if_version=1&status=solved");
  g_assert_cmpint (pn_testhttp_status (late_change), ==, 409);
  pn_staff_stop (&staff);
}

/* A link that was cut short, and a visit that ended meanwhile: the page says what to do and gives the typed text back. */
static void
check_link_words (PnTestWeb *test, const char *ticket)
{
  g_autofree char *replies = g_strconcat (ticket, "/replies", NULL);
  const char *const calls[][3] = { { "GET", "/my/cutshort", NULL },
                                   { "GET", "/my", NULL },
                                   { "GET", ticket, NULL },
                                   { "GET", "/my/tickets/999999999", NULL },
                                   { "POST", replies, "csrf=0&text=A+long+%3Cb%3Eletter" } };

  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autofree char *page = pn_testweb_ask (test, calls[i][0], calls[i][1], "", calls[i][2]);

    g_assert_cmpint (pn_testhttp_status (page), ==, 404);
    g_assert_nonnull (strstr (page, "<h1>This link no longer works</h1>"));
    g_assert_true ((strstr (page, "A long &lt;b&gt;letter</textarea>") != NULL)
                   == (calls[i][2] != NULL));
  }
}

/* The link in a letter: exchanged for a cookie, bound to its reader, without anything of ours (rows 40, 57). */
static void
test_customer (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;

  PnLetterOrder order = { .class = PN_CLASS_AUTOMATIC,
                          .letter = "ack",
                          .recipient = "ada@customer.example",
                          .reason_key = "test" };
  gint64 letter = 0;

  if (test == NULL)
    return;
  order.ticket_id = test->ticket;
  pn_staff_add_mailbox (test);
  order.mailbox_id = 1;
  pn_outbox_add (test->db, &order, &letter, &error);
  pn_assert_no_error (error);
  for (int i = 0; i < 4; i++) {
    /* 0 good, 1 expired, 2 another purpose, 3 the reader takes part no more */
    g_autofree char *token = pn_token_make (test->key, i == 2 ? PN_TOKEN_REPLY : PN_TOKEN_TICKET,
                                            letter, i == 1 ? pn_clock_now () - 5 * PN_SECOND : 0);
    g_autofree char *target = g_strconcat ("/my/", token, NULL);
    g_autofree char *answer = NULL;
    g_autofree char *cookie = NULL;
    g_autofree char *headers = NULL;
    g_autofree char *page = NULL;

    if (i == 3) {
      pn_participant_remove (test->db, test->ticket, "ada@customer.example", &error);
      pn_assert_no_error (error);
    }
    answer = pn_testweb_ask (test, "GET", target, "", NULL);
    cookie = pn_testhttp_header (answer, "Set-Cookie");
    g_assert_cmpint (pn_testhttp_status (answer), ==, i == 0 ? 303 : 404);
    if (i > 0) {
      g_assert_null (cookie);
      continue;
    }
    headers = g_strdup_printf ("Cookie: %.*s\r\n", (int) strcspn (cookie, ";"), cookie);
    target = (g_free (target), g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, test->ticket));
    page = pn_testweb_ask (test, "GET", target, headers, NULL);
    g_assert_cmpint (pn_testhttp_status (page), ==, 200);
    g_assert_nonnull (strstr (page, "after card 7 nothing moves"));
    g_assert_null (strstr (page, "staff.example"));
    check_link_words (test, target);
  }
  pn_testweb_stop (test);
}

/* A page hears of a change of its ticket. */
static void
test_live (void)
{
  PnStaff staff = { NULL };
  g_autoptr (GString) heard = g_string_new ("");
  g_autofree char *request = NULL;
  g_autofree char *changed = NULL;
  int fd;
  char c;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  request = g_strdup_printf ("GET /desk/events?ticket=%" G_GINT64_FORMAT
                             " HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n",
                             staff.web->ticket, staff.headers);
  fd = pn_testhttp_connect (staff.web->port);
  pn_testhttp_send (fd, request);
  while (strstr (heard->str, ": hello") == NULL && recv (fd, &c, 1, 0) == 1)
    g_string_append_c (heard, c);
  changed = pn_staff_ask_ticket (&staff, "POST", "/change", "priority=urgent");
  g_assert_cmpint (pn_testhttp_status (changed), ==, 303);
  while (strstr (heard->str, "event: change") == NULL && recv (fd, &c, 1, 0) == 1)
    g_string_append_c (heard, c);
  g_assert_nonnull (strstr (heard->str, "event: change"));
  close (fd);
  pn_staff_stop (&staff);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/desk/row-43-csrf", test_csrf);
  g_test_add_func ("/web/desk/row-11-13-19-20-58-page", test_page);
  g_test_add_func ("/web/desk/row-17-18-54-attachment", test_attachment);
  g_test_add_func ("/web/desk/row-15-49-75-html", test_html);
  g_test_add_func ("/web/desk/row-15-49-75-html-problem", test_html_problem);
  g_test_add_func ("/web/desk/row-25-27-28-59-search", test_search);
  g_test_add_func ("/web/desk/once", test_once);
  g_test_add_func ("/web/desk/conflict", test_conflict);
  g_test_add_func ("/web/my/row-40-57-customer", test_customer);
  g_test_add_func ("/web/live", test_live);
  return g_test_run ();
}
