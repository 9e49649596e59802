/* Base: the process's copy of the knowledge base in memory, which follows the database.
 *
 * The one global of this folder, behind a lock: many readers, or one that brings it up to date. What stands in the
 * database is asked for at each reading that is not told otherwise, by one row (kb_change), so two nodes never disagree longer
 * than a commit takes.
 * Another database (tests have several) makes it start anew.
 */
#pragma once

#include "kb/confidence.h"
#include "kb/index.h"
#include "kb/learn.h"
#include "kb/synonym.h"

typedef struct {
  PnKbIndex *index;
  PnKbModel *model;     /* may be NULL */
  PnSynonyms *synonyms; /* NULL: none */
  PnKbWeights *weights; /* of its own feedback; NULL: the general ones */
} PnKbBase;

/* Returns: the base, up to date and locked for reading; then call pn_kb_base_unlock (). NULL with an error, and not
 * locked. */
const PnKbBase *pn_kb_base_lock (PnDb *db, GError **error);
void pn_kb_base_unlock (void);

/* From here on the next reading asks what stands in the database, and those after it do not: for one thread that asks much
 * at once. Until pn_kb_base_release (), or pn_kb_base_forget (). */
void pn_kb_base_hold (void);
void pn_kb_base_release (void);

void pn_kb_base_forget (void);
