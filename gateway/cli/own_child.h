/* Own child: a role that a command runs for itself, where no gateway does. It ends with the command, however that ends. */
#pragma once

#include "gateway/serve/child.h"

/* Starts the role and waits until it is ready. @master NULL: it gets no keys.
 * Returns: (owned) NULL with TEMPORARY and what it said. */
PnChild *pn_own_child_start (PnRoleKind kind, const PnSettings *settings, const PnSecret *master,
                             GError **error);

/* Stops it, by force when it takes too long, and frees it. NULL is accepted. */
void pn_own_child_stop (PnChild *child);
