#include "gateway/clerk/intake_private.h"

#include <string.h>

#include "gateway/mail/auto.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/message.h"

/* May this sender, who does not take part, be heard on the proposed ticket? Only a person, and only with proof that one
 * of our letters reached them. */
static gboolean
may_knock (const PnIntake *intake, const PnTicket *ticket)
{
  const PnMail *mail = intake->mail;

  if (mail->kind != PN_MAIL_MESSAGE || mail->auto_reasons->len > 0
      || pn_auto_is_robot_address (mail->from->address)
      || strcmp (intake->sender, PN_INTAKE_NOBODY) == 0)
    return FALSE;
  if (intake->thread->has_token)
    return TRUE;
  return intake->thread->evidence == PN_EVIDENCE_OWN_ID && ticket->status != PN_STATUS_SOLVED
         && ticket->status != PN_STATUS_CLOSED;
}

/* Takes the proposed ticket, or leaves it as a link. */
static void
decide (PnIntake *intake, PnTicket *proposed)
{
  g_autoptr (PnTicket) ticket = proposed;

  intake->linked_id = ticket->id;
  if (!pn_ticket_takes_replies (ticket)) {
    pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_CLOSED));
    return;
  }
  if (!intake->thread->is_participant && !may_knock (intake, ticket)) {
    pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_OUTSIDER));
    return;
  }
  intake->is_stranger = !intake->thread->is_participant;
  if (intake->is_stranger)
    pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_STRANGER));
  intake->linked_id = 0;
  intake->ticket = g_steal_pointer (&ticket);
}

/* A copy that a list changed (a footer, say): same Message-ID, date and sender, and both are vouched for. */
static gboolean
is_variant_of (const PnMail *mail, const PnMessage *message)
{
  return message->direction == PN_DIRECTION_IN && mail->sender_verdict == PN_VERDICT_PASS
         && message->verdict == PN_VERDICT_PASS && mail->date != 0 && mail->date == message->sent_at
         && g_ascii_strcasecmp (mail->from->address, message->from_address) == 0;
}

/* The Message-ID is evidence, not identity: the same one with other content is another message. */
static gboolean
look_at_reused_id (PnIntake *intake, GError **error)
{
  g_autoptr (PnMessage) message = NULL;
  gint64 message_id;
  gint64 ticket_id;

  if (intake->mail->message_id == NULL)
    return TRUE;
  if (!pn_message_find_mid (intake->clerk->db, intake->mail->message_id, &message_id, &ticket_id,
                            error))
    return FALSE;
  if (message_id == 0)
    return TRUE;
  message = pn_message_load (intake->clerk->db, message_id, error);
  if (message == NULL)
    return FALSE;
  if (!is_variant_of (intake->mail, message)) {
    pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_ID_REUSED));
    return TRUE;
  }
  pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_VARIANT));
  intake->is_variant = TRUE;
  intake->ticket = pn_ticket_load (intake->clerk->db, ticket_id, error);
  return intake->ticket != NULL;
}

gboolean
pn_intake_place (PnIntake *intake, GError **error)
{
  PnDb *db = intake->clerk->db;
  g_autoptr (GError) problem = NULL;
  PnTicket *proposed;

  intake->thread = pn_thread_find (db, intake->clerk->key, intake->mail,
                                   pn_book_addresses (intake->clerk->book), error);
  if (intake->thread == NULL || !look_at_reused_id (intake, error))
    return FALSE;
  if (intake->ticket != NULL)
    return TRUE;
  pn_intake_add_reason (intake, intake->thread->reason);
  intake->linked_id = intake->thread->linked_id;
  if (intake->thread->ticket_id == 0)
    return TRUE;
  proposed = pn_ticket_load (db, intake->thread->ticket_id, &problem);
  if (proposed != NULL) {
    decide (intake, proposed);
    return TRUE;
  }
  if (!pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  pn_intake_add_reason (intake, pn_reason (PN_WHY_PLACE_GONE));
  return TRUE;
}
