/* Operations that must happen once, whoever repeats them: an Idempotency-Key or a form's key. Owns the table op. */
#pragma once

#include "ticketing/core/db.h"

/* First statement of the transaction. @result: (owned) NULL when this is the first time; else what pn_op_finish stored
 * then. The same key with another body: CONFLICT. @scope keeps keys of different callers apart ("agent:7"). */
gboolean pn_op_begin (PnDb *db, const char *scope, const char *key, const void *body,
                      gsize size_bytes, char **result, GError **error);
gboolean pn_op_finish (PnDb *db, const char *scope, const char *key, const char *result,
                       GError **error);
gboolean pn_op_sweep (PnDb *db, GError **error); /* older than 3 days */
