#include "kb/front_matter.h"

#include <string.h>

#include "kb/article_json.h"
#include "kb/import.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static void
test_read (void)
{
  static const struct {
    const char *text;
    const char *id, *title, *body; /* NULL: it is wrong, and the message says @title */
    guint questions;
  } cases[] = {
    { "", "file", "file", "", 0 },
    { "Text alone\n", "file", "file", "Text alone\n", 0 },
    { "# Refunds\n\nMoney.\n", "file", "Refunds", "# Refunds\n\nMoney.\n", 0 },
    { "---\nid: a\ntitle: How to pay\n---\nBody\n", "a", "How to pay", "Body\n", 0 },
    { "---\r\nid: a\r\ntitle: T\r\n---\r\nB\r\n", "a", "T", "B\r\n", 0 },
    { "---\ntitle: \"a \\\"b\\\" \\u00e4\" # why\n---\n", "file", "a \"b\" ä", "", 0 },
    { "---\ntitle: 'it''s'\nlayout: page\ntags:\n  - x\n---\n---\n", "file", "it's", "---\n", 0 },
    { "---\ntitle: T\nquestions:\n  - one\n  - \"two\"\n---\nB", "file", "T", "B", 2 },
    { "---\ntitle: T\nquestions: [one, \"two, too\", 'three']\n---\nB", "file", "T", "B", 3 },
    { "\xef\xbb\xbf---\r\nid: a\r\ntitle: T\r\n---\r\nB", "a", "T", "B", 0 },
    { "---\ntitle: T\nstate: draft\n---", "file", "T", "", 0 },
    { "---\ntitle: T\nstate: internal\n---", "file", "T", "", 0 },
    { "---\ntitle: T\nvisibility: secret\n---", NULL, "line 3: \"secret\" is no visibility", NULL,
      0 },
    { "---\nid: a\ntitle: T\ntranslation_of: a\n---", NULL, "translation of itself", NULL, 0 },
    { "---\ntitle: T\n", NULL, "no closing", NULL, 0 },
    { "---\ntitle T\n---\n", NULL, "line 2: \"title T\" is not", NULL, 0 },
    { "---\ntitle: \"T\n---\n", NULL, "line 2", NULL, 0 },
    { "---\ntitle: 'T\n---\n", NULL, "line 2: the closing", NULL, 0 },
    { "---\ntitle: T\nstate: gone\n---\n", NULL, "line 3: \"gone\" is no state", NULL, 0 },
    { "---\ncreated: noon\n---\n", NULL, "line 2", NULL, 0 },
    { "---\nid: a b\n---\n", NULL, "has a space", NULL, 0 },
    { "---\nquestions: [a\n---\n", NULL, "line 2: the list", NULL, 0 },
    { "---\ntitle: |\n  T\n---\n", NULL, "line 2: texts over several lines", NULL, 0 },
    { "\xff", NULL, "not UTF-8", NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnArticle) article = pn_front_matter_read (cases[i].text, "file", &error);

    if (cases[i].id == NULL) {
      g_assert_null (article);
      g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
      g_assert_nonnull (strstr (error->message, cases[i].title));
      continue;
    }
    pn_assert_no_error (error);
    g_assert_cmpstr (article->external_id, ==, cases[i].id);
    g_assert_cmpstr (article->title, ==, cases[i].title);
    g_assert_cmpstr (article->body, ==, cases[i].body);
    g_assert_cmpuint (article->questions->len, ==, cases[i].questions);
  }
}

static void
assert_same (const PnArticle *left, const PnArticle *right)
{
  json_t *one = pn_article_write_json (left);
  json_t *other = pn_article_write_json (right);

  g_assert_true (json_equal (one, other));
  json_decref (one);
  json_decref (other);
}

static void
test_round_trip (void)
{
  static const char *const texts[] = {
    "",       "plain",          "- dash", "a: b",           "\"quoted\" 'twice'", "#no comment",
    "[x]",    "null",           "1",      "漢字 ü",         "back\\slash",        "---",
    "| pipe", "ends in colon:", "\t tab", "line\nline\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (PnArticle) article = pn_article_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (PnArticle) again = NULL;
    g_autofree char *text = NULL;

    g_free (article->external_id);
    article->external_id = g_strdup_printf ("a/%zu", i);
    g_free (article->title);
    article->title = g_strdup_printf ("T%s", texts[i]);
    g_free (article->body);
    article->body = g_strdup (texts[i]);
    g_free (article->category);
    article->category = g_strdup (texts[i]);
    article->state = PN_ARTICLE_REVIEW;
    article->is_internal = i % 2 == 0;
    article->owner = (g_free (article->owner), g_strdup (texts[i]));
    article->publish_at = 2000 * PN_DAY;
    article->review_at = 3000 * PN_DAY;
    article->created_at = 1000 * PN_DAY;
    g_ptr_array_add (article->questions, g_strdup (texts[i]));
    g_ptr_array_add (article->questions, g_strdup ("second"));
    g_assert_true (pn_article_check (article, &error));
    text = pn_front_matter_write (article);
    again = pn_front_matter_read (text, "x", &error);
    pn_assert_no_error (error);
    assert_same (article, again);
  }
}

static void
test_lines (void)
{
  static const struct {
    const char *text;
    guint count;
    const char *error; /* NULL: it is good */
  } cases[] = {
    { "", 0, NULL },
    { "{\"id\":\"a\",\"title\":\"T\"}\n\n{\"id\":\"b\",\"title\":\"T\",\"body\":\"\"}", 2, NULL },
    { "{\"id\":\"a\",\"title\":\"T\",\"questions\":[\"x\",\"y\"],\"rank\":1}\n", 1, NULL },
    { "{\"id\":\"a\",\"title\":\"T\"}\nnot json\n", 0, "line 2: " },
    { "{\"id\":\"a\",\"title\":\"T\"}\n{\"id\":\"a\",\"title\":\"T\"}\n", 0,
      "line 2: the id \"a\" stands at line 1" },
    { "\xef\xbb\xbf{\"id\":\"a\",\"title\":\"T\"}\r\n", 1, NULL },
    { "[]\n", 0, "line 1: not a JSON object" },
    { "[\n{\"id\":\"a\"}\n]\n", 0,
      "line 1: the JSON is not complete; each article stands on one line" },
    { "{\"id\":\"a\"} {\"id\":\"b\"}\n", 0, "line 1: something follows" },
    { "{\"id\":\"a\",\"title\":\"\\u0000\"}\n", 0, "line 1: a NUL character" },
    { "{\"id\":\"a\",\"title\":\" \"}\n", 0, "line 1: an article needs a title" },
    { "{\"title\":\"T\"}\n", 0, "line 1: \"id\" is missing" },
    { "{\"id\":\"\",\"title\":\"T\"}\n", 0, "line 1: an id has" },
    { "{\"id\":7,\"title\":\"T\"}\n", 0, "line 1: \"id\" is not a string" },
    { "{\"id\":\"a\",\"title\":\"T\",\"questions\":\"x\"}\n", 0, "line 1: \"questions\"" },
    { "{\"id\":\"a\",\"title\":\"T\",\"questions\":[1]}\n", 0, "line 1: question 1" },
    { "{\"id\":\"a\",\"title\":\"T\",\"language\":\"German!\"}\n", 0, "line 1: \"German!\"" },
    { "{\"id\":\"a\",\"title\":\"T\",\"state\":\"removed\"}\n", 0, "line 1: \"removed\"" },
    { "{\"id\":\"a\",\"title\":\"\xff\"}\n", 0, "line 1: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) articles =
        pn_import_read_lines (cases[i].text, strlen (cases[i].text), &error);

    if (cases[i].error != NULL) {
      g_assert_null (articles);
      g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
      g_assert_true (g_str_has_prefix (error->message, cases[i].error));
      continue;
    }
    pn_assert_no_error (error);
    g_assert_cmpuint (articles->len, ==, cases[i].count);
  }
}

/* A slip of the pen in "visibility" may not go unsaid. */
static void
test_unread (void)
{
  static const struct {
    const char *head;
    const char *line;
    const char *unread;
  } cases[] = {
    { "title: T\nvisibilty: internal", "\"title\":\"T\",\"visibilty\":\"internal\"", "visibilty" },
    { "title: T\nvisibility: internal", "\"title\":\"T\",\"visibility\":\"internal\"", NULL },
    { "title: T\nquestions: [a]\nreview: 2026-12-24", "\"title\":\"T\",\"review\":\"2026-12-24\"",
      NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *file = g_strdup_printf ("---\n%s\n---\nB", cases[i].head);
    g_autofree char *line = g_strdup_printf ("{\"id\":\"a\",%s}", cases[i].line);
    g_autoptr (PnArticle) article = pn_front_matter_read (file, "a", NULL);
    g_autoptr (GPtrArray) articles = pn_import_read_lines (line, strlen (line), NULL);
    g_autoptr (PnArticle) copy = NULL;

    g_assert_nonnull (article);
    g_assert_nonnull (articles);
    g_assert_cmpstr (article->unread, ==, cases[i].unread);
    copy = pn_article_copy (article);
    g_assert_cmpstr (copy->unread, ==, cases[i].unread);
    g_assert_true (copy->unread == NULL || copy->unread != article->unread);
    g_assert_cmpstr (((const PnArticle *) articles->pdata[0])->unread, ==, cases[i].unread);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/front-matter/read", test_read);
  g_test_add_func ("/front-matter/round-trip", test_round_trip);
  g_test_add_func ("/front-matter/json-lines", test_lines);
  g_test_add_func ("/front-matter/unread-keys", test_unread);
  return g_test_run ();
}
