/* A policy's page, for desk_sla.c and desk_policy*.c. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/sla.h"

char *pn_desk_policy_url (const PnPolicy *policy); /* (owned) */

/* What a policy's document says, short: {"targets": [{"metric", "text": "30 min – 8 h"}…], "conditions": [{"name",
 * "text"}…]}. (owned) */
json_t *pn_desk_policy_summary (const json_t *document);

/* @policy gets what the call says. FALSE: answered already. */
gboolean pn_desk_policy_read (PnCall *call, PnPolicy *policy);

/* The newest replays of the policy that the caller may see. (owned) list; NULL with an error. */
json_t *pn_desk_policy_replays (PnCall *call, const PnPolicy *policy, GError **error);

/* Answers after a policy was saved. */
void pn_desk_policy_saved (PnCall *call, const PnPolicy *policy, int status);
