#include "kb/article.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kb/category.h"
#include "kb/export.h"
#include "kb/import.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

static const char base[] =
    "{\"id\":\"pay\",\"title\":\"How do I pay?\",\"body\":\"# Pay\\n\\nBy card.\\r\\n\","
    "\"language\":\"en\",\"category\":\"Money\",\"questions\":[\"Can I pay by card?\",\"Zahlung "
    "\\u00fcber PayPal\"]}\n"
    "{\"id\":\"where/is it\",\"title\":\"bad\"}\n";

static const char good[] =
    "{\"id\":\"pay\",\"title\":\"How do I pay?\",\"body\":\"# Pay\\n\\nBy card.\\r\\n\","
    "\"language\":\"en\",\"category\":\"Money\",\"questions\":[\"Can I pay by card?\",\"Zahlung "
    "\\u00fcber PayPal\"]}\n"
    "{\"id\":\"a/b\",\"title\":\"Slash\",\"body\":\"\"}\n"
    "{\"id\":\"a-b\",\"title\":\"Dash\",\"state\":\"draft\",\"category\":\"Money\"}\n"
    "{\"id\":\"in\",\"title\":\"Staff only\",\"state\":\"internal\",\"owner\":\"mary\","
    "\"review\":\"2027-01-01T00:00:00Z\",\"translation_of\":\"pay\","
    "\"translated\":\"2026-01-01T00:00:00Z\"}\n"
    "{\"id\":\"soon\",\"title\":\"Soon\",\"state\":\"review\",\"visibility\":\"internal\","
    "\"publish\":\"2027-01-02T09:00:00Z\"}\n"
    "{\"id\":\"past\",\"title\":\"Past\",\"state\":\"archived\","
    "\"published\":\"2020-01-02T09:00:00Z\"}\n";

static gboolean
import (PnDb *db, const char *text, PnImportCounts *counts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = pn_import_read_lines (text, strlen (text), &error);

  pn_assert_no_error (error);
  g_assert_true (pn_import_store (db, articles, counts, &error));
  pn_assert_no_error (error);
  return TRUE;
}

static char *export(PnDb *db)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream (&text, &size);

  g_assert_true (pn_export_lines (db, out, NULL, &error));
  pn_assert_no_error (error);
  fclose (out);
  return text;
}

static void
test_import (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  PnImportCounts counts;
  gint64 first, second;

  if (db == NULL)
    return;
  g_assert_null (pn_import_read_lines (base, strlen (base), &error));
  g_assert_true (g_str_has_prefix (error->message, "line 2: "));
  g_clear_error (&error);
  import (db, good, &counts);
  g_assert_cmpuint (counts.created, ==, 6);
  g_assert_true (pn_article_last_change (db, &first, NULL, &error));
  import (db, good, &counts);
  g_assert_cmpuint (counts.unchanged, ==, 6);
  import (db, "{\"id\":\"pay\",\"title\":\"Paying\"}", &counts);
  g_assert_cmpuint (counts.updated, ==, 1);
  g_assert_true (pn_article_last_change (db, &second, NULL, &error));
  g_assert_cmpint (second, >, first);
  pn_assert_no_error (error);
}

static void
test_nothing_half (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = NULL;
  g_autoptr (PnArticle) found = NULL;

  if (db == NULL)
    return;
  articles = pn_import_read_lines (good, strlen (good), &error);
  g_free (((PnArticle *) articles->pdata[3])->language);
  ((PnArticle *) articles->pdata[3])->language = g_strdup ("no language");
  g_assert_false (pn_import_store (db, articles, NULL, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_true (pn_article_find_external (db, "pay", &found, &error));
  pn_assert_no_error (error);
  g_assert_null (found);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_remove (file);
  }
  g_rmdir (path);
}

/* Both forms, out and in again: nothing changes. */
static void
test_round_trip (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = NULL;
  g_autofree char *folder = g_dir_make_tmp ("postern-kb-XXXXXX", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *other = NULL;
  PnImportCounts counts;
  guint count = 0;

  if (db == NULL)
    return;
  import (db, good, &counts);
  before = export(db);
  import (db, before, &counts);
  g_assert_cmpuint (counts.unchanged, ==, 6);
  g_assert_true (pn_export_folder (db, folder, &count, &error));
  g_assert_cmpuint (count, ==, 6);
  articles = pn_import_read (folder, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (articles->len, ==, 6);
  g_assert_true (pn_import_store (db, articles, &counts, &error));
  g_assert_cmpuint (counts.unchanged, ==, 6);
  after = export(db);
  g_assert_cmpstr (before, ==, after);
  pn_db_close (g_steal_pointer (&db));
  db = pn_testdb_open ();
  g_assert_true (pn_import_store (db, articles, &counts, &error));
  g_assert_cmpuint (counts.created, ==, 6);
  pn_assert_no_error (error);
  other = export(db);
  g_assert_cmpuint (strlen (other), ==, strlen (before));
  remove_folder (folder);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  gint64 change_no;

  return pn_article_begin_change (db, &change_no, error)
         && pn_article_remove (db, *(gint64 *) data, change_no, error);
}

static void
test_changes (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (PnArticle) gone = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GPtrArray) shelf = NULL;
  PnImportCounts counts;

  if (db == NULL)
    return;
  import (db, good, &counts);
  all = pn_article_list_changed (db, 0, 0, 3, &error);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpuint (((PnArticle *) all->pdata[0])->questions->len, ==, 2);
  article = g_ptr_array_steal_index (all, 2);
  g_clear_pointer (&all, g_ptr_array_unref);
  all = pn_article_list_changed (db, article->change_no, article->id, 3, &error);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_true (pn_db_run (db, remove_body, &article->id, &error));
  pn_assert_no_error (error);
  changed = pn_article_list_changed (db, article->change_no, G_MAXINT64, 10, &error);
  g_assert_cmpuint (changed->len, ==, 1);
  g_assert_cmpint (((PnArticle *) changed->pdata[0])->state, ==, PN_ARTICLE_REMOVED);
  g_assert_true (pn_article_find (db, article->id, &gone, &error));
  g_assert_null (gone);
  g_assert_false (pn_db_run (db, remove_body, &article->id, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  shelf = pn_article_list (db, PN_ARTICLE_PUBLISHED, "Money", 0, 10, &error);
  g_assert_cmpuint (shelf->len, ==, 1);
  import (db, good, &counts);
  g_assert_cmpuint (counts.created, ==, 1);
  g_assert_cmpuint (counts.unchanged, ==, 5);
}

typedef struct {
  PnArticle *article;
  gint64 expected;
} Save;

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
test_version (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  PnImportCounts counts;
  Save save = { .expected = 1 };

  if (db == NULL)
    return;
  import (db, good, &counts);
  g_assert_true (pn_article_find_external (db, "pay", &article, &error));
  save.article = article;
  g_free (article->title);
  article->title = g_strdup ("One\ntwo");
  article->updated_at = 0;
  g_assert_true (pn_db_run (db, save_body, &save, &error));
  pn_assert_no_error (error);
  g_assert_cmpstr (article->title, ==, "One two");
  g_assert_cmpint (article->version, ==, 2);
  g_free (article->title);
  article->title = g_strdup ("Late");
  g_assert_false (pn_db_run (db, save_body, &save, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
}

static void
test_keys (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  PnImportCounts counts;

  if (db == NULL)
    return;
  import (db, good, &counts);
  pn_testdb_assert_key (db, "EXPLAIN SELECT id FROM kb_article WHERE external_id = ?",
                        PN_ARGS (pn_text ("pay")), "kb_article_external");
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT id FROM kb_article"
                        " WHERE change_no > ? ORDER BY change_no, id LIMIT 10",
                        PN_ARGS (pn_int (5)), "kb_article_change");
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT id FROM kb_article"
                        " WHERE category_id = ? AND state = ? ORDER BY id LIMIT 8",
                        PN_ARGS (pn_int (1), pn_int (PN_ARTICLE_PUBLISHED)), "kb_article_category");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-article/import", test_import);
  g_test_add_func ("/kb-article/nothing-half", test_nothing_half);
  g_test_add_func ("/kb-article/round-trip", test_round_trip);
  g_test_add_func ("/kb-article/changes", test_changes);
  g_test_add_func ("/kb-article/version", test_version);
  g_test_add_func ("/kb-article/keys", test_keys);
  return g_test_run ();
}
