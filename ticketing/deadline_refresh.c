#include "ticketing/deadline.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/deadline_private.h"
#include "ticketing/deadline_settle.h"
#include "ticketing/fact.h"
#include "ticketing/escalation.h"

#define UNUSED_MARKS 1000

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

static const char marks_sql[] = "SELECT ticket_id, gen FROM sla_mark"
                                " ORDER BY ticket_id"
                                " LIMIT ?";

/* Who computes a ticket holds its mark: nobody else does, and who changes the ticket waits or was before. */
static const char mark_gen_sql[] = "SELECT gen FROM sla_mark WHERE ticket_id = ? FOR UPDATE";

static const char unmark_sql[] = "DELETE FROM sla_mark WHERE ticket_id = ? AND gen = ?";

static const char unmark_all_sql[] = "DELETE FROM sla_mark ORDER BY ticket_id LIMIT ?";

static const char match_sql[] = "SELECT explanation FROM sla_match WHERE ticket_id = ?";

static const char set_match_sql[] =
    "INSERT INTO sla_match (ticket_id, policy_id, policy_version, explanation, matched_at)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE policy_id = VALUES(policy_id),"
    " policy_version = VALUES(policy_version), explanation = VALUES(explanation),"
    " matched_at = VALUES(matched_at)";

static gboolean
insert (PnDb *db, const PnDeadline *row, GError **error)
{
  return pn_db_exec (db, insert_sql,
                     PN_ARGS (pn_int (row->ticket_id), pn_int (row->metric), pn_int (row->round),
                              pn_int (row->state), pn_int (row->policy_id),
                              pn_int (row->policy_version), pn_int (row->calendar_id),
                              pn_int (row->priority), pn_int (row->target), pn_int (row->start_at),
                              pn_int_or_null (row->soon_at), pn_int_or_null (row->due_at),
                              pn_int_or_null (row->paused_at), pn_int (row->counted),
                              pn_int_or_null (row->done_at)),
                     NULL, error);
}

/* Compare-and-set on gen: whoever computed the same ticket meanwhile makes this transaction run again. */
static gboolean
update (PnDb *db, const PnDeadline *row, gint64 old_gen, GError **error)
{
  gint64 affected;

  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_int (row->state), pn_int (row->policy_id),
                            pn_int (row->policy_version), pn_int (row->calendar_id),
                            pn_int (row->priority), pn_int (row->target), pn_int (row->start_at),
                            pn_int_or_null (row->soon_at), pn_int_or_null (row->due_at),
                            pn_int_or_null (row->paused_at), pn_int (row->counted),
                            pn_int_or_null (row->done_at), pn_int (row->gen),
                            pn_int (row->ticket_id), pn_int (row->metric), pn_int (row->round),
                            pn_int (old_gen)),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_TEMPORARY,
                  "the deadlines of ticket %" G_GINT64_FORMAT " were computed by another meanwhile",
                  row->ticket_id);
  return affected > 0;
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
    return pn_db_exec (db, remove_sql,
                       PN_ARGS (pn_int (row->ticket_id), pn_int (row->metric), pn_int (row->round)),
                       NULL, error);
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
store_moves (PnDb *db, const GArray *moves, GArray *changed, GError **error)
{
  for (guint i = 0; i < moves->len; i++) {
    const PnDeadlineMove *move = &g_array_index (moves, PnDeadlineMove, i);

    if (!store_move (db, move, error))
      return FALSE;
    if (move->is_changed && changed != NULL)
      g_array_append_val (changed, move->row);
  }
  return TRUE;
}

/* Ladders follow what changed, and then what a pause behind the due time moved. */
static gboolean
follow (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history, const GArray *moves,
        GError **error)
{
  for (int late = 0; late < 2; late++) {
    for (guint i = 0; i < moves->len; i++) {
      const PnDeadlineMove *move = &g_array_index (moves, PnDeadlineMove, i);

      if ((late != 0 ? move->is_late : move->is_changed)
          && !pn_escalation_follow (db, book, history, &move->row, error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
store_match (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history, GError **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autoptr (PnRows) rows = NULL;
  g_autoptr (json_t) tries = NULL;
  g_autofree char *text = NULL;
  const PnPolicy *policy;
  PnSlaFacts facts;

  pn_sla_history_facts (history, tags, &facts);
  tries = pn_sla_explain (book, &facts);
  text = pn_json_write (tries);
  rows = pn_db_query (db, match_sql, PN_ARGS (pn_int (history->ticket_id)), error);
  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows) && g_strcmp0 (pn_rows_text (rows, 0), text) == 0)
    return TRUE;
  policy = pn_sla_match (book, &facts);
  return pn_db_exec (db, set_match_sql,
                     PN_ARGS (pn_int (history->ticket_id),
                              pn_int_or_null (policy != NULL ? policy->id : 0),
                              pn_int_or_null (policy != NULL ? policy->version : 0), pn_text (text),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

gboolean
pn_deadline_refresh (PnDb *db, const PnSlaBook *book, gint64 ticket_id, GArray *changed,
                     GError **error)
{
  g_autoptr (PnSlaHistory) history = pn_sla_history_load (db, ticket_id, error);
  g_autoptr (GArray) rounds = history != NULL ? pn_sla_rounds (book, history) : NULL;
  g_autoptr (GArray) stored = rounds != NULL ? pn_deadline_of_ticket (db, ticket_id, error) : NULL;
  g_autoptr (GArray) moves = stored != NULL ? pn_deadline_settle (history, rounds, stored) : NULL;

  return moves != NULL && store_moves (db, moves, changed, error)
         && store_match (db, book, history, error) && follow (db, book, history, moves, error)
         && pn_ticket_set_due (db, ticket_id, pn_deadline_first_due (rounds), error);
}

typedef struct {
  const PnSlaBook *book;
  gint64 ticket_id;
  gboolean is_forced; /* marked or not */
  GArray *changed;
} Work;

static gboolean
work_body (PnDb *db, gpointer data, GError **error)
{
  const Work *work = data;
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnRows) rows = NULL;

  g_array_set_size (work->changed, 0);
  if (work->is_forced && !pn_deadline_mark (db, work->ticket_id, error))
    return FALSE;
  rows = pn_db_query (db, mark_gen_sql, PN_ARGS (pn_int (work->ticket_id)), error);
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  if (!pn_deadline_refresh (db, work->book, work->ticket_id, work->changed, &problem)
      && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  PN_CRASH_POINT ("sla-computed");
  if ((work->changed->len > 0 || !work->is_forced) && !pn_fact_mark (db, work->ticket_id, error))
    return FALSE;
  return pn_db_exec (db, unmark_sql,
                     PN_ARGS (pn_int (work->ticket_id), pn_int (pn_rows_int (rows, 0))), NULL,
                     error);
}

gboolean
pn_deadline_refresh_now (PnDb *db, const PnSlaBook *book, gint64 ticket_id, gboolean *has_changed,
                         GError **error)
{
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  Work work = { book, ticket_id, TRUE, changed };
  const gboolean is_fine = pn_db_run (db, work_body, &work, error);

  *has_changed = changed->len > 0;
  return is_fine;
}

/* Without a policy, and without rows of one that was, marks tell nothing. */
static gboolean
is_unused (PnDb *db, const PnSlaBook *book, gboolean *answer, GError **error)
{
  gboolean has_rows = TRUE;

  if (pn_sla_book_policies (book)->len == 0 && !pn_deadline_exist (db, &has_rows, error))
    return FALSE;
  *answer = !has_rows;
  return TRUE;
}

static gboolean
unmark_all (PnDb *db, guint *done, GError **error)
{
  gint64 affected;

  if (!pn_db_exec (db, unmark_all_sql, PN_ARGS (pn_int (UNUSED_MARKS)), &affected, error))
    return FALSE;
  *done = (guint) affected;
  return TRUE;
}

gboolean
pn_deadline_work (PnDb *db, guint limit, guint *done, GError **error)
{
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  g_autoptr (PnRows) rows = pn_db_query (db, marks_sql, PN_ARGS (pn_int (limit)), error);
  g_autoptr (PnSlaBook) book = NULL;
  gboolean unused;

  *done = 0;
  if (rows == NULL)
    return FALSE;
  if (pn_rows_count (rows) == 0)
    return TRUE;
  book = pn_sla_book_load (db, error);
  if (book == NULL || !is_unused (db, book, &unused, error))
    return FALSE;
  if (unused)
    return unmark_all (db, done, error);
  while (pn_rows_next (rows)) {
    Work work = { book, pn_rows_int (rows, 0), FALSE, changed };

    if (!pn_db_run (db, work_body, &work, error))
      return FALSE;
    PN_CRASH_POINT ("sla-committed");
    ++*done;
  }
  return TRUE;
}
