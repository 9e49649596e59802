#include "kb/article_json.h"

#include "ticketing/core/error.h"

/* Replaces *@text by the string @key, where it is there. */
static gboolean
read_string (const json_t *document, const char *key, gboolean is_needed, char **text,
             GError **error)
{
  const json_t *value = json_object_get (document, key);

  if (value == NULL || json_is_null (value)) {
    if (is_needed)
      pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is missing", key);
    return !is_needed;
  }
  if (!json_is_string (value)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is not a string", key);
    return FALSE;
  }
  g_free (*text);
  *text = g_strdup (json_string_value (value));
  return TRUE;
}

static gboolean
read_questions (const json_t *document, GPtrArray *questions, GError **error)
{
  const json_t *list = json_object_get (document, "questions");
  const json_t *question;
  size_t i;

  if (list == NULL || json_is_null (list))
    return TRUE;
  if (!json_is_array (list)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"questions\" is not a list");
    return FALSE;
  }
  json_array_foreach (list, i, question)
  {
    if (!json_is_string (question)) {
      pn_error_set (error, PN_ERROR_INVALID, "question %zu is not a string", i + 1);
      return FALSE;
    }
    g_ptr_array_add (questions, g_strdup (json_string_value (question)));
  }
  return TRUE;
}

static gboolean
read_state (const json_t *document, PnArticleState *state, GError **error)
{
  g_autofree char *word = NULL;

  return read_string (document, "state", FALSE, &word, error)
         && (word == NULL || pn_article_state_read (word, state, error));
}

static gboolean
read_time (const json_t *document, const char *key, PnTime *time, GError **error)
{
  g_autofree char *text = NULL;

  return read_string (document, key, FALSE, &text, error)
         && (text == NULL || pn_clock_read (text, time, error));
}

PnArticle *
pn_article_read_json (const json_t *document, GError **error)
{
  g_autoptr (PnArticle) article = pn_article_new ();

  if (!json_is_object (document)) {
    pn_error_set (error, PN_ERROR_INVALID, "not a JSON object");
    return NULL;
  }
  if (!read_string (document, "id", TRUE, &article->external_id, error)
      || !read_string (document, "title", TRUE, &article->title, error)
      || !read_string (document, "body", FALSE, &article->body, error)
      || !read_string (document, "language", FALSE, &article->language, error)
      || !read_string (document, "category", FALSE, &article->category, error)
      || !read_questions (document, article->questions, error)
      || !read_state (document, &article->state, error)
      || !read_time (document, "created", &article->created_at, error)
      || !read_time (document, "updated", &article->updated_at, error)
      || !pn_article_check (article, error))
    return NULL;
  return g_steal_pointer (&article);
}

static void
write_time (json_t *document, const char *key, PnTime time)
{
  g_autofree char *text = pn_clock_write (time);

  if (text != NULL)
    json_object_set_new (document, key, json_string (text));
}

json_t *
pn_article_write_json (const PnArticle *article)
{
  json_t *document = json_object ();
  json_t *questions = json_array ();

  for (guint i = 0; i < article->questions->len; i++)
    json_array_append_new (questions, json_string (article->questions->pdata[i]));
  json_object_set_new (document, "id", json_string (article->external_id));
  json_object_set_new (document, "title", json_string (article->title));
  json_object_set_new (document, "body", json_string (article->body));
  json_object_set_new (document, "language", json_string (article->language));
  json_object_set_new (document, "category", json_string (article->category));
  json_object_set_new (document, "questions", questions);
  json_object_set_new (document, "state", json_string (pn_article_state_name (article->state)));
  write_time (document, "created", article->created_at);
  write_time (document, "updated", article->updated_at);
  return document;
}
