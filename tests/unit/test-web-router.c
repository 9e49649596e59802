#include "gateway/web/request.h"

#include <string.h>

#include "gateway/web/router.h"

#include "tests/lib/test.h"

static void
test_matches (void)
{
  static const struct {
    const char *pattern;
    const char *path;
    gboolean is_match;
    gint64 id;
    const char *name;
  } cases[] = {
    { "/", "/", TRUE, 0, NULL },
    { "/", "", FALSE, 0, NULL },
    { "/", "//", FALSE, 0, NULL },
    { "/desk", "/desk", TRUE, 0, NULL },
    { "/desk", "/desk/", FALSE, 0, NULL },
    { "/desk", "/Desk", FALSE, 0, NULL },
    { "/desk", "/desk/..", FALSE, 0, NULL },
    { "/desk", "/%64esk", FALSE, 0, NULL },
    { "/t/{id}", "/t/1042", TRUE, 1042, NULL },
    { "/t/{id}", "/t/0", FALSE, 0, NULL },
    { "/t/{id}", "/t/01", FALSE, 0, NULL },
    { "/t/{id}", "/t/-1", FALSE, 0, NULL },
    { "/t/{id}", "/t/", FALSE, 0, NULL },
    { "/t/{id}", "/t/1x", FALSE, 0, NULL },
    { "/t/{id}", "/t/9999999999999999999", FALSE, 0, NULL },
    { "/t/{id}/r", "/t/7/r", TRUE, 7, NULL },
    { "/t/{id}/r", "/t/7", FALSE, 0, NULL },
    { "/q/{name}", "/q/mill-2", TRUE, 0, "mill-2" },
    { "/q/{name}", "/q/Mill", FALSE, 0, NULL },
    { "/q/{name}", "/q/-m", FALSE, 0, NULL },
    { "/q/{name}", "/q/a.b", FALSE, 0, NULL },
    { "/my/{token}", "/my/abcdefghijklmnopqrstuvwxyz234567abcdefgh", TRUE, 0,
      "abcdefghijklmnopqrstuvwxyz234567abcdefgh" },
    { "/my/{token}", "/my/abcdefghijklmnopqrstuvwxyz234567abcdefg", FALSE, 0, NULL },
    { "/my/{token}", "/my/abcdefghijklmnopqrstuvwxyz234567abcdefg1", FALSE, 0, NULL },
    { "/static/{file}", "/static/desk.css", TRUE, 0, "desk.css" },
    { "/static/{file}", "/static/.env", FALSE, 0, NULL },
    { "/static/{file}", "/static/a/b", FALSE, 0, NULL },
    { "/static/{file}", "/static/..", FALSE, 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnRouteMatch match = { 0, NULL };

    g_test_message ("%s %s", cases[i].pattern, cases[i].path);
    g_assert_cmpint (pn_route_matches (cases[i].pattern, cases[i].path, &match), ==,
                     cases[i].is_match);
    g_assert_cmpint (match.id, ==, cases[i].id);
    g_assert_cmpstr (match.name, ==, cases[i].name);
    pn_route_match_clear (&match);
  }
}

static void
test_find (void)
{
  static const PnRoute routes[] = {
    { PN_METHOD_GET, "/a", NULL, PN_WHO_ANYONE, 0, NULL, NULL },
    { PN_METHOD_POST, "/a", NULL, PN_WHO_ANYONE, 0, NULL, NULL },
    { PN_METHOD_GET, "/b", NULL, PN_WHO_ANYONE, 0, NULL, NULL },
  };
  PnRouteMatch match = { 0, NULL };
  gboolean is_known;

  g_assert_true (pn_router_find (routes, 3, PN_METHOD_POST, "/a", &match, &is_known) == &routes[1]);
  g_assert_null (pn_router_find (routes, 3, PN_METHOD_POST, "/b", &match, &is_known));
  g_assert_true (is_known);
  g_assert_null (pn_router_find (routes, 3, PN_METHOD_GET, "/c", &match, &is_known));
  g_assert_false (is_known);
}

static void
test_near (void)
{
  static const PnRoute routes[] = {
    { PN_METHOD_GET, "/", NULL, PN_WHO_ANYONE, 1, NULL, NULL },
    { PN_METHOD_GET, "/a/{name}", NULL, PN_WHO_ANYONE, 2, NULL, NULL },
    { PN_METHOD_GET, "/a/b/{token}", NULL, PN_WHO_ANYONE, 4, NULL, NULL },
    { PN_METHOD_GET, "/c", NULL, PN_WHO_ANYONE, 8, NULL, NULL },
  };
  static const struct {
    const char *path;
    guint flags;
  } cases[] = {
    { "/a/x/y", 2 }, { "/a/b/cut", 4 }, { "/a/b", 2 }, { "/a", 0 }, { "/c/d", 0 }, { "/x", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (pn_router_flags_near (routes, G_N_ELEMENTS (routes), cases[i].path), ==,
                      cases[i].flags);
}

static void
test_client (void)
{
  static const char *const proxies[] = { "10.0.0.0/8", "2001:db8::/32", "192.0.2.7", NULL };
  static const struct {
    const char *peer;
    const char *forwarded;
    const char *scheme;
    const char *client;
    gboolean is_local;
    gboolean is_secure;
  } cases[] = {
    { "127.0.0.1", NULL, NULL, "127.0.0.1", TRUE, FALSE },
    { "127.0.0.1", "198.51.100.1", "https", "127.0.0.1", TRUE, FALSE },
    { "198.51.100.9", "127.0.0.1", "https", "198.51.100.9", FALSE, FALSE },
    { "10.1.2.3", "198.51.100.1", "https", "198.51.100.1", FALSE, TRUE },
    { "10.1.2.3", "127.0.0.1", "http", "127.0.0.1", FALSE, FALSE },
    { "192.0.2.7", "203.0.113.5, 198.51.100.1, 10.9.9.9", "https", "198.51.100.1", FALSE, TRUE },
    { "10.1.2.3", "<img src=x>", "https", "10.1.2.3", FALSE, TRUE },
    { "2001:db8::7", "198.51.100.1", NULL, "198.51.100.1", FALSE, FALSE },
    { "192.0.2.8", "198.51.100.1", NULL, "192.0.2.8", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnRequest) request = pn_request_new ();

    if (cases[i].forwarded != NULL)
      pn_request_add_header (request, "X-Forwarded-For", 15, cases[i].forwarded,
                             strlen (cases[i].forwarded));
    if (cases[i].scheme != NULL)
      pn_request_add_header (request, "X-Forwarded-Proto", 17, cases[i].scheme,
                             strlen (cases[i].scheme));
    pn_request_set_client (request, cases[i].peer, proxies);
    g_assert_cmpstr (request->client, ==, cases[i].client);
    g_assert_cmpint (request->is_local, ==, cases[i].is_local);
    g_assert_cmpint (request->is_secure, ==, cases[i].is_secure);
  }
}

static void
test_cookie (void)
{
  static const struct {
    const char *header;
    const char *value;
  } cases[] = {
    { NULL, NULL },       { "a=1", "1" },         { "b=2; a=1", "1" }, { "aa=2;a=1 ;c=3", "1" },
    { "a=1; a=2", NULL }, { "xa=1; ab=2", NULL }, { "a=", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnRequest) request = pn_request_new ();
    g_autofree char *value = NULL;

    if (cases[i].header != NULL)
      pn_request_add_header (request, "Cookie", 6, cases[i].header, strlen (cases[i].header));
    value = pn_request_cookie (request, "a");
    g_assert_cmpstr (value, ==, cases[i].value);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/router/matches", test_matches);
  g_test_add_func ("/web/router/find", test_find);
  g_test_add_func ("/web/router/near", test_near);
  g_test_add_func ("/web/request/client", test_client);
  g_test_add_func ("/web/request/cookie", test_cookie);
  return g_test_run ();
}
