/* The outbox: letters on their way. Owns the table outbox.
 *
 *   waiting ──claim──► sending ──► dotted ──► sent
 *      ▲                  │          └──► uncertain (no answer to the final dot)
 *      └── deferred ◄─────┴──► failed         held ◄──► waiting         waiting, deferred, held ──► cancelled
 *
 * A row is written in the transaction that creates its reason and says which letter goes to whom. The clerk renders
 * its bytes once (is_rendered); a retry sends the same bytes. Claims are compare-and-set on (state, gen); a crash in
 * "sending" is retried freely, one in "dotted" is the only ambiguous window (TRUST.md 5.3): an agent's reply is sent
 * again after 15 minutes, an automatic letter never. The row's random @ref names it in Message-IDs.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/blob.h"

typedef enum {
  PN_OUTBOX_WAITING,
  PN_OUTBOX_SENDING,
  PN_OUTBOX_DOTTED,
  PN_OUTBOX_SENT,
  PN_OUTBOX_DEFERRED,
  PN_OUTBOX_FAILED,
  PN_OUTBOX_UNCERTAIN,
  PN_OUTBOX_HELD,
  PN_OUTBOX_CANCELLED,
} PnOutboxState;

typedef enum {
  PN_CLASS_REPLY,
  PN_CLASS_AUTOMATIC,
  PN_CLASS_NOTICE
} PnOutboxClass; /* notice: to staff */

#define PN_OUTBOX_REF_BYTES 10
#define PN_OUTBOX_UNDO (10 * PN_SECOND)

typedef struct {
  gint64 id;
  guint8 ref[PN_OUTBOX_REF_BYTES];
  PnOutboxClass class;
  char *letter;      /* of templates/mail: "ack", "reply", "notice-new" … */
  gint64 ticket_id;  /* 0: none */
  gint64 message_id; /* of the answer, or of the message that is acknowledged; 0: none */
  gint64 mailbox_id;
  gint64 agent_id; /* of a notice's reader; 0 */
  char *recipient;
  char *recipient_name;
  json_t *document; /* extra fields for the letter; NULL */
  PnOutboxState state;
  gboolean is_rendered;
  char *envelope_from;
  char *mid; /* without <>; NULL before it is rendered */
  guint8 raw_sha[PN_SHA256_BYTES];
  int attempts;
  gint64 gen;
  PnTime next_at;
  PnTime give_up_at;
  PnTime created_at;
  PnTime dotted_at;
  PnTime sent_at;
  int reply_code;    /* 0: none */
  char *reply_text;  /* the server's words; NULL */
  PnTime bounced_at; /* 0: no */
  char *bounce_status;
  char *bounce_text;
  gboolean bounce_is_proven;
  gboolean is_taken_back; /* with its answer, which is a note since; never sent again */
} PnLetterRow;

void pn_letter_row_free (PnLetterRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnLetterRow, pn_letter_row_free)

/* What a new row says. */
typedef struct {
  PnOutboxClass class;
  const char *letter;
  gint64 ticket_id;
  gint64 message_id;
  gint64 mailbox_id;
  gint64 agent_id;
  const char *recipient;
  const char *recipient_name; /* NULL: "" */
  const json_t *document;     /* NULL: none */
  PnTime not_before;          /* 0: now; undo is 10 s later */
  const char *reason_key;     /* with letter and recipient it makes the dedupe key: "message:12" */
} PnLetterOrder;

/* In the caller's transaction. The same order again is no error: @id (may be NULL) is the row that is there. */
gboolean pn_outbox_add (PnDb *db, const PnLetterOrder *order, gint64 *id, GError **error);

GPtrArray *pn_outbox_unrendered (PnDb *db, guint limit,
                                 GError **error); /* (owned) of PnLetterRow, oldest first */
gboolean pn_outbox_set_rendered (PnDb *db, gint64 id, const char *mid, const char *envelope_from,
                                 const guint8 raw_sha[PN_SHA256_BYTES],
                                 GError **error); /* CONFLICT: done already */
/* A letter that can't be rendered fails, with the reason for the desk. */
gboolean pn_outbox_set_unrenderable (PnDb *db, gint64 id, const char *reason, GError **error);

/* Claims up to @limit due rendered rows for @owner (60 s lease): waiting, deferred, or sending with a lapsed lease. */
GPtrArray *pn_outbox_claim (PnDb *db, const char *owner, guint limit, GError **error);

/* Each is a compare-and-set on the claim's @gen; CONFLICT when the claim was lost. */
gboolean pn_outbox_set_dotted (PnDb *db, const PnLetterRow *row, GError **error);
gboolean pn_outbox_set_sent (PnDb *db, const PnLetterRow *row, int code, const char *text,
                             GError **error);
gboolean pn_outbox_set_deferred (PnDb *db, const PnLetterRow *row, int code, const char *text,
                                 GError **error); /* back-off; failed after 5 days */
gboolean pn_outbox_set_failed (PnDb *db, const PnLetterRow *row, int code, const char *text,
                               GError **error);
gboolean pn_outbox_set_uncertain (PnDb *db, const PnLetterRow *row, const char *text,
                                  GError **error);

/* The sweep: dotted rows whose lease lapsed become uncertain; replies uncertain for 15 minutes wait again. */
gboolean pn_outbox_sweep (PnDb *db, GError **error);

/* What staff may do. CONFLICT with a sentence when the state does not allow it. */
gboolean pn_outbox_cancel (PnDb *db, gint64 id, GError **error); /* waiting, deferred, held */
gboolean pn_outbox_retry (PnDb *db, gint64 id,
                          GError **error); /* deferred, failed, uncertain, held, cancelled */
gboolean
pn_outbox_undo_message (PnDb *db, gint64 message_id, gint64 *cancelled,
                        GError **error); /* all letters of an answer, or CONFLICT and none */
gboolean pn_outbox_can_cancel (const PnLetterRow *row);
gboolean pn_outbox_can_retry (const PnLetterRow *row);

/* When a ticket has changed its queue: all its letters are seen there from now on, and those that wait unrendered leave
 * by @mailbox_id (0: by the one they had). */
gboolean pn_outbox_move (PnDb *db, gint64 ticket_id, gint64 mailbox_id, GError **error);

gboolean pn_outbox_find_mid (PnDb *db, const char *mid, PnLetterRow **row,
                             GError **error);                      /* (owned) NULL */
PnLetterRow *pn_outbox_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
GPtrArray *pn_outbox_of_ticket (PnDb *db, gint64 ticket_id,
                                GError **error); /* (owned) newest 500 */

/* Newest first, ids below @before (0: newest), @state -1: any; letters without a ticket only for NULL @queues. */
GPtrArray *pn_outbox_list (PnDb *db, int state, const GArray *queues, gint64 before, guint limit,
                           GError **error);

/* A bounce for a row: @is_proven when its signed envelope sender came back. @hard_bounces: proven hard ones of that
 * recipient in 7 days, with this one. */
gboolean pn_outbox_set_bounced (PnDb *db, gint64 id, const char *status, const char *text,
                                gboolean is_proven, gint64 *hard_bounces, GError **error);

PnTime pn_outbox_backoff (int attempts); /* 1, 5, 15, 30, 60 minutes, then hourly */
const char *pn_outbox_state_name (PnOutboxState state);
gboolean pn_outbox_state_read (const char *name, PnOutboxState *state);
const char *pn_outbox_class_name (PnOutboxClass class);
