#include "kb/words.h"

#include <string.h>

#include "kb/stem.h"
#include "kb/stop_words.h"

#define GUESSED_MAX 200 /* words of a text that tell its language */
#define FOUND_MIN 2     /* small words that tell which of all it is */

static gboolean
is_dense (gunichar c)
{
  GUnicodeScript script;

  if (c < 0x0e00)
    return FALSE;
  script = g_unichar_get_script (c);
  return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA
         || script == G_UNICODE_SCRIPT_KATAKANA || script == G_UNICODE_SCRIPT_HANGUL
         || script == G_UNICODE_SCRIPT_THAI || script == G_UNICODE_SCRIPT_LAO
         || script == G_UNICODE_SCRIPT_KHMER || script == G_UNICODE_SCRIPT_MYANMAR;
}

static gboolean
is_letter (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

static gboolean
is_apostrophe (gunichar c)
{
  return c == '\'' || c == 0x2019 || c == 0x02bc;
}

static void
clear_word (gpointer data)
{
  g_free (((PnWord *) data)->word);
}

static void
add (GArray *words, const char *text, const char *from, const char *to)
{
  PnWord word = { .start = (guint) (from - text), .end = (guint) (to - text) };
  GString *letters = g_string_sized_new ((gsize) (to - from));

  for (const char *c = from; c < to; c = g_utf8_next_char (c)) {
    if (!is_apostrophe (g_utf8_get_char (c)))
      g_string_append_len (letters, c, g_utf8_next_char (c) - c);
    else if (to - c <= 4 && strchr ("sS", *g_utf8_next_char (c)) != NULL
             && g_utf8_next_char (c) + 1 == to)
      break;
  }
  word.word = g_string_free (letters, FALSE);
  g_array_append_val (words, word);
}

/* A run of a script without spaces, from @from to @to. */
static void
add_dense (GArray *words, const char *text, const char *from, const char *to)
{
  for (const char *c = from; c < to; c = g_utf8_next_char (c)) {
    const char *second = g_utf8_next_char (c);

    add (words, text, c, second);
    if (second < to)
      add (words, text, c, g_utf8_next_char (second));
  }
}

static const char *
end_of_dense (const char *c)
{
  while (*c != '\0' && is_dense (g_utf8_get_char (c)))
    c = g_utf8_next_char (c);
  return c;
}

/* Does an article or a pronoun that lost its vowel stand from @from to the apostrophe at @to ("l'été", "qu'il",
 * "dell'anno")? What follows begins with a vowel or a silent h, and is more than a letter. */
static gboolean
is_elision (const char *from, const char *to)
{
  static const char *const list[] = { "c",      "d",      "j",      "l",      "m",
                                      "n",      "s",      "t",      "qu",     "jusqu",
                                      "gl",     "un",     "all",    "coll",   "dall",
                                      "dell",   "nell",   "sull",   "quell",  "quest",
                                      "nessun", "lorsqu", "puisqu", "quoiqu", NULL };
  const char *next = g_utf8_next_char (to);
  g_autofree char *start = NULL;
  g_autofree char *first = NULL;

  if (*next == '\0' || !is_letter (g_utf8_get_char (g_utf8_next_char (next))))
    return FALSE;
  start = g_utf8_strdown (from, to - from);
  first = g_utf8_normalize (next, g_utf8_next_char (next) - next, G_NORMALIZE_ALL);
  return g_strv_contains (list, start) && first != NULL && *first != '\0'
         && strchr ("aeiouyhAEIOUYH", *first) != NULL;
}

static const char *
end_of_word (const char *c)
{
  const char *from = c;

  while (*c != '\0') {
    gunichar letter = g_utf8_get_char (c);
    const char *next = g_utf8_next_char (c);

    if (is_dense (letter) || (is_apostrophe (letter) && is_elision (from, c)))
      break;
    if (!is_letter (letter) && !(is_apostrophe (letter) && is_letter (g_utf8_get_char (next))))
      break;
    c = next;
  }
  return c;
}

gboolean
pn_words_is_elided (const char *text, guint end, guint start)
{
  return start > end && is_apostrophe (g_utf8_get_char (text + end))
         && g_utf8_next_char (text + end) == text + start;
}

GArray *
pn_words_split (const char *text)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (PnWord));
  const char *c = text;

  g_array_set_clear_func (words, clear_word);
  while (*c != '\0' && words->len < PN_WORDS_MAX) {
    gunichar letter = g_utf8_get_char (c);
    const char *end;

    if (is_dense (letter)) {
      end = end_of_dense (c);
      add_dense (words, text, c, end);
    } else if (is_letter (letter)) {
      end = end_of_word (c);
      if (end - c <= PN_WORD_MAX_BYTES)
        add (words, text, c, end);
    } else {
      end = g_utf8_next_char (c);
    }
    c = end;
  }
  return words;
}

gboolean
pn_words_is_stop (const char *folded, const char *language)
{
  return pn_stop_words_has (language, folded);
}

gboolean
pn_words_has_compounds (const char *language)
{
  static const char *const list[] = { "de", "nl", "sv", "da", "nb", "nn", "no", "fi", "hu", NULL };

  return g_strv_contains (list, language);
}

/* Returns: (owned) the first words of @text, folded. */
static GPtrArray *
fold_start (const char *text)
{
  g_autoptr (GArray) words = pn_words_split (text);
  GPtrArray *folded = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MIN (words->len, GUESSED_MAX); i++)
    g_ptr_array_add (folded, pn_stem_fold (g_array_index (words, PnWord, i).word));
  return folded;
}

static guint
count_stops (const GPtrArray *folded, const char *language)
{
  guint count = 0;

  for (guint i = 0; i < folded->len; i++)
    count += pn_words_is_stop (folded->pdata[i], language) ? 1 : 0;
  return count;
}

const char *
pn_words_guess_language (const char *text, const char *const *languages, const char *fallback)
{
  g_autoptr (GPtrArray) folded = NULL;
  const char *best = fallback;
  guint most = 0;

  if (*languages == NULL || languages[1] == NULL)
    return *languages != NULL ? *languages : fallback;
  folded = fold_start (text);
  for (; *languages != NULL; languages++) {
    guint count = count_stops (folded, *languages);

    if (count > most) {
      most = count;
      best = *languages;
    }
  }
  return best;
}

const char *
pn_words_find_language (const char *text)
{
  g_autoptr (GPtrArray) folded = fold_start (text);
  const char *best = "";
  guint most = FOUND_MIN - 1;

  for (const char *const *language = pn_stop_words_languages (); *language != NULL; language++) {
    guint count = count_stops (folded, *language);

    if (count > most) {
      most = count;
      best = *language;
    }
  }
  return best;
}
