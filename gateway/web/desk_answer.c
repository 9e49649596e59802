#include "gateway/web/handlers.h"

#include "gateway/web/desk_articles.h"
#include "gateway/web/desk_ticket.h"
#include "gateway/web/once.h"
#include "gateway/web/show.h"
#include "gateway/web/uploads.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"
#include "ticketing/participant.h"
#include "ticketing/reply.h"

typedef struct {
  PnOnce *once;
  PnReply reply;
  const char *articles; /* that it was made with; NULL */
  gint64 if_version;    /* 0: not asked */
  gint64 message_id;
  gboolean is_outdated; /* the ticket is not what the form was filled in for */
} Answer;

static gboolean
check_version (PnDb *db, Answer *answer, gboolean *is_first, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, answer->reply.ticket_id, error);

  if (ticket == NULL)
    return FALSE;
  *is_first = ticket->agent_at == 0;
  if (answer->if_version == 0)
    return TRUE;
  answer->is_outdated = ticket->version != answer->if_version;
  if (answer->is_outdated)
    pn_error_set (error, PN_ERROR_CONFLICT, "the ticket has changed since you opened it");
  return !answer->is_outdated;
}

static gboolean
add_answer (PnDb *db, gpointer data, GError **error)
{
  Answer *answer = data;
  g_autofree char *result = NULL;
  gboolean is_first;

  answer->is_outdated = FALSE;
  if (!pn_once_begin (answer->once, db, error))
    return FALSE;
  if (answer->once->result != NULL)
    return pn_call_read_number (answer->once->result, &answer->message_id);
  if (!check_version (db, answer, &is_first, error)
      || !pn_reply_add (db, &answer->reply, &answer->message_id, error)
      || (!answer->reply.is_note
          && !pn_desk_note_articles (db, answer->reply.ticket_id, answer->message_id,
                                     answer->articles, is_first, error)))
    return FALSE;
  result = g_strdup_printf ("%" G_GINT64_FORMAT, answer->message_id);
  PN_CRASH_POINT ("web-before-commit");
  return pn_once_finish (answer->once, db, result, error);
}

static void
show_answer (PnCall *call, const Answer *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMessage) message = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  g_autofree char *location = NULL;
  json_t *document = NULL;

  if (call->is_api) {
    if (!pn_show_load (call, &error)
        || (message = pn_message_load (call->db, answer->message_id, &error)) == NULL
        || (letters = pn_outbox_of_ticket (call->db, answer->reply.ticket_id, &error)) == NULL) {
      pn_call_fail (call, error);
      return;
    }
    document = json_pack ("{s:o}", "message", pn_show_message (call, message, letters));
  }
  location =
      answer->reply.is_note
          ? g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT "#m%" G_GINT64_FORMAT,
                             answer->reply.ticket_id, answer->message_id)
          : g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT "?message=%" G_GINT64_FORMAT
                             "#m%" G_GINT64_FORMAT,
                             answer->reply.ticket_id, answer->message_id, answer->message_id);
  pn_call_done (call, location, answer->reply.is_note ? "noted" : "replied", 201, document);
}

/* Back to the page, with what was typed and what stands against it. */
static void
refuse_answer (PnCall *call, const PnTicket *ticket, const Answer *answer, const GError *error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (PnTicket) fresh = NULL;
  PnComposer composer = { .is_note = answer->reply.is_note,
                          .text = answer->reply.text,
                          .articles = answer->articles,
                          .problem = error->message,
                          .is_conflict = answer->is_outdated };

  if (call->is_api && answer->once->is_reused) {
    pn_call_problem (call, 422, "the Idempotency-Key was used for something else");
    return;
  }
  if (call->is_api
      || !(pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT))) {
    pn_call_fail (call, error);
    return;
  }
  if (answer->once->is_reused)
    composer.problem = "This form was sent before, with another text. Look whether that is what "
                       "you want, then send again.";
  pn_desk_read_seen (call, &composer);
  fresh = pn_ticket_load (call->db, ticket->id, &reason);
  if (fresh == NULL)
    pn_call_fail (call, reason);
  else
    pn_desk_show_ticket (call, fresh, pn_error_http_status (error), &composer);
}

static gboolean
read_answer (PnCall *call, Answer *answer)
{
  const char *status = pn_call_field (call, "status");
  const char *version = pn_call_field (call, "if_version");
  PnStatus chosen;

  answer->articles = pn_call_field (call, "articles");
  answer->reply.text = pn_call_field (call, "text");
  if (answer->reply.text == NULL)
    answer->reply.text = "";
  answer->reply.status = -1;
  if (version != NULL && !pn_call_read_number (version, &answer->if_version)) {
    pn_call_problem (call, 400, "if_version is a number");
    return FALSE;
  }
  if (status != NULL && *status != '\0') {
    if (!pn_status_read (status, &chosen)) {
      pn_call_problem (call, 400, "there is no such status");
      return FALSE;
    }
    answer->reply.status = (int) chosen;
  }
  return TRUE;
}

static void
take_answer (PnCall *call, gboolean is_note)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_WORK);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) attachments = NULL;
  g_auto (PnOnce) once = { NULL };
  Answer answer = { .once = &once };

  if (ticket == NULL || !read_answer (call, &answer))
    return;
  attachments = pn_uploads_store (call, &error);
  if (attachments == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (!pn_once_init (&once, call, attachments))
    return;
  answer.reply.ticket_id = ticket->id;
  answer.reply.agent_id = call->agent->id;
  answer.reply.channel = call->is_api ? PN_CHANNEL_API : PN_CHANNEL_DESK;
  answer.reply.is_note = is_note;
  answer.reply.attachments = attachments;
  if (!pn_db_run (call->db, add_answer, &answer, &error)) {
    refuse_answer (call, ticket, &answer, error);
    return;
  }
  PN_CRASH_POINT ("web-after-commit");
  pn_log (PN_LOG_INFO, is_note ? "noted" : "answered",
          "ticket=%" G_GINT64_FORMAT " message=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          ticket->id, answer.message_id, call->agent->id);
  if (call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "clerk");
  pn_live_nudge (call->web->live);
  show_answer (call, &answer);
}

void
pn_desk_reply (PnCall *call)
{
  take_answer (call, FALSE);
}

void
pn_desk_note (PnCall *call)
{
  take_answer (call, TRUE);
}

typedef struct {
  gint64 message_id;
  gint64 agent_id;
  char *text;
} Undo;

static gboolean
undo_answer (PnDb *db, gpointer data, GError **error)
{
  Undo *undo = data;

  g_clear_pointer (&undo->text, g_free);
  return pn_reply_undo (db, undo->message_id, undo->agent_id, &undo->text, error);
}

/* The text of what was taken back stands in the composer again. */
void
pn_desk_undo (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMessage) message = pn_message_load (call->db, pn_call_id (call), &error);
  g_autoptr (PnTicket) ticket = NULL;
  Undo undo = { pn_call_id (call), call->agent->id, NULL };
  g_autofree char *text = NULL;

  if (message == NULL) {
    pn_call_fail (call, error);
    return;
  }
  ticket = pn_call_ticket (call, message->ticket_id, PN_RIGHT_WORK);
  if (ticket == NULL)
    return;
  if (!pn_db_run (call->db, undo_answer, &undo, &error)) {
    pn_call_fail (call, error);
    return;
  }
  text = undo.text;
  pn_live_nudge (call->web->live);
  if (call->is_api) {
    pn_call_done (call, "", NULL, 200, json_pack ("{s:o}", "text", pn_json_text (text)));
  } else {
    g_autoptr (PnTicket) fresh = pn_ticket_load (call->db, ticket->id, &error);
    PnComposer composer = { .text = text };

    if (fresh == NULL)
      pn_call_fail (call, error);
    else
      pn_desk_show_ticket (call, fresh, 200, &composer);
  }
}

typedef struct {
  gint64 ticket_id;
  const char *address;
  PnActor actor;
} Accept;

static gboolean
accept_stranger (PnDb *db, gpointer data, GError **error)
{
  const Accept *accept = data;
  g_autoptr (GPtrArray) list = pn_participant_list (db, accept->ticket_id, error);
  gboolean is_stranger = FALSE;

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const PnParticipant *participant = list->pdata[i];

    is_stranger = is_stranger
                  || (participant->role == PN_PARTICIPANT_STRANGER
                      && g_ascii_strcasecmp (participant->address, accept->address) == 0);
  }
  if (!is_stranger) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "nobody with that address waits to be accepted");
    return FALSE;
  }
  return pn_reply_accept_stranger (db, accept->ticket_id, accept->address, accept->actor, error);
}

void
pn_desk_accept (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_WORK);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = pn_call_line (call, "address", 320);
  g_autofree char *location = NULL;
  Accept accept;

  if (ticket == NULL)
    return;
  accept = (Accept){ ticket->id, address, { PN_ACTOR_AGENT, call->agent->id } };
  if (!pn_db_run (call->db, accept_stranger, &accept, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_live_nudge (call->web->live);
  location = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, ticket->id);
  pn_call_done (call, location, "accepted", 200,
                json_pack ("{s:o}", "address", pn_json_text (address)));
}
