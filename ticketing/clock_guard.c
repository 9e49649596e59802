#include "ticketing/clock_guard.h"

#include "ticketing/core/log.h"

static const char add_sql[] = "INSERT INTO clock_leap (node, noticed_at, by_us) VALUES (?, ?, ?)";

static const char open_sql[] = "SELECT id, noticed_at, by_us, node FROM clock_leap"
                               " WHERE settled_at IS NULL"
                               " ORDER BY id DESC"
                               " LIMIT 1";

static const char sum_sql[] =
    "SELECT COALESCE(SUM(by_us), 0), COUNT(*) FROM clock_leap WHERE settled_at IS NULL AND node = ?";

static const char settle_node_sql[] =
    "UPDATE clock_leap SET settled_at = ? WHERE settled_at IS NULL AND node = ?";

static const char settle_small_sql[] =
    "UPDATE clock_leap SET settled_at = ? WHERE settled_at IS NULL AND by_us BETWEEN ? AND ?";

static const char settle_all_sql[] =
    "UPDATE clock_leap SET settled_at = ?, agent_id = ? WHERE settled_at IS NULL";

struct PnClockGuard {
  char *node;
  PnTime now; /* as they were seen last; 0: not yet */
  gint64 monotonic;
  gint64 steady_since; /* monotonic */
};

PnClockGuard *
pn_clock_guard_new (const char *node)
{
  PnClockGuard *guard = g_new0 (PnClockGuard, 1);

  guard->node = g_strdup (node);
  return guard;
}

void
pn_clock_guard_free (PnClockGuard *guard)
{
  if (guard == NULL)
    return;
  g_free (guard->node);
  g_free (guard);
}

/* How far the clock leapt since the last look; 0: it did not. */
static gint64
compare (PnClockGuard *guard, PnTime now, gint64 monotonic)
{
  const gint64 by = guard->now != 0 ? (now - guard->now) - (monotonic - guard->monotonic) : 0;
  const gboolean is_leap = ABS (by) > PN_CLOCK_LEAP;

  if (guard->now == 0 || is_leap)
    guard->steady_since = monotonic;
  guard->now = now;
  guard->monotonic = monotonic;
  return is_leap ? by : 0;
}

static gboolean
note_leap (const PnClockGuard *guard, PnDb *db, gint64 by, GError **error)
{
  pn_log (PN_LOG_WARNING, "clock-leapt", "by_s=%" G_GINT64_FORMAT " firing=paused", by / PN_SECOND);
  return pn_db_exec (db, add_sql, PN_ARGS (pn_text (guard->node), pn_int (guard->now), pn_int (by)),
                     NULL, error);
}

/* The clock came back, or has been right for long. */
static gboolean
settle (const PnClockGuard *guard, PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sum_sql, PN_ARGS (pn_text (guard->node)), error);
  gint64 back = 0, stayed = 0;

  if (rows == NULL || !pn_rows_next (rows))
    return rows != NULL;
  if (pn_rows_int (rows, 1) > 0 && ABS (pn_rows_int (rows, 0)) < PN_CLOCK_LEAP
      && !pn_db_exec (db, settle_node_sql, PN_ARGS (pn_int (guard->now), pn_text (guard->node)),
                      &back, error))
    return FALSE;
  if (guard->monotonic - guard->steady_since >= PN_CLOCK_STEADY
      && !pn_db_exec (db, settle_small_sql,
                      PN_ARGS (pn_int (guard->now), pn_int (-PN_CLOCK_LEAP_TRUSTED),
                               pn_int (PN_CLOCK_LEAP_TRUSTED)),
                      &stayed, error))
    return FALSE;
  if (back + stayed > 0)
    pn_log (PN_LOG_INFO, "clock-settled", "why=%s", back > 0 ? "back" : "steady");
  return TRUE;
}

gboolean
pn_clock_guard_look (PnClockGuard *guard, PnDb *db, PnTime now, gint64 monotonic,
                     gboolean *may_fire, GError **error)
{
  const gint64 by = compare (guard, now, monotonic);
  PnClockLeap leap;

  if ((by != 0 && !note_leap (guard, db, by, error)) || !pn_clock_leap_load (db, &leap, error))
    return FALSE;
  if (leap.id != 0 && (!settle (guard, db, error) || !pn_clock_leap_load (db, &leap, error)))
    return FALSE;
  *may_fire = leap.id == 0;
  return TRUE;
}

gboolean
pn_clock_leap_load (PnDb *db, PnClockLeap *leap, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, open_sql, PN_NO_ARGS, error);

  *leap = (PnClockLeap){ 0 };
  if (rows == NULL || !pn_rows_next (rows))
    return rows != NULL;
  leap->id = pn_rows_int (rows, 0);
  leap->noticed_at = pn_rows_int (rows, 1);
  leap->by = pn_rows_int (rows, 2);
  g_strlcpy (leap->node, pn_rows_text (rows, 3), sizeof leap->node);
  return TRUE;
}

gboolean
pn_clock_leap_settle (PnDb *db, gint64 agent_id, GError **error)
{
  return pn_db_exec (db, settle_all_sql,
                     PN_ARGS (pn_int (pn_clock_now ()), pn_int_or_null (agent_id)), NULL, error);
}
