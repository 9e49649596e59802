/* Escalation on the desk: what a ticket's page says of its ladder. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/escalation.h"

/* Returns: (owned) {"next": […], "fired": […], "hold": {…} or null, "may_hold", "is_any"}. Needs pn_show_load (). */
json_t *pn_desk_show_escalation (PnCall *call, const PnTicket *ticket, GError **error);

/* Returns: (owned) {"agent", "at", "until", "reason"}; null for NULL and where nobody holds it. */
json_t *pn_desk_show_hold (const PnCall *call, const PnEscalationHold *hold);
