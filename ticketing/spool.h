/* The spool: deliveries, from the first committed byte to the filed message. Owns the tables spool and spool_copy.
 *
 *   waiting ──lease──► (parse, file) ──► filed      created, appended, duplicate, recorded
 *      │  2 attempts that killed the parser: filed as unparsed
 *      └──► held ──release──► filed          spam ──release──► filed          held, spam ──discard──► discarded
 *
 * Leases only save work; the unique keys make it correct. Raw bytes are stored (core/blob) before the row.
 */
#pragma once

#include "ticketing/core/blob.h"
#include "ticketing/message.h"

typedef enum {
  PN_SPOOL_WAITING,
  PN_SPOOL_FILED,
  PN_SPOOL_HELD,
  PN_SPOOL_SPAM,
  PN_SPOOL_DISCARDED
} PnSpoolState;
typedef enum {
  PN_DISPOSITION_CREATED,
  PN_DISPOSITION_APPENDED,
  PN_DISPOSITION_DUPLICATE,
  PN_DISPOSITION_HELD,
  PN_DISPOSITION_RECORDED
} PnDisposition;
typedef enum { PN_FORMAT_RFC822, PN_FORMAT_JSON } PnSpoolFormat;

#define PN_SPOOL_LIMIT_BYTES (100 * 1024 * 1024)

typedef struct {
  gint64 id;
  gint64 mailbox_id; /* 0: forms and API without one */
  gint64 queue_id;
  PnChannel channel;
  PnSpoolFormat format;
  guint8 raw_sha[PN_SHA256_BYTES];
  PnTime internal_date; /* 0: none (pipe) */
  gint64 size_bytes;    /* of the whole mail, also where only the header was taken */
  gboolean is_header_only;
  gboolean has_form_key;
  guint8 form_key[PN_SHA256_BYTES];
  PnSpoolState state;
  int attempts;    /* leases of it that were not given back blameless, the present one too */
  int disposition; /* -1: not filed */
  gint64 ticket_id;
  gint64 message_id;
  gboolean has_record; /* of held mail and spam: the parsed record, to show and to file from */
  guint8 record_sha[PN_SHA256_BYTES];
  char *from_address; /* of held mail and spam, for the list */
  char *subject;
  json_t *reasons; /* array of reasons (core/reason) */
  PnTime received_at;
  PnTime filed_at;
  gboolean may_answer; /* released mail: its sender may get automatic letters */
} PnDelivery;

PnDelivery *pn_delivery_new (void);
void pn_delivery_free (PnDelivery *delivery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnDelivery, pn_delivery_free)

/* Where a delivery lies on its server. */
typedef struct {
  gint64 uidvalidity;
  gint64 uid;
} PnCopy;

/* Adds the delivery, and its copy when @copy is not NULL, in the caller's transaction or one of its own.
 * The same bytes again (level 2) or the same form key give the id of the row that is there and @is_known. */
gboolean pn_spool_add (PnDb *db, const PnDelivery *delivery, const PnCopy *copy, gint64 *id,
                       gboolean *is_known, GError **error);

/* Level 1: @spool_id of a copy, 0 when unknown; @is_done: the server's side was finished. */
gboolean pn_spool_find_copy (PnDb *db, gint64 mailbox_id, const PnCopy *copy, gint64 *spool_id,
                             gboolean *is_done, GError **error);
gboolean pn_spool_set_copy_done (PnDb *db, gint64 mailbox_id, const PnCopy *copy, GError **error);

/* Leases up to @limit waiting rows for @owner for 60 s, oldest first. An attempt is counted in the same commit, so before
 * any parser starts: who dies of a mail finds out how often that happened. (owned) of PnDelivery. */
GPtrArray *pn_spool_lease (PnDb *db, const char *owner, guint limit, GError **error);

/* Gives a leased row back for later. Unless @is_to_blame, the attempt is not held against the mail. */
gboolean pn_spool_give_back (PnDb *db, gint64 id, const char *owner, PnTime not_before,
                             gboolean is_to_blame, GError **error);

/* In the filing transaction: waiting, held or spam becomes filed. CONFLICT when another did it. */
gboolean pn_spool_set_filed (PnDb *db, gint64 id, PnDisposition disposition, gint64 ticket_id,
                             gint64 message_id, const json_t *reasons, GError **error);

/* In the filing transaction: waiting becomes held or spam, with the record to show. */
gboolean pn_spool_set_held (PnDb *db, gint64 id, PnSpoolState state,
                            const guint8 record_sha[PN_SHA256_BYTES], const char *from_address,
                            const char *subject, const json_t *reasons, GError **error);

/* An agent's release: the row waits again and will be filed whatever its verdict. Its sender gets an automatic letter
 * only when @may_answer: who held it doubted the address. CONFLICT unless held or spam. */
gboolean pn_spool_release (PnDb *db, gint64 id, gint64 agent_id, gboolean may_answer,
                           GError **error);
gboolean pn_spool_discard (PnDb *db, gint64 id, gint64 agent_id, GError **error);
gboolean pn_spool_is_released (const PnDelivery *delivery);

/* The bearer of a mailed link owns @address: its forms that were held for that wait to be filed. Not in a transaction. */
gboolean pn_spool_confirm (PnDb *db, const char *address, GError **error);
gboolean pn_spool_is_confirmed (const PnDelivery *delivery);

PnDelivery *pn_spool_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */

/* Held mail or spam of @queues (of gint64; NULL: all), newest first, ids below @before (0: from the newest). */
GPtrArray *pn_spool_list (PnDb *db, PnSpoolState state, const GArray *queues, gint64 before,
                          guint limit, GError **error);
gboolean pn_spool_count (PnDb *db, PnSpoolState state, const GArray *queues, gint64 *count,
                         GError **error); /* up to 1,000 */

const char *pn_disposition_name (PnDisposition disposition);
const char *pn_spool_state_name (PnSpoolState state);

/* Returns: (owned) the names (GBytes) of the blobs that hold the attachments of a stored record; none where it can't be
 * read. Pure. */
GPtrArray *pn_spool_record_blobs (GBytes *record);
