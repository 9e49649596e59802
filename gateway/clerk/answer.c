#include "gateway/clerk/answer.h"

#include "gateway/mail/address.h"
#include "gateway/mail/auto.h"
#include "gateway/mail/sender.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"

/* Returns: why this mail is never answered, whoever sent it; NULL: it may be. */
static const char *
mail_refusal (const PnClerk *clerk, const PnMail *mail)
{
  const char *from = mail->from->address;
  g_autofree char *usable = pn_text_read_address (from, NULL);

  if (usable == NULL)
    return "No answer: it has no sender who could be answered.";
  if (mail->kind != PN_MAIL_MESSAGE)
    return "No answer: no person wrote it to us.";
  if (mail->auto_reasons->len > 0)
    return "No answer: a machine or a list sent it.";
  if (mail->return_path != NULL && *mail->return_path == '\0')
    return "No answer: its return path is empty.";
  if (pn_auto_is_robot_address (from))
    return "No answer: its sender is the address of a machine.";
  if (pn_book_owns (clerk->book, from))
    return "No answer: it comes from one of our own addresses.";
  if (mail->sender_verdict != PN_VERDICT_PASS && mail->return_path != NULL
      && !pn_sender_is_aligned (pn_address_domain (mail->return_path), pn_address_domain (from)))
    return "No answer: nobody vouches for its sender, and its return path is of another domain.";
  return NULL;
}

/* Returns: why this queue does not answer; NULL: it does. */
static const char *
queue_refusal (const PnClerk *clerk, const PnAnswerCase *answer_case)
{
  const PnQueue *queue = pn_book_queue (clerk->book, answer_case->ticket->queue_id);

  if (queue == NULL || !queue->acknowledges)
    return "No answer: the queue does not acknowledge mail.";
  if (pn_book_sender (clerk->book, queue->id, answer_case->mailbox_id) == NULL)
    return "No answer: no mailbox of the queue can send mail.";
  return NULL;
}

typedef struct {
  char *key;
  gint64 limit;
  const char *refusal;
} Limit;

/* Counts against one limit; @refusal is set when it is reached. */
static gboolean
hit (const PnClerk *clerk, const Limit *limit, const char **refusal, GError **error)
{
  gboolean is_allowed;

  if (limit->key == NULL || *refusal != NULL)
    return TRUE;
  if (!pn_rate_hit (clerk->db, limit->key, PN_DAY, limit->limit, &is_allowed, error))
    return FALSE;
  if (!is_allowed)
    *refusal = limit->refusal;
  return TRUE;
}

/* Sets @refusal when the address has had its share of today, or is suspended. */
static gboolean
check_address (const PnClerk *clerk, const PnAnswerCase *answer_case, const char **refusal,
               GError **error)
{
  const gboolean is_verified = answer_case->mail->sender_verdict == PN_VERDICT_PASS;
  g_autofree char *address = pn_person_fold (answer_case->mail->from->address);
  g_autofree char *queue_key =
      g_strdup_printf ("ack:%" G_GINT64_FORMAT ":%s", answer_case->ticket->queue_id, address);
  g_autofree char *unverified_key = is_verified ? NULL : g_strconcat ("unverified:", address, NULL);
  g_autofree char *total_key = g_strconcat ("automatic:", address, NULL);
  const Limit limits[] = {
    { queue_key, 1, "No answer: this address was answered by this queue less than a day ago." },
    { unverified_key, 1,
      "No answer: nobody vouches for this address, and it got a letter less than a day ago." },
    { total_key, PN_ANSWER_DAILY_MAX, "No answer: this address got ten automatic letters today." },
  };
  gboolean is_suspended;

  if (!pn_person_is_suspended (clerk->db, address, &is_suspended, error))
    return FALSE;
  if (is_suspended)
    *refusal = "No answer: letters to this address came back, automatic mail to it is suspended.";
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++) {
    if (!hit (clerk, &limits[i], refusal, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
order (const PnClerk *clerk, const PnAnswerCase *answer_case, GError **error)
{
  const PnMail *mail = answer_case->mail;
  const PnMailbox *mailbox =
      pn_book_sender (clerk->book, answer_case->ticket->queue_id, answer_case->mailbox_id);
  g_autofree char *recipient = pn_text_read_address (mail->from->address, error);
  g_autofree char *key = g_strdup_printf ("message:%" G_GINT64_FORMAT, answer_case->message_id);
  const PnLetterOrder letter = {
    .class = PN_CLASS_AUTOMATIC,
    .letter = mail->sender_verdict == PN_VERDICT_PASS ? "ack" : "ack-unverified",
    .ticket_id = answer_case->ticket->id,
    .message_id = answer_case->message_id,
    .mailbox_id = mailbox->id,
    .recipient = recipient,
    .recipient_name = mail->sender_verdict == PN_VERDICT_PASS ? mail->from->name : NULL,
    .reason_key = key,
  };

  return recipient != NULL && pn_outbox_add (clerk->db, &letter, NULL, error);
}

gboolean
pn_answer_acknowledge (const PnClerk *clerk, const PnAnswerCase *answer_case, gboolean *is_ordered,
                       GError **error)
{
  const char *refusal = answer_case->refusal;

  if (refusal == NULL)
    refusal = mail_refusal (clerk, answer_case->mail);
  if (refusal == NULL)
    refusal = queue_refusal (clerk, answer_case);
  if (refusal == NULL && !check_address (clerk, answer_case, &refusal, error))
    return FALSE;
  if (refusal == NULL && !order (clerk, answer_case, error))
    return FALSE;
  if (is_ordered != NULL)
    *is_ordered = refusal == NULL;
  return pn_event_add (clerk->db, answer_case->ticket->id, PN_EVENT_ANSWER, PN_ACTOR_IS_SYSTEM,
                       NULL, refusal == NULL ? "acknowledgement" : "none",
                       refusal == NULL ? "The sender gets an acknowledgement." : refusal, error);
}
