/* The views for business tools: a user with the grants of postern-views(5) reads them all, and nothing else. */
#include <string.h>

#include "ticketing/core/db.h"
#include "ticketing/core/error.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

static const char *const views[] = { "v_ticket", "v_tag", "v_message", "v_answer",
                                     "v_event",  "v_sla", "v_survey" };

#define GRANT(view) "GRANT SELECT ON " view " TO bi@localhost"

/* @sql: a literal. */
static void
run (PnDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (db, sql, PN_NO_ARGS, NULL, &error);
  pn_assert_no_error (error);
}

static PnDb *
open_reader (PnDb *db)
{
  const PnDbTarget *there = pn_testdb_target ();
  PnDbTarget target = *there;
  g_autoptr (GError) error = NULL;
  PnDb *reader;

  run (db, "CREATE OR REPLACE USER bi@localhost IDENTIFIED BY 'secret'");
  run (db, GRANT ("v_ticket"));
  run (db, GRANT ("v_tag"));
  run (db, GRANT ("v_message"));
  run (db, GRANT ("v_answer"));
  run (db, GRANT ("v_event"));
  run (db, GRANT ("v_sla"));
  run (db, GRANT ("v_survey"));
  target.user = "bi";
  target.password = "secret";
  reader = pn_db_open (&target, &error);
  pn_assert_no_error (error);
  return reader;
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
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  check_list (db);
  reader = open_reader (db);
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
  run (db, "DROP USER bi@localhost");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/views/reader", test_reader);
  return g_test_run ();
}
