#include "gateway/web/show.h"

#include <string.h>

#include "gateway/web/reason.h"
#include "ticketing/core/text.h"

gboolean
pn_show_load (PnCall *call, GError **error)
{
  if (call->queues == NULL)
    call->queues = pn_queue_list (call->db, error);
  if (call->queues != NULL && call->agents == NULL)
    call->agents = pn_agent_list (call->db, error);
  return call->queues != NULL && call->agents != NULL;
}

const PnQueue *
pn_show_queue (const PnCall *call, gint64 id)
{
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (queue->id == id)
      return queue;
  }
  return NULL;
}

const PnQueue *
pn_show_find_queue (const PnCall *call, const char *name)
{
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (strcmp (queue->name, name) == 0)
      return queue;
  }
  return NULL;
}

const PnAgent *
pn_show_agent (const PnCall *call, gint64 id)
{
  for (guint i = 0; id != 0 && i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (agent->id == id)
      return agent;
  }
  return NULL;
}

char *
pn_show_initials (const char *name, const char *address)
{
  const char *text = name != NULL && *name != '\0' ? name : address != NULL ? address : "";
  g_auto (GStrv) words = g_strsplit (text, " ", 16);
  g_autoptr (GString) initials = g_string_new ("");
  const char *last = NULL;

  for (guint i = 0; words[i] != NULL; i++) {
    gunichar c = g_utf8_get_char_validated (words[i], -1);

    if (c == (gunichar) -1 || c == (gunichar) -2 || !g_unichar_isalnum (c))
      continue;
    if (initials->len == 0)
      g_string_append_unichar (initials, g_unichar_toupper (c));
    last = words[i];
  }
  if (last != NULL && last != words[0])
    g_string_append_unichar (initials, g_unichar_toupper (g_utf8_get_char (last)));
  if (initials->len == 0)
    g_string_append_c (initials, '?');
  return g_string_free (g_steal_pointer (&initials), FALSE);
}

static json_t *
show_who (gint64 id, const char *name, const char *address)
{
  g_autofree char *initials = pn_show_initials (name, address);
  g_autofree char *url = g_strdup_printf ("/desk/people/%" G_GINT64_FORMAT, id);

  return json_pack ("{s:o, s:o, s:o, s:o, s:s}", "id", pn_json_id (id), "name",
                    pn_json_text (name != NULL ? name : ""), "address", pn_json_text (address),
                    "initials", pn_json_text (initials), "url", url);
}

static json_t *
show_agent (const PnAgent *agent)
{
  g_autofree char *initials = NULL;

  if (agent == NULL)
    return json_null ();
  initials = pn_show_initials (agent->name, agent->login);
  return json_pack ("{s:I, s:o, s:o, s:o}", "id", (json_int_t) agent->id, "login",
                    pn_json_text (agent->login), "name", pn_json_text (agent->name), "initials",
                    pn_json_text (initials));
}

json_t *
pn_show_ticket (const PnCall *call, const PnTicket *ticket, const char *person_name,
                const char *person_address, const GPtrArray *tags)
{
  const PnQueue *queue = pn_show_queue (call, ticket->queue_id);
  g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, ticket->id);
  json_t *shown = json_pack (
      "{s:I, s:s, s:o, s:o, s:s, s:s, s:o, s:o}", "number", (json_int_t) ticket->id, "url", url,
      "subject", pn_json_text (ticket->subject), "preview", pn_json_text (ticket->preview),
      "status", pn_status_name (ticket->status), "priority", pn_priority_name (ticket->priority),
      "queue", pn_json_text (queue != NULL ? queue->name : NULL), "queue_title",
      pn_json_text (queue != NULL ? queue->title : NULL));

  pn_json_set (shown, "assignee", show_agent (pn_show_agent (call, ticket->assignee_id)));
  pn_json_set (shown, "person", show_who (ticket->person_id, person_name, person_address));
  if (tags != NULL)
    pn_json_set (shown, "tags", pn_json_texts (tags));
  pn_json_set (shown, "language", pn_json_text (ticket->language));
  pn_json_set (shown, "version", json_integer (ticket->version));
  pn_json_set (shown, "message_count", json_integer (ticket->message_count));
  pn_json_set (shown, "is_looping", json_boolean (ticket->is_looping));
  pn_json_set (shown, "merged_into", pn_json_id (ticket->merged_into));
  pn_json_set (shown, "created_at", pn_json_time (ticket->created_at));
  pn_json_set (shown, "updated_at", pn_json_time (ticket->updated_at));
  pn_json_set (shown, "customer_at", pn_json_time (ticket->customer_at));
  pn_json_set (shown, "agent_at", pn_json_time (ticket->agent_at));
  pn_json_set (shown, "closed_at", pn_json_time (ticket->closed_at));
  pn_json_set (
      shown, "is_waiting",
      json_boolean (ticket->customer_at > ticket->agent_at && ticket->status < PN_STATUS_SOLVED));
  return shown;
}

json_t *
pn_show_person (const PnPerson *person)
{
  const char *first = person->addresses->len > 0 ? person->addresses->pdata[0] : NULL;
  json_t *shown = show_who (person->id, person->name, first);

  pn_json_set (shown, "addresses", pn_json_texts (person->addresses));
  pn_json_set (shown, "language", pn_json_text (person->language));
  pn_json_set (shown, "note", pn_json_text (person->note));
  pn_json_set (shown, "created_at", pn_json_time (person->created_at));
  return shown;
}

json_t *
pn_show_attachments (const PnCall *call, const GPtrArray *attachments, const char *base)
{
  json_t *list = json_array ();

  for (guint i = 0; attachments != NULL && i < attachments->len; i++) {
    const PnStoredAttachment *attachment = attachments->pdata[i];
    g_autofree char *url = g_strdup_printf ("%s/%" G_GINT64_FORMAT, base, attachment->id);
    g_autofree char *sha = pn_hex (attachment->sha, PN_SHA256_BYTES);

    json_array_append_new (list, json_pack ("{s:I, s:o, s:o, s:o, s:I, s:s, s:b, s:s}", "id",
                                            (json_int_t) attachment->id, "name",
                                            pn_json_text (attachment->name), "type",
                                            pn_json_text (attachment->type), "declared_type",
                                            pn_json_text (attachment->declared_type), "size",
                                            (json_int_t) attachment->size_bytes, "sha256", sha,
                                            "is_inline", attachment->is_inline, "url", url));
  }
  return list;
}

/* What the server said; where it said nothing, our own reason. */
static void
put_reply (const PnCall *call, json_t *shown, const PnLetterRow *row)
{
  if (row->reply_code == 0)
    pn_reason_put (call, shown, "reply_text", row->reply_text);
  else
    pn_json_set (shown, "reply_text", pn_json_text (row->reply_text));
}

json_t *
pn_show_letter (const PnCall *call, const PnLetterRow *row)
{
  g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, row->ticket_id);
  json_t *shown =
      json_pack ("{s:I, s:o, s:s, s:o, s:o, s:s, s:i, s:i, s:o, s:o}", "id", (json_int_t) row->id,
                 "letter", pn_json_text (row->letter), "class", pn_outbox_class_name (row->class),
                 "recipient", pn_json_text (row->recipient), "recipient_name",
                 pn_json_text (row->recipient_name), "state", pn_outbox_state_name (row->state),
                 "attempts", row->attempts, "reply_code", row->reply_code, "bounce_status",
                 pn_json_text (row->bounce_status), "bounce_text", pn_json_text (row->bounce_text));

  put_reply (call, shown, row);
  pn_json_set (shown, "next_at", pn_json_time (row->next_at));
  pn_json_set (shown, "sent_at", pn_json_time (row->sent_at));
  pn_json_set (shown, "created_at", pn_json_time (row->created_at));
  pn_json_set (shown, "bounced_at", pn_json_time (row->bounced_at));
  pn_json_set (shown, "can_cancel", json_boolean (pn_outbox_can_cancel (row)));
  pn_json_set (shown, "can_retry", json_boolean (pn_outbox_can_retry (row)));
  pn_json_set (shown, "is_taken_back", json_boolean (row->is_taken_back));
  pn_json_set (shown, "ticket", pn_json_id (row->ticket_id));
  pn_json_set (shown, "ticket_url", pn_json_text (row->ticket_id != 0 ? url : NULL));
  pn_json_set (shown, "message", pn_json_id (row->message_id));
  pn_json_set (shown, "message_id", pn_json_text (row->mid));
  return shown;
}

/* The state that needs attention most speaks for all letters of an answer. */
static const PnOutboxState by_weight[] = {
  PN_OUTBOX_FAILED,  PN_OUTBOX_UNCERTAIN, PN_OUTBOX_HELD, PN_OUTBOX_DEFERRED,  PN_OUTBOX_WAITING,
  PN_OUTBOX_SENDING, PN_OUTBOX_DOTTED,    PN_OUTBOX_SENT, PN_OUTBOX_CANCELLED,
};

static guint
weight (PnOutboxState state)
{
  guint i = 0;

  while (by_weight[i] != state)
    i++;
  return i;
}

static json_t *
show_delivery (const PnCall *call, const PnMessage *message, const GPtrArray *letters)
{
  json_t *list = json_array ();
  json_t *shown;
  const PnLetterRow *worst = NULL;
  PnTime until = 0;
  gboolean can_undo = message->direction == PN_DIRECTION_OUT;
  PnTime now = pn_clock_now ();

  for (guint i = 0; letters != NULL && i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];

    if (row->message_id != message->id || row->class != PN_CLASS_REPLY)
      continue;
    json_array_append_new (list, pn_show_letter (call, row));
    if (worst == NULL || weight (row->state) < weight (worst->state))
      worst = row;
    can_undo = can_undo && row->state == PN_OUTBOX_WAITING && row->next_at > now;
    until = MAX (until, row->next_at);
  }
  if (worst == NULL) {
    json_decref (list);
    return json_null ();
  }
  shown = json_pack ("{s:s, s:o, s:b, s:I, s:o}", "state", pn_outbox_state_name (worst->state),
                     "next_at", pn_json_time (worst->next_at), "can_undo", can_undo, "undo_seconds",
                     (json_int_t) (can_undo ? (until - now) / PN_SECOND : 0), "letters", list);
  put_reply (call, shown, worst);
  return shown;
}

static json_t *
show_from (const PnCall *call, const PnMessage *message)
{
  const PnAgent *agent = pn_show_agent (call, message->agent_id);
  const char *name = agent != NULL ? agent->name : message->from_name;
  g_autofree char *initials = pn_show_initials (name, message->from_address);

  return json_pack ("{s:o, s:o, s:o}", "name", pn_json_text (name != NULL ? name : ""), "address",
                    pn_json_text (message->from_address != NULL ? message->from_address : ""),
                    "initials", pn_json_text (initials));
}

/* Where the caller's credentials are taken. */
static const char *
base (const PnCall *call)
{
  return call->is_api ? "/api/v1" : "/desk";
}

gboolean
pn_show_has_quote (const PnMessage *message)
{
  g_autofree char *reply = NULL;
  g_autofree char *text = NULL;

  if (message->reply == NULL)
    return FALSE;
  reply = g_strchomp (g_strdup (message->reply));
  text = g_strchomp (g_strdup (message->text));
  return strcmp (reply, text) != 0;
}

static void
add_text (const PnCall *call, const PnMessage *message, json_t *shown)
{
  g_autofree char *html_url =
      g_strdup_printf ("/desk/messages/%" G_GINT64_FORMAT "/html", message->id);
  g_autofree char *raw_url =
      g_strdup_printf ("%s/messages/%" G_GINT64_FORMAT "/raw", base (call), message->id);
  gboolean has_quote = pn_show_has_quote (message);

  pn_json_set (shown, "subject", pn_json_text (message->subject));
  pn_json_set (shown, "text", pn_json_text (message->text));
  pn_json_set (shown, "reply",
               pn_json_text (message->reply != NULL ? message->reply : message->text));
  pn_json_set (shown, "has_quote", json_boolean (has_quote));
  pn_json_set (shown, "html", pn_json_text (call->is_api ? message->html : NULL));
  pn_json_set (shown, "has_html", json_boolean (message->html != NULL));
  pn_json_set (shown, "html_url", pn_json_text (message->html != NULL ? html_url : NULL));
  pn_json_set (shown, "raw_url", pn_json_text (message->has_raw ? raw_url : NULL));
}

json_t *
pn_show_message (const PnCall *call, const PnMessage *message, const GPtrArray *letters)
{
  const PnAgent *agent = pn_show_agent (call, message->agent_id);
  json_t *shown = json_pack (
      "{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:b, s:b, s:b, s:b}", "id", (json_int_t) message->id,
      "direction", pn_direction_name (message->direction), "kind",
      pn_mail_kind_name (message->kind), "channel", pn_channel_name (message->channel), "from",
      show_from (call, message), "agent", show_agent (agent), "verdict",
      pn_verdict_name (message->verdict), "is_in", message->direction == PN_DIRECTION_IN, "is_out",
      message->direction == PN_DIRECTION_OUT, "is_note", message->direction == PN_DIRECTION_NOTE,
      "is_stranger", message->is_stranger);

  g_autofree char *files = g_strconcat (base (call), "/attachments", NULL);

  add_text (call, message, shown);
  pn_json_set (shown, "message_id", pn_json_text (message->mid));
  pn_json_set (shown, "attachments", pn_show_attachments (call, message->attachments, files));
  pn_reason_put_all (call, shown, message->reasons);
  pn_json_set (shown, "sent_at", pn_json_time (message->sent_at));
  pn_json_set (shown, "created_at", pn_json_time (message->created_at));
  pn_json_set (shown, "delivery", show_delivery (call, message, letters));
  return shown;
}

static const char *const actor_names[] = {
  [PN_ACTOR_SYSTEM] = "system",
  [PN_ACTOR_AGENT] = "agent",
  [PN_ACTOR_PERSON] = "person",
  [PN_ACTOR_RULE] = "rule",
};

/* What a page calls a value: people and queues have names, other words are translated by the page. */
static json_t *
show_value (const PnCall *call, PnEventKind kind, const char *value)
{
  const PnQueue *queue = NULL;
  const char *title = value;

  if (value == NULL)
    return json_null ();
  if (kind == PN_EVENT_QUEUE && (queue = pn_show_find_queue (call, value)) != NULL)
    title = queue->title;
  for (guint i = 0; kind == PN_EVENT_ASSIGNEE && i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (g_strcmp0 (agent->login, value) == 0)
      title = agent->name;
  }
  return json_pack ("{s:o, s:o}", "name", pn_json_text (value), "title", pn_json_text (title));
}

json_t *
pn_show_event (const PnCall *call, const PnEvent *event, const char *person_name, gint64 person_id)
{
  const PnAgent *agent =
      event->actor.kind == PN_ACTOR_AGENT ? pn_show_agent (call, event->actor.id) : NULL;
  const char *name = agent != NULL ? agent->name : "";
  json_t *shown;

  if (event->actor.kind == PN_ACTOR_PERSON && event->actor.id == person_id && person_name != NULL)
    name = person_name;
  shown = json_pack ("{s:I, s:o, s:s, s:{s:s, s:o}, s:o, s:o}", "id", (json_int_t) event->id, "at",
                     pn_json_time (event->at), "kind", pn_event_kind_name (event->kind), "actor",
                     "kind", actor_names[event->actor.kind], "name", pn_json_text (name), "old",
                     pn_json_text (event->old_value), "new", pn_json_text (event->new_value));
  pn_reason_put (call, shown, "reason", event->reason);
  if (!call->is_api) {
    pn_json_set (shown, "before", show_value (call, event->kind, event->old_value));
    pn_json_set (shown, "after", show_value (call, event->kind, event->new_value));
  }
  return shown;
}
