#include "tests/unit/month.h"

#include <string.h>

#include "ticketing/deadline_settle.h"
#include "ticketing/ladder_clock.h"
#include "ticketing/ladder_effect.h"

static const PnLadder *
ladder_for (const PnMonth *month, gint64 policy_id)
{
  const PnLadder *general = NULL;

  for (guint i = 0; i < month->ladders->len; i++) {
    const PnLadder *ladder = month->ladders->pdata[i];

    for (guint j = 0; j < ladder->policies->len; j++) {
      if (g_array_index (ladder->policies, gint64, j) == policy_id)
        return ladder;
    }
    general = ladder->is_default ? ladder : general;
  }
  return general;
}

static PnDeadline *
find_deadline (const PnMonthTicket *ticket, PnMetric metric, int round)
{
  for (guint i = 0; i < ticket->deadlines->len; i++) {
    PnDeadline *each = &g_array_index (ticket->deadlines, PnDeadline, i);

    if (each->metric == metric && each->round == round)
      return each;
  }
  return NULL;
}

static PnEscalationDue *
find_due (const PnMonthTicket *ticket, PnMetric metric, int round)
{
  for (guint i = 0; i < ticket->due->len; i++) {
    PnEscalationDue *each = ticket->due->pdata[i];

    if (each->metric == metric && each->round == round)
      return each;
  }
  return NULL;
}

static gboolean
is_owed (const PnMonthTicket *ticket)
{
  for (guint i = 0; i < ticket->deadlines->len; i++) {
    if (g_array_index (ticket->deadlines, PnDeadline, i).done_at == 0)
      return TRUE;
  }
  return FALSE;
}

static void
drop_due (PnMonth *month, PnMonthTicket *ticket, PnMetric metric, int round)
{
  PnEscalationDue *due = find_due (ticket, metric, round);

  if (due == NULL)
    return;
  g_tree_remove (month->sweep, due);
  g_ptr_array_remove_fast (ticket->due, due);
}

/* As pn_escalation_follow (). */
static void
follow (PnMonth *month, PnMonthTicket *ticket, const PnDeadline *deadline)
{
  const PnLadder *ladder = ladder_for (month, deadline->policy_id);
  const gboolean is_over = deadline->done_at != 0 || deadline->state == PN_DEADLINE_DROPPED;
  g_autoptr (GHashTable) fired = g_hash_table_new (NULL, NULL);
  const PnLadderCase its = { month->book, ticket->history, deadline,          ladder,
                             fired,       ticket->held_at, ticket->held_until };
  PnEscalationDue *due;
  PnLadderNext next;

  drop_due (month, ticket, deadline->metric, deadline->round);
  for (guint i = 0; i < ticket->fired->len; i++) {
    const PnEscalation *each = &g_array_index (ticket->fired, PnEscalation, i);

    if (each->metric == deadline->metric && each->round == deadline->round)
      g_hash_table_add (fired, GINT_TO_POINTER (each->step));
  }
  if (is_over || ladder == NULL || !pn_ladder_next (&its, &next))
    return;
  due = g_new0 (PnEscalationDue, 1);
  *due = (PnEscalationDue){ .ticket_id = ticket->history->ticket_id,
                            .metric = deadline->metric,
                            .round = deadline->round,
                            .step = next.step->key,
                            .reached_at = next.reached_at,
                            .ready_at = next.ready_at,
                            .due_at = next.due_at };
  g_ptr_array_add (ticket->due, due);
  g_tree_insert (month->sweep, due, due);
}

void
pn_month_compute (PnMonth *month, PnMonthTicket *ticket)
{
  g_autoptr (GArray) rounds = pn_sla_rounds (month->book, ticket->history);
  g_autoptr (GArray) moves = pn_deadline_settle (ticket->history, rounds, ticket->deadlines);

  for (guint i = 0; i < moves->len; i++) {
    const PnDeadlineMove *move = &g_array_index (moves, PnDeadlineMove, i);
    PnDeadline *row = find_deadline (ticket, move->row.metric, move->row.round);

    switch (move->settle) {
    case PN_SETTLE_KEEP: break;
    case PN_SETTLE_INSERT: g_array_append_val (ticket->deadlines, move->row); break;
    case PN_SETTLE_UPDATE: *row = move->row; break;
    case PN_SETTLE_REMOVE:
      g_array_remove_index (ticket->deadlines,
                            (guint) (row - &g_array_index (ticket->deadlines, PnDeadline, 0)));
      break;
    }
  }
  for (int late = 0; late < 2; late++) {
    for (guint i = 0; i < moves->len; i++) {
      const PnDeadlineMove *move = &g_array_index (moves, PnDeadlineMove, i);

      if (late != 0 ? move->is_late : move->is_changed)
        follow (month, ticket, &move->row);
    }
  }
}

void
pn_month_set_status (PnMonthTicket *ticket, PnTime at, PnStatus status)
{
  if (ticket->status == status)
    return;
  ticket->status = status;
  pn_sla_history_add (ticket->history, at, PN_SLA_STATUS, status, NULL);
}

void
pn_month_set_priority (PnMonthTicket *ticket, PnTime at, PnPriority priority)
{
  if (ticket->priority == priority)
    return;
  ticket->priority = priority;
  pn_sla_history_add (ticket->history, at, PN_SLA_PRIORITY, priority, NULL);
}

void
pn_month_hold (PnMonth *month, PnMonthTicket *ticket, PnTime at, PnTime until)
{
  const PnTime end = MIN (until, at + PN_ESCALATION_HOLD_MAX);
  const gboolean is_release = end <= at;

  pn_month_compute (month, ticket);
  if (!is_release
      && (ticket->status >= PN_STATUS_SOLVED || (!is_owed (ticket) && ticket->fired->len == 0)))
    return;
  ticket->held_at = is_release ? 0 : at;
  ticket->held_until = is_release ? 0 : end;
  for (guint i = 0; i < ticket->due->len; i++) {
    PnEscalationDue *due = ticket->due->pdata[i];

    g_tree_remove (month->sweep, due);
    due->due_at = MAX (due->ready_at, ticket->held_until);
    g_tree_insert (month->sweep, due, due);
  }
}

static const char *
login_of (const PnMonth *month, gint64 agent_id)
{
  const char *login;
  json_t *id;

  json_object_foreach (month->agents, login, id)
  {
    if (json_integer_value (id) == agent_id)
      return login;
  }
  g_return_val_if_reached (NULL);
}

static void
note_told (PnMonth *month, const PnEscalationDue *due, const char *address)
{
  json_array_append_new (month->told,
                         json_pack ("[I, i, i, i, s]", (json_int_t) due->ticket_id,
                                    (int) due->metric, due->round, due->step, address));
}

static void
tell (PnMonth *month, const PnEscalationDue *due, const PnLadderStep *step,
      const PnLadderEffect *effect)
{
  for (guint i = 0; i < effect->told->len; i++) {
    const char *login = login_of (month, g_array_index (effect->told, gint64, i));
    g_autofree char *address = g_strconcat (login, "@staff.example", NULL);

    note_told (month, due, address);
  }
  for (guint i = 0; i < step->addresses->len; i++)
    note_told (month, due, step->addresses->pdata[i]);
}

/* As pn_firing_act (). */
static void
act_step (PnMonth *month, PnMonthTicket *ticket, const PnEscalationDue *due,
          const PnLadderStep *step, PnTime now)
{
  const gint64 to = json_integer_value (json_object_get (month->queues, step->queue));
  const gint64 queue_id = to != 0 ? to : ticket->queue_id;
  g_autoptr (GArray) named = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (PnLadderEffect) effect = { 0 };
  PnLadderScene scene = { .step = step,
                          .queue_id = ticket->queue_id,
                          .owner_id = ticket->owner_id,
                          .priority = ticket->priority,
                          .tags = ticket->tags,
                          .to_queue_id = to,
                          .room = g_hash_table_lookup (month->rooms, &queue_id),
                          .named = named,
                          .now = now };

  for (guint i = 0; i < step->agents->len; i++) {
    const gint64 id = json_integer_value (json_object_get (month->agents, step->agents->pdata[i]));

    g_array_append_val (named, id);
  }
  effect = pn_ladder_effect (&scene);
  if (effect.queue_id >= 0) {
    ticket->queue_id = effect.queue_id;
    pn_sla_history_add (ticket->history, now, PN_SLA_QUEUE, effect.queue_id, NULL);
  }
  ticket->owner_id = effect.assignee_id >= 0 ? effect.assignee_id : ticket->owner_id;
  if (effect.priority >= 0)
    pn_month_set_priority (ticket, now, (PnPriority) effect.priority);
  if (effect.is_tagged) {
    g_ptr_array_add (ticket->tags, g_strdup (step->tag));
    pn_sla_history_add (ticket->history, now, PN_SLA_TAG, 0, step->tag);
  }
  tell (month, due, step, &effect);
}

static void
record (PnMonthTicket *ticket, const PnEscalationDue *due, const PnDeadline *deadline, PnTime now)
{
  const PnEscalation escalation = { .metric = due->metric,
                                    .round = due->round,
                                    .step = due->step,
                                    .deadline_at = deadline->due_at,
                                    .reached_at = due->reached_at,
                                    .due_at = due->due_at,
                                    .fired_at = now };

  g_array_append_val (ticket->fired, escalation);
}

void
pn_month_fire (PnMonth *month, PnEscalationDue due, PnTime now)
{
  PnMonthTicket *ticket = month->tickets->pdata[due.ticket_id - 1];
  const PnEscalationDue *planned;
  const PnDeadline *deadline;
  const PnLadderStep *step;

  pn_month_compute (month, ticket);
  planned = find_due (ticket, due.metric, due.round);
  if (planned == NULL || planned->due_at > now)
    return;
  due = *planned;
  deadline = find_deadline (ticket, due.metric, due.round);
  step = pn_ladder_find_step (ladder_for (month, deadline->policy_id), due.step);
  g_assert_nonnull (step);
  record (ticket, &due, deadline, now);
  act_step (month, ticket, &due, step, now);
  if (pn_ladder_step_moves (step))
    pn_month_compute (month, ticket);
  deadline = find_deadline (ticket, due.metric, due.round);
  if (deadline != NULL)
    follow (month, ticket, deadline);
}
