/* Quantiles of durations and counts: exact up to PN_QUANTILE_EXACT values, from then on from a histogram.
 *
 * Values below 128, as counts are, are counted one by one: they stay exact however many they are. The histogram of the
 * others has buckets that are 1/128 of their value wide, so that a quantile is wrong by at most 0.4 % of itself. Numbers and sums are always exact. A quantile is the smallest value that at least that share of
 * the values does not exceed ("nearest rank").
 */
#pragma once

#include <glib.h>

#define PN_QUANTILE_EXACT 100000

typedef struct PnQuantile PnQuantile;

PnQuantile *pn_quantile_new (void);
void pn_quantile_free (PnQuantile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnQuantile, pn_quantile_free)

void pn_quantile_add (PnQuantile *self, guint32 value);
gboolean pn_quantile_is_exact (const PnQuantile *self);

/* @share: in thousandths, 1 .. 1000 (950: of 95 %). Returns: 0 when there is no value. */
guint32 pn_quantile_at (PnQuantile *self, guint share);
