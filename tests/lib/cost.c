#include "tests/lib/cost.h"

#include <string.h>

/* What reading the counters itself costs: the rows of the answer go through a temporary table. */
#define SLACK 200

static const char status_sql[] =
    "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' OR Variable_name = 'Sort_rows'";

PnTestCost
pn_test_cost (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query_built (db, status_sql, PN_NO_ARGS, &error);
  PnTestCost cost = { 0 };

  g_assert_no_error (error);
  while (rows != NULL && pn_rows_next (rows)) {
    gint64 number = g_ascii_strtoll (pn_rows_text (rows, 1), NULL, 10);

    if (strcmp (pn_rows_text (rows, 0), "Sort_rows") == 0)
      cost.rows_sorted += number;
    else
      cost.rows_read += number;
  }
  return cost;
}

void
pn_test_assert_cost (PnDb *db, const PnTestCost *before, gint64 rows_read, gint64 rows_sorted)
{
  PnTestCost now = pn_test_cost (db);

  g_assert_cmpint (now.rows_read - before->rows_read, <=, rows_read + SLACK);
  g_assert_cmpint (now.rows_sorted - before->rows_sorted, <=, rows_sorted + SLACK);
}
