#include "gateway/clerk/rule_letter.h"

#include "gateway/clerk/answer.h"
#include "gateway/mail/address.h"
#include "gateway/mail/auto.h"
#include "gateway/mail/sender.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"

/* The newest message that came in; NULL without error: none. */
static gboolean
load_newest (PnDb *db, gint64 ticket_id, PnMessage **message, GError **error)
{
  gint64 id;

  *message = NULL;
  if (!pn_message_last_in (db, ticket_id, G_MAXINT64, &id, error))
    return FALSE;
  if (id != 0)
    *message = pn_message_load (db, id, error);
  return id == 0 || *message != NULL;
}

static gboolean
is_of_another_domain (const PnMessage *message)
{
  const char *path = pn_json_get_text (message->envelope, "return_path");

  return message->verdict != PN_VERDICT_PASS && path != NULL
         && !pn_sender_is_aligned (pn_address_domain (path),
                                   pn_address_domain (message->from_address));
}

/* Returns: why nobody is written to; NULL: the writer of @message is. */
static const char *
message_refusal (const PnBook *book, const PnTicket *ticket, const PnMessage *message)
{
  g_autofree char *usable = NULL;

  if (message == NULL)
    return pn_reason (PN_WHY_UNDONE_NO_MAIL);
  usable = pn_text_read_address (message->from_address, NULL);
  if (usable == NULL)
    return pn_reason (PN_WHY_UNDONE_NO_SENDER);
  if (ticket->is_looping)
    return pn_reason (PN_WHY_UNDONE_CIRCLE);
  if (message->kind != PN_MAIL_MESSAGE
      || json_array_size (json_object_get (message->envelope, "auto_reasons")) > 0)
    return pn_reason (PN_WHY_UNDONE_MACHINE);
  if (g_strcmp0 (pn_json_get_text (message->envelope, "return_path"), "") == 0)
    return pn_reason (PN_WHY_UNDONE_EMPTY_PATH);
  if (pn_auto_is_robot_address (usable))
    return pn_reason (PN_WHY_UNDONE_ROBOT);
  if (pn_book_owns (book, usable))
    return pn_reason (PN_WHY_UNDONE_OWN_ADDRESS);
  if (message->is_stranger)
    return pn_reason (PN_WHY_UNDONE_STRANGER);
  if (message->verdict == PN_VERDICT_FAIL)
    return pn_reason (PN_WHY_UNDONE_FORGED);
  return is_of_another_domain (message) ? pn_reason (PN_WHY_UNDONE_OTHER_DOMAIN) : NULL;
}

static gboolean
hit (PnDb *db, const char *kind, const char *address, gint64 limit, gboolean *is_allowed,
     GError **error)
{
  g_autofree char *key = g_strconcat (kind, ":", address, NULL);

  return pn_rate_hit (db, key, PN_DAY, limit, is_allowed, error);
}

/* @refusal: (borrowed) NULL: it may get one. */
static gboolean
check_address (PnDb *db, const PnMessage *message, const char **refusal, GError **error)
{
  g_autofree char *address = pn_person_fold (message->from_address);
  gboolean is_suspended;
  gboolean is_allowed = TRUE;

  if (!pn_person_is_suspended (db, address, &is_suspended, error))
    return FALSE;
  if (is_suspended) {
    *refusal = pn_reason (PN_WHY_UNDONE_SUSPENDED);
    return TRUE;
  }
  if (message->verdict != PN_VERDICT_PASS
      && !hit (db, "unverified", address, 1, &is_allowed, error))
    return FALSE;
  if (!is_allowed) {
    *refusal = pn_reason (PN_WHY_UNDONE_UNVERIFIED);
    return TRUE;
  }
  if (!hit (db, "automatic", address, PN_ANSWER_DAILY_MAX, &is_allowed, error))
    return FALSE;
  if (!is_allowed)
    *refusal = pn_reason (PN_WHY_UNDONE_DAILY);
  return TRUE;
}

static gboolean
order (PnDb *db, const PnMailbox *mailbox, const PnMessage *message, const char *text,
       gint64 firing_id, GError **error)
{
  g_autoptr (json_t) document = json_pack ("{s:o}", "text", pn_json_text (text));
  g_autofree char *recipient = pn_text_read_address (message->from_address, error);
  g_autofree char *key = g_strdup_printf ("firing:%" G_GINT64_FORMAT, firing_id);
  const PnLetterOrder letter = {
    .class = PN_CLASS_AUTOMATIC,
    .letter = "rule",
    .ticket_id = message->ticket_id,
    .message_id = message->id,
    .mailbox_id = mailbox->id,
    .recipient = recipient,
    .recipient_name = message->verdict == PN_VERDICT_PASS ? message->from_name : NULL,
    .document = document,
    .reason_key = key,
  };

  return recipient != NULL && pn_outbox_add (db, &letter, NULL, error);
}

gboolean
pn_rule_letter (gpointer data, const PnTicket *ticket, const char *text, gint64 firing_id,
                char **refusal, GError **error)
{
  const PnRuleLetters *letters = data;
  const PnMailbox *mailbox = pn_book_sender (letters->book, ticket->queue_id, ticket->mailbox_id);
  g_autoptr (PnMessage) message = NULL;
  const char *why = mailbox == NULL ? pn_reason (PN_WHY_UNDONE_NO_MAILBOX) : NULL;

  *refusal = NULL;
  if (!load_newest (letters->db, ticket->id, &message, error))
    return FALSE;
  if (why == NULL)
    why = message_refusal (letters->book, ticket, message);
  if (why == NULL && !check_address (letters->db, message, &why, error))
    return FALSE;
  if (why == NULL && !order (letters->db, mailbox, message, text, firing_id, error))
    return FALSE;
  *refusal = g_strdup (why);
  return TRUE;
}
