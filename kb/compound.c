#include "kb/compound.h"

#include <string.h>

#include "kb/common_words.h"
#include "kb/thesaurus.h"
#include "kb/words.h"

#define ALONE_MIN 5 /* letters of a part beside which the rest is no word */

/* The longest first: "Rechnungs|kopie", not "Rechnung|skopie". */
static const char *const joints[] = { "es", "en", "er", "s", "n", "e", "" };

typedef struct {
  const PnKbIndex *index;
  PnStemmer *stemmer;
  const char *language;
} Splitting;

static gboolean
is_living (const PnKbIndex *index, PnTermKind kind, const char *text)
{
  guint32 term = pn_kb_index_find (index, kind, text);

  return term != PN_TERM_NONE && pn_index_term (index, term)->postings->len > 0;
}

static gboolean
is_word (const Splitting *splitting, const char *part)
{
  g_autofree char *stem = NULL;

  if (strlen (part) < PN_COMPOUND_PART_MIN || pn_words_is_stop (part, splitting->language))
    return FALSE;
  if (is_living (splitting->index, PN_TERM_FORM, part))
    return TRUE;
  stem = pn_stemmer_stem (splitting->stemmer, part);
  return strlen (stem) + 1 >= PN_COMPOUND_PART_MIN
         && (is_living (splitting->index, PN_TERM_STEM, stem)
             || pn_thesaurus_of (splitting->language, stem) != NULL
             || pn_common_words_has (splitting->language, stem));
}

/* Returns: (owned) @start without the joint at its end, where what is left is a word; NULL. */
static char *
find_first (const Splitting *splitting, const char *start)
{
  for (gsize j = 0; j < G_N_ELEMENTS (joints); j++) {
    g_autofree char *part = NULL;

    if (!g_str_has_suffix (start, joints[j]))
      continue;
    part = g_strndup (start, strlen (start) - strlen (joints[j]));
    if (is_word (splitting, part))
      return g_steal_pointer (&part);
  }
  return NULL;
}

/* Returns: where the longest part at the end of @text begins, in front of which something is left; NULL. */
static const char *
find_last (const Splitting *splitting, const char *text)
{
  const char *end = text + strlen (text);

  for (const char *at = text + 3; at + PN_COMPOUND_PART_MIN <= end; at++) {
    if (((guchar) *at & 0xc0) != 0x80 && is_word (splitting, at))
      return at;
  }
  return NULL;
}

guint
pn_compound_split (const PnKbIndex *index, PnStemmer *stemmer, const char *language,
                   const char *folded, char *parts[PN_COMPOUND_PARTS_MAX])
{
  const Splitting splitting = { index, stemmer, language };
  g_autofree char *rest = g_strdup (folded);
  guint n = 0;

  memset (parts, 0, PN_COMPOUND_PARTS_MAX * sizeof *parts);
  while (n < PN_COMPOUND_PARTS_MAX) {
    const char *last = NULL;
    char *first = n > 0 ? find_first (&splitting, rest) : NULL;

    if (first != NULL) {
      parts[n++] = first;
      return n;
    }
    last = find_last (&splitting, rest);
    if (last == NULL)
      break;
    parts[n++] = g_strdup (last);
    rest[last - rest] = '\0';
  }
  if (n == 1 && strlen (parts[0]) < ALONE_MIN)
    g_clear_pointer (&parts[--n], g_free);
  return n;
}
