/* The customer's page asks how satisfied they are, where the queue asks at all: beside the letter, and instead of it for
 * who answers first. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/ticket.h"

/* Returns: (owned) what the page asks; null where it does not ask this customer of this ticket. NULL with @error. */
json_t *pn_my_show_rating (const PnCall *call, const PnTicket *ticket, GError **error);
