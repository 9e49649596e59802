#include "ticketing/rule_ticket.h"

#include <string.h>

#include "ticketing/calendar.h"
#include "ticketing/deadline.h"
#include "ticketing/form.h"
#include "ticketing/organisation.h"
#include "ticketing/rule_match.h"
#include "ticketing/rule_mood.h"
#include "ticketing/survey.h"

#define MESSAGE_FIELDS                                                                             \
  (PN_FIELD_BIT (PN_FIELD_CHANNEL) | PN_FIELD_BIT (PN_FIELD_KIND) | PN_FIELD_BIT (PN_FIELD_SENDER) \
   | PN_FIELD_BIT (PN_FIELD_SENDER_DOMAIN) | PN_FIELD_BIT (PN_FIELD_RECIPIENT)                     \
   | PN_FIELD_BIT (PN_FIELD_VERDICT) | PN_FIELD_BIT (PN_FIELD_BODY)                                \
   | PN_FIELD_BIT (PN_FIELD_SENTIMENT) | PN_FIELD_BIT (PN_FIELD_ATTACHMENTS)                       \
   | PN_FIELD_BIT (PN_FIELD_ATTACHMENT_TYPE))
#define FORM_FIELDS (PN_FIELD_BIT (PN_FIELD_FORM) | PN_FIELD_BIT (PN_FIELD_FORM_FIELD))
#define ORGANISATION_FIELDS                                                                        \
  (PN_FIELD_BIT (PN_FIELD_ORGANISATION) | PN_FIELD_BIT (PN_FIELD_ORGANISATION_LEVEL))

static void
set_seconds (PnFacts *facts, PnRuleField field, PnTime since, PnTime now)
{
  pn_facts_set_number (facts, field, since != 0 && now > since ? (now - since) / PN_SECOND : 0);
}

void
pn_rule_ticket_set (PnFacts *facts, const PnRuleBook *book, const PnTicket *ticket, PnTime now)
{
  char person[24];

  facts->mood = pn_rule_book_mood (book);
  g_snprintf (person, sizeof person, "%" G_GINT64_FORMAT, ticket->person_id);
  pn_facts_set_language (facts, ticket->language, pn_rule_book_language (book, ticket->queue_id));
  pn_facts_set (facts, PN_FIELD_QUEUE, pn_rule_book_queue (book, ticket->queue_id));
  pn_facts_set (facts, PN_FIELD_MAILBOX, pn_rule_book_mailbox (book, ticket->mailbox_id));
  pn_facts_set (facts, PN_FIELD_ASSIGNEE, pn_rule_book_agent (book, ticket->assignee_id));
  pn_facts_set (facts, PN_FIELD_STATUS, pn_status_name (ticket->status));
  pn_facts_set (facts, PN_FIELD_PRIORITY, pn_priority_name (ticket->priority));
  pn_facts_set_number (facts, PN_FIELD_PRIORITY, ticket->priority);
  pn_facts_set (facts, PN_FIELD_PERSON, person);
  pn_facts_set_words (facts, PN_FIELD_SUBJECT, ticket->subject);
  pn_facts_set_number (facts, PN_FIELD_MESSAGES, ticket->message_count);
  set_seconds (facts, PN_FIELD_WAITING, ticket->waiting_at, now);
  set_seconds (facts, PN_FIELD_IDLE, ticket->updated_at, now);
  set_seconds (facts, PN_FIELD_AGE, ticket->created_at, now);
}

void
pn_rule_ticket_set_body (PnFacts *facts, const char *text)
{
  const PnFact *body;

  pn_facts_set_words (facts, PN_FIELD_BODY, text);
  body = pn_facts_get (facts, PN_FIELD_BODY, NULL);
  pn_facts_set (facts, PN_FIELD_SENTIMENT,
                pn_rule_mood (body->words, facts->stem_language, facts->mood));
}

void
pn_rule_ticket_set_sender (PnFacts *facts, const char *address)
{
  const char *at = strrchr (address, '@');

  pn_facts_set (facts, PN_FIELD_SENDER, address);
  pn_facts_set (facts, PN_FIELD_SENDER_DOMAIN, at != NULL ? at + 1 : NULL);
}

/* {"to": ["a@b" or {"address"}…]} */
static void
add_recipients (PnFacts *facts, const json_t *list)
{
  for (gsize i = 0; i < json_array_size (list); i++) {
    const json_t *item = json_array_get (list, i);
    const char *address =
        json_is_string (item) ? json_string_value (item) : pn_json_get_text (item, "address");

    pn_facts_add (facts, PN_FIELD_RECIPIENT, address);
  }
}

void
pn_rule_ticket_set_message (PnFacts *facts, const PnMessage *message)
{
  pn_facts_set (facts, PN_FIELD_CHANNEL, pn_channel_name (message->channel));
  pn_facts_set (facts, PN_FIELD_KIND, pn_mail_kind_name (message->kind));
  pn_facts_set (facts, PN_FIELD_VERDICT, pn_verdict_name (message->verdict));
  pn_rule_ticket_set_sender (facts, message->from_address != NULL ? message->from_address : "");
  pn_facts_clear (facts, PN_FIELD_RECIPIENT);
  add_recipients (facts, json_object_get (message->envelope, "to"));
  add_recipients (facts, json_object_get (message->envelope, "cc"));
  pn_rule_ticket_set_body (facts, message->reply != NULL ? message->reply : message->text);
  pn_facts_set_number (facts, PN_FIELD_ATTACHMENTS, message->attachments->len);
  pn_facts_clear (facts, PN_FIELD_ATTACHMENT_TYPE);
  for (guint i = 0; i < message->attachments->len; i++)
    pn_facts_add (facts, PN_FIELD_ATTACHMENT_TYPE,
                  ((const PnStoredAttachment *) message->attachments->pdata[i])->type);
}

static void
add_answer (PnFacts *facts, const char *name, const json_t *value)
{
  if (json_is_array (value)) {
    for (gsize i = 0; i < json_array_size (value); i++)
      add_answer (facts, name, json_array_get (value, i));
  } else if (json_is_string (value)) {
    pn_facts_add_param (facts, PN_FIELD_FORM_FIELD, name, json_string_value (value));
  } else if (json_is_integer (value)) {
    char number[24];

    g_snprintf (number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
    pn_facts_add_param (facts, PN_FIELD_FORM_FIELD, name, number);
  } else if (json_is_boolean (value)) {
    pn_facts_add_param (facts, PN_FIELD_FORM_FIELD, name, json_is_true (value) ? "yes" : "no");
  } else if (json_is_real (value)) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    pn_facts_add_param (facts, PN_FIELD_FORM_FIELD, name,
                        g_ascii_dtostr (number, sizeof number, json_real_value (value)));
  }
}

void
pn_rule_ticket_set_form (PnFacts *facts, const char *form, const json_t *answers)
{
  pn_facts_set (facts, PN_FIELD_FORM, form);
  pn_facts_set_form_known (facts);
  for (gsize i = 0; i < json_array_size (answers); i++) {
    const json_t *answer = json_array_get (answers, i);
    const char *name = pn_json_get_text (answer, "name");

    if (name != NULL)
      add_answer (facts, name, json_object_get (answer, "value"));
  }
}

static gboolean
load_tags (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  g_autoptr (GPtrArray) tags = pn_ticket_tags (ask->db, ask->ticket->id, error);

  if (tags == NULL)
    return FALSE;
  pn_facts_clear (facts, PN_FIELD_TAG);
  for (guint i = 0; i < tags->len; i++)
    pn_facts_add (facts, PN_FIELD_TAG, tags->pdata[i]);
  return TRUE;
}

static gboolean
load_organisation (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  g_autoptr (PnOrganisation) organisation = NULL;

  if (!pn_organisation_of_person (ask->db, ask->ticket->person_id, &organisation, NULL, error))
    return FALSE;
  pn_facts_set (facts, PN_FIELD_ORGANISATION, organisation != NULL ? organisation->name : NULL);
  pn_facts_set (facts, PN_FIELD_ORGANISATION_LEVEL,
                organisation != NULL ? organisation->service_level : NULL);
  return TRUE;
}

static gboolean
load_message (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  gint64 id = ask->message_id;
  g_autoptr (PnMessage) message = NULL;

  if (id == 0 && !pn_message_last_in (ask->db, ask->ticket->id, ask->now, &id, error))
    return FALSE;
  if (id == 0)
    return TRUE;
  message = pn_message_load (ask->db, id, error);
  if (message != NULL)
    pn_rule_ticket_set_message (facts, message);
  return message != NULL;
}

/* The answers of the ticket's first form. */
static gboolean
load_form (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  g_autoptr (GHashTable) forms = pn_form_answer_list (ask->db, ask->ticket->id, error);
  const json_t *first = NULL;
  gint64 first_id = 0;
  GHashTableIter iter;
  gpointer id;
  gpointer form;

  if (forms == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, forms);
  while (g_hash_table_iter_next (&iter, &id, &form)) {
    if (first == NULL || *(const gint64 *) id < first_id) {
      first_id = *(const gint64 *) id;
      first = form;
    }
  }
  pn_rule_ticket_set_form (facts, pn_json_get_text (first, "form"),
                           json_object_get (first, "answers"));
  return TRUE;
}

static const char *const sla_names[] = {
  [PN_DUE_FINE] = "ok",       [PN_DUE_SOON] = "due_soon", [PN_DUE_OVER] = "breached",
  [PN_DUE_PAUSED] = "paused", [PN_DUE_NONE] = "none",
};

static gboolean
load_sla (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  g_autoptr (GArray) deadlines = pn_deadline_of_tickets (ask->db, &ask->ticket->id, 1, error);
  const PnDeadline *next;

  if (deadlines == NULL)
    return FALSE;
  next = pn_deadline_next ((const PnDeadline *) deadlines->data, deadlines->len, ask->ticket->id);
  pn_facts_set (facts, PN_FIELD_SLA,
                sla_names[next != NULL ? pn_deadline_due_state (next, ask->now) : PN_DUE_NONE]);
  return TRUE;
}

/* The calendar of the ticket's promises; without any, the oldest that somebody made; else all hours count. */
static gboolean
find_calendar (const PnRuleAsk *ask, PnCalendar **calendar, GError **error)
{
  g_autoptr (GArray) deadlines = pn_deadline_of_ticket (ask->db, ask->ticket->id, error);
  g_autoptr (GPtrArray) all = NULL;
  gint64 id = PN_CALENDAR_ALWAYS;

  if (deadlines == NULL)
    return FALSE;
  if (deadlines->len > 0)
    id = g_array_index (deadlines, PnDeadline, deadlines->len - 1).calendar_id;
  else if ((all = pn_calendar_list (ask->db, error)) == NULL)
    return FALSE;
  for (guint i = 0; all != NULL && i < all->len; i++) {
    const PnCalendar *one = all->pdata[i];

    if (one->id != PN_CALENDAR_ALWAYS && (id == PN_CALENDAR_ALWAYS || one->id < id))
      id = one->id;
  }
  *calendar = pn_calendar_load (ask->db, id, error);
  return *calendar != NULL;
}

static gboolean
load_hours (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (PnHours) hours = NULL;

  if (!find_calendar (ask, &calendar, error))
    return FALSE;
  hours = pn_calendar_hours (calendar, error);
  if (hours == NULL)
    return FALSE;
  pn_facts_set (facts, PN_FIELD_HOURS,
                pn_hours_between (hours, ask->now, ask->now + 1) > 0 ? "inside" : "outside");
  return TRUE;
}

/* For each number of days that @node asks for. */
static gboolean
load_contacts (PnFacts *facts, const PnRuleAsk *ask, const PnRuleNode *node, GError **error)
{
  if (node->kind == PN_NODE_TEST && node->field == PN_FIELD_CONTACTS) {
    const gint64 days = g_ascii_strtoll (node->param, NULL, 10);
    gint64 tickets = 0;

    if (!pn_ticket_count_of_person (ask->db, ask->ticket->person_id, ask->now - days * PN_DAY,
                                    ask->now + 1, &tickets, error))
      return FALSE;
    pn_facts_set_param_number (facts, PN_FIELD_CONTACTS, node->param, tickets);
  }
  for (guint i = 0; i < node->children->len; i++) {
    if (!load_contacts (facts, ask, node->children->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

/* 0: nobody has said anything. */
static gboolean
load_score (PnFacts *facts, const PnRuleAsk *ask, GError **error)
{
  g_autoptr (PnSurvey) survey = NULL;

  if (!pn_survey_of_ticket (ask->db, ask->ticket->id, &survey, error))
    return FALSE;
  pn_facts_set_number (facts, PN_FIELD_SCORE, survey != NULL ? survey->score : 0);
  return TRUE;
}

static const struct {
  guint64 fields;
  gboolean (*load) (PnFacts *facts, const PnRuleAsk *ask, GError **error);
} loaders[] = {
  { PN_FIELD_BIT (PN_FIELD_TAG), load_tags },
  { ORGANISATION_FIELDS, load_organisation },
  { FORM_FIELDS, load_form },
  { PN_FIELD_BIT (PN_FIELD_SLA), load_sla },
  { PN_FIELD_BIT (PN_FIELD_HOURS), load_hours },
  { PN_FIELD_BIT (PN_FIELD_SCORE), load_score },
  { MESSAGE_FIELDS, load_message },
};

gboolean
pn_rule_ticket_load (PnFacts *facts, const PnRuleAsk *ask, const PnRuleNode *condition,
                     GError **error)
{
  const guint64 of_today = PN_FIELD_BIT (PN_FIELD_SLA) | PN_FIELD_BIT (PN_FIELD_SCORE);
  const guint64 missing =
      pn_rule_missing (condition, facts) & (ask->is_past ? ~of_today : ~G_GUINT64_CONSTANT (0));

  for (gsize i = 0; i < G_N_ELEMENTS (loaders); i++) {
    if ((missing & loaders[i].fields) != 0 && !loaders[i].load (facts, ask, error))
      return FALSE;
  }
  return (missing & PN_FIELD_BIT (PN_FIELD_CONTACTS)) == 0
         || load_contacts (facts, ask, condition, error);
}
