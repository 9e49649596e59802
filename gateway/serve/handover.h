/* Handover: how a role gets its settings and keys, as bytes in an anonymous file that only it and its parent see.
 *
 *   1 byte (bit 0: seal key follows, bit 1: token key follows) · 32 bytes a key · the settings as a file
 */
#pragma once

#include "gateway/serve/role_table.h"

typedef struct {
  PnSettings *settings;
  PnSecret *keys[2]; /* by PnKeyPurpose; NULL where the role has none */
} PnHandover;

/* Writes what @row may have. @master NULL: no keys at all. Returns: a descriptor at the file's start; -1. */
int pn_handover_make (const PnRoleRow *row, const PnSettings *settings, const PnSecret *master,
                      GError **error);

/* Reads @fd to its end and closes it. */
gboolean pn_handover_take (int fd, PnHandover *handover, GError **error);

void pn_handover_clear (PnHandover *handover);
