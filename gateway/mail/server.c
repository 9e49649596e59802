#include "gateway/mail/server.h"

char *
pn_server_token_response (const PnServer *server, gboolean is_bearer)
{
  if (is_bearer)
    return g_strdup_printf ("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001", server->user,
                            server->host, server->port, server->secret);
  return g_strdup_printf ("user=%s\001auth=Bearer %s\001\001", server->user, server->secret);
}
