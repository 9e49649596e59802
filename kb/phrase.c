#include "kb/phrase.h"

#include <string.h>

#include "kb/stem.h"
#include "kb/words.h"

static const struct {
  const char *open;
  const char *close;
} marks[] = {
  { "\"", "\"" }, { "„", "“" }, { "„", "”" }, { "“", "”" }, { "«", "»" }, { "»", "«" },
};

/* Returns: (owned) the folded words of @text. */
static GPtrArray *
fold (const char *text)
{
  g_autoptr (GArray) words = pn_words_split (text);
  GPtrArray *folded = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (folded, pn_stem_fold (g_array_index (words, PnWord, i).word));
  return folded;
}

/* A phrase that begins at @text. Returns: where its last mark ends; NULL: none begins here. */
static const char *
find_end (const char *text, const char **from, const char **to)
{
  const char *best = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++) {
    const char *close;

    if (!g_str_has_prefix (text, marks[i].open))
      continue;
    *from = text + strlen (marks[i].open);
    close = strstr (*from, marks[i].close);
    if (close == NULL || (best != NULL && close > *to))
      continue;
    *to = close;
    best = close + strlen (marks[i].close);
  }
  return best;
}

GPtrArray *
pn_phrase_read (const char *text)
{
  GPtrArray *phrases = g_ptr_array_new_with_free_func (g_free);

  while (*text != '\0' && phrases->len < PN_PHRASES_MAX) {
    const char *from = NULL, *to = NULL;
    const char *end = find_end (text, &from, &to);
    g_autofree char *phrase = end != NULL ? g_strndup (from, (gsize) (to - from)) : NULL;
    g_autoptr (GPtrArray) words = phrase != NULL ? fold (phrase) : NULL;

    if (words != NULL && words->len > 0)
      g_ptr_array_add (phrases, g_steal_pointer (&phrase));
    text = end != NULL ? end : g_utf8_next_char (text);
  }
  return phrases;
}

gboolean
pn_phrase_is_in (const char *phrase, const char *text)
{
  g_autoptr (GPtrArray) wanted = fold (phrase);
  g_autoptr (GPtrArray) words = fold (text);

  for (guint i = 0; i + wanted->len <= words->len; i++) {
    guint k = 0;

    while (k < wanted->len && strcmp (wanted->pdata[k], words->pdata[i + k]) == 0)
      k++;
    if (k == wanted->len)
      return TRUE;
  }
  return FALSE;
}
