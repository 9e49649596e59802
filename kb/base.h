/* Base: the process's copy of the knowledge base in memory, which follows the database.
 *
 * The one global of this folder, behind a lock: many readers, or one that brings it up to date. What stands in the
 * database is asked for at each reading, by one row (kb_change), so two nodes never disagree longer than a commit takes.
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

void pn_kb_base_forget (void);
