#include "ticketing/deadline.h"

#include "ticketing/core/json.h"
#include "ticketing/deadline_private.h"
#include "ticketing/deadline_settle.h"
#include "ticketing/escalation.h"

static const char insert_sql[] =
    "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version, calendar_id,"
    " priority, target, start_at, soon_at, due_at, paused_at, counted, done_at, gen)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)";

static const char update_sql[] =
    "UPDATE deadline"
    " SET state = ?, policy_id = ?, policy_version = ?, calendar_id = ?, priority = ?, target = ?,"
    " start_at = ?, soon_at = ?, due_at = ?, paused_at = ?, counted = ?, done_at = ?, gen = ?"
    " WHERE ticket_id = ? AND metric = ? AND round = ? AND gen = ?";

static const char remove_sql[] = "DELETE FROM deadline"
                                 " WHERE ticket_id = ? AND metric = ? AND round = ?";

static const char match_sql[] = "SELECT explanation FROM sla_match WHERE ticket_id = ?";

static const char set_match_sql[] =
    "INSERT INTO sla_match (ticket_id, policy_id, policy_version, explanation, matched_at)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE policy_id = VALUES(policy_id),"
    " policy_version = VALUES(policy_version), explanation = VALUES(explanation),"
    " matched_at = VALUES(matched_at)";

struct PnDeadlinePlan {
  const PnSlaBook *book; /* borrowed */
  PnTicket *ticket;
  PnSlaHistory *history;
  GArray *moves; /* of PnDeadlineMove */
  char *match;   /* NULL: it stands as it is */
  PnTime due_at;
  gboolean is_due_new; /* the ticket does not have it */
};

void
pn_deadline_plan_free (PnDeadlinePlan *plan)
{
  if (plan == NULL)
    return;
  g_clear_pointer (&plan->ticket, pn_ticket_free);
  g_clear_pointer (&plan->history, pn_sla_history_free);
  g_clear_pointer (&plan->moves, g_array_unref);
  g_free (plan->match);
  g_free (plan);
}

static gboolean
insert (PnDb *db, const PnDeadline *row, GError **error)
{
  return pn_db_later (db, insert_sql,
                      PN_ARGS (pn_int (row->ticket_id), pn_int (row->metric), pn_int (row->round),
                               pn_int (row->state), pn_int (row->policy_id),
                               pn_int (row->policy_version), pn_int (row->calendar_id),
                               pn_int (row->priority), pn_int (row->target), pn_int (row->start_at),
                               pn_int_or_null (row->soon_at), pn_int_or_null (row->due_at),
                               pn_int_or_null (row->paused_at), pn_int (row->counted),
                               pn_int_or_null (row->done_at)),
                      FALSE, error);
}

/* Compare-and-set on gen: whoever computed the same ticket meanwhile makes this transaction fail. */
static gboolean
update (PnDb *db, const PnDeadline *row, gint64 old_gen, GError **error)
{
  return pn_db_later (
      db, update_sql,
      PN_ARGS (pn_int (row->state), pn_int (row->policy_id), pn_int (row->policy_version),
               pn_int (row->calendar_id), pn_int (row->priority), pn_int (row->target),
               pn_int (row->start_at), pn_int_or_null (row->soon_at), pn_int_or_null (row->due_at),
               pn_int_or_null (row->paused_at), pn_int (row->counted),
               pn_int_or_null (row->done_at), pn_int (row->gen), pn_int (row->ticket_id),
               pn_int (row->metric), pn_int (row->round), pn_int (old_gen)),
      TRUE, error);
}

static gboolean
store_move (PnDb *db, const PnDeadlineMove *move, GError **error)
{
  const PnDeadline *row = &move->row;

  switch (move->settle) {
  case PN_SETTLE_KEEP: return TRUE;
  case PN_SETTLE_INSERT: return insert (db, row, error);
  case PN_SETTLE_UPDATE: return update (db, row, move->old_gen, error);
  case PN_SETTLE_REMOVE:
    return pn_db_later (
        db, remove_sql,
        PN_ARGS (pn_int (row->ticket_id), pn_int (row->metric), pn_int (row->round)), FALSE, error);
  }
  g_return_val_if_reached (FALSE);
}

/* Returns: how many moves there are up to the last of @limit that have to be written, with those that have not. */
static guint
count_moves (const PnDeadlinePlan *plan, guint limit)
{
  guint written = 0;
  guint n;

  for (n = 0; n < plan->moves->len; n++) {
    const PnDeadlineMove *move = &g_array_index (plan->moves, PnDeadlineMove, n);

    if (move->settle != PN_SETTLE_KEEP && written++ == limit)
      break;
  }
  return n;
}

static gboolean
store_moves (PnDb *db, const PnDeadlinePlan *plan, guint n, GError **error)
{
  for (guint i = 0; i < n; i++) {
    if (!store_move (db, &g_array_index (plan->moves, PnDeadlineMove, i), error))
      return FALSE;
  }
  return TRUE;
}

/* Ladders follow what changed among the first @n moves, and at the end what a pause behind the due time moved. */
static gboolean
follow (PnDb *db, const PnDeadlinePlan *plan, guint n, GArray *changed, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PnDeadline));

  for (guint i = 0; i < n; i++) {
    const PnDeadlineMove *move = &g_array_index (plan->moves, PnDeadlineMove, i);

    if (!move->is_changed)
      continue;
    g_array_append_val (rows, move->row);
    if (changed != NULL)
      g_array_append_val (changed, move->row);
  }
  for (guint i = 0; n == plan->moves->len && i < n; i++) {
    const PnDeadlineMove *move = &g_array_index (plan->moves, PnDeadlineMove, i);

    if (move->is_late)
      g_array_append_val (rows, move->row);
  }
  return pn_escalation_follow_all (db, plan->book, plan->history, rows, error);
}

/* Which policy the ticket has and why, unless that is stored already. */
static gboolean
plan_match (PnDb *db, PnDeadlinePlan *plan, GError **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autoptr (PnRows) rows = NULL;
  g_autoptr (json_t) tries = NULL;
  g_autofree char *text = NULL;
  PnSlaFacts facts;

  pn_sla_history_facts (plan->history, tags, &facts);
  tries = pn_sla_explain (plan->book, &facts);
  text = pn_json_write (tries);
  rows = pn_db_query (db, match_sql, PN_ARGS (pn_int (plan->history->ticket_id)), error);
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows) || g_strcmp0 (pn_rows_text (rows, 0), text) != 0)
    plan->match = g_steal_pointer (&text);
  return TRUE;
}

static gboolean
store_match (PnDb *db, const PnDeadlinePlan *plan, GError **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  const PnPolicy *policy;
  PnSlaFacts facts;

  if (plan->match == NULL)
    return TRUE;
  pn_sla_history_facts (plan->history, tags, &facts);
  policy = pn_sla_match (plan->book, &facts);
  return pn_db_later (db, set_match_sql,
                      PN_ARGS (pn_int (plan->history->ticket_id),
                               pn_int_or_null (policy != NULL ? policy->id : 0),
                               pn_int_or_null (policy != NULL ? policy->version : 0),
                               pn_text (plan->match), pn_int (pn_clock_now ())),
                      FALSE, error);
}

PnDeadlinePlan *
pn_deadline_plan_make (PnDb *db, const PnSlaBook *book, gint64 ticket_id, GError **error)
{
  g_autoptr (PnDeadlinePlan) plan = g_new0 (PnDeadlinePlan, 1);
  g_autoptr (GArray) rounds = NULL;
  g_autoptr (GArray) stored = NULL;

  plan->ticket = pn_ticket_load (db, ticket_id, error);
  if (plan->ticket == NULL || (stored = pn_deadline_of_ticket (db, ticket_id, error)) == NULL
      || (plan->history = pn_sla_history_load (db, ticket_id, error)) == NULL)
    return NULL;
  plan->book = book;
  rounds = pn_sla_rounds (book, plan->history);
  plan->due_at = pn_deadline_first_due (rounds);
  plan->is_due_new = plan->ticket->due_at != plan->due_at;
  plan->moves = pn_deadline_settle (plan->history, rounds, stored);
  return plan_match (db, plan, error) ? g_steal_pointer (&plan) : NULL;
}

gboolean
pn_deadline_plan_is_idle (const PnDeadlinePlan *plan)
{
  for (guint i = 0; i < plan->moves->len; i++) {
    const PnDeadlineMove *move = &g_array_index (plan->moves, PnDeadlineMove, i);

    if (move->settle != PN_SETTLE_KEEP || move->is_changed || move->is_late)
      return FALSE;
  }
  return plan->match == NULL && !plan->is_due_new;
}

gboolean
pn_deadline_plan_store (PnDb *db, const PnDeadlinePlan *plan, guint limit, GArray *changed,
                        gboolean *is_all, GError **error)
{
  const guint n = count_moves (plan, limit);

  if (!follow (db, plan, n, changed, error) || !store_moves (db, plan, n, error))
    return FALSE;
  *is_all = n == plan->moves->len;
  return !*is_all
         || (store_match (db, plan, error)
             && pn_ticket_set_due (db, plan->ticket, plan->due_at, error));
}

PnSlaHistory *
pn_deadline_refresh (PnDb *db, const PnSlaBook *book, gint64 ticket_id, GError **error)
{
  g_autoptr (PnDeadlinePlan) plan = pn_deadline_plan_make (db, book, ticket_id, error);
  gboolean is_all;

  return plan != NULL && pn_deadline_plan_store (db, plan, G_MAXUINT, NULL, &is_all, error)
             ? g_steal_pointer (&plan->history)
             : NULL;
}
