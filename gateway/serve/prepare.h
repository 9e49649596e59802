/* Prepare: brings the database to what this program needs, whoever asks first. */
#pragma once

#include "ticketing/core/db.h"

/* Creates @target's schema where there is none and runs the missing migrations. TEMPORARY when the server does not
 * answer, PERMANENT when the database is newer than this program. */
gboolean pn_prepare_database (const PnDbTarget *target, GError **error);
