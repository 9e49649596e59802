/* Rates: how often something happened in a sliding window, counted by one atomic UPSERT in the caller's transaction.
 * Owns the table rate. */
#pragma once

#include "ticketing/core/db.h"

/* Counts a hit of @key ("ack:7:ada@x") in windows of @window (in microseconds) and tells whether it is within @limit;
 * a hit beyond the limit is not counted. Exact within fixed windows of a tenth of @window. */
gboolean pn_rate_hit (PnDb *db, const char *key, PnTime window, gint64 limit, gboolean *is_allowed,
                      GError **error);
gboolean
pn_rate_sweep (PnDb *db,
               GError **error); /* removes counters older than 8 days, at most 1,000 a call */
