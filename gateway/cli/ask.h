/* Asking for passwords: from a person at a terminal without showing them, or a line of stdin for scripts. Never from
 * argv or the environment, which others can read. */
#pragma once

#include "ticketing/core/secret.h"

/* Reads one line of stdin, without its end. Returns: (owned) NULL with INVALID at the end of stdin, or for a line that is
 * too long or not text. */
PnSecret *pn_ask_stdin_line (GError **error);

/* Asks twice at the terminal. @what: "password for ann". Returns: (owned) NULL with INVALID when the two differ, with a
 * usage error when there is no terminal and @hint says what to do instead. */
PnSecret *pn_ask_twice (const char *what, const char *hint, GError **error);
