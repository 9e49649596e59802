/* Intake: files one delivery: the mail becomes a message of a new ticket or of one that is there, a duplicate, a note on
 * a letter, held mail or spam; nothing is dropped (DESIGN.md 1.1, 4 and 9.7; TRUST.md 1, 3 and 5.2).
 *
 *   1 key        known: a duplicate; no second ticket, no second answer
 *   2 reports    bounces and the like are noted on their letter
 *   3 place      threading proposes, authority decides: participants and bearers of a reply token may join a ticket,
 *                a stranger's mail waits there for an agent, or opens a new ticket that is linked
 *   4 filing     person, participants, ticket, message, events, counters, words for the search
 *   5 letters    an acknowledgement, notices to staff; or the reason why there is none
 *
 * Every decision is a reason (core/reason) of the message and of the delivery.
 */
#pragma once

#include "gateway/clerk/clerk.h"
#include "gateway/clerk/draft.h"
#include "ticketing/spool.h"

/* What is to become of a mail before it is filed; found outside of the transaction. */
typedef struct {
  PnSpoolState state; /* PN_SPOOL_WAITING: file it; else PN_SPOOL_HELD or PN_SPOOL_SPAM */
  const char *reason; /* core/reason; NULL */
} PnScreening;

/* Holds mail whose sender is forged, sorts out spam (the receiving server's header, our own rules). What an agent
 * released passes. */
gboolean pn_intake_screen (const PnClerk *clerk, const PnDelivery *delivery, const PnMail *mail,
                           PnScreening *screening, GError **error);

typedef struct {
  const PnDelivery *delivery;
  const PnMail *mail; /* its attachments' blobs are stored */
  PnScreening screening;
  const PnDraft *draft;     /* what the knowledge base has for it; NULL: was not asked */
  const guint8 *record_sha; /* the record as a blob, for held mail and spam; else NULL */
} PnIntakeItem;

typedef struct {
  PnDisposition disposition;
  gint64 ticket_id;
  gint64 message_id;
  json_t *reasons; /* (owned) */
} PnFiled;

void pn_filed_clear (PnFiled *filed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnFiled, pn_filed_clear)

/* At the beginning of a transaction that files all of @items (of PnIntakeItem): asks in a few questions what each would ask
 * alone. Only saves time; not worth it for two or three. */
gboolean pn_intake_look_ahead (const PnClerk *clerk, const GPtrArray *items, GError **error);

/* In a transaction. @filed is set anew at each call and cleared by the caller. CONFLICT when somebody else filed the
 * delivery, or the same mail by another way, a moment ago: a new transaction will see it. */
gboolean pn_intake_file (const PnClerk *clerk, const PnIntakeItem *item, PnFiled *filed,
                         GError **error);
