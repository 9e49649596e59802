#include "gateway/web/routes.h"
#include "gateway/web/web.h"

#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/spool.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

/* Everything that was typed is still there when something is wrong; the same form twice is one delivery. */
static void
test_contact (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *wrong = NULL;
  g_autofree char *body = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const char *key;

  if (test == NULL)
    return;
  wrong = pn_testweb_ask (test, "POST", "/contact/mill", "",
                          "name=Ada&address=nonsense&subject=S%22x&text=the+%3Cengine%3E");
  g_assert_cmpint (pn_testhttp_status (wrong), ==, 400);
  g_assert_nonnull (strstr (wrong, "value=\"nonsense\""));
  g_assert_nonnull (strstr (wrong, "the &lt;engine&gt;"));
  key = strstr (wrong, "name=\"key\" value=\"") + strlen ("name=\"key\" value=\"");
  body = g_strdup_printf (
      "key=%.*s&name=Ada%%0d%%0aBcc:x&address=ada%%40customer.example&subject=S&text=T",
      (int) strcspn (key, "\""), key);
  one = pn_testweb_ask (test, "POST", "/contact/mill", "", body);
  two = pn_testweb_ask (test, "POST", "/contact/mill", "", body);
  first = pn_testhttp_header (one, "Location");
  second = pn_testhttp_header (two, "Location");
  g_assert_cmpint (pn_testhttp_status (one), ==, 303);
  g_assert_cmpstr (first, ==, second);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) waiting = pn_spool_lease (test->db, "test", 10, &error);
    guint n_forms = 0;

    pn_assert_no_error (error);
    for (guint i = 0; i < waiting->len; i++)
      n_forms += ((PnDelivery *) waiting->pdata[i])->channel == PN_CHANNEL_FORM ? 1 : 0;
    g_assert_cmpuint (n_forms, ==, 1);
  }
  pn_testweb_stop (test);
}

/* The description names every address of the API, and nothing else. */
static void
test_openapi (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *answer = NULL;
  g_autoptr (json_t) document = NULL;
  json_t *paths;
  gsize n = 0;

  if (test == NULL)
    return;
  answer = pn_testweb_ask (test, "GET", "/api/v1/openapi.json", "", NULL);
  document = json_loads (pn_testhttp_body (answer), 0, NULL);
  g_assert_nonnull (document);
  paths = json_object_get (document, "paths");
  for (gsize i = 0; i < pn_n_routes; i++) {
    const char *pattern = pn_routes[i].pattern;
    g_autofree char *method = g_ascii_strdown (pn_method_name (pn_routes[i].method), -1);

    if (!g_str_has_prefix (pattern, "/api/v1/"))
      continue;
    n++;
    g_test_message ("%s %s", method, pattern);
    g_assert_nonnull (json_object_get (json_object_get (paths, pattern + 7), method));
  }
  {
    const char *path;
    json_t *methods;
    gsize described = 0;

    json_object_foreach (paths, path, methods)
    {
      described +=
          json_object_size (methods) - (json_object_get (methods, "parameters") != NULL ? 1 : 0);
    }
    g_assert_cmpuint (described, ==, n);
  }
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/public/contact", test_contact);
  g_test_add_func ("/web/public/openapi", test_openapi);
  return g_test_run ();
}
