/* Rates: how often something happened in a sliding window, counted by one atomic UPSERT in the caller's transaction.
 * Owns the table rate. */
#pragma once

#include "ticketing/core/blob.h"
#include "ticketing/core/db.h"

/* Counts a hit of @key ("ack:7:ada@x") in windows of @window (in microseconds) and tells whether it is within @limit;
 * a hit beyond the limit is not counted. Exact within fixed windows of a tenth of @window. */
gboolean pn_rate_hit (PnDb *db, const char *key, PnTime window, gint64 limit, gboolean *is_allowed,
                      GError **error);

/* Asks at once which of the keys a transaction is going to hit were hit before (core/db.h, absent keys): the first hits of the
 * others are counted together, and cost no question. @keys: of GBytes, by pn_rate_key (). */
gboolean pn_rate_look_ahead (PnDb *db, const GPtrArray *keys, GError **error);
void pn_rate_key (const char *key, PnTime window, guint8 hash[PN_SHA256_BYTES]);

gboolean
pn_rate_sweep (PnDb *db,
               GError **error); /* removes counters older than 8 days, at most 1,000 a call */
