/* What a ticket's page shows of tickets that were merged into it. */
#pragma once

#include "gateway/web/call.h"

/* Adds the messages and letters of a ticket's @members (see pn_ticket_members ()) to its own; @messages are in their
 * order again. */
gboolean pn_desk_merge_parts (PnCall *call, const GArray *members, GPtrArray *messages,
                              GPtrArray *letters, GError **error);

/* Returns: (owned) [{number, url, subject}] of the @members but the ticket itself; NULL on error. */
json_t *pn_desk_merge_show (PnCall *call, const GArray *members, GError **error);
