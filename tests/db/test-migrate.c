#include "ticketing/core/migrate.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/schema.h"

static const PnMigration first = {
  .name = "0001_a",
  .sql = "-- one; two\nCREATE TABLE IF NOT EXISTS a (n BIGINT PRIMARY KEY);\n"
         "INSERT IGNORE INTO a (n) VALUES (1);\n",
};
static const PnMigration edited = { .name = "0001_a",
                                    .sql = "CREATE TABLE IF NOT EXISTS a (m BIGINT);" };
static const PnMigration second = {
  .name = "0002_b",
  .sql =
      "CREATE TABLE IF NOT EXISTS b (n BIGINT PRIMARY KEY, s TEXT DEFAULT 'x;''y') ENGINE=InnoDB;",
};
static const PnMigration broken = {
  .name = "0002_b",
  .sql = "CREATE TABLE IF NOT EXISTS b (n BIGINT PRIMARY KEY); CREATE TABLE c (oops);",
};

static void
test_split (void)
{
  static const struct {
    const char *sql;
    const char *statements; /* joined by | */
  } cases[] = {
    { "", "" },
    { "-- nothing; at all\n", "" },
    { "A;B;", "A|B" },
    { "A; -- c;\nB", "A|-- c;\nB" },
    { "A 'x;y' ; B \"x;\" ; C `;`;", "A 'x;y'|B \"x;\"|C `;`" },
    { "A 'it''s;' ; B '\\';';", "A 'it''s;'|B '\\';'" },
    { "A 'unclosed;", "A 'unclosed;" },
    { ";;", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) statements = pn_migrate_split (cases[i].sql);
    g_autofree char *joined = g_strjoinv ("|", statements);

    g_assert_cmpstr (joined, ==, cases[i].statements);
  }
}

/* Each migration of ours may run again from its first statement, and every table has a primary key and our engine. */
static void
test_schema (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = NULL;
  gsize n = 0;
  gsize pending = 99;
  const PnMigration *list = pn_schema (&n);

  if (db == NULL)
    return;
  g_assert_cmpuint (n, >, 1);
  g_assert_true (pn_migrate_pending (db, list, n, &pending, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (pending, ==, 0);
  g_assert_true (pn_db_exec (db, "DELETE FROM migration", PN_NO_ARGS, NULL, NULL));
  g_assert_true (pn_migrate (db, list, n, &error));
  pn_assert_no_error (error);
  rows = pn_db_query (db,
                      "SELECT t.table_name FROM information_schema.tables t"
                      " WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'"
                      " AND (t.engine <> 'InnoDB'"
                      " OR t.table_collation NOT LIKE 'utf8mb4%' OR NOT EXISTS (SELECT 1"
                      " FROM information_schema.table_constraints c"
                      " WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name"
                      " AND c.constraint_type = 'PRIMARY KEY'))",
                      PN_NO_ARGS, &error);
  pn_assert_no_error (error);
  while (pn_rows_next (rows)) {
    g_test_message ("the table %s has no primary key or not our engine", pn_rows_text (rows, 0));
    g_test_fail ();
  }
}

static void
test_steps (void)
{
  g_autoptr (PnDb) db = pn_testdb_open_empty ();
  g_autoptr (PnRows) rows = NULL;
  const struct {
    PnMigration list[2];
    gsize n;
    int code; /* -1: works */
    const char *words;
  } steps[] = {
    { { first }, 1, -1, NULL },
    { { first }, 1, -1, NULL },
    { { edited }, 1, PN_ERROR_PERMANENT, "0001_a was edited" },
    { { first, broken }, 2, PN_ERROR_PERMANENT, "migration 0002_b, statement 2: " },
    { { first, second }, 2, -1, NULL },
    { { first }, 1, PN_ERROR_PERMANENT, "newer than this program" },
  };

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GError) error = NULL;
    gboolean is_done = pn_migrate (db, steps[i].list, steps[i].n, &error);

    g_test_message ("step %d: %s", (int) i, error != NULL ? error->message : "fine");
    g_assert_cmpint (is_done, ==, steps[i].code == -1);
    g_assert_cmpint (error != NULL ? error->code : -1, ==, steps[i].code);
    if (steps[i].words != NULL)
      g_assert_nonnull (strstr (error->message, steps[i].words));
  }
  rows = pn_db_query (db, "SELECT COUNT(*), MAX(owner) FROM a, migration_lock", PN_NO_ARGS, NULL);
  g_assert_true (pn_rows_next (rows));
  g_assert_cmpint (pn_rows_int (rows, 0), ==, 1);
  g_assert_cmpstr (pn_rows_text (rows, 1), ==, "");
}

static gpointer
migrate_in_thread (gpointer data)
{
  g_autoptr (PnDb) db = pn_db_open (pn_testdb_target (), NULL);
  g_autoptr (GError) error = NULL;
  gsize n = 0;
  const PnMigration *list = pn_schema (&n);

  g_assert_nonnull (db);
  g_assert_true (pn_migrate (db, list, n, &error));
  pn_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static void
test_race (void)
{
  g_autoptr (PnDb) db = pn_testdb_open_empty ();
  GThread *threads[3];
  gsize n = 0;
  gsize pending = 99;
  const PnMigration *list = pn_schema (&n);

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("migrate", migrate_in_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_true (pn_migrate_pending (db, list, n, &pending, NULL));
  g_assert_cmpuint (pending, ==, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/migrate/split", test_split);
  g_test_add_func ("/migrate/schema", test_schema);
  g_test_add_func ("/migrate/steps", test_steps);
  g_test_add_func ("/migrate/race", test_race);
  return g_test_run ();
}
