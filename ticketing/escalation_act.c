#include "ticketing/escalation_private.h"

#include <stdarg.h>
#include <string.h>

#include "ticketing/access.h"
#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/json.h"
#include "ticketing/message.h"
#include "ticketing/notice.h"
#include "ticketing/queue.h"
#include "ticketing/search.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

#define PREVIEW_BYTES 300

static void say (GString *done, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (GString *done, const char *format, ...)
{
  va_list arguments;

  if (done->len > 0)
    g_string_append (done, ", ");
  va_start (arguments, format);
  g_string_append_vprintf (done, format, arguments);
  va_end (arguments);
}

/* Whom the step gives the ticket to; 0: nobody can be found. */
static gboolean
choose (const PnFiring *firing, gint64 queue_id, gint64 *agent_id, GError **error)
{
  g_autoptr (GArray) leads = NULL;

  *agent_id = 0;
  switch (firing->step->assign) {
  case PN_ASSIGN_NOBODY: return TRUE;
  case PN_ASSIGN_ON_CALL:
    return pn_team_on_call (firing->db, queue_id, firing->now, agent_id, error);
  case PN_ASSIGN_LEAST_LOADED:
    return pn_team_least_loaded (firing->db, queue_id, firing->now, agent_id, error);
  case PN_ASSIGN_LEAD:
    leads = pn_team_leads (firing->db, queue_id, error);
    if (leads != NULL && leads->len > 0)
      *agent_id = g_array_index (leads, gint64, 0);
    return leads != NULL;
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
plan_move (const PnFiring *firing, PnTicketChange *change, GString *done, GError **error)
{
  g_autoptr (PnQueue) queue = NULL;

  if (*firing->step->queue == '\0')
    return TRUE;
  if (!pn_queue_find (firing->db, firing->step->queue, &queue, error))
    return FALSE;
  if (queue == NULL) {
    say (done, "could not move it: there is no queue %s any more", firing->step->queue);
  } else if (queue->id != firing->ticket->queue_id) {
    change->queue_id = queue->id;
    say (done, "moved to %s", queue->title);
  }
  return TRUE;
}

static gboolean
plan_assignee (const PnFiring *firing, PnTicketChange *change, GString *done, GError **error)
{
  gint64 queue_id = change->queue_id >= 0 ? change->queue_id : firing->ticket->queue_id;
  g_autoptr (PnAgent) agent = NULL;
  gint64 agent_id = 0;

  if (firing->step->assign == PN_ASSIGN_NOBODY)
    return TRUE;
  if (!choose (firing, queue_id, &agent_id, error))
    return FALSE;
  if (agent_id == 0) {
    say (done, "could not assign it: nobody is %s",
         firing->step->assign == PN_ASSIGN_ON_CALL ? "on call"
         : firing->step->assign == PN_ASSIGN_LEAD  ? "lead there"
                                                   : "available");
    return TRUE;
  }
  if (agent_id == firing->ticket->assignee_id)
    return TRUE;
  agent = pn_agent_load (firing->db, agent_id, error);
  if (agent == NULL)
    return FALSE;
  change->assignee_id = agent_id;
  say (done, "assigned to %s", agent->name);
  return TRUE;
}

static void
plan_priority (const PnFiring *firing, PnTicketChange *change, GString *done)
{
  const PnPriority old = firing->ticket->priority;
  int priority = firing->step->priority;

  if (priority == PN_LADDER_PRIORITY_KEEP)
    return;
  if (priority == PN_LADDER_PRIORITY_RAISE)
    priority = MIN ((int) old + 1, PN_PRIORITY_URGENT);
  if (priority == (int) old)
    return;
  change->priority = priority;
  say (done, "priority %s", pn_priority_name ((PnPriority) priority));
}

static gboolean
change_ticket (const PnFiring *firing, GString *done, GError **error)
{
  PnTicketChange change = PN_TICKET_CHANGE_NONE;
  const gint64 old_assignee = firing->ticket->assignee_id;
  g_autofree char *words = pn_firing_words (firing);
  g_autofree char *reason = g_strdup_printf ("Escalation (%s)", words);

  if (!plan_move (firing, &change, done, error) || !plan_assignee (firing, &change, done, error))
    return FALSE;
  plan_priority (firing, &change, done);
  change.reason = reason;
  if (change.queue_id < 0 && change.assignee_id < 0 && change.priority < 0)
    return TRUE;
  return pn_ticket_change (firing->db, firing->ticket, &change, PN_ACTOR_IS_SYSTEM, error)
         && (firing->ticket->assignee_id == old_assignee
             || pn_notice_assigned (firing->db, NULL, firing->ticket, PN_ACTOR_IS_SYSTEM, error));
}

static gboolean
write_note (const PnFiring *firing, GString *done, GError **error)
{
  g_autoptr (PnMessage) message = NULL;
  g_autofree char *words = NULL;
  g_autofree char *preview = NULL;

  if (*firing->step->note == '\0')
    return TRUE;
  message = pn_message_new ();
  words = pn_firing_words (firing);
  message->ticket_id = firing->ticket->id;
  message->direction = PN_DIRECTION_NOTE;
  message->channel = PN_CHANNEL_DESK;
  message->from_name = g_strdup ("Postern");
  message->subject = g_strdup (firing->ticket->subject);
  message->text = g_strdup (firing->step->note);
  message->reasons = json_pack (
      "[o]", json_sprintf ("Escalation (%s) of ladder %s.", words, firing->ladder->title));
  say (done, "wrote a note");
  return pn_message_add (firing->db, message, error)
         && pn_search_note (firing->db, firing->ticket->id, message->id, error)
         && pn_ticket_touch (firing->db, firing->ticket->id, PN_TOUCH_NOTE, NULL,
                             PN_ACTOR_IS_SYSTEM, NULL, error);
}

static gboolean
has_tag (const GPtrArray *tags, const char *tag)
{
  for (guint i = 0; i < tags->len; i++) {
    if (strcmp (tags->pdata[i], tag) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
add_tag (const PnFiring *firing, GString *done, GError **error)
{
  g_autoptr (GPtrArray) tags = NULL;

  if (*firing->step->tag == '\0')
    return TRUE;
  tags = pn_ticket_tags (firing->db, firing->ticket->id, error);
  if (tags == NULL)
    return FALSE;
  if (has_tag (tags, firing->step->tag))
    return TRUE;
  say (done, "tag %s", firing->step->tag);
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
call_webhook (const PnFiring *firing, GString *done, GError **error)
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
    say (done, "could not call webhook %s: it is not there or disabled", firing->step->webhook);
    return TRUE;
  }
  say (done, "called webhook %s", webhook->name);
  body = write_body (firing);
  is_ordered = pn_webhook_order (firing->db, webhook->id, "escalation", key, firing->ticket->id,
                                 body, error);
  json_decref (body);
  return is_ordered;
}

/* Whom a step tells, each once. */
typedef struct {
  GArray *ids;     /* of gint64 */
  GString *absent; /* who could not be found, in words */
} Circle;

static void
circle_clear (Circle *circle)
{
  g_array_unref (circle->ids);
  g_string_free (circle->absent, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Circle, circle_clear)

static void
circle_add (Circle *circle, gint64 id)
{
  if (id != 0 && !pn_ids_have (circle->ids, id))
    g_array_append_val (circle->ids, id);
}

static gboolean
circle_add_leads (const PnFiring *firing, Circle *circle, GError **error)
{
  g_autoptr (GArray) leads = pn_team_leads (firing->db, firing->ticket->queue_id, error);

  for (guint i = 0; leads != NULL && i < leads->len; i++)
    circle_add (circle, g_array_index (leads, gint64, i));
  if (leads != NULL && leads->len == 0)
    say (circle->absent, "the queue's teams have no lead");
  return leads != NULL;
}

/* Without an owner the one on call, without that the leads. */
static gboolean
circle_add_duty (const PnFiring *firing, Circle *circle, GError **error)
{
  const guint tells = firing->step->tells;
  gint64 on_call = 0;

  if ((tells & PN_TELL_OWNER) != 0 && firing->ticket->assignee_id != 0)
    circle_add (circle, firing->ticket->assignee_id);
  if ((tells & PN_TELL_ON_CALL) == 0
      && ((tells & PN_TELL_OWNER) == 0 || firing->ticket->assignee_id != 0))
    return TRUE;
  if (!pn_team_on_call (firing->db, firing->ticket->queue_id, firing->now, &on_call, error))
    return FALSE;
  circle_add (circle, on_call);
  if (on_call != 0)
    return TRUE;
  say (circle->absent, "nobody is on call");
  return (tells & PN_TELL_LEADS) != 0 || circle_add_leads (firing, circle, error);
}

static gboolean
circle_add_named (const PnFiring *firing, Circle *circle, GError **error)
{
  for (guint i = 0; i < firing->step->agents->len; i++) {
    g_autoptr (PnAgent) agent = NULL;

    if (!pn_agent_find (firing->db, firing->step->agents->pdata[i], &agent, error))
      return FALSE;
    circle_add (circle, agent != NULL ? agent->id : 0);
  }
  return TRUE;
}

static gboolean
tell_agent (const PnFiring *firing, gint64 id, Circle *circle, GString *done, GError **error)
{
  g_autoptr (PnAgent) agent = pn_agent_load (firing->db, id, error);

  if (agent == NULL)
    return FALSE;
  if (!agent->is_enabled || *agent->address == '\0') {
    say (circle->absent, "%s can't be told", agent->name);
    return TRUE;
  }
  say (done, "told %s", agent->name);
  return pn_escalation_add_notice (firing, agent->id, agent->address, error);
}

static gboolean
tell (const PnFiring *firing, GString *done, GError **error)
{
  g_auto (Circle) circle = { g_array_new (FALSE, FALSE, sizeof (gint64)), g_string_new (NULL) };

  if (!circle_add_duty (firing, &circle, error)
      || ((firing->step->tells & PN_TELL_LEADS) != 0 && !circle_add_leads (firing, &circle, error))
      || !circle_add_named (firing, &circle, error))
    return FALSE;
  for (guint i = 0; i < circle.ids->len; i++) {
    if (!tell_agent (firing, g_array_index (circle.ids, gint64, i), &circle, done, error))
      return FALSE;
  }
  for (guint i = 0; i < firing->step->addresses->len; i++) {
    const char *address = firing->step->addresses->pdata[i];

    say (done, "told %s", address);
    if (!pn_escalation_add_notice (firing, 0, address, error))
      return FALSE;
  }
  if (circle.absent->len > 0)
    say (done, "%s", circle.absent->str);
  return TRUE;
}

gboolean
pn_firing_act (const PnFiring *firing, char **done, GError **error)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (!change_ticket (firing, words, error) || !add_tag (firing, words, error)
      || !write_note (firing, words, error) || !tell (firing, words, error)
      || !call_webhook (firing, words, error))
    return FALSE;
  *done = g_string_free (g_steal_pointer (&words), FALSE);
  return TRUE;
}
