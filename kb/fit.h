/* Fit: a base's own weights for kb/confidence, and the threshold for its answers, from questions whose right answer is
 * known.
 *
 *   weights     logistic regression that starts from the general weights and is held back by them (a Gaussian prior), so
 *               that few questions change little
 *   threshold   the least confidence from which on the share of right answers is PN_TRUST_GOAL or more even at the lower
 *               end of what chance allows (Wilson's bound, one side, 75 %), where the confidences themselves count for
 *               20 answers; below the safe start only by 20 or more that were judged, above it only where one speaks
 *               against it; never, where it isn't even at the upper end (90 %)
 *
 * Confidences of questions that the weights were fitted on say nothing: a sample belongs to a fold, and is judged by
 * weights that were fitted without that fold. Pure; any thread may call.
 */
#pragma once

#include "kb/confidence.h"

#define PN_KB_FOLDS 4
#define PN_KB_SAMPLES_MIN                                                                          \
  10 /* fewer change nothing; these move the bias, which is what bases differ most in */

typedef struct {
  double features[PN_KB_FEATURES];
  gboolean is_many;
  gboolean is_right;
  guint fold;        /* 0 .. PN_KB_FOLDS - 1 */
  double confidence; /* set by pn_kb_fit_judge () */
} PnKbSample;

/* @without: a fold that is left out; PN_KB_FOLDS: none. */
void pn_kb_fit (const GArray *samples, guint without, PnKbWeights *weights);

/* Sets each sample's confidence by weights that were fitted without it; by the general ones where there are fewer than
 * PN_KB_SAMPLES_MIN. Returns: whether there are as many. */
gboolean pn_kb_fit_judge (GArray *samples);

typedef struct {
  double threshold; /* PN_TRUST_NEVER where none will do */
  double precision; /* of the samples from there on */
  double coverage;  /* their share */
} PnKbThreshold;

/* From the samples' confidences. @safe: what is taken as long as too few are judged to tell. */
PnKbThreshold pn_kb_fit_threshold (const GArray *samples, double safe);

/* Solves a · x = b by Cholesky's method, for a positive definite @a of @n rows, of which the lower half counts; both are
 * overwritten, @b with x. */
void pn_kb_fit_solve (guint n, double *a, double *b);

/* Returns: the expected calibration error, ten bins of equal size. */
double pn_kb_fit_error (const GArray *samples);
