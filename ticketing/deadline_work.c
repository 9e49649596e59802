#include "ticketing/deadline.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/deadline_private.h"
#include "ticketing/fact.h"

#define UNUSED_MARKS 1000

static const char marks_sql[] = "SELECT ticket_id, gen FROM sla_mark"
                                " ORDER BY ticket_id"
                                " LIMIT ?";

static const char gen_sql[] = "SELECT gen FROM sla_mark WHERE ticket_id = ?";

/* Whoever marked the ticket since it was read, or took the mark away, was faster. */
static const char unmark_sql[] = "DELETE FROM sla_mark WHERE ticket_id = ? AND gen = ?";

/* There is more to do. Whoever did the same part meanwhile, or marked the ticket, was faster. */
static const char keep_mark_sql[] = "UPDATE sla_mark SET gen = gen + 1"
                                    " WHERE ticket_id = ? AND gen = ?";

static const char unmark_all_sql[] = "DELETE FROM sla_mark ORDER BY ticket_id LIMIT ?";

/* The last lock: what was stored is right when the mark is the one that was there before all was read. */
static gboolean
settle_mark (PnDb *db, const PnDeadlineWork *work, gint64 gen, GError **error)
{
  return pn_db_later (db, work->is_all ? unmark_sql : keep_mark_sql,
                      PN_ARGS (pn_int (work->ticket_id), pn_int (gen)), TRUE, error);
}

/* The ticket may be gone by now: its mark goes, too. */
static gboolean
make_plan (PnDb *db, const PnSlaBook *book, gint64 ticket_id, PnDeadlinePlan **plan, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *plan = pn_deadline_plan_make (db, book, ticket_id, &problem);
  if (*plan != NULL || pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
pn_deadline_work_body (PnDb *db, gpointer data, GError **error)
{
  PnDeadlineWork *work = data;
  g_autoptr (PnDeadlinePlan) plan = NULL;
  g_autoptr (PnRows) rows = NULL;

  g_array_set_size (work->changed, 0);
  work->is_all = TRUE;
  work->has_locked = FALSE;
  rows = pn_db_query (db, gen_sql, PN_ARGS (pn_int (work->ticket_id)), error);
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  if (!make_plan (db, work->book, work->ticket_id, &plan, error))
    return FALSE;
  if (plan != NULL
      && !pn_deadline_plan_store (db, plan, PN_DEADLINE_AT_ONCE, work->changed, &work->is_all,
                                  error))
    return FALSE;
  PN_CRASH_POINT ("sla-computed");
  if ((work->changed->len > 0 || !work->is_forced) && !pn_fact_mark (db, work->ticket_id, error))
    return FALSE;
  if (!settle_mark (db, work, pn_rows_int (rows, 0), error))
    return FALSE;
  work->has_locked = TRUE;
  pn_db_finish_at_once (db);
  return TRUE;
}

/* Runs one transaction. Whoever was faster marked the ticket, too: it is computed again.
 * @cost: NULL where nobody wants to know. */
static gboolean
run (PnDb *db, PnTxFunc body, PnDeadlineWork *work, PnDeadlineCost *cost, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!pn_db_run (db, body, work, &problem)) {
    if (pn_error_is (problem, PN_ERROR_CONFLICT))
      pn_error_set (error, PN_ERROR_TEMPORARY, "%s", problem->message);
    else
      g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (cost != NULL && work->has_locked)
    cost->held = MAX (cost->held, pn_db_held (db));
  return TRUE;
}

/* One transaction after the other, until the ticket is done. */
static gboolean
work_off (PnDb *db, PnDeadlineWork *work, PnDeadlineCost *cost, GError **error)
{
  do {
    if (!run (db, pn_deadline_work_body, work, cost, error))
      return FALSE;
    if (cost != NULL)
      cost->has_changed = cost->has_changed || work->changed->len > 0;
  } while (!work->is_all);
  return TRUE;
}

/* Would something change? Nothing is locked. */
typedef struct {
  const PnSlaBook *book;
  gint64 ticket_id;
  gboolean is_idle;
} Look;

static gboolean
look_body (PnDb *db, gpointer data, GError **error)
{
  Look *look = data;
  g_autoptr (PnDeadlinePlan) plan = NULL;

  if (!make_plan (db, look->book, look->ticket_id, &plan, error))
    return FALSE;
  look->is_idle = plan == NULL || pn_deadline_plan_is_idle (plan);
  return TRUE;
}

static gboolean
mark_body (PnDb *db, gpointer data, GError **error)
{
  PnDeadlineWork *work = data;

  work->has_locked = TRUE;
  pn_db_finish_at_once (db);
  return pn_deadline_mark (db, work->ticket_id, error);
}

/* Most tickets stay as they are; one that does not is marked and computed as any that is. */
gboolean
pn_deadline_refresh_now (PnDb *db, const PnSlaBook *book, gint64 ticket_id, PnDeadlineCost *cost,
                         GError **error)
{
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  PnDeadlineWork work = { book, ticket_id, TRUE, changed, FALSE, FALSE };
  Look look = { book, ticket_id, FALSE };

  *cost = (PnDeadlineCost){ FALSE, 0 };
  if (!pn_db_run (db, look_body, &look, error))
    return FALSE;
  if (look.is_idle)
    return TRUE;
  return run (db, mark_body, &work, cost, error) && work_off (db, &work, cost, error);
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
    PnDeadlineWork work = { book, pn_rows_int (rows, 0), FALSE, changed, FALSE, FALSE };

    if (!work_off (db, &work, NULL, error))
      return FALSE;
    PN_CRASH_POINT ("sla-committed");
    ++*done;
  }
  return TRUE;
}
