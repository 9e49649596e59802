/* Confidence: how probably the first answer is right, 0..1, for bases of any size and kind; a question that the base has
 * no answer to should get little.
 *
 *   confidence = 1 / (1 + exp (-(bias + Σ weight · feature)))
 *
 * The features are shares and their logarithms, so that they mean the same in every base. The weights were fitted once (see
 * the table in confidence.c); a base's own feedback may shift them. Pure; any thread may call.
 */
#pragma once

#include "kb/rank.h"

#define PN_KB_FEATURES 9

/* @first: the best; @second: the next one that is another article by its title, too (NULL where there is none): two of
 * one title are no doubt about the answer. */
void pn_kb_confidence_features (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                                const PnRanked *second, double features[PN_KB_FEATURES]);

double pn_kb_confidence (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                         const PnRanked *second);
