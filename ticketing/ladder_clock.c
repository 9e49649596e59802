#include "ticketing/ladder_clock.h"

/* A step with the instants at which it may fire. */
typedef struct {
  const PnLadderStep *step;
  guint position;
  PnTime reached_at;
  PnTime ready_at;
} Plan;

static PnTime
reach (const PnLadderCase *its, const PnLadderStep *step)
{
  const PnDeadline *deadline = its->deadline;

  if (step->percent != 0)
    return pn_sla_reach (its->book, its->history, deadline, (guint) step->percent);
  if (deadline->due_at == 0 || deadline->due_at == PN_HOURS_NEVER)
    return deadline->due_at;
  return deadline->due_at + step->minutes * PN_MINUTE;
}

/* The first instant at or after @at that counts: of quiet hours, their end. */
static PnTime
wake (const PnHours *hours, PnTime at)
{
  PnTime counted = hours != NULL ? pn_hours_add (hours, at, 1) : at + 1;

  return counted == PN_HOURS_NEVER ? PN_HOURS_NEVER : counted - 1;
}

static gboolean
is_before (const Plan *one, const Plan *two)
{
  return one->reached_at != two->reached_at ? one->reached_at < two->reached_at
                                            : one->position < two->position;
}

/* FALSE: it is done, not of this metric, or the clock does not get there. */
static gboolean
make_plan (const PnLadderCase *its, const PnHours *hours, guint position, Plan *plan)
{
  const PnLadderStep *step = its->ladder->steps->pdata[position];

  if (g_hash_table_contains (its->fired, GINT_TO_POINTER (step->key))
      || (step->metrics != 0 && (step->metrics >> its->deadline->metric & 1) == 0))
    return FALSE;
  *plan = (Plan){ .step = step, .position = position, .reached_at = reach (its, step) };
  if (plan->reached_at == 0 || plan->reached_at == PN_HOURS_NEVER)
    return FALSE;
  plan->ready_at = step->is_urgent ? plan->reached_at : wake (hours, plan->reached_at);
  return TRUE;
}

PnTime
pn_ladder_solved_at (const PnSlaHistory *history)
{
  for (guint i = history->changes->len; i-- > 0;) {
    const PnSlaChange *change = history->changes->pdata[i];

    if (change->kind == PN_SLA_STATUS && change->value >= PN_STATUS_SOLVED)
      return change->at;
  }
  return 0;
}

gboolean
pn_ladder_next (const PnLadderCase *its, PnLadderNext *next)
{
  const PnHours *hours = pn_sla_book_hours (its->book, its->ladder->calendar_id);
  const gboolean is_held = its->held_at != 0 && its->held_at >= pn_ladder_solved_at (its->history);
  PnTime earliest = PN_HOURS_NEVER;
  Plan first = { NULL };

  for (guint i = 0; i < its->ladder->steps->len; i++) {
    Plan plan;

    if (!make_plan (its, hours, i, &plan))
      continue;
    earliest = MIN (earliest, plan.ready_at);
    if (first.step == NULL || is_before (&plan, &first))
      first = plan;
  }
  if (earliest == PN_HOURS_NEVER)
    return FALSE;
  *next = (PnLadderNext){ first.step, first.reached_at, earliest,
                          is_held ? MAX (earliest, its->held_until) : earliest };
  return TRUE;
}
