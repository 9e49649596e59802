#include "gateway/clerk/intake_private.h"

#include <string.h>

#include "gateway/clerk/loop.h"
#include "ticketing/access.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"
#include "ticketing/reply.h"
#include "ticketing/search.h"
#include "ticketing/ticket_merge.h"

#define RATE_WINDOW (10 * PN_MINUTE)
#define RATE_MAX 20

/* @letter: (owned) the notice whose reply address the mail was sent to; NULL: there is none. */
static gboolean
find_notice (const PnIntake *intake, const char *address, PnLetterRow **letter, GError **error)
{
  const PnClerk *clerk = intake->clerk;
  g_autofree char *tag = pn_thread_address_tag (address, PN_THREAD_AGENT_TAG);
  g_autoptr (PnLetterRow) row = NULL;
  g_autoptr (GError) problem = NULL;
  gint64 id;

  if (tag == NULL || *letter != NULL || !pn_book_owns (clerk->book, address)
      || !pn_token_read (clerk->key, PN_TOKEN_AGENT, tag, pn_clock_now (), &id))
    return TRUE;
  row = pn_outbox_load (clerk->db, id, &problem);
  if (row == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (row != NULL && row->class == PN_CLASS_NOTICE && row->agent_id != 0 && row->ticket_id != 0)
    *letter = g_steal_pointer (&row);
  return TRUE;
}

static gboolean
look_at_recipients (const PnIntake *intake, PnLetterRow **letter, GError **error)
{
  const GPtrArray *lists[] = { intake->mail->to, intake->mail->cc };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    for (guint j = 0; j < lists[i]->len; j++) {
      if (!find_notice (intake, ((PnAddress *) lists[i]->pdata[j])->address, letter, error))
        return FALSE;
    }
  }
  for (guint i = 0; i < intake->mail->delivered_to->len; i++) {
    if (!find_notice (intake, intake->mail->delivered_to->pdata[i], letter, error))
      return FALSE;
  }
  return TRUE;
}

/* Returns: why the mail is not taken for the agent's; NULL: it is. */
static const char *
sender_refusal (const PnIntake *intake, const PnAgent *agent)
{
  const char *choice = intake->clerk->agent_replies;
  g_autofree char *own = NULL;

  if (choice != NULL && strcmp (choice, "no") == 0)
    return pn_reason (PN_WHY_STAFF_OFF);
  if (agent == NULL || !agent->is_enabled)
    return pn_reason (PN_WHY_STAFF_DISABLED);
  own = pn_person_fold (agent->address);
  if (strcmp (own, intake->sender) != 0)
    return pn_reason (PN_WHY_STAFF_ADDRESS);
  if (intake->mail->sender_verdict == PN_VERDICT_FAIL)
    return pn_reason (PN_WHY_STAFF_FORGED);
  if (intake->mail->sender_verdict == PN_VERDICT_NONE && g_strcmp0 (choice, "token") != 0)
    return pn_reason (PN_WHY_SENDER_UNVERIFIED);
  return NULL;
}

/* A mail that is nothing but a quote is taken for its text; it is no answer. */
static gboolean
has_new_words (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++) {
    const char *start = lines[i] + strspn (lines[i], " \t\r");

    if (*start != '\0' && *start != '>')
      return TRUE;
  }
  return FALSE;
}

/* Rights are those of now, not of when the notice was written (TRUST.md row 4). */
static gboolean
check_rights (const PnIntake *intake, const PnAgent *agent, const char **refusal, GError **error)
{
  g_autoptr (PnAccess) access = pn_access_load (intake->clerk->db, agent, error);

  if (access == NULL)
    return FALSE;
  if (!pn_access_may (access, PN_RIGHT_WORK, intake->ticket->queue_id))
    *refusal = pn_reason (PN_WHY_STAFF_NO_RIGHT);
  else if (!pn_ticket_takes_replies (intake->ticket))
    *refusal = pn_reason (PN_WHY_STAFF_CLOSED);
  else if (!has_new_words (intake->mail->reply))
    *refusal = pn_reason (PN_WHY_STAFF_NOTHING_NEW);
  return TRUE;
}

/* People write the same words to many, so only the number counts: what goes round goes round fast. */
static gboolean
check_rate (const PnIntake *intake, const PnAgent *agent, const char **refusal, GError **error)
{
  g_autofree char *key = g_strdup_printf ("agent-mail:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                                          agent->id, intake->ticket->id);
  gboolean is_allowed;

  if (!pn_rate_hit (intake->clerk->db, key, RATE_WINDOW, RATE_MAX, &is_allowed, error))
    return FALSE;
  if (!is_allowed)
    *refusal = pn_reason (PN_WHY_STAFF_TOO_MANY);
  return TRUE;
}

typedef struct {
  PnReply reply;
  gint64 message_id;
} Answer;

static gboolean
add_answer (PnDb *db, gpointer data, GError **error)
{
  Answer *answer = data;

  return pn_reply_add (db, &answer->reply, &answer->message_id, error);
}

/* @refusal: (owned) why it could not be sent after all; NULL: it is on its way. */
static gboolean
send_answer (PnIntake *intake, const PnAgent *agent, char **refusal, GError **error)
{
  g_autoptr (GPtrArray) attachments =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_stored_attachment_free);
  g_autoptr (GError) problem = NULL;
  Answer answer = { .reply = { .ticket_id = intake->ticket->id,
                               .agent_id = agent->id,
                               .channel = intake->delivery->channel,
                               .text = intake->mail->reply,
                               .attachments = attachments,
                               .status = -1,
                               .ingest_key = intake->key,
                               .raw_sha = intake->delivery->raw_sha,
                               .reasons = intake->reasons } };

  pn_intake_add_reason (intake, pn_reason (PN_WHY_STAFF_ANSWERED));
  pn_intake_store_attachments (intake, attachments);
  if (pn_db_try (intake->clerk->db, add_answer, &answer, &problem)) {
    intake->message_id = answer.message_id;
    return TRUE;
  }
  if (!pn_error_is (problem, PN_ERROR_INVALID)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  *refusal =
      pn_reason_make (PN_WHY_STAFF_UNSENDABLE, "{s:o}", "problem", pn_json_text (problem->message));
  return TRUE;
}

/* For staff alone, under the name and address that it came with, and not sent to anybody. */
static gboolean
keep_as_note (PnIntake *intake, GError **error)
{
  PnDb *db = intake->clerk->db;
  const PnMail *mail = intake->mail;
  const PnActor actor = PN_ACTOR_IS_SYSTEM;
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = intake->ticket->id;
  message->direction = PN_DIRECTION_NOTE;
  message->channel = intake->delivery->channel;
  message->has_ingest_key = TRUE;
  memcpy (message->ingest_key, intake->key, sizeof message->ingest_key);
  message->from_name = g_strdup (mail->from->name);
  message->from_address = g_strdup (mail->from->address);
  message->verdict = mail->sender_verdict;
  message->subject = g_strdup (mail->subject);
  message->text = g_strdup (mail->text);
  message->reply = g_strcmp0 (mail->reply, mail->text) != 0 ? g_strdup (mail->reply) : NULL;
  pn_intake_store_attachments (intake, message->attachments);
  message->reasons = json_incref (intake->reasons);
  message->has_raw = intake->delivery->format == PN_FORMAT_RFC822;
  memcpy (message->raw_sha, intake->delivery->raw_sha, sizeof message->raw_sha);
  message->sent_at = mail->date;
  if (!pn_message_add (db, message, error))
    return FALSE;
  intake->message_id = message->id;
  return pn_search_note (db, intake->ticket->id, message->id, error)
         && pn_ticket_touch (db, intake->ticket->id, PN_TOUCH_NOTE, NULL, actor, NULL, error);
}

static gboolean
refuse (PnIntake *intake, const PnAgent *agent, const char *refusal, GError **error)
{
  const PnClerk *clerk = intake->clerk;

  pn_intake_add_reason (intake, refusal);
  pn_intake_add_reason (intake, pn_reason (PN_WHY_STAFF_NOTE));
  return keep_as_note (intake, error)
         && pn_event_add (clerk->db, intake->ticket->id, PN_EVENT_SECURITY, PN_ACTOR_IS_SYSTEM,
                          NULL, "agent_mail", refusal, error)
         && (agent == NULL
             || pn_notice_unsent (
                 clerk->db, clerk->notices,
                 &(PnNoticeUnsent){ intake->ticket, agent->id, refusal, intake->message_id },
                 error));
}

/* NULL: there is none any more, no error. */
static gboolean
load_agent (const PnIntake *intake, gint64 id, PnAgent **agent, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *agent = pn_agent_load (intake->clerk->db, id, &problem);
  if (*agent != NULL || pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
take (PnIntake *intake, gint64 agent_id, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;
  g_autofree char *trouble = NULL;
  const char *refusal;

  if (!load_agent (intake, agent_id, &agent, error))
    return FALSE;
  refusal = sender_refusal (intake, agent);
  if (refusal == NULL && !check_rights (intake, agent, &refusal, error))
    return FALSE;
  if (refusal == NULL && !check_rate (intake, agent, &refusal, error))
    return FALSE;
  if (refusal == NULL && !send_answer (intake, agent, &trouble, error))
    return FALSE;
  if (refusal == NULL)
    refusal = trouble;
  return refusal == NULL || refuse (intake, agent, refusal, error);
}

gboolean
pn_intake_from_agent (PnIntake *intake, PnAgentMail *outcome, GError **error)
{
  PnDb *db = intake->clerk->db;
  g_autoptr (PnLetterRow) letter = NULL;
  gint64 ticket_id;

  *outcome = PN_AGENT_MAIL_NONE;
  if (!look_at_recipients (intake, &letter, error))
    return FALSE;
  if (letter == NULL)
    return TRUE;
  if (!pn_ticket_target (db, letter->ticket_id, &ticket_id, error)
      || (intake->ticket = pn_ticket_load (db, ticket_id, error)) == NULL)
    return FALSE;
  *outcome = PN_AGENT_MAIL_RECORDED;
  if (pn_loop_obvious (intake->clerk, intake->mail) != NULL || intake->mail->kind != PN_MAIL_MESSAGE
      || intake->mail->auto_reasons->len > 0) {
    pn_intake_add_reason (intake, pn_reason (PN_WHY_STAFF_PROGRAM));
    return TRUE;
  }
  *outcome = PN_AGENT_MAIL_FILED;
  return take (intake, letter->agent_id, error);
}
