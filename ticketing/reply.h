/* Replies: what an agent writes on a ticket, as one transaction: the message, a letter to each participant who gets
 * answers, and the status that the agent chose.
 *
 * Answers go to the requester and to everybody in Cc, one letter each; never to a stranger whom no agent has accepted.
 * They leave by the mailbox of the ticket's queue. From the desk they wait for PN_OUTBOX_UNDO, and an undo takes them
 * all back as long as none is on its way.
 */
#pragma once

#include "ticketing/mailbox.h"
#include "ticketing/message.h"
#include "ticketing/ticket.h"

typedef struct {
  gint64 ticket_id;
  gint64 agent_id;
  PnChannel channel; /* PN_CHANNEL_DESK waits for the undo; others leave at once */
  gboolean is_note;  /* for staff alone: no letters */
  const char *text;
  const GPtrArray *attachments; /* of PnStoredAttachment, blobs stored; NULL: none */
  const guint8 *ingest_key;     /* of what came by mail (PnMessage); NULL: it did not */
  const guint8 *raw_sha;        /* likewise */
  const json_t *reasons;        /* why it is here; NULL: that an agent wrote it */
  int status; /* what the ticket becomes; -1: stays (a new one opens by an answer) */
} PnReply;

/* @mailbox: (owned) the one that answers on @ticket leave by: its queue's, else the one it came by, where that can send;
 * NULL when nobody could be answered. */
gboolean pn_reply_find_mailbox (PnDb *db, const PnTicket *ticket, PnMailbox **mailbox,
                                GError **error);

/* In the caller's transaction (with its pn_op_begin). INVALID for an empty text, for nobody to answer to or no mailbox to
 * send by; NOT_FOUND when there is no such ticket. */
gboolean pn_reply_add (PnDb *db, const PnReply *reply, gint64 *message_id, GError **error);

/* Takes an answer of @agent_id back, in the caller's transaction: its letters are cancelled, the message stays as a note
 * that says so, and the ticket gets back the status from before. @text: (owned) what was written, to go on from.
 * CONFLICT when a letter has left already; NOT_FOUND when that is no answer of that agent. */
gboolean pn_reply_undo (PnDb *db, gint64 message_id, gint64 agent_id, char **text, GError **error);

/* A new sender (pn_message.is_stranger) takes part from now on. In the caller's transaction. */
gboolean pn_reply_accept_stranger (PnDb *db, gint64 ticket_id, const char *address, PnActor actor,
                                   GError **error);
