/* Small steps that several commands take with what was typed. */
#pragma once

#include "ticketing/agent.h"
#include "ticketing/mailbox.h"
#include "ticketing/queue.h"

/* Each returns: (owned) what @name names; NULL with NOT_FOUND, which says that there is none of that name. */
PnQueue *pn_cli_find_queue (PnDb *db, const char *name, GError **error);
PnMailbox *pn_cli_find_mailbox (PnDb *db, const char *name, GError **error);
PnAgent *pn_cli_find_agent (PnDb *db, const char *login, GError **error);

/* Moves @option, when one was given, to @field. */
void pn_cli_take_text (char **field, char **option);

/* Reads "yes" or "no", when an option was given. */
gboolean pn_cli_take_flag (const char *name, const char *option, gboolean *field, GError **error);
