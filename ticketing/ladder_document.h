/* Ladder documents: ladders as people and other programs see them, in the form of ladder.h with names where the database
 * has ids; written ones have "id", "version" and each step's "place" too.
 *
 * What is not in a document that is read stays as it is, but "steps" are all of them; names that there are none of are
 * INVALID, and so is a key that a ladder does not have.
 */
#pragma once

#include "ticketing/ladder.h"

/* (owned) What a ladder names and is gone is left out. */
json_t *pn_ladder_write_document (PnDb *db, const PnLadder *ladder, GError **error);
gboolean pn_ladder_read_document (PnDb *db, const json_t *document, PnLadder *ladder,
                                  GError **error);
