#include "ticketing/deadline_settle.h"

static const PnDeadline *
find (const GArray *list, const PnDeadline *wanted)
{
  for (guint i = 0; i < list->len; i++) {
    const PnDeadline *each = &g_array_index (list, PnDeadline, i);

    if (each->metric == wanted->metric && each->round == wanted->round)
      return each;
  }
  return NULL;
}

static gboolean
is_same_clock (const PnDeadline *a, const PnDeadline *b)
{
  return a->state == b->state && a->start_at == b->start_at && a->due_at == b->due_at
         && a->soon_at == b->soon_at && a->paused_at == b->paused_at && a->done_at == b->done_at
         && a->counted == b->counted;
}

static gboolean
is_same_terms (const PnDeadline *a, const PnDeadline *b)
{
  return a->policy_id == b->policy_id && a->policy_version == b->policy_version
         && a->calendar_id == b->calendar_id && a->priority == b->priority
         && a->target == b->target;
}

/* Has the status changed since @time? */
static gboolean
has_moved_since (const PnSlaHistory *history, PnTime time)
{
  for (guint i = history->changes->len; i-- > 0;) {
    const PnSlaChange *change = history->changes->pdata[i];

    if (change->at < time)
      return FALSE;
    if (change->kind == PN_SLA_STATUS)
      return TRUE;
  }
  return FALSE;
}

/* One round against its row (NULL: none). */
static PnDeadlineMove
settle_round (const PnDeadline *round, const PnDeadline *stored)
{
  PnDeadlineMove move = { .row = *round };

  if (stored == NULL) {
    move.row.gen = round->target != 0 ? 1 : 0;
    move.is_changed = round->target != 0;
    move.settle = round->target != 0 ? PN_SETTLE_INSERT : PN_SETTLE_KEEP;
    return move;
  }
  move.old_gen = move.row.gen = stored->gen;
  if (stored->done_at != 0 && stored->done_at == round->done_at
      && stored->start_at == round->start_at)
    return move;
  if (round->target == 0) {
    move.row = *stored;
    move.row.state = PN_DEADLINE_DROPPED;
    move.is_changed = TRUE;
    move.settle = PN_SETTLE_REMOVE;
  } else {
    move.is_changed = !is_same_clock (round, stored) || round->target != stored->target
                      || round->policy_id != stored->policy_id;
    if (move.is_changed || !is_same_terms (round, stored))
      move.settle = PN_SETTLE_UPDATE;
  }
  move.row.gen += move.is_changed ? 1 : 0;
  return move;
}

GArray *
pn_deadline_settle (const PnSlaHistory *history, const GArray *rounds, const GArray *stored)
{
  GArray *moves = g_array_new (FALSE, FALSE, sizeof (PnDeadlineMove));

  for (guint i = 0; i < rounds->len; i++) {
    const PnDeadline *round = &g_array_index (rounds, PnDeadline, i);
    PnDeadlineMove move = settle_round (round, find (stored, round));

    move.is_late = !move.is_changed && round->done_at == 0 && round->target != 0
                   && round->due_at != 0 && has_moved_since (history, round->due_at);
    g_array_append_val (moves, move);
  }
  for (guint i = 0; i < stored->len; i++) {
    const PnDeadline *row = &g_array_index (stored, PnDeadline, i);
    PnDeadline nothing = *row;
    PnDeadlineMove move;

    if (find (rounds, row) != NULL)
      continue;
    nothing.done_at = 0;
    nothing.start_at = 0;
    nothing.target = 0;
    move = settle_round (&nothing, row);
    g_array_append_val (moves, move);
  }
  return moves;
}

PnTime
pn_deadline_first_due (const GArray *rounds)
{
  PnTime due = 0;

  for (guint i = 0; i < rounds->len; i++) {
    const PnDeadline *round = &g_array_index (rounds, PnDeadline, i);

    if (round->state == PN_DEADLINE_RUNNING && round->policy_id != 0 && round->due_at != 0
        && round->due_at != PN_HOURS_NEVER && (due == 0 || round->due_at < due))
      due = round->due_at;
  }
  return due;
}
