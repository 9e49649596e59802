/* Digest documents: digests as people and other programs see them.
 *
 *   {"name": "morning", "title": "Every morning", "is_enabled": true, "time": "08:00", "zone": "Europe/Berlin",
 *    "days": ["mon", "tue"], "team": "engines" or null, "queues": ["mill"], "agents": ["ada"],
 *    "addresses": ["boss@demo.example"]}
 *
 * What is not in a document that is read stays as it is; names that there are none of are INVALID.
 */
#pragma once

#include "ticketing/digest.h"

/* (owned) What a digest names and is gone is left out. */
json_t *pn_digest_write_document (PnDb *db, const PnDigest *digest, GError **error);
gboolean pn_digest_read_document (PnDb *db, const json_t *document, PnDigest *digest,
                                  GError **error);
