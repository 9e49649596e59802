/* Claims: several threads take the rows of a queue in the database at once; each row must be had once. */
#pragma once

#include "ticketing/core/db.h"

#define PN_CLAIM_ROWS 500

/* Takes a few rows for @owner. Returns: (owned) rows, none when there are no more. */
typedef GPtrArray *(*PnClaim) (PnDb *db, const char *owner, GError **error);

/* @id_of: of a row. There must be PN_CLAIM_ROWS. */
void pn_claims_race (PnClaim claim, gint64 (*id_of) (gconstpointer row));
