/* Reaper: ends connections whose time is up. libmicrohttpd's own time-out counts from the last byte, so a client that
 * sends one byte a second could hold a connection for ever; here every phase of a connection has an end.
 *
 * A connection is ended in both directions: one that is only closed for reading goes on when its client goes on sending.
 * Also counts the connections of each client and refuses those above a limit. Any thread may call.
 */
#pragma once

#include <glib.h>

typedef struct PnReaper PnReaper;
typedef struct PnWatch PnWatch; /* one connection */

/* @limit_per_client: 0 for none. Starts a thread. Returns: (owned) */
PnReaper *pn_reaper_new (guint limit_per_client);
void pn_reaper_free (PnReaper *reaper); /* every watch must be gone */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnReaper, pn_reaper_free)

/* @client (copied): its address; NULL is not counted. A client with too many connections loses this one at once.
 * Returns: (owned) until pn_reaper_leave (), which must be before @fd is closed. */
PnWatch *pn_reaper_join (PnReaper *reaper, int fd, const char *client);
void pn_reaper_leave (PnReaper *reaper, PnWatch *watch);

/* The connection has @milliseconds from now on; 0: no limit. */
void pn_reaper_set_deadline (PnReaper *reaper, PnWatch *watch, gint64 milliseconds);

guint pn_reaper_count (PnReaper *reaper);
