/* Every place where customers meet articles shows those for everybody, and nothing of the others: TRUST.md rows 35, 56. */
#include "gateway/web/web.h"

#include <string.h>

#include "kb/article.h"
#include "kb/article_public.h"
#include "kb/image.h"
#include "kb/search.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testkb.h"
#include "tests/lib/testweb.h"
#include "ticketing/answering.h"
#include "ticketing/calendar.h"

#define CONTROL "refund"  /* in what everybody may read */
#define HIDDEN "unspoken" /* in all that not everybody may */

static const char picture[] = "\x89PNG\r\n\x1a\n of the vault";

/* The public article links to the internal one, whose title is not for its readers. */
static const char lines[] =
    "{\"id\":\"secret\",\"title\":\"An unspoken refund\",\"language\":\"en\",\"category\":\"Unspoken shelf\","
    "\"state\":\"internal\",\"questions\":[\"How do I get a refund?\"],\"body\":\"The unspoken refund. ![v](image:%s)\"}\n"
    "{\"id\":\"later\",\"title\":\"How do I get an unspoken refund?\",\"language\":\"en\",\"category\":\"Paying\","
    "\"state\":\"draft\",\"body\":\"unspoken\"}\n"
    "{\"id\":\"review\",\"title\":\"Unspoken refund, in review\",\"language\":\"en\",\"category\":\"Paying\","
    "\"state\":\"review\",\"body\":\"unspoken\"}\n"
    "{\"id\":\"past\",\"title\":\"Unspoken refund by cheque\",\"language\":\"en\",\"category\":\"Paying\","
    "\"state\":\"archived\",\"body\":\"unspoken\"}\n"
    "{\"id\":\"geheim\",\"title\":\"unspoken: Wie bekomme ich einen refund?\",\"language\":\"de\","
    "\"translation_of\":\"open\",\"state\":\"draft\",\"body\":\"unspoken\"}\n"
    "{\"id\":\"open\",\"title\":\"How do I get a refund?\",\"language\":\"en\",\"category\":\"Paying\","
    "\"body\":\"Send it back for a refund. See [this](/kb/1).\"}\n"
    "{\"id\":\"near\",\"title\":\"How long does a refund take?\",\"language\":\"en\",\"category\":\"Paying\","
    "\"body\":\"A refund takes a week.\"}\n";

static gint64
id_of (PnTestWeb *test, const char *external_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows =
      pn_db_query (test->db, "SELECT id FROM kb_article WHERE external_id = ?",
                   PN_ARGS (pn_text (external_id)), &error);

  pn_assert_no_error (error);
  g_assert_true (pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

/* @image: (owned) the name of a picture that only the internal article shows. NULL: the test is to be skipped. */
static PnTestWeb *
start (char **image)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (picture, sizeof picture - 1);
  g_autofree char *text = NULL;

  if (test == NULL)
    return NULL;
  g_assert_true (pn_image_store (test->db, bytes, "vault.png", image, &error));
  text = g_strdup_printf (lines, *image);
  list = pn_testkb_import (test->db, text);
  return test;
}

static void
stop (PnTestWeb *test)
{
  pn_testweb_stop (test);
  pn_kb_forget ();
}

/* Nothing hidden, in any case; and the page is not empty, which would prove nothing. */
static void
assert_clean (const char *place, const char *answer, gboolean has_control)
{
  g_autofree char *lower = g_ascii_strdown (answer, -1);

  g_test_message ("%s", place);
  g_assert_null (strstr (lower, HIDDEN));
  g_assert_true (!has_control || strstr (lower, CONTROL) != NULL);
}

static void
test_pages (void)
{
  static const char *const places[] = {
    "/",
    "/search?q=refund",
    "/search?q=unspoken+refund",
    "/kb/feed.atom",
    "/sitemap.xml",
    "/api/v1/kb/search?q=refund",
    "/api/v1/kb/search?q=unspoken&explain=1",
    "/api/v1/kb/search?q=refu&typing=1",
    "/api/v1/kb/search?q=refund&language=de",
  };
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *answer = pn_testweb_ask (test, "GET", places[i], "", NULL);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
    /* what was typed stands in the field again */
    if (strstr (places[i], HIDDEN) == NULL)
      assert_clean (places[i], answer, TRUE);
    else
      g_assert_null (strstr (answer, "nspoken shelf"));
  }
  stop (test);
}

/* The sitemap names articles by address alone: none leads to what not everybody may read. */
static void
test_addresses (void)
{
  static const char *const hidden[] = { "secret", "later", "review", "past", "geheim" };
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);
  g_autofree char *map = NULL;
  g_autofree char *picture_path = NULL;
  g_autofree char *no_picture = NULL;

  if (test == NULL)
    return;
  map = pn_testweb_ask (test, "GET", "/sitemap.xml", "", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++) {
    const gint64 id = id_of (test, hidden[i]);
    g_autofree char *in_map = g_strdup_printf ("/kb/%" G_GINT64_FORMAT "-", id);
    g_autofree char *page = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, id);
    g_autofree char *api = g_strdup_printf ("/api/v1/kb/public/%" G_GINT64_FORMAT, id);
    g_autofree char *staff = g_strdup_printf ("/api/v1/kb/articles/%" G_GINT64_FORMAT, id);
    g_autofree char *vote = g_strconcat (page, "/vote", NULL);
    g_autofree char *one = pn_testweb_ask (test, "GET", page, "", NULL);
    g_autofree char *two = pn_testweb_ask (test, "GET", api, "", NULL);
    g_autofree char *three = pn_testweb_ask (test, "GET", staff, "", NULL);
    g_autofree char *four = pn_testweb_ask (test, "POST", vote, "", "answer=yes");

    g_assert_null (strstr (map, in_map));
    g_assert_cmpint (pn_testhttp_status (one), ==, 404);
    g_assert_cmpint (pn_testhttp_status (two), ==, 404);
    g_assert_cmpint (pn_testhttp_status (three), ==, 401);
    g_assert_cmpint (pn_testhttp_status (four), ==, 404);
  }
  picture_path = g_strconcat ("/kb/images/", image, NULL);
  no_picture = pn_testweb_ask (test, "GET", picture_path, "", NULL);
  g_assert_cmpint (pn_testhttp_status (no_picture), ==, 404);
  stop (test);
}

/* Related ones, other languages and links of a public article; its shelf. */
static void
test_article (void)
{
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *api = NULL;
  g_autofree char *document = NULL;
  g_autofree char *front = NULL;
  const char *shelf;

  if (test == NULL)
    return;
  api = g_strdup_printf ("/api/v1/kb/public/%" G_GINT64_FORMAT, id_of (test, "open"));
  document = pn_testweb_ask (test, "GET", api, "Accept-Language: de\r\n", NULL);
  g_assert_cmpint (pn_testhttp_status (document), ==, 200);
  assert_clean (api, document, TRUE);
  g_assert_nonnull (strstr (document, "How long does a refund take?")); /* related is there */
  front = pn_testweb_ask (test, "GET", "/", "", NULL);
  shelf = strstr (front, "/kb/category/");
  g_assert_nonnull (shelf);
  {
    g_autofree char *path = g_strndup (shelf, strcspn (shelf, "\"#"));
    g_autofree char *page = pn_testweb_ask (test, "GET", path, "", NULL);

    g_assert_cmpint (pn_testhttp_status (page), ==, 200);
    assert_clean (path, page, TRUE);
  }
  stop (test);
}

/* What search engines read, as microdata: names, dates, language, the way here; no script holds any of it. */
static void
test_microdata (void)
{
  static const char *const wanted[] = {
    "itemtype=\"https://schema.org/Article\"",
    "itemprop=\"headline\">How do I get a refund?<",
    "itemprop=\"author publisher\"",
    "itemprop=\"inLanguage\" content=\"en\"",
    "itemprop=\"name\" content=\"How do I get a refund?\"",
    "itemprop=\"dateModified\" content=\"20",
    "itemprop=\"datePublished\" content=\"20",
    "itemtype=\"https://schema.org/BreadcrumbList\"",
    "itemprop=\"position\" content=\"2\"",
    "<link rel=\"canonical\"",
  };
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);
  g_autofree char *path = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *target = NULL;
  g_autofree char *page = NULL;

  if (test == NULL)
    return;
  path = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, id_of (test, "open"));
  moved = pn_testweb_ask (test, "GET", path, "", NULL);
  target = pn_testhttp_header (moved, "Location");
  g_assert_nonnull (target);
  page = pn_testweb_ask (test, "GET", target, "", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_test_message ("%s", wanted[i]);
    g_assert_nonnull (strstr (page, wanted[i]));
  }
  g_assert_null (strstr (page, "ld+json"));
  assert_clean (target, page, TRUE);
  stop (test);
}

/* What is found in another language than the page's says so; what is in the page's own does not. */
static void
test_languages (void)
{
  static const char mark[] = "lang=\"en\">English</span>";
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);
  g_autofree char *german = NULL;
  g_autofree char *english = NULL;

  if (test == NULL)
    return;
  german = pn_testweb_ask (test, "GET", "/search?q=refund", "Accept-Language: de\r\n", NULL);
  english = pn_testweb_ask (test, "GET", "/search?q=refund", "Accept-Language: en-GB\r\n", NULL);
  g_assert_nonnull (strstr (german, mark));
  g_assert_nonnull (strstr (english, "How do I get a refund?"));
  g_assert_null (strstr (english, mark));
  stop (test);
}

/* People's readings count, without a cookie; machines' and browsers' guesses do not. The first one is written at once. */
static void
test_readings (void)
{
  static const struct {
    const char *method;
    const char *headers;
  } visits[] = {
    { "GET", "" },
    { "GET", "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n" },
    { "GET", "User-Agent: curl/7.88\r\n" },
    { "GET", "User-Agent: Mozilla/5.0\r\nSec-Purpose: prefetch\r\n" },
    { "HEAD", "User-Agent: Mozilla/5.0\r\n" },
    { "GET", "User-Agent: Mozilla/5.0\r\n" }, /* the only person */
  };
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *target = NULL;
  gint64 readings = -1;

  if (test == NULL)
    return;
  path = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, id_of (test, "open"));
  moved = pn_testweb_ask (test, "GET", path, "", NULL);
  target = pn_testhttp_header (moved, "Location");
  for (gsize i = 0; i < G_N_ELEMENTS (visits); i++) {
    g_autofree char *page =
        pn_testweb_ask (test, visits[i].method, target, visits[i].headers, NULL);
    g_autofree char *cookie = pn_testhttp_header (page, "Set-Cookie");

    g_assert_cmpint (pn_testhttp_status (page), ==, 200);
    g_assert_null (cookie);
    g_assert_true (pn_article_readings (test->db, id_of (test, "open"), &readings, &error));
    pn_assert_no_error (error);
    g_assert_cmpint (readings, ==, i + 1 == G_N_ELEMENTS (visits) ? 1 : 0);
  }
  stop (test);
}

/* What the form offers before it is sent. */
static void
test_form (void)
{
  g_autofree char *image = NULL;
  PnTestWeb *test = start (&image);
  g_autofree char *form = NULL;
  g_autofree char *key = NULL;
  g_autofree char *body = NULL;
  g_autofree char *offered = NULL;
  const char *at;

  if (test == NULL)
    return;
  form = pn_testweb_ask (test, "GET", "/contact/mill", "", NULL);
  at = strstr (form, "name=\"key\" value=\"");
  g_assert_nonnull (at);
  at += strlen ("name=\"key\" value=\"");
  key = g_strndup (at, strcspn (at, "\""));
  body = g_strdup_printf ("key=%s&step=write&address=ada%%40customer.example&subject=refund"
                          "&text=How+do+I+get+a+refund%%3F",
                          key);
  offered = pn_testweb_ask (test, "POST", "/contact/mill", "", body);
  g_assert_cmpint (pn_testhttp_status (offered), ==, 200);
  g_assert_nonnull (strstr (offered, "How do I get a refund?</a>"));
  assert_clean ("form", offered, TRUE);
  stop (test);
}

/* The form tells what the queue says while nobody is there. */
static void
test_expectation (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAnswering) answering = NULL;
  g_autoptr (PnCalendar) never = NULL;
  g_autofree char *open = NULL;
  g_autofree char *closed = NULL;
  g_autofree char *away = NULL;
  const PnTime now = pn_clock_now ();

  if (test == NULL)
    return;
  open = pn_testweb_ask (test, "GET", "/contact/mill", "", NULL);
  g_assert_null (strstr (open, "closed until Monday"));
  never = pn_calendar_new ("nights");
  g_assert_true (pn_calendar_save (test->db, never, 0, 0, &error));
  pn_assert_no_error (error);
  answering = pn_answering_new (test->mill);
  answering->calendar_id = never->id;
  g_free (answering->closed_text);
  answering->closed_text = g_strdup ("We are closed until Monday.");
  g_free (answering->away_text);
  answering->away_text = g_strdup ("The mill is on holiday.");
  g_assert_true (pn_answering_save (test->db, answering, &error));
  closed = pn_testweb_ask (test, "GET", "/contact/mill", "", NULL);
  g_assert_nonnull (strstr (closed, "closed until Monday"));
  answering->away_from = now - PN_DAY;
  answering->away_until = now + PN_DAY;
  g_assert_true (pn_answering_save (test->db, answering, &error));
  away = pn_testweb_ask (test, "GET", "/contact/mill", "", NULL);
  g_assert_nonnull (strstr (away, "mill is on holiday"));
  g_assert_null (strstr (away, "closed until Monday"));
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/places/pages", test_pages);
  g_test_add_func ("/web/places/addresses", test_addresses);
  g_test_add_func ("/web/places/article", test_article);
  g_test_add_func ("/web/places/microdata", test_microdata);
  g_test_add_func ("/web/places/languages", test_languages);
  g_test_add_func ("/web/places/readings", test_readings);
  g_test_add_func ("/web/places/form", test_form);
  g_test_add_func ("/web/places/expectation", test_expectation);
  return g_test_run ();
}
