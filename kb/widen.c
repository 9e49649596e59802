#include "kb/widen.h"

#include <math.h>
#include <string.h>

#include "kb/compound.h"
#include "kb/family.h"
#include "kb/thesaurus.h"
#include "kb/tuning.h"
#include "kb/words.h"

#define LETTERS 64
#define CORRECTED_MIN 5 /* letters of a word that is corrected */
#define TWO_STEPS_MIN 8 /* letters of one that may be two steps off */
#define CORRECTED_MAX 8 /* words of a text that are corrected: it bounds the time */
#define KINDRED_MIN 4   /* letters that a word has in common with its kin */
#define KINDRED_SHARE 6 /* tenths of its letters */
#define KINDRED_MAX 5
#define COMPOUNDS_MAX 10 /* that a word is looked for in */

/* A text that is widened. */
typedef struct {
  const PnKbIndex *index;
  PnStemmer *stemmer;
  const char *language;
  double weight;
  PnBag *bag;
  guint n_corrected;
  gboolean is_shouted; /* all in capitals, which tell nothing then */
} Widening;

static guint
to_letters (const char *text, gunichar letters[LETTERS])
{
  guint n = 0;

  for (; *text != '\0' && n < LETTERS; text = g_utf8_next_char (text))
    letters[n++] = g_utf8_get_char (text);
  return n;
}

/* The lines of the table of distances: the one before the last, the last, and this. */
static guint
distance_of (const gunichar *left, guint n_left, const gunichar *right, guint n_right, guint most)
{
  guint room[3][LETTERS + 1];
  guint *before = room[0], *last = room[1], *here = room[2];

  for (guint j = 0; j <= n_right; j++)
    last[j] = j;
  for (guint i = 1; i <= n_left; i++) {
    guint *kept = before;
    guint least = here[0] = i;

    for (guint j = 1; j <= n_right; j++) {
      here[j] = MIN (MIN (last[j], here[j - 1]) + 1, last[j - 1] + (left[i - 1] != right[j - 1]));
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        here[j] = MIN (here[j], before[j - 2] + 1);
      least = MIN (least, here[j]);
    }
    if (least > most)
      return most + 1;
    before = last;
    last = here;
    here = kept;
  }
  return MIN (last[n_right], most + 1);
}

guint
pn_kb_distance (const char *left, const char *right, guint most)
{
  gunichar a[LETTERS], b[LETTERS];
  guint n_a = to_letters (left, a);
  guint n_b = to_letters (right, b);

  return distance_of (a, n_a, b, n_b, most);
}

static void
add_term (const Widening *widening, guint32 term, double weight)
{
  PnTermCount count = { .term = term, .count = (float) (weight * widening->weight) };

  if (term != PN_TERM_NONE)
    g_array_append_val (widening->bag->counts, count);
}

/* Returns: the term of the stem of @form, a form of the index. */
static guint32
stem_of (const Widening *widening, const PnTerm *form)
{
  g_autofree char *stem = pn_stemmer_stem (widening->stemmer, form->text + 1);

  return pn_kb_index_find (widening->index, PN_TERM_STEM, stem);
}

/* The nearest form that is spelled much like @folded; among equals the one that more phrasings have. It begins with the
 * same letter: that one is hardly ever wrong. */
static const PnTerm *
find_spelling (const PnKbIndex *index, const char *folded, guint *steps)
{
  gunichar letters[LETTERS];
  guint n = to_letters (folded, letters);
  guint most = n >= TWO_STEPS_MIN ? 2 : 1;
  const PnTerm *best = NULL;

  *steps = most + 1;
  for (guint length = n - MIN (n - 1, most); length <= n + most; length++) {
    guint n_alike;
    const guint32 *alike = pn_forms_alike (index->orders, index, letters[0], length, &n_alike);

    for (guint i = 0; i < n_alike; i++) {
      const PnTerm *term = pn_index_term (index, alike[i]);
      gunichar others[LETTERS];
      guint distance;

      if (term->postings->len == 0)
        continue;
      distance =
          distance_of (letters, n, others, to_letters (term->text + 1, others), MIN (*steps, most));
      if (distance > most || distance > *steps
          || (distance == *steps && best != NULL && term->phrasings <= best->phrasings))
        continue;
      *steps = distance;
      best = term;
    }
  }
  return best;
}

static gboolean
add_spelling (Widening *widening, const char *folded)
{
  const PnTerm *form;
  double weight;
  guint steps;

  if (g_utf8_strlen (folded, -1) < CORRECTED_MIN || widening->n_corrected >= CORRECTED_MAX
      || pn_words_is_stop (folded, widening->language))
    return FALSE;
  widening->n_corrected++;
  form = find_spelling (widening->index, folded, &steps);
  if (form == NULL)
    return FALSE;
  weight = steps == 0 ? 1 : PN_TUNE_SPELLING;
  add_term (widening, stem_of (widening, form), weight);
  widening->bag->n_unknown = MAX (widening->bag->n_unknown - weight * widening->weight, 0);
  return TRUE;
}

/* Words of the base that begin as @folded does, for as long as a stem is: an ending, a prefix of another kind, a mistake
 * at the end ("absences" for "absenter"). */
static void
add_kindred (const Widening *widening, const char *folded)
{
  const glong length = g_utf8_strlen (folded, -1);
  const glong least = MAX (KINDRED_MIN, (length * KINDRED_SHARE + 9) / 10);
  guint32 found[KINDRED_MAX];
  g_autofree char *start = NULL;
  guint n;

  if (length < least)
    return;
  start = g_utf8_substring (folded, 0, least);
  n = pn_forms_begun (widening->index->orders, widening->index, start, found, KINDRED_MAX);
  for (guint i = 0; i < n; i++)
    add_term (widening, stem_of (widening, pn_index_term (widening->index, found[i])),
              PN_TUNE_KINDRED / sqrt (n));
}

/* A rare word for a common one, of the weight @most, counts no more than that. */
static void
add_limited (const Widening *widening, guint32 term, double weight, double most)
{
  double idf = term != PN_TERM_NONE ? pn_index_term (widening->index, term)->idf : 0;

  add_term (widening, term, weight * MIN (1, most / (idf + 1e-9)));
}

static double
weight_of (const Widening *widening, guint32 own)
{
  return own != PN_TERM_NONE ? pn_index_term (widening->index, own)->idf : INFINITY;
}

/* The words that an abbreviation is short for. */
static void
add_long_form (const Widening *widening, const char *entry, double weight)
{
  g_auto (GStrv) stems = g_strsplit (entry, "+", -1);

  for (char **stem = stems; *stem != NULL; stem++)
    add_term (widening, pn_kb_index_find (widening->index, PN_TERM_STEM, *stem),
              weight * PN_TUNE_LONG_FORM);
}

static void
add_meanings (const Widening *widening, const char *entry, guint32 own, double weight)
{
  const GPtrArray *others = pn_thesaurus_of (widening->language, entry);
  const double most = weight_of (widening, own);

  for (guint i = 0; others != NULL && i < others->len; i++) {
    const char *other = others->pdata[i];

    if (strchr (other, '+') != NULL)
      add_long_form (widening, other, weight);
    else
      add_limited (widening, pn_kb_index_find (widening->index, PN_TERM_STEM, other),
                   weight * PN_TUNE_MEANING, most);
  }
}

/* What the words from @at on are the long form of. */
static void
add_short_forms (const Widening *widening, const GPtrArray *stems, guint at)
{
  g_autoptr (GString) entry = g_string_new (stems->pdata[at]);

  for (guint i = at + 1; i < MIN (stems->len, at + PN_THESAURUS_WORDS_MAX); i++) {
    const GPtrArray *others;

    g_string_append_printf (entry, "+%s", (const char *) stems->pdata[i]);
    others = pn_thesaurus_of (widening->language, entry->str);
    for (guint k = 0; others != NULL && k < others->len; k++)
      add_term (widening, pn_kb_index_find (widening->index, PN_TERM_STEM, others->pdata[k]),
                PN_TUNE_LONG_FORM);
  }
}

/* Returns: are there any? */
static gboolean
add_family (const Widening *widening, const char *folded, guint32 own)
{
  guint32 found[PN_FAMILY_MAX];
  guint n_found = pn_family_of (widening->index, widening->language, folded, found);
  guint n = 0;

  for (guint i = 0; i < n_found; i++) {
    guint32 stem = stem_of (widening, pn_index_term (widening->index, found[i]));
    guint k = 0;

    while (k < n && found[k] != stem)
      k++;
    if (stem != PN_TERM_NONE && stem != own && k == n
        && !pn_index_term (widening->index, stem)->is_stop)
      found[n++] = stem;
  }
  for (guint i = 0; i < n; i++)
    add_limited (widening, found[i], PN_TUNE_FAMILY / sqrt (n), weight_of (widening, own));
  return n > 0;
}

static void
add_compounds (const Widening *widening, const char *folded, double weight)
{
  guint32 found[COMPOUNDS_MAX];
  guint n = pn_forms_compounds (widening->index->orders, widening->index, folded,
                                PN_COMPOUND_PART_MIN, found, COMPOUNDS_MAX);

  for (guint i = 0; i < n; i++)
    add_term (widening, stem_of (widening, pn_index_term (widening->index, found[i])),
              weight * PN_TUNE_COMPOUND / sqrt (n));
}

/* A part of a compound: itself, what it means, and the base's compounds that have it. */
static gboolean
add_part (const Widening *widening, const char *part, double weight)
{
  g_autofree char *stem = pn_stemmer_stem (widening->stemmer, part);
  guint32 own = pn_kb_index_find (widening->index, PN_TERM_STEM, stem);

  add_term (widening, own, weight);
  add_meanings (widening, stem, own, weight);
  add_compounds (widening, part, weight);
  return own != PN_TERM_NONE;
}

/* Returns: how much of the word its parts tell, 0..1. */
static double
add_parts (const Widening *widening, const char *folded, guint32 own)
{
  const double weight = own != PN_TERM_NONE ? PN_TUNE_COMPOUND : PN_TUNE_PART;
  char *parts[PN_COMPOUND_PARTS_MAX];
  guint n =
      pn_compound_split (widening->index, widening->stemmer, widening->language, folded, parts);
  guint n_known = 0;

  for (guint i = 0; i < n; i++) {
    n_known += add_part (widening, parts[i], weight) ? 1 : 0;
    g_free (parts[i]);
  }
  return n > 0 ? (double) n_known / MAX (n, 2) : 0;
}

static void
tell (Widening *widening, double weight)
{
  widening->bag->n_unknown = MAX (widening->bag->n_unknown - weight * widening->weight, 0);
}

/* What is written in capitals may be an abbreviation that is another word in small letters. */
static void
add_same (const Widening *widening, const char *word, const char *stem, guint32 own)
{
  if (!widening->is_shouted && g_ascii_isupper (word[0]) && g_ascii_isupper (word[1])
      && pn_thesaurus_of (widening->language, word) != NULL)
    add_meanings (widening, word, PN_TERM_NONE, 1);
  else
    add_meanings (widening, stem, own, 1);
}

static void
widen_word (Widening *widening, const char *word, const char *stem)
{
  g_autofree char *folded = pn_stemmer_fold (widening->stemmer, word);
  guint32 own = pn_kb_index_find (widening->index, PN_TERM_STEM, stem);
  gboolean is_stop = pn_words_is_stop (folded, widening->language);
  gboolean is_compounding = pn_words_has_compounds (widening->language) && !is_stop;
  gboolean has_family;
  double told = 0;

  add_same (widening, word, stem, own);
  if (is_compounding && strlen (folded) > PN_COMPOUND_PART_MIN)
    add_compounds (widening, folded, 1);
  if (is_compounding && strlen (folded) >= 2 * PN_COMPOUND_PART_MIN)
    told = add_parts (widening, folded, own);
  has_family = !is_stop && add_family (widening, folded, own);
  if (own != PN_TERM_NONE)
    return;
  if (has_family || told > 0)
    tell (widening, MAX (has_family ? PN_TUNE_FAMILY : 0, PN_TUNE_PART * told));
  else if (!add_spelling (widening, folded))
    add_kindred (widening, folded);
}

static gboolean
has_small_letters (const char *text)
{
  while (*text != '\0' && !g_unichar_islower (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return *text != '\0';
}

void
pn_kb_widen (const PnKbIndex *index, const char *text, const char *language, double weight,
             PnBag *bag)
{
  g_autoptr (GArray) words = pn_words_split (text);
  g_autoptr (GPtrArray) stems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  Widening widening = { index, stemmer, language, weight, bag, 0, FALSE };

  widening.is_shouted = words->len > 1 && !has_small_letters (text);
  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (stems, pn_stemmer_stem (stemmer, g_array_index (words, PnWord, i).word));
  for (guint i = 0; i < words->len; i++) {
    widen_word (&widening, g_array_index (words, PnWord, i).word, stems->pdata[i]);
    add_short_forms (&widening, stems, i);
  }
  pn_bag_merge (bag);
}
