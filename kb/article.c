#include "kb/article.h"

#include <string.h>

#include "kb/article_private.h"
#include "kb/category.h"
#include "kb/image.h"
#include "kb/proposal.h"
#include "kb/version.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

static const char touch_category_sql[] =
    "UPDATE kb_article SET change_no = ? WHERE category_id = ?";

static const char touch_sql[] = "UPDATE kb_article SET change_no = ? WHERE id = ?";

static const char begin_sql[] = "UPDATE kb_change SET last = last + 1 WHERE id = 1";

static const char insert_sql[] =
    "INSERT INTO kb_article"
    " (external_id, title, body, language, category_id, state, version, change_no, created_at,"
    " updated_at, is_internal, owner, translation_of, translated_at, publish_at, published_at,"
    " review_at, author, note)"
    " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE kb_article"
    " SET title = ?, body = ?, language = ?, category_id = ?, state = ?, version = version + 1,"
    " change_no = ?, created_at = ?, updated_at = ?, is_internal = ?, owner = ?,"
    " translation_of = ?, translated_at = ?, publish_at = ?, published_at = ?, review_at = ?,"
    " author = ?, note = ?, is_checked = 0"
    " WHERE id = ? AND version = ?";

static const char remove_sql[] =
    "UPDATE kb_article"
    " SET title = '', body = '', owner = '', author = '', note = '', translation_of = '',"
    " publish_at = NULL, review_at = NULL, state = ?, version = version + 1, change_no = ?,"
    " updated_at = ?, is_checked = 0"
    " WHERE id = ? AND state <> ?";

static const char forget_sql[] = "DELETE FROM kb_question WHERE article_id = ?";

static const char ask_sql[] = "INSERT INTO kb_question (article_id, position, text)"
                              " VALUES (?, ?, ?)";

static const char *const state_names[] = {
  [PN_ARTICLE_DRAFT] = "draft",       [PN_ARTICLE_PUBLISHED] = "published",
  [PN_ARTICLE_REVIEW] = "review",     [PN_ARTICLE_REMOVED] = "removed",
  [PN_ARTICLE_ARCHIVED] = "archived",
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
  article->owner = g_strdup ("");
  article->translation_of = g_strdup ("");
  article->author = g_strdup ("");
  article->note = g_strdup ("");
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
  g_free (article->owner);
  g_free (article->translation_of);
  g_free (article->author);
  g_free (article->note);
  g_free (article->unread);
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
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++) {
    if (i != PN_ARTICLE_REMOVED && strcmp (word, state_names[i]) == 0) {
      *state = (PnArticleState) i;
      return TRUE;
    }
  }
  pn_error_set (error, PN_ERROR_INVALID,
                "\"%.40s\" is no state: draft, review, published or archived", word);
  return FALSE;
}

gboolean
pn_article_set_state (PnArticle *article, const char *word, GError **error)
{
  gboolean is_internal = strcmp (word, "internal") == 0;

  if (!pn_article_state_read (is_internal ? "published" : word, &article->state, error))
    return FALSE;
  article->is_internal = article->is_internal || is_internal;
  return TRUE;
}

const char *
pn_article_visibility_name (const PnArticle *article)
{
  return article->is_internal ? "internal" : "public";
}

gboolean
pn_article_set_visibility (PnArticle *article, const char *word, GError **error)
{
  if (strcmp (word, "public") != 0 && strcmp (word, "internal") != 0) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is no visibility: public or internal", word);
    return FALSE;
  }
  article->is_internal = strcmp (word, "internal") == 0;
  return TRUE;
}

PnTime
pn_article_shown_at (const PnArticle *article)
{
  return MAX (article->updated_at, article->published_at);
}

gboolean
pn_article_is_public (const PnArticle *article)
{
  return article->state == PN_ARTICLE_PUBLISHED && !article->is_internal;
}

PnArticle *
pn_article_copy (const PnArticle *article)
{
  PnArticle *copy = g_new0 (PnArticle, 1);

  *copy = *article;
  copy->external_id = g_strdup (article->external_id);
  copy->title = g_strdup (article->title);
  copy->body = g_strdup (article->body);
  copy->language = g_strdup (article->language);
  copy->category = g_strdup (article->category);
  copy->owner = g_strdup (article->owner);
  copy->translation_of = g_strdup (article->translation_of);
  copy->author = g_strdup (article->author);
  copy->note = g_strdup (article->note);
  copy->unread = g_strdup (article->unread);
  copy->questions = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < article->questions->len; i++)
    g_ptr_array_add (copy->questions, g_strdup (article->questions->pdata[i]));
  return copy;
}

/* Exports write whole seconds, and a round trip loses nothing. */
static PnTime
whole_seconds (PnTime time)
{
  return time - time % PN_SECOND;
}

gboolean
pn_article_is_language (const char *text)
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
  if (!pn_article_is_language (article->language)) {
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
      || !check_text ("category", article->category, PN_CATEGORY_NAME_MAX_CHARS, error)
      || !check_text ("owner", article->owner, PN_ARTICLE_LOGIN_MAX_CHARS, error)
      || !check_text ("author", article->author, PN_ARTICLE_LOGIN_MAX_CHARS, error)
      || !check_text ("note", article->note, PN_ARTICLE_NOTE_MAX_CHARS, error)
      || !check_text ("id of the original", article->translation_of, PN_ARTICLE_ID_MAX_BYTES,
                      error))
    return FALSE;
  if (strcmp (article->translation_of, article->external_id) == 0) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" can't be a translation of itself",
                  article->external_id);
    return FALSE;
  }
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

gboolean
pn_article_begin_change (PnDb *db, gint64 *change_no, GError **error)
{
  g_return_val_if_fail (pn_db_in_transaction (db), FALSE);
  return pn_db_exec (db, begin_sql, PN_NO_ARGS, NULL, error)
         && pn_article_last_change (db, change_no, NULL, error);
}

gboolean
pn_article_touch_category (PnDb *db, gint64 category_id, gint64 change_no, GError **error)
{
  return pn_db_exec (db, touch_category_sql, PN_ARGS (pn_int (change_no), pn_int (category_id)),
                     NULL, error);
}

gboolean
pn_article_touch (PnDb *db, gint64 id, gint64 change_no, GError **error)
{
  return pn_db_exec (db, touch_sql, PN_ARGS (pn_int (change_no), pn_int (id)), NULL, error);
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

static gboolean
has_same_content (const PnArticle *left, const PnArticle *right)
{
  return left->is_internal == right->is_internal && strcmp (left->title, right->title) == 0
         && strcmp (left->body, right->body) == 0 && strcmp (left->language, right->language) == 0
         && strcmp (left->category, right->category) == 0
         && strcmp (left->translation_of, right->translation_of) == 0
         && has_same_questions (left, right);
}

/* Times that the writer did not say are no difference. */
static gboolean
is_same (const PnArticle *old, const PnArticle *new)
{
  return old->state == new->state &&has_same_content (old, new)
         && strcmp (old->owner, new->owner) == 0 && old->translated_at == new->translated_at
         && old->publish_at == new->publish_at && old->review_at == new->review_at
         && (new->published_at == 0 || new->published_at == old->published_at)
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

/* A published article needs no time to publish itself, and knows since when it is. */
static void
settle_publication (PnArticle *article, PnTime now)
{
  if (article->state != PN_ARTICLE_PUBLISHED)
    return;
  article->publish_at = 0;
  if (article->published_at == 0)
    article->published_at = now;
}

static gboolean
insert (PnDb *db, PnArticle *article, gint64 category_id, gint64 change_no, GError **error)
{
  PnTime now = whole_seconds (pn_clock_now ());

  article->created_at = article->created_at != 0 ? article->created_at : now;
  article->updated_at = article->updated_at != 0 ? article->updated_at : now;
  article->version = 1;
  settle_publication (article, article->updated_at);
  return pn_db_insert (
      db, insert_sql,
      PN_ARGS (pn_text (article->external_id), pn_text (article->title), pn_text (article->body),
               pn_text (article->language), pn_int_or_null (category_id), pn_int (article->state),
               pn_int (change_no), pn_int (article->created_at), pn_int (article->updated_at),
               pn_int (article->is_internal), pn_text (article->owner),
               pn_text (article->translation_of), pn_int_or_null (article->translated_at),
               pn_int_or_null (article->publish_at), pn_int_or_null (article->published_at),
               pn_int_or_null (article->review_at), pn_text (article->author),
               pn_text (article->note)),
      &article->id, error);
}

/* Whoever compares two times of an article sees that its text was changed in between. */
static PnTime
time_of_text (const PnArticle *old, const PnArticle *new)
{
  if (new->updated_at != 0)
    return new->updated_at;
  if (strcmp (old->title, new->title) == 0 && strcmp (old->body, new->body) == 0)
    return old->updated_at;
  return MAX (whole_seconds (pn_clock_now ()), old->updated_at + PN_SECOND);
}

static void
settle_times (PnArticle *article, const PnArticle *old)
{
  if (article->created_at == 0)
    article->created_at = old->created_at;
  article->updated_at = time_of_text (old, article);
  if (article->published_at == 0)
    article->published_at = old->published_at;
  settle_publication (article, whole_seconds (pn_clock_now ()));
}

static gboolean
update (PnDb *db, PnArticle *article, const PnArticle *old, gint64 category_id, gint64 change_no,
        GError **error)
{
  gint64 affected = 0;

  settle_times (article, old);
  article->id = old->id;
  article->version = old->version + 1;
  if (!pn_db_exec (
          db, update_sql,
          PN_ARGS (pn_text (article->title), pn_text (article->body), pn_text (article->language),
                   pn_int_or_null (category_id), pn_int (article->state), pn_int (change_no),
                   pn_int (article->created_at), pn_int (article->updated_at),
                   pn_int (article->is_internal), pn_text (article->owner),
                   pn_text (article->translation_of), pn_int_or_null (article->translated_at),
                   pn_int_or_null (article->publish_at), pn_int_or_null (article->published_at),
                   pn_int_or_null (article->review_at), pn_text (article->author),
                   pn_text (article->note), pn_int (old->id), pn_int (old->version)),
          &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_CONFLICT, "the article \"%s\" was changed meanwhile",
                  article->external_id);
    return FALSE;
  }
  return old->state == PN_ARTICLE_REMOVED || pn_version_keep (db, old, error);
}

static gboolean
save_images (PnDb *db, const PnArticle *article, const PnArticle *old, GError **error)
{
  if (strstr (article->body, "image:") == NULL
      && (old == NULL || strstr (old->body, "image:") == NULL))
    return TRUE;
  return pn_image_set_uses (db, article->id, article->body, error);
}

gboolean
pn_article_save (PnDb *db, PnArticle *article, gint64 change_no, gint64 expected_version,
                 PnArticleOutcome *outcome, GError **error)
{
  g_autoptr (PnArticle) old = NULL;
  gint64 category_id;

  if (!pn_article_check (article, error)
      || !pn_article_find_any (db, article->external_id, &old, error))
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
      || !save_questions (db, article, error) || !save_images (db, article, old, error))
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
  return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_version_forget (db, id, error) && pn_proposal_forget (db, id, error)
         && pn_image_set_uses (db, id, "", error);
}
