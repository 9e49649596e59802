/* Live: event streams of pages (server-sent events), told when something changed.
 *
 *   event: change   data: {"event": 4711}     on this ticket, or on any for a list
 *   event: end      the server stops
 *
 * One thread looks what is new when it is nudged, and every five seconds by itself; every 15 s a comment keeps the
 * connection alive. A page that hears of a change fetches itself again: what a stream tells is no secret.
 */
#pragma once

#include "gateway/web/stream.h"
#include "ticketing/core/db.h"

typedef struct PnLive PnLive;

#define PN_LIVE_LIMIT 500 /* streams at a time */

PnLive *pn_live_start (const PnDbTarget *target); /* (owned) */
void pn_live_end (PnLive *live);  /* says "end" to all; from then on nobody can listen */
void pn_live_free (PnLive *live); /* after pn_live_end (), when no handler runs any more */

/* Something may have changed. Any thread. */
void pn_live_nudge (PnLive *live);

/* @ticket_id 0: any ticket. Returns: (owned) a new stream; NULL when there are too many. */
PnStream *pn_live_listen (PnLive *live, gint64 ticket_id);
