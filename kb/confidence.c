#include "kb/confidence.h"

#include <math.h>

/* Fitted on the 22nd of November 2026 by logistic regression (Newton's method, ridge 0.5, each collection weighing the same,
 * the two of stackfaq as one) over all questions of six collections, those out of scope too: aia-bde, covidqa-en, stackfaq
 * and stackfaq-article have about one phrasing an article ("few"), banking77 and hint3-curekart many. Both kinds share what
 * they can; "many" has terms of its own for what the model tells. Logarithms, because a share that doubles tells as much
 * at either end; long questions count, because the same overlap of more words is better evidence.
 *
 * Calibration error of each after pn_kb_confidence_settle (), fitted without it (fitted with it): aia-bde .08 (.07),
 * banking77 .06 (.07), covidqa-en .10 (.08), hint3-curekart .04 (.08), stackfaq .04 (.04), stackfaq-article .06 (.05); not
 * settled and fitted without it: .23, .04, .10, .13, .11, .13. */
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

static const PnKbWeights general = {
  .few = { 1.746,
           { [LOG_DICE] = 0.620,
             [LOG_MARGIN] = 1.002,
             [LOG_BM25] = 0.990,
             [LOG_GRAM] = 0.741,
             [UNKNOWN] = 0.134,
             [COVERED] = -0.937,
             [WORDS] = 7.404 } },
  .many = { -0.433,
            { [LOG_DICE] = 0.429,
              [LOG_MARGIN] = 0.340,
              [LOG_BM25] = 1.712,
              [LOG_GRAM] = 1.564,
              [UNKNOWN] = 0.134,
              [COVERED] = -0.937,
              [WORDS] = 7.404,
              [CLASS] = 1.912,
              [CLASS_MARGIN] = 1.183 } },
};

/* The share of right answers that the general weights come from, and how many questions it takes to outweigh it. */
#define USUAL_SHARE 0.638
#define USUAL_WEIGHT 400.0
#define ROUNDS 50

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

const PnKbWeights *
pn_kb_weights_general (void)
{
  return &general;
}

static json_t *
write_weighing (const PnKbWeighing *weighing)
{
  json_t *list = json_array ();

  json_array_append_new (list, json_real (weighing->bias));
  for (guint i = 0; i < PN_KB_FEATURES; i++)
    json_array_append_new (list, json_real (weighing->of[i]));
  return list;
}

json_t *
pn_kb_weights_write (const PnKbWeights *weights)
{
  return json_pack ("{s:o, s:o}", "few", write_weighing (&weights->few), "many",
                    write_weighing (&weights->many));
}

static gboolean
read_weighing (const json_t *list, PnKbWeighing *weighing)
{
  if (json_array_size (list) != PN_KB_FEATURES + 1)
    return FALSE;
  for (guint i = 0; i <= PN_KB_FEATURES; i++) {
    const json_t *value = json_array_get (list, i);

    if (!json_is_number (value))
      return FALSE;
    *(i == 0 ? &weighing->bias : &weighing->of[i - 1]) = json_number_value (value);
  }
  return TRUE;
}

gboolean
pn_kb_weights_read (const json_t *document, PnKbWeights *weights)
{
  PnKbWeights read;

  if (!read_weighing (json_object_get (document, "few"), &read.few)
      || !read_weighing (json_object_get (document, "many"), &read.many))
    return FALSE;
  *weights = read;
  return TRUE;
}

double
pn_kb_confidence_of (const PnKbWeighing *weighing, const double features[PN_KB_FEATURES])
{
  double sum = weighing->bias;

  for (guint i = 0; i < PN_KB_FEATURES; i++)
    sum += weighing->of[i] * features[i];
  return 1 / (1 + exp (-sum));
}

double
pn_kb_confidence (const PnKbWeights *weights, const PnKbIndex *index, const PnBag *bag,
                  const PnRanked *first, const PnRanked *second)
{
  double features[PN_KB_FEATURES];

  weights = weights != NULL ? weights : &general;
  pn_kb_confidence_features (index, bag, first, second, features);
  return pn_kb_confidence_of (first->class > 0 ? &weights->many : &weights->few, features);
}

/* What a confidence becomes where @share of the answers is right instead of USUAL_SHARE. */
static double
shift (double confidence, double share)
{
  double right = confidence * share / USUAL_SHARE;
  double wrong = (1 - confidence) * (1 - share) / (1 - USUAL_SHARE);

  return right / (right + wrong);
}

void
pn_kb_confidence_settle (double *confidences, gsize n)
{
  double share = USUAL_SHARE;

  for (guint round = 0; round < ROUNDS; round++) {
    double sum = USUAL_WEIGHT * USUAL_SHARE;
    double weight = USUAL_WEIGHT;

    for (gsize i = 0; i < n; i++) {
      if (isnan (confidences[i]))
        continue;
      sum += shift (confidences[i], share);
      weight++;
    }
    share = sum / weight;
  }
  for (gsize i = 0; i < n; i++)
    confidences[i] = shift (confidences[i], share); /* of NAN is NAN */
}
