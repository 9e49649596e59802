#include "tests/corpora/collection.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

char *
pn_collection_path (const char *set, const char *file)
{
  static const char *const folders[] = { NULL, "../shared/corpora", "../../shared/corpora" };
  const char *top = g_getenv ("TOP_SRCDIR") != NULL ? g_getenv ("TOP_SRCDIR") : ".";

  if (strchr (set, '/') != NULL) {
    char *path = g_path_is_absolute (set) ? g_build_filename (set, file, NULL)
                                          : g_build_filename (top, set, file, NULL);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      g_clear_pointer (&path, g_free);
    return path;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    const char *folder = i == 0 ? g_getenv ("CORPORA") : folders[i];
    g_autofree char *path =
        folder == NULL ? NULL
                       : g_build_filename (i == 0 ? "/" : top, folder, "faq", set, file, NULL);

    if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* Returns: (owned) the lines; none where there is no such file. */
static char **
load_lines (const char *set, const char *file)
{
  g_autofree char *path = pn_collection_path (set, file);
  g_autofree char *text = NULL;

  if (path != NULL)
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_strsplit (text != NULL ? text : "", "\n", -1);
}

/* "article#3" is a question of the article "article". */
static void
take_article (PnCollection *collection, const char *line)
{
  json_t *document = json_loads (line, 0, NULL);
  const char *id, *question, *answer, *language;
  g_autofree char *name = NULL;
  PnArticle *article;

  if (*line == '\0')
    return;
  g_assert_cmpint (json_unpack (document, "{s:s,s:s,s:s,s:s}", "id", &id, "question", &question,
                                "answer", &answer, "lang", &language),
                   ==, 0);
  name = g_strndup (id, strcspn (id, "#"));
  article = g_hash_table_lookup (collection->by_name, name);
  if (article != NULL) {
    g_ptr_array_add (article->questions, g_strdup (question));
  } else {
    article = pn_article_new ();
    g_free (article->external_id);
    article->external_id = g_steal_pointer (&name);
    g_free (article->title);
    article->title = g_strdup (question);
    g_free (article->body);
    article->body = g_strdup (answer);
    g_free (article->language);
    article->language = g_strdup (language);
    g_ptr_array_add (collection->articles, article);
    article->id = collection->articles->len;
    g_hash_table_insert (collection->by_name, article->external_id, article);
  }
  json_decref (document);
}

static void
take_right (GHashTable *right, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 4);
  GHashTable *names;

  if (g_strv_length (parts) < 4 || atoi (parts[3]) < 1)
    return;
  names = g_hash_table_lookup (right, parts[0]);
  if (names == NULL) {
    names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (right, g_strdup (parts[0]), names);
  }
  g_hash_table_add (names, g_strdup (parts[2]));
}

static void
take_questions (PnCollection *collection, const char *set, const char *file, GHashTable *right)
{
  g_auto (GStrv) lines = load_lines (set, file);

  for (gsize i = 0; lines[i] != NULL; i++) {
    char *tab = strchr (lines[i], '\t');
    PnAsked asked;
    GHashTable *names;

    if (tab == NULL)
      continue;
    *tab = '\0';
    names = g_hash_table_lookup (right, lines[i]);
    asked = (PnAsked){ .qid = g_strdup (lines[i]), .text = g_strdup (tab + 1) };
    asked.right = names != NULL ? g_hash_table_ref (names) : NULL;
    g_array_append_val (collection->questions, asked);
  }
}

static void
clear_asked (gpointer data)
{
  PnAsked *asked = data;

  g_free (asked->qid);
  g_free (asked->text);
  g_clear_pointer (&asked->right, g_hash_table_unref);
}

static int
by_chance (gconstpointer left, gconstpointer right)
{
  g_autofree char *a =
      g_compute_checksum_for_string (G_CHECKSUM_MD5, ((const PnAsked *) left)->qid, -1);
  g_autofree char *b =
      g_compute_checksum_for_string (G_CHECKSUM_MD5, ((const PnAsked *) right)->qid, -1);

  return strcmp (a, b);
}

static void
free_article (gpointer data)
{
  pn_article_free (data);
}

PnCollection *
pn_collection_load (const char *set)
{
  PnCollection *collection = g_new0 (PnCollection, 1);
  g_auto (GStrv) articles = load_lines (set, "corpus.jsonl");
  g_auto (GStrv) rights = load_lines (set, "qrels.txt");
  g_autoptr (GHashTable) right =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);

  collection->articles = g_ptr_array_new_with_free_func (free_article);
  collection->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  collection->questions = g_array_new (FALSE, FALSE, sizeof (PnAsked));
  g_array_set_clear_func (collection->questions, clear_asked);
  for (gsize i = 0; articles[i] != NULL; i++)
    take_article (collection, articles[i]);
  for (gsize i = 0; rights[i] != NULL; i++)
    take_right (right, rights[i]);
  take_questions (collection, set, "queries.tsv", right);
  take_questions (collection, set, "queries-oos.tsv", right);
  g_array_sort (collection->questions, by_chance);
  return collection;
}

void
pn_collection_free (PnCollection *collection)
{
  if (collection == NULL)
    return;
  g_hash_table_unref (collection->by_name);
  g_ptr_array_unref (collection->articles);
  g_array_unref (collection->questions);
  g_free (collection);
}

gboolean
pn_asked_has_answer (const PnAsked *asked, GHashTable *names)
{
  GHashTableIter iter;
  gpointer name;

  if (asked->right == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, asked->right);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (g_hash_table_contains (names, name))
      return TRUE;
  }
  return FALSE;
}

guint
pn_collection_draw (guint32 *seed, guint n)
{
  *seed = *seed * 1664525 + 1013904223;
  return (guint) (((guint64) *seed * n) >> 32);
}

PnKbIndex *
pn_collection_cut (const PnCollection *collection, guint32 *seed, guint n, guint phrasings,
                   GHashTable *names)
{
  PnKbIndex *index = pn_kb_index_new ();

  while (g_hash_table_size (names) < n) {
    const PnArticle *article =
        collection->articles->pdata[pn_collection_draw (seed, collection->articles->len)];
    g_autoptr (PnArticle) copy = NULL;

    if (!g_hash_table_add (names, article->external_id))
      continue;
    copy = pn_article_copy (article);
    copy->id = article->id;
    g_ptr_array_set_size (copy->questions, (gint) MIN (copy->questions->len, phrasings));
    pn_kb_index_put (index, copy);
  }
  pn_kb_index_seal (index);
  return index;
}
