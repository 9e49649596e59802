/* Lean: what a process that is forked for one mail does not get of this one.
 *
 * A fork and its end cost by what is mapped, and most of that no mail ever needs: GMime brings GIO, GPG and their kin,
 * and charsets of the East come as a module each. A lean child is made without them. Should it touch any of it all the
 * same, it ends with a code that says so, and its parent makes another one that has everything.
 *
 * For processes of one thread. What is mapped at pn_lean_prepare () counts; what comes later is always inherited.
 */
#pragma once

#include <glib.h>

/* Finds out, once, what can be spared. Without /proc, and in sanitized builds, nothing is. */
void pn_lean_prepare (void);

/* Says whether processes that are forked from now on are lean. (At first they are not.) */
void pn_lean_fork (gboolean is_lean);

/* For a lean child: from now on it ends with @exit_code when it touches what it has not got. (It handles SIGSEGV, which
 * any other crash still ends in.) */
void pn_lean_watch (int exit_code);

gsize pn_lean_bytes (void); /* that a lean child has less */
