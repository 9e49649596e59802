#include "gateway/web/web.h"

#include <string.h>
#include <time.h>

#include "tests/db/staff.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"

#define LOGIN "login=agent&password=correct+horse+battery"

/* Rows 37 and 39: a new session at each log-in, the old one ends; the cookie's flags. */
static void
test_login (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *old = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *location = NULL;
  g_autofree char *again = NULL;

  if (test == NULL)
    return;
  old = pn_testweb_cookie (test, PN_CALLER_AGENT);
  headers = g_strdup_printf ("Cookie: %s\r\n", old);
  answer = pn_testweb_ask (test, "POST", "/desk/login", headers, LOGIN "&next=%2Fdesk%2Fprofile");
  g_assert_cmpint (pn_testhttp_status (answer), ==, 303);
  location = pn_testhttp_header (answer, "Location");
  g_assert_cmpstr (location, ==, "/desk/profile");
  cookie = pn_testhttp_header (answer, "Set-Cookie");
  g_assert_nonnull (strstr (cookie, "; HttpOnly; SameSite=Lax"));
  g_assert_true (strncmp (cookie, old, strlen (old)) != 0);
  again = pn_testweb_ask (test, "GET", "/desk", headers, NULL);
  g_assert_cmpint (pn_testhttp_status (again), ==, 303);
  pn_testweb_stop (test);
}

static char *
post_with_cookie (PnTestWeb *test, const char *target, const char *cookie, const char *fields)
{
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  g_autofree char *csrf = pn_testweb_csrf (test, cookie);
  g_autofree char *body = g_strconcat ("csrf=", csrf, fields, NULL);

  return pn_testweb_ask (test, "POST", target, headers, body);
}

static void
assert_safe_cookie (const char *answer, const char *start)
{
  static const char *const flags[] = { "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure" };
  g_autofree char *cookie = pn_testhttp_header (answer, "Set-Cookie");

  g_assert_nonnull (cookie);
  g_test_message ("%s", cookie);
  g_assert_true (g_str_has_prefix (cookie, start));
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    g_assert_nonnull (strstr (cookie, flags[i]));
  g_assert_null (strstr (cookie, "Domain"));
}

/* Row 39: where the url begins with https:, every cookie that is set. A neighbour's page can't set one of such a name, and
 * one without the prefix counts for nothing. */
static void
test_cookies_over_tls (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *in = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *mine = NULL;
  g_autofree char *target = NULL;
  g_autofree char *language = NULL;
  g_autofree char *out = NULL;

  if (test == NULL)
    return;
  test->web->is_tls = TRUE;
  in = pn_testweb_ask (test, "POST", "/desk/login", "", LOGIN);
  assert_safe_cookie (in, "__Host-postern=");
  cookie = pn_testhttp_header (in, "Set-Cookie");
  cookie[strcspn (cookie, ";")] = '\0';
  for (int is_bare = 0; is_bare <= 1; is_bare++) {
    g_autofree char *headers =
        g_strdup_printf ("Cookie: %s\r\n", cookie + (is_bare ? strlen ("__Host-") : 0));
    g_autofree char *page = pn_testweb_ask (test, "GET", "/desk", headers, NULL);

    g_assert_cmpint (pn_testhttp_status (page), ==, is_bare ? 303 : 200);
  }
  mine = pn_testweb_cookie (test, PN_CALLER_CUSTOMER);
  g_assert_true (g_str_has_prefix (mine, "__Host-postern-my-"));
  target = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT "/language", test->ticket);
  language = post_with_cookie (test, target, mine, "&language=de");
  assert_safe_cookie (language, "__Host-postern-language=de");
  out = post_with_cookie (test, "/desk/logout", cookie, "");
  assert_safe_cookie (out, "__Host-postern=; ");
  pn_testweb_stop (test);
}

/* Row 44: after the log-in nobody is sent elsewhere. */
static void
test_next (void)
{
  static const char *const targets[] = {
    "//evil.example", "%2F%2Fevil.example", "https:evil.example",  "/%5Cevil.example",
    "/desk%0d%0aX:y", "/deskevil.example",  "javascript:alert(1)", "/desk/%20x",
  };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autofree char *body = g_strconcat (LOGIN "&next=", targets[i], NULL);
    g_autofree char *answer = pn_testweb_ask (test, "POST", "/desk/login", "", body);
    g_autofree char *location = pn_testhttp_header (answer, "Location");

    g_assert_cmpint (pn_testhttp_status (answer), ==, 303);
    g_assert_cmpstr (location, ==, "/desk");
  }
  pn_testweb_stop (test);
}

/* Processor time of this process, in which the pages are served too; how loaded the machine is does not matter. */
static gint64
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

/* What some tries to log in cost. */
static gint64
cost_of_tries (PnTestWeb *test, const char *login)
{
  gint64 before = processor_time ();

  for (int i = 0; i < 6; i++) {
    g_autofree char *body = g_strdup_printf ("login=%s&password=x", login);
    g_autofree char *answer = pn_testweb_ask (test, "POST", "/desk/login", "", body);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 403);
  }
  return processor_time () - before;
}

/* Row 34: a password is worked on for nobody as long as for somebody. */
static void
test_unknown_login (void)
{
  PnTestWeb *test = pn_testweb_start ();
  gint64 unknown;
  gint64 known;

  if (test == NULL)
    return;
  unknown = cost_of_tries (test, "nobody");
  known = cost_of_tries (test, "lead");
  g_test_message ("unknown %" G_GINT64_FORMAT " us, known %" G_GINT64_FORMAT " us", unknown, known);
  g_assert_cmpint (unknown * 2, >, known);
  g_assert_cmpint (known * 2, >, unknown);
  pn_testweb_stop (test);
}

/* Rows 34 and 36: unknown names look as wrong passwords; ten wrong tries lock. */
static void
test_wrong_password (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *unknown = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *right = NULL;

  if (test == NULL)
    return;
  unknown = pn_testweb_ask (test, "POST", "/desk/login", "", "login=nobody&password=x");
  wrong = pn_testweb_ask (test, "POST", "/desk/login", "", "login=aagent&password=x");
  g_assert_cmpint (pn_testhttp_status (unknown), ==, 403);
  g_assert_cmpuint (strlen (pn_testhttp_body (unknown)), ==, strlen (pn_testhttp_body (wrong)));
  for (int i = 0; i < 10; i++) {
    g_autofree char *answer =
        pn_testweb_ask (test, "POST", "/desk/login", "", "login=agent&password=x");

    g_assert_cmpint (pn_testhttp_status (answer), ==, 403);
  }
  right = pn_testweb_ask (test, "POST", "/desk/login", "", LOGIN);
  g_assert_cmpint (pn_testhttp_status (right), ==, 403);
  pn_testweb_stop (test);
}

/* Row 38 and 41: no credential in an address, none in headers that a proxy might set. */
static void
test_no_other_credentials (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *token = NULL;
  g_autofree char *in_query = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *three = NULL;

  if (test == NULL)
    return;
  token = pn_testweb_token (test, PN_CALLER_ADMIN);
  in_query = g_strdup_printf ("/api/v1/me?token=%s", token);
  one = pn_testweb_ask (test, "GET", in_query, "", NULL);
  g_assert_cmpint (pn_testhttp_status (one), ==, 401);
  two = pn_testweb_ask (test, "GET", "/desk",
                        "X-Forwarded-User: admin\r\nRemote-User: admin\r\n"
                        "X-Forwarded-For: 127.0.0.1\r\nX-SSL-Client-Verify: SUCCESS\r\n",
                        NULL);
  g_assert_cmpint (pn_testhttp_status (two), ==, 303);
  three =
      pn_testweb_ask (test, "GET", "/api/v1/me", "Authorization: Basic YWRtaW46YWRtaW4=\r\n", NULL);
  g_assert_cmpint (pn_testhttp_status (three), ==, 401);
  pn_testweb_stop (test);
}

/* Row 70: what was seen does not stay. */
static void
test_logout (void)
{
  PnStaff staff = { NULL };
  g_autofree char *page = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *body = NULL;
  g_autofree char *out = NULL;
  g_autofree char *cleared = NULL;
  g_autofree char *after = NULL;

  pn_staff_start (&staff, PN_CALLER_AGENT);
  if (staff.web == NULL)
    return;
  page = pn_staff_ask_ticket (&staff, "GET", "", NULL);
  kept = pn_testhttp_header (page, "Cache-Control");
  g_assert_cmpstr (kept, ==, "no-store");
  body = g_strconcat ("csrf=", staff.csrf, NULL);
  out = pn_testweb_ask (staff.web, "POST", "/desk/logout", staff.headers, body);
  cleared = pn_testhttp_header (out, "Clear-Site-Data");
  g_assert_nonnull (cleared);
  after = pn_testweb_ask (staff.web, "GET", "/desk", staff.headers, NULL);
  g_assert_cmpint (pn_testhttp_status (after), ==, 303);
  pn_staff_stop (&staff);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/login/row-37-39-login", test_login);
  g_test_add_func ("/web/login/row-39-cookies-over-tls", test_cookies_over_tls);
  g_test_add_func ("/web/login/row-44-next", test_next);
  g_test_add_func ("/web/login/row-34-unknown-login", test_unknown_login);
  g_test_add_func ("/web/login/row-34-36-wrong-password", test_wrong_password);
  g_test_add_func ("/web/login/row-38-41-no-other-credentials", test_no_other_credentials);
  g_test_add_func ("/web/login/row-70-logout", test_logout);
  return g_test_run ();
}
