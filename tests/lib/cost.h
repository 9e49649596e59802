/* Cost: how many rows the database touched, so that a test can show that a query uses an index and does not grow.
 * It measures the statements that really ran, on data large enough that a scan would stand out; never a time. */
#pragma once

#include "ticketing/core/db.h"

typedef struct {
  gint64 rows_read;   /* all Handler_read_* of this connection */
  gint64 rows_sorted; /* Sort_rows */
} PnTestCost;

/* What this connection cost so far. */
PnTestCost pn_test_cost (PnDb *db);

/* Fails the test when more than @rows_read rows were read, or @rows_sorted sorted, since @before. */
void pn_test_assert_cost (PnDb *db, const PnTestCost *before, gint64 rows_read, gint64 rows_sorted);
