/* Rule dues: a deadline that passes is an event for rules, once. Owns the table rule_due. What passed more than a day ago
 * (nothing ran) is no news any more. */
#pragma once

#include "ticketing/core/db.h"

/* Looks at deadlines that have passed lately, at most @limit, and notes an event for each that is new, in transactions of
 * its own. @done: how many were new. Call it only where a rule listens. */
gboolean pn_rule_due_work (PnDb *db, guint limit, guint *done, GError **error);
