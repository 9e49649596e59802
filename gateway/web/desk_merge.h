/* What a ticket's page shows of tickets that were merged into it. */
#pragma once

#include "gateway/web/call.h"

/* Adds the messages and letters of merged tickets to those of @ticket; @messages are in their order again. */
gboolean pn_desk_merge_parts (PnCall *call, const PnTicket *ticket, GPtrArray *messages,
                              GPtrArray *letters, GError **error);

/* Returns: (owned) [{number, url, subject}] of the tickets that were merged into it by a merge of their own; NULL on
 * error. */
json_t *pn_desk_merge_show (PnCall *call, const PnTicket *ticket, GError **error);
