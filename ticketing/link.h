/* Links: which mailed links to customers' pages are good no more. A link is signed and expires by itself; whose mail came
 * into wrong hands makes all that were made until now worthless. Owns the table link_revoked. */
#pragma once

#include "ticketing/core/db.h"

/* All links to @address (in any case) that were made until now are worth nothing. */
gboolean pn_link_revoke (PnDb *db, const char *address, GError **error);

/* Was a link, or what it was exchanged for, that was made at @made_at revoked? */
gboolean pn_link_is_revoked (PnDb *db, const char *address, PnTime made_at, gboolean *is_revoked,
                             GError **error);

/* Forgets what was revoked so long ago that such links have expired by themselves; some at a time. */
#define PN_LINK_LIFE_MOST (90 * PN_DAY)
gboolean pn_link_sweep (PnDb *db, GError **error);
