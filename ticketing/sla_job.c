#include "ticketing/sla_job.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"
#include "ticketing/deadline.h"

#define PACE_MAX 200 /* tickets of a portion at the most */
#define REACH 5000   /* ids that a portion looks through for unsolved tickets */
#define REASON_BYTES 300

#define COLUMNS                                                                                    \
  "id, reason, agent_id, after_id, last_id, tickets, changed, created_at, finished_at,"            \
  " longest_us, pace"

static const char any_policy_sql[] = "SELECT 1 FROM sla_policy LIMIT 1";

static const char finish_others_sql[] = "UPDATE sla_job SET finished_at = ?"
                                        " WHERE finished_at IS NULL";

static const char start_sql[] = "INSERT INTO sla_job (reason, agent_id, last_id, created_at)"
                                " VALUES (?, ?, ?, ?)";

static const char open_sql[] = "SELECT " COLUMNS " FROM sla_job"
                               " WHERE finished_at IS NULL"
                               " ORDER BY id DESC"
                               " LIMIT 1";

static const char newest_sql[] = "SELECT " COLUMNS " FROM sla_job"
                                 " ORDER BY id DESC"
                                 " LIMIT 1";

static const char advance_sql[] = "UPDATE sla_job"
                                  " SET after_id = ?, tickets = tickets + ?,"
                                  " changed = changed + ?, finished_at = ?,"
                                  " longest_us = GREATEST(longest_us, ?), pace = ?"
                                  " WHERE id = ? AND after_id = ? AND finished_at IS NULL";

void
pn_sla_job_free (PnSlaJob *job)
{
  if (job == NULL)
    return;
  g_free (job->reason);
  g_free (job);
}

/* Where nothing is or was promised, there is nothing to compute. */
static gboolean
is_used (PnDb *db, gboolean *answer, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, any_policy_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *answer = pn_rows_next (rows);
  return *answer || pn_deadline_exist (db, answer, error);
}

gboolean
pn_sla_job_start (PnDb *db, const char *reason, gint64 agent_id, GError **error)
{
  g_autofree char *line = pn_text_clean_line (reason, REASON_BYTES);
  const PnTime now = pn_clock_now ();
  gboolean answer;
  gint64 last_id;

  if (!is_used (db, &answer, error))
    return FALSE;
  if (!answer)
    return TRUE;
  return pn_ticket_newest_id (db, &last_id, error)
         && pn_db_exec (db, finish_others_sql, PN_ARGS (pn_int (now)), NULL, error)
         && pn_db_exec (
             db, start_sql,
             PN_ARGS (pn_text (line), pn_int_or_null (agent_id), pn_int (last_id), pn_int (now)),
             NULL, error);
}

static gboolean
load (PnDb *db, const char *sql, PnSlaJob **job, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, error);

  *job = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  *job = g_new0 (PnSlaJob, 1);
  **job = (PnSlaJob){ .id = pn_rows_int (rows, 0),
                      .reason = g_strdup (pn_rows_text (rows, 1)),
                      .agent_id = pn_rows_int (rows, 2),
                      .after_id = pn_rows_int (rows, 3),
                      .last_id = pn_rows_int (rows, 4),
                      .tickets = pn_rows_int (rows, 5),
                      .changed = pn_rows_int (rows, 6),
                      .created_at = pn_rows_int (rows, 7),
                      .finished_at = pn_rows_int (rows, 8),
                      .longest = pn_rows_int (rows, 9),
                      .pace = CLAMP (pn_rows_int (rows, 10), 1, PACE_MAX) };
  return TRUE;
}

gboolean
pn_sla_job_newest (PnDb *db, PnSlaJob **job, GError **error)
{
  return load (db, newest_sql, job, error);
}

/* A portion of tickets as it is being done. */
typedef struct {
  guint done;
  gint64 changed;
  gint64 longest; /* that a lock was held */
  gint64 took;
} Portion;

/* Until @budget is used up; one at least. */
static gboolean
refresh_some (PnDb *db, const PnSlaBook *book, const GArray *ids, gint64 budget, Portion *portion,
              GError **error)
{
  const gint64 begun = g_get_monotonic_time ();

  while (portion->done < ids->len && (portion->done == 0 || portion->took < budget)) {
    PnDeadlineCost cost;

    if (!pn_deadline_refresh_now (db, book, g_array_index (ids, gint64, portion->done), &cost,
                                  error))
      return FALSE;
    portion->took = g_get_monotonic_time () - begun;
    portion->longest = MAX (portion->longest, cost.held);
    portion->changed += cost.has_changed;
    portion->done++;
    PN_CRASH_POINT ("sla-job-ticket-done");
  }
  return TRUE;
}

/* As many as fit into @budget by what these took, but no more than twice as many as they were. */
static gint64
choose_pace (const PnSlaJob *job, const Portion *portion, gint64 budget)
{
  if (portion->done == 0)
    return job->pace;
  return CLAMP (budget * portion->done / MAX (portion->took, 1), 1, MIN (job->pace * 2, PACE_MAX));
}

/* How far a portion came: behind its last ticket, or where it looked for tickets and found none. */
static gint64
find_end (const PnSlaJob *job, const GArray *ids, const Portion *portion, gint64 until)
{
  if (portion->done < ids->len || ids->len == job->pace)
    return portion->done > 0 ? g_array_index (ids, gint64, portion->done - 1) : job->after_id;
  return until;
}

gboolean
pn_sla_job_work (PnDb *db, gint64 budget, guint *done, GError **error)
{
  g_autoptr (PnSlaJob) job = NULL;
  g_autoptr (PnSlaBook) book = NULL;
  g_autoptr (GArray) ids = NULL;
  Portion portion = { 0 };
  gint64 until;
  gboolean is_end;

  *done = 0;
  if (!load (db, open_sql, &job, error))
    return FALSE;
  if (job == NULL)
    return TRUE;
  until = MIN (job->after_id + REACH, job->last_id);
  book = pn_sla_book_load (db, error);
  if (book == NULL
      || (ids = pn_ticket_unsolved (db, job->after_id, until, (guint) job->pace, error)) == NULL
      || !refresh_some (db, book, ids, budget, &portion, error))
    return FALSE;
  until = find_end (job, ids, &portion, until);
  is_end = until >= job->last_id;
  *done = MAX (portion.done, 1);
  if (is_end)
    pn_log (PN_LOG_INFO, "sla-recomputed",
            "job=%" G_GINT64_FORMAT " tickets=%" G_GINT64_FORMAT " longest_ms=%" G_GINT64_FORMAT,
            job->id, job->tickets + portion.done,
            MAX (job->longest, portion.longest) / PN_MILLISECOND);
  return pn_db_exec (db, advance_sql,
                     PN_ARGS (pn_int (until), pn_int (portion.done), pn_int (portion.changed),
                              pn_int_or_null (is_end ? pn_clock_now () : 0),
                              pn_int (portion.longest),
                              pn_int (choose_pace (job, &portion, budget)), pn_int (job->id),
                              pn_int (job->after_id)),
                     NULL, error);
}
