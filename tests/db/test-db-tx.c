#include "ticketing/core/db.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

#define ROUNDS 50

static const char make_sql[] =
    "CREATE TABLE account (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)";
static const char fill_sql[] = "INSERT INTO account (id, n) VALUES (1, 0), (2, 0)";
static const char set_sql[] = "UPDATE account SET n = ? WHERE id = ?";
static const char get_sql[] = "SELECT n FROM account WHERE id = ?";
static const char add_sql[] = "INSERT INTO account (id, n) VALUES (?, 0)";
static const char kill_sql[] = "KILL CONNECTION_ID()";

static PnDb *
open_with_table (void)
{
  PnDb *db = pn_testdb_open_empty ();

  if (db != NULL) {
    g_assert_true (pn_db_exec (db, make_sql, PN_NO_ARGS, NULL, NULL));
    g_assert_true (pn_db_exec (db, fill_sql, PN_NO_ARGS, NULL, NULL));
  }
  return db;
}

static PnDb *
open_again (void)
{
  g_autoptr (GError) error = NULL;
  PnDb *db = pn_db_open (pn_testdb_target (), &error);

  g_assert_no_error (error);
  return db;
}

/* Returns: the row's number; -1 where there is no such row or no answer. */
static gint64
get (PnDb *db, gint64 id)
{
  g_autoptr (PnRows) rows = pn_db_query (db, get_sql, PN_ARGS (pn_int (id)), NULL);

  return rows != NULL && pn_rows_next (rows) ? pn_rows_int (rows, 0) : -1;
}

static gboolean
set (PnDb *db, gint64 id, gint64 n, GError **error)
{
  return pn_db_exec (db, set_sql, PN_ARGS (pn_int (n), pn_int (id)), NULL, error);
}

static gboolean
set_then_refuse (PnDb *db, gpointer data, GError **error)
{
  g_assert_true (pn_db_in_transaction (db));
  if (set (db, 1, 99, error))
    pn_error_set (error, PN_ERROR_DENIED, "no");
  return FALSE;
}

static gboolean
set_and_agree (PnDb *db, gpointer data, GError **error)
{
  return set (db, 1, 7, error);
}

static void
test_commit_and_rollback (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_false (pn_db_run (db, set_then_refuse, NULL, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_DENIED);
  g_assert_false (pn_db_in_transaction (db));
  g_assert_cmpint (get (db, 1), ==, 0);
  g_assert_true (pn_db_run (db, set_and_agree, NULL, NULL));
  g_assert_cmpint (get (db, 1), ==, 7);
}

static gboolean
run_inside (PnDb *db, gpointer data, GError **error)
{
  return pn_db_run (db, set_and_agree, NULL, error);
}

static void
test_nested (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_false (pn_db_run (db, run_inside, NULL, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_PERMANENT);
  g_assert_cmpint (get (db, 1), ==, 0);
}

static gboolean
add_twice (PnDb *db, gpointer data, GError **error)
{
  return pn_db_exec (db, add_sql, PN_ARGS (pn_int (10)), NULL, error)
         && pn_db_exec (db, add_sql, PN_ARGS (pn_int (10)), NULL, error);
}

static gboolean
try_inside_try (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;

  g_assert_false (pn_db_try (db, add_twice, NULL, &problem));
  g_assert_error (problem, PN_ERROR, PN_ERROR_CONFLICT);
  return pn_db_exec (db, add_sql, PN_ARGS (pn_int (11)), NULL, error);
}

static gboolean
try_some (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!set (db, 1, 5, error) || !pn_db_try (db, try_inside_try, NULL, error))
    return FALSE;
  g_assert_false (pn_db_try (db, add_twice, NULL, &problem));
  g_assert_error (problem, PN_ERROR, PN_ERROR_CONFLICT);
  return set (db, 2, 6, error);
}

static void
test_savepoints (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, try_some, NULL, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (get (db, 1), ==, 5);
  g_assert_cmpint (get (db, 2), ==, 6);
  g_assert_cmpint (get (db, 10), ==, -1);
  g_assert_cmpint (get (db, 11), ==, 0);
}

/* Two transactions that take the same two rows in opposite order, each waiting until the other has its first. */
typedef struct {
  GMutex lock;
  GCond changed;
  guint holding; /* how many have their first row, in their first run */
} Meeting;

typedef struct {
  Meeting *meeting;
  gint64 first;
  gint64 second;
  guint runs;
} Walker;

static void
meet (Meeting *meeting)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&meeting->lock);
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  meeting->holding++;
  g_cond_broadcast (&meeting->changed);
  while (meeting->holding < 2) {
    if (!g_cond_wait_until (&meeting->changed, &meeting->lock, deadline))
      g_error ("the other transaction never came");
  }
}

static gboolean
walk (PnDb *db, gpointer data, GError **error)
{
  static const char step_sql[] = "UPDATE account SET n = n + 1 WHERE id = ?";
  Walker *walker = data;

  if (!pn_db_exec (db, step_sql, PN_ARGS (pn_int (walker->first)), NULL, error))
    return FALSE;
  if (walker->runs++ == 0)
    meet (walker->meeting);
  /* Swallows the error: the transaction must run again all the same. */
  pn_db_exec (db, step_sql, PN_ARGS (pn_int (walker->second)), NULL, NULL);
  return TRUE;
}

static gpointer
walk_in_thread (gpointer data)
{
  g_autoptr (PnDb) db = open_again ();
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (db, walk, data, &error));
  pn_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static void
test_deadlock (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  Meeting meeting = { .holding = 0 };
  Walker walkers[2] = { { &meeting, 1, 2, 0 }, { &meeting, 2, 1, 0 } };
  GThread *threads[2];

  if (db == NULL)
    return;
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("walk", walk_in_thread, &walkers[i]);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (walkers[0].runs + walkers[1].runs, >=, 3);
  g_assert_cmpint (get (db, 1), ==, 2);
  g_assert_cmpint (get (db, 2), ==, 2);
}

/* The connection dies in the first two runs; with @catches, the body does not even look at the error. */
typedef struct {
  guint runs;
  gboolean catches;
} Victim;

static gboolean
be_killed (PnDb *db, gpointer data, GError **error)
{
  Victim *victim = data;

  if (!set (db, 1, 40 + victim->runs, error))
    return FALSE;
  if (victim->runs++ < 2) {
    g_assert_false (pn_db_exec (db, kill_sql, PN_NO_ARGS, NULL, victim->catches ? NULL : error));
    if (!victim->catches)
      return FALSE;
    g_assert_false (set (db, 2, 666, NULL)); /* nothing runs outside the lost transaction */
    return TRUE;
  }
  return set (db, 2, 50, error);
}

static void
test_killed (void)
{
  g_autoptr (PnDb) db = open_with_table ();

  if (db == NULL)
    return;
  for (int catches = 0; catches < 2; catches++) {
    g_autoptr (GError) error = NULL;
    Victim victim = { .catches = catches };

    g_assert_true (pn_db_run (db, be_killed, &victim, &error));
    pn_assert_no_error (error);
    g_assert_cmpuint (victim.runs, ==, 3);
    g_assert_cmpint (get (db, 1), ==, 42);
    g_assert_cmpint (get (db, 2), ==, 50);
  }
}

/* An idle connection that died is opened again by the next reading; a single write says so and may be repeated. */
static void
test_killed_while_idle (void)
{
  static const char kill_other_sql[] = "KILL ?";
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (PnDb) killer = db != NULL ? open_again () : NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_cmpint (get (db, 1), ==, 0);
  for (int round = 0; round < 2; round++) {
    g_autoptr (PnRows) rows = pn_db_query (db, "SELECT CONNECTION_ID()", PN_NO_ARGS, NULL);

    g_assert_true (pn_rows_next (rows));
    g_assert_true (
        pn_db_exec (killer, kill_other_sql, PN_ARGS (pn_int (pn_rows_int (rows, 0))), NULL, NULL));
    if (round == 0) {
      g_assert_cmpint (get (db, 1), ==, 0);
    } else {
      g_assert_false (set (db, 1, 3, &error));
      g_assert_error (error, PN_ERROR, PN_ERROR_TEMPORARY);
      g_assert_true (set (db, 1, 4, NULL));
      g_assert_cmpint (get (db, 1), ==, 4);
    }
  }
}

/* The connection dies after the body's last statement, so that COMMIT is what fails. */
typedef struct {
  PnDb *killer;
  guint runs;
  guint deaths;
} Committer;

static gboolean
die_before_commit (PnDb *db, gpointer data, GError **error)
{
  static const char kill_other_sql[] = "KILL ?";
  Committer *committer = data;
  g_autoptr (PnRows) rows = pn_db_query (db, "SELECT CONNECTION_ID()", PN_NO_ARGS, error);

  if (rows == NULL || !set (db, 1, 60 + committer->runs, error))
    return FALSE;
  pn_rows_next (rows);
  if (committer->runs++ < committer->deaths)
    g_assert_true (pn_db_exec (committer->killer, kill_other_sql,
                               PN_ARGS (pn_int (pn_rows_int (rows, 0))), NULL, NULL));
  return TRUE;
}

static void
test_commit_lost (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (PnDb) killer = db != NULL ? open_again () : NULL;
  g_autoptr (GError) error = NULL;
  Committer once = { .killer = killer, .deaths = 1 };
  Committer always = { .killer = killer, .deaths = G_MAXUINT };

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, die_before_commit, &once, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (once.runs, ==, 2);
  g_assert_cmpint (get (db, 1), ==, 61);
  g_assert_false (pn_db_run (db, die_before_commit, &always, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_UNCERTAIN);
  g_assert_cmpuint (always.runs, ==, 10);
}

/* Reads, then writes what it has read plus one: lost updates, were it not for innodb_snapshot_isolation. */
static gboolean
increment (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, get_sql, PN_ARGS (pn_int (1)), error);

  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  return set (db, 1, pn_rows_int (rows, 0) + 1, error);
}

static gpointer
increment_in_thread (gpointer data)
{
  g_autoptr (PnDb) db = open_again ();
  gint *acknowledged = data;

  for (int i = 0; i < ROUNDS; i++) {
    if (pn_db_run (db, increment, NULL, NULL))
      g_atomic_int_inc (acknowledged);
  }
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static void
test_no_lost_update (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (PnRows) known = NULL;
  gint acknowledged = 0;
  GThread *threads[2];

  if (db == NULL)
    return;
  known = pn_db_query (db, "SHOW VARIABLES LIKE 'innodb_snapshot_isolation'", PN_NO_ARGS, NULL);
  if (pn_rows_count (known) == 0) {
    g_test_skip ("SKIPPED: this MariaDB does not know innodb_snapshot_isolation");
    return;
  }
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("increment", increment_in_thread, &acknowledged);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (acknowledged, >, 0);
  g_assert_cmpint (get (db, 1), ==, acknowledged);
}

/* What the server refuses when the first rows are on their way already. */
typedef struct {
  const char *sql;
  PnDb *other;
  guint runs;
} Refused;

static gboolean
read_what_changed (PnDb *db, gpointer data, GError **error)
{
  Refused *refused = data;
  g_autoptr (PnRows) rows = NULL;

  get (db, 1); /* from here on it sees one state */
  if (refused->runs++ == 0)
    g_assert_true (set (refused->other, 2, 5, NULL));
  rows = pn_db_query (db, refused->sql, PN_NO_ARGS, error);
  return rows != NULL;
}

static gint64
connection_of (PnDb *db)
{
  g_autoptr (PnRows) rows = pn_db_query (db, "SELECT CONNECTION_ID()", PN_NO_ARGS, NULL);

  return rows != NULL && pn_rows_next (rows) ? pn_rows_int (rows, 0) : -1;
}

/* It runs once more over the connection that is there: what came of the first run does not stand in its way. */
static void
test_refused_in_rows (void)
{
  static const char *const statements[] = {
    "DELETE FROM account WHERE id IN (1, 2) RETURNING id",
    "SELECT n FROM account WHERE id IN (1, 2) FOR UPDATE",
    "SELECT n FROM account WHERE id IN (1, 2) LOCK IN SHARE MODE",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++) {
    g_autoptr (PnDb) db = open_with_table ();
    g_autoptr (PnDb) other = db != NULL ? open_again () : NULL;
    g_autoptr (GError) error = NULL;
    Refused refused = { statements[i], other, 0 };
    gint64 connection;

    if (db == NULL)
      return;
    connection = connection_of (db);
    g_assert_true (pn_db_run (db, read_what_changed, &refused, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (refused.runs, <=, 2); /* 1: no innodb_snapshot_isolation */
    g_assert_cmpint (connection_of (db), ==, connection);
  }
}

static void
test_open (void)
{
  static const PnDbTarget nobody_there = { .socket = "/nonexistent/socket", .user = "root" };
  g_autoptr (PnDb) db = pn_testdb_open_empty ();
  g_autoptr (GError) absent = NULL;
  g_autoptr (GError) denied = NULL;
  PnDbTarget stranger;

  if (db == NULL)
    return;
  g_assert_null (pn_db_open (&nobody_there, &absent));
  g_assert_error (absent, PN_ERROR, PN_ERROR_TEMPORARY);
  stranger = *pn_testdb_target ();
  stranger.user = "stranger";
  stranger.password = "hunter2";
  g_assert_null (pn_db_open (&stranger, &denied));
  g_assert_error (denied, PN_ERROR, PN_ERROR_DENIED);
  g_assert_null (strstr (denied->message, "hunter2"));
}

/* A statement of unbounded time is ended by the server, and the connection lives on. */
static void
test_patience (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (GError) error = NULL;
  static const char endless_sql[] =
      "SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b, seq_1_to_1000000 c WHERE a.seq <> b.seq";

  if (db == NULL)
    return;
  g_assert_true (pn_db_set_patience (db, 1, &error));
  g_assert_null (pn_db_query (db, endless_sql, PN_NO_ARGS, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (get (db, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/db-tx/commit-and-rollback", test_commit_and_rollback);
  g_test_add_func ("/db-tx/nested", test_nested);
  g_test_add_func ("/db-tx/savepoints", test_savepoints);
  g_test_add_func ("/db-tx/deadlock", test_deadlock);
  g_test_add_func ("/db-tx/killed", test_killed);
  g_test_add_func ("/db-tx/killed-while-idle", test_killed_while_idle);
  g_test_add_func ("/db-tx/commit-lost", test_commit_lost);
  g_test_add_func ("/db-tx/no-lost-update", test_no_lost_update);
  g_test_add_func ("/db-tx/refused-in-rows", test_refused_in_rows);
  g_test_add_func ("/db-tx/open", test_open);
  g_test_add_func ("/db-tx/patience", test_patience);
  return g_test_run ();
}
