#include "kb/confidence.h"

#include <math.h>

/* Fitted on the 22nd of November 2026 by logistic regression (Newton's method, ridge 0.5, each collection weighing the same,
 * the two of stackfaq as one) over all questions of six collections, those out of scope too: aia-bde, covidqa-en, stackfaq
 * and stackfaq-article have about one phrasing an article ("few"), banking77 and hint3-curekart many. Both kinds share what
 * they can; "many" has terms of its own for what the model tells. Logarithms, because a share that doubles tells as much
 * at either end; long questions count, because the same overlap of more words is better evidence. Of all that was tried,
 * how many telling words were found travels best from one collection to another; how many were not found does not.
 *
 * Calibration error of each after pn_kb_confidence_settle (), fitted without it (what chance alone gives): aia-bde .05
 * (.02), banking77 .05 (.01), covidqa-en .07 (.06), hint3-curekart .06 (.03), stackfaq .05 (.03), stackfaq-article .04
 * (.03); not settled .09 on the mean. */
typedef enum {
  LOG_DICE,
  LOG_MARGIN,
  LOG_BM25,
  LOG_COSINE,
  LOG_GRAM,
  WORDS, /* of the question */
  FOUND, /* of its telling words */
  PAIRS, /* neighbours that are neighbours in the article */
  CLASS,
  CLASS_MARGIN,
} Feature;

static const PnKbWeights general = {
  .few = { 0.186,
           { [LOG_DICE] = 1.048,
             [LOG_MARGIN] = 1.115,
             [LOG_COSINE] = -0.380,
             [LOG_GRAM] = 0.464,
             [WORDS] = 4.257,
             [FOUND] = 2.596,
             [PAIRS] = 0.300 } },
  .many = { -1.872,
            { [LOG_DICE] = 0.120,
              [LOG_MARGIN] = 0.421,
              [LOG_BM25] = 1.092,
              [LOG_COSINE] = -0.380,
              [LOG_GRAM] = 1.795,
              [WORDS] = 4.257,
              [FOUND] = 2.596,
              [PAIRS] = 0.300,
              [CLASS] = 3.134,
              [CLASS_MARGIN] = 0.135 } },
};

/* The share of right answers that the general weights come from, and how many questions it takes to outweigh it. */
#define USUAL_SHARE 0.642
#define USUAL_WEIGHT 150.0
#define BELIEVED                                                                                   \
  0.5 /* of what a stream seems to tell (in log odds): bases differ in other things as well */
#define FOUND_MAX 5
#define WHOLE                                                                                      \
  0.9 /* a term that counts as much is a word of the question, not what it may stand for (kb/widen) */
#define ROUNDS 50

/* Does @unit have @term? @at: where to look on; terms are asked for in order. */
static gboolean
has (const PnUnit *unit, guint32 term, guint *at)
{
  while (*at < unit->n_counts && unit->counts[*at].term < term)
    *at += 1;
  return *at < unit->n_counts && unit->counts[*at].term == term;
}

/* How a question and an article overlap. */
typedef struct {
  double dice;  /* the idf-weighted share of question and phrasing that both have */
  double found; /* telling words of the question that the phrasing or the body has */
  double pairs;
} Overlap;

static void
count_both (const PnKbIndex *index, const PnBag *bag, const PnRanked *first, Overlap *overlap,
            double *asked, double *both)
{
  const PnIndexed *article = pn_index_article (index, first->article);
  const PnUnit *phrasing = pn_index_unit (index, first->unit);
  const PnUnit *body = pn_index_unit (index, article->first_unit + article->n_phrasings);
  guint u = 0, b = 0;

  for (guint i = 0; i < bag->counts->len; i++) {
    const PnTermCount *count = &g_array_index (bag->counts, PnTermCount, i);
    const PnTerm *term = pn_index_term (index, count->term);
    gboolean is_near = has (phrasing, count->term, &u);
    gboolean is_there = has (body, count->term, &b) || is_near;

    if (term->kind == PN_TERM_PAIR && is_there)
      overlap->pairs++;
    if (term->kind != PN_TERM_STEM)
      continue;
    *asked += term->idf;
    *both += is_near ? term->idf : 0;
    overlap->found += is_there && !term->is_stop && count->count >= WHOLE ? 1 : 0;
  }
}

static Overlap
overlap_of (const PnKbIndex *index, const PnBag *bag, const PnRanked *first)
{
  const PnUnit *phrasing = pn_index_unit (index, first->unit);
  double asked = bag->n_unknown * log (1 + (index->n_phrasings + 0.5) / 0.5);
  double known = 0, both = 0;
  Overlap overlap = { 0 };

  for (guint i = 0; i < phrasing->n_counts; i++) {
    const PnTerm *term = pn_index_term (index, phrasing->counts[i].term);

    known += term->kind == PN_TERM_STEM ? term->idf : 0;
  }
  count_both (index, bag, first, &overlap, &asked, &both);
  overlap.dice = 2 * both / (asked + known + 1e-9);
  return overlap;
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
  const Overlap overlap = overlap_of (index, bag, first);

  features[LOG_DICE] = log_share (overlap.dice);
  features[LOG_MARGIN] =
      log_share (second != NULL ? (first->score - second->score) / (first->score + 1e-9) : 1);
  features[LOG_BM25] = log_share (first->bm25);
  features[LOG_COSINE] = log_share (first->cosine);
  features[LOG_GRAM] = log_share (first->gram);
  features[WORDS] = MIN (log (1 + bag->n_words) / 5, 1);
  features[FOUND] = MIN (overlap.found, FOUND_MAX) / FOUND_MAX;
  features[PAIRS] = log (1 + overlap.pairs);
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

static double
log_odds (double share)
{
  return log (share / (1 - share));
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
  share = 1 / (1 + exp (-(log_odds (USUAL_SHARE) * (1 - BELIEVED) + log_odds (share) * BELIEVED)));
  for (gsize i = 0; i < n; i++)
    confidences[i] = shift (confidences[i], share); /* of NAN is NAN */
}
