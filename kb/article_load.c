#include "kb/article_private.h"

#include "kb/category.h"
#include "ticketing/core/error.h"

static const char last_sql[] = "SELECT last, base FROM kb_change WHERE id = 1";

static const char find_sql[] = "SELECT " PN_ARTICLE_COLUMNS " FROM kb_article a WHERE a.id = ?";

static const char external_sql[] =
    "SELECT " PN_ARTICLE_COLUMNS " FROM kb_article a WHERE a.external_id = ?";

static const char changed_sql[] = "SELECT " PN_ARTICLE_COLUMNS " FROM kb_article a"
                                  " WHERE a.change_no > ? OR (a.change_no = ? AND a.id > ?)"
                                  " ORDER BY a.change_no, a.id"
                                  " LIMIT ?";

static const char list_sql[] = "SELECT " PN_ARTICLE_COLUMNS " FROM kb_article a"
                               " WHERE a.state = ? AND a.id > ?"
                               " ORDER BY a.id"
                               " LIMIT ?";

static const char shelf_sql[] = "SELECT " PN_ARTICLE_COLUMNS " FROM kb_article a"
                                " WHERE a.category_id = ? AND a.id > ? AND a.state = ?"
                                " ORDER BY a.id"
                                " LIMIT ?";

static const char questions_sql[] = "SELECT text"
                                    " FROM kb_question"
                                    " WHERE article_id = ?"
                                    " ORDER BY position"
                                    " LIMIT ?";

static const char changed_questions_sql[] =
    "SELECT q.article_id, q.text"
    " FROM kb_article a JOIN kb_question q ON q.article_id = a.id"
    " WHERE (a.change_no > ? OR (a.change_no = ? AND a.id > ?))"
    " AND (a.change_no < ? OR (a.change_no = ? AND a.id <= ?))"
    " ORDER BY a.change_no, a.id, q.position";

static gboolean
load_questions (PnDb *db, PnArticle *article, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, questions_sql, PN_ARGS (pn_int (article->id), pn_int (PN_ARTICLE_QUESTIONS_MAX)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows))
    g_ptr_array_add (article->questions, g_strdup (pn_rows_text (rows, 0)));
  return TRUE;
}

static const char *
category_name (GPtrArray *categories, gint64 id)
{
  for (guint i = 0; i < categories->len; i++) {
    const PnCategory *category = categories->pdata[i];

    if (category->id == id)
      return category->name;
  }
  return "";
}

static PnArticle *
read_row (const PnRows *rows, GPtrArray *categories)
{
  PnArticle *article = g_new0 (PnArticle, 1);

  article->id = pn_rows_int (rows, 0);
  article->external_id = g_strdup (pn_rows_text (rows, 1));
  article->title = g_strdup (pn_rows_text (rows, 2));
  article->body = g_strdup (pn_rows_text (rows, 3));
  article->language = g_strdup (pn_rows_text (rows, 4));
  article->category = g_strdup (category_name (categories, pn_rows_int (rows, 5)));
  article->state = (PnArticleState) CLAMP (pn_rows_int (rows, 6), 0, PN_ARTICLE_ARCHIVED);
  article->version = pn_rows_int (rows, 7);
  article->change_no = pn_rows_int (rows, 8);
  article->created_at = pn_rows_int (rows, 9);
  article->updated_at = pn_rows_int (rows, 10);
  article->is_internal = pn_rows_int (rows, 11) != 0;
  article->owner = g_strdup (pn_rows_text (rows, 12));
  article->translation_of = g_strdup (pn_rows_text (rows, 13));
  article->translated_at = pn_rows_int (rows, 14);
  article->publish_at = pn_rows_int (rows, 15);
  article->published_at = pn_rows_int (rows, 16);
  article->review_at = pn_rows_int (rows, 17);
  article->author = g_strdup (pn_rows_text (rows, 18));
  article->note = g_strdup (pn_rows_text (rows, 19));
  article->questions = g_ptr_array_new_with_free_func (g_free);
  return article;
}

/* Returns: (owned) the rows as articles, without their questions. */
static GPtrArray *
read_heads (PnDb *db, PnRows *rows, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_free);
  g_autoptr (GPtrArray) categories = pn_category_list (db, error);

  if (categories == NULL)
    return NULL;
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows, categories));
  return g_steal_pointer (&list);
}

/* Returns: (owned) the rows as articles, whole. */
static GPtrArray *
read_all (PnDb *db, PnRows *rows, GError **error)
{
  g_autoptr (GPtrArray) list = read_heads (db, rows, error);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    if (!load_questions (db, list->pdata[i], error))
      return NULL;
  }
  return g_steal_pointer (&list);
}

static gboolean
find (PnDb *db, const char *sql, PnValue key, gboolean with_removed, PnArticle **article,
      GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_ARGS (key), error);
  g_autoptr (GPtrArray) list = rows != NULL ? read_all (db, rows, error) : NULL;

  if (list == NULL)
    return FALSE;
  *article = NULL;
  if (list->len > 0
      && (with_removed || ((PnArticle *) list->pdata[0])->state != PN_ARTICLE_REMOVED))
    *article = g_ptr_array_steal_index (list, 0);
  return TRUE;
}

gboolean
pn_article_find (PnDb *db, gint64 id, PnArticle **article, GError **error)
{
  return find (db, find_sql, pn_int (id), FALSE, article, error);
}

gboolean
pn_article_find_external (PnDb *db, const char *external_id, PnArticle **article, GError **error)
{
  return find (db, external_sql, pn_text (external_id), FALSE, article, error);
}

gboolean
pn_article_find_any (PnDb *db, const char *external_id, PnArticle **article, GError **error)
{
  return find (db, external_sql, pn_text (external_id), TRUE, article, error);
}

gboolean
pn_article_is_taken (PnDb *db, const char *external_id, gboolean *is_taken, GError **error)
{
  g_autoptr (PnArticle) article = NULL;

  if (!pn_article_find_any (db, external_id, &article, error))
    return FALSE;
  *is_taken = article != NULL;
  return TRUE;
}

gboolean
pn_article_last_change (PnDb *db, gint64 *last, char **base, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, last_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the table kb_change has lost its row");
    return FALSE;
  }
  *last = pn_rows_int (rows, 0);
  if (base != NULL)
    *base = g_strdup (pn_rows_text (rows, 1));
  return TRUE;
}

/* The questions of all in @list, which is in the order of changes, behind the change and article given. An article that
 * was changed between the two statements is not among the rows; it comes again with its new change. */
static gboolean
load_changed_questions (PnDb *db, GPtrArray *list, gint64 after_change, gint64 after_id,
                        GError **error)
{
  const PnArticle *last = list->pdata[list->len - 1];
  g_autoptr (PnRows) rows =
      pn_db_query (db, changed_questions_sql,
                   PN_ARGS (pn_int (after_change), pn_int (after_change), pn_int (after_id),
                            pn_int (last->change_no), pn_int (last->change_no), pn_int (last->id)),
                   error);
  guint at = 0;

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    while (at < list->len && ((PnArticle *) list->pdata[at])->id != pn_rows_int (rows, 0))
      at++;
    if (at < list->len)
      g_ptr_array_add (((PnArticle *) list->pdata[at])->questions,
                       g_strdup (pn_rows_text (rows, 1)));
  }
  return TRUE;
}

GPtrArray *
pn_article_list_changed (PnDb *db, gint64 after_change, gint64 after_id, guint limit,
                         GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, changed_sql,
      PN_ARGS (pn_int (after_change), pn_int (after_change), pn_int (after_id), pn_int (limit)),
      error);
  g_autoptr (GPtrArray) list = rows != NULL ? read_heads (db, rows, error) : NULL;

  if (list == NULL || list->len == 0)
    return g_steal_pointer (&list);
  if (!load_changed_questions (db, list, after_change, after_id, error))
    return NULL;
  return g_steal_pointer (&list);
}

GPtrArray *
pn_article_list (PnDb *db, PnArticleState state, const char *category, gint64 after_id, guint limit,
                 GError **error)
{
  g_autoptr (PnRows) rows = NULL;
  gint64 category_id;

  if (category == NULL) {
    rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (state), pn_int (after_id), pn_int (limit)),
                        error);
  } else {
    if (!pn_category_find (db, category, &category_id, error))
      return NULL;
    rows = pn_db_query (
        db, shelf_sql,
        PN_ARGS (pn_int (category_id), pn_int (after_id), pn_int (state), pn_int (limit)), error);
  }
  return rows != NULL ? read_all (db, rows, error) : NULL;
}
