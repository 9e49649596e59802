/* Rank: which articles answer a question. Several simple measures, added with fixed weights (kb/tuning.h):
 *
 *   bm25f    the question's terms in a phrasing and the body, the phrasing counting more; the best phrasing of an article
 *   cosine   of the question's and the phrasing's words, weighted by idf: also counts what the question does not say
 *   gram     the same of runs of four letters: forgives spelling, finds parts of compounds
 *   vote     what the nearest phrasings say together
 *   class    kb/learn, where there are many phrasings an article
 *
 * A PnKbIndex is sealed; any thread may rank.
 */
#pragma once

#include "kb/index.h"
#include "kb/learn.h"

typedef struct {
  guint32 article; /* its number in the index */
  double score;
  double bm25, cosine, gram, vote, class; /* each 0..1 */
  guint32 unit;                           /* the nearest phrasing */
} PnRanked;

/* Returns: (owned) at most @limit articles of PnRanked, best first. @with_internal: also those for staff only. */
GArray *pn_kb_rank (const PnKbIndex *index, const PnKbModel *model, const PnBag *bag,
                    gboolean with_internal, guint limit);
