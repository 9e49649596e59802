#include "kb/stem.h"

#include <libstemmer.h>
#include <string.h>

struct PnStemmer {
  struct sb_stemmer *snowball; /* NULL: none for this language */
  gboolean is_german;
};

/* Its name for a language where the two-letter code would choose a poorer one. */
static const struct {
  const char *code;
  const char *algorithm;
} algorithms[] = {
  { "de", "german" },
  { "nb", "norwegian" },
  { "nn", "norwegian" },
};

static struct sb_stemmer *
open_snowball (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++) {
    if (strcmp (algorithms[i].code, code) == 0)
      return sb_stemmer_new (algorithms[i].algorithm, NULL);
  }
  return strlen (code) == 2 || strlen (code) == 3 ? sb_stemmer_new (code, NULL) : NULL;
}

PnStemmer *
pn_stemmer_new (const char *language)
{
  PnStemmer *stemmer = g_new0 (PnStemmer, 1);
  g_autofree char *tag = g_ascii_strdown (language, -1);

  tag[strcspn (tag, "-_")] = '\0';
  stemmer->snowball = open_snowball (tag);
  stemmer->is_german = strcmp (tag, "de") == 0;
  return stemmer;
}

void
pn_stemmer_free (PnStemmer *stemmer)
{
  if (stemmer == NULL)
    return;
  if (stemmer->snowball != NULL)
    sb_stemmer_delete (stemmer->snowball);
  g_free (stemmer);
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++) {
    if ((guchar) *text >= 0x80)
      return FALSE;
  }
  return TRUE;
}

/* Letters that Unicode does not take apart, but keyboards without them do. */
static const char *
plain_of (gunichar letter)
{
  switch (letter) {
  case 0xe6: return "ae";
  case 0xf0: return "d";
  case 0xf8: return "o";
  case 0xfe: return "th";
  case 0x111: return "d";
  case 0x127: return "h";
  case 0x131: return "i";
  case 0x142: return "l";
  case 0x153: return "oe";
  default: return NULL;
  }
}

char *
pn_stem_fold (const char *text)
{
  g_autofree char *folded = NULL;
  g_autofree char *parts = NULL;
  GString *out;

  if (is_ascii (text))
    return g_ascii_strdown (text, -1);
  folded = g_utf8_casefold (text, -1);
  parts = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
  out = g_string_sized_new (strlen (text));
  for (const char *c = parts; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (plain_of (letter) != NULL)
      g_string_append (out, plain_of (letter));
    else if (!g_unichar_ismark (letter))
      g_string_append_unichar (out, letter);
  }
  return g_string_free (out, FALSE);
}

/* "ae", "oe" and "ue" are umlauts where keyboards or habits have none. Not after a vowel, where the "e" begins an ending or
 * a syllable ("neue", "Frauen"), nor in "que". Returns: (owned) */
static char *
write_umlauts (const char *lower)
{
  static const char letters[] = "aou";
  static const char *const umlauts[] = { "ä", "ö", "ü" };
  GString *out = g_string_sized_new (strlen (lower));

  for (const char *c = lower; *c != '\0'; c++) {
    const char *letter = c[1] == 'e' ? strchr (letters, *c) : NULL;

    if (letter != NULL && (c == lower || strchr ("aeiouq", c[-1]) == NULL)) {
      g_string_append (out, umlauts[letter - letters]);
      c++;
    } else {
      g_string_append_c (out, *c);
    }
  }
  return g_string_free (out, FALSE);
}

/* Returns: (owned) @word in lower case, as its language writes it. */
static char *
spell (const PnStemmer *stemmer, const char *word)
{
  g_autofree char *lower = is_ascii (word) ? g_ascii_strdown (word, -1) : g_utf8_strdown (word, -1);

  return stemmer->is_german ? write_umlauts (lower) : g_steal_pointer (&lower);
}

char *
pn_stemmer_fold (const PnStemmer *stemmer, const char *word)
{
  g_autofree char *lower = spell (stemmer, word);

  return pn_stem_fold (lower);
}

char *
pn_stemmer_stem (PnStemmer *stemmer, const char *word)
{
  g_autofree char *lower = spell (stemmer, word);
  const sb_symbol *stem;

  if (stemmer->snowball == NULL)
    return pn_stem_fold (lower);
  stem = sb_stemmer_stem (stemmer->snowball, (const sb_symbol *) lower, (int) strlen (lower));
  return pn_stem_fold (stem != NULL ? (const char *) stem : lower);
}
