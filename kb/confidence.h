/* Confidence: how probably the first answer is right, 0..1, for bases of any size and kind; a question that the base has
 * no answer to should get little.
 *
 *   confidence = 1 / (1 + exp (-(bias + Σ weight · feature)))
 *
 * The features are shares and their logarithms, so that they mean the same in every base. The general weights were fitted
 * once (see the table in confidence.c); a base's own feedback may shift them (kb/fit, kb/study). Pure; any thread may
 * call.
 */
#pragma once

#include <jansson.h>

#include "kb/rank.h"

#define PN_KB_FEATURES 12
#define PN_KB_MEASURE                                                                              \
  5 /* goes up when confidences come to mean something else: what was learned of them is void */

/* Of one kind of base. */
typedef struct {
  double bias;
  double of[PN_KB_FEATURES];
} PnKbWeighing;

typedef struct {
  PnKbWeighing few;  /* about one phrasing an article */
  PnKbWeighing many; /* many: kb/learn has a model */
} PnKbWeights;

const PnKbWeights *pn_kb_weights_general (void);
json_t *pn_kb_weights_write (const PnKbWeights *weights); /* (owned) */

/* Returns: FALSE, @weights untouched, when @document holds none. */
gboolean pn_kb_weights_read (const json_t *document, PnKbWeights *weights);

/* @first: the best; @second: the next one that is another article by its title, too (NULL where there is none): two of
 * one title are no doubt about the answer. */
void pn_kb_confidence_features (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                                const PnRanked *second, double features[PN_KB_FEATURES]);

/* Returns: the confidence by @weighing. */
double pn_kb_confidence_of (const PnKbWeighing *weighing, const double features[PN_KB_FEATURES]);

/* @weights: NULL for the general ones. */
double pn_kb_confidence (const PnKbWeights *weights, const PnKbIndex *index, const PnBag *bag,
                         const PnRanked *first, const PnRanked *second);

/* Settles the first answers' confidences of a stream of questions by what share of them can be right at all: bases
 * differ most in how many questions they are asked that they have no answer to. The share is estimated from the
 * confidences alone (expectation maximisation), and held back by what is usual where the stream is short. Order stays.
 * NAN: no answer; passed over. */
void pn_kb_confidence_settle (double *confidences, gsize n);
