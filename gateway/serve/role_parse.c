#include "gateway/serve/role.h"

#include "gateway/serve/parse_server.h"

gboolean
pn_role_parse_run (PnRole *role, GError **error)
{
  g_autofree char *path = g_build_filename (pn_role_run_path (role), "parse.sock", NULL);
  g_autoptr (PnParseServer) server = pn_parse_server_new (path, error);
  PnRoleEvent event = PN_ROLE_EVENT_READABLE;

  if (server == NULL)
    return FALSE;
  pn_role_ready (role);
  while (event != PN_ROLE_EVENT_STOP) {
    if (event == PN_ROLE_EVENT_READABLE && !pn_parse_server_serve (server, error))
      return FALSE;
    event = pn_role_wait (role, pn_parse_server_fd (server), -1);
  }
  return TRUE;
}
