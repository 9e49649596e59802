#include "gateway/cli/find.h"

#include <string.h>

#include "gateway/cli/context.h"
#include "ticketing/core/error.h"

PnQueue *
pn_cli_find_queue (PnDb *db, const char *name, GError **error)
{
  PnQueue *queue = NULL;

  if (pn_queue_find (db, name, &queue, error) && queue == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no queue \"%s\"", name);
  return queue;
}

PnMailbox *
pn_cli_find_mailbox (PnDb *db, const char *name, GError **error)
{
  PnMailbox *mailbox = NULL;

  if (pn_mailbox_find (db, name, &mailbox, error) && mailbox == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no mailbox \"%s\"", name);
  return mailbox;
}

PnAgent *
pn_cli_find_agent (PnDb *db, const char *login, GError **error)
{
  PnAgent *agent = NULL;

  if (pn_agent_find (db, login, &agent, error) && agent == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is nobody with the log-in \"%s\"", login);
  return agent;
}

void
pn_cli_take_text (char **field, char **option)
{
  if (*option == NULL)
    return;
  g_free (*field);
  *field = g_steal_pointer (option);
}

gboolean
pn_cli_take_flag (const char *name, const char *option, gboolean *field, GError **error)
{
  if (option == NULL)
    return TRUE;
  if (strcmp (option, "yes") != 0 && strcmp (option, "no") != 0) {
    pn_cli_set_usage (error, "%s takes yes or no, not \"%s\"", name, option);
    return FALSE;
  }
  *field = strcmp (option, "yes") == 0;
  return TRUE;
}
