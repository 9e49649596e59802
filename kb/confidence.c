#include "kb/confidence.h"

#include <math.h>

/* Fitted on the 22nd of November 2026 by logistic regression (Newton's method, ridge 0.5, each collection weighing the same)
 * over all questions of six collections, those out of scope too: aia-bde, covidqa-en, stackfaq and stackfaq-article for
 * "few" (bases with about one phrasing an article), banking77 and hint3-curekart for "many" (kb/learn has a model).
 * Fitted on one half, the error on the other half is 0.02 to 0.09. Logarithms, because a share that doubles tells as
 * much at either end; long questions count, because the same overlap of more words is better evidence. */
typedef enum {
  LOG_DICE,
  LOG_MARGIN,
  LOG_BM25,
  LOG_GRAM,
  UNKNOWN,
  COVERED,
  WORDS,
  CLASS,
  CLASS_MARGIN,
} Feature;

static const struct {
  double few, many;
} weights[PN_KB_FEATURES] = {
  [LOG_DICE] = { 0.680, 0.479 }, [LOG_MARGIN] = { 0.955, 0.416 }, [LOG_BM25] = { 2.099, -0.292 },
  [LOG_GRAM] = { 0.634, 1.700 }, [UNKNOWN] = { 3.377, -2.496 },   [COVERED] = { -1.727, 1.348 },
  [WORDS] = { 9.311, 3.900 },    [CLASS] = { 0, 2.723 },          [CLASS_MARGIN] = { 0, 0.736 },
};

static const double bias_few = 2.162;
static const double bias_many = -2.462;

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

static double
log_share (double share)
{
  return log (0.02 + MAX (share, 0));
}

void
pn_kb_confidence_features (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                           const PnRanked *second, double features[PN_KB_FEATURES])
{
  double covered, dice;

  overlap (index, bag, first->unit, &covered, &dice);
  features[LOG_DICE] = log_share (dice);
  features[LOG_MARGIN] =
      log_share (second != NULL ? (first->score - second->score) / (first->score + 1e-9) : 1);
  features[LOG_BM25] = log_share (first->bm25);
  features[LOG_GRAM] = log_share (first->gram);
  features[UNKNOWN] = bag->n_unknown / (bag->n_words + 1e-9);
  features[COVERED] = covered;
  features[WORDS] = MIN (log (1 + bag->n_words) / 5, 1);
  features[CLASS] = first->class;
  features[CLASS_MARGIN] = second != NULL ? first->class - second->class : first->class;
}

double
pn_kb_confidence (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                  const PnRanked *second)
{
  gboolean is_many = first->class > 0;
  double features[PN_KB_FEATURES];
  double sum = is_many ? bias_many : bias_few;

  pn_kb_confidence_features (index, bag, first, second, features);
  for (guint i = 0; i < PN_KB_FEATURES; i++)
    sum += (is_many ? weights[i].many : weights[i].few) * features[i];
  return 1 / (1 + exp (-sum));
}
