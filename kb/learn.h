/* Learn: which article a question means, learnt from the questions each article is known by: a multinomial logistic
 * model over the terms of the phrasings, trained by stochastic gradient descent. It is used where a base has many
 * phrasings an article; where it has one each, there is nothing to learn.
 *
 *   p (article | question) = softmax (Σ weight[term][article] · value (term in question))
 */
#pragma once

#include "kb/index.h"

typedef struct PnKbModel PnKbModel;

/* Returns: (owned) a model of the sealed @index; NULL where there is too little to learn from, or too much to keep. */
PnKbModel *pn_kb_model_new (const PnKbIndex *index);
void pn_kb_model_free (PnKbModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnKbModel, pn_kb_model_free)

/* Adds @weight times the probability of each article for @bag to @scores, one an article of the index. */
void pn_kb_model_add (const PnKbModel *model, const PnKbIndex *index, const PnBag *bag,
                      double weight, double *scores);
