/* The ticket's page: moved, merged. */
#include "gateway/web/web.h"

#include <string.h>

#include "tests/db/staff.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "ticketing/core/reason.h"
#include "ticketing/session.h"
#include "ticketing/ticket.h"

/* Where no mailbox sends: said where the ticket is moved to, above the answer, and to programs. */
static void
test_queue_that_cannot_send (void)
{
  PnStaff staff = { NULL };
  g_autofree char *before = NULL;
  g_autofree char *page = NULL;
  g_autofree char *refused = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  before = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  g_assert_nonnull (strstr (before, "(can send no mail)</option>"));
  g_assert_nonnull (strstr (before, "nobody can be answered from here"));
  refused = pn_staff_ask_ticket (&staff, "POST", "/replies", "op=x&text=oil+it");
  g_assert_cmpint (pn_testhttp_status (refused), ==, 400);
  pn_staff_add_mailbox (staff.web);
  page = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  g_assert_null (strstr (page, "(can send no mail)</option>"));
  g_assert_null (strstr (page, "nobody can be answered from here"));
  pn_staff_stop (&staff);
}

/* A merged ticket is shown, seen and worked on as part of the other; taken apart all is as before. */
static void
test_merge (void)
{
  PnStaff staff = { NULL };
  g_autofree char *merged = NULL;
  g_autofree char *part = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *apart = NULL;
  g_autofree char *again = NULL;
  g_autofree char *into = NULL;

  pn_staff_start (&staff, PN_CALLER_ADMIN);
  if (staff.web == NULL)
    return;
  into = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, staff.web->other_ticket);
  merged = pn_staff_ask_ticket (&staff, "POST", "/merge", "into=%%23%" G_GINT64_FORMAT,
                                staff.web->other_ticket);
  g_assert_cmpint (pn_testhttp_status (merged), ==, 303);
  part = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  g_assert_nonnull (strstr (part, "id=\"merged\""));
  g_assert_null (strstr (part, "id=\"composer\""));
  refused = pn_staff_ask_ticket (&staff, "POST", "/replies", "op=x&text=oil+it");
  g_assert_cmpint (pn_testhttp_status (refused), ==, 409);
  whole = pn_testweb_ask (staff.web, "GET", into, staff.headers, NULL);
  g_assert_nonnull (strstr (whole, "The engine stops"));
  g_assert_nonnull (strstr (whole, "class=\"mark\" href=\"/desk/tickets/1\""));
  apart = pn_staff_ask_ticket (&staff, "POST", "/unmerge", "x=");
  g_assert_cmpint (pn_testhttp_status (apart), ==, 400);
  g_free (apart);
  apart = pn_staff_ask_ticket (&staff, "POST", "/unmerge", "%s", "");
  g_assert_cmpint (pn_testhttp_status (apart), ==, 303);
  again = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  g_assert_nonnull (strstr (again, "id=\"composer\""));
  pn_staff_stop (&staff);
}

/* Several at once: each by itself; who was slower hears of it by ticket, and the others are done. */
static void
test_bulk (void)
{
  PnStaff staff = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *partly = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *location = NULL;
  g_autofree char *list = NULL;
  g_autofree char *nothing = NULL;
  g_autoptr (PnTicket) first = NULL;
  g_autoptr (PnTicket) second = NULL;
  g_autoptr (GPtrArray) tags = NULL;

  pn_staff_start (&staff, PN_CALLER_ADMIN);
  if (staff.web == NULL)
    return;
  list = pn_testweb_ask (staff.web, "GET", "/desk?view=all", staff.headers, NULL);
  g_assert_nonnull (strstr (list, "form=\"bulk\""));
  body = g_strdup_printf ("csrf=%s&priority=urgent&tag=storm&t.%" G_GINT64_FORMAT
                          "=99&t.%" G_GINT64_FORMAT "=2",
                          staff.csrf, staff.web->ticket, staff.web->other_ticket);
  partly = pn_testweb_ask (staff.web, "POST", "/desk/bulk", staff.headers, body);
  g_assert_cmpint (pn_testhttp_status (partly), ==, 409);
  g_assert_nonnull (strstr (partly, "The engine stops at card 7"));
  g_assert_null (strstr (partly, "Invoice 1834 is wrong"));
  first = pn_ticket_load (staff.web->db, staff.web->ticket, &error);
  second = pn_ticket_load (staff.web->db, staff.web->other_ticket, &error);
  tags = pn_ticket_tags (staff.web->db, staff.web->other_ticket, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (first->priority, ==, PN_PRIORITY_NORMAL);
  g_assert_cmpint (second->priority, ==, PN_PRIORITY_URGENT);
  g_assert_cmpuint (tags->len, ==, 1);
  g_free (body);
  body = g_strdup_printf ("csrf=%s&next=%%2Fdesk%%3Fview%%3Dall&merge=1&t.%" G_GINT64_FORMAT
                          "=0&t.%" G_GINT64_FORMAT "=0",
                          staff.csrf, staff.web->ticket, staff.web->other_ticket);
  whole = pn_testweb_ask (staff.web, "POST", "/desk/bulk", staff.headers, body);
  g_assert_cmpint (pn_testhttp_status (whole), ==, 303);
  location = pn_testhttp_header (whole, "Location");
  g_assert_cmpstr (location, ==, "/desk?view=all&message=2&done=bulk");
  g_free (list);
  list = pn_testweb_ask (staff.web, "GET", location, staff.headers, NULL);
  g_assert_cmpint (pn_testhttp_status (list), ==, 200);
  g_assert_nonnull (strstr (list, "2 tickets changed."));
  pn_ticket_free (second);
  second = pn_ticket_load (staff.web->db, staff.web->other_ticket, &error);
  g_assert_cmpint (second->merged_into, ==, staff.web->ticket);
  g_free (body);
  body = g_strdup_printf ("csrf=%s&status=open", staff.csrf);
  nothing = pn_testweb_ask (staff.web, "POST", "/desk/bulk", staff.headers, body);
  g_assert_cmpint (pn_testhttp_status (nothing), ==, 400);
  pn_staff_stop (&staff);
}

/* One session is ended, the others stay; nobody ends another's. */
static void
test_sessions (void)
{
  PnStaff staff = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *elsewhere = NULL;
  g_autofree char *page = NULL;
  g_autoptr (GPtrArray) sessions = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  elsewhere = pn_testweb_cookie (staff.web, PN_CALLER_AGENT);
  page = pn_testweb_ask (staff.web, "GET", "/desk/profile", staff.headers, NULL);
  g_assert_nonnull (strstr (page, "End it"));
  sessions =
      pn_session_list (staff.web->db, staff.web->agents[0], strchr (staff.cookie, '=') + 1, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 2);
  for (guint i = 0; i < sessions->len; i++) {
    const PnSession *session = sessions->pdata[i];
    g_autofree char *body = g_strdup_printf ("csrf=%s&session=%s", staff.csrf, session->name);
    g_autofree char *answer = NULL;

    if (session->is_current)
      continue;
    g_assert_false (pn_session_end_one (staff.web->db, staff.web->agents[1], session->name, NULL));
    answer = pn_testweb_ask (staff.web, "POST", "/desk/profile/sessions", staff.headers, body);
    g_assert_cmpint (pn_testhttp_status (answer), ==, 303);
  }
  g_ptr_array_unref (sessions);
  sessions =
      pn_session_list (staff.web->db, staff.web->agents[0], strchr (staff.cookie, '=') + 1, &error);
  g_assert_cmpuint (sessions->len, ==, 1);
  g_assert_true (((PnSession *) sessions->pdata[0])->is_current);
  pn_staff_stop (&staff);
}

/* Why something was done is a code with arguments, and a sentence in the reader's language; what is older is shown as it
 * was said. */
static void
test_reasons (void)
{
  PnStaff staff = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = pn_reason_make (PN_WHY_THREAD_OWN_ID, "{s:i}", "ticket", 1042);
  g_autofree char *german = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *english = NULL;
  g_autofree char *token = NULL;
  g_autofree char *asked = NULL;
  g_autofree char *answer = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  pn_event_add (staff.web->db, staff.web->ticket, PN_EVENT_ANSWER, PN_ACTOR_IS_SYSTEM, NULL, "none",
                reason, &error);
  pn_event_add (staff.web->db, staff.web->ticket, PN_EVENT_ANSWER, PN_ACTOR_IS_SYSTEM, NULL, "none",
                "Nobody has heard of #1 before.", &error);
  pn_assert_no_error (error);
  english = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  g_assert_nonnull (strstr (english, "It answers a mail of ours about ticket #1042."));
  headers = g_strdup_printf ("%sAccept-Language: de\r\n", staff.headers);
  german = pn_testweb_ask (staff.web, "GET", "/desk/tickets/1", headers, NULL);
  g_assert_nonnull (strstr (german, "Sie antwortet auf eine E-Mail von uns zu Ticket #1042."));
  g_assert_nonnull (strstr (german, "Nobody has heard of #1 before."));
  token = pn_testweb_token (staff.web, PN_CALLER_AGENT);
  asked = g_strdup_printf ("Authorization: Bearer %s\r\nAccept-Language: de\r\n", token);
  answer = pn_testweb_ask (staff.web, "GET", "/api/v1/tickets/1", asked, NULL);
  g_assert_nonnull (
      strstr (answer, "\"reason\":\"Sie antwortet auf eine E-Mail von uns zu Ticket #1042.\""));
  g_assert_nonnull (strstr (answer, "\"code\":\"thread_own_id\",\"ticket\":1042}"));
  g_assert_nonnull (
      strstr (answer, "{\"code\":\"said\",\"text\":\"Nobody has heard of #1 before.\"}"));
  pn_staff_stop (&staff);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/ticket/queue-that-cannot-send", test_queue_that_cannot_send);
  g_test_add_func ("/web/ticket/merge", test_merge);
  g_test_add_func ("/web/list/bulk", test_bulk);
  g_test_add_func ("/web/profile/sessions", test_sessions);
  g_test_add_func ("/web/ticket/reasons", test_reasons);
  return g_test_run ();
}
