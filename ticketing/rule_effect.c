#include "ticketing/rule_effect.h"

#include <string.h>

#include "ticketing/access.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/presence.h"
#include "ticketing/queue.h"
#include "ticketing/search.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

/* Adds what came of an action; @why: the reason why nothing, NULL: it was done. */
static void
add_effect (PnRuleFire *fire, const PnRuleAction *action, const char *old_value,
            const char *new_value, const char *why)
{
  json_t *effect =
      json_pack ("{s:s, s:b, s:o, s:o}", "do", pn_do_info (action->what)->name, "done", why == NULL,
                 "old", pn_json_text (old_value), "new", pn_json_text (new_value));

  pn_json_set (effect, "why", pn_reason_read (why));
  json_array_append_new (fire->effects, effect);
}

static gboolean
leave (PnRuleFire *fire, const PnRuleAction *action, const char *value, const char *why)
{
  add_effect (fire, action, NULL, value, why);
  fire->is_lost = TRUE;
  return TRUE;
}

static PnActor
actor_of (const PnRuleFire *fire)
{
  return (PnActor){ PN_ACTOR_RULE, fire->firing_id };
}

/* @is_chosen: a person has decided this on the ticket. A ticket that arrives was seen by nobody. */
static gboolean
is_chosen_by_agent (const PnRuleFire *fire, PnEventKind kind, gboolean *is_chosen, GError **error)
{
  *is_chosen = FALSE;
  return fire->run->occasion.source == PN_RULE_SOURCE_ARRIVAL
         || pn_event_is_by_agent (fire->run->db, fire->run->ticket->id, kind, is_chosen, error);
}

static gboolean
change (PnRuleFire *fire, PnTicketChange *wanted, GError **error)
{
  wanted->reason = fire->reason;
  if (!pn_ticket_change (fire->run->db, fire->run->ticket, wanted, actor_of (fire), error))
    return FALSE;
  fire->is_shown = TRUE;
  return TRUE;
}

PnPriority
pn_rule_effect_priority (const PnRuleAction *action, PnPriority now)
{
  PnPriority wanted = now;

  if (action->what == PN_DO_RAISE)
    return MIN (now + 1, PN_PRIORITY_URGENT);
  if (action->what == PN_DO_LOWER)
    return now == PN_PRIORITY_LOW ? PN_PRIORITY_LOW : now - 1;
  (void) pn_priority_read (action->value, &wanted);
  return wanted;
}

static gboolean
do_priority (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  const PnPriority old = fire->run->ticket->priority;
  const PnPriority wanted = pn_rule_effect_priority (action, old);
  PnTicketChange wish = PN_TICKET_CHANGE_NONE;
  gboolean is_chosen;

  if (old == wanted)
    return leave (fire, action, pn_priority_name (wanted), pn_reason (PN_WHY_UNDONE_SAME));
  if (!is_chosen_by_agent (fire, PN_EVENT_PRIORITY, &is_chosen, error))
    return FALSE;
  if (is_chosen)
    return leave (fire, action, pn_priority_name (wanted),
                  pn_reason (PN_WHY_UNDONE_CHOSEN_PRIORITY));
  wish.priority = (int) wanted;
  if (!change (fire, &wish, error))
    return FALSE;
  add_effect (fire, action, pn_priority_name (old), pn_priority_name (wanted), NULL);
  return TRUE;
}

static gboolean
do_queue (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  PnTicketChange wish = PN_TICKET_CHANGE_NONE;
  g_autoptr (PnQueue) queue = NULL;
  gboolean is_chosen;

  if (!pn_queue_find (fire->run->db, action->value, &queue, error))
    return FALSE;
  if (queue == NULL)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_NO_QUEUE));
  if (queue->id == fire->run->ticket->queue_id)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_THERE));
  if (!is_chosen_by_agent (fire, PN_EVENT_QUEUE, &is_chosen, error))
    return FALSE;
  if (is_chosen)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_CHOSEN_QUEUE));
  add_effect (fire, action, pn_rule_book_queue (fire->run->book, fire->run->ticket->queue_id),
              queue->name, NULL);
  wish.queue_id = queue->id;
  return change (fire, &wish, error);
}

static gboolean
may_see (PnRuleFire *fire, gint64 agent_id, gboolean *may, GError **error)
{
  g_autoptr (GPtrArray) agents =
      pn_access_agents_of_queue (fire->run->db, fire->run->ticket->queue_id, error);

  *may = agent_id == 0;
  for (guint i = 0; agents != NULL && i < agents->len; i++)
    *may = *may || ((const PnAgent *) agents->pdata[i])->id == agent_id;
  return agents != NULL;
}

/* @agent_id 0: nobody. */
static gboolean
assign_to (PnRuleFire *fire, const PnRuleAction *action, gint64 agent_id, const char *login,
           GError **error)
{
  PnRuleRun *run = fire->run;
  PnTicketChange wish = PN_TICKET_CHANGE_NONE;
  gboolean may;
  gboolean is_chosen;

  if (agent_id == run->ticket->assignee_id)
    return leave (fire, action, login, pn_reason (PN_WHY_UNDONE_SAME));
  if (!may_see (fire, agent_id, &may, error)
      || !is_chosen_by_agent (fire, PN_EVENT_ASSIGNEE, &is_chosen, error))
    return FALSE;
  if (!may)
    return leave (fire, action, login, pn_reason (PN_WHY_UNDONE_NO_RIGHT));
  if (is_chosen)
    return leave (fire, action, login, pn_reason (PN_WHY_UNDONE_ASSIGNED));
  add_effect (fire, action, pn_rule_book_agent (run->book, run->ticket->assignee_id), login, NULL);
  wish.assignee_id = agent_id;
  return change (fire, &wish, error)
         && pn_notice_assigned (run->db, run->notices, run->ticket, actor_of (fire), error);
}

static gboolean
do_assign (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;

  if (strcmp (action->value, "none") == 0)
    return assign_to (fire, action, 0, NULL, error);
  if (!pn_agent_find (fire->run->db, action->value, &agent, error))
    return FALSE;
  if (agent == NULL || !agent->is_enabled)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_NO_AGENT));
  return assign_to (fire, action, agent->id, agent->login, error);
}

/* Whom the team calls first, of those who are there and work in the ticket's queue. */
static gboolean
find_on_call (PnRuleFire *fire, const PnTeam *team, gint64 *agent_id, GError **error)
{
  g_autoptr (GHashTable) absent = pn_presence_list (fire->run->db, pn_clock_now (), error);

  *agent_id = 0;
  for (guint i = 0; absent != NULL && i < team->members->len && *agent_id == 0; i++) {
    const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);
    gboolean may = FALSE;

    if (member->on_call == 0 || g_hash_table_contains (absent, &member->agent_id))
      continue;
    if (!may_see (fire, member->agent_id, &may, error))
      return FALSE;
    if (may)
      *agent_id = member->agent_id;
  }
  return absent != NULL;
}

static gboolean
do_assign_team (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  PnDb *db = fire->run->db;
  g_autoptr (PnTeam) team = NULL;
  g_autoptr (PnAgent) agent = NULL;
  gint64 agent_id = 0;

  if (!pn_team_find (db, action->value, &team, error))
    return FALSE;
  if (team == NULL)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_NO_TEAM));
  if (!find_on_call (fire, team, &agent_id, error))
    return FALSE;
  if (agent_id == 0)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_NO_DUTY));
  agent = pn_agent_load (db, agent_id, error);
  return agent != NULL && assign_to (fire, action, agent->id, agent->login, error);
}

static gboolean
do_status (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  const PnStatus old = fire->run->ticket->status;
  PnTicketChange wish = PN_TICKET_CHANGE_NONE;
  PnStatus wanted = old;

  (void) pn_status_read (action->value, &wanted);
  if (old == wanted)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_SAME));
  wish.status = (int) wanted;
  add_effect (fire, action, pn_status_name (old), action->value, NULL);
  return change (fire, &wish, error);
}

static gboolean
do_tag (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  const gboolean is_set = action->what == PN_DO_TAG;

  if (!pn_ticket_tag_because (fire->run->db, fire->run->ticket->id, action->value, is_set,
                              actor_of (fire), fire->reason, error))
    return FALSE;
  if (is_set)
    pn_facts_add (fire->run->facts, PN_FIELD_TAG, action->value);
  else
    pn_facts_remove (fire->run->facts, PN_FIELD_TAG, action->value);
  add_effect (fire, action, is_set ? NULL : action->value, is_set ? action->value : NULL, NULL);
  fire->is_shown = TRUE;
  return TRUE;
}

static gboolean
do_note (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  PnRuleRun *run = fire->run;
  g_autoptr (PnMessage) note = pn_message_new ();

  note->ticket_id = run->ticket->id;
  note->direction = PN_DIRECTION_NOTE;
  note->channel = PN_CHANNEL_DESK;
  note->from_name = g_strdup (fire->rule->name);
  note->subject = g_strdup (run->ticket->subject);
  note->text = g_strdup (action->text);
  note->reasons = json_pack ("[o]", pn_reason_read (fire->reason));
  add_effect (fire, action, NULL, NULL, NULL);
  fire->is_shown = TRUE;
  return pn_message_add (run->db, note, error)
         && pn_search_note (run->db, run->ticket->id, note->id, error)
         && pn_ticket_touch (run->db, run->ticket->id, PN_TOUCH_NOTE, NULL, actor_of (fire), NULL,
                             error);
}

/* @readers: (owned) of gint64; NULL: everybody of the queue. */
static gboolean
find_readers (const PnRuleFire *fire, const char *value, GArray **readers, GError **error)
{
  const PnTicket *ticket = fire->run->ticket;
  g_autoptr (PnAgent) agent = NULL;

  *readers = NULL;
  if (strcmp (value, "queue") == 0 || (strcmp (value, "assignee") == 0 && ticket->assignee_id == 0))
    return TRUE;
  if (strcmp (value, "leads") == 0) {
    *readers = pn_team_leads (fire->run->db, ticket->queue_id, error);
    return *readers != NULL;
  }
  *readers = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (strcmp (value, "assignee") == 0) {
    g_array_append_val (*readers, ticket->assignee_id);
    return TRUE;
  }
  if (!pn_agent_find (fire->run->db, value, &agent, error))
    return FALSE;
  if (agent != NULL)
    g_array_append_val (*readers, agent->id);
  return TRUE;
}

static gboolean
do_notify (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  PnRuleRun *run = fire->run;
  PnNoticeOfRule notice = { run->ticket, NULL, fire->rule->name, fire->reason, fire->firing_id };
  g_autoptr (GArray) readers = NULL;

  if (!find_readers (fire, action->value, &readers, error))
    return FALSE;
  if (readers != NULL && readers->len == 0)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_NOBODY));
  notice.readers = readers;
  add_effect (fire, action, NULL, action->value, NULL);
  fire->is_lost = TRUE;
  return pn_notice_rule (run->db, run->notices, &notice, error);
}

static gboolean
do_letter (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  const PnRulePorts *ports = fire->run->ports;
  g_autofree char *refusal = NULL;

  if (ports == NULL || ports->letter == NULL)
    return leave (fire, action, NULL, pn_reason (PN_WHY_UNDONE_NO_LETTERS));
  if (!ports->letter (ports->data, fire->run->ticket, action->text, fire->firing_id, &refusal,
                      error))
    return FALSE;
  add_effect (fire, action, NULL, NULL, refusal);
  fire->is_lost = TRUE;
  return TRUE;
}

static gboolean
do_no_answer (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  if (fire->run->occasion.on != PN_RULE_ON_ARRIVAL)
    return leave (fire, action, NULL, pn_reason (PN_WHY_UNDONE_NOT_NEW));
  fire->run->wants_no_answer = TRUE;
  add_effect (fire, action, NULL, NULL, NULL);
  fire->is_lost = TRUE;
  return TRUE;
}

static gboolean
do_webhook (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  const PnTicket *ticket = fire->run->ticket;
  g_autofree char *key = g_strdup_printf ("rule:%" G_GINT64_FORMAT, fire->firing_id);
  g_autoptr (json_t) body =
      json_pack ("{s:s, s:o, s:I, s:o, s:{s:I, s:o, s:s, s:s}}", "event", "rule", "rule",
                 pn_json_text (fire->rule->name), "version", (json_int_t) fire->rule->version,
                 "reason", pn_reason_read (fire->reason), "ticket", "number",
                 (json_int_t) ticket->id, "subject", pn_json_text (ticket->subject), "status",
                 pn_status_name (ticket->status), "priority", pn_priority_name (ticket->priority));
  g_autoptr (PnWebhook) webhook = NULL;

  if (!pn_webhook_find (fire->run->db, action->value, &webhook, error))
    return FALSE;
  if (webhook == NULL || !webhook->is_enabled)
    return leave (fire, action, action->value, pn_reason (PN_WHY_UNDONE_NO_WEBHOOK));
  add_effect (fire, action, NULL, action->value, NULL);
  fire->is_lost = TRUE;
  return pn_webhook_order (fire->run->db, webhook->id, "rule", key, ticket->id, body, error);
}

static gboolean (*const doers[PN_DO_COUNT]) (PnRuleFire *fire, const PnRuleAction *action,
                                             GError **error) = {
  [PN_DO_PRIORITY] = do_priority,   [PN_DO_RAISE] = do_priority,
  [PN_DO_LOWER] = do_priority,      [PN_DO_QUEUE] = do_queue,
  [PN_DO_ASSIGN] = do_assign,       [PN_DO_ASSIGN_TEAM] = do_assign_team,
  [PN_DO_STATUS] = do_status,       [PN_DO_TAG] = do_tag,
  [PN_DO_UNTAG] = do_tag,           [PN_DO_NOTE] = do_note,
  [PN_DO_NOTIFY] = do_notify,       [PN_DO_LETTER] = do_letter,
  [PN_DO_NO_ANSWER] = do_no_answer, [PN_DO_WEBHOOK] = do_webhook,
};

gboolean
pn_rule_effect_do (PnRuleFire *fire, const PnRuleAction *action, GError **error)
{
  return doers[action->what](fire, action, error);
}
