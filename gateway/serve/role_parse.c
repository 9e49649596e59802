#include "gateway/serve/role.h"

#include <unistd.h>

#include "gateway/serve/parse_server.h"

gboolean
pn_role_parse_run (PnRole *role, GError **error)
{
  g_autofree char *path = g_build_filename (pn_role_run_path (role), "parse.sock", NULL);
  int fd = pn_parse_server_listen (path, error);
  gboolean works = fd >= 0;

  if (works)
    pn_role_ready (role);
  while (works) {
    PnRoleEvent event = pn_role_wait (role, fd, -1);

    if (event == PN_ROLE_EVENT_STOP)
      break;
    if (event == PN_ROLE_EVENT_READABLE)
      works = pn_parse_server_serve (fd, error);
  }
  if (fd >= 0) {
    unlink (path);
    close (fd);
  }
  return works;
}
