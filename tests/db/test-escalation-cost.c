#include "ticketing/escalation.h"

#include "tests/db/climb.h"
#include "tests/lib/cost.h"
#include "tests/lib/test.h"

/* Rows of others that are due far in the future: they start at this id. */
#define OTHERS G_GINT64_CONSTANT (100000000)

static const char deadline_sql[] =
    "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version, calendar_id,"
    " priority, target, start_at, soon_at, due_at)"
    " VALUES (?, 0, 1, 0, 1, 1, 1, 1, 3600000000, 1, ?, ?)";

static const char due_sql[] =
    "INSERT INTO escalation_due (ticket_id, metric, round, ladder_id, step, reached_at, ready_at,"
    " due_at)"
    " VALUES (?, 0, 1, 1, 1, ?, ?, ?)";

static const char more_deadlines_sql[] =
    "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version, calendar_id,"
    " priority, target, start_at, soon_at, due_at)"
    " SELECT ticket_id + ?, 0, 1, 0, 1, 1, 1, 1, 3600000000, 1, soon_at + ?, due_at + ?"
    " FROM deadline WHERE ticket_id >= ? ORDER BY ticket_id LIMIT ?";

static const char more_due_sql[] =
    "INSERT INTO escalation_due (ticket_id, metric, round, ladder_id, step, reached_at, ready_at,"
    " due_at)"
    " SELECT ticket_id + ?, 0, 1, 1, 1, reached_at + ?, ready_at + ?, due_at + ?"
    " FROM escalation_due WHERE ticket_id >= ? ORDER BY ticket_id LIMIT ?";

/* Doubles the rows of others from @have to @wanted. */
static void
add_others (PnDb *db, gint64 have, gint64 wanted)
{
  const PnTime later = PN_CLIMB_START + 100 * PN_DAY;
  g_autoptr (GError) error = NULL;

  if (have == 0) {
    g_assert_true (pn_db_exec (
        db, deadline_sql, PN_ARGS (pn_int (OTHERS), pn_int (later), pn_int (later)), NULL, &error));
    g_assert_true (pn_db_exec (
        db, due_sql, PN_ARGS (pn_int (OTHERS), pn_int (later), pn_int (later), pn_int (later)),
        NULL, &error));
    have = 1;
  }
  while (have < wanted) {
    const gint64 more = MIN (have, MIN (wanted - have, 50000));

    g_assert_true (pn_db_exec (
        db, more_deadlines_sql,
        PN_ARGS (pn_int (have), pn_int (have), pn_int (have), pn_int (OTHERS), pn_int (more)), NULL,
        &error));
    g_assert_true (pn_db_exec (db, more_due_sql,
                               PN_ARGS (pn_int (have), pn_int (have), pn_int (have), pn_int (have),
                                        pn_int (OTHERS), pn_int (more)),
                               NULL, &error));
    have += more;
  }
  pn_assert_no_error (error);
}

/* Returns: the rows that a sweep reads that fires the step of @due tickets. */
static gint64
sweep (PnClimb *house, guint due)
{
  PnTestCost before, after;

  pn_climb_set_now (PN_CLIMB_START);
  for (guint i = 0; i < due; i++)
    pn_climb_open_ticket (house);
  pn_climb_set_now (PN_CLIMB_START + 45 * PN_MINUTE);
  before = pn_test_cost (house->db);
  g_assert_cmpuint (pn_climb_fire (house->db), ==, due);
  after = pn_test_cost (house->db);
  return after.rows_read - before.rows_read;
}

/* Firing costs what is due, whatever else is owed: at most a third more among a hundred times as many. */
static void
test_many (void)
{
  const gboolean is_deep = g_strcmp0 (g_getenv ("DEEP"), "1") == 0;
  const guint due = is_deep ? 1000 : 40;
  const gint64 few = is_deep ? 10000 : 300;
  const gint64 many = is_deep ? 1000000 : 30000;
  PnClimb house = { NULL };
  gint64 among_few, among_many;

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 50, \"notify\": [\"leads\"], \"tag\": \"half\"}");
  pn_climb_store_ladder (&house);
  add_others (house.db, 0, few);
  sweep (&house, 5); /* what is read once */
  among_few = sweep (&house, due);
  add_others (house.db, few, many);
  among_many = sweep (&house, due);
  g_test_message ("%u steps fired read %" G_GINT64_FORMAT " rows among %" G_GINT64_FORMAT
                  " deadlines, %" G_GINT64_FORMAT " among %" G_GINT64_FORMAT,
                  due, among_few, few, among_many, many);
  g_assert_cmpint (among_many * 10, <=, among_few * 13);
  pn_climb_stop (&house);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/escalation/many", test_many);
  return g_test_run ();
}
