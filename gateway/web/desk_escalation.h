/* Escalation on the desk: what a ticket's page says of its ladder. */
#pragma once

#include "gateway/web/call.h"

/* Returns: (owned) {"next": […], "fired": […], "hold": {…} or null, "is_any"}. Needs pn_show_load (). */
json_t *pn_desk_show_escalation (PnCall *call, gint64 ticket_id, GError **error);
