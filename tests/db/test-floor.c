/* The floor with 200 agents and 10,000 tickets at hand, and a history behind them: the right numbers, by bounded queries. */
#include "ticketing/floor.h"

#include "ticketing/agent.h"
#include "ticketing/queue.h"
#include "ticketing/ticket.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define AGENTS 200
#define AT_HAND 10000
#define NOW "UNIX_TIMESTAMP ('2026-11-22 10:00:00') * 1000000"

static void
run (PnDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (db, sql, PN_NO_ARGS, NULL, &error);
  pn_assert_no_error (error);
}

/* Tickets 1 to 10,000 are unsolved: by turns of 200 agents and nobody, in ten queues; as many again are solved. A third
 * waits for us, for 1 to 10,000 minutes; each tenth is over its time. */
static void
fill (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnQueue) queue = pn_queue_new ("queue");

  pn_clock_set_database_now (G_GINT64_CONSTANT (1795341600) * PN_SECOND); /* 2026-11-22T10:00Z */
  pn_queue_save (db, queue, &error);
  pn_assert_no_error (error);
  run (
      db,
      "INSERT INTO queue (name, title, from_name, signature, language, acknowledges, is_public, created_at)"
      " SELECT CONCAT('q', seq), CONCAT('Queue ', seq), '', '', 'en', 1, 1, 1 FROM seq_2_to_10");
  run (db,
       "INSERT INTO agent (login, name, address, role, password_hash, is_enabled, created_at)"
       " SELECT CONCAT('agent', seq), CONCAT('Agent ', seq), '', 0, '', 1, 1 FROM seq_1_to_200");
  run (db, "INSERT INTO person (name, created_at) VALUES ('Ada', 1)");
  run (db,
       "INSERT INTO ticket (queue_id, person_id, assignee_id, status, priority, subject, preview,"
       " created_at, updated_at, waiting_at, due_at)"
       " SELECT 1 + seq MOD 10, 1, NULLIF(seq MOD 201, 0), seq MOD 4, 1, 'x', 'x',"
       " " NOW " - seq * 60000000, " NOW " - seq,"
       " IF(seq MOD 3 = 0, " NOW " - seq * 60000000, NULL),"
       " IF(seq MOD 10 = 0, " NOW " - 1, NULL) FROM seq_1_to_10000");
  run (db,
       "INSERT INTO ticket (queue_id, person_id, assignee_id, status, priority, subject, preview,"
       " created_at, updated_at) SELECT 1 + seq MOD 10, 1, 1 + seq MOD 200, 5, 1, 'x', 'x', 1, seq"
       " FROM seq_1_to_10000");
  run (db, "ANALYZE TABLE ticket");
}

static void
test_numbers (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAccess) access = NULL;
  g_autoptr (PnFloor) floor = NULL;
  PnAgent admin = {
    .id = 1, .login = (char *) "agent1", .role = PN_ROLE_ADMIN, .is_enabled = TRUE
  };
  gint64 in_ages = 0;

  if (db == NULL)
    return;
  fill (db);
  access = pn_access_load (db, &admin, &error);
  pn_assert_no_error (error);
  floor = pn_floor_load (db, access, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (floor->agents->len, ==, AGENTS + 1);
  g_assert_cmpint (floor->all.open + floor->all.waiting + floor->all.on_hold, ==, AT_HAND);
  g_assert_cmpint (floor->all.turns, ==, AT_HAND / 3);
  g_assert_cmpint (floor->all.over, ==, AT_HAND / 10);
  g_assert_cmpint (floor->all.ages[0], ==, 19); /* 3, 6 … 57 minutes */
  for (guint i = 0; i < PN_FLOOR_AGES; i++)
    in_ages += floor->all.ages[i];
  g_assert_cmpint (in_ages, ==, floor->all.turns);
  g_assert_cmpuint (floor->longest->len, ==, PN_FLOOR_SHOWN);
  g_assert_cmpint (g_array_index (floor->longest, gint64, 0), ==, 9999);
  g_assert_cmpuint (floor->due->len, ==, PN_FLOOR_SHOWN);
}

/* What the floor and the lists by urgency ask, each by its index. */
static void
test_keys (void)
{
  static const struct {
    const char *explain;
    const char *key;
  } cases[] = {
    { "EXPLAIN SELECT assignee_id, COUNT(*) FROM ticket FORCE INDEX (ticket_status)"
      " WHERE status < 4 GROUP BY assignee_id, queue_id, status LIMIT 10000",
      "ticket_status" },
    { "EXPLAIN SELECT id, queue_id FROM ticket FORCE INDEX (ticket_waiting)"
      " WHERE status < 4 AND waiting_at IS NOT NULL ORDER BY waiting_at, id LIMIT 1000",
      "ticket_waiting" },
    { "EXPLAIN SELECT id, queue_id FROM ticket FORCE INDEX (ticket_due)"
      " WHERE status < 4 AND due_at < 2000000000000000 ORDER BY due_at, id LIMIT 1000",
      "ticket_due" },
    { "EXPLAIN SELECT id, queue_id FROM ticket WHERE assignee_id = 7 AND status = 1"
      " ORDER BY updated_at DESC, id DESC LIMIT 25",
      "ticket_assignee" },
    { "EXPLAIN SELECT id, urgency_at FROM ticket FORCE INDEX (ticket_urgency)"
      " WHERE status = 1 AND urgency_at >= 5 AND (urgency_at > 5 OR id >= 1)"
      " ORDER BY urgency_at, id LIMIT 50",
      "ticket_urgency" },
    { "EXPLAIN SELECT id, urgency_at FROM ticket FORCE INDEX (ticket_queue_urgency)"
      " WHERE queue_id = 1 AND status = 1 AND urgency_at >= 5 AND (urgency_at > 5 OR id >= 1)"
      " ORDER BY urgency_at, id LIMIT 50",
      "ticket_queue_urgency" },
    { "EXPLAIN SELECT id, urgency_at FROM ticket FORCE INDEX (ticket_assignee_urgency)"
      " WHERE assignee_id = 1 AND status = 1 AND urgency_at >= 5 AND (urgency_at > 5 OR id >= 1)"
      " ORDER BY urgency_at, id LIMIT 50",
      "ticket_assignee_urgency" },
  };
  enum { COLUMN_EXTRA = 9 };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  fill (db);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnRows) rows = pn_db_query (db, cases[i].explain, PN_NO_ARGS, &error);
    const char *extra;

    pn_assert_no_error (error);
    pn_testdb_assert_key (db, cases[i].explain, PN_NO_ARGS, cases[i].key);
    g_assert_true (pn_rows_next (rows));
    extra = pn_rows_text (rows, COLUMN_EXTRA);
    if (i > 0 && extra != NULL && g_strstr_len (extra, -1, "filesort") != NULL) {
      g_test_message ("%s: %s", cases[i].explain, extra);
      g_test_fail ();
    }
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/floor/numbers", test_numbers);
  g_test_add_func ("/floor/keys", test_keys);
  return g_test_run ();
}
