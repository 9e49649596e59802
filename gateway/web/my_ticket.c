#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/download.h"
#include "gateway/web/once.h"
#include "gateway/web/show.h"
#include "gateway/web/submit.h"
#include "gateway/web/uploads.h"
#include "gateway/web/visit.h"
#include "gateway/web/my_rate.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/token.h"
#include "ticketing/link.h"
#include "ticketing/mailbox.h"
#include "ticketing/participant.h"
#include "ticketing/thread.h"
#include "ticketing/ticket_merge.h"

#define MESSAGES 500
#define TEXT_BYTES (100 * 1024)

static int
by_id (gconstpointer a, gconstpointer b)
{
  const PnMessage *first = *(PnMessage *const *) a;
  const PnMessage *second = *(PnMessage *const *) b;

  return (first->id > second->id) - (first->id < second->id);
}

/* A button for a new one is on every such page, also where there is nothing to renew. */
static json_t *
renew_url (const PnCall *call)
{
  const char *path = call->request->path;

  return strcmp (call->request->route->pattern, "/my/{token}") == 0
             ? json_sprintf ("%s/renew", path)
             : json_null ();
}

static void
show_expired (PnCall *call)
{
  pn_limit_take (call->web->limit, PN_LIMIT_TOKEN, call->request->client);
  pn_call_page (call, 404, "my-expired",
                json_pack ("{s:s, s:o}", "contact_url", "/contact", "renew_url", renew_url (call)));
}

/* A merged ticket goes on in another one: there, for whoever takes part in that, too. */
static gboolean
enter_target (PnCall *call, gint64 *ticket_id, const char *address, GError **error)
{
  gboolean is_participant = FALSE;
  gint64 target_id;

  if (!pn_ticket_target (call->db, *ticket_id, &target_id, error)
      || !pn_participant_has (call->db, target_id, address, &is_participant, error))
    return FALSE;
  if (is_participant)
    *ticket_id = target_id;
  return TRUE;
}

/* Adds what was said on tickets that were merged into it, where this customer took part in them. */
static gboolean
add_merged (PnCall *call, gint64 ticket_id, GPtrArray *messages, GError **error)
{
  g_autoptr (GArray) members = pn_ticket_members (call->db, ticket_id, error);

  for (guint i = 1; members != NULL && i < members->len; i++) {
    const gint64 id = g_array_index (members, gint64, i);
    GPtrArray *more;
    gboolean is_participant;

    if (!pn_participant_has (call->db, id, call->customer_address, &is_participant, error))
      return FALSE;
    if (!is_participant)
      continue;
    more = pn_message_list (call->db, id, 0, MESSAGES, error);
    if (more == NULL)
      return FALSE;
    g_ptr_array_extend_and_steal (messages, more);
  }
  if (members != NULL && members->len > 1)
    g_ptr_array_sort (messages, by_id);
  return members != NULL;
}

/* May this customer see what hangs on that ticket: theirs, or one that is part of it and was theirs? */
static gboolean
sees (PnCall *call, gint64 ticket_id, gboolean *may, GError **error)
{
  gint64 target_id;

  if (call->customer_has_all)
    return pn_participant_has (call->db, ticket_id, call->customer_address, may, error);
  *may = ticket_id == call->customer_ticket;
  if (*may)
    return TRUE;
  if (!pn_ticket_target (call->db, ticket_id, &target_id, error))
    return FALSE;
  return target_id != call->customer_ticket
         || pn_participant_has (call->db, ticket_id, call->customer_address, may, error);
}

/* The link in a letter names the letter: whom it went to and about which ticket. It is exchanged for a cookie at once, so
 * that it stays neither in the address bar nor in a log, and its bearer must still take part. */
void
pn_my_enter (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnLetterRow) row = NULL;
  gboolean is_participant = FALSE;
  gboolean is_revoked = FALSE;
  g_autofree char *location = NULL;
  gint64 id;

  if (!pn_limit_has (call->web->limit, PN_LIMIT_TOKEN, call->request->client)) {
    pn_call_problem (call, 429, "");
    return;
  }
  if (!pn_token_read (call->web->config.token_key, PN_TOKEN_TICKET, call->request->match.name,
                      pn_clock_now (), &id)) {
    show_expired (call);
    return;
  }
  row = pn_outbox_load (call->db, id, &error);
  if (row == NULL
      || (row->ticket_id != 0
          && !pn_participant_has (call->db, row->ticket_id, row->recipient, &is_participant,
                                  &error))) {
    if (pn_error_is (error, PN_ERROR_NOT_FOUND))
      show_expired (call);
    else
      pn_call_fail (call, error);
    return;
  }
  if (is_participant
      && !pn_link_is_revoked (call->db, row->recipient, row->created_at, &is_revoked, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!is_participant || is_revoked || row->class == PN_CLASS_NOTICE) {
    show_expired (call);
    return;
  }
  if (strcmp (row->letter, "requests-link") == 0) {
    pn_visit_begin (call, 0, row->recipient);
    pn_response_set_redirect (call->response, "/my");
    return;
  }
  if (!enter_target (call, &row->ticket_id, row->recipient, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_visit_begin (call, row->ticket_id, row->recipient);
  location = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, row->ticket_id);
  pn_response_set_redirect (call->response, location);
}

/* The ticket of the cookie, if it is the one that the address names. (owned) NULL: answered already. */
static PnTicket *
load_ticket (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnTicket *ticket = NULL;

  if (pn_call_id (call) != call->customer_ticket) {
    pn_call_not_found (call);
    return NULL;
  }
  if (pn_show_load (call, &error))
    ticket = pn_ticket_load (call->db, call->customer_ticket, &error);
  if (ticket == NULL)
    pn_call_fail (call, error);
  return ticket;
}

/* Notes are not for customers, and neither is what a stranger wrote whom nobody has accepted. */
static gboolean
is_for_customer (const PnMessage *message)
{
  return message->direction != PN_DIRECTION_NOTE && !message->is_stranger;
}

/* The address of a file says through which ticket it is seen, and so by which visit. */
static json_t *
show_files (const PnCall *call, const PnTicket *ticket, const PnMessage *message)
{
  g_autofree char *query = g_strdup_printf ("?ticket=%" G_GINT64_FORMAT, ticket->id);
  json_t *files = pn_show_attachments (call, message->attachments, "/my/attachments");
  json_t *file;
  size_t i;

  json_array_foreach (files, i, file)
  {
    g_autofree char *url =
        g_strconcat (json_string_value (json_object_get (file, "url")), query, NULL);

    pn_json_set (file, "url", json_string (url));
  }
  return files;
}

/* Ours carry the queue's name: agents' names and addresses stay inside (TRUST.md row 57). */
static json_t *
show_message (const PnCall *call, const PnTicket *ticket, const PnMessage *message)
{
  const PnQueue *queue = pn_show_queue (call, ticket->queue_id);
  gboolean is_ours = message->direction == PN_DIRECTION_OUT;
  const char *theirs = message->from_name != NULL && *message->from_name != '\0'
                           ? message->from_name
                           : message->from_address;
  const char *ours = queue != NULL && *queue->from_name != '\0' ? queue->from_name
                     : queue != NULL                            ? queue->title
                                                                : "";

  return json_pack ("{s:I, s:b, s:o, s:o, s:o, s:b, s:o, s:o}", "id", (json_int_t) message->id,
                    "is_mine", !is_ours, "from", pn_json_text (is_ours ? ours : theirs), "text",
                    pn_json_text (message->text), "reply",
                    pn_json_text (message->reply != NULL ? message->reply : message->text),
                    "has_quote", pn_show_has_quote (message), "created_at",
                    pn_json_time (message->created_at), "attachments",
                    show_files (call, ticket, message));
}

static json_t *
show_ticket (const PnTicket *ticket)
{
  return json_pack (
      "{s:I, s:o, s:s, s:b, s:b, s:b, s:b, s:o, s:o}", "number", (json_int_t) ticket->id, "subject",
      pn_json_text (ticket->subject), "status", pn_status_name (ticket->status), "is_done",
      ticket->status >= PN_STATUS_SOLVED, "is_solved", ticket->status == PN_STATUS_SOLVED,
      "is_closed", ticket->status == PN_STATUS_CLOSED, "takes_replies",
      pn_ticket_takes_replies (ticket), "created_at", pn_json_time (ticket->created_at),
      "updated_at", pn_json_time (ticket->updated_at));
}

static void
show_page (PnCall *call, int status, const PnTicket *ticket, const char *text, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = pn_message_list (call->db, ticket->id, 0, MESSAGES, &error);
  g_autofree char *op = pn_once_new_key ();
  json_t *messages;
  json_t *errors;
  json_t *rating = NULL;

  if (list == NULL || !add_merged (call, ticket->id, list, &error)
      || (rating = pn_my_show_rating (call, ticket, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  messages = json_array ();
  for (guint i = 0; i < list->len; i++) {
    if (is_for_customer (list->pdata[i]))
      json_array_append_new (messages, show_message (call, ticket, list->pdata[i]));
  }
  errors = json_array ();
  if (problem != NULL)
    json_array_append_new (errors, pn_json_text (problem));
  pn_call_page (call, status, "my-ticket",
                json_pack ("{s:o, s:o, s:b, s:o, s:{s:o, s:s, s:o}}", "ticket",
                           show_ticket (ticket), "messages", messages, "has_all",
                           call->customer_has_all, "rating", rating, "composer", "text",
                           pn_json_text (text != NULL ? text : ""), "op", op, "errors", errors));
}

void
pn_my_ticket (PnCall *call)
{
  g_autoptr (PnTicket) ticket = load_ticket (call);

  if (ticket != NULL)
    show_page (call, 200, ticket, NULL, NULL);
}

/* The reply token in the recipient's address says which ticket it is for, as in a mail; the clerk decides by the same
 * rules. Without a mailbox the subject's tag does it, since the sender takes part. */
static char *
reply_address (PnCall *call, const PnTicket *ticket, gint64 *mailbox_id, GError **error)
{
  g_autoptr (PnMailbox) mailbox = NULL;
  g_autofree char *token = NULL;

  *mailbox_id = 0;
  if (!pn_mailbox_for_queue (call->db, ticket->queue_id, &mailbox, error) || mailbox == NULL)
    return NULL;
  *mailbox_id = mailbox->id;
  token = pn_token_make (call->web->config.token_key, PN_TOKEN_REPLY, ticket->id, 0);
  return pn_thread_tagged_address (mailbox->address, 't', token);
}

static void
send_reply (PnCall *call, const PnTicket *ticket, const char *text)
{
  g_autoptr (GError) error = NULL;
  const char *op = pn_call_field (call, "op");
  g_autofree char *random = op == NULL ? pn_once_new_key () : NULL;
  g_autofree char *key =
      g_strdup_printf ("link %" G_GINT64_FORMAT " %s", ticket->id, op != NULL ? op : random);
  g_autofree char *subject =
      g_strdup_printf ("[#%" G_GINT64_FORMAT "] %s", ticket->id, ticket->subject);
  g_autofree char *location = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, ticket->id);
  g_autoptr (GPtrArray) attachments = pn_uploads_store (call, &error);
  g_autofree char *to = NULL;
  PnSubmission submission = { .channel = PN_CHANNEL_LINK,
                              .queue_id = ticket->queue_id,
                              .name = call->customer_name,
                              .address = call->customer_address,
                              .subject = subject,
                              .text = text,
                              .attachments = attachments,
                              .key = key };
  gint64 spool_id;

  if (attachments != NULL)
    to = reply_address (call, ticket, &submission.mailbox_id, &error);
  submission.to = to;
  if (error != NULL || !pn_submit (call, &submission, &spool_id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_done (call, location, "replied", 200, NULL);
}

void
pn_my_reply (PnCall *call)
{
  g_autoptr (PnTicket) ticket = load_ticket (call);
  const char *text = pn_call_field (call, "text");

  if (ticket == NULL)
    return;
  if (text == NULL || strspn (text, " \t\n") == strlen (text))
    show_page (call, 400, ticket, text, "Please write a message.");
  else if (strlen (text) > TEXT_BYTES)
    show_page (call, 400, ticket, text, "The message is too long. Please attach it as a file.");
  else if (!pn_ticket_takes_replies (ticket))
    show_page (call, 409, ticket, text, "This request is closed. Please write a new one.");
  else if (!pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client))
    pn_call_problem (call, 429, "too many messages came from your connection");
  else
    send_reply (call, ticket, text);
}

static gboolean
reopen (PnDb *db, gpointer data, GError **error)
{
  const PnTicket *ticket = data;
  g_autoptr (PnTicket) fresh = pn_ticket_load (db, ticket->id, error);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (fresh == NULL)
    return FALSE;
  if (fresh->status < PN_STATUS_SOLVED)
    return TRUE;
  if (!pn_ticket_takes_replies (fresh)) {
    pn_error_set (error, PN_ERROR_CONFLICT, "this request was closed long ago: write a new one");
    return FALSE;
  }
  change.status = PN_STATUS_OPEN;
  change.reason = pn_reason (PN_WHY_CUSTOMER_UNSOLVED);
  return pn_ticket_change (db, fresh, &change, (PnActor){ PN_ACTOR_PERSON, fresh->person_id },
                           error);
}

static gboolean
solve (PnDb *db, gpointer data, GError **error)
{
  const PnTicket *ticket = data;
  g_autoptr (PnTicket) fresh = pn_ticket_load (db, ticket->id, error);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (fresh == NULL)
    return FALSE;
  if (fresh->status >= PN_STATUS_SOLVED)
    return TRUE;
  change.status = PN_STATUS_SOLVED;
  change.reason = pn_reason (PN_WHY_CUSTOMER_SOLVED);
  return pn_ticket_change (db, fresh, &change, (PnActor){ PN_ACTOR_PERSON, fresh->person_id },
                           error);
}

static void
change_ticket (PnCall *call, PnTxFunc change, const char *flash)
{
  g_autoptr (PnTicket) ticket = load_ticket (call);
  g_autoptr (GError) error = NULL;
  g_autofree char *location = NULL;

  if (ticket == NULL)
    return;
  location = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, ticket->id);
  if (pn_db_run (call->db, change, ticket, &error)) {
    pn_live_nudge (call->web->live);
    pn_call_done (call, location, flash, 200, NULL);
  } else {
    pn_call_fail (call, error);
  }
}

void
pn_my_solved (PnCall *call)
{
  change_ticket (call, solve, "solved");
}

void
pn_my_reopen (PnCall *call)
{
  change_ticket (call, reopen, "reopened");
}

void
pn_my_attachment (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  gboolean may_see = FALSE;
  gint64 ticket_id;
  PnDirection direction;
  g_autoptr (PnStoredAttachment) attachment =
      pn_attachment_load (call->db, pn_call_id (call), &ticket_id, &direction, &error);
  g_autoptr (PnMessage) message = NULL;

  if (attachment != NULL && sees (call, ticket_id, &may_see, &error) && may_see)
    message = pn_message_load (call->db, attachment->message_id, &error);
  if (error != NULL)
    pn_call_fail (call, error);
  else if (message == NULL || !is_for_customer (message))
    pn_call_not_found (call);
  else
    pn_download (call, attachment->sha, attachment->type, attachment->name, FALSE);
}
