/* Supervisor: `postern serve`. No threads, no database, no parsing: it starts the roles, keeps them alive and stops them.
 *
 *   database (private only) ─ready─► prepare ─done─► parse, clerk, send, web and one fetch a mailbox
 *
 * SIGTERM, SIGINT: stops everything, the database last. SIGHUP: reads the settings file again and, when it is good, starts
 * all roles but the database anew with it. A wake-up for "supervisor" runs prepare again: the list of mailboxes follows.
 * Nothing outlives it: roles get SIGKILL when it dies, and the database's guardian sees the end of its control socket.
 */
#pragma once

#include "ticketing/core/secret.h"
#include "ticketing/core/settings.h"

/* Runs until told to stop. @path: of the settings file, for SIGHUP. @settings is taken. The caller holds the lock of the
 * data directory (place.h). FALSE when it could not even begin. */
gboolean pn_supervisor_run (const char *path, PnSettings *settings, const PnSecret *master,
                            GError **error);
