/* Claim: takes rows that look free for one worker, in batches, safely beside other workers.
 *
 *   candidates ──16 ids──► compare-and-set to (owner, until) ──► read back what has just that mark
 *
 * Each batch is one transaction. @until is chosen once a batch, so when COMMIT's answer is lost the second run takes
 * nothing more and still finds what the first one took. A shorter batch repeats its last id.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_CLAIM_BATCH 16
#define PN_CLAIM_PLACES "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

typedef struct {
  PnValue ids[PN_CLAIM_BATCH];
  const char *owner;
  PnTime now;
  PnTime until;
} PnClaim;

typedef struct {
  const char *owner;
  PnTime lease;
  /* In a transaction, which may run twice. Returns: (owned) the rows that are the owner's now; NULL with an error. */
  PnRows *(*take) (PnDb *db, const PnClaim *claim, GError **error);
  void (*read) (PnRows *rows, GPtrArray *list); /* appends what @rows are to the caller's list */
} PnClaimKind;

/* @candidates: rows with the id as first column, from the first one on. */
gboolean pn_claim (PnDb *db, const PnClaimKind *kind, PnRows *candidates, GPtrArray *list,
                   GError **error);
