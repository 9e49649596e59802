/* Expect: when an answer can be expected, from what was answered in the last days; counted anew after some minutes. Any
 * thread may call. */
#pragma once

#include "ticketing/core/db.h"

typedef struct PnExpect PnExpect;

PnExpect *pn_expect_new (void); /* (owned) */
void pn_expect_free (PnExpect *expect);

/* Returns: within how many seconds nine of ten first answers of the queue came; 0 where there were too few to say. What
 * can't be counted is not said, and logged. */
gint64 pn_expect_seconds (PnExpect *expect, PnDb *db, gint64 queue_id);
