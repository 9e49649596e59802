#include <stdio.h>
#include <sysexits.h>

#include "gateway/cli/commands.h"
#include "gateway/serve/role_main.h"
#include "gateway/serve/role_table.h"

int
pn_cmd_role (int argc, char **argv)
{
  PnRoleKind kind = PN_ROLE_DATABASE;

  if (argc < 2 || !pn_role_find (argv[1], &kind)) {
    fprintf (stderr, "postern role: roles are started by `postern serve` only\n");
    return EX_USAGE;
  }
  return pn_role_main (kind, argc > 2 ? argv[2] : NULL);
}
