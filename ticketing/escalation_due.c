#include "ticketing/escalation_private.h"

#include "ticketing/core/error.h"
#include "ticketing/ladder_clock.h"

#define STEPS_FIRED_MAX 1000
#define SHOWN 500

static const char fired_steps_sql[] = "SELECT step FROM escalation"
                                      " WHERE ticket_id = ? AND metric = ? AND round = ?"
                                      " LIMIT ?";

static const char is_planned_sql[] = "SELECT 1 FROM escalation_due"
                                     " WHERE ticket_id = ? AND metric = ? AND round = ?";

static const char drop_sql[] = "DELETE FROM escalation_due"
                               " WHERE ticket_id = ? AND metric = ? AND round = ?";

static const char plan_sql[] =
    "INSERT INTO escalation_due"
    " (ticket_id, metric, round, ladder_id, step, reached_at, ready_at, due_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE gen = gen + 1, ladder_id = VALUES(ladder_id), step = VALUES(step),"
    " reached_at = VALUES(reached_at), ready_at = VALUES(ready_at), due_at = VALUES(due_at)";

static const char next_sql[] = "SELECT " PN_ESCALATION_DUE_COLUMNS " FROM escalation_due"
                               " WHERE ticket_id = ?"
                               " ORDER BY due_at, metric, round"
                               " LIMIT ?";

static const char walk_again_sql[] =
    "UPDATE escalation_walk SET gen = gen + 1, is_done = 0, after_at = 0, after_ticket = 0,"
    " after_metric = 0, after_round = 0"
    " WHERE id = 1";

static const char load_walk_sql[] =
    "SELECT gen, is_done, after_at, after_ticket, after_metric, after_round"
    " FROM escalation_walk"
    " WHERE id = 1";

static const char move_walk_sql[] =
    "UPDATE escalation_walk SET gen = gen + 1, is_done = ?, after_at = ?, after_ticket = ?,"
    " after_metric = ?, after_round = ?"
    " WHERE id = 1 AND gen = ?";

void
pn_escalation_read_due (const PnRows *rows, PnEscalationDue *due)
{
  *due = (PnEscalationDue){ .ticket_id = pn_rows_int (rows, 0),
                            .metric = (PnMetric) pn_rows_int (rows, 1),
                            .round = (int) pn_rows_int (rows, 2),
                            .ladder_id = pn_rows_int (rows, 3),
                            .step = (int) pn_rows_int (rows, 4),
                            .reached_at = pn_rows_int (rows, 5),
                            .ready_at = pn_rows_int (rows, 6),
                            .due_at = pn_rows_int (rows, 7),
                            .gen = pn_rows_int (rows, 8) };
}

static gboolean
load_fired (PnDb *db, const PnDeadline *deadline, GHashTable *fired, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, fired_steps_sql,
                   PN_ARGS (pn_int (deadline->ticket_id), pn_int (deadline->metric),
                            pn_int (deadline->round), pn_int (STEPS_FIRED_MAX)),
                   error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows))
    g_hash_table_add (fired, GINT_TO_POINTER ((int) pn_rows_int (rows, 0)));
  return TRUE;
}

/* What becomes of the next step of a deadline, as it was read. A row that is there goes when nothing is to come; one that
 * is not there is not looked for with a lock. */
typedef struct {
  const PnDeadline *deadline;
  gint64 ladder_id; /* 0: nothing is to come */
  int step;
  PnTime reached_at, ready_at, due_at;
  gboolean is_planned; /* there is a row */
} Course;

/* Is a row there? */
static gboolean
look_for_row (PnDb *db, Course *course, GError **error)
{
  const PnDeadline *deadline = course->deadline;
  g_autoptr (PnRows) rows = pn_db_query (
      db, is_planned_sql,
      PN_ARGS (pn_int (deadline->ticket_id), pn_int (deadline->metric), pn_int (deadline->round)),
      error);

  if (rows == NULL)
    return FALSE;
  course->is_planned = pn_rows_next (rows);
  return TRUE;
}

static gboolean
look_at_ladder (PnDb *db, const PnLadder *ladder, PnLadderCase *its, Course *course, GError **error)
{
  const PnDeadline *deadline = its->deadline;
  g_autoptr (GHashTable) fired = g_hash_table_new (NULL, NULL);
  PnLadderNext next;

  its->ladder = ladder;
  its->fired = fired;
  if (!load_fired (db, deadline, fired, error)
      || !pn_escalation_load_held (db, deadline->ticket_id, &its->held_at, &its->held_until, error))
    return FALSE;
  if (pn_ladder_next (its, &next)) {
    course->ladder_id = ladder->id;
    course->step = next.step->key;
    course->reached_at = next.reached_at;
    course->ready_at = next.ready_at;
    course->due_at = next.due_at;
  }
  return TRUE;
}

static gboolean
look (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history, Course *course, GError **error)
{
  const PnDeadline *deadline = course->deadline;
  PnLadderCase its = { book, history, deadline, NULL, NULL, 0, 0 };
  g_autoptr (PnLadder) ladder = NULL;

  if (deadline->done_at == 0 && deadline->state != PN_DEADLINE_DROPPED
      && (!pn_ladder_for_policy (db, deadline->policy_id, &ladder, error)
          || (ladder != NULL && !look_at_ladder (db, ladder, &its, course, error))))
    return FALSE;
  return course->ladder_id != 0 || look_for_row (db, course, error);
}

static gboolean
store (PnDb *db, const Course *course, GError **error)
{
  const PnDeadline *deadline = course->deadline;

  if (course->ladder_id != 0)
    return pn_db_later (db, plan_sql,
                        PN_ARGS (pn_int (deadline->ticket_id), pn_int (deadline->metric),
                                 pn_int (deadline->round), pn_int (course->ladder_id),
                                 pn_int (course->step), pn_int (course->reached_at),
                                 pn_int (course->ready_at), pn_int (course->due_at)),
                        FALSE, error);
  return !course->is_planned
         || pn_db_later (db, drop_sql,
                         PN_ARGS (pn_int (deadline->ticket_id), pn_int (deadline->metric),
                                  pn_int (deadline->round)),
                         FALSE, error);
}

gboolean
pn_escalation_follow_all (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history,
                          const GArray *deadlines, GError **error)
{
  g_autofree Course *courses = g_new0 (Course, deadlines->len + 1);
  gboolean is_over = FALSE;

  for (guint i = 0; i < deadlines->len; i++) {
    courses[i].deadline = &g_array_index (deadlines, PnDeadline, i);
    if (!look (db, book, history, &courses[i], error))
      return FALSE;
    is_over = is_over || courses[i].ladder_id == 0;
  }
  if (is_over && !pn_escalation_end_hold (db, history, error))
    return FALSE;
  for (guint i = 0; i < deadlines->len; i++) {
    if (!store (db, &courses[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_escalation_follow (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history,
                      const PnDeadline *deadline, GError **error)
{
  g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (PnDeadline));

  g_array_append_vals (one, deadline, 1);
  return pn_escalation_follow_all (db, book, history, one, error);
}

GArray *
pn_escalation_next (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, next_sql, PN_ARGS (pn_int (ticket_id), pn_int (SHOWN)), error);
  GArray *list;

  if (rows == NULL)
    return NULL;
  list = g_array_new (FALSE, FALSE, sizeof (PnEscalationDue));
  while (pn_rows_next (rows)) {
    PnEscalationDue due;

    pn_escalation_read_due (rows, &due);
    g_array_append_val (list, due);
  }
  return list;
}

gboolean
pn_escalation_walk_again (PnDb *db, GError **error)
{
  return pn_db_exec (db, walk_again_sql, PN_NO_ARGS, NULL, error);
}

typedef struct {
  const PnSlaBook *book;
  guint limit;
  gint64 budget;
  guint done;
} Walk;

static gboolean
is_walking (PnDb *db, gboolean *answer, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_walk_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *answer = pn_rows_next (rows) && pn_rows_int (rows, 1) == 0;
  return TRUE;
}

static gboolean
walk_portion (PnDb *db, gpointer data, GError **error)
{
  Walk *walk = data;
  g_autoptr (PnRows) rows = pn_db_query (db, load_walk_sql, PN_NO_ARGS, error);
  g_autoptr (GArray) portion = NULL;
  PnDeadline after = { 0 };
  const gint64 begun = g_get_monotonic_time ();

  walk->done = 0;
  if (rows == NULL || !pn_rows_next (rows) || pn_rows_int (rows, 1) != 0)
    return rows != NULL;
  after.due_at = pn_rows_int (rows, 2);
  after.ticket_id = pn_rows_int (rows, 3);
  after.metric = (PnMetric) pn_rows_int (rows, 4);
  after.round = (int) pn_rows_int (rows, 5);
  portion =
      pn_deadline_due (db, G_MAXINT64, after.ticket_id != 0 ? &after : NULL, walk->limit, error);
  if (portion == NULL)
    return FALSE;
  while (walk->done < portion->len
         && (walk->done == 0 || g_get_monotonic_time () - begun < walk->budget)) {
    g_autoptr (PnSlaHistory) history = NULL;

    after = g_array_index (portion, PnDeadline, walk->done);
    history = pn_sla_history_load (db, after.ticket_id, error);
    if (history == NULL || !pn_escalation_follow (db, walk->book, history, &after, error))
      return FALSE;
    walk->done++;
  }
  return pn_db_exec (db, move_walk_sql,
                     PN_ARGS (pn_int (walk->done == portion->len && portion->len < walk->limit),
                              pn_int (after.due_at), pn_int (after.ticket_id),
                              pn_int (after.metric), pn_int (after.round),
                              pn_int (pn_rows_int (rows, 0))),
                     NULL, error);
}

gboolean
pn_escalation_walk (PnDb *db, guint limit, gint64 budget, guint *done, GError **error)
{
  g_autoptr (PnSlaBook) book = NULL;
  Walk walk = { .limit = limit, .budget = budget };
  gboolean has_work = FALSE;

  *done = 0;
  if (!is_walking (db, &has_work, error))
    return FALSE;
  if (!has_work)
    return TRUE;
  book = pn_sla_book_load (db, error);
  if (book == NULL)
    return FALSE;
  walk.book = book;
  if (!pn_db_run (db, walk_portion, &walk, error))
    return FALSE;
  *done = walk.done;
  return TRUE;
}
