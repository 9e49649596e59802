#include "gateway/clerk/compose_private.h"

#include <string.h>

#include "templates/template.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"

#define EXCERPT_BYTES 1000
#define LINK_LIFE (30 * PN_DAY)
#define WAY_LIFE PN_HOUR
#define CONFIRM_LIFE (3 * PN_DAY)

void
pn_composition_clear (PnComposition *composition)
{
  g_clear_pointer (&composition->ticket, pn_ticket_free);
  if (composition->message != composition->parent)
    pn_message_free (composition->message);
  composition->message = NULL;
  g_clear_pointer (&composition->parent, pn_message_free);
  g_clear_pointer (&composition->person, pn_person_free);
  g_clear_pointer (&composition->agent, pn_agent_free);
  g_clear_pointer (&composition->article, pn_article_free);
}

static gint64
agent_id_of (const PnComposition *composition)
{
  if (composition->row->agent_id != 0)
    return composition->row->agent_id;
  return composition->row->class == PN_CLASS_REPLY && composition->message != NULL
             ? composition->message->agent_id
             : 0;
}

/* What the letter answers, as the recipients' mail programs know it: the customer's newest mail; where they only wrote in
 * the browser, our newest answer. */
static gboolean
load_parent (PnComposition *composition, GError **error)
{
  PnDb *db = composition->compose->db;
  gint64 ticket_id = composition->row->ticket_id;

  if (!pn_message_newest (db, ticket_id, PN_DIRECTION_IN, &composition->parent, error))
    return FALSE;
  if (composition->parent != NULL)
    return TRUE;
  if (!pn_message_newest (db, ticket_id, PN_DIRECTION_OUT, &composition->parent, error))
    return FALSE;
  if (composition->parent != NULL && composition->parent->id == composition->row->message_id)
    g_clear_pointer (&composition->parent, pn_message_free);
  return TRUE;
}

static gboolean
load_ticket (PnComposition *composition, GError **error)
{
  PnDb *db = composition->compose->db;
  const PnLetterRow *row = composition->row;

  if (row->ticket_id == 0)
    return TRUE;
  composition->ticket = pn_ticket_load (db, row->ticket_id, error);
  if (composition->ticket == NULL)
    return FALSE;
  composition->person = pn_person_load_alone (db, composition->ticket->person_id, error);
  return composition->person != NULL && load_parent (composition, error);
}

static gboolean
load_message (PnComposition *composition, GError **error)
{
  const gint64 id = composition->row->message_id;

  if (id == 0)
    return TRUE;
  composition->message = composition->parent != NULL && composition->parent->id == id
                             ? composition->parent
                             : pn_message_load (composition->compose->db, id, error);
  return composition->message != NULL;
}

gboolean
pn_composition_load (PnComposition *composition, GError **error)
{
  PnDb *db = composition->compose->db;
  const PnLetterRow *row = composition->row;

  composition->mailbox = pn_composition_find_mailbox (composition, row->mailbox_id, error);
  if (composition->mailbox == NULL || !load_ticket (composition, error))
    return FALSE;
  composition->queue = pn_composition_find_queue (
      composition,
      composition->ticket != NULL ? composition->ticket->queue_id : composition->mailbox->queue_id,
      error);
  if (composition->queue == NULL || !load_message (composition, error))
    return FALSE;
  if (agent_id_of (composition) != 0)
    composition->agent = pn_agent_load (db, agent_id_of (composition), error);
  return (agent_id_of (composition) == 0 || composition->agent != NULL)
         && pn_composition_load_article (composition, error);
}

const char *
pn_composition_language (const PnComposition *composition)
{
  if (composition->row->class == PN_CLASS_NOTICE && composition->agent != NULL)
    return composition->agent->language != NULL ? composition->agent->language
                                                : composition->queue->language;
  if (composition->person != NULL && composition->person->language != NULL)
    return composition->person->language;
  if (composition->ticket != NULL && composition->ticket->language != NULL)
    return composition->ticket->language;
  return composition->queue->language;
}

static json_t *
write_site (const PnComposition *composition)
{
  const char *at = strrchr (composition->mailbox->address, '@');

  return json_pack ("{s:s, s:s}", "name", at != NULL ? at + 1 : composition->mailbox->address,
                    "url", composition->compose->site_url);
}

/* The customer's page of the ticket: the token names this letter, and so its reader, who must still take part then. */
static char *
write_link (const PnComposition *composition)
{
  const PnCompose *compose = composition->compose;
  g_autofree char *token = pn_token_make (compose->key, PN_TOKEN_TICKET, composition->row->id,
                                          pn_clock_now () + LINK_LIFE);

  return g_strconcat (compose->site_url, "/my/", token, NULL);
}

/* The subject is the sender's text: it goes to nobody but them, once somebody vouches for them, and to staff. */
static json_t *
write_ticket (const PnComposition *composition)
{
  const PnTicket *ticket = composition->ticket;
  const char *site = composition->compose->site_url;
  g_autofree char *url = NULL;
  json_t *object;

  if (composition->row->class == PN_CLASS_NOTICE && *site != '\0')
    url = g_strdup_printf ("%s/desk/tickets/%" G_GINT64_FORMAT, site, ticket->id);
  else if (*site != '\0')
    url = write_link (composition);
  object =
      json_pack ("{s:I, s:s?, s:s, s:s}", "number", (json_int_t) ticket->id, "url", url, "priority",
                 pn_priority_name (ticket->priority), "status", pn_status_name (ticket->status));
  if (strcmp (composition->row->letter, "ack-unverified") != 0)
    json_object_set_new (object, "subject", json_string (ticket->subject));
  return object;
}

/* Who wrote: for an acknowledgement its reader, for staff the sender with the verdict. */
static json_t *
write_person (const PnComposition *composition)
{
  const PnMessage *message =
      composition->message != NULL ? composition->message : composition->parent;
  const char *name = message != NULL ? message->from_name : "";
  const char *address = message != NULL ? message->from_address : "";

  if (strcmp (composition->row->letter, "ack-unverified") == 0)
    return json_null ();
  if (*name == '\0' && composition->person != NULL)
    name = composition->person->name;
  return json_pack ("{s:s, s:s, s:s}", "name", name, "address", address, "verdict",
                    pn_verdict_name (message != NULL ? message->verdict : PN_VERDICT_NONE));
}

/* History goes back only to who wrote it and is vouched for. */
static json_t *
write_quoted (const PnComposition *composition)
{
  const PnMessage *parent = composition->parent;

  if (composition->row->class != PN_CLASS_REPLY || parent == NULL
      || parent->verdict != PN_VERDICT_PASS
      || g_ascii_strcasecmp (parent->from_address, composition->row->recipient) != 0)
    return json_null ();
  return json_pack ("{s:s, s:I, s:s}", "name",
                    *parent->from_name != '\0' ? parent->from_name : parent->from_address, "at",
                    (json_int_t) parent->created_at, "text",
                    parent->reply != NULL ? parent->reply : parent->text);
}

static json_t *
write_text (const PnComposition *composition)
{
  const PnMessage *message = composition->message;
  g_autofree char *excerpt = NULL;
  const char *text;

  if (message == NULL || composition->row->class == PN_CLASS_AUTOMATIC)
    return json_null ();
  if (composition->row->class == PN_CLASS_REPLY)
    return json_string (message->text);
  text = message->reply != NULL ? message->reply : message->text;
  excerpt = pn_text_clip (text, EXCERPT_BYTES);
  return strlen (text) > EXCERPT_BYTES ? json_sprintf ("%s …", excerpt) : json_string (text);
}

/* Letters that are nothing but a way in: to confirm an address (the order names the delivery), or to a request. */
static void
add_way (const PnComposition *composition, json_t *document)
{
  const PnCompose *compose = composition->compose;
  const char *letter = composition->row->letter;
  const PnTime now = pn_clock_now ();
  g_autofree char *token = NULL;

  if (strcmp (letter, "ticket-link") == 0 || strcmp (letter, "requests-link") == 0) {
    token = pn_token_make (compose->key, PN_TOKEN_TICKET, composition->row->id, now + WAY_LIFE);
    json_object_set_new (document, "minutes", json_integer (WAY_LIFE / PN_MINUTE));
    json_object_set_new (document, "link", json_sprintf ("%s/my/%s", compose->site_url, token));
  } else if (strcmp (letter, "form-confirm") == 0) {
    const json_t *spool = json_object_get (composition->row->document, "spool");

    token =
        pn_token_make (compose->key, PN_TOKEN_FORM, json_integer_value (spool), now + CONFIRM_LIFE);
    json_object_set_new (document, "hours", json_integer (CONFIRM_LIFE / PN_HOUR));
    json_object_set_new (document, "confirm_link",
                         json_sprintf ("%s/contact/confirm/%s", compose->site_url, token));
  }
}

/* What the order brought along goes over what we know. */
json_t *
pn_composition_write (const PnComposition *composition)
{
  const PnQueue *queue = composition->queue;
  json_t *document =
      json_pack ("{s:o, s:{s:s}, s:o, s:o, s:o, s:n, s:n, s:n, s:n, s:[]}", "site",
                 write_site (composition), "queue", "title", queue->title, "person",
                 write_person (composition), "text", write_text (composition), "quoted",
                 write_quoted (composition), "html", "reason", "due_at", "actor", "suggestions");

  if (composition->ticket != NULL)
    json_object_set_new (document, "ticket", write_ticket (composition));
  json_object_set_new (document, "agent",
                       composition->agent != NULL
                           ? json_pack ("{s:s}", "name", composition->agent->name)
                           : json_null ());
  json_object_set_new (document, "signature",
                       *queue->signature != '\0' ? json_string (queue->signature) : json_null ());
  json_object_set_new (
      document, "answers_by_mail",
      json_boolean (composition->row->class == PN_CLASS_NOTICE && composition->mailbox->has_plus));
  json_object_set_new (document, "answer_by", json_null ());
  json_object_set_new (document, "solved_link", json_null ());
  if (composition->row->document != NULL)
    json_object_update (document, composition->row->document);
  pn_composition_add_answer (composition, document);
  add_way (composition, document);
  return document;
}
