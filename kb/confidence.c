#include "kb/confidence.h"

#include <math.h>

typedef struct {
  const char *name;
  double weight;
} Weight;

static const Weight weights[PN_KB_FEATURES] = {
  { "bm25", 2 },       { "cosine", 2 }, { "gram", 1 },         { "margin", 4 },
  { "dice", 2 },       { "class", 3 },  { "vote", 0.5 },       { "unknown", -2 },
  { "has-class", -1 }, { "words", 0 },  { "class-margin", 0 }, { "covered", 0 },
};

static const double bias = -3.5;

/* The idf-weighted share of the question that stands in the phrasing, and of the phrasing that the question says. */
static void
overlap (const PnKbIndex *index, const PnBag *bag, guint number, double *covered, double *dice)
{
  const PnUnit *unit = pn_index_unit (index, number);
  double idf_unknown = log (1 + (index->n_phrasings + 0.5) / 0.5);
  double asked = bag->n_unknown * idf_unknown;
  double known = 0, both = 0;
  guint u = 0;

  for (guint i = 0; i < unit->n_counts; i++) {
    const PnTerm *term = pn_index_term (index, unit->counts[i].term);

    known += term->kind == PN_TERM_STEM ? term->idf : 0;
  }
  for (guint i = 0; i < bag->counts->len; i++) {
    const PnTermCount *count = &g_array_index (bag->counts, PnTermCount, i);
    const PnTerm *term = pn_index_term (index, count->term);

    if (term->kind != PN_TERM_STEM)
      continue;
    asked += term->idf;
    while (u < unit->n_counts && unit->counts[u].term < count->term)
      u++;
    if (u < unit->n_counts && unit->counts[u].term == count->term)
      both += term->idf;
  }
  *covered = both / (asked + 1e-9);
  *dice = 2 * both / (asked + known + 1e-9);
}

void
pn_kb_confidence_features (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                           const PnRanked *second, double features[PN_KB_FEATURES])
{
  double covered, dice;

  overlap (index, bag, first->unit, &covered, &dice);
  features[0] = first->bm25;
  features[1] = first->cosine;
  features[2] = first->gram;
  features[3] = second != NULL ? (first->score - second->score) / (first->score + 1e-9) : 1;
  features[4] = dice;
  features[5] = first->class;
  features[6] = first->vote;
  features[7] = bag->n_unknown / (bag->n_words + 1e-9);
  features[8] = first->class > 0 ? 1 : 0;
  features[9] = MIN (log (1 + bag->n_words) / 5, 1);
  features[10] = second != NULL ? first->class - second->class : first->class;
  features[11] = covered;
}

double
pn_kb_confidence (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                  const PnRanked *second)
{
  double features[PN_KB_FEATURES];
  double sum = bias;

  pn_kb_confidence_features (index, bag, first, second, features);
  for (guint i = 0; i < PN_KB_FEATURES; i++)
    sum += weights[i].weight * features[i];
  return 1 / (1 + exp (-sum));
}
