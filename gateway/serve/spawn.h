/* Spawn: starts a role as a process of its own, by executing this program again. */
#pragma once

#include <sys/types.h>

#include "gateway/serve/role.h"

/* The new process leads a process group of its own, has the default signals and nothing open but stdin (empty), our
 * stdout and stderr, and what role_main.h says. @master NULL: no keys.
 * @control_fd gets our end of the control socket, non-blocking. */
gboolean pn_spawn_role (PnRoleKind kind, const char *argument, const PnSettings *settings,
                        const PnSecret *master, pid_t *pid, int *control_fd, GError **error);
