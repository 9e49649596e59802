/* What is not there: staff stay on the desk, others come to the help centre, and nothing tells what there might be. */
#include "gateway/web/web.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

static const struct {
  PnCaller caller;
  const char *target;
  int status;
  gboolean is_desk;
} rows[] = {
  { PN_CALLER_AGENT, "/desk/nothing", 404, TRUE },
  { PN_CALLER_AGENT, "/desk/nothing/at/all?a=b", 404, TRUE },
  { PN_CALLER_AGENT, "/desk/tickets/0", 404, TRUE },
  { PN_CALLER_AGENT, "/desk/tickets/9999", 404, TRUE },
  { PN_CALLER_AGENT, "/desk/queues/billing", 404, TRUE }, /* not the agent's */
  { PN_CALLER_AGENT, "/desk/manage", 404, TRUE },         /* a lead's */
  { PN_CALLER_ADMIN, "/desk/nothing", 404, TRUE },
  { PN_CALLER_AGENT, "/desk?nothing=1", 400, TRUE },
  { PN_CALLER_AGENT, "/nothing", 404, FALSE },
  { PN_CALLER_AGENT, "/deskside", 404, FALSE },
  { PN_CALLER_CUSTOMER, "/desk/nothing", 404, FALSE },
  { PN_CALLER_NOBODY, "/desk/nothing", 404, FALSE },
  { PN_CALLER_NOBODY, "/nothing", 404, FALSE },
};

static char *
ask (PnTestWeb *test, PnCaller caller, const char *target)
{
  g_autofree char *cookie = pn_testweb_cookie (test, caller);
  g_autofree char *headers =
      cookie != NULL ? g_strdup_printf ("Cookie: %s\r\n", cookie) : g_strdup ("");

  return pn_testweb_ask (test, "GET", target, headers, NULL);
}

static void
test_shells (void)
{
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *page = ask (test, rows[i].caller, rows[i].target);

    g_test_message ("%s as %d", rows[i].target, rows[i].caller);
    g_assert_cmpint (pn_testhttp_status (page), ==, rows[i].status);
    g_assert_cmpint (strstr (page, "<div class=\"desk\">") != NULL, ==, rows[i].is_desk);
    g_assert_cmpint (strstr (page, "<div class=\"public\">") != NULL, ==, !rows[i].is_desk);
    if (!rows[i].is_desk)
      continue;
    g_assert_nonnull (strstr (page, "href=\"/desk/queues/mill\""));
    g_assert_nonnull (strstr (page, "<a class=\"button\" href=\"/desk\">"));
    g_assert_cmpint (strstr (page, "id=\"lost\" type=\"search\" name=\"query\"") != NULL, ==,
                     rows[i].status == 404);
  }
  pn_testweb_stop (test);
}

/* Alike, whether there is a ticket that is not the reader's or none; what the address asks to be told is not. */
static void
test_alike (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *target = NULL;
  g_autofree char *others = NULL;
  g_autofree char *nobodys = NULL;

  if (test == NULL)
    return;
  target = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT "?done=replied&message=1",
                            test->other_ticket);
  others = ask (test, PN_CALLER_AGENT, target);
  nobodys = ask (test, PN_CALLER_AGENT, "/desk/tickets/9?done=replied&message=1");
  g_assert_cmpint (pn_testhttp_status (others), ==, 404);
  g_assert_cmpuint (strlen (others), ==, strlen (nobodys));
  g_assert_nonnull (strstr (others, "data-live=\"\""));
  g_assert_null (strstr (others, "/undo"));
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/lost/shells", test_shells);
  g_test_add_func ("/web/lost/alike", test_alike);
  return g_test_run ();
}
