/* Intake, for intake*.c alone: one delivery on its way. */
#pragma once

#include "gateway/clerk/intake.h"
#include "ticketing/thread.h"

/* Whoever wrote without a readable address. */
#define PN_INTAKE_NOBODY "unknown-sender@invalid"

typedef struct {
  const PnClerk *clerk;
  const PnDelivery *delivery;
  const PnMail *mail;
  const PnDraft *draft; /* NULL */
  json_t *reasons;
  guint8 key[PN_SHA256_BYTES];
  char *sender; /* folded; PN_INTAKE_NOBODY when there is none */
  gint64 person_id;
  PnThread *thread;
  PnTicket *ticket; /* where it goes; NULL: a new one is to be opened */
  gint64 linked_id; /* a new ticket is linked to it; 0: none */
  gboolean is_new;
  gboolean is_stranger;
  gboolean is_variant; /* the same letter as one that is there, changed by a list */
  char *loop;          /* why it is a loop; NULL: it is none */
  char *refusal;       /* why there is no answer; NULL: the rules decide */
  gint64 message_id;
} PnIntake;

void pn_intake_clear (PnIntake *intake);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnIntake, pn_intake_clear)

/* Returns: (owned) the sender's address, folded, or PN_INTAKE_NOBODY. */
char *pn_intake_sender (const PnMail *mail);

/* Adds a reason as core/reason stores it. */
void pn_intake_add_reason (PnIntake *intake, const char *reason);

/* Where the mail belongs: sets thread, ticket, linked_id, is_stranger, is_variant (intake_place.c). */
gboolean pn_intake_place (PnIntake *intake, GError **error);

/* Opens or finds the ticket, adds people and the message (intake_message.c). */
gboolean pn_intake_write (PnIntake *intake, GError **error);

/* The mail's attachments as stored ones, appended to @list; one that is missing becomes a reason. */
void pn_intake_store_attachments (PnIntake *intake, GPtrArray *list);

typedef enum {
  PN_AGENT_MAIL_NONE,     /* it is no such mail */
  PN_AGENT_MAIL_FILED,    /* as the agent's answer, or as a note with the reason why not */
  PN_AGENT_MAIL_RECORDED, /* a program's */
} PnAgentMail;

/* An agent's answer to a notice of ours (intake_agent.c). The notice's Reply-To carries a token that names the letter, and
 * so the agent and the ticket; it counts only from that agent's own address, vouched for by the receiving server (or as
 * the site chooses), and with the rights of now. Then what is new in the mail goes to the customer as the agent's answer.
 * It commands nothing else. Sets ticket and message_id. */
gboolean pn_intake_from_agent (PnIntake *intake, PnAgentMail *outcome, GError **error);

/* Is it no news from the customer: a machine's, a copy that a list changed, or part of a loop? */
gboolean pn_intake_is_quiet (const PnIntake *intake);
