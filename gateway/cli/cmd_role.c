#include <stdio.h>
#include <sysexits.h>

#include "gateway/cli/commands.h"
#include "gateway/serve/role_main.h"
#include "gateway/serve/role_table.h"

static const PnRoleFunc bodies[] = {
  [PN_ROLE_DATABASE] = pn_role_database_run, [PN_ROLE_PREPARE] = pn_role_prepare_run,
  [PN_ROLE_CLERK] = pn_role_clerk_run,       [PN_ROLE_SEND] = pn_role_send_run,
  [PN_ROLE_FETCH] = pn_role_fetch_run,       [PN_ROLE_WEB] = pn_role_web_run,
};

/* The role parse has a program of its own: parse_main.c. */
int
pn_cmd_role (int argc, char **argv)
{
  PnRoleKind kind = PN_ROLE_DATABASE;

  if (argc < 2 || !pn_role_find (argv[1], &kind) || pn_role_row (kind)->program != NULL) {
    fprintf (stderr, "postern role: roles are started by `postern serve` only\n");
    return EX_USAGE;
  }
  return pn_role_main (kind, argc > 2 ? argv[2] : NULL, bodies[kind]);
}
