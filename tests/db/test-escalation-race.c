/* Two at once: each guard of the escalation and of due times alone, where chance would need years to show it. */
#include "tests/db/climb.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/deadline_private.h"
#include "ticketing/escalation_private.h"

#define PATIENCE (60 * PN_SECOND)
#define STEPS                                                                                      \
  "{\"percent\": 50, \"notify\": [\"leads\"]}", "{\"percent\": 100, \"notify\": [\"leads\"]}"

static void
add_steps (PnClimb *house)
{
  static const char *const steps[] = { STEPS };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    pn_climb_add_step (house, steps[i]);
  pn_climb_store_ladder (house);
}

/* Returns: (owned) the tickets whose steps fired, in the order in which they did. */
static char *
fired_order (PnDb *db)
{
  static const char sql[] = "SELECT GROUP_CONCAT(ticket_id ORDER BY id SEPARATOR ' ') FROM event"
                            " WHERE old_value = 'fired'";
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, NULL);

  g_assert_nonnull (rows);
  return pn_rows_next (rows) ? g_strdup (pn_rows_text (rows, 0)) : NULL;
}

static const char fired_by_another_sql[] =
    "INSERT INTO escalation (ticket_id, metric, round, step, ladder_id, ladder_version, policy_id,"
    " policy_version, deadline_at, reached_at, due_at, fired_at)"
    " SELECT d.ticket_id, d.metric, d.round, d.step, d.ladder_id, 1, 1, 1, NULL, d.reached_at,"
    " d.due_at, d.due_at FROM escalation_due d WHERE d.ticket_id = ?";

/* What another node does when it fires the ticket's step: the row, and the plan of the next one. */
static gboolean
fire_elsewhere (PnDb *db, gpointer data, GError **error)
{
  const gint64 *ticket_id = data;
  g_autoptr (PnSlaBook) book = pn_sla_book_load (db, error);
  g_autoptr (PnSlaHistory) history = pn_sla_history_load (db, *ticket_id, error);
  g_autoptr (GArray) deadlines = pn_deadline_of_ticket (db, *ticket_id, error);

  g_assert_true (book != NULL && history != NULL && deadlines != NULL);
  return pn_db_exec (db, fired_by_another_sql, PN_ARGS (pn_int (*ticket_id)), NULL, error)
         && pn_escalation_follow_all (db, book, history, deadlines, error);
}

static gpointer
fire_once_in_thread (gpointer data)
{
  g_autoptr (PnDb) db = pn_db_open (pn_testdb_target (), NULL);
  g_autoptr (GError) error = NULL;
  guint done;

  (void) data;
  g_assert_true (pn_escalation_fire (db, 50, &done, &error));
  pn_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

typedef struct {
  gint64 *tickets;
  GThread *thread;
} Stop;

/* The node has seen all that is due and waits for the first ticket; then its neighbour fires the second one. */
static gboolean
stop_body (PnDb *db, gpointer data, GError **error)
{
  static const char lock_sql[] = "SELECT gen FROM escalation_due WHERE ticket_id = ? FOR UPDATE";
  static const char waits_sql[] =
      "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS"
      " WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'";
  Stop *stop = data;
  g_autoptr (PnDb) other = pn_db_open (pn_testdb_target (), error);
  g_autoptr (PnRows) locked =
      pn_db_query (db, lock_sql, PN_ARGS (pn_int (stop->tickets[0])), error);
  const gint64 end = g_get_monotonic_time () + PATIENCE;

  g_assert_true (other != NULL && locked != NULL);
  stop->thread = g_thread_new ("node", fire_once_in_thread, NULL);
  while (pn_climb_count (other, waits_sql) == 0 && g_get_monotonic_time () < end)
    g_usleep (20 * PN_MILLISECOND);
  g_assert_cmpint (pn_climb_count (other, waits_sql), ==, 1);
  return pn_db_run (other, fire_elsewhere, &stop->tickets[1], error);
}

/* What a node has seen as due may have fired meanwhile. Then the step after it is planned in the same row, and due, too; but
 * it is not its turn: others were due before. */
static void
test_seen_before (void)
{
  PnClimb house = { NULL };
  gint64 tickets[3];
  Stop stop = { tickets, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *order = NULL;
  g_autofree char *wanted = NULL;

  if (!pn_climb_start (&house))
    return;
  add_steps (&house);
  for (gsize i = 0; i < G_N_ELEMENTS (tickets); i++) {
    tickets[i] = pn_climb_open_ticket (&house);
    pn_climb_set_now (PN_CLIMB_START + (gint64) (i + 1) * PN_MINUTE);
  }
  pn_climb_set_now (PN_CLIMB_START + PN_DAY);
  g_assert_true (pn_db_run (house.db, stop_body, &stop, &error));
  pn_assert_no_error (error);
  g_thread_join (stop.thread);
  pn_climb_fire (house.db);
  order = fired_order (house.db);
  wanted = g_strdup_printf ("%d %d %d %d %d", (int) tickets[0], (int) tickets[2], (int) tickets[0],
                            (int) tickets[1], (int) tickets[2]);
  g_assert_cmpstr (order, ==, wanted);
  pn_climb_stop (&house);
}

/* A step that fired and is planned all the same does not fire again, is told, and waits; all others fire. */
static void
test_fired_before (void)
{
  PnClimb house = { NULL };
  gint64 tickets[2];
  g_autoptr (GError) error = NULL;
  g_autofree char *order = NULL;
  g_autofree char *wanted = NULL;
  guint done;

  if (!pn_climb_start (&house))
    return;
  add_steps (&house);
  for (gsize i = 0; i < G_N_ELEMENTS (tickets); i++)
    tickets[i] = pn_climb_open_ticket (&house);
  g_assert_true (
      pn_db_exec (house.db, fired_by_another_sql, PN_ARGS (pn_int (tickets[0])), NULL, &error));
  pn_climb_set_now (PN_CLIMB_START + 40 * PN_MINUTE);
  g_assert_true (pn_escalation_fire (house.db, 50, &done, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (done, ==, 1);
  order = fired_order (house.db);
  wanted = g_strdup_printf ("%d", (int) tickets[1]);
  g_assert_cmpstr (order, ==, wanted);
  g_assert_true (pn_escalation_fire (house.db, 50, &done, &error));
  g_assert_cmpuint (done, ==, 0);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation_due"), ==, 2);
  pn_climb_set_now (PN_CLIMB_START + 40 * PN_MINUTE + PN_ESCALATION_PARKED - PN_MINUTE);
  g_assert_true (pn_escalation_fire (house.db, 50, &done, &error));
  g_assert_cmpint (pn_climb_count (house.db,
                                   "SELECT COUNT(*) FROM escalation_due "
                                   " WHERE due_at BETWEEN 1790003300000000 AND 1790003500000000"),
                   ==, 1); /* it waits still */
  pn_climb_stop (&house);
}

/* One ticket that can't be escalated at all holds up no other. */
static void
test_refused (void)
{
  static const char trigger_sql[] =
      "CREATE TRIGGER refuse BEFORE INSERT ON escalation FOR EACH ROW"
      " IF NEW.ticket_id = 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF";
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *order = NULL;

  if (!pn_climb_start (&house))
    return;
  add_steps (&house);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (pn_climb_open_ticket (&house), ==, i + 1);
  g_assert_true (pn_db_exec (house.db, trigger_sql, PN_NO_ARGS, NULL, &error));
  pn_climb_set_now (PN_CLIMB_START + 40 * PN_MINUTE);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 2);
  order = fired_order (house.db);
  g_assert_cmpstr (order, ==, "2 3");
  pn_assert_no_error (error);
  pn_climb_stop (&house);
}

typedef struct {
  PnDeadlineWork work;
  PnDb *other;
  const char *sql; /* what another does when all is decided */
  guint runs;
} Contest;

static gboolean
contest_body (PnDb *db, gpointer data, GError **error)
{
  Contest *contest = data;

  if (!pn_deadline_work_body (db, &contest->work, error))
    return FALSE;
  return contest->runs++ > 0 || pn_db_exec (contest->other, contest->sql, PN_NO_ARGS, NULL, error);
}

static gboolean
mark_body (PnDb *db, gpointer data, GError **error)
{
  return pn_deadline_mark (db, *(const gint64 *) data, error);
}

/* Whoever decided on what another changed meanwhile decides anew. Each compare-and-set alone sees to it, also where the server
 * does not (innodb_snapshot_isolation); and so does the server. */
static void
test_due_times (void)
{
  static const char *const isolations[] = { "SET SESSION innodb_snapshot_isolation = OFF",
                                            "SET SESSION innodb_snapshot_isolation = ON" };
  static const char *const changes[] = {
    "UPDATE deadline SET gen = gen + 1",
    "UPDATE sla_mark SET gen = gen + 1",
    "UPDATE ticket SET version = version + 1",
  };
  PnClimb house = { NULL };
  g_autoptr (PnDb) other = NULL;
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!pn_climb_start (&house))
    return;
  other = pn_db_open (pn_testdb_target (), &error);
  id = pn_climb_open_ticket (&house);
  for (gsize i = 0; i < G_N_ELEMENTS (isolations) * G_N_ELEMENTS (changes); i++) {
    g_autoptr (PnSlaBook) book = NULL;
    Contest contest = { .other = other, .sql = changes[i / 2] };

    for (int p = 0; p < PN_PRIORITY_COUNT; p++)
      house.policy->minutes[PN_METRIC_FIRST_RESPONSE][p] += 60;
    g_assert_true (pn_sla_save (house.db, house.policy, 0, 0, &error));
    g_assert_true (pn_db_run (house.db, mark_body, &id, &error));
    g_assert_true (pn_db_exec (house.db, isolations[i % 2], PN_NO_ARGS, NULL, &error));
    book = pn_sla_book_load (house.db, &error);
    contest.work = (PnDeadlineWork){ book, id, FALSE, changed, FALSE, FALSE };
    g_assert_true (pn_db_run (house.db, contest_body, &contest, &error));
    pn_assert_no_error (error);
    g_test_message ("%s: %s", isolations[i % 2], contest.sql);
    g_assert_cmpuint (contest.runs, ==, 2);
    g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM sla_mark"), ==, 0);
  }
  pn_climb_stop (&house);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/escalation-race/seen-before", test_seen_before);
  g_test_add_func ("/escalation-race/fired-before", test_fired_before);
  g_test_add_func ("/escalation-race/refused", test_refused);
  g_test_add_func ("/escalation-race/due-times", test_due_times);
  return g_test_run ();
}
