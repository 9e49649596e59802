#include "ticketing/escalation_private.h"

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/ladder_effect.h"
#include "ticketing/message.h"
#include "ticketing/notice.h"
#include "ticketing/queue.h"
#include "ticketing/search.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

#define PREVIEW_BYTES 300

/* Adds what was done, or could not be; @value, its argument @key, may be NULL. */
static void
say (json_t *done, PnReasonCode code, const char *key, const char *value)
{
  g_autofree char *what =
      value != NULL ? pn_reason_make (code, "{s:o}", key, pn_json_text (value)) : NULL;

  pn_reason_add (done, what != NULL ? what : pn_reason (code));
}

static gboolean
say_change (const PnFiring *firing, const PnLadderEffect *effect, const PnQueue *queue,
            json_t *done, GError **error)
{
  const PnLadderStep *step = firing->step;
  g_autoptr (PnAgent) agent = NULL;

  if ((effect->lacks & PN_LACK_QUEUE) != 0)
    say (done, PN_WHY_DID_NOT_MOVE, "queue", step->queue);
  if (effect->queue_id >= 0)
    say (done, PN_WHY_DID_MOVED, "queue", queue->title);
  if ((effect->lacks & PN_LACK_ASSIGNEE) != 0)
    say (done,
         step->assign == PN_ASSIGN_ON_CALL ? PN_WHY_DID_NO_DUTY_ASSIGNED
         : step->assign == PN_ASSIGN_LEAD  ? PN_WHY_DID_NO_LEAD_ASSIGNED
                                           : PN_WHY_DID_NOBODY_ASSIGNED,
         NULL, NULL);
  if (effect->assignee_id >= 0) {
    agent = pn_agent_load (firing->db, effect->assignee_id, error);
    if (agent == NULL)
      return FALSE;
    say (done, PN_WHY_DID_ASSIGNED, "name", agent->name);
  }
  if (effect->priority >= 0)
    say (done, PN_WHY_DID_PRIORITY, "name", pn_priority_name ((PnPriority) effect->priority));
  return TRUE;
}

/* Returns: (owned) the reason of what the step changes or writes. */
static char *
write_reason (const PnFiring *firing, PnReasonCode code)
{
  g_autofree char *place = pn_ladder_step_words (firing->step);

  return pn_reason_make (
      code, "{s:s, s:o, s:o}", "metric", pn_metric_name (firing->deadline->metric), "place",
      pn_ladder_words_parts (place), "ladder", pn_json_text (firing->ladder->title));
}

static gboolean
change_ticket (const PnFiring *firing, const PnLadderEffect *effect, const PnQueue *queue,
               json_t *done, GError **error)
{
  PnTicketChange change = PN_TICKET_CHANGE_NONE;
  const gint64 old_assignee = firing->ticket->assignee_id;
  g_autofree char *reason = write_reason (firing, PN_WHY_ESCALATION_STEP);

  change.queue_id = effect->queue_id;
  change.assignee_id = effect->assignee_id;
  change.priority = effect->priority;
  change.reason = reason;
  if (!say_change (firing, effect, queue, done, error))
    return FALSE;
  if (change.queue_id < 0 && change.assignee_id < 0 && change.priority < 0)
    return TRUE;
  return pn_ticket_change (firing->db, firing->ticket, &change, PN_ACTOR_IS_SYSTEM, error)
         && (firing->ticket->assignee_id == old_assignee
             || pn_notice_assigned (firing->db, NULL, firing->ticket, PN_ACTOR_IS_SYSTEM, error));
}

static gboolean
write_note (const PnFiring *firing, json_t *done, GError **error)
{
  g_autoptr (PnMessage) message = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *preview = NULL;

  if (*firing->step->note == '\0')
    return TRUE;
  message = pn_message_new ();
  reason = write_reason (firing, PN_WHY_ESCALATION_NOTE);
  message->ticket_id = firing->ticket->id;
  message->direction = PN_DIRECTION_NOTE;
  message->channel = PN_CHANNEL_DESK;
  message->from_name = g_strdup ("Postern");
  message->subject = g_strdup (firing->ticket->subject);
  message->text = g_strdup (firing->step->note);
  message->reasons = json_pack ("[o]", pn_reason_read (reason));
  say (done, PN_WHY_DID_NOTE, NULL, NULL);
  return pn_message_add (firing->db, message, error)
         && pn_search_note (firing->db, firing->ticket->id, message->id, error)
         && pn_ticket_touch (firing->db, firing->ticket->id, PN_TOUCH_NOTE, NULL,
                             PN_ACTOR_IS_SYSTEM, NULL, error);
}

static gboolean
add_tag (const PnFiring *firing, const PnLadderEffect *effect, json_t *done, GError **error)
{
  if (!effect->is_tagged)
    return TRUE;
  say (done, PN_WHY_DID_TAG, "tag", firing->step->tag);
  return pn_ticket_tag (firing->db, firing->ticket->id, firing->step->tag, TRUE, PN_ACTOR_IS_SYSTEM,
                        error);
}

static json_t *
write_body (const PnFiring *firing)
{
  const PnTicket *ticket = firing->ticket;
  const PnDeadline *deadline = firing->deadline;
  g_autofree char *place = pn_ladder_step_words (firing->step);

  return json_pack (
      "{s:s, s:o, s:{s:I, s:o, s:s, s:s}, s:{s:s, s:i, s:o, s:I, s:I}, s:{s:o, s:I, s:i, s:s}}",
      "event", "escalation", "at", pn_json_time (firing->now), "ticket", "number",
      (json_int_t) ticket->id, "subject", pn_json_text (ticket->subject), "status",
      pn_status_name (ticket->status), "priority", pn_priority_name (ticket->priority), "deadline",
      "metric", pn_metric_name (deadline->metric), "round", deadline->round, "due_at",
      pn_json_time (deadline->due_at), "policy", (json_int_t) deadline->policy_id, "policy_version",
      (json_int_t) deadline->policy_version, "ladder", "name", pn_json_text (firing->ladder->name),
      "version", (json_int_t) firing->ladder->version, "step", firing->step->key, "place", place);
}

static gboolean
call_webhook (const PnFiring *firing, json_t *done, GError **error)
{
  const PnEscalationDue *due = firing->due;
  g_autoptr (PnWebhook) webhook = NULL;
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT ":%d:%d:%d", due->ticket_id,
                                          (int) due->metric, due->round, firing->step->key);
  json_t *body;
  gboolean is_ordered;

  if (*firing->step->webhook == '\0')
    return TRUE;
  if (!pn_webhook_find (firing->db, firing->step->webhook, &webhook, error))
    return FALSE;
  if (webhook == NULL || !webhook->is_enabled) {
    say (done, PN_WHY_DID_NO_WEBHOOK, "webhook", firing->step->webhook);
    return TRUE;
  }
  say (done, PN_WHY_DID_WEBHOOK, "webhook", webhook->name);
  body = write_body (firing);
  is_ordered = pn_webhook_order (firing->db, webhook->id, "escalation", key, firing->ticket->id,
                                 body, error);
  json_decref (body);
  return is_ordered;
}

/* @absent: reasons, who could not be told. */
static gboolean
tell_agent (const PnFiring *firing, gint64 id, json_t *absent, json_t *done, GError **error)
{
  g_autoptr (PnAgent) agent = pn_agent_load (firing->db, id, error);

  if (agent == NULL)
    return FALSE;
  if (!agent->is_enabled || *agent->address == '\0') {
    say (absent, PN_WHY_DID_UNTOLD, "name", agent->name);
    return TRUE;
  }
  say (done, PN_WHY_DID_TOLD, "name", agent->name);
  return pn_escalation_add_notice (firing, agent->id, agent->address, error);
}

static gboolean
tell (const PnFiring *firing, const PnLadderEffect *effect, json_t *done, GError **error)
{
  g_autoptr (json_t) absent = json_array ();

  if ((effect->lacks & PN_LACK_ON_CALL) != 0)
    say (absent, PN_WHY_DID_NO_DUTY, NULL, NULL);
  if ((effect->lacks & PN_LACK_LEADS) != 0)
    say (absent, PN_WHY_DID_NO_LEADS, NULL, NULL);
  for (guint i = 0; i < effect->told->len; i++) {
    if (!tell_agent (firing, g_array_index (effect->told, gint64, i), absent, done, error))
      return FALSE;
  }
  for (guint i = 0; i < firing->step->addresses->len; i++) {
    const char *address = firing->step->addresses->pdata[i];

    say (done, PN_WHY_DID_TOLD, "name", address);
    if (!pn_escalation_add_notice (firing, 0, address, error))
      return FALSE;
  }
  json_array_extend (done, absent);
  return TRUE;
}

/* Rooms stay for one sweep. (borrowed) */
static const PnTeamRoom *
enter_room (const PnFiring *firing, gint64 queue_id, GError **error)
{
  PnTeamRoom *room = g_hash_table_lookup (firing->rooms, &queue_id);

  if (room != NULL)
    return room;
  room = pn_team_room_load (firing->db, queue_id, firing->now, error);
  if (room != NULL)
    g_hash_table_insert (firing->rooms, &room->queue_id, room);
  return room;
}

static gboolean
find_named (const PnFiring *firing, GArray *named, GError **error)
{
  for (guint i = 0; i < firing->step->agents->len; i++) {
    g_autoptr (PnAgent) agent = NULL;

    if (!pn_agent_find (firing->db, firing->step->agents->pdata[i], &agent, error))
      return FALSE;
    if (agent != NULL)
      g_array_append_val (named, agent->id);
  }
  return TRUE;
}

/* Decides what the step does. @queue: (owned) the one it moves the ticket to; NULL: none. */
static gboolean
decide (const PnFiring *firing, PnQueue **queue, PnLadderEffect *effect, GError **error)
{
  const PnTicket *ticket = firing->ticket;
  const PnLadderStep *step = firing->step;
  g_autoptr (GPtrArray) tags = NULL;
  g_autoptr (GArray) named = g_array_new (FALSE, FALSE, sizeof (gint64));
  PnLadderScene scene = { .step = step,
                          .queue_id = ticket->queue_id,
                          .owner_id = ticket->assignee_id,
                          .priority = ticket->priority,
                          .named = named,
                          .now = firing->now };
  gint64 queue_id;

  if (*step->tag != '\0')
    scene.tags = tags = pn_ticket_tags (firing->db, ticket->id, error);
  if ((*step->tag != '\0' && tags == NULL)
      || (*step->queue != '\0' && !pn_queue_find (firing->db, step->queue, queue, error))
      || !find_named (firing, named, error))
    return FALSE;
  scene.to_queue_id = *queue != NULL ? (*queue)->id : 0;
  queue_id = scene.to_queue_id != 0 ? scene.to_queue_id : ticket->queue_id;
  if (pn_ladder_step_asks_room (step, ticket->assignee_id)) {
    scene.room = enter_room (firing, queue_id, error);
    if (scene.room == NULL)
      return FALSE;
  }
  if (step->assign == PN_ASSIGN_LEAST_LOADED
      && !pn_team_least_loaded (firing->db, queue_id, firing->now, &scene.least_loaded_id, error))
    return FALSE;
  *effect = pn_ladder_effect (&scene);
  return TRUE;
}

gboolean
pn_firing_act (const PnFiring *firing, json_t *done, GError **error)
{
  g_autoptr (PnQueue) queue = NULL;
  g_auto (PnLadderEffect) effect = { 0 };

  return decide (firing, &queue, &effect, error)
         && change_ticket (firing, &effect, queue, done, error)
         && add_tag (firing, &effect, done, error) && write_note (firing, done, error)
         && tell (firing, &effect, done, error) && call_webhook (firing, done, error);
}
