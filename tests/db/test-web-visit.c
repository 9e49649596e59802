/* Visits: what links to several tickets open beside each other, and that none of them opens more. */
#include "gateway/web/visit.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"
#include "ticketing/link.h"
#include "ticketing/participant.h"

#define ADA "ada@customer.example"
#define BOB "bob@other.example"

/* Returns: what the visit's beginning sets, each cookie without its flags. */
static GPtrArray *
enter (PnTestWeb *test, const char *jar, gint64 ticket_id, const char *address)
{
  g_autoptr (PnRequest) request = pn_request_new ();
  g_autoptr (PnResponse) response = pn_response_new ();
  PnCall call = { .web = test->web, .request = request, .response = response };
  GPtrArray *set = g_ptr_array_new_with_free_func (g_free);

  pn_request_add_header (request, "Cookie", strlen ("Cookie"), jar, strlen (jar));
  pn_visit_begin (&call, ticket_id, address);
  for (guint i = 0; i < response->headers->len; i++) {
    const PnResponseHeader *header = response->headers->pdata[i];

    g_assert_cmpstr (header->name, ==, "Set-Cookie");
    g_ptr_array_add (set, g_strndup (header->value, strcspn (header->value, ";")));
  }
  return set;
}

static char *
enter_one (PnTestWeb *test, gint64 ticket_id, const char *address)
{
  g_autoptr (GPtrArray) set = enter (test, "", ticket_id, address);

  g_assert_cmpuint (set->len, ==, 1);
  return g_strdup (set->pdata[0]);
}

static int
get (PnTestWeb *test, const char *jar, const char *format, gint64 id, gint64 ticket_id)
{
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", jar);
  g_autoptr (GString) target = g_string_new (format);
  g_autofree char *file = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autofree char *ticket = g_strdup_printf ("%" G_GINT64_FORMAT, ticket_id);
  g_autofree char *answer = NULL;

  g_string_replace (target, "@F", file, 0);
  g_string_replace (target, "@T", ticket, 0);
  answer = pn_testweb_ask (test, "GET", target->str, headers, NULL);
  g_test_message ("%s as %.60s: %d", target->str, jar, pn_testhttp_status (answer));
  return pn_testhttp_status (answer);
}

/* @made_in: the cookie of the visit in which the form was shown. */
static int
post (PnTestWeb *test, const char *jar, gint64 ticket_id, const char *made_in)
{
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", jar);
  g_autofree char *csrf = pn_testweb_csrf (test, made_in);
  g_autofree char *body = g_strconcat ("csrf=", csrf, "&language=de", NULL);
  g_autofree char *target =
      g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT "/language", ticket_id);
  g_autofree char *answer = pn_testweb_ask (test, "POST", target, headers, body);

  return pn_testhttp_status (answer);
}

/* Two links in two tabs: each works on, and neither's form is good for the other's ticket. */
static void
test_two_tickets (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *jar = NULL;

  if (test == NULL)
    return;
  first = enter_one (test, test->ticket, ADA);
  second = enter_one (test, test->other_ticket, BOB);
  jar = g_strconcat (first, "; ", second, NULL);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->ticket), ==, 200);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->other_ticket), ==, 200);
  g_assert_cmpint (post (test, jar, test->ticket, first), ==, 303);
  g_assert_cmpint (post (test, jar, test->other_ticket, second), ==, 303);
  g_assert_cmpint (post (test, jar, test->ticket, second), ==, 403);
  g_assert_cmpint (post (test, jar, test->other_ticket, first), ==, 403);
  g_assert_cmpint (get (test, jar, "/my", 0, 0), ==, 404);
  pn_testweb_stop (test);
}

/* Nobody comes to a ticket by the visit to another one, by whatever name its cookie is sent. */
static void
test_nothing_else (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *mine = NULL;
  g_autofree char *renamed = NULL;
  g_autofree char *for_all = NULL;
  g_autofree char *jar = NULL;

  if (test == NULL)
    return;
  mine = enter_one (test, test->other_ticket, BOB);
  renamed = g_strdup_printf ("postern-my-%" G_GINT64_FORMAT "%s", test->ticket, strchr (mine, '='));
  for_all = g_strconcat ("postern-my", strchr (mine, '='), NULL);
  jar = g_strconcat (mine, "; ", renamed, "; ", for_all, NULL);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->other_ticket), ==, 200);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->ticket), ==, 404);
  g_assert_cmpint (get (test, jar, "/my", 0, 0), ==, 404);
  g_assert_cmpint (post (test, jar, test->ticket, mine), ==, 404);
  g_assert_cmpint (get (test, jar, "/my/attachments/@F?ticket=@T", test->attachment, test->ticket),
                   ==, 404);
  g_assert_cmpint (
      get (test, jar, "/my/attachments/@F?ticket=@T", test->attachment, test->other_ticket), ==,
      404);
  g_assert_cmpint (get (test, jar, "/my/attachments/@F", test->attachment, 0), ==, 404);
  g_assert_cmpint (get (test, jar, "/my/attachments/@F?ticket=x", test->attachment, 0), ==, 404);
  pn_testweb_stop (test);
}

/* By the link to all requests a ticket's page is seen too; forms of either visit are good, the newer one shows the page. */
static void
test_all_and_one (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *one = NULL;
  g_autofree char *all = NULL;
  g_autofree char *jar = NULL;

  if (test == NULL)
    return;
  one = enter_one (test, test->ticket, ADA);
  all = enter_one (test, 0, ADA);
  jar = g_strconcat (one, "; ", all, NULL);
  g_assert_cmpint (get (test, jar, "/my", 0, 0), ==, 200);
  g_assert_cmpint (post (test, jar, test->ticket, one), ==, 303);
  g_assert_cmpint (post (test, jar, test->ticket, all), ==, 303);
  g_assert_cmpint (get (test, all, "/my/tickets/@T", 0, test->ticket), ==, 200);
  g_assert_cmpint (get (test, all, "/my/attachments/@F?ticket=@T", test->attachment, test->ticket),
                   ==, 200);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->other_ticket), ==, 404);
  pn_testweb_stop (test);
}

/* Entering again prolongs the visit: what a form was made with stays good. */
static void
test_again (void)
{
  PnTestWeb *test = pn_testweb_start ();
  const PnTime start = pn_clock_now ();
  g_autofree char *first = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) other = NULL;

  if (test == NULL)
    return;
  pn_clock_freeze (start);
  first = enter_one (test, test->ticket, ADA);
  pn_clock_freeze (start + 50 * PN_MINUTE);
  again = enter (test, first, test->ticket, ADA);
  other = enter (test, first, test->ticket, "eve@customer.example");
  g_assert_cmpstr (first, !=, again->pdata[0]);
  pn_clock_freeze (start + 70 * PN_MINUTE);
  g_assert_cmpint (get (test, first, "/my/tickets/@T", 0, test->ticket), ==, 404);
  g_assert_cmpint (post (test, again->pdata[0], test->ticket, first), ==, 303);
  g_assert_cmpint (get (test, other->pdata[0], "/my/tickets/@T", 0, test->ticket), ==, 404);
  pn_clock_freeze (start + 111 * PN_MINUTE);
  g_assert_cmpint (post (test, again->pdata[0], test->ticket, first), ==, 404);
  pn_clock_freeze (0);
  pn_testweb_stop (test);
}

/* Links that are called back end every visit of the address, and nobody else's. */
static void
test_revoked (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  const PnTime start = pn_clock_now ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *bobs = NULL;
  g_autofree char *jar = NULL;

  if (test == NULL)
    return;
  pn_participant_add (test->db, test->other_ticket, ADA, "", PN_PARTICIPANT_CC, "test", &error);
  pn_assert_no_error (error);
  first = enter_one (test, test->ticket, ADA);
  second = enter_one (test, test->other_ticket, ADA);
  bobs = enter_one (test, test->other_ticket, BOB);
  jar = g_strconcat (first, "; ", second, NULL);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->other_ticket), ==, 200);
  pn_clock_freeze (start + PN_MINUTE);
  pn_link_revoke (test->db, ADA, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->ticket), ==, 404);
  g_assert_cmpint (get (test, jar, "/my/tickets/@T", 0, test->other_ticket), ==, 404);
  g_assert_cmpint (get (test, bobs, "/my/tickets/@T", 0, test->other_ticket), ==, 200);
  pn_clock_freeze (0);
  pn_testweb_stop (test);
}

/* A browser's share is bounded: what ended goes, then what is oldest. */
static void
test_bounded (void)
{
  PnTestWeb *test = pn_testweb_start ();
  const PnTime start = pn_clock_now ();
  g_autoptr (GString) jar = g_string_new ("postern-my-4711=rubbish; postern-my-x=1; other=2");
  g_autoptr (GPtrArray) set = NULL;

  if (test == NULL)
    return;
  for (int i = 0; i < PN_VISITS + 2; i++) {
    g_autofree char *cookie = NULL;

    pn_clock_freeze (start + i * PN_MINUTE);
    cookie = enter_one (test, 100 + i, ADA);
    g_string_append_printf (jar, "; %s", cookie);
  }
  set = enter (test, jar->str, 300, ADA);
  g_assert_cmpuint (set->len, ==, 5);
  g_assert_true (g_str_has_prefix (set->pdata[0], "postern-my-300=300."));
  g_assert_cmpstr (set->pdata[1], ==, "postern-my-4711=");
  g_assert_cmpstr (set->pdata[2], ==, "postern-my-102=");
  g_assert_cmpstr (set->pdata[3], ==, "postern-my-101=");
  g_assert_cmpstr (set->pdata[4], ==, "postern-my-100=");
  pn_clock_freeze (0);
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/visit/two-tickets", test_two_tickets);
  g_test_add_func ("/web/visit/nothing-else", test_nothing_else);
  g_test_add_func ("/web/visit/all-and-one", test_all_and_one);
  g_test_add_func ("/web/visit/again", test_again);
  g_test_add_func ("/web/visit/revoked", test_revoked);
  g_test_add_func ("/web/visit/bounded", test_bounded);
  return g_test_run ();
}
