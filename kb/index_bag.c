#include "kb/index.h"
#include "kb/words.h"

#define BEGUN_MAX 50

static int
by_term (gconstpointer left, gconstpointer right)
{
  guint32 a = ((const PnTermCount *) left)->term;
  guint32 b = ((const PnTermCount *) right)->term;

  return a < b ? -1 : a > b;
}

void
pn_bag_merge (PnBag *bag)
{
  GArray *counts = bag->counts;
  guint kept = 0;

  g_array_sort (counts, by_term);
  for (guint i = 0; i < counts->len; i++) {
    PnTermCount *here = &g_array_index (counts, PnTermCount, i);
    PnTermCount *last = kept > 0 ? &g_array_index (counts, PnTermCount, kept - 1) : NULL;

    if (last != NULL && last->term == here->term)
      last->count += here->count;
    else
      g_array_index (counts, PnTermCount, kept++) = *here;
  }
  g_array_set_size (counts, kept);
}

void
pn_bag_clear (PnBag *bag)
{
  g_clear_pointer (&bag->counts, g_array_unref);
  g_clear_pointer (&bag->phrases, g_ptr_array_unref);
}

void
pn_kb_index_add (const PnKbIndex *index, const char *text, const char *language, double weight,
                 PnBag *bag)
{
  PnBag more;

  pn_kb_index_read (index, text, language, &more);
  if (bag->counts == NULL)
    bag->counts = g_array_new (FALSE, FALSE, sizeof (PnTermCount));
  for (guint i = 0; i < more.counts->len; i++) {
    PnTermCount count = g_array_index (more.counts, PnTermCount, i);

    count.count *= (float) weight;
    g_array_append_val (bag->counts, count);
  }
  pn_bag_merge (bag);
  bag->n_words += weight * more.n_words;
  bag->n_unknown += weight * more.n_unknown;
  bag->n_common += weight * more.n_common;
  pn_bag_clear (&more);
}

void
pn_kb_index_add_begun (const PnKbIndex *index, const char *text, const char *language,
                       double weight, PnBag *bag)
{
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  g_autoptr (GArray) words = pn_words_split (text);
  const PnWord *last = words->len > 0 ? &g_array_index (words, PnWord, words->len - 1) : NULL;
  g_autofree char *folded = last != NULL ? pn_stemmer_fold (stemmer, last->word) : NULL;
  guint found = 0;

  if (folded == NULL || text[last->end] != '\0')
    return;
  for (guint32 t = 1; t < index->terms->len && found < BEGUN_MAX; t++) {
    const PnTerm *term = pn_index_term (index, t);
    PnTermCount count = { .term = t, .count = (float) weight };

    if (term->kind != PN_TERM_FORM || term->postings->len == 0
        || !g_str_has_prefix (term->text + 1, folded))
      continue;
    g_array_append_val (bag->counts, count);
    found++;
  }
  pn_bag_merge (bag);
  bag->n_unknown = found > 0 ? MAX (0, bag->n_unknown - 1) : bag->n_unknown;
}

/* A word or a pair that no article has is PN_TERM_NONE, which no unit has. */
void
pn_kb_index_add_phrase (const PnKbIndex *index, const char *phrase, const char *language,
                        PnBag *bag)
{
  g_autoptr (GArray) words = pn_words_split (phrase);
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  GArray *terms = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 before = PN_TERM_NONE;

  for (guint i = 0; i < words->len; i++) {
    const char *word = g_array_index (words, PnWord, i).word;
    g_autofree char *folded = pn_stemmer_fold (stemmer, word);
    g_autofree char *stem = pn_stemmer_stem (stemmer, word);
    guint32 form = pn_kb_index_find (index, PN_TERM_FORM, folded);
    guint32 here = pn_kb_index_find (index, PN_TERM_STEM, stem);
    char text[32];

    g_array_append_val (terms, form);
    g_snprintf (text, sizeof text, "%x %x", before, here);
    before = pn_kb_index_find (index, PN_TERM_PAIR, text);
    if (i > 0)
      g_array_append_val (terms, before);
    before = here;
  }
  if (bag->phrases == NULL)
    bag->phrases = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_ptr_array_add (bag->phrases, terms);
}
