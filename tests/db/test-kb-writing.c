#include "kb/article_list.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kb/article_public.h"
#include "kb/category.h"
#include "kb/export.h"
#include "kb/image.h"
#include "kb/import.h"
#include "kb/link.h"
#include "kb/proposal.h"
#include "kb/publish.h"
#include "kb/version.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "tests/lib/testkb.h"
#include "ticketing/core/error.h"

static const char base[] =
    "{\"id\":\"pay\",\"title\":\"How do I pay?\",\"body\":\"By card.\",\"language\":\"en\","
    "\"category\":\"Money\",\"owner\":\"mary\",\"review\":\"2001-01-01T00:00:00Z\"}\n"
    "{\"id\":\"zahlen\",\"title\":\"Wie zahle ich?\",\"body\":\"Mit Karte.\",\"language\":\"de\","
    "\"category\":\"Money\",\"translation_of\":\"pay\",\"translated\":\"2001-01-01T00:00:00Z\"}\n"
    "{\"id\":\"secret\",\"title\":\"Pay above the limit\",\"language\":\"en\",\"category\":\"Money\","
    "\"visibility\":\"internal\"}\n"
    "{\"id\":\"later\",\"title\":\"Pay in gold\",\"language\":\"en\",\"state\":\"review\","
    "\"publish\":\"2001-01-02T00:00:00Z\"}\n"
    "{\"id\":\"old\",\"title\":\"Pay by cheque\",\"language\":\"en\",\"state\":\"archived\"}\n"
    "{\"id\":\"orphan\",\"title\":\"Porto\",\"language\":\"de\",\"category\":\"Money\","
    "\"translation_of\":\"later\"}\n";

typedef struct {
  PnArticle *article;
  gint64 expected;
} Save;

static PnDb *
start (void)
{
  PnDb *db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = NULL;

  if (db == NULL)
    return NULL;
  articles = pn_testkb_import (db, base);
  return db;
}

static PnArticle *
load (PnDb *db, const char *external_id)
{
  g_autoptr (GError) error = NULL;
  PnArticle *article = NULL;

  g_assert_true (pn_article_find_external (db, external_id, &article, &error));
  pn_assert_no_error (error);
  g_assert_nonnull (article);
  return article;
}

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  Save *save = data;
  PnArticleOutcome outcome;
  gint64 change_no;

  return pn_article_begin_change (db, &change_no, error)
         && pn_article_save (db, save->article, change_no, save->expected, &outcome, error);
}

static void
save (PnDb *db, PnArticle *article)
{
  g_autoptr (GError) error = NULL;
  Save job = { article, article->version };

  g_assert_true (pn_db_run (db, save_body, &job, &error));
  pn_assert_no_error (error);
}

static void
set (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

/* What a save replaces can be brought back, with who made it and why. */
static void
test_versions (void)
{
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (PnArticle) first = NULL;
  g_autoptr (PnArticle) none = NULL;
  g_autoptr (GPtrArray) list = NULL;
  PnTime text_at;

  if (db == NULL)
    return;
  article = load (db, "pay");
  text_at = article->updated_at;
  for (int i = 0; i < 3; i++) {
    g_autofree char *body = g_strdup_printf ("By card %d.", i);

    set (&article->body, body);
    set (&article->author, "john");
    set (&article->note, body);
    article->updated_at = 0;
    save (db, article);
    g_assert_cmpint (article->version, ==, i + 2);
    g_assert_cmpint (article->updated_at, >, text_at);
    text_at = article->updated_at;
  }
  article->updated_at = 0;
  set (&article->owner, "john");
  save (db, article);
  g_assert_cmpint (article->updated_at, ==, text_at); /* the text is as it was */
  list = pn_version_list (db, article->id, 0, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 4);
  g_assert_cmpint (((PnVersion *) list->pdata[0])->version, ==, 4);
  g_assert_cmpstr (((PnVersion *) list->pdata[1])->author, ==, "john");
  g_assert_cmpstr (((PnVersion *) list->pdata[3])->author, ==, "");
  first = pn_version_load (db, article->id, 1, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (first->body, ==, "By card.");
  g_assert_cmpstr (first->owner, ==, "mary");
  none = pn_version_load (db, article->id, 9, &error);
  g_assert_null (none);
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
}

static void
test_proposal (void)
{
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (PnProposal) proposal = NULL;
  g_autoptr (PnProposal) none = NULL;
  gint64 count;

  if (db == NULL)
    return;
  article = load (db, "pay");
  set (&article->title, "How can I pay?");
  set (&article->author, "john");
  g_assert_true (pn_proposal_put (db, article, article->version, &error));
  set (&article->note, "better");
  g_assert_true (pn_proposal_put (db, article, article->version, &error));
  g_assert_true (pn_proposal_find (db, article->id, &proposal, &error));
  pn_assert_no_error (error);
  g_assert_cmpstr (proposal->content->title, ==, "How can I pay?");
  g_assert_cmpstr (proposal->content->author, ==, "john");
  g_assert_cmpstr (proposal->content->note, ==, "better");
  g_assert_cmpint (proposal->base_version, ==, 1);
  g_assert_true (pn_proposal_count (db, &count, &error));
  g_assert_cmpint (count, ==, 1);
  g_assert_true (pn_proposal_forget (db, article->id, &error));
  g_assert_true (pn_proposal_find (db, article->id, &none, &error));
  g_assert_null (none);
}

/* Returns: (owned) the ids of what the filter lets through, "a b c". */
static char *
ask (PnDb *db, const PnArticleFilter *filter, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = pn_article_filter (db, filter, limit, &error);
  g_autoptr (GString) ids = g_string_new (NULL);

  pn_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            ((PnArticleRow *) rows->pdata[i])->external_id);
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static void
test_filter (void)
{
  static const struct {
    PnArticleFilter filter;
    const char *ids;
  } cases[] = {
    { { .state = -1, .is_oldest_first = TRUE }, "pay zahlen secret later orphan" },
    { { .state = -1 }, "orphan later secret zahlen pay" },
    { { .state = PN_ARTICLE_REVIEW }, "later" },
    { { .state = PN_ARTICLE_ARCHIVED }, "old" },
    { { .state = -1, .language = "de" }, "orphan zahlen" },
    { { .state = -1, .category = "" }, "later" },
    { { .state = -1, .category = "Money", .words = "pay LIMIT" }, "secret" },
    { { .state = -1, .words = "100%" }, "" },
    { { .state = -1, .words = "_" }, "" },
    { { .state = -1, .owner = "mary" }, "pay" },
    { { .state = -1, .mark = PN_ARTICLE_MARK_REVIEW_DUE }, "pay" },
    { { .state = -1, .mark = PN_ARTICLE_MARK_OUTDATED }, "zahlen" },
    { { .state = -1, .mark = PN_ARTICLE_MARK_SCHEDULED }, "later" },
    { { .state = -1, .mark = PN_ARTICLE_MARK_INTERNAL }, "secret" },
    { { .state = -1, .mark = PN_ARTICLE_MARK_PROPOSED }, "" },
  };
  g_autoptr (PnDb) db = start ();
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *behind = NULL;

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *ids = ask (db, &cases[i].filter, 100);

    g_test_message ("case %zu", i);
    g_assert_cmpstr (ids, ==, cases[i].ids);
  }
  article = load (db, "later");
  behind = ask (
      db, &(PnArticleFilter){ .state = -1, .after = article->updated_at, .after_id = article->id },
      2);
  g_assert_cmpstr (behind, ==, "secret zahlen");
}

static char *
titles (GPtrArray *heads)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < heads->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "",
                            ((PnArticleHead *) heads->pdata[i])->title);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Each public article once, in the reader's language where there is one; nothing else ever. */
static void
test_public (void)
{
  static const struct {
    const char *language;
    const char *titles;
  } cases[] = {
    { "en", "How do I pay?|Porto" },
    { "de", "Wie zahle ich?|Porto" },
    { "fr", "How do I pay?|Porto" },
  };
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (PnArticle) other = NULL;
  g_autoptr (GPtrArray) languages = NULL;
  g_autoptr (GPtrArray) newest = NULL;
  g_autoptr (GPtrArray) read = NULL;
  g_autofree char *most = NULL;
  gint64 category, readings;

  if (db == NULL)
    return;
  g_assert_true (pn_category_find (db, "Money", &category, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) shelf = pn_article_shelf (db, category, cases[i].language, 0, 10, &error);
    g_autofree char *shown = titles (shelf);

    g_assert_cmpstr (shown, ==, cases[i].titles);
  }
  article = load (db, "zahlen");
  languages = pn_article_languages (db, article, &error);
  g_assert_cmpuint (languages->len, ==, 2);
  newest = pn_article_newest (db, 10, &error);
  g_assert_cmpuint (newest->len, ==, 3);
  other = load (db, "secret");
  g_assert_true (pn_article_add_readings (db, other->id, 9, &error));
  g_clear_pointer (&other, pn_article_free);
  other = load (db, "orphan");
  g_assert_true (pn_article_add_readings (db, other->id, 2, &error));
  g_clear_pointer (&article, pn_article_free);
  article = load (db, "pay");
  g_assert_true (pn_article_add_readings (db, article->id, 3, &error));
  g_assert_true (pn_article_add_readings (db, article->id, 3, &error));
  pn_assert_no_error (error);
  read = pn_article_most_read (db, "de", 10, &error);
  most = titles (read);
  g_assert_cmpstr (most, ==, "Wie zahle ich?|Porto");
  g_assert_true (pn_article_readings (db, article->id, &readings, &error));
  g_assert_cmpint (readings, ==, 6);
}

/* In a letter every address leads somewhere, and to nothing that is not for everybody (TRUST.md row 56). */
static void
test_outside (void)
{
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *text = NULL;

  if (db == NULL)
    return;
  article = load (db, "zahlen");
  set (&article->body, "[a](/contact) [b](article:pay) [c](article:secret) [d](article:none) "
                       "![e](image:x.png) [f](https://x.example/)");
  text = pn_article_write_outside (db, article, "https://help.example", &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (text, ==,
                   "[a](https://help.example/contact) [b](https://help.example/kb/1) [c]() [d]() "
                   "![e](https://help.example/kb/images/x.png) [f](https://x.example/)");
}

static void
test_to_publish (void)
{
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = NULL;
  g_autoptr (GPtrArray) early = NULL;
  PnTime time;

  if (db == NULL)
    return;
  g_assert_true (pn_clock_read ("2001-01-01T23:59:59Z", &time, &error));
  early = pn_article_list_to_publish (db, time, 10, &error);
  g_assert_cmpuint (early->len, ==, 0);
  due = pn_article_list_to_publish (db, time + PN_SECOND, 10, &error);
  g_assert_cmpuint (due->len, ==, 1);
  g_assert_cmpstr (((PnArticle *) due->pdata[0])->external_id, ==, "later");
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_remove (file);
  }
  g_rmdir (path);
}

/* Pictures go out beside the articles and come in again in another base; one whose bytes are others is refused. */
static void
test_images (void)
{
  static const char picture[] = "\x89PNG\r\n\x1a\n dots";
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (picture, sizeof picture - 1);
  g_autoptr (PnImage) image = NULL;
  g_autofree char *folder = g_dir_make_tmp ("postern-kb-XXXXXX", NULL);
  g_autofree char *name = NULL;
  g_autofree char *images = g_build_filename (folder, PN_EXPORT_IMAGES, NULL);
  g_autofree char *path = NULL;
  guint count = 0;

  if (db == NULL)
    return;
  g_assert_true (pn_image_store (db, bytes, "dots.png", &name, &error));
  g_assert_true (pn_export_folder (db, folder, &count, &error));
  pn_assert_no_error (error);
  pn_db_close (g_steal_pointer (&db));
  db = pn_testdb_open ();
  g_assert_true (pn_import_images (db, folder, &count, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (pn_image_find (db, name, &image, &error));
  g_assert_nonnull (image);
  g_assert_false (image->is_public);
  path = g_build_filename (images, name, NULL);
  g_assert_true (g_file_set_contents (path, "GIF89a dots", -1, NULL));
  g_assert_false (pn_import_images (db, folder, &count, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  remove_folder (images);
  remove_folder (folder);
}

/* Of four pictures, only the one that neither an article, nor a kept version, nor a change that waits shows goes. */
static void
test_unused_images (void)
{
  static const char *const keep_sql[] = {
    "INSERT INTO kb_image_use (article_id, name) VALUES (1, ?)",
    "INSERT INTO kb_version (article_id, version, content, author, note, replaced_at)"
    " VALUES (1, 77, CONCAT('{\"body\":\"![a](image:', ?, ')\"}'), '', '', 1)",
    "INSERT INTO kb_proposal (article_id, base_version, content, author, note, made_at)"
    " VALUES (1, 1, CONCAT('{\"body\":\"![a](image:', ?, ')\"}'), '', '', 1)",
    NULL, /* nothing shows it */
  };
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  char *names[G_N_ELEMENTS (keep_sql)] = { 0 };
  guint done = 1;
  gboolean is_gone;

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (keep_sql); i++) {
    g_autofree char *picture = g_strdup_printf ("GIF89a %d", (int) i);
    g_autoptr (GBytes) bytes = g_bytes_new (picture, strlen (picture));

    g_assert_true (pn_image_store (db, bytes, "dots.gif", &names[i], &error));
    if (keep_sql[i] != NULL)
      pn_db_exec (db, keep_sql[i], PN_ARGS (pn_text (names[i])), NULL, &error);
    pn_assert_no_error (error);
  }
  g_assert_true (pn_image_sweep (db, &done, &is_gone, &error));
  g_assert_cmpuint (done, ==, 0); /* a text may be on its way to them */
  pn_clock_set_database_now (pn_clock_now () + PN_IMAGE_GRACE + PN_HOUR);
  for (done = 1; done > 0;)
    g_assert_true (pn_image_sweep (db, &done, &is_gone, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (keep_sql); i++) {
    g_autoptr (PnImage) image = NULL;

    g_assert_true (pn_image_find (db, names[i], &image, &error));
    g_assert_cmpint (image != NULL, ==, keep_sql[i] != NULL);
    g_clear_pointer (&names[i], g_free);
  }
}

/* A link is broken while its target is not there for the article's readers; no matter who changed. */
static void
test_links (void)
{
  static const char *const faults[] = { "",        "missing", "hidden",    "hidden",  "",
                                        "missing", "",        "malformed", "missing", "" };
  const PnArticleFilter broken = { .state = -1, .mark = PN_ARTICLE_MARK_BROKEN };
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (PnArticle) target = NULL;
  g_autoptr (GPtrArray) links = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  guint done = 0;

  if (db == NULL)
    return;
  article = load (db, "zahlen");
  set (&article->body, "[a](article:pay) [b](article:none) [c](article:secret) [d](article:later)"
                       " [e](/kb/1-any-words) [f](/kb/999) [g](https://x.example/a?b) [h](ftp://x)"
                       " ![i](image:0123456789abcdef0123456789abcdef.png) [j](#h-a)");
  links = pn_link_check (db, article, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (links->len, ==, G_N_ELEMENTS (faults));
  for (guint i = 0; i < links->len; i++) {
    const PnLink *link = links->pdata[i];

    g_test_message ("%s", link->address);
    g_assert_cmpstr (pn_link_fault_name (link->fault), ==, faults[i]);
  }
  set (&article->body, "[a](article:pay)");
  save (db, article);
  g_assert_true (pn_link_check_round (db, 100, &done, &error));
  g_assert_cmpuint (done, ==, 6);
  g_assert_true (pn_link_check_round (db, 100, &done, &error));
  g_assert_cmpuint (done, ==, 0);
  before = ask (db, &broken, 10);
  g_assert_cmpstr (before, ==, "");
  target = load (db, "pay");
  target->state = PN_ARTICLE_ARCHIVED;
  save (db, target);
  after = ask (db, &broken, 10);
  g_assert_cmpstr (after, ==, "zahlen");
}

/* What is due is published once, and what is not yet due stays. */
static void
test_publish (void)
{
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (PnArticle) future = NULL;
  g_autoptr (PnArticle) still = NULL;
  guint done = 0;

  if (db == NULL)
    return;
  future = load (db, "old");
  future->state = PN_ARTICLE_DRAFT;
  future->publish_at = pn_clock_now () + PN_DAY;
  save (db, future);
  g_assert_true (pn_kb_publish_round (db, 10, &done, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (done, ==, 1);
  g_assert_true (pn_kb_publish_round (db, 10, &done, &error));
  g_assert_cmpuint (done, ==, 0);
  article = load (db, "later");
  g_assert_cmpint (article->state, ==, PN_ARTICLE_PUBLISHED);
  g_assert_cmpint (article->publish_at, ==, 0);
  g_assert_cmpint (article->version, ==, 2);
  still = load (db, "old");
  g_assert_cmpint (still->state, ==, PN_ARTICLE_DRAFT);
}

static gboolean
note_reminder (PnDb *db, const PnArticle *article, gpointer data, GError **error)
{
  g_string_append_printf (data, "%s ", article->external_id);
  return TRUE;
}

static void
test_remind (void)
{
  g_autoptr (PnDb) db = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) told = g_string_new (NULL);
  guint done = 0;

  if (db == NULL)
    return;
  for (int i = 0; i < 2; i++) {
    g_assert_true (pn_kb_remind_round (db, 10, note_reminder, told, &done, &error));
    pn_assert_no_error (error);
    g_assert_cmpuint (done, ==, i == 0 ? 1 : 0);
  }
  g_assert_cmpstr (told->str, ==, "pay ");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-writing/versions", test_versions);
  g_test_add_func ("/kb-writing/proposal", test_proposal);
  g_test_add_func ("/kb-writing/filter", test_filter);
  g_test_add_func ("/kb-writing/public", test_public);
  g_test_add_func ("/kb-writing/outside", test_outside);
  g_test_add_func ("/kb-writing/to-publish", test_to_publish);
  g_test_add_func ("/kb-writing/images", test_images);
  g_test_add_func ("/kb-writing/unused-images", test_unused_images);
  g_test_add_func ("/kb-writing/links", test_links);
  g_test_add_func ("/kb-writing/publish", test_publish);
  g_test_add_func ("/kb-writing/remind", test_remind);
  return g_test_run ();
}
