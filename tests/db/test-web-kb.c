#include "gateway/web/web.h"

#include <string.h>

#include "kb/address.h"
#include "kb/article_public.h"
#include "kb/category.h"
#include "kb/image.h"
#include "kb/publish.h"
#include "kb/search.h"
#include "kb/vote.h"
#include "ticketing/core/json.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testkb.h"
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
    "{\"id\":\"later\",\"title\":\"Refund in gold\",\"state\":\"draft\",\"body\":\"Not yet.\"}\n"
    "{\"id\":\"geld\",\"title\":\"Wie bekomme ich mein Geld zur\u00fcck?\",\"language\":\"de\","
    "\"category\":\"Paying\",\"translation_of\":\"refund\",\"body\":\"Karte einsenden.\"}\n"
    "{\"id\":\"past\",\"title\":\"Refund by cheque\",\"state\":\"archived\",\"body\":\"No.\"}\n";

/* Returns: NULL where the test is to be skipped. */
static PnTestWeb *
start (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (test == NULL)
    return NULL;
  list = pn_testkb_import (test->db, articles);
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
ask_article (PnTestWeb *test, const char *external_id, const char *headers)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *target = NULL;

  g_assert_true (pn_article_find_external (test->db, external_id, &article, &error));
  pn_assert_no_error (error);
  g_assert_nonnull (article);
  target = pn_kb_address (article->id, article->title, article->language);
  return pn_testweb_ask (test, "GET", target, headers, NULL);
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
    { "/api/v1/kb/search?q=a&limit=", "9", 1, 200 },
    { "/api/v1/kb/search?q=a&limit=", "9", 2, 400 },
    { "/api/v1/kb/search?q=a&shout=", "9", 1, 400 },
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

  page = ask_article (test, "refund", "");
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "<title>How do I get a refund &lt;now&gt;?</title>"));
  g_assert_nonnull (strstr (page, "<strong>card</strong>"));
  g_assert_nonnull (strstr (page, "href=\"/kb/2\""));
  g_assert_nonnull (strstr (page, "Still need help?"));
  stop (test);
}

/* Nothing that an article says runs, or is read as a template (TRUST.md rows 13 and 22). */
static void
test_hostile (void)
{
  static const char *const harm[] = { "<script>", "onerror", "javascript:", "tracker.example",
                                      "<form action=/contact" };
  PnTestWeb *test = start ();
  g_autofree char *page = NULL;

  if (test == NULL)
    return;
  page = ask_article (test, "hostile", "");
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "Looms"));
  g_assert_nonnull (strstr (page, "{{page.csrf}}"));
  for (gsize i = 0; i < G_N_ELEMENTS (harm); i++) {
    g_test_message ("%s", harm[i]);
    g_assert_null (strstr (page, harm[i]));
  }
  stop (test);
}

static gint64
id_of (PnTestWeb *test, const char *external_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;

  g_assert_true (pn_article_find_external (test->db, external_id, &article, &error));
  pn_assert_no_error (error);
  g_assert_nonnull (article);
  return article->id;
}

/* An address without words, or with those of an old title, leads to the one that holds. */
static void
test_addresses (void)
{
  static const char *const rests[] = { "", "-", "-old-title", "-how-do-i-get-a-refund" };
  PnTestWeb *test = start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++) {
    g_autofree char *target =
        g_strdup_printf ("/kb/%" G_GINT64_FORMAT "%s?q=a", id_of (test, "refund"), rests[i]);
    g_autofree char *answer = pn_testweb_ask (test, "GET", target, "", NULL);
    g_autofree char *location = pn_testhttp_header (answer, "Location");

    g_test_message ("%s", target);
    g_assert_cmpint (pn_testhttp_status (answer), ==, 301);
    g_assert_true (g_str_has_suffix (location, "-how-do-i-get-a-refund-now?q=a"));
  }
  stop (test);
}

/* Other languages are offered, and said when they are missing. */
static void
test_languages (void)
{
  PnTestWeb *test = start ();
  g_autofree char *english = NULL;
  g_autofree char *german = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *front = NULL;

  if (test == NULL)
    return;
  english = ask_article (test, "refund", "Accept-Language: en\r\n");
  g_assert_nonnull (strstr (english, "hreflang=\"de\""));
  g_assert_nonnull (strstr (english, "-wie-bekomme-ich-mein-geld-zurueck\""));
  g_assert_null (strstr (english, "<b>Deutsch:</b>"));
  german = ask_article (test, "refund", "Accept-Language: de-AT, en;q=0.5\r\n");
  g_assert_nonnull (strstr (german, "<b>Deutsch:</b>"));
  missing = ask_article (test, "hostile", "Accept-Language: de\r\n");
  g_assert_null (strstr (missing, "<b>Deutsch:</b>"));
  front = pn_testweb_ask (test, "GET", "/", "Accept-Language: de\r\n", NULL);
  g_assert_nonnull (strstr (front, "Wie bekomme ich mein Geld"));
  g_assert_null (strstr (front, "How do I get a refund"));
  stop (test);
}

static void
test_machines (void)
{
  static const char *const hidden[] = { "beyond thirty", "in gold", "by cheque" };
  PnTestWeb *test = start ();
  g_autofree char *feed = NULL;
  g_autofree char *again = NULL;
  g_autofree char *map = NULL;
  g_autofree char *robots = NULL;
  g_autofree char *type = NULL;
  g_autofree char *page = NULL;

  if (test == NULL)
    return;
  feed = pn_testweb_ask (test, "GET", "/kb/feed.atom", "", NULL);
  g_assert_cmpint (pn_testhttp_status (feed), ==, 200);
  type = pn_testhttp_header (feed, "Content-Type");
  g_assert_cmpstr (type, ==, "application/atom+xml; charset=utf-8");
  g_assert_nonnull (strstr (feed, "<title>How do I get a refund &lt;now&gt;?</title>"));
  again = pn_testweb_ask (test, "GET", "/kb/feed.atom", "", NULL);
  g_assert_cmpstr (pn_testhttp_body (again), ==, pn_testhttp_body (feed));
  map = pn_testweb_ask (test, "GET", "/sitemap.xml", "", NULL);
  g_assert_nonnull (strstr (map, "-how-do-i-get-a-refund-now</loc>"));
  robots = pn_testweb_ask (test, "GET", "/robots.txt", "", NULL);
  g_assert_nonnull (strstr (robots, "User-agent: *\nDisallow: /desk\n"));
  g_assert_nonnull (strstr (robots, "/sitemap.xml\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    g_assert_null (strstr (feed, hidden[i]));
  g_assert_null (strstr (map, "refund-in-gold"));
  g_assert_null (strstr (map, "refund-beyond"));
  page = ask_article (test, "refund", "");
  g_assert_nonnull (strstr (page, "itemtype=\"https://schema.org/Article\""));
  g_assert_nonnull (strstr (page, "<link rel=\"canonical\" href=\"http"));
  stop (test);
}

static gboolean
save_article (PnDb *db, gpointer data, GError **error)
{
  PnArticle *article = data;
  PnArticleOutcome outcome;
  gint64 change_no;

  return pn_article_begin_change (db, &change_no, error)
         && pn_article_save (db, article, change_no, 0, &outcome, error);
}

/* Asks for @target. Its text from @mark on begins with @start. */
static void
assert_after (PnTestWeb *test, const char *target, const char *mark, const char *start)
{
  g_autofree char *answer = pn_testweb_ask (test, "GET", target, "", NULL);
  const char *found = strstr (answer, mark);

  g_test_message ("%s: %s%s", target, mark, start);
  g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
  g_assert_nonnull (found);
  g_assert_true (g_str_has_prefix (found + strlen (mark), start));
}

/* What was written on Monday and publishes itself on Friday is Friday's news; who follows the feed would not see it else.
 * What is edited after that, is news again. */
static void
test_published_later (void)
{
  PnTestWeb *test = start ();
  const PnTime written_at = pn_clock_now () / PN_SECOND * PN_SECOND;
  const PnTime shown_at = written_at + 4 * PN_DAY + PN_MINUTE;
  g_autofree char *shown = pn_clock_write (shown_at);
  g_autofree char *edited = pn_clock_write (shown_at + PN_HOUR);
  g_autofree char *entry = g_strconcat ("\n<updated>", shown, NULL);
  g_autofree char *again = g_strconcat ("\n<updated>", edited, NULL);
  g_autofree char *place = g_strconcat ("</loc><lastmod>", shown, NULL);
  g_autofree char *modified = g_strdup_printf ("itemprop=\"dateModified\" content=\"%s\"", shown);
  g_autofree char *page = NULL;
  g_autofree char *feed = NULL;
  const char *first;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (GError) error = NULL;
  guint done;

  if (test == NULL)
    return;
  g_assert_true (pn_article_find_external (test->db, "later", &article, &error));
  article->publish_at = written_at + 4 * PN_DAY;
  g_assert_true (pn_db_run (test->db, save_article, article, &error));
  pn_clock_freeze (shown_at);
  g_assert_true (pn_kb_publish_round (test->db, 10, &done, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (done, ==, 1);
  assert_after (test, "/kb/feed.atom", "<title>Help centre</title>", entry);
  feed = pn_testweb_ask (test, "GET", "/kb/feed.atom", "", NULL);
  first = strstr (feed, "<entry");
  g_assert_nonnull (first);
  g_assert_nonnull (strstr (first, entry));
  g_assert_true (strstr (first, "<title>Refund in gold</title>") < strstr (first, "</entry>"));
  g_assert_true (strstr (first, entry) < strstr (first, "</entry>"));
  assert_after (test, "/sitemap.xml", "-refund-in-gold", place);
  page = ask_article (test, "later", "");
  g_assert_nonnull (strstr (page, modified));
  pn_clock_freeze (shown_at + PN_HOUR);
  g_clear_pointer (&article, pn_article_free);
  g_assert_true (pn_article_find_external (test->db, "later", &article, &error));
  g_free (article->body);
  article->body = g_strdup ("Now.");
  article->updated_at = 0;
  g_assert_true (pn_db_run (test->db, save_article, article, &error));
  assert_after (test, "/kb/feed.atom", "<title>Help centre</title>", again);
  pn_clock_freeze (0);
  stop (test);
}

static char *
vote (PnTestWeb *test, gint64 id, const char *headers, const char *body)
{
  g_autofree char *target = g_strdup_printf ("/kb/%" G_GINT64_FORMAT "/vote", id);

  return pn_testweb_ask (test, "POST", target, headers, body);
}

/* A reader counts once a day, may change the vote and add a word; another browser is another reader. */
static void
test_votes (void)
{
  static const char mine[] = "User-Agent: one\r\n";
  PnTestWeb *test = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) words = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *location = NULL;
  gint64 id, yes, no;

  if (test == NULL)
    return;
  id = id_of (test, "refund");
  first = vote (test, id, mine, "answer=yes");
  g_assert_cmpint (pn_testhttp_status (first), ==, 303);
  location = pn_testhttp_header (first, "Location");
  g_assert_true (g_str_has_suffix (location, "?voted=yes#vote"));
  second = vote (test, id, mine, "answer=no&word=Which+%3Cb%3Ecard%3F%0A&q=refund");
  g_assert_cmpint (pn_testhttp_status (second), ==, 303);
  third = vote (test, id, "User-Agent: two\r\n", "answer=yes");
  g_assert_cmpint (pn_testhttp_status (third), ==, 303);
  wrong = vote (test, id, mine, "answer=maybe");
  g_assert_cmpint (pn_testhttp_status (wrong), ==, 400);
  foreign = vote (test, id, "Origin: https://evil.example\r\n", "answer=no");
  g_assert_cmpint (pn_testhttp_status (foreign), ==, 403);
  g_assert_true (pn_vote_count (test->db, id, &yes, &no, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (yes, ==, 1);
  g_assert_cmpint (no, ==, 1);
  words = pn_vote_list_words (test->db, id, 10, &error);
  g_assert_cmpuint (words->len, ==, 1);
  g_assert_cmpstr (((PnVote *) words->pdata[0])->word, ==, "Which <b>card?");
  g_clear_pointer (&wrong, g_free);
  wrong = vote (test, id_of (test, "secret"), mine, "answer=yes");
  g_assert_cmpint (pn_testhttp_status (wrong), ==, 404);
  stop (test);
}

static void
test_category (void)
{
  PnTestWeb *test = start ();
  g_autoptr (GError) error = NULL;
  g_autofree char *page = NULL;
  g_autofree char *staff = NULL;
  g_autofree char *target = NULL;
  g_autofree char *other = NULL;
  gint64 id;

  if (test == NULL)
    return;
  g_assert_true (pn_category_find (test->db, "Paying", &id, &error));
  g_assert_true (pn_category_set_title (test->db, id, "de", "Bezahlen", &error));
  target = pn_kb_category_address (id, "Paying");
  page = pn_testweb_ask (test, "GET", target, "Accept-Language: de\r\n", NULL);
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "Bezahlen</h1>"));
  g_assert_nonnull (strstr (page, "Wie bekomme ich"));
  g_assert_true (pn_category_find (test->db, "Staff", &id, &error));
  pn_assert_no_error (error);
  other = pn_kb_category_address (id, "Staff");
  staff = pn_testweb_ask (test, "GET", other, "", NULL);
  g_assert_cmpint (pn_testhttp_status (staff), ==, 404);
  stop (test);
}

/* A picture is only for those who may read an article that shows it; what it is, its bytes say (TRUST.md 18). */
static void
test_images (void)
{
  static const char picture[] = "\x89PNG\r\n\x1a\n and no more";
  PnTestWeb *test = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (picture, sizeof picture - 1);
  g_autoptr (GBytes) script = g_bytes_new_static ("<svg/onload=alert(1)>", 21);
  g_autofree char *name = NULL;
  g_autofree char *none = NULL;
  g_autofree char *target = NULL;
  g_autofree char *line = NULL;
  g_autofree char *hidden = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *type = NULL;
  g_autofree char *sniff = NULL;
  g_autofree char *policy = NULL;
  g_autofree char *page = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (test == NULL)
    return;
  g_assert_false (pn_image_store (test->db, script, "a.png", &none, &error));
  g_clear_error (&error);
  g_assert_true (pn_image_store (test->db, bytes, "../a.png", &name, &error));
  pn_assert_no_error (error);
  target = g_strconcat ("/kb/images/", name, NULL);
  hidden = pn_testweb_ask (test, "GET", target, "", NULL);
  g_assert_cmpint (pn_testhttp_status (hidden), ==, 404);
  line =
      g_strdup_printf ("{\"id\":\"picture\",\"title\":\"Seen\",\"body\":\"![x](image:%s)\"}", name);
  list = pn_testkb_import (test->db, line);
  shown = pn_testweb_ask (test, "GET", target, "", NULL);
  g_assert_cmpint (pn_testhttp_status (shown), ==, 200);
  type = pn_testhttp_header (shown, "Content-Type");
  sniff = pn_testhttp_header (shown, "X-Content-Type-Options");
  policy = pn_testhttp_header (shown, "Content-Security-Policy");
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_cmpstr (sniff, ==, "nosniff");
  g_assert_nonnull (strstr (policy, "sandbox"));
  page = ask_article (test, "picture", "");
  g_assert_nonnull (strstr (page, target));
  stop (test);
}

/* What is not public looks as what is not there (TRUST.md rows 35 and 56). */
static void
test_internal (void)
{
  static const char *const hidden[] = { "secret", "later", "past" };
  PnTestWeb *test = start ();
  g_autofree char *nowhere = NULL;

  if (test == NULL)
    return;
  nowhere = pn_testweb_ask (test, "GET", "/kb/999999999999", "", NULL);
  g_assert_cmpint (pn_testhttp_status (nowhere), ==, 404);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++) {
    g_autofree char *page = ask_article (test, hidden[i], "");

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
  g_test_add_func ("/web/kb/row-13-22-hostile", test_hostile);
  g_test_add_func ("/web/kb/row-35-56-internal", test_internal);
  g_test_add_func ("/web/kb/addresses", test_addresses);
  g_test_add_func ("/web/kb/languages", test_languages);
  g_test_add_func ("/web/kb/machines", test_machines);
  g_test_add_func ("/web/kb/published-later", test_published_later);
  g_test_add_func ("/web/kb/votes", test_votes);
  g_test_add_func ("/web/kb/category", test_category);
  g_test_add_func ("/web/kb/row-18-images", test_images);
  return g_test_run ();
}
