#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/deadline.h"
#include "ticketing/message.h"
#include "ticketing/participant.h"
#include "ticketing/search.h"
#include "ticketing/thread.h"
#include "ticketing/ticket_merge.h"
#include "ticketing/ticket_private.h"

static const char drop_sql[] =
    "UPDATE ticket SET message_count = message_count - 1, version = version + 1 WHERE id = ?";

static gboolean
check (const PnMessage *message, const GArray *messages, GError **error)
{
  if (message->direction != PN_DIRECTION_IN)
    pn_error_set (error, PN_ERROR_INVALID, "only what came in can become a ticket of its own");
  else if (messages->len < 2)
    pn_error_set (error, PN_ERROR_INVALID, "it is the only message of its ticket");
  else
    return TRUE;
  return FALSE;
}

static PnTicket *
plan (const PnMessage *message, const PnTicket *old)
{
  PnTicket *ticket = g_new0 (PnTicket, 1);
  g_autofree char *bare = pn_thread_bare_subject (message->subject);

  ticket->queue_id = old->queue_id;
  ticket->priority = PN_PRIORITY_NORMAL;
  ticket->person_id = message->person_id != 0 ? message->person_id : old->person_id;
  ticket->mailbox_id = old->mailbox_id;
  ticket->subject = g_strdup (*bare != '\0' ? bare : old->subject);
  ticket->preview = pn_text_clean_line (message->reply != NULL ? message->reply : message->text,
                                        PN_TICKET_PREVIEW_BYTES);
  ticket->language = g_strdup (old->language);
  return ticket;
}

/* The sender takes part in the new ticket; in the old one no longer, where they only waited to be accepted. */
static gboolean
move_sender (PnDb *db, const PnMessage *message, const PnTicket *old, const PnTicket *ticket,
             GError **error)
{
  g_autofree char *usable = pn_text_read_address (message->from_address, NULL);
  gboolean is_participant;

  if (usable == NULL)
    return TRUE;
  if (!pn_participant_add (db, ticket->id, usable, message->from_name, PN_PARTICIPANT_REQUESTER,
                           pn_reason (PN_WHY_PART_FIRST), error)
      || !pn_message_accept_stranger (db, ticket->id, message->from_address, error)
      || !pn_participant_has (db, old->id, usable, &is_participant, error))
    return FALSE;
  return is_participant || pn_participant_remove (db, old->id, usable, error);
}

/* Words of the message alone are not found on the old ticket any more. */
static gboolean
move_words (PnDb *db, const PnMessage *message, const PnTicket *ticket, const GArray *messages,
            GError **error)
{
  if (!pn_search_forget (db, message->ticket_id, message->id, error)
      || !pn_search_note_subject (db, message->ticket_id, error))
    return FALSE;
  for (guint i = 0; i < messages->len; i++) {
    const gint64 id = g_array_index (messages, gint64, i);

    if (!pn_search_note (db, id == message->id ? ticket->id : message->ticket_id, id, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_ticket_split (PnDb *db, gint64 message_id, PnActor actor, gint64 *ticket_id, GError **error)
{
  g_autoptr (PnMessage) message = pn_message_load (db, message_id, error);
  g_autoptr (PnTicket) old =
      message != NULL ? pn_ticket_load (db, message->ticket_id, error) : NULL;
  g_autoptr (GArray) messages = old != NULL ? pn_message_ids (db, old->id, error) : NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autofree char *why = NULL;

  if (messages == NULL || !check (message, messages, error))
    return FALSE;
  ticket = plan (message, old);
  why = pn_reason_make (PN_WHY_TICKET_SPLIT, "{s:I}", "ticket", (json_int_t) old->id);
  if (!pn_ticket_open (db, ticket, actor, why, error)
      || !pn_message_move (db, message_id, old->id, ticket->id, error)
      || !pn_ticket_touch (db, ticket->id, PN_TOUCH_CUSTOMER, ticket->preview, actor, NULL, error)
      || !pn_db_exec (db, drop_sql, PN_ARGS (pn_int (old->id)), NULL, error)
      || !pn_deadline_mark (db, old->id, error)
      || !pn_ticket_link (db, ticket->id, old->id, why, actor, error)
      || !move_sender (db, message, old, ticket, error)
      || !move_words (db, message, ticket, messages, error))
    return FALSE;
  *ticket_id = ticket->id;
  return TRUE;
}
