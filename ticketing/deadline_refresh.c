#include "ticketing/deadline.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/deadline_private.h"
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

static PnDeadline *
find (const GArray *list, const PnDeadline *wanted)
{
  for (guint i = 0; i < list->len; i++) {
    PnDeadline *each = &g_array_index (list, PnDeadline, i);

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

static void
note_changed (GArray *changed, const PnDeadline *row)
{
  g_array_append_val (changed, *row);
}

/* One round against its row. What is done and was judged keeps its judgement. */
static gboolean
store_round (PnDb *db, PnDeadline *round, const PnDeadline *stored, GArray *changed, GError **error)
{
  if (stored == NULL) {
    if (round->target == 0)
      return TRUE;
    round->gen = 1;
    note_changed (changed, round);
    return insert (db, round, error);
  }
  if (stored->done_at != 0 && stored->done_at == round->done_at
      && stored->start_at == round->start_at)
    return TRUE;
  if (round->target == 0) {
    PnDeadline dropped = *stored;

    dropped.state = PN_DEADLINE_DROPPED;
    dropped.gen++;
    note_changed (changed, &dropped);
    return pn_db_exec (
        db, remove_sql,
        PN_ARGS (pn_int (stored->ticket_id), pn_int (stored->metric), pn_int (stored->round)), NULL,
        error);
  }
  round->gen = stored->gen;
  if (is_same_clock (round, stored) && is_same_terms (round, stored))
    return TRUE;
  if (!is_same_clock (round, stored) || round->target != stored->target
      || round->policy_id != stored->policy_id) {
    round->gen++;
    note_changed (changed, round);
  }
  return update (db, round, stored->gen, error);
}

/* A row whose round never was, as when an answer was taken back. */
static gboolean
remove_lost (PnDb *db, GArray *rounds, const GArray *stored, GArray *changed, GError **error)
{
  for (guint i = 0; i < stored->len; i++) {
    const PnDeadline *row = &g_array_index (stored, PnDeadline, i);
    PnDeadline nothing = *row;

    if (find (rounds, row) != NULL)
      continue;
    nothing.done_at = 0;
    nothing.start_at = 0;
    nothing.target = 0;
    if (!store_round (db, &nothing, row, changed, error))
      return FALSE;
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

/* Ladders follow what changed. */
static gboolean
follow (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history, const GArray *changed,
        GError **error)
{
  for (guint i = 0; i < changed->len; i++) {
    if (!pn_escalation_follow (db, book, history, &g_array_index (changed, PnDeadline, i), error))
      return FALSE;
  }
  return TRUE;
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

/* A pause behind the due time moves no due time, but the steps that stand behind it. */
static gboolean
follow_late (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history, const GArray *rounds,
             const GArray *changed, GError **error)
{
  for (guint i = 0; i < rounds->len; i++) {
    const PnDeadline *round = &g_array_index (rounds, PnDeadline, i);

    if (round->done_at != 0 || round->target == 0 || round->due_at == 0
        || !has_moved_since (history, round->due_at) || find (changed, round) != NULL)
      continue;
    if (!pn_escalation_follow (db, book, history, round, error))
      return FALSE;
  }
  return TRUE;
}

/* When the ticket is due next: lists by urgency ask for it. 0: nothing is promised. */
static PnTime
first_due (const GArray *rounds)
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

gboolean
pn_deadline_refresh (PnDb *db, const PnSlaBook *book, gint64 ticket_id, GArray *changed,
                     GError **error)
{
  g_autoptr (PnSlaHistory) history = pn_sla_history_load (db, ticket_id, error);
  g_autoptr (GArray) rounds = history != NULL ? pn_sla_rounds (book, history) : NULL;
  g_autoptr (GArray) stored = rounds != NULL ? pn_deadline_of_ticket (db, ticket_id, error) : NULL;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (PnDeadline));

  if (stored == NULL)
    return FALSE;
  for (guint i = 0; i < rounds->len; i++) {
    PnDeadline *round = &g_array_index (rounds, PnDeadline, i);

    if (!store_round (db, round, find (stored, round), all, error))
      return FALSE;
  }
  if (!remove_lost (db, rounds, stored, all, error) || !store_match (db, book, history, error)
      || !follow (db, book, history, all, error)
      || !follow_late (db, book, history, rounds, all, error)
      || !pn_ticket_set_due (db, ticket_id, first_due (rounds), error))
    return FALSE;
  if (changed != NULL)
    g_array_append_vals (changed, all->data, all->len);
  return TRUE;
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
