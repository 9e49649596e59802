/* Wake: a nudge from one process to another that there may be work. It only saves waiting: everything that must happen
 * is a row, and whoever waits for nudges looks at the rows now and then by itself.
 *
 *   RUN/wake-NAME    a Unix datagram socket, bound by the process that is to be woken
 *
 * Names: "clerk", "send", "web", "fetch:MAILBOX", "supervisor" (look at the list of mailboxes again).
 */
#pragma once

#include <glib.h>

typedef struct PnWake PnWake;

/* Binds the socket of @name in the run-time directory @run, in place of one that a dead process left.
 * Returns: (owned) NULL with PERMANENT. */
PnWake *pn_wake_open (const char *run, const char *name, GError **error);
void pn_wake_close (PnWake *wake); /* and removes the socket's file */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWake, pn_wake_close)

/* Readable when somebody woke us and nobody drained yet. Returns: (borrowed) */
int pn_wake_fd (const PnWake *wake);

/* Forgets all nudges so far. Call it before looking for work, not after. */
void pn_wake_drain (PnWake *wake);

/* Wakes @name, if it is there. Never blocks, never fails; may be called inside no transaction only. Any thread. */
void pn_wake_send (const char *run, const char *name);

/* Is there a living process that waits for nudges as @name? Any thread. */
gboolean pn_wake_is_there (const char *run, const char *name);
