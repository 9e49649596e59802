/* Messages: what was said on a ticket. Owns the tables message, message_ref and attachment.
 * @ingest_key is level 3 of the intake keys: the same mail by another way is the same message (TRUST.md 5.2). */
#pragma once

#include <jansson.h>

#include "ticketing/core/blob.h"
#include "ticketing/core/mail.h"

typedef enum { PN_DIRECTION_IN, PN_DIRECTION_OUT, PN_DIRECTION_NOTE } PnDirection;
typedef enum {
  PN_CHANNEL_IMAP,
  PN_CHANNEL_PIPE,
  PN_CHANNEL_FORM,
  PN_CHANNEL_API,
  PN_CHANNEL_DESK,
  PN_CHANNEL_LINK
} PnChannel;

typedef struct {
  gint64 id;
  gint64 message_id;
  char *name;
  char *type;
  char *declared_type;
  gint64 size_bytes;
  guint8 sha[PN_SHA256_BYTES];
  char *content_id; /* NULL */
  gboolean is_inline;
} PnStoredAttachment;

typedef struct {
  gint64 id;
  gint64 ticket_id;
  PnDirection direction;
  PnMailKind kind;
  PnChannel channel;
  gboolean has_ingest_key;
  guint8 ingest_key[PN_SHA256_BYTES];
  char *mid;        /* without <>; NULL */
  gint64 person_id; /* 0: none */
  gint64 agent_id;  /* 0: none */
  char *from_name;
  char *from_address;
  PnVerdict verdict;
  gboolean is_stranger; /* a new sender on a known ticket that no agent has accepted yet */
  char *subject;
  char *text;
  char *reply; /* NULL: the same as text */
  char *html;  /* sanitised; NULL */
  json_t *
      envelope; /* {"to":[],"cc":[],"references":[],"in_reply_to":[],"defects":[],"auto_reasons":[]}; NULL */
  json_t *reasons; /* array of sentences: why it is here */
  gboolean has_raw;
  guint8 raw_sha[PN_SHA256_BYTES];
  PnTime sent_at; /* what the sender says */
  PnTime created_at;
  GPtrArray *attachments; /* of PnStoredAttachment */
} PnMessage;

PnMessage *pn_message_new (void);
void pn_message_free (PnMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMessage, pn_message_free)
PnStoredAttachment *pn_stored_attachment_new (void); /* (owned) */
void pn_stored_attachment_free (PnStoredAttachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnStoredAttachment, pn_stored_attachment_free)

/* Adds the message with its attachments' rows (their blobs are stored before); sets id and created_at.
 * CONFLICT when its ingest key is known. */
gboolean pn_message_add (PnDb *db, PnMessage *message, GError **error);
gboolean pn_message_find_ingest (PnDb *db, const guint8 key[PN_SHA256_BYTES], gint64 *message_id,
                                 gint64 *ticket_id, GError **error); /* 0: none */

/* The first holder of a Message-ID. 0: none. */
gboolean pn_message_find_mid (PnDb *db, const char *mid, gint64 *message_id, gint64 *ticket_id,
                              GError **error);

/* Asks at once for what a transaction is going to look for by the functions of this header (core/db.h, absent keys). Both of GBytes:
 * ingest keys, and hashes of Message-IDs of mails and of those that they name. */
gboolean pn_message_look_ahead (PnDb *db, const GPtrArray *ingest_keys, const GPtrArray *mid_hashes,
                                GError **error);

#define PN_MESSAGE_IDS_MOST 24 /* that are looked at of a mail */

/* The same for up to PN_MESSAGE_IDS_MOST of @ids (of char *) at once: @ticket_ids[i] of the first message with ids[i]; 0. */
gboolean pn_message_find_mids (PnDb *db, const GPtrArray *ids, gint64 *ticket_ids, GError **error);

/* Appends the tickets (of gint64, the first ones, each once) whose messages name one of @ids, as far as that was kept. */
gboolean pn_message_find_answers (PnDb *db, const GPtrArray *ids, GArray *ticket_ids,
                                  GError **error);
/* Keeps that a message names @ids. */
gboolean pn_message_add_refs (PnDb *db, gint64 message_id, const GPtrArray *ids, GError **error);
PnMessage *pn_message_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */

/* What search needs of up to PN_MESSAGE_WORDS_OF messages at once, in the order of their ids: direction, sender, subject, text and
 * attachments' names. Those that are gone are left out. (owned) */
#define PN_MESSAGE_WORDS_OF 8
GPtrArray *pn_message_load_words (PnDb *db, const gint64 *ids, guint n, GError **error);

/* The messages of a ticket with attachments, oldest first: at most @limit with id > @after. */
GPtrArray *pn_message_list (PnDb *db, gint64 ticket_id, gint64 after, guint limit,
                            GError **error); /* (owned) */

/* The ids (gint64) of a ticket's messages, oldest first; the first 10,000. (owned) */
GArray *pn_message_ids (PnDb *db, gint64 ticket_id, GError **error);

/* From one ticket to another. CONFLICT when it is not on @from_id any more. */
gboolean pn_message_move (PnDb *db, gint64 id, gint64 from_id, gint64 to_id, GError **error);

/* The newest message of a direction that has a Message-ID and is no stranger's, for threading headers; NULL when there
 * is none. (owned) */
gboolean pn_message_newest (PnDb *db, gint64 ticket_id, PnDirection direction, PnMessage **message,
                            GError **error);
/* The newest message that came in up to @until. 0: none. */
gboolean pn_message_last_in (PnDb *db, gint64 ticket_id, PnTime until, gint64 *id, GError **error);
gboolean pn_message_set_mid (PnDb *db, gint64 id, const char *mid,
                             GError **error); /* of our own, when rendered */
/* An answer that was taken back becomes a note. NOT_FOUND unless it is an answer. */
gboolean pn_message_withdraw (PnDb *db, gint64 id, GError **error);
gboolean pn_message_accept_stranger (PnDb *db, gint64 ticket_id, const char *address,
                                     GError **error);

/* (owned) the attachment and the ticket it belongs to; NOT_FOUND. */
PnStoredAttachment *pn_attachment_load (PnDb *db, gint64 id, gint64 *ticket_id,
                                        PnDirection *direction, GError **error);

/* How many of the ticket's newest 100 messages came from @address since @since (loops, TRUST.md 3.9). */
gboolean pn_message_count_since (PnDb *db, gint64 ticket_id, const char *address, PnTime since,
                                 gint64 *count, GError **error);

/* Who spoke when, without what was said. */
typedef struct {
  gint64 id;
  PnTime at;
  PnDirection direction;
  PnMailKind kind;
  PnChannel channel;
  gint64 agent_id; /* 0: none */
  gboolean is_stranger;
} PnMessageTurn;

GArray *pn_message_turns (PnDb *db, gint64 ticket_id,
                          GError **error); /* (owned) in order of time, at most 10,000, no notes */

/* As pn_event_find_new (), for messages. */
gboolean pn_message_find_new (PnDb *db, gint64 *after, GHashTable *tickets, guint limit,
                              GError **error);

void pn_mid_hash (const char *mid, guint8 hash[PN_SHA256_BYTES]);
const char *pn_channel_name (PnChannel channel);
const char *pn_direction_name (PnDirection direction); /* "in", "out", "note" */
