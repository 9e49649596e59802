#include "ticketing/reply.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/deadline.h"
#include "ticketing/fact.h"
#include "ticketing/outbox.h"
#include "ticketing/participant.h"
#include "ticketing/rule_event.h"
#include "ticketing/search.h"

#define PREVIEW_BYTES 300

static PnStoredAttachment *
copy_attachment (const PnStoredAttachment *from)
{
  PnStoredAttachment *attachment = pn_stored_attachment_new ();

  attachment->name = g_strdup (from->name);
  attachment->type = g_strdup (from->type);
  attachment->declared_type = g_strdup (from->declared_type);
  attachment->size_bytes = from->size_bytes;
  memcpy (attachment->sha, from->sha, sizeof attachment->sha);
  attachment->content_id = g_strdup (from->content_id);
  attachment->is_inline = from->is_inline;
  return attachment;
}

static gboolean
add_message (PnDb *db, const PnReply *reply, const PnTicket *ticket, gint64 *message_id,
             GError **error)
{
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = reply->ticket_id;
  message->direction = reply->is_note ? PN_DIRECTION_NOTE : PN_DIRECTION_OUT;
  message->channel = reply->channel;
  message->agent_id = reply->agent_id;
  message->subject = g_strdup (ticket->subject);
  message->text = g_strdup (reply->text);
  message->reasons =
      reply->reasons != NULL
          ? json_deep_copy (reply->reasons)
          : json_pack ("[o]", pn_reason_read (pn_reason (reply->is_note ? PN_WHY_TICKET_NOTE
                                                                        : PN_WHY_TICKET_AGENT)));
  message->has_ingest_key = reply->ingest_key != NULL;
  if (reply->ingest_key != NULL)
    memcpy (message->ingest_key, reply->ingest_key, sizeof message->ingest_key);
  message->has_raw = reply->raw_sha != NULL;
  if (reply->raw_sha != NULL)
    memcpy (message->raw_sha, reply->raw_sha, sizeof message->raw_sha);
  for (guint i = 0; reply->attachments != NULL && i < reply->attachments->len; i++)
    g_ptr_array_add (message->attachments, copy_attachment (reply->attachments->pdata[i]));
  if (!pn_message_add (db, message, error))
    return FALSE;
  *message_id = message->id;
  return pn_search_note (db, reply->ticket_id, message->id, error);
}

gboolean
pn_reply_find_mailbox (PnDb *db, const PnTicket *ticket, PnMailbox **mailbox, GError **error)
{
  g_autoptr (PnMailbox) own = NULL;

  if (!pn_mailbox_for_queue (db, ticket->queue_id, mailbox, error))
    return FALSE;
  if (*mailbox != NULL || ticket->mailbox_id == 0)
    return TRUE;
  own = pn_mailbox_load (db, ticket->mailbox_id, error);
  if (own == NULL)
    return FALSE;
  if (*own->smtp.host != '\0')
    *mailbox = g_steal_pointer (&own);
  return TRUE;
}

static gboolean
order_letters (PnDb *db, const PnReply *reply, const PnTicket *ticket, gint64 message_id,
               GError **error)
{
  g_autoptr (PnMailbox) mailbox = NULL;
  g_autoptr (GPtrArray) participants = pn_participant_list (db, ticket->id, error);
  g_autofree char *key = g_strdup_printf ("message:%" G_GINT64_FORMAT, message_id);
  guint letters = 0;

  if (participants == NULL || !pn_reply_find_mailbox (db, ticket, &mailbox, error))
    return FALSE;
  if (mailbox == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "no mailbox of this ticket's queue can send mail");
    return FALSE;
  }
  for (guint i = 0; i < participants->len; i++) {
    const PnParticipant *participant = participants->pdata[i];
    const PnLetterOrder order = {
      .class = PN_CLASS_REPLY,
      .letter = "reply",
      .ticket_id = ticket->id,
      .message_id = message_id,
      .mailbox_id = mailbox->id,
      .recipient = participant->address,
      .recipient_name = participant->name,
      .not_before = reply->channel == PN_CHANNEL_DESK ? pn_clock_now () + PN_OUTBOX_UNDO : 0,
      .reason_key = key,
    };

    if (participant->role == PN_PARTICIPANT_STRANGER)
      continue;
    if (!pn_outbox_add (db, &order, NULL, error))
      return FALSE;
    letters++;
  }
  if (letters == 0)
    pn_error_set (error, PN_ERROR_INVALID,
                  "nobody takes part in this ticket who could be answered");
  return letters > 0;
}

static gboolean
set_status (PnDb *db, gint64 ticket_id, int status, PnActor actor, const char *reason,
            GError **error)
{
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (status < 0)
    return TRUE;
  ticket->id = ticket_id;
  change.status = status;
  change.reason = reason;
  return pn_ticket_change (db, ticket, &change, actor, error);
}

static gboolean
note_answer (PnDb *db, gint64 ticket_id, gint64 message_id, PnActor agent, GError **error)
{
  const PnRuleNews news = { PN_RULE_ON_ANSWER, agent, message_id, NULL, NULL };

  return pn_rule_event_add (db, ticket_id, &news, error);
}

gboolean
pn_reply_add (PnDb *db, const PnReply *reply, gint64 *message_id, GError **error)
{
  const PnActor agent = { PN_ACTOR_AGENT, reply->agent_id };
  g_autoptr (PnTicket) ticket = NULL;
  g_autofree char *preview = NULL;

  if (reply->text == NULL || reply->text[strspn (reply->text, " \t\r\n")] == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "there is nothing written");
    return FALSE;
  }
  ticket = pn_ticket_load (db, reply->ticket_id, error);
  if (ticket == NULL || !add_message (db, reply, ticket, message_id, error))
    return FALSE;
  if (!reply->is_note && !order_letters (db, reply, ticket, *message_id, error))
    return FALSE;
  preview = pn_text_clean_line (reply->text, PREVIEW_BYTES);
  return pn_ticket_touch (db, ticket->id, reply->is_note ? PN_TOUCH_NOTE : PN_TOUCH_AGENT,
                          reply->is_note ? NULL : preview, agent, NULL, error)
         && (reply->is_note || note_answer (db, ticket->id, *message_id, agent, error))
         && set_status (db, ticket->id, reply->status, agent,
                        pn_reason (reply->is_note ? PN_WHY_TICKET_SET_WITH_NOTE
                                                  : PN_WHY_TICKET_SET_WITH_ANSWER),
                        error);
}

/* The status that the answer set is taken back, unless somebody set another one since. */
static gboolean
restore_status (PnDb *db, const PnMessage *message, PnActor actor, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, message->ticket_id, error);
  g_autoptr (GPtrArray) events = ticket != NULL ? pn_event_list (db, ticket->id, error) : NULL;
  const PnEvent *newest = NULL;
  const PnEvent *oldest = NULL;
  PnStatus before;

  if (events == NULL)
    return FALSE;
  for (guint i = 0; i < events->len; i++) {
    const PnEvent *event = events->pdata[i];

    if (event->kind != PN_EVENT_STATUS || event->at < message->created_at)
      continue;
    if (event->actor.kind != actor.kind || event->actor.id != actor.id)
      return TRUE;
    oldest = oldest != NULL ? oldest : event;
    newest = event;
  }
  if (newest == NULL || g_strcmp0 (newest->new_value, pn_status_name (ticket->status)) != 0
      || !pn_status_read (oldest->old_value, &before))
    return TRUE;
  return set_status (db, ticket->id, (int) before, actor, pn_reason (PN_WHY_TICKET_TAKEN_BACK),
                     error);
}

gboolean
pn_reply_undo (PnDb *db, gint64 message_id, gint64 agent_id, char **text, GError **error)
{
  const PnActor agent = { PN_ACTOR_AGENT, agent_id };
  g_autoptr (PnMessage) message = pn_message_load (db, message_id, error);
  gint64 cancelled;

  if (message == NULL)
    return FALSE;
  if (message->direction != PN_DIRECTION_OUT || message->agent_id != agent_id) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "message %" G_GINT64_FORMAT " is no answer of yours",
                  message_id);
    return FALSE;
  }
  if (!pn_outbox_undo_message (db, message_id, &cancelled, error)
      || !pn_message_withdraw (db, message_id, error)
      || !pn_fact_mark (db, message->ticket_id, error)
      || !restore_status (db, message, agent, error)
      || !pn_event_add (db, message->ticket_id, PN_EVENT_DELIVERY, agent, NULL, "cancelled",
                        pn_reason (PN_WHY_LETTER_TAKEN_BACK), error)
      || !pn_deadline_mark (db, message->ticket_id, error))
    return FALSE;
  *text = g_strdup (message->text);
  return TRUE;
}

gboolean
pn_reply_accept_stranger (PnDb *db, gint64 ticket_id, const char *address, PnActor actor,
                          GError **error)
{
  return pn_message_accept_stranger (db, ticket_id, address, error)
         && pn_participant_add (db, ticket_id, address, NULL, PN_PARTICIPANT_CC,
                                pn_reason (PN_WHY_PART_ACCEPTED), error)
         && pn_event_add (db, ticket_id, PN_EVENT_PARTICIPANT, actor, NULL, address,
                          pn_reason (PN_WHY_SENDER_ACCEPTED), error)
         && pn_deadline_mark (db, ticket_id, error);
}
