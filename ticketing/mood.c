#include "ticketing/mood.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/rule_fact.h"

static const char load_sql[] = "SELECT kind, words FROM mood_words ORDER BY kind LIMIT ?";

static const char save_sql[] = "INSERT INTO mood_words (kind, words) VALUES (?, ?)"
                               " ON DUPLICATE KEY UPDATE words = VALUES(words)";

static const char *const names[PN_MOOD_COUNT] = {
  [PN_MOOD_NEGATIVE] = "negative",
  [PN_MOOD_NEUTRAL] = "neutral",
  [PN_MOOD_POSITIVE] = "positive",
};

PnMood *
pn_mood_new (void)
{
  PnMood *mood = g_new0 (PnMood, 1);

  for (guint i = 0; i < PN_MOOD_COUNT; i++)
    mood->words[i] = g_strdup ("");
  return mood;
}

void
pn_mood_free (PnMood *mood)
{
  if (mood == NULL)
    return;
  for (guint i = 0; i < PN_MOOD_COUNT; i++)
    g_free (mood->words[i]);
  g_free (mood);
}

const char *
pn_mood_name (PnMoodKind kind)
{
  return names[kind];
}

gboolean
pn_mood_has (const char *list, const char *word)
{
  const gsize size = strlen (word);

  for (const char *at = list; *at != '\0';) {
    const gsize length = strcspn (at, " ");
    const gboolean is_beginning = at[length - 1] == '*';
    const gsize compared = is_beginning ? length - 1 : length;

    if ((is_beginning ? size >= compared : size == compared) && strncmp (at, word, compared) == 0)
      return TRUE;
    at += length;
    at += strspn (at, " ");
  }
  return FALSE;
}

/* Returns: (owned) the word folded, its "*" kept; NULL when it is not one word. */
static char *
fold_word (const char *typed)
{
  const gsize size = strlen (typed);
  const gboolean is_beginning = typed[size - 1] == '*';
  g_autofree char *bare = g_strndup (typed, size - (is_beginning ? 1 : 0));
  g_autoptr (GPtrArray) words = NULL;

  if (size > PN_MOOD_WORD_BYTES || !g_utf8_validate (bare, -1, NULL))
    return NULL;
  words = pn_fact_words (bare, NULL, NULL, NULL);
  if (words->len != 1)
    return NULL;
  return g_strconcat (((const PnFactWord *) words->pdata[0])->folded, is_beginning ? "*" : "",
                      NULL);
}

gboolean
pn_mood_read (PnMood *mood, PnMoodKind kind, const char *text, GError **error)
{
  g_auto (GStrv) typed = g_strsplit_set (text, " ,;\t\r\n", -1);
  g_autoptr (GString) list = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; typed[i] != NULL; i++) {
    g_autofree char *word = *typed[i] != '\0' ? fold_word (typed[i]) : NULL;

    if (*typed[i] == '\0' || (word != NULL && pn_mood_has (list->str, word)))
      continue;
    if (word == NULL || ++count > PN_MOOD_WORDS_MAX) {
      pn_error_set (error, PN_ERROR_INVALID,
                    word == NULL ? "\"%s\" is not one word" : "\"%s\" is one word too many",
                    typed[i]);
      return FALSE;
    }
    g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", word);
  }
  g_free (mood->words[kind]);
  mood->words[kind] = g_string_free (g_steal_pointer (&list), FALSE);
  return TRUE;
}

json_t *
pn_mood_write (const PnMood *mood)
{
  json_t *document = json_object ();

  for (guint i = 0; i < PN_MOOD_COUNT; i++)
    pn_json_set (document, names[i], pn_json_text (mood->words[i]));
  return document;
}

gboolean
pn_mood_read_document (PnMood *mood, const json_t *document, GError **error)
{
  static const char *const known[] = { "negative", "neutral", "positive", NULL };

  if (!pn_json_check_keys (document, known, "list of mood words", error))
    return FALSE;
  for (guint i = 0; i < PN_MOOD_COUNT; i++) {
    const char *text = pn_json_get_text (document, names[i]);

    if (text != NULL) {
      if (!pn_mood_read (mood, (PnMoodKind) i, text, error))
        return FALSE;
    } else if (json_object_get (document, names[i]) != NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is a text of words with blanks between",
                    names[i]);
      return FALSE;
    }
  }
  return TRUE;
}

PnMood *
pn_mood_load (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (PN_MOOD_COUNT)), error);
  PnMood *mood;

  if (rows == NULL)
    return NULL;
  mood = pn_mood_new ();
  while (pn_rows_next (rows)) {
    const gint64 kind = CLAMP (pn_rows_int (rows, 0), 0, PN_MOOD_COUNT - 1);

    g_free (mood->words[kind]);
    mood->words[kind] = g_strdup (pn_rows_text (rows, 1));
  }
  return mood;
}

static gboolean
save (PnDb *db, gpointer data, GError **error)
{
  const PnMood *mood = data;

  for (guint i = 0; i < PN_MOOD_COUNT; i++) {
    if (!pn_db_exec (db, save_sql, PN_ARGS (pn_int (i), pn_text (mood->words[i])), NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_mood_save (PnDb *db, const PnMood *mood, GError **error)
{
  return pn_db_run (db, save, (gpointer) mood, error);
}
