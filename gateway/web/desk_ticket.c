#include "gateway/web/desk_ticket.h"

#include <string.h>

#include "gateway/web/desk_articles.h"
#include "gateway/web/desk_merge.h"
#include "gateway/web/desk_escalation.h"
#include "gateway/web/desk_organisation.h"
#include "gateway/web/desk_survey.h"
#include "gateway/web/handlers.h"
#include "gateway/web/once.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "gateway/web/show_due.h"
#include "ticketing/core/error.h"
#include "ticketing/participant.h"
#include "ticketing/reply.h"
#include "ticketing/ticket_merge.h"

#define MESSAGES 500
#define HISTORY 20

/* Everything that the page is made of. */
typedef struct {
  GPtrArray *messages;
  GPtrArray *events;
  GPtrArray *letters;
  GPtrArray *participants;
  GPtrArray *links;
  GPtrArray *history;
  GPtrArray *tags;
  GArray *members; /* of gint64: itself, and what was merged into it */
  PnPerson *person;
  gboolean can_send;
} Parts;

static void
parts_clear (Parts *parts)
{
  g_clear_pointer (&parts->messages, g_ptr_array_unref);
  g_clear_pointer (&parts->events, g_ptr_array_unref);
  g_clear_pointer (&parts->letters, g_ptr_array_unref);
  g_clear_pointer (&parts->participants, g_ptr_array_unref);
  g_clear_pointer (&parts->links, g_ptr_array_unref);
  g_clear_pointer (&parts->history, g_ptr_array_unref);
  g_clear_pointer (&parts->tags, g_ptr_array_unref);
  g_clear_pointer (&parts->members, g_array_unref);
  pn_person_free (parts->person);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static gboolean
may_work (const PnCall *call, const PnTicket *ticket)
{
  return ticket->merged_into == 0 && pn_access_may (call->access, PN_RIGHT_WORK, ticket->queue_id);
}

/* The newest messages, oldest first: a very long ticket is read to its end, and its beginning left out. */
static GPtrArray *
load_messages (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (GPtrArray) list = pn_message_list (db, ticket_id, 0, MESSAGES, error);
  guint got = list != NULL ? list->len : 0;

  while (got == MESSAGES) {
    const PnMessage *last = list->pdata[list->len - 1];
    GPtrArray *more = pn_message_list (db, ticket_id, last->id, MESSAGES, error);

    if (more == NULL)
      return NULL;
    got = more->len;
    g_ptr_array_extend_and_steal (list, more);
    if (list->len > MESSAGES)
      g_ptr_array_remove_range (list, 0, list->len - MESSAGES);
  }
  return g_steal_pointer (&list);
}

static gboolean
load_parts (PnCall *call, const PnTicket *ticket, Parts *parts, GError **error)
{
  PnDb *db = call->db;
  g_autoptr (PnMailbox) mailbox = NULL;

  if (!pn_show_load (call, error)
      || (parts->messages = load_messages (db, ticket->id, error)) == NULL
      || (parts->events = pn_event_list (db, ticket->id, error)) == NULL
      || (parts->letters = pn_outbox_of_ticket (db, ticket->id, error)) == NULL
      || (parts->participants = pn_participant_list (db, ticket->id, error)) == NULL
      || (parts->links = pn_ticket_links (db, ticket->id, error)) == NULL
      || (parts->tags = pn_ticket_tags (db, ticket->id, error)) == NULL
      || (parts->person = pn_person_load (db, ticket->person_id, error)) == NULL
      || (parts->history = pn_ticket_of_person (db, ticket->person_id,
                                                pn_access_queues (call->access), HISTORY, error))
             == NULL)
    return FALSE;
  parts->members = pn_ticket_members (db, ticket->id, error);
  if (parts->members == NULL
      || !pn_desk_merge_parts (call, parts->members, parts->messages, parts->letters, error)
      || !pn_reply_find_mailbox (db, ticket, &mailbox, error))
    return FALSE;
  parts->can_send = mailbox != NULL;
  return TRUE;
}

static json_t *
show_timeline (const Parts *parts, json_t *messages, json_t *events)
{
  json_t *timeline = json_array ();
  guint m = 0;
  guint e = 0;

  while (m < parts->messages->len || e < parts->events->len) {
    const PnMessage *message = m < parts->messages->len ? parts->messages->pdata[m] : NULL;
    const PnEvent *event = e < parts->events->len ? parts->events->pdata[e] : NULL;

    if (message == NULL || (event != NULL && event->at < message->created_at))
      json_array_append_new (timeline, json_pack ("{s:O}", "event", json_array_get (events, e++)));
    else
      json_array_append_new (timeline,
                             json_pack ("{s:O}", "message", json_array_get (messages, m++)));
  }
  return timeline;
}

static json_t *
show_participants (const PnCall *call, const Parts *parts, gboolean only_recipients)
{
  json_t *list = json_array ();

  for (guint i = 0; i < parts->participants->len; i++) {
    const PnParticipant *participant = parts->participants->pdata[i];
    gboolean is_stranger = participant->role == PN_PARTICIPANT_STRANGER;
    json_t *shown;

    if (only_recipients && is_stranger)
      continue;
    shown = json_pack ("{s:o, s:o, s:s, s:b}", "address", pn_json_text (participant->address),
                       "name", pn_json_text (participant->name), "role",
                       pn_participant_role_name (participant->role), "is_stranger", is_stranger);
    pn_reason_put (call, shown, "added_by", participant->added_by);
    json_array_append_new (list, shown);
  }
  return list;
}

/* What the caller may not see of a link is not there. */
static json_t *
show_links (const PnCall *call, const Parts *parts)
{
  json_t *list = json_array ();

  for (guint i = 0; i < parts->links->len; i++) {
    const PnTicketLink *link = parts->links->pdata[i];
    g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, link->other_id);

    json_t *shown;

    if (!pn_access_may (call->access, PN_RIGHT_SEE, link->queue_id))
      continue;
    shown = json_pack ("{s:I, s:s, s:o, s:s}", "number", (json_int_t) link->other_id, "url", url,
                       "subject", pn_json_text (link->subject), "status",
                       pn_status_name (link->status));
    pn_reason_put (call, shown, "reason", link->reason);
    json_array_append_new (list, shown);
  }
  return list;
}

static json_t *
show_history (const PnCall *call, const PnTicket *ticket, const Parts *parts)
{
  json_t *list = json_array ();
  const GPtrArray *addresses = parts->person->addresses;

  for (guint i = 0; i < parts->history->len; i++) {
    const PnTicket *other = parts->history->pdata[i];

    if (other->id != ticket->id)
      json_array_append_new (list, pn_show_ticket (call, other, parts->person->name,
                                                   addresses->len > 0 ? addresses->pdata[0] : NULL,
                                                   NULL));
  }
  return list;
}

static json_t *
show_choice (const char *name, const char *title, gboolean is_current)
{
  json_t *choice = json_pack ("{s:o, s:b}", "name", pn_json_text (name), "is_current", is_current);

  if (title != NULL)
    pn_json_set (choice, "title", pn_json_text (title));
  return choice;
}

/* The queues that the ticket may be moved to, and whether answers could leave from there. */
static json_t *
show_queues (const PnCall *call, const PnTicket *ticket, const GArray *sending)
{
  json_t *queues = json_array ();

  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];
    gboolean sends = FALSE;
    json_t *choice;

    if (!pn_access_may (call->access, PN_RIGHT_WORK, queue->id))
      continue;
    for (guint j = 0; j < sending->len && !sends; j++)
      sends = g_array_index (sending, gint64, j) == queue->id;
    choice = show_choice (queue->name, queue->title, queue->id == ticket->queue_id);
    pn_json_set (choice, "sends", json_boolean (sends));
    json_array_append_new (queues, choice);
  }
  return queues;
}

static gboolean
show_choices (PnCall *call, const PnTicket *ticket, json_t *document, GError **error)
{
  g_autoptr (GPtrArray) agents = pn_access_agents_of_queue (call->db, ticket->queue_id, error);
  g_autoptr (GArray) sending = agents != NULL ? pn_mailbox_sending_queues (call->db, error) : NULL;
  json_t *statuses = json_array ();
  json_t *priorities = json_array ();
  json_t *assignees = json_array ();

  for (int i = 0; i < PN_STATUS_COUNT; i++)
    json_array_append_new (
        statuses, show_choice (pn_status_name ((PnStatus) i), NULL, (int) ticket->status == i));
  for (int i = PN_PRIORITY_LOW; i <= PN_PRIORITY_URGENT; i++)
    json_array_append_new (priorities, show_choice (pn_priority_name ((PnPriority) i), NULL,
                                                    (int) ticket->priority == i));
  for (guint i = 0; agents != NULL && i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    json_array_append_new (
        assignees, json_pack ("{s:I, s:o, s:o, s:b}", "id", (json_int_t) agent->id, "login",
                              pn_json_text (agent->login), "name", pn_json_text (agent->name),
                              "is_current", agent->id == ticket->assignee_id));
  }
  pn_json_set (document, "choices",
               json_pack ("{s:o, s:o, s:o, s:o}", "statuses", statuses, "priorities", priorities,
                          "queues",
                          sending != NULL ? show_queues (call, ticket, sending) : json_array (),
                          "assignees", assignees));
  return sending != NULL;
}

static json_t *
show_composer (const PnCall *call, const Parts *parts, const PnComposer *composer)
{
  g_autofree char *op = pn_once_new_key ();
  const PnMessage *message =
      parts->messages->len > 0 ? parts->messages->pdata[parts->messages->len - 1] : NULL;
  const PnEvent *event =
      parts->events->len > 0 ? parts->events->pdata[parts->events->len - 1] : NULL;
  g_autofree char *seen =
      g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, message != NULL ? message->id : 0,
                       event != NULL ? event->id : 0);
  json_t *errors = json_array ();

  if (composer->problem != NULL)
    json_array_append_new (errors, pn_json_text (composer->problem));
  return json_pack (
      "{s:s, s:o, s:o, s:s, s:s, s:o, s:b, s:o}", "mode", composer->is_note ? "note" : "reply",
      "text", pn_json_text (composer->text != NULL ? composer->text : ""), "articles",
      pn_json_text (composer->articles != NULL ? composer->articles : ""), "op", op, "seen", seen,
      "to", show_participants (call, parts, TRUE), "sends", parts->can_send, "errors", errors);
}

/* What came since the page was loaded that a form was sent from. */
static json_t *
show_conflict (const PnCall *call, const PnComposer *composer, json_t *messages, json_t *events)
{
  json_t *new_messages = json_array ();
  json_t *new_events = json_array ();
  json_t *change = json_object ();
  json_t *item;
  gsize i;

  json_array_foreach (messages, i, item)
  {
    if (json_integer_value (json_object_get (item, "id")) > composer->seen_message)
      json_array_append (new_messages, item);
  }
  json_array_foreach (events, i, item)
  {
    if (json_integer_value (json_object_get (item, "id")) > composer->seen_event)
      json_array_append (new_events, item);
  }
  for (guint j = 0; j < call->request->form->fields->len; j++) {
    const PnField *field = call->request->form->fields->pdata[j];

    if (strcmp (field->name, "csrf") != 0 && strcmp (field->name, "op") != 0)
      pn_json_set (change, field->name, pn_json_text (field->value));
  }
  return json_pack ("{s:o, s:o, s:o}", "change", change, "messages", new_messages, "events",
                    new_events);
}

/* What was filed on a merged ticket says so; what came in may become a ticket of its own. */
static json_t *
show_message (PnCall *call, const PnTicket *ticket, const Parts *parts, const PnMessage *message)
{
  const gboolean is_own = message->ticket_id == ticket->id;
  json_t *shown = pn_show_message (call, message, parts->letters);

  pn_json_set (shown, "merged_from", pn_json_id (is_own ? 0 : message->ticket_id));
  pn_json_set (shown, "can_split",
               json_boolean (is_own && message->direction == PN_DIRECTION_IN
                             && ticket->message_count > 1 && may_work (call, ticket)));
  return shown;
}

static json_t *
show_talk (PnCall *call, const PnTicket *ticket, const Parts *parts, const PnComposer *composer)
{
  const GPtrArray *addresses = parts->person->addresses;
  json_t *messages = json_array ();
  json_t *events = json_array ();
  json_t *document;

  for (guint i = 0; i < parts->messages->len; i++)
    json_array_append_new (messages, show_message (call, ticket, parts, parts->messages->pdata[i]));
  for (guint i = 0; i < parts->events->len; i++)
    json_array_append_new (events, pn_show_event (call, parts->events->pdata[i],
                                                  parts->person->name, parts->person->id));
  document =
      json_pack ("{s:o, s:O, s:O}", "ticket",
                 pn_show_ticket (call, ticket, parts->person->name,
                                 addresses->len > 0 ? addresses->pdata[0] : NULL, parts->tags),
                 "messages", messages, "events", events);
  if (!call->is_api)
    pn_json_set (document, "timeline", show_timeline (parts, messages, events));
  pn_json_set (document, "conflict",
               composer->is_conflict ? show_conflict (call, composer, messages, events)
                                     : json_null ());
  json_decref (messages);
  json_decref (events);
  return document;
}

/* What hardly fits, at the end of the list, is not worth its place beside the ticket. */
static void
trim_suggestions (json_t *list)
{
  for (gsize i = json_array_size (list); i-- > 0;) {
    if (g_strcmp0 (pn_json_get_text (json_array_get (list, i), "fit"), "weak") != 0)
      return;
    json_array_remove (list, i);
  }
}

/* Only for who may answer; the API has an address of its own for them. */
static gboolean
show_suggestions (PnCall *call, const PnTicket *ticket, const Parts *parts, json_t *document,
                  GError **error)
{
  g_autofree char *question = NULL;
  json_t *list;

  if (!pn_access_may (call->access, PN_RIGHT_WORK, ticket->queue_id))
    return TRUE;
  question = pn_desk_question (ticket, parts->messages);
  list = pn_desk_suggest (call, ticket, question, error);
  if (list != NULL) {
    trim_suggestions (list);
    pn_json_set (document, "suggestions", list);
  }
  return list != NULL;
}

static gboolean
add_escalation (PnCall *call, const PnTicket *ticket, json_t *document, GError **error)
{
  json_t *escalation = pn_desk_show_escalation (call, ticket, error);
  json_t *organisation =
      escalation != NULL ? pn_desk_show_organisation (call, ticket->person_id, error) : NULL;

  if (organisation == NULL) {
    json_decref (escalation);
    return FALSE;
  }
  pn_json_set (document, "escalation", escalation);
  pn_json_set (document, "organisation", organisation);
  return TRUE;
}

void
pn_desk_show_ticket (PnCall *call, const PnTicket *ticket, int status, const PnComposer *composer)
{
  json_t *merged;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) document = NULL;
  g_auto (Parts) parts = { NULL };

  if (!load_parts (call, ticket, &parts, &error)
      || (merged = pn_desk_merge_show (call, parts.members, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  document = show_talk (call, ticket, &parts, composer);
  if (!pn_show_forms (call, ticket->id, json_object_get (document, "messages"), &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_json_set (document, "person", pn_show_person (parts.person));
  pn_json_set (document, "participants", show_participants (call, &parts, FALSE));
  pn_json_set (document, "merged", merged);
  pn_json_set (document, "links", show_links (call, &parts));
  pn_json_set (document, "history", show_history (call, ticket, &parts));
  if (!add_escalation (call, ticket, document, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!pn_show_deadlines (call, ticket->id, document, &error)
      || !pn_desk_add_survey (call, ticket->id, document, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_json_set (document, "may",
               json_pack ("{s:b, s:b, s:b}", "work", may_work (call, ticket), "release",
                          pn_access_may (call->access, PN_RIGHT_RELEASE, ticket->queue_id), "send",
                          parts.can_send));
  if (!call->is_api) {
    pn_json_set (document, "composer", show_composer (call, &parts, composer));
    if (!show_suggestions (call, ticket, &parts, document, &error)
        || !show_choices (call, ticket, document, &error)) {
      pn_call_fail (call, error);
      return;
    }
  }
  pn_call_page (call, status, "desk-ticket", json_incref (document));
}

void
pn_desk_ticket (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_SEE);
  const char *insert = pn_call_query (call, "insert");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  PnComposer composer = { FALSE };
  gint64 article_id;

  if (ticket == NULL)
    return;
  if (insert != NULL && pn_call_read_number (insert, &article_id)) {
    text = pn_desk_article_text (call, article_id, &error);
    if (text == NULL) {
      pn_call_fail (call, error);
      return;
    }
    composer.text = text;
    composer.articles = insert;
  }
  pn_desk_show_ticket (call, ticket, 200, &composer);
}

void
pn_desk_read_seen (const PnCall *call, PnComposer *composer)
{
  const char *seen = pn_call_field (call, "seen");
  g_auto (GStrv) parts = g_strsplit (seen != NULL ? seen : "", ".", 3);

  if (g_strv_length (parts) != 2 || !pn_call_read_number (parts[0], &composer->seen_message)
      || !pn_call_read_number (parts[1], &composer->seen_event)) {
    composer->seen_message = 0;
    composer->seen_event = 0;
  }
}
