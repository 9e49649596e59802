/* IMAP: one session on one mailbox folder, read without marking anything as read (RFC 3501, 6851, 2177).
 *
 *   open ─► select ─► list ─► sizes ─► fetch … ─► file_away ─┐
 *                      ▲                                      │
 *                      └────────────── idle ◄─────────────────┘
 *
 * Mails are named by UID, never by sequence number. What is done is moved to a folder of ours, or gets the keyword
 * $PosternDone where the server cannot move; nothing is ever deleted or expunged. Every command has a deadline and a
 * budget (stream.h); after an error of the connection the session is good for nothing but pn_imap_free ().
 *
 * Errors: DENIED for a refused log-in, with the server's words; PERMANENT for certificates and missing TLS;
 * NOT_FOUND for a folder that is not there; TEMPORARY for everything else. A session belongs to one thread.
 */
#pragma once

#include "gateway/mail/server.h"
#include "ticketing/core/clock.h"

#define PN_IMAP_BATCH 50 /* mails in one command at most */
#define PN_IMAP_BATCH_BYTES                                                                        \
  (4 * 1024 * 1024) /* of mail in one command; larger ones go singly, to a file */
#define PN_IMAP_HEADER_BYTES (1024 * 1024)
#define PN_IMAP_KEYWORD "$PosternDone"

typedef struct PnImap PnImap;

typedef struct {
  guint32 uid;
  gint64 size_bytes;    /* as the server says, which may be wrong */
  PnTime internal_date; /* 0 when it could not be read */
} PnImapMail;

typedef enum {
  PN_IMAP_CHANGED, /* something happened in the folder, or may have */
  PN_IMAP_WOKEN,
  PN_IMAP_QUIET,
} PnImapEvent;

/* Gets each mail of a batch; @bytes are borrowed. */
typedef gboolean (*PnImapBody) (guint32 uid, const char *bytes, gsize size_bytes, gpointer data,
                                GError **error);

/* Connects and logs in. @wake_fd (-1: none) ends pn_imap_idle () when it becomes readable.
 * Returns: (owned) NULL on failure. */
PnImap *pn_imap_open (const PnServer *server, int wake_fd, GError **error);

/* Logs out when that is still possible, within 5 s, and closes. */
void pn_imap_free (PnImap *imap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnImap, pn_imap_free)

/* @uidvalidity: 0 when the server does not say. */
gboolean pn_imap_select (PnImap *imap, const char *folder, guint32 *uidvalidity, GError **error);

/* Returns: (owned) the UIDs (of guint32, ascending) of all mails without our keyword. */
GArray *pn_imap_list (PnImap *imap, GError **error);

/* @uids: as pn_imap_list () gives them. */
gboolean pn_imap_has_uid (const GArray *uids, guint32 uid);

/* Asks for sizes and dates of @n_uids mails. Returns: (owned) of PnImapMail, without those that vanished. */
GArray *pn_imap_sizes (PnImap *imap, const guint32 *uids, gsize n_uids, GError **error);

/* Fetches up to PN_IMAP_BATCH small mails in one command; calls @body for each that is still there. */
gboolean pn_imap_fetch (PnImap *imap, const PnImapMail *mails, gsize n_mails, PnImapBody body,
                        gpointer data, GError **error);

/* Writes one mail of any size to @fd, from its offset on, in bounded memory. INVALID above @limit_bytes.
 * @is_there: FALSE when the mail vanished. */
gboolean pn_imap_fetch_fd (PnImap *imap, const PnImapMail *mail, int fd, gint64 limit_bytes,
                           gboolean *is_there, GError **error);

/* Fetches a mail's header alone (its first PN_IMAP_HEADER_BYTES).
 * Returns: (owned) the bytes; NULL without error when the mail vanished. */
GBytes *pn_imap_fetch_header (PnImap *imap, guint32 uid, GError **error);

/* Moves mails to @folder ("Postern/Done": "/" becomes the server's delimiter), which is made when it is missing; or
 * sets the keyword where the server cannot move or refuses the folder. Mails that vanished are no error. */
gboolean pn_imap_file_away (PnImap *imap, const guint32 *uids, gsize n_uids, const char *folder,
                            GError **error);

/* Waits for news up to @seconds with IDLE, or a look every 30 s where the server has no IDLE. News that arrived since
 * pn_imap_list () count. */
gboolean pn_imap_idle (PnImap *imap, guint seconds, PnImapEvent *event, GError **error);

gboolean pn_imap_has_move (const PnImap *imap);
gboolean pn_imap_has_idle (const PnImap *imap);
