#include "ticketing/rule_time.h"

#include "ticketing/core/error.h"

static const char set_sql[] = "INSERT INTO rule_schedule (rule_id, next_at) VALUES (?, ?)"
                              " ON DUPLICATE KEY UPDATE next_at = VALUES(next_at),"
                              " started_at = 0, step = step + 1";

static const char unset_sql[] = "DELETE FROM rule_schedule WHERE rule_id = ?";

static const char unmark_all_sql[] = "DELETE FROM rule_mark WHERE rule_id = ?";

static const char due_sql[] =
    "SELECT rule_id, run, started_at, status, after_time, after_id, step FROM rule_schedule"
    " WHERE next_at <= ?"
    " ORDER BY next_at"
    " LIMIT ?";

static const char start_sql[] = "UPDATE rule_schedule"
                                " SET run = run + 1, started_at = ?, status = 0, after_time = 0,"
                                " after_id = 0, step = step + 1"
                                " WHERE rule_id = ? AND step = ?";

static const char advance_sql[] = "UPDATE rule_schedule"
                                  " SET status = ?, after_time = ?, after_id = ?, step = step + 1"
                                  " WHERE rule_id = ? AND step = ?";

static const char finish_sql[] = "UPDATE rule_schedule"
                                 " SET next_at = ?, started_at = 0, step = step + 1"
                                 " WHERE rule_id = ? AND step = ?";

static const char mark_sql[] = "INSERT INTO rule_mark (rule_id, ticket_id, run) VALUES (?, ?, ?)"
                               " ON DUPLICATE KEY UPDATE run = VALUES(run)";

static const char is_marked_sql[] = "SELECT 1 FROM rule_mark WHERE rule_id = ? AND ticket_id = ?";

static const char unmark_sql[] = "DELETE FROM rule_mark WHERE rule_id = ? AND run < ?";

/* Times that the local clock skips are those of the change. */
static PnTime
next_daily (const PnRule *rule, PnTime now)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (rule->zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / PN_SECOND);
  g_autoptr (GDateTime) local = zone != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  for (int days = 0; local != NULL && days <= 2; days++) {
    g_autoptr (GDateTime) day = g_date_time_add_days (local, days);
    g_autoptr (GDateTime) at = g_date_time_new (
        zone, g_date_time_get_year (day), g_date_time_get_month (day),
        g_date_time_get_day_of_month (day), rule->daily_minute / 60, rule->daily_minute % 60, 0);

    if (at != NULL && g_date_time_to_unix (at) * PN_SECOND > now)
      return g_date_time_to_unix (at) * PN_SECOND;
  }
  return now + PN_DAY;
}

/* Returns: when @rule is due next after @now. */
static PnTime
next_time (const PnRule *rule, PnTime now)
{
  return rule->every > 0 ? now + rule->every * PN_SECOND : next_daily (rule, now);
}

gboolean
pn_rule_time_set (PnDb *db, gint64 rule_id, const PnRule *rule, GError **error)
{
  const PnTime now = pn_clock_now ();

  if (!rule->is_enabled || !pn_rule_listens (rule, PN_RULE_ON_SCHEDULE))
    return pn_db_exec (db, unset_sql, PN_ARGS (pn_int (rule_id)), NULL, error)
           && pn_db_exec (db, unmark_all_sql, PN_ARGS (pn_int (rule_id)), NULL, error);
  return pn_db_exec (db, set_sql, PN_ARGS (pn_int (rule_id), pn_int (next_time (rule, now))), NULL,
                     error);
}

GArray *
pn_rule_time_due (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, due_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_int (limit)), error);
  GArray *turns;

  if (rows == NULL)
    return NULL;
  turns = g_array_new (FALSE, FALSE, sizeof (PnRuleTurn));
  while (pn_rows_next (rows)) {
    const PnRuleTurn turn = {
      .rule_id = pn_rows_int (rows, 0),
      .run = pn_rows_int (rows, 1),
      .started_at = pn_rows_int (rows, 2),
      .status = (int) pn_rows_int (rows, 3),
      .after_time = pn_rows_int (rows, 4),
      .after_id = pn_rows_int (rows, 5),
      .step = pn_rows_int (rows, 6),
    };

    g_array_append_val (turns, turn);
  }
  return turns;
}

static gboolean
check_first (gint64 affected, GError **error)
{
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT, "another clerk went on with this schedule");
  return FALSE;
}

gboolean
pn_rule_time_start (PnDb *db, PnRuleTurn *turn, GError **error)
{
  const PnTime now = pn_clock_now ();
  gint64 affected;

  if (!pn_db_exec (db, start_sql,
                   PN_ARGS (pn_int (now), pn_int (turn->rule_id), pn_int (turn->step)), &affected,
                   error)
      || !check_first (affected, error))
    return FALSE;
  *turn = (PnRuleTurn){
    .rule_id = turn->rule_id, .run = turn->run + 1, .started_at = now, .step = turn->step + 1
  };
  return TRUE;
}

gboolean
pn_rule_time_advance (PnDb *db, PnRuleTurn *turn, GError **error)
{
  gint64 affected;

  if (!pn_db_exec (db, advance_sql,
                   PN_ARGS (pn_int (turn->status), pn_int (turn->after_time),
                            pn_int (turn->after_id), pn_int (turn->rule_id), pn_int (turn->step)),
                   &affected, error)
      || !check_first (affected, error))
    return FALSE;
  turn->step++;
  return TRUE;
}

gboolean
pn_rule_time_finish (PnDb *db, const PnRuleTurn *turn, const PnRule *rule, GError **error)
{
  const PnTime next = next_time (rule, pn_clock_now ());
  gint64 affected;

  return pn_db_exec (db, finish_sql,
                     PN_ARGS (pn_int (next), pn_int (turn->rule_id), pn_int (turn->step)),
                     &affected, error)
         && check_first (affected, error)
         && pn_db_exec (db, unmark_sql, PN_ARGS (pn_int (turn->rule_id), pn_int (turn->run)), NULL,
                        error);
}

gboolean
pn_rule_time_mark (PnDb *db, const PnRuleTurn *turn, gint64 ticket_id, gboolean *is_new,
                   GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, is_marked_sql, PN_ARGS (pn_int (turn->rule_id), pn_int (ticket_id)), error);
  gint64 affected = 0;

  if (rows == NULL
      || !pn_db_exec (db, mark_sql,
                      PN_ARGS (pn_int (turn->rule_id), pn_int (ticket_id), pn_int (turn->run)),
                      &affected, error))
    return FALSE;
  /* One row is a new one; a renewed mark counts as two, or none where it has this run already. */
  *is_new = affected == 1 && !pn_rows_next (rows);
  return TRUE;
}
