/* The views for business tools: a user with the grants of postern-views(5) reads them all, and nothing else. */
#include <string.h>

#include "ticketing/core/db.h"
#include "ticketing/core/error.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

static const char *const views[] = { "v_ticket", "v_tag", "v_message", "v_answer",
                                     "v_event",  "v_sla", "v_survey" };

#define MANUAL "contrib/man/postern-views.5"

/* @sql stays as long as the program. */
static void
run (PnDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (db, sql, PN_NO_ARGS, NULL, &error);
  pn_assert_no_error (error);
}

/* Returns: (owned) the manual. */
static char *
read_manual (void)
{
  const char *top = g_getenv ("TOP_SRCDIR");
  g_autofree char *path = g_build_filename (top != NULL ? top : ".", MANUAL, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* Returns: (owned) the statements of the manual that begin with @verb, as they stand there. */
static GPtrArray *
find_statements (const char *manual, const char *verb)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *begin = g_strconcat ("\n", verb, " ", NULL);

  for (const char *at = strstr (manual, begin); at != NULL; at = strstr (at + 1, begin))
    g_ptr_array_add (list, g_strndup (at + 1, strcspn (at + 1, ";")));
  return list;
}

/* A reader with the grants of the manual, in this schema. */
static PnDb *
open_reader (PnDb *db, const char *manual)
{
  const PnDbTarget *there = pn_testdb_target ();
  g_autoptr (GPtrArray) grants = find_statements (manual, "GRANT");
  PnDbTarget target = *there;
  g_autoptr (GError) error = NULL;
  PnDb *reader;

  run (db, "CREATE OR REPLACE USER reader@localhost IDENTIFIED BY 'secret'");
  for (guint i = 0; i < grants->len; i++) {
    g_autoptr (GString) sql = g_string_new (grants->pdata[i]);

    g_string_replace (sql, "postern.", "", 1);
    run (db, g_intern_string (sql->str));
  }
  target.user = "reader";
  target.password = "secret";
  reader = pn_db_open (&target, &error);
  pn_assert_no_error (error);
  return reader;
}

/* The columns of a view stand in the manual in their order, so that none goes or comes in between unnoticed. */
static void
check_columns (PnDb *db, const char *manual, const char *view)
{
  g_autoptr (GString) columns = g_string_new (".br\n.Va");
  g_autofree char *entry = g_strdup_printf ("\n.It Va %s\n", view);
  g_auto (GStrv) halves = g_strsplit (manual, entry, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db,
                                         "SELECT COLUMN_NAME FROM information_schema.COLUMNS"
                                         " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?"
                                         " ORDER BY ORDINAL_POSITION LIMIT 100",
                                         PN_ARGS (pn_text (view)), &error);

  pn_assert_no_error (error);
  for (const char *comma = " "; pn_rows_next (rows); comma = " , ")
    g_string_append_printf (columns, "%s%s", comma, pn_rows_text (rows, 0));
  g_string_append_c (columns, '\n');
  g_assert_cmpuint (g_strv_length (halves), ==, 2);
  if (strstr (halves[1], columns->str) == NULL) {
    g_test_message ("%s has not of %s: %s", MANUAL, view, columns->str);
    g_test_fail ();
  }
}

/* What the manual shows as examples runs, and for a reader. */
static void
check_examples (PnDb *reader, const char *manual)
{
  g_autoptr (GPtrArray) examples = find_statements (manual, "SELECT");

  g_assert_cmpuint (examples->len, >=, 3);
  for (guint i = 0; i < examples->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnRows) rows = pn_db_query_built (reader, examples->pdata[i], PN_NO_ARGS, &error);

    if (error != NULL)
      g_test_message ("%s", (const char *) examples->pdata[i]);
    pn_assert_no_error (error);
  }
}

/* Every view that there is has a row above, so that none is forgotten in the manual. */
static void
check_list (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db,
                                         "SELECT TABLE_NAME FROM information_schema.VIEWS"
                                         " WHERE TABLE_SCHEMA = DATABASE() LIMIT 100",
                                         PN_NO_ARGS, &error);
  guint n = 0;

  pn_assert_no_error (error);
  while (pn_rows_next (rows)) {
    gboolean is_known = FALSE;

    n++;
    for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
      is_known = is_known || strcmp (views[i], pn_rows_text (rows, 0)) == 0;
    g_assert_true (is_known);
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (views));
}

static void
check_denied (const GError *error, const char *sql)
{
  if (error == NULL || strstr (error->message, "denied") == NULL) {
    g_test_message ("%s: %s", sql, error != NULL ? error->message : "done");
    g_test_fail ();
  }
}

static void
test_reader (void)
{
  static const char *const forbidden[] = {
    "INSERT INTO v_tag (ticket_id, tag) VALUES (1, 'x')",
    "UPDATE v_ticket SET subject = 'x'",
    "DELETE FROM v_tag",
    "DROP VIEW v_tag",
    "CREATE TABLE t (id INT)",
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) reader = NULL;
  g_autoptr (PnRows) tables = NULL;
  g_autofree char *manual = read_manual ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  check_list (db);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    check_columns (db, manual, views[i]);
  reader = open_reader (db, manual);
  check_examples (reader, manual);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++) {
    g_autofree char *sql = g_strdup_printf ("SELECT COUNT(*) FROM %s", views[i]);
    g_autoptr (PnRows) rows = pn_db_query_built (reader, sql, PN_NO_ARGS, &error);

    pn_assert_no_error (error);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (forbidden); i++) {
    g_autoptr (GError) problem = NULL;

    pn_db_exec (reader, forbidden[i], PN_NO_ARGS, NULL, &problem);
    check_denied (problem, forbidden[i]);
  }
  tables = pn_db_query (
      db,
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
      " AND TABLE_TYPE = 'BASE TABLE' LIMIT 1000",
      PN_NO_ARGS, &error);
  pn_assert_no_error (error);
  while (pn_rows_next (tables)) {
    g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM `%s` LIMIT 1", pn_rows_text (tables, 0));
    g_autoptr (GError) problem = NULL;
    g_autoptr (PnRows) rows = pn_db_query_built (reader, sql, PN_NO_ARGS, &problem);

    check_denied (problem, sql);
  }
  run (db, "DROP USER reader@localhost");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/views/reader", test_reader);
  return g_test_run ();
}
