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
read_state (const json_t *document, PnArticle *article, GError **error)
{
  g_autofree char *state = NULL;
  g_autofree char *visibility = NULL;

  if (!read_string (document, "visibility", FALSE, &visibility, error)
      || (visibility != NULL && !pn_article_set_visibility (article, visibility, error)))
    return FALSE;
  return read_string (document, "state", FALSE, &state, error)
         && (state == NULL || pn_article_set_state (article, state, error));
}

static gboolean
read_time (const json_t *document, const char *key, PnTime *time, GError **error)
{
  g_autofree char *text = NULL;

  return read_string (document, key, FALSE, &text, error)
         && (text == NULL || pn_clock_read (text, time, error));
}

static gboolean
read_times (const json_t *document, PnArticle *article, GError **error)
{
  return read_time (document, "created", &article->created_at, error)
         && read_time (document, "updated", &article->updated_at, error)
         && read_time (document, "translated", &article->translated_at, error)
         && read_time (document, "publish", &article->publish_at, error)
         && read_time (document, "published", &article->published_at, error)
         && read_time (document, "review", &article->review_at, error);
}

/* Keeps the first key that stands for nothing: a slip in "visibility" would show an article to everybody. */
static void
note_unread (json_t *document, PnArticle *article)
{
  static const char *const known[] = {
    "id",         "title",          "body",       "language", "category", "questions",
    "owner",      "translation_of", "visibility", "state",    "created",  "updated",
    "translated", "publish",        "published",  "review",   NULL,
  };
  const char *key;
  json_t *value;

  json_object_foreach (document, key, value)
  {
    if (!g_strv_contains (known, key)) {
      g_free (article->unread);
      article->unread = g_strdup (key);
      return;
    }
  }
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
      || !read_string (document, "owner", FALSE, &article->owner, error)
      || !read_string (document, "translation_of", FALSE, &article->translation_of, error)
      || !read_state (document, article, error) || !read_times (document, article, error)
      || !pn_article_check (article, error))
    return NULL;
  if (*article->title == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "an article needs a title");
    return NULL;
  }
  note_unread ((json_t *) document, article);
  return g_steal_pointer (&article);
}

static void
write_time (json_t *document, const char *key, PnTime time)
{
  g_autofree char *text = pn_clock_write (time);

  if (text != NULL)
    json_object_set_new (document, key, json_string (text));
}

/* What most articles do not have is left out. */
static void
write_rest (json_t *document, const PnArticle *article)
{
  if (*article->owner != '\0')
    json_object_set_new (document, "owner", json_string (article->owner));
  if (*article->translation_of != '\0')
    json_object_set_new (document, "translation_of", json_string (article->translation_of));
  write_time (document, "translated", article->translated_at);
  write_time (document, "publish", article->publish_at);
  write_time (document, "published", article->published_at);
  write_time (document, "review", article->review_at);
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
  json_object_set_new (document, "visibility", json_string (pn_article_visibility_name (article)));
  write_time (document, "created", article->created_at);
  write_time (document, "updated", article->updated_at);
  write_rest (document, article);
  return document;
}
