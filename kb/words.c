#include "kb/words.h"

#include <string.h>

#include "kb/stem.h"
#include "kb/stop_words.h"

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

static const char *
end_of_word (const char *c)
{
  while (*c != '\0') {
    gunichar letter = g_utf8_get_char (c);
    const char *next = g_utf8_next_char (c);

    if (is_dense (letter))
      break;
    if (!is_letter (letter) && !(is_apostrophe (letter) && is_letter (g_utf8_get_char (next))))
      break;
    c = next;
  }
  return c;
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
  const char *const *list = pn_stop_words (language);

  return list != NULL && g_strv_contains (list, folded);
}

gboolean
pn_words_has_compounds (const char *language)
{
  static const char *const list[] = { "de", "nl", "sv", "da", "nb", "nn", "no", "fi", "hu", NULL };

  return g_strv_contains (list, language);
}

const char *
pn_words_guess_language (const char *text, const char *const *languages, const char *fallback)
{
  g_autoptr (GArray) words = pn_words_split (text);
  const char *best = fallback;
  guint most = 0;

  for (; *languages != NULL; languages++) {
    guint count = 0;

    for (guint i = 0; i < MIN (words->len, 200); i++) {
      g_autofree char *folded = pn_stem_fold (g_array_index (words, PnWord, i).word);

      count += pn_words_is_stop (folded, *languages) ? 1 : 0;
    }
    if (count > most) {
      most = count;
      best = *languages;
    }
  }
  return best;
}
