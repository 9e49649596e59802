#include "ticketing/rule_past.h"

#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/event.h"
#include "ticketing/rule_effect.h"
#include "ticketing/rule_match.h"
#include "ticketing/rule_run.h"

#define MESSAGES 200
#define HITS_OF_TICKET 50
#define LOOKS 1000 /* of rules with a schedule, at one ticket */
#define SHORTEST_STEP PN_HOUR

/* A ticket as it was, and as the rules would have made it. */
typedef struct {
  PnDb *db;
  PnRuleBook *book;
  PnTime since;
  GPtrArray *hits;
  guint first_hit;
  PnTicket ticket; /* texts are borrowed */
  char *queue;
  char *assignee;
  GHashTable *tags;
  guint chosen;     /* a bit for each PnEventKind that an agent has decided */
  GHashTable *held; /* rules with a schedule that held when they were last asked */
  GHashTable *asked_at;
  const PnMessage *message; /* the newest that came in */
  guint looks;
} Past;

void
pn_rule_hit_free (PnRuleHit *hit)
{
  if (hit == NULL)
    return;
  g_free (hit->rule);
  g_free (hit->explanation);
  json_decref (hit->effects);
  g_free (hit);
}

static void
past_clear (Past *past)
{
  g_free (past->queue);
  g_free (past->assignee);
  g_clear_pointer (&past->tags, g_hash_table_unref);
  g_clear_pointer (&past->held, g_hash_table_unref);
  g_clear_pointer (&past->asked_at, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Past, past_clear)

static void
set_text (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

static PnFacts *
make_facts (const Past *past, const PnRuleOccasion *occasion, PnTime at)
{
  PnFacts *facts = pn_rule_book_facts (past->book);
  GHashTableIter iter;
  gpointer tag;

  pn_rule_ticket_set (facts, past->book, &past->ticket, at);
  pn_facts_set (facts, PN_FIELD_QUEUE, past->queue);
  pn_facts_set (facts, PN_FIELD_ASSIGNEE, past->assignee);
  pn_facts_clear (facts, PN_FIELD_TAG);
  g_hash_table_iter_init (&iter, past->tags);
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    pn_facts_add (facts, PN_FIELD_TAG, tag);
  if (past->message != NULL)
    pn_rule_ticket_set_message (facts, past->message);
  pn_rule_run_set_occasion (facts, occasion);
  return facts;
}

static gboolean
change_text (char **place, const char *value, const char **old_value, char **kept)
{
  *kept = g_strdup (*place);
  *old_value = *kept;
  if (g_strcmp0 (*place, value) == 0)
    return FALSE;
  set_text (place, value);
  return TRUE;
}

/* Does to @past what @action would have done. @old_value: (owned). Returns: FALSE when it would have changed nothing. */
static gboolean
pretend_change (Past *past, const PnRuleAction *action, char **old_value, const char **new_value)
{
  const PnPriority priority = past->ticket.priority;
  const char *ignored = NULL;
  PnStatus status = past->ticket.status;

  *new_value = action->value;
  switch (action->what) {
  case PN_DO_PRIORITY:
  case PN_DO_RAISE:
  case PN_DO_LOWER:
    past->ticket.priority = pn_rule_effect_priority (action, priority);
    *old_value = g_strdup (pn_priority_name (priority));
    *new_value = pn_priority_name (past->ticket.priority);
    return past->ticket.priority != priority;
  case PN_DO_QUEUE: return change_text (&past->queue, action->value, &ignored, old_value);
  case PN_DO_ASSIGN:
    *new_value = strcmp (action->value, "none") == 0 ? NULL : action->value;
    return change_text (&past->assignee, *new_value, &ignored, old_value);
  case PN_DO_STATUS:
    *old_value = g_strdup (pn_status_name (status));
    (void) pn_status_read (action->value, &past->ticket.status);
    return past->ticket.status != status;
  case PN_DO_TAG: return g_hash_table_add (past->tags, g_utf8_strdown (action->value, -1));
  case PN_DO_UNTAG: {
    g_autofree char *tag = g_utf8_strdown (action->value, -1);

    return g_hash_table_remove (past->tags, tag);
  }
  case PN_DO_ASSIGN_TEAM:
  case PN_DO_NOTE:
  case PN_DO_NOTIFY:
  case PN_DO_LETTER:
  case PN_DO_NO_ANSWER:
  case PN_DO_WEBHOOK: return TRUE;
  }
  g_return_val_if_reached (FALSE);
}

/* Which events a person's choice would show as; PN_EVENT_CREATED: none. */
static PnEventKind
kind_of (PnRuleDo what)
{
  switch (what) {
  case PN_DO_PRIORITY:
  case PN_DO_RAISE:
  case PN_DO_LOWER: return PN_EVENT_PRIORITY;
  case PN_DO_QUEUE: return PN_EVENT_QUEUE;
  case PN_DO_ASSIGN:
  case PN_DO_ASSIGN_TEAM: return PN_EVENT_ASSIGNEE;
  case PN_DO_STATUS:
  case PN_DO_TAG:
  case PN_DO_UNTAG:
  case PN_DO_NOTE:
  case PN_DO_NOTIFY:
  case PN_DO_LETTER:
  case PN_DO_NO_ANSWER:
  case PN_DO_WEBHOOK: return PN_EVENT_CREATED;
  }
  g_return_val_if_reached (PN_EVENT_CREATED);
}

/* Returns: (owned) the effect. @is_done: it would have changed something. */
static json_t *
pretend (Past *past, const PnRuleAction *action, gboolean *is_done)
{
  const PnEventKind kind = kind_of (action->what);
  const gboolean is_chosen = kind != PN_EVENT_CREATED && (past->chosen >> kind & 1) != 0;
  g_autofree char *old_value = NULL;
  const char *new_value = action->value;
  json_t *effect;

  *is_done = !is_chosen && pretend_change (past, action, &old_value, &new_value);
  effect = json_pack ("{s:s, s:b, s:o, s:o}", "do", pn_do_info (action->what)->name, "done",
                      *is_done, "old", pn_json_text (old_value), "new", pn_json_text (new_value));
  pn_json_set (effect, "why",
               pn_reason_read (*is_done    ? NULL
                               : is_chosen ? pn_reason (PN_WHY_UNDONE_CHOSEN)
                                           : pn_reason (PN_WHY_UNDONE_SAME)));
  return effect;
}

static void
fire (Past *past, const PnRule *rule, const PnFacts *facts, PnTime at)
{
  g_autoptr (json_t) effects = json_array ();
  gboolean has_any = FALSE;
  PnRuleHit *hit;

  for (guint i = 0; i < rule->actions->len; i++) {
    gboolean is_done;

    json_array_append_new (effects, pretend (past, rule->actions->pdata[i], &is_done));
    has_any = has_any || is_done;
  }
  if (!has_any || past->hits->len - past->first_hit >= HITS_OF_TICKET)
    return;
  hit = g_new0 (PnRuleHit, 1);
  hit->ticket_id = past->ticket.id;
  hit->at = at;
  hit->rule = g_strdup (rule->name);
  hit->explanation = pn_rule_explain (rule->condition, facts);
  hit->effects = json_incref (effects);
  g_ptr_array_add (past->hits, hit);
}

static gboolean
matches (const Past *past, const PnRule *rule, PnFacts *facts, PnTime at, gboolean *is_match,
         GError **error)
{
  const PnRuleAsk ask = { past->db, &past->ticket, past->message != NULL ? past->message->id : 0,
                          at, TRUE };

  if (pn_rule_match (rule->condition, facts) == PN_MATCH_UNKNOWN
      && !pn_rule_ticket_load (facts, &ask, rule->condition, error))
    return FALSE;
  *is_match = pn_rule_match (rule->condition, facts) == PN_MATCH_TRUE;
  return TRUE;
}

/* Something happened at @at. */
static gboolean
happen (Past *past, const PnRuleOccasion *occasion, PnTime at, GError **error)
{
  const GPtrArray *rules = pn_rule_book_rules (past->book);
  g_autoptr (PnFacts) facts = NULL;

  if (at < past->since || !pn_rule_book_listens (past->book, occasion->on))
    return TRUE;
  for (guint i = 0; i < rules->len; i++) {
    const PnRule *rule = rules->pdata[i];
    gboolean is_match = FALSE;

    if (!pn_rule_listens (rule, occasion->on))
      continue;
    if (facts == NULL)
      facts = make_facts (past, occasion, at);
    if (!matches (past, rule, facts, at, &is_match, error))
      return FALSE;
    if (!is_match)
      continue;
    fire (past, rule, facts, at);
    if (rule->stops)
      return TRUE;
    g_clear_pointer (&facts, pn_facts_free); /* what it did, the next one sees */
  }
  return TRUE;
}

static PnTime
step_of (const PnRule *rule)
{
  return rule->every > 0 ? MAX (rule->every * PN_SECOND, SHORTEST_STEP) : PN_DAY;
}

/* Rules look at solved tickets only when they ask for the status. */
static gboolean
is_looked_at (const Past *past, const PnRule *rule)
{
  return past->ticket.status < PN_STATUS_SOLVED
         || (pn_rule_fields (rule->condition) & PN_FIELD_BIT (PN_FIELD_STATUS)) != 0;
}

static gboolean
look (Past *past, const PnRule *rule, PnTime at, GError **error)
{
  const PnRuleOccasion occasion = { .on = PN_RULE_ON_SCHEDULE, .by = PN_ACTOR_SYSTEM };
  g_autoptr (PnFacts) facts = make_facts (past, &occasion, at);
  gboolean is_match = FALSE;

  past->looks++;
  if (!matches (past, rule, facts, at, &is_match, error))
    return FALSE;
  if (!is_match)
    g_hash_table_remove (past->held, rule);
  else if (g_hash_table_add (past->held, (gpointer) rule))
    fire (past, rule, facts, at);
  return TRUE;
}

/* Time passes until @until. */
static gboolean
pass (Past *past, PnTime until, GError **error)
{
  const GPtrArray *rules = pn_rule_book_rules (past->book);

  if (!pn_rule_book_listens (past->book, PN_RULE_ON_SCHEDULE))
    return TRUE;
  for (guint i = 0; i < rules->len; i++) {
    const PnRule *rule = rules->pdata[i];
    gint64 *last;

    if (!pn_rule_listens (rule, PN_RULE_ON_SCHEDULE))
      continue;
    last = g_hash_table_lookup (past->asked_at, rule);
    if (last == NULL) {
      last = g_new (gint64, 1);
      *last = MAX (past->since, past->ticket.created_at);
      g_hash_table_insert (past->asked_at, (gpointer) rule, last);
    }
    for (*last += step_of (rule); *last < until && past->looks < LOOKS; *last += step_of (rule)) {
      if (is_looked_at (past, rule) && !look (past, rule, *last, error))
        return FALSE;
    }
    *last -= step_of (rule);
  }
  return TRUE;
}

/* The value of the first event of a kind before it; NULL: there is none. */
static const char *
first_value (const GPtrArray *events, PnEventKind kind, gboolean *is_there)
{
  *is_there = FALSE;
  for (guint i = 0; i < events->len; i++) {
    const PnEvent *event = events->pdata[i];

    if (event->kind == kind) {
      *is_there = TRUE;
      return event->old_value;
    }
  }
  return NULL;
}

/* As the ticket was when it was opened. */
static void
begin (Past *past, const PnTicket *ticket, const GPtrArray *events)
{
  gboolean is_there;
  const char *value = first_value (events, PN_EVENT_PRIORITY, &is_there);

  past->ticket = *ticket;
  past->ticket.status = PN_STATUS_NEW;
  past->ticket.message_count = 0;
  past->ticket.updated_at = ticket->created_at;
  past->ticket.waiting_at = ticket->created_at;
  if (is_there)
    (void) pn_priority_read (value, &past->ticket.priority);
  value = first_value (events, PN_EVENT_QUEUE, &is_there);
  set_text (&past->queue, is_there ? value : pn_rule_book_queue (past->book, ticket->queue_id));
  past->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  past->held = g_hash_table_new (NULL, NULL);
  past->asked_at = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

/* Makes an event's change. @on: what rules can listen for. FALSE: nothing of the kind. */
static gboolean
apply (Past *past, const PnEvent *event, PnRuleOn *on)
{
  if (event->kind == PN_EVENT_STATUS) {
    (void) pn_status_read (event->new_value, &past->ticket.status);
    if (past->ticket.status == PN_STATUS_WAITING || past->ticket.status >= PN_STATUS_SOLVED)
      past->ticket.waiting_at = 0;
    *on = PN_RULE_ON_STATUS;
  } else if (event->kind == PN_EVENT_PRIORITY) {
    (void) pn_priority_read (event->new_value, &past->ticket.priority);
    *on = PN_RULE_ON_PRIORITY;
  } else if (event->kind == PN_EVENT_QUEUE) {
    set_text (&past->queue, event->new_value);
    *on = PN_RULE_ON_QUEUE;
  } else if (event->kind == PN_EVENT_ASSIGNEE) {
    set_text (&past->assignee, event->new_value);
    *on = PN_RULE_ON_ASSIGNEE;
  } else if (event->kind == PN_EVENT_TAG) {
    if (event->new_value != NULL)
      g_hash_table_add (past->tags, g_strdup (event->new_value));
    else if (event->old_value != NULL)
      g_hash_table_remove (past->tags, event->old_value);
    *on = PN_RULE_ON_TAG;
  } else {
    return FALSE;
  }
  if (event->actor.kind == PN_ACTOR_AGENT)
    past->chosen |= 1u << event->kind;
  past->ticket.updated_at = event->at;
  return TRUE;
}

static gboolean
tell_event (Past *past, const PnEvent *event, GError **error)
{
  PnRuleOccasion occasion = { .by = event->actor.kind,
                              .old_value = event->old_value,
                              .new_value = event->new_value };

  return !apply (past, event, &occasion.on) || happen (past, &occasion, event->at, error);
}

static gboolean
tell_message (Past *past, const PnMessage *message, GError **error)
{
  PnRuleOccasion occasion = { .on = PN_RULE_ON_ANSWER, .by = PN_ACTOR_AGENT };
  const gboolean is_first = past->message == NULL;

  past->ticket.message_count++;
  past->ticket.updated_at = message->created_at;
  if (message->direction == PN_DIRECTION_NOTE)
    return TRUE;
  if (message->direction == PN_DIRECTION_OUT) {
    past->ticket.waiting_at = 0;
    return happen (past, &occasion, message->created_at, error);
  }
  past->message = message;
  if (!is_first && message->kind != PN_MAIL_MESSAGE)
    return TRUE;
  if (past->ticket.waiting_at == 0)
    past->ticket.waiting_at = message->created_at;
  occasion.on = is_first ? PN_RULE_ON_ARRIVAL : PN_RULE_ON_REPLY;
  occasion.by = PN_ACTOR_PERSON;
  return happen (past, &occasion, message->created_at, error);
}

/* Messages before events of the same instant: what a mail sets off comes after it. */
static gboolean
tell_all (Past *past, const GPtrArray *messages, const GPtrArray *events, GError **error)
{
  guint m = 0;
  guint e = 0;

  while (m < messages->len || e < events->len) {
    const PnMessage *message = m < messages->len ? messages->pdata[m] : NULL;
    const PnEvent *event = e < events->len ? events->pdata[e] : NULL;
    const gboolean is_event = message == NULL || (event != NULL && event->at < message->created_at);
    const PnTime at = is_event ? event->at : message->created_at;

    if (!pass (past, at, error)
        || !(is_event ? tell_event (past, event, error) : tell_message (past, message, error)))
      return FALSE;
    m += is_event ? 0 : 1;
    e += is_event ? 1 : 0;
  }
  return pass (past, pn_clock_now (), error);
}

gboolean
pn_rule_past_tell (PnDb *db, PnRuleBook *book, const PnTicket *ticket, PnTime since,
                   GPtrArray *hits, GError **error)
{
  g_auto (Past)
      past = { .db = db, .book = book, .since = since, .hits = hits, .first_hit = hits->len };
  g_autoptr (GPtrArray) messages = pn_message_list (db, ticket->id, 0, MESSAGES, error);
  g_autoptr (GPtrArray) events = messages != NULL ? pn_event_list (db, ticket->id, error) : NULL;

  if (events == NULL)
    return FALSE;
  begin (&past, ticket, events);
  return tell_all (&past, messages, events, error);
}
