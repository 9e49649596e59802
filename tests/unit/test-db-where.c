#include "ticketing/core/db_where.h"

#include "tests/lib/test.h"

static const PnOrder orders[] = {
  { "t.updated_at", "t.id", TRUE },
  { "t.id", "t.id", FALSE },
};

static void
test_text (void)
{
  static const gint64 ids[] = { 4, 5, 6 };
  g_autoptr (PnWhere) where =
      pn_where_new ("SELECT t.id FROM ticket AS t JOIN person AS p ON p.id = t.person_id");
  PnValue after = pn_int (1000);
  gsize n = 0;

  g_assert_cmpstr (pn_where_text (where, &n), ==,
                   "SELECT t.id FROM ticket AS t JOIN person AS p ON p.id = t.person_id");
  g_assert_cmpuint (n, ==, 0);
  pn_where_add (where, "t.status = ? OR p.name = ?",
                PN_ARGS (pn_int (1), pn_text ("x'; DROP TABLE t")));
  pn_where_add_ids (where, "t.queue_id", ids, G_N_ELEMENTS (ids));
  pn_where_page (where, &orders[0], &after, 17, 50);
  g_assert_cmpstr (pn_where_text (where, &n), ==,
                   "SELECT t.id FROM ticket AS t JOIN person AS p ON p.id = t.person_id"
                   " WHERE (t.status = ? OR p.name = ?) AND (t.queue_id IN (?, ?, ?))"
                   " AND (t.updated_at <= ? AND (t.updated_at < ? OR t.id < ?))"
                   " ORDER BY t.updated_at DESC, t.id DESC LIMIT ?");
  g_assert_cmpuint (n, ==, 2 + 3 + 3 + 1);
}

static void
test_ends (void)
{
  g_autoptr (PnWhere) first = pn_where_new ("SELECT t.id FROM ticket AS t");
  g_autoptr (PnWhere) nothing = pn_where_new ("SELECT t.id FROM ticket AS t");

  pn_where_page (first, &orders[1], NULL, 0, 10);
  g_assert_cmpstr (pn_where_text (first, NULL), ==,
                   "SELECT t.id FROM ticket AS t ORDER BY t.id ASC, t.id ASC LIMIT ?");
  pn_where_add_ids (nothing, "t.queue_id", NULL, 0);
  g_assert_cmpstr (pn_where_text (nothing, NULL), ==, "SELECT t.id FROM ticket AS t WHERE (1 = 0)");
}

/* A condition that does not fit its values is a bug of ours and adds nothing. */
static void
test_marks (void)
{
  g_autoptr (PnWhere) where = pn_where_new ("SELECT 1 FROM ticket AS t");

  g_test_expect_message ("postern", G_LOG_LEVEL_CRITICAL, "*count_marks*");
  pn_where_add (where, "t.id = ? AND t.status = ?", PN_ARGS (pn_int (1)));
  g_test_assert_expected_messages ();
  g_assert_cmpstr (pn_where_text (where, NULL), ==, "SELECT 1 FROM ticket AS t");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/db-where/text", test_text);
  g_test_add_func ("/db-where/ends", test_ends);
  g_test_add_func ("/db-where/marks", test_marks);
  return g_test_run ();
}
