/* Role, from its parent's side: the descriptors a role inherits, its life from exec to exit, and more of what it can
 * tell than a role's body needs. */
#pragma once

#include "gateway/serve/role.h"

#define PN_ROLE_CONTROL_FD 3
#define PN_ROLE_HANDOVER_FD 4
#define PN_ROLE_MESSAGE_MAX_BYTES 1024

/* What goes up the control socket, one packet each: the word, then a space and text where there is any. */
#define PN_ROLE_SAYS_READY "ready"
#define PN_ROLE_SAYS_BEAT "beat"
#define PN_ROLE_SAYS_WELL "well"
#define PN_ROLE_SAYS_TROUBLE "trouble"
#define PN_ROLE_SAYS_MAILBOX "mailbox"

typedef gboolean (*PnRoleFunc) (PnRole *role, GError **error);

/* The process `postern role NAME [ARGUMENT]`, which does @run. Returns: its exit code. */
int pn_role_main (PnRoleKind kind, const char *argument, PnRoleFunc run);

/* Tells the supervisor of a mailbox that is to be fetched from (prepare only). Its fetcher is started anew when @version,
 * one word, is another than the last time. */
void pn_role_mailbox (PnRole *role, const char *mailbox, const char *version);
