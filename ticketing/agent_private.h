/* Agent, inside: what agent.c (people), agent_login.c (passwords) and agent_token.c (API tokens) share. */
#pragma once

#include "ticketing/agent.h"

#define PN_AGENT_COLUMNS                                                                           \
  "agent.id, agent.login, agent.name, agent.address, agent.role, agent.language, agent.notices,"   \
  " agent.is_enabled"

/* Returns: (owned) the agent whose PN_AGENT_COLUMNS begin at @first. */
PnAgent *pn_agent_read_row (const PnRows *rows, guint first);
