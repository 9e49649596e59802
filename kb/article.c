#include "kb/article.h"

#include <string.h>

#include "kb/category.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define COLUMNS                                                                                    \
  "id, external_id, title, body, language, category_id, state, version, change_no, created_at,"    \
  " updated_at"

static const char touch_sql[] = "UPDATE kb_article SET change_no = ? WHERE id = ?";

static const char begin_sql[] = "UPDATE kb_change SET last = last + 1 WHERE id = 1";

static const char last_sql[] = "SELECT last, base FROM kb_change WHERE id = 1";

static const char find_sql[] = "SELECT " COLUMNS " FROM kb_article WHERE id = ?";

static const char external_sql[] = "SELECT " COLUMNS " FROM kb_article WHERE external_id = ?";

static const char changed_sql[] = "SELECT " COLUMNS " FROM kb_article"
                                  " WHERE change_no > ? OR (change_no = ? AND id > ?)"
                                  " ORDER BY change_no, id"
                                  " LIMIT ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM kb_article"
                               " WHERE state = ? AND id > ?"
                               " ORDER BY id"
                               " LIMIT ?";

static const char shelf_sql[] = "SELECT " COLUMNS " FROM kb_article"
                                " WHERE category_id = ? AND id > ? AND state = ?"
                                " ORDER BY id"
                                " LIMIT ?";

static const char heads_sql[] =
    "SELECT id, external_id, title, '', language, category_id, state, version, change_no,"
    " created_at, updated_at"
    " FROM kb_article"
    " WHERE category_id = ? AND state = ?"
    " ORDER BY id"
    " LIMIT ?";

static const char insert_sql[] =
    "INSERT INTO kb_article"
    " (external_id, title, body, language, category_id, state, version, change_no, created_at,"
    " updated_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE kb_article"
    " SET title = ?, body = ?, language = ?, category_id = ?, state = ?, version = version + 1,"
    " change_no = ?, created_at = ?, updated_at = ?"
    " WHERE id = ? AND version = ?";

static const char remove_sql[] = "UPDATE kb_article"
                                 " SET title = '', body = '', state = ?, version = version + 1,"
                                 " change_no = ?, updated_at = ?"
                                 " WHERE id = ? AND state <> ?";

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

static const char forget_sql[] = "DELETE FROM kb_question WHERE article_id = ?";

static const char ask_sql[] = "INSERT INTO kb_question (article_id, position, text)"
                              " VALUES (?, ?, ?)";

static const char *const state_names[] = {
  [PN_ARTICLE_DRAFT] = "draft",
  [PN_ARTICLE_PUBLISHED] = "published",
  [PN_ARTICLE_INTERNAL] = "internal",
  [PN_ARTICLE_REMOVED] = "removed",
};

PnArticle *
pn_article_new (void)
{
  PnArticle *article = g_new0 (PnArticle, 1);

  article->external_id = g_strdup ("");
  article->title = g_strdup ("");
  article->body = g_strdup ("");
  article->language = g_strdup ("");
  article->category = g_strdup ("");
  article->questions = g_ptr_array_new_with_free_func (g_free);
  article->state = PN_ARTICLE_PUBLISHED;
  return article;
}

void
pn_article_free (PnArticle *article)
{
  if (article == NULL)
    return;
  g_free (article->external_id);
  g_free (article->title);
  g_free (article->body);
  g_free (article->language);
  g_free (article->category);
  g_ptr_array_unref (article->questions);
  g_free (article);
}

const char *
pn_article_state_name (PnArticleState state)
{
  return state_names[state];
}

gboolean
pn_article_state_read (const char *word, PnArticleState *state, GError **error)
{
  for (guint i = 0; i < PN_ARTICLE_REMOVED; i++) {
    if (strcmp (word, state_names[i]) == 0) {
      *state = (PnArticleState) i;
      return TRUE;
    }
  }
  pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is no state: draft, published or internal",
                word);
  return FALSE;
}

/* Exports write whole seconds, and a round trip loses nothing. */
static PnTime
whole_seconds (PnTime time)
{
  return time - time % PN_SECOND;
}

static gboolean
is_language (const char *text)
{
  gsize length = strlen (text);

  if (length == 0)
    return TRUE;
  if (length > 16 || !g_ascii_isalpha (text[0]))
    return FALSE;
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_text (const char *name, const char *text, glong max_chars, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "the %s is not UTF-8", name);
    return FALSE;
  }
  if (g_utf8_strlen (text, -1) > max_chars) {
    pn_error_set (error, PN_ERROR_INVALID, "the %s has more than %ld characters", name, max_chars);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_sizes (const PnArticle *article, GError **error)
{
  if (*article->external_id == '\0' || strlen (article->external_id) > PN_ARTICLE_ID_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "an id has 1 to %d bytes, this one has %zu",
                  PN_ARTICLE_ID_MAX_BYTES, strlen (article->external_id));
    return FALSE;
  }
  if (strlen (article->body) > PN_ARTICLE_BODY_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the body has %zu bytes, more than %d",
                  strlen (article->body), PN_ARTICLE_BODY_MAX_BYTES);
    return FALSE;
  }
  if (article->questions->len > PN_ARTICLE_QUESTIONS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "an article has at most %d questions, this one has %u",
                  PN_ARTICLE_QUESTIONS_MAX, article->questions->len);
    return FALSE;
  }
  if (!is_language (article->language)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is no language tag", article->language);
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_article_check (PnArticle *article, GError **error)
{
  g_autofree char *title = NULL;

  if (!check_sizes (article, error)
      || !check_text ("id", article->external_id, PN_ARTICLE_ID_MAX_BYTES, error)
      || !check_text ("title", article->title, PN_ARTICLE_TITLE_MAX_CHARS, error)
      || !check_text ("body", article->body, PN_ARTICLE_BODY_MAX_BYTES, error)
      || !check_text ("category", article->category, PN_CATEGORY_NAME_MAX_CHARS, error))
    return FALSE;
  for (guint i = 0; i < article->questions->len; i++) {
    if (!check_text ("question", article->questions->pdata[i], PN_ARTICLE_QUESTION_MAX_CHARS,
                     error))
      return FALSE;
  }
  if (strpbrk (article->external_id, "\t\r\n ") != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "the id \"%.60s\" has a space in it",
                  article->external_id);
    return FALSE;
  }
  title = pn_text_clean_line (article->title, strlen (article->title));
  g_free (article->title);
  article->title = g_steal_pointer (&title);
  return TRUE;
}

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
  article->state = (PnArticleState) CLAMP (pn_rows_int (rows, 6), 0, PN_ARTICLE_REMOVED);
  article->version = pn_rows_int (rows, 7);
  article->change_no = pn_rows_int (rows, 8);
  article->created_at = pn_rows_int (rows, 9);
  article->updated_at = pn_rows_int (rows, 10);
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

gboolean
pn_article_begin_change (PnDb *db, gint64 *change_no, GError **error)
{
  g_return_val_if_fail (pn_db_in_transaction (db), FALSE);
  return pn_db_exec (db, begin_sql, PN_NO_ARGS, NULL, error)
         && pn_article_last_change (db, change_no, NULL, error);
}

gboolean
pn_article_touch (PnDb *db, gint64 id, gint64 change_no, GError **error)
{
  return pn_db_exec (db, touch_sql, PN_ARGS (pn_int (change_no), pn_int (id)), NULL, error);
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

GPtrArray *
pn_article_list_heads (PnDb *db, PnArticleState state, gint64 category_id, guint limit,
                       GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_free);
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  g_autoptr (PnRows) rows = pn_db_query (
      db, heads_sql, PN_ARGS (pn_int (category_id), pn_int (state), pn_int (limit)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows, categories));
  return g_steal_pointer (&list);
}

static gboolean
has_same_questions (const PnArticle *left, const PnArticle *right)
{
  if (left->questions->len != right->questions->len)
    return FALSE;
  for (guint i = 0; i < left->questions->len; i++) {
    if (strcmp (left->questions->pdata[i], right->questions->pdata[i]) != 0)
      return FALSE;
  }
  return TRUE;
}

/* Times that the writer did not say are no difference. */
static gboolean
is_same (const PnArticle *old, const PnArticle *new)
{
  return old->state == new->state &&strcmp (old->title, new->title) == 0
         && strcmp (old->body, new->body) == 0 && strcmp (old->language, new->language) == 0
         && strcmp (old->category, new->category) == 0 && has_same_questions (old, new)
         && (new->created_at == 0 || new->created_at == old->created_at)
         && (new->updated_at == 0 || new->updated_at == old->updated_at);
}

static gboolean
save_questions (PnDb *db, const PnArticle *article, GError **error)
{
  if (!pn_db_exec (db, forget_sql, PN_ARGS (pn_int (article->id)), NULL, error))
    return FALSE;
  for (guint i = 0; i < article->questions->len; i++) {
    if (!pn_db_exec (
            db, ask_sql,
            PN_ARGS (pn_int (article->id), pn_int (i), pn_text (article->questions->pdata[i])),
            NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
insert (PnDb *db, PnArticle *article, gint64 category_id, gint64 change_no, GError **error)
{
  PnTime now = whole_seconds (pn_clock_now ());

  article->created_at = article->created_at != 0 ? article->created_at : now;
  article->updated_at = article->updated_at != 0 ? article->updated_at : now;
  article->version = 1;
  return pn_db_insert (
      db, insert_sql,
      PN_ARGS (pn_text (article->external_id), pn_text (article->title), pn_text (article->body),
               pn_text (article->language), pn_int_or_null (category_id), pn_int (article->state),
               pn_int (change_no), pn_int (article->created_at), pn_int (article->updated_at)),
      &article->id, error);
}

static gboolean
update (PnDb *db, PnArticle *article, const PnArticle *old, gint64 category_id, gint64 change_no,
        GError **error)
{
  gint64 affected = 0;

  article->created_at = article->created_at != 0 ? article->created_at : old->created_at;
  article->updated_at =
      article->updated_at != 0 ? article->updated_at : whole_seconds (pn_clock_now ());
  article->id = old->id;
  article->version = old->version + 1;
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (article->title), pn_text (article->body),
                            pn_text (article->language), pn_int_or_null (category_id),
                            pn_int (article->state), pn_int (change_no),
                            pn_int (article->created_at), pn_int (article->updated_at),
                            pn_int (old->id), pn_int (old->version)),
                   &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_CONFLICT, "the article \"%s\" was changed meanwhile",
                  article->external_id);
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_article_save (PnDb *db, PnArticle *article, gint64 change_no, gint64 expected_version,
                 PnArticleOutcome *outcome, GError **error)
{
  g_autoptr (PnArticle) old = NULL;
  gint64 category_id;

  if (!pn_article_check (article, error)
      || !find (db, external_sql, pn_text (article->external_id), TRUE, &old, error))
    return FALSE;
  if (expected_version != 0 && (old == NULL || old->version != expected_version)) {
    pn_error_set (error, PN_ERROR_CONFLICT, "the article \"%s\" was changed meanwhile",
                  article->external_id);
    return FALSE;
  }
  if (old != NULL && is_same (old, article)) {
    article->id = old->id;
    article->version = old->version;
    article->change_no = old->change_no;
    *outcome = PN_ARTICLE_UNCHANGED;
    return TRUE;
  }
  if (!pn_category_need (db, article->category, &category_id, error)
      || !(old == NULL ? insert (db, article, category_id, change_no, error)
                       : update (db, article, old, category_id, change_no, error))
      || !save_questions (db, article, error))
    return FALSE;
  article->change_no = change_no;
  *outcome =
      old == NULL || old->state == PN_ARTICLE_REMOVED ? PN_ARTICLE_CREATED : PN_ARTICLE_UPDATED;
  return TRUE;
}

gboolean
pn_article_remove (PnDb *db, gint64 id, gint64 change_no, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, remove_sql,
                   PN_ARGS (pn_int (PN_ARTICLE_REMOVED), pn_int (change_no),
                            pn_int (whole_seconds (pn_clock_now ())), pn_int (id),
                            pn_int (PN_ARTICLE_REMOVED)),
                   &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no article %" G_GINT64_FORMAT, id);
    return FALSE;
  }
  return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (id)), NULL, error);
}
