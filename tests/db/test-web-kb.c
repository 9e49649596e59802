#include "gateway/web/web.h"

#include <string.h>

#include "kb/article.h"
#include "kb/import.h"
#include "kb/search.h"
#include "ticketing/core/json.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

static const char articles[] =
    "{\"id\":\"refund\",\"title\":\"How do I get a refund <now>?\",\"category\":\"Paying\","
    "\"language\":\"en\",\"body\":\"Send the **card** back within\\n\\n- thirty days\\n\\n"
    "See [the shop](/kb/2).\"}\n"
    "{\"id\":\"hostile\",\"title\":\"Punched\",\"category\":\"Paying\",\"body\":\"Looms "
    "<script>alert(1)</script> <img src=x onerror=alert(2)> [click](javascript:alert(3)) "
    "![pixel](https://tracker.example/p.png) <form action=/contact> {{page.csrf}}\"}\n"
    "{\"id\":\"secret\",\"title\":\"Refund beyond thirty days\",\"category\":\"Staff\","
    "\"state\":\"internal\",\"body\":\"Only for ourselves.\"}\n"
    "{\"id\":\"later\",\"title\":\"Refund in gold\",\"state\":\"draft\",\"body\":\"Not yet.\"}\n";

/* Returns: NULL where the test is to be skipped. */
static PnTestWeb *
start (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (test == NULL)
    return NULL;
  list = pn_import_read_lines (articles, strlen (articles), &error);
  pn_assert_no_error (error);
  g_assert_true (pn_import_store (test->db, list, NULL, &error));
  pn_assert_no_error (error);
  return test;
}

static void
stop (PnTestWeb *test)
{
  pn_testweb_stop (test);
  pn_kb_forget ();
}

/* Returns: (owned) the page of the article @external_id. */
static char *
ask_article (PnTestWeb *test, const char *external_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *target = NULL;

  g_assert_true (pn_article_find_external (test->db, external_id, &article, &error));
  pn_assert_no_error (error);
  g_assert_nonnull (article);
  target = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, article->id);
  return pn_testweb_ask (test, "GET", target, "", NULL);
}

static json_t *
ask_api (PnTestWeb *test, const char *query, const char *headers)
{
  g_autofree char *target = g_strconcat ("/api/v1/kb/search?", query, NULL);
  g_autofree char *answer = pn_testweb_ask (test, "GET", target, headers, NULL);
  json_t *document = json_loads (pn_testhttp_body (answer), 0, NULL);

  g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
  g_assert_nonnull (document);
  return document;
}

/* Public articles for everybody, and no more for those with a token. */
static void
test_api (void)
{
  PnTestWeb *test = start ();
  g_autofree char *token = NULL;
  g_autofree char *header = NULL;

  if (test == NULL)
    return;
  token = pn_testweb_token (test, PN_CALLER_ADMIN);
  header = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  for (int i = 0; i < 2; i++) {
    g_autoptr (json_t) document = ask_api (test, "q=refund&language=en", i == 0 ? "" : header);
    json_t *list = json_object_get (document, "articles");
    json_t *first = json_array_get (list, 0);
    json_t *excerpt = json_object_get (first, "excerpt");
    const char *url = pn_json_get_text (first, "url");
    double confidence = json_number_value (json_object_get (first, "confidence"));

    g_assert_cmpstr (pn_json_get_text (document, "query"), ==, "refund");
    g_assert_cmpuint (json_array_size (list), ==, 1);
    g_assert_cmpstr (pn_json_get_text (first, "title"), ==, "How do I get a refund <now>?");
    g_assert_true (g_str_has_prefix (url, "/kb/"));
    g_assert_true (json_is_integer (json_object_get (first, "id")));
    g_assert_true (json_is_number (json_object_get (first, "score")));
    g_assert_true (confidence >= 0 && confidence <= 1);
    g_assert_cmpuint (json_array_size (excerpt), >, 0);
    g_assert_true (json_is_boolean (json_object_get (json_array_get (excerpt, 0), "is_match")));
  }
  {
    g_autoptr (json_t) nothing = ask_api (test, "q=", "");

    g_assert_cmpuint (json_array_size (json_object_get (nothing, "articles")), ==, 0);
  }
  stop (test);
}

static void
test_limits (void)
{
  static const struct {
    const char *path;
    const char *word; /* of the query, @count times */
    int count;
    int status;
  } cases[] = {
    { "/api/v1/kb/search?q=", "a", 500, 200 },
    { "/api/v1/kb/search?q=", "a", 501, 400 },
    { "/api/v1/kb/search?q=", "%C3%A4", 500, 200 },
    { "/api/v1/kb/search?q=", "%C3%A4", 501, 400 },
    { "/search?q=", "a", 501, 400 },
    { "/api/v1/kb/search?q=a&language=", "e", 16, 200 },
    { "/api/v1/kb/search?q=a&language=", "e", 17, 400 },
    { "/api/v1/kb/search?q=a&language=", "%25", 1, 400 },
    { "/api/v1/kb/search?q=a&limit=", "9", 1, 400 },
    { "/search?q=", "%FF", 1, 400 },
  };
  PnTestWeb *test = start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) target = g_string_new (cases[i].path);
    g_autofree char *answer = NULL;

    for (int n = 0; n < cases[i].count; n++)
      g_string_append (target, cases[i].word);
    answer = pn_testweb_ask (test, "GET", target->str, "", NULL);
    g_test_message ("%s%s times %d", cases[i].path, cases[i].word, cases[i].count);
    g_assert_cmpint (pn_testhttp_status (answer), ==, cases[i].status);
  }
  stop (test);
}

static void
test_pages (void)
{
  PnTestWeb *test = start ();
  g_autofree char *front = NULL;
  g_autofree char *found = NULL;
  g_autofree char *nothing = NULL;
  g_autofree char *page = NULL;

  if (test == NULL)
    return;
  front = pn_testweb_ask (test, "GET", "/", "", NULL);
  g_assert_nonnull (strstr (front, "action=\"/search\""));
  g_assert_nonnull (strstr (front, "Paying"));
  g_assert_nonnull (strstr (front, "How do I get a refund &lt;now&gt;?</a>"));
  g_assert_null (strstr (front, "Staff"));
  g_assert_null (strstr (front, "thirty days"));
  g_assert_null (strstr (front, "gold"));

  found = pn_testweb_ask (test, "GET", "/search?q=refund+card", "", NULL);
  g_assert_cmpint (pn_testhttp_status (found), ==, 200);
  g_assert_nonnull (strstr (found, "value=\"refund card\""));
  g_assert_nonnull (strstr (found, "How do I get a refund &lt;now&gt;?</a>"));
  g_assert_nonnull (strstr (found, "<mark>card</mark>"));
  g_assert_null (strstr (found, "beyond"));

  nothing = pn_testweb_ask (test, "GET", "/search?q=%22%3E%3Cscript%3Exyzzy", "", NULL);
  g_assert_cmpint (pn_testhttp_status (nothing), ==, 200);
  g_assert_nonnull (strstr (nothing, "Nothing was found"));
  g_assert_null (strstr (nothing, "<script>xyzzy"));

  page = ask_article (test, "refund");
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "<title>How do I get a refund &lt;now&gt;?</title>"));
  g_assert_nonnull (strstr (page, "<strong>card</strong>"));
  g_assert_nonnull (strstr (page, "href=\"/kb/2\""));
  g_assert_nonnull (strstr (page, "Still need help?"));
  stop (test);
}

static void
test_hostile (void)
{
  static const char *const harm[] = { "<script>", "onerror", "javascript:", "tracker.example",
                                      "<form action=/contact" };
  PnTestWeb *test = start ();
  g_autofree char *page = NULL;

  if (test == NULL)
    return;
  page = ask_article (test, "hostile");
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "Looms"));
  g_assert_nonnull (strstr (page, "{{page.csrf}}"));
  for (gsize i = 0; i < G_N_ELEMENTS (harm); i++) {
    g_test_message ("%s", harm[i]);
    g_assert_null (strstr (page, harm[i]));
  }
  stop (test);
}

/* What is not public looks as what is not there. */
static void
test_internal (void)
{
  static const char *const hidden[] = { "secret", "later" };
  PnTestWeb *test = start ();
  g_autofree char *nowhere = NULL;

  if (test == NULL)
    return;
  nowhere = pn_testweb_ask (test, "GET", "/kb/999999999999", "", NULL);
  g_assert_cmpint (pn_testhttp_status (nowhere), ==, 404);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++) {
    g_autofree char *page = ask_article (test, hidden[i]);

    g_assert_cmpint (pn_testhttp_status (page), ==, 404);
    g_assert_cmpstr (pn_testhttp_body (page), ==, pn_testhttp_body (nowhere));
  }
  stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/kb/api", test_api);
  g_test_add_func ("/web/kb/limits", test_limits);
  g_test_add_func ("/web/kb/pages", test_pages);
  g_test_add_func ("/web/kb/hostile", test_hostile);
  g_test_add_func ("/web/kb/internal", test_internal);
  return g_test_run ();
}
