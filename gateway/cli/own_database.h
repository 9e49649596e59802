/* Own database: makes sure that the private database answers while a command runs.
 *
 * Whose database is it? The gateway's, if one runs; another command's, if one is at it; else ours: we lock the data
 * directory and run its guardian (role_database). At the end we wait for commands that came meanwhile to use it.
 */
#pragma once

#include "ticketing/core/settings.h"

typedef struct PnOwnDatabase PnOwnDatabase;

/* Returns: (owned) NULL with TEMPORARY when there is no database within a minute. */
PnOwnDatabase *pn_own_database_open (const PnSettings *settings, GError **error);

/* Close the connections first. */
void pn_own_database_close (PnOwnDatabase *own);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnOwnDatabase, pn_own_database_close)
