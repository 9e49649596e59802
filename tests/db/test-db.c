#include "ticketing/core/db.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/db_where.h"
#include "ticketing/core/error.h"

#define LONG_TEXT_BYTES (3 * 1024 * 1024)

static const char make_sql[] =
    "CREATE TABLE t (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
    " n BIGINT NULL, r DOUBLE NULL, s LONGTEXT NULL, b LONGBLOB NULL, short VARCHAR(4) NULL,"
    " small TINYINT NULL, UNIQUE KEY t_n (n))";
static const char add_sql[] = "INSERT INTO t (n, r, s, b) VALUES (?, ?, ?, ?)";
static const char add_n_sql[] = "INSERT INTO t (n) VALUES (?)";
static const char find_sql[] = "SELECT n, r, s, b FROM t WHERE id = ?";
static const char count_sql[] = "SELECT COUNT(*) FROM t";

static PnDb *
open_with_table (void)
{
  g_autoptr (GError) error = NULL;
  PnDb *db = pn_testdb_open_empty ();

  if (db != NULL)
    pn_db_exec (db, make_sql, PN_NO_ARGS, NULL, &error);
  g_assert_no_error (error);
  return db;
}

static gint64
number (PnDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, &error);

  g_assert_no_error (error);
  g_assert_true (pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

static void
test_values (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autofree char *long_text = g_strnfill (LONG_TEXT_BYTES, 'x');
  const struct {
    PnValue n, r, s, b;
  } cases[] = {
    { pn_int (G_MAXINT64), pn_real (0.1), pn_text (""), pn_bytes ("", 0) },
    { pn_int (G_MININT64), pn_real (-1e300), pn_text ("Grüße 🎉 日本"), pn_bytes ("a\0b\xff", 4) },
    { pn_int (0), pn_real (0), pn_text (long_text), pn_bytes (long_text, LONG_TEXT_BYTES) },
    { pn_int_or_null (0), { .kind = PN_VALUE_NULL }, pn_text (NULL), pn_bytes (NULL, 7) },
  };

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnRows) rows = NULL;
    gint64 id = 0;
    gsize size = 0;
    const void *bytes;

    pn_db_insert (db, add_sql, PN_ARGS (cases[i].n, cases[i].r, cases[i].s, cases[i].b), &id,
                  &error);
    pn_assert_no_error (error);
    g_assert_cmpint (id, ==, i + 1);
    rows = pn_db_query (db, find_sql, PN_ARGS (pn_int (id)), &error);
    pn_assert_no_error (error);
    g_assert_cmpuint (pn_rows_count (rows), ==, 1);
    g_assert_true (pn_rows_next (rows));
    g_assert_cmpint (pn_rows_is_null (rows, 0), ==, cases[i].n.kind == PN_VALUE_NULL);
    g_assert_cmpint (pn_rows_int (rows, 0), ==, cases[i].n.number);
    g_assert_cmpfloat (pn_rows_real (rows, 1), ==, cases[i].r.real);
    g_assert_cmpstr (pn_rows_text (rows, 2), ==, cases[i].s.bytes);
    bytes = pn_rows_bytes (rows, 3, &size);
    g_assert_cmpmem (bytes, size, cases[i].b.bytes, cases[i].b.size_bytes);
    g_assert_false (pn_rows_next (rows));
  }
}

static void
test_kinds (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = NULL;

  if (db == NULL)
    return;
  pn_db_exec (db, "INSERT INTO t (n, small) VALUES (7, -1), (35, 2)", PN_NO_ARGS, NULL, &error);
  pn_assert_no_error (error);
  rows = pn_db_query (db, "SELECT SUM(n), AVG(n), MIN(small), MAX(s), @@time_zone FROM t",
                      PN_NO_ARGS, &error);
  pn_assert_no_error (error);
  g_assert_true (pn_rows_next (rows));
  g_assert_cmpint (pn_rows_int (rows, 0), ==, 42);
  g_assert_cmpfloat (pn_rows_real (rows, 1), ==, 21.0);
  g_assert_cmpint (pn_rows_int (rows, 2), ==, -1);
  g_assert_true (pn_rows_is_null (rows, 3));
  g_assert_null (pn_rows_text (rows, 3));
  g_assert_cmpstr (pn_rows_text (rows, 4), ==, "+00:00");
}

static void
test_errors (void)
{
  static const struct {
    const char *sql;
    PnErrorCode code;
  } cases[] = {
    { "INSERT INTO t (id) VALUES (1)", PN_ERROR_CONFLICT },
    { "INSERT INTO t (short) VALUES ('anna@customer.example')", PN_ERROR_INVALID },
    { "INSERT INTO t (small) VALUES (1000)", PN_ERROR_INVALID },
    { "INSERT INTO t (n) VALUES ('anna@customer.example')", PN_ERROR_INVALID },
    { "SELECT 1 FROM nowhere", PN_ERROR_PERMANENT },
    { "SELEC", PN_ERROR_PERMANENT },
  };
  g_autoptr (PnDb) db = open_with_table ();

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db, "INSERT INTO t (id, s) VALUES (1, 'a')", PN_NO_ARGS, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].sql);
    g_assert_false (pn_db_exec (db, cases[i].sql, PN_NO_ARGS, NULL, &error));
    g_assert_error (error, PN_ERROR, (int) cases[i].code);
    g_assert_null (strstr (error->message, "anna@"));
  }
  g_assert_cmpint (number (db, count_sql), ==, 1);
}

/* The words of a duplicate name the key, never the value. */
static void
test_duplicate (void)
{
  g_autoptr (PnDb) db = pn_testdb_open_empty ();
  g_autoptr (GError) error = NULL;
  static const char add[] = "INSERT INTO who (name) VALUES (?)";

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db, "CREATE TABLE who (name VARCHAR(99), UNIQUE KEY who_name (name))",
                             PN_NO_ARGS, NULL, NULL));
  g_assert_true (pn_db_exec (db, add, PN_ARGS (pn_text ("o'hara' for sale")), NULL, NULL));
  g_assert_false (pn_db_exec (db, add, PN_ARGS (pn_text ("o'hara' for sale")), NULL, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_assert_cmpstr (error->message, ==,
                   "database: Duplicate entry '…' for key 'who_name' (error 1062)");
}

static void
test_affected (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  static const char set_sql[] = "UPDATE t SET n = ? WHERE n = 1";
  gint64 affected = -1;

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db, add_n_sql, PN_ARGS (pn_int (1)), &affected, NULL));
  g_assert_cmpint (affected, ==, 1);
  g_assert_true (pn_db_exec (db, set_sql, PN_ARGS (pn_int (1)), &affected, NULL));
  g_assert_cmpint (affected, ==, 0); /* found, yet not changed */
  g_assert_true (pn_db_exec (db, set_sql, PN_ARGS (pn_int (2)), &affected, NULL));
  g_assert_cmpint (affected, ==, 1);
}

static void
test_returning (void)
{
  g_autoptr (PnDb) db = open_with_table ();
  g_autoptr (PnRows) rows = NULL;

  if (db == NULL)
    return;
  rows = pn_db_query (db, "INSERT INTO t (n) VALUES (?) RETURNING id", PN_ARGS (pn_int (5)), NULL);
  g_assert_true (pn_rows_next (rows));
  g_assert_cmpint (pn_rows_int (rows, 0), ==, 1);
  g_assert_cmpint (number (db, count_sql), ==, 1);
}

/* Pages of a composed query meet every row once, also where keys are equal. */
static void
test_pages (void)
{
  static const PnOrder order = { "t.small", "t.id", TRUE };
  g_autoptr (PnDb) db = open_with_table ();
  gint64 last_key = 0;
  gint64 last_id = 0;
  gsize n = 0;

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db,
                             "INSERT INTO t (small) VALUES (3), (1), (2), (2), (2), (2), (5), (9)",
                             PN_NO_ARGS, NULL, NULL));
  for (;;) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnWhere) where = pn_where_new ("SELECT t.id, t.small FROM t");
    PnValue after = pn_int (last_key);
    g_autoptr (PnRows) rows = NULL;

    pn_where_add (where, "t.small < ?", PN_ARGS (pn_int (9)));
    pn_where_page (where, &order, n > 0 ? &after : NULL, last_id, 3);
    rows = pn_where_query (where, db, &error);
    pn_assert_no_error (error);
    if (pn_rows_count (rows) == 0)
      break;
    while (pn_rows_next (rows)) {
      if (n++ > 0)
        g_assert_true (pn_rows_int (rows, 1) < last_key
                       || (pn_rows_int (rows, 1) == last_key && pn_rows_int (rows, 0) < last_id));
      last_id = pn_rows_int (rows, 0);
      last_key = pn_rows_int (rows, 1);
    }
  }
  g_assert_cmpuint (n, ==, 7);
}

static gint64
count_built (PnDb *db, gint64 limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnWhere) where = pn_where_new ("SELECT t.n FROM t");
  g_autoptr (PnRows) rows = NULL;

  for (gint64 n = 0; n < limit; n++)
    pn_where_add (where, "t.n <> ?", PN_ARGS (pn_int (n)));
  rows = pn_where_query (where, db, &error);
  pn_assert_no_error (error);
  return (gint64) pn_rows_count (rows);
}

/* What was built is prepared once, as long as the connection lives, and reads what is there now. */
static void
test_built (void)
{
  static const char prepared_sql[] = "SELECT CAST(VARIABLE_VALUE AS SIGNED)"
                                     " FROM information_schema.SESSION_STATUS"
                                     " WHERE VARIABLE_NAME = 'COM_STMT_PREPARE'";
  static const char open_sql[] = "SELECT CAST(VARIABLE_VALUE AS SIGNED)"
                                 " FROM information_schema.GLOBAL_STATUS"
                                 " WHERE VARIABLE_NAME = 'PREPARED_STMT_COUNT'";
  g_autoptr (PnDb) db = open_with_table ();
  gint64 prepared, few;

  if (db == NULL)
    return;
  g_assert_cmpint (count_built (db, 1), ==, 0);
  prepared = number (db, prepared_sql);
  g_assert_true (
      pn_db_exec (db, "INSERT INTO t (n) VALUES (0), (200), (201)", PN_NO_ARGS, NULL, NULL));
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (count_built (db, 1), ==, 2);
  g_assert_cmpint (number (db, prepared_sql), ==, prepared + 1); /* the INSERT */
  few = number (db, open_sql);
  for (gint64 n = 1; n <= 150; n++)
    g_assert_cmpint (count_built (db, n), ==, 2);
  g_assert_cmpint (number (db, open_sql), <, few + 75);
  g_assert_true (pn_db_set_patience (db, 7, NULL));
  g_assert_cmpint (count_built (db, 1), ==, 2);
}

static void
test_clock (void)
{
  g_autoptr (PnDb) db = pn_testdb_open_empty ();
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_real_time ();

  if (db == NULL)
    return;
  pn_clock_set_database_now (before + PN_DAY);
  g_assert_cmpint (pn_clock_now (), >=, before + PN_DAY);
  g_assert_true (pn_db_sync_clock (db, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (ABS (pn_clock_now () - g_get_real_time ()), <, PN_HOUR);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/db/values", test_values);
  g_test_add_func ("/db/kinds", test_kinds);
  g_test_add_func ("/db/errors", test_errors);
  g_test_add_func ("/db/duplicate", test_duplicate);
  g_test_add_func ("/db/affected", test_affected);
  g_test_add_func ("/db/returning", test_returning);
  g_test_add_func ("/db/pages", test_pages);
  g_test_add_func ("/db/built", test_built);
  g_test_add_func ("/db/clock", test_clock);
  return g_test_run ();
}
