#include "gateway/cli/find.h"
#include "ticketing/core/error.h"

PnAgent *
pn_cli_find_agent (PnDb *db, const char *login, GError **error)
{
  PnAgent *agent = NULL;

  if (pn_agent_find (db, login, &agent, error) && agent == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is nobody with the log-in \"%s\"", login);
  return agent;
}
