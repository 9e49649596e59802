/* Fetch: takes what lies in one mailbox's folder into the spool, and files it away on the server.
 *
 *   list ─► sort ─┬─ fresh ─► (header | small ones together | large ones singly) ─► spool row COMMIT ─► file away
 *                 └─ spooled already, and abandoned for PN_FETCH_GRACE_SECONDS ─────────────────────► file away
 *
 * The spool is committed before the server is told anything: what dies between the two is found by its UID, or by its
 * bytes, and filed away by the next who looks. role_fetch.c keeps the connections; this is what is done over them.
 * One thread.
 */
#pragma once

#include "gateway/mail/imap.h"
#include "gateway/serve/patience.h"
#include "gateway/serve/role.h"
#include "ticketing/mailbox.h"

#define PN_FETCH_GRACE_SECONDS 15 /* for another fetcher to finish what it began */

/* The work on one mailbox. What is known of the server dies with the session; what matters is in the database.
 *   done      UIDs (guint32) that we spooled and have not filed away yet
 *   settled   UIDs that are done but stay in the list, as on a server without keywords
 *   pending   UIDs that are spooled but not done, with the monotonic time (gint64) when we saw that
 *   too_large UIDs whose mail was larger than it said */
typedef struct {
  PnRole *role;
  PnDb *db;
  gboolean is_db_broken;
  PnMailbox *mailbox;
  PnImap *imap; /* NULL: not connected */
  guint32 uidvalidity;
  int wake_fd; /* readable when told to stop or woken */
  gint64 limit_bytes;
  GArray *done;
  GHashTable *settled;
  GHashTable *pending;
  GHashTable *too_large;
  PnPatience patience;
  gint64 clock_at; /* monotonic, when the clock was compared last */
} PnFetch;

/* Takes everything that lies in the folder. Returns: FALSE when the connection, or the database (is_db_broken), is gone. */
gboolean pn_fetch_scan (PnFetch *fetch, GError **error);

/* The database's failures end the connection to it too. Returns: FALSE. */
gboolean pn_fetch_db_failed (PnFetch *fetch);
