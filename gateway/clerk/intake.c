#include "gateway/clerk/intake.h"

#include <string.h>

#include "gateway/clerk/answer.h"
#include "gateway/clerk/confirm.h"
#include "gateway/clerk/intake_key.h"
#include "gateway/clerk/intake_private.h"
#include "gateway/clerk/loop.h"
#include "gateway/clerk/report.h"
#include "gateway/clerk/rules.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"

void
pn_filed_clear (PnFiled *filed)
{
  g_clear_pointer (&filed->reasons, json_decref);
  memset (filed, 0, sizeof *filed);
}

void
pn_intake_clear (PnIntake *intake)
{
  g_clear_pointer (&intake->reasons, json_decref);
  g_clear_pointer (&intake->sender, g_free);
  g_clear_pointer (&intake->thread, pn_thread_free);
  g_clear_pointer (&intake->ticket, pn_ticket_free);
  g_clear_pointer (&intake->loop, g_free);
  g_clear_pointer (&intake->refusal, g_free);
}

void
pn_intake_add_reason (PnIntake *intake, const char *reason)
{
  pn_reason_add (intake->reasons, reason);
}

/* Did a program write it in answer to something? Such mail reopens nothing and tells nobody. */
static gboolean
is_machine (const PnIntake *intake)
{
  return intake->mail->kind == PN_MAIL_AUTO_REPLY;
}

gboolean
pn_intake_is_quiet (const PnIntake *intake)
{
  return is_machine (intake) || intake->is_variant || intake->loop != NULL;
}

/* Does the mail carry the header that the mailbox's setting "Name: value" describes? */
static gboolean
has_spam_header (const PnMailbox *mailbox, const PnMail *mail)
{
  const char *colon = mailbox != NULL ? strchr (mailbox->spam_header, ':') : NULL;
  g_autofree char *name = NULL;
  g_autofree char *wanted = NULL;
  const char *value;

  if (colon == NULL)
    return FALSE;
  name = g_strndup (mailbox->spam_header, colon - mailbox->spam_header);
  wanted = g_strstrip (g_strdup (colon + 1));
  value = pn_mail_header (mail, g_strstrip (name));
  return value != NULL && g_ascii_strncasecmp (value, wanted, strlen (wanted)) == 0;
}

gboolean
pn_intake_screen (const PnClerk *clerk, const PnDelivery *delivery, const PnMail *mail,
                  PnScreening *screening, GError **error)
{
  PnSenderVerdict rule = PN_SENDER_ALLOW;
  gboolean has_rule = FALSE;

  *screening = (PnScreening){ .state = PN_SPOOL_WAITING };
  if (pn_spool_is_released (delivery) || pn_report_is (mail))
    return TRUE;
  if (pn_book_has_sender_rules (clerk->book)
      && !pn_sender_rule_find (clerk->db, mail->from->address, &has_rule, &rule, error))
    return FALSE;
  if (has_rule && rule == PN_SENDER_ALLOW)
    return TRUE;
  if (has_rule)
    *screening = (PnScreening){ PN_SPOOL_SPAM, pn_reason (PN_WHY_HELD_BLOCKED) };
  else if (mail->sender_verdict == PN_VERDICT_FAIL)
    *screening = (PnScreening){ PN_SPOOL_HELD, pn_reason (PN_WHY_HELD_FORGED) };
  else if (has_spam_header (pn_book_mailbox (clerk->book, delivery->mailbox_id), mail))
    *screening = (PnScreening){ PN_SPOOL_SPAM, pn_reason (PN_WHY_HELD_SPAM) };
  else if (pn_confirm_is_wanted (mail))
    *screening = (PnScreening){ PN_SPOOL_HELD, pn_reason (PN_WHY_HELD_UNCONFIRMED) };
  return TRUE;
}

char *
pn_intake_sender (const PnMail *mail)
{
  g_autofree char *usable = pn_text_read_address (mail->from->address, NULL);

  return usable != NULL ? pn_person_fold (usable) : g_strdup (PN_INTAKE_NOBODY);
}

static void
start (PnIntake *intake, const PnClerk *clerk, const PnIntakeItem *item)
{
  intake->clerk = clerk;
  intake->delivery = item->delivery;
  intake->mail = item->mail;
  intake->draft = item->draft;
  intake->reasons = json_array ();
  intake->sender = pn_intake_sender (item->mail);
  pn_intake_key (item->delivery, item->mail, intake->key);
}

static const char *
verdict_reason (const PnIntake *intake)
{
  switch (intake->mail->sender_verdict) {
  case PN_VERDICT_PASS:
    return pn_spool_is_confirmed (intake->delivery) ? pn_reason (PN_WHY_SENDER_CONFIRMED)
                                                    : pn_reason (PN_WHY_SENDER_VERIFIED);
  case PN_VERDICT_FAIL: return pn_reason (PN_WHY_SENDER_FORGED);
  case PN_VERDICT_NONE: return pn_reason (PN_WHY_SENDER_UNVERIFIED);
  }
  g_return_val_if_reached ("");
}

/* Finishes the delivery's row and tells the caller. */
static gboolean
finish (const PnIntake *intake, PnDisposition disposition, gint64 ticket_id, PnFiled *filed,
        GError **error)
{
  filed->disposition = disposition;
  filed->ticket_id = ticket_id;
  filed->message_id = intake->message_id;
  filed->reasons = json_incref (intake->reasons);
  return pn_spool_set_filed (intake->clerk->db, intake->delivery->id, disposition, ticket_id,
                             intake->message_id, intake->reasons, error);
}

static gboolean
hold (const PnIntake *intake, const PnIntakeItem *item, PnFiled *filed, GError **error)
{
  if (item->screening.state == PN_SPOOL_HELD && pn_confirm_is_wanted (intake->mail)
      && !pn_confirm_ask (intake->clerk, intake->delivery, intake->mail, intake->reasons, error))
    return FALSE;
  filed->disposition = PN_DISPOSITION_HELD;
  filed->reasons = json_incref (intake->reasons);
  return pn_spool_set_held (intake->clerk->db, intake->delivery->id, item->screening.state,
                            item->record_sha, intake->mail->from->address, intake->mail->subject,
                            intake->reasons, error);
}

/* Mail to the address for complaints is a ticket, whatever its kind. */
static gboolean
is_to_be_noted (const PnIntake *intake)
{
  const PnMailbox *mailbox = pn_book_mailbox (intake->clerk->book, intake->delivery->mailbox_id);

  return pn_report_is (intake->mail)
         && !(intake->mail->kind == PN_MAIL_FEEDBACK_REPORT && mailbox != NULL
              && g_ascii_strncasecmp (mailbox->address, "abuse@", strlen ("abuse@")) == 0);
}

static gboolean
note_report (PnIntake *intake, PnFiled *filed, GError **error)
{
  gint64 ticket_id;

  return pn_report_note (intake->clerk, intake->mail, intake->reasons, &ticket_id, error)
         && finish (intake, PN_DISPOSITION_RECORDED, ticket_id, filed, error);
}

/* @is_ours: a letter of ours came back and is only noted. */
static gboolean
look_for_own (PnIntake *intake, gboolean *is_ours, gint64 *ticket_id, GError **error)
{
  g_autoptr (PnLetterRow) letter = NULL;
  gint64 letter_id;

  *is_ours = pn_loop_is_own (intake->clerk, intake->mail, &letter_id);
  *ticket_id = 0;
  if (!*is_ours)
    return TRUE;
  if (!pn_outbox_find_mid (intake->clerk->db, intake->mail->message_id, &letter, error))
    return FALSE;
  *is_ours = letter != NULL;
  *ticket_id = letter != NULL ? letter->ticket_id : 0;
  return TRUE;
}

/* Answers of machines to machines are noted, once it is clear that they go round in circles. */
static gboolean
is_circling (const PnIntake *intake)
{
  return intake->loop != NULL && is_machine (intake)
         && (intake->ticket == NULL || intake->ticket->is_looping);
}

static gboolean
note_bad_token (PnIntake *intake, GError **error)
{
  if (!intake->thread->has_bad_token)
    return TRUE;
  intake->refusal = g_strdup (pn_reason (PN_WHY_SILENT_TOKEN));
  return pn_event_add (intake->clerk->db, intake->ticket->id, PN_EVENT_SECURITY,
                       (PnActor){ PN_ACTOR_PERSON, intake->person_id }, NULL, "token_bad",
                       pn_reason (PN_WHY_SENDER_TOKEN), error);
}

/* Nobody on the staff is told of what machines write in circles, nor of who pretends to be one of them. */
static gboolean
tell_staff (const PnIntake *intake, GError **error)
{
  const PnClerk *clerk = intake->clerk;

  if (is_machine (intake) || intake->loop != NULL || intake->is_variant
      || (intake->thread->has_bad_token && pn_book_is_agent (clerk->book, intake->sender)))
    return TRUE;
  if (intake->is_new)
    return pn_notice_new (clerk->db, clerk->notices, intake->ticket, intake->message_id, error);
  return pn_notice_reply (clerk->db, clerk->notices, intake->ticket, intake->message_id, error);
}

/* Returns: why nothing goes out by itself; NULL: the rules decide. */
static const char *
refusal_of (const PnIntake *intake)
{
  if (intake->loop != NULL)
    return pn_reason (PN_WHY_SILENT_CIRCLE);
  if (intake->refusal != NULL)
    return intake->refusal;
  if (intake->delivery->may_answer)
    return NULL;
  if (pn_spool_is_released (intake->delivery))
    return pn_reason (PN_WHY_SILENT_RELEASED);
  return intake->mail->sender_verdict == PN_VERDICT_FAIL ? pn_reason (PN_WHY_SILENT_FORGED) : NULL;
}

static gboolean
send_letters (PnIntake *intake, GError **error)
{
  const PnAnswerCase answer_case = {
    .ticket = intake->ticket,
    .mail = intake->mail,
    .message_id = intake->message_id,
    .mailbox_id = intake->delivery->mailbox_id,
    .draft = intake->draft,
    .has_token = intake->thread->has_token && intake->thread->is_participant,
    .refusal = refusal_of (intake),
  };

  if (intake->is_new && !pn_answer_acknowledge (intake->clerk, &answer_case, NULL, error))
    return FALSE;
  return tell_staff (intake, error);
}

static gboolean
file_message (PnIntake *intake, PnFiled *filed, GError **error)
{
  if (!pn_intake_place (intake, error)
      || !pn_loop_check (intake->clerk, intake->mail,
                         intake->ticket != NULL ? intake->ticket->id : 0, &intake->loop, error))
    return FALSE;
  if (intake->loop != NULL)
    pn_intake_add_reason (intake, intake->loop);
  if (is_circling (intake))
    return finish (intake, PN_DISPOSITION_RECORDED, intake->ticket != NULL ? intake->ticket->id : 0,
                   filed, error);
  pn_intake_add_reason (intake, verdict_reason (intake));
  if (!pn_intake_write (intake, error) || !note_bad_token (intake, error)
      || !pn_rules_arrive (intake, error) || !send_letters (intake, error))
    return FALSE;
  PN_CRASH_POINT ("clerk-outbox-inserted");
  return finish (intake, intake->is_new ? PN_DISPOSITION_CREATED : PN_DISPOSITION_APPENDED,
                 intake->ticket->id, filed, error);
}

gboolean
pn_intake_file (const PnClerk *clerk, const PnIntakeItem *item, PnFiled *filed, GError **error)
{
  g_auto (PnIntake) intake = { 0 };
  gint64 ticket_id;
  PnAgentMail agent_mail;
  gboolean is_ours;

  pn_filed_clear (filed);
  start (&intake, clerk, item);
  if (item->screening.state != PN_SPOOL_WAITING) {
    pn_intake_add_reason (&intake, item->screening.reason);
    return hold (&intake, item, filed, error);
  }
  if (is_to_be_noted (&intake))
    return note_report (&intake, filed, error);
  if (!pn_message_find_ingest (clerk->db, intake.key, &intake.message_id, &ticket_id, error))
    return FALSE;
  if (intake.message_id != 0) {
    pn_intake_add_reason (&intake, pn_reason (PN_WHY_PLACE_DUPLICATE));
    return finish (&intake, PN_DISPOSITION_DUPLICATE, ticket_id, filed, error);
  }
  if (!look_for_own (&intake, &is_ours, &ticket_id, error))
    return FALSE;
  if (is_ours) {
    pn_intake_add_reason (&intake, pn_reason (PN_WHY_PLACE_OWN_LETTER));
    return finish (&intake, PN_DISPOSITION_RECORDED, ticket_id, filed, error);
  }
  if (!pn_intake_from_agent (&intake, &agent_mail, error))
    return FALSE;
  switch (agent_mail) {
  case PN_AGENT_MAIL_NONE: return file_message (&intake, filed, error);
  case PN_AGENT_MAIL_FILED:
    return finish (&intake, PN_DISPOSITION_APPENDED, intake.ticket->id, filed, error);
  case PN_AGENT_MAIL_RECORDED:
    return finish (&intake, PN_DISPOSITION_RECORDED, intake.ticket->id, filed, error);
  }
  g_return_val_if_reached (FALSE);
}
