/* The ticket's page: moved, merged. */
#include "gateway/web/web.h"

#include <string.h>

#include "tests/db/staff.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"

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

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/ticket/queue-that-cannot-send", test_queue_that_cannot_send);
  g_test_add_func ("/web/ticket/merge", test_merge);
  return g_test_run ();
}
