/* Passwords of staff: argon2id, 64 MiB and two passes each, at most two at a time in a process.
 *
 * Nobody learns from the time it takes whether a log-in name exists: for an unknown one the same work is done on a
 * dummy hash (pn_password_verify with NULL). Any thread may call; pn_secret_library_start () first.
 */
#pragma once

#include <glib.h>

#define PN_PASSWORD_MIN_CHARACTERS 12
#define PN_PASSWORD_MAX_BYTES 1024

/* Is @password good enough for the person @login? INVALID says what is wrong: too short, too long, not UTF-8, among
 * the common ones, or the name itself. No other rules. */
gboolean pn_password_check (const char *password, const char *login, GError **error);

/* Returns: (owned) the hash to store, ASCII, at most 127 bytes. */
char *pn_password_hash (const char *password);

/* @hash NULL: nobody of that name; takes as long and says no. @needs_rehash (may be NULL) is set on success: the hash
 * is of an older strength, store a new one now. */
gboolean pn_password_verify (const char *hash, const char *password, gboolean *needs_rehash);

/* Returns: (owned) a random password of 20 letters and digits without look-alikes, in groups of five. */
char *pn_password_make (void);
