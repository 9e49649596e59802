/* Statements that are put off until the transaction commits: nobody may see the difference but by speed. */
#include "ticketing/core/db.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

#define MANY 600 /* more than go in one packet */

static const char make_sql[] = "CREATE TABLE note (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,"
                               " number BIGINT NULL, part DOUBLE NULL, text VARCHAR(100) NULL,"
                               " bytes VARBINARY(100) NULL)";
static const char make_flag_sql[] =
    "CREATE TABLE flag (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)";
static const char fill_flag_sql[] = "INSERT INTO flag (id, n) VALUES (1, 0), (2, 0), (3, 0)";
static const char add_sql[] = "INSERT INTO note (number, part, text, bytes) VALUES (?, ?, ?, ?)";
static const char add_number_sql[] = "INSERT INTO note (number) VALUES (?)";
static const char count_sql[] = "SELECT COUNT(*) FROM note";
static const char all_sql[] = "SELECT number, part, text, bytes FROM note ORDER BY id";
static const char numbers_sql[] = "SELECT number FROM note ORDER BY id";
static const char flag_sql[] = "UPDATE flag SET n = ? WHERE id = ?";
static const char flags_sql[] = "SELECT SUM(n) FROM flag";
static const char executed_sql[] =
    "SELECT CAST(VARIABLE_VALUE AS INTEGER) FROM information_schema.SESSION_STATUS"
    " WHERE VARIABLE_NAME = 'QUESTIONS'";

static PnDb *
open_with_tables (void)
{
  PnDb *db = pn_testdb_open_empty ();

  if (db != NULL) {
    g_assert_true (pn_db_exec (db, make_sql, PN_NO_ARGS, NULL, NULL));
    g_assert_true (pn_db_exec (db, make_flag_sql, PN_NO_ARGS, NULL, NULL));
    g_assert_true (pn_db_exec (db, fill_flag_sql, PN_NO_ARGS, NULL, NULL));
  }
  return db;
}

static gint64
ask (PnDb *db, const char *sql)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, NULL);

  return rows != NULL && pn_rows_next (rows) ? pn_rows_int (rows, 0) : -1;
}

static gboolean
later (PnDb *db, gint64 number, GError **error)
{
  return pn_db_later (db, add_number_sql, PN_ARGS (pn_int (number)), FALSE, error);
}

static const struct {
  PnValueKind kinds[4];
  gint64 number;
  double part;
  const char *text;
  const char *bytes;
} samples[] = {
  { { PN_VALUE_NULL, PN_VALUE_NULL, PN_VALUE_NULL, PN_VALUE_NULL }, 0, 0, NULL, NULL },
  { { PN_VALUE_INT, PN_VALUE_REAL, PN_VALUE_TEXT, PN_VALUE_BYTES }, -5, 0.5, "Grüße", "\xff\x01" },
  { { PN_VALUE_INT, PN_VALUE_REAL, PN_VALUE_TEXT, PN_VALUE_BYTES }, 0, 0, "", "" },
  { { PN_VALUE_INT, PN_VALUE_NULL, PN_VALUE_TEXT, PN_VALUE_NULL }, G_MAXINT64, 0, "it's", NULL },
};

static gboolean
add_samples (PnDb *db, gpointer data, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    char text[20];
    const PnValue args[] = {
      { .kind = samples[i].kinds[0], .number = samples[i].number },
      { .kind = samples[i].kinds[1], .real = samples[i].part },
      samples[i].text != NULL ? pn_text (strcpy (text, samples[i].text)) : pn_text (NULL),
      pn_bytes (samples[i].bytes, samples[i].bytes != NULL ? strlen (samples[i].bytes) : 0),
    };

    if (!pn_db_later (db, add_sql, args, G_N_ELEMENTS (args), FALSE, error))
      return FALSE;
    memset (text, 'x', sizeof text); /* the values are copied */
  }
  return TRUE;
}

/* They are the first rows. */
static void
assert_samples (PnDb *db)
{
  g_autoptr (PnRows) rows = pn_db_query (db, all_sql, PN_NO_ARGS, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    gsize size = 0;

    g_assert_true (pn_rows_next (rows));
    for (guint k = 0; k < 4; k++)
      g_assert_cmpint (pn_rows_is_null (rows, k), ==, samples[i].kinds[k] == PN_VALUE_NULL);
    g_assert_cmpint (pn_rows_int (rows, 0), ==, samples[i].number);
    g_assert_cmpfloat (pn_rows_real (rows, 1), ==, samples[i].part);
    g_assert_cmpstr (pn_rows_text (rows, 2), ==, samples[i].text);
    pn_rows_bytes (rows, 3, &size);
    g_assert_cmpstr (pn_rows_text (rows, 3), ==, samples[i].bytes);
  }
}

static void
test_values (void)
{
  g_autoptr (PnDb) db = open_with_tables ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, add_samples, NULL, &error));
  g_assert_no_error (error);
  assert_samples (db);
  g_assert_cmpint (ask (db, count_sql), ==, G_N_ELEMENTS (samples));
}

static gboolean
add_many (PnDb *db, gpointer data, GError **error)
{
  const gint64 before = ask (db, executed_sql);

  for (guint i = 0; i < MANY; i++) {
    if (!later (db, i, error))
      return FALSE;
  }
  *(gint64 *) data = ask (db, executed_sql) - before;
  return TRUE;
}

static void
test_many_at_once (void)
{
  g_autoptr (PnDb) db = open_with_tables ();
  g_autoptr (PnRows) rows = NULL;
  gint64 asked = 0;

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, add_many, &asked, NULL));
  g_assert_cmpint (asked, <, 10);
  rows = pn_db_query (db, numbers_sql, PN_NO_ARGS, NULL);
  for (guint i = 0; i < MANY; i++) {
    g_assert_true (pn_rows_next (rows));
    g_assert_cmpint (pn_rows_int (rows, 0), ==, i);
  }
  g_assert_false (pn_rows_next (rows));
}

static gboolean
read_own (PnDb *db, gpointer data, GError **error)
{
  static const char double_sql[] = "UPDATE note SET number = number * 2";

  if (!later (db, 1, error) || !later (db, 2, error))
    return FALSE;
  g_assert_cmpint (ask (db, count_sql), ==, 2);
  return later (db, 3, error) && pn_db_exec (db, double_sql, PN_NO_ARGS, NULL, error)
         && later (db, 4, error);
}

static void
test_seen_by_the_transaction (void)
{
  static const char sum_sql[] = "SELECT SUM(number) FROM note";
  g_autoptr (PnDb) db = open_with_tables ();

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, read_own, NULL, NULL));
  g_assert_cmpint (ask (db, sum_sql), ==, 2 + 4 + 6 + 4);
}

static gboolean
add_and_refuse (PnDb *db, gpointer data, GError **error)
{
  if (later (db, 1, error))
    pn_error_set (error, PN_ERROR_DENIED, "no");
  return FALSE;
}

static gboolean
try_and_go_on (PnDb *db, gpointer data, GError **error)
{
  return later (db, 10, error) && !pn_db_try (db, add_and_refuse, NULL, NULL)
         && later (db, 11, error);
}

static void
test_undone (void)
{
  g_autoptr (PnDb) db = open_with_tables ();

  if (db == NULL)
    return;
  g_assert_false (pn_db_run (db, add_and_refuse, NULL, NULL));
  g_assert_cmpint (ask (db, count_sql), ==, 0);
  g_assert_true (pn_db_run (db, try_and_go_on, NULL, NULL));
  g_assert_cmpint (ask (db, count_sql), ==, 2);
}

static gboolean
raise_flags (PnDb *db, gpointer data, GError **error)
{
  for (gint64 i = 1; i <= *(gint64 *) data; i++) {
    if (!pn_db_later (db, flag_sql, PN_ARGS (pn_int (1), pn_int (i)), TRUE, error))
      return FALSE;
  }
  return TRUE;
}

static void
test_must_change (void)
{
  static const struct {
    gint64 n;
    gboolean is_good;
  } cases[] = { { 4, FALSE }, { 3, TRUE }, { 1, FALSE } };
  g_autoptr (PnDb) db = open_with_tables ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 n = cases[i].n;

    g_assert_cmpint (pn_db_run (db, raise_flags, &n, &error), ==, cases[i].is_good);
    if (!cases[i].is_good)
      g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
    g_assert_cmpint (ask (db, flags_sql), ==, i == 0 ? 0 : 3);
  }
}

static gboolean
finish_at_once (PnDb *db, gpointer data, GError **error)
{
  gint64 *sent = data;
  const gint64 one = 1;

  pn_db_finish_at_once (db);
  if (!add_samples (db, NULL, error) || !later (db, 7, error)
      || !raise_flags (db, (gpointer) &one, error) || !later (db, 8, error))
    return FALSE;
  *sent = ask (db, executed_sql);
  return TRUE;
}

/* With COMMIT in one message: the same rows in the same order. */
static void
test_with_commit (void)
{
  g_autoptr (PnDb) db = open_with_tables ();
  g_autoptr (PnDb) other = NULL;
  g_autoptr (GError) error = NULL;
  gint64 sent = 0;

  if (db == NULL)
    return;
  other = pn_db_open (pn_testdb_target (), &error);
  g_assert_true (pn_db_run (db, finish_at_once, &sent, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (ask (db, executed_sql) - sent, ==, 2); /* it, and the question */
  g_assert_cmpint (pn_db_held (db), >=, 0);
  assert_samples (other);
  g_assert_cmpint (ask (other, count_sql), ==, G_N_ELEMENTS (samples) + 2);
  g_assert_cmpint (ask (other, flags_sql), ==, 1);
}

/* The first time its flag is not there any more. */
static gboolean
be_beaten (PnDb *db, gpointer data, GError **error)
{
  guint *runs = data;
  const gint64 id = (*runs)++ == 0 ? 9 : 1;

  pn_db_finish_at_once (db);
  return later (db, 1, error)
         && pn_db_later (db, flag_sql, PN_ARGS (pn_int (1), pn_int (id)), TRUE, error);
}

static gboolean
add_twice (PnDb *db, gpointer data, GError **error)
{
  static const char add_flag_sql[] = "INSERT INTO flag (id, n) VALUES (?, 0)";

  pn_db_finish_at_once (db);
  return later (db, 5, error) && pn_db_later (db, add_flag_sql, PN_ARGS (pn_int (3)), FALSE, error);
}

/* A row that had to change and did not: all of it is undone and runs again. A duplicate is a conflict. */
static void
test_with_commit_undone (void)
{
  g_autoptr (PnDb) db = open_with_tables ();
  g_autoptr (GError) error = NULL;
  guint runs = 0;

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, be_beaten, &runs, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (runs, ==, 2);
  g_assert_cmpint (ask (db, count_sql), ==, 1);
  g_assert_cmpint (ask (db, flags_sql), ==, 1);
  g_assert_false (pn_db_run (db, add_twice, NULL, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_assert_cmpint (ask (db, count_sql), ==, 1);
}

static void
test_without_transaction (void)
{
  g_autoptr (PnDb) db = open_with_tables ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_true (later (db, 1, NULL));
  g_assert_cmpint (ask (db, count_sql), ==, 1);
  g_assert_false (pn_db_later (db, flag_sql, PN_ARGS (pn_int (1), pn_int (9)), TRUE, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/db-later/values", test_values);
  g_test_add_func ("/db-later/many-at-once", test_many_at_once);
  g_test_add_func ("/db-later/seen-by-the-transaction", test_seen_by_the_transaction);
  g_test_add_func ("/db-later/undone", test_undone);
  g_test_add_func ("/db-later/must-change", test_must_change);
  g_test_add_func ("/db-later/with-commit", test_with_commit);
  g_test_add_func ("/db-later/with-commit-undone", test_with_commit_undone);
  g_test_add_func ("/db-later/without-transaction", test_without_transaction);
  return g_test_run ();
}
