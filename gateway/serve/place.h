/* Place: the directories and the user that a gateway lives in.
 *
 *   DATA/postern.key    the key file             DATA/mariadb/      the private database
 *   DATA/postern.lock   flock: one gateway       DATA/users.lock    flock, shared: who uses the private database now
 *   RUN/                sockets, health.json, the private server's settings; mode 0700, ours
 *
 * Nothing runs as root: a program that root starts becomes [paths] user, or else the data directory's owner.
 */
#pragma once

#include "ticketing/core/secret.h"
#include "ticketing/core/settings.h"

/* Becomes the right user. Call it first: it changes what all other calls may do. Does nothing unless we are root.
 * @makes_data: root first makes the data directory for [paths] user where there is none (init).
 * DENIED with a sentence that says what to do. */
gboolean pn_place_become_user (const PnSettings *settings, gboolean makes_data, GError **error);

/* FALSE when pn_place_become_user () would find nobody to become; changes nothing. */
gboolean pn_place_check_user (const PnSettings *settings, GError **error);

/* Makes what is missing of the run-time directory, and checks that nobody else can write there. */
gboolean pn_place_prepare_run (const PnSettings *settings, GError **error);

/* Makes the data directory where there is none. DENIED when it is somebody else's. */
gboolean pn_place_prepare_data (const PnSettings *settings, GError **error);

/* Reads the site's own templates, as those roles will that fill them: what they can't start with is found before.
 * INVALID with the folder, the file and its line; TRUE where [paths] templates is not set. */
gboolean pn_place_check_templates (const PnSettings *settings, GError **error);

/* Loads the key file. Where there is none and @may_make, or nothing was ever sealed with one (no private database
 * exists yet), makes one. Returns: (owned) NULL with NOT_FOUND and what to do. */
PnSecret *pn_place_load_key (const PnSettings *settings, gboolean may_make, GError **error);

/* Returns: (owned) the private database's directory. */
char *pn_place_database_path (const PnSettings *settings);

/* Locks the data directory for the life of this process, as its gateway (@is_gateway) or for one command. A gateway waits
 * for a command that holds the lock, half a minute at most; nobody waits for a gateway, and a command for nobody.
 * Returns: a descriptor that holds the lock; -1 with TEMPORARY when another holds it. */
int pn_place_lock (const PnSettings *settings, gboolean is_gateway, GError **error);

/* Says that the private database is in use, until the descriptor is closed. Returns: it; -1. */
int pn_place_lock_use (const PnSettings *settings, GError **error);

/* Waits, at most @timeout, until nobody but the holder of @use_fd uses the private database; who comes later waits until
 * @use_fd is closed. */
void pn_place_wait_for_users (int use_fd, PnTime timeout);
