/* Tickets, for ticket*.c alone. */
#pragma once

#include "ticketing/ticket.h"

#define PN_TICKET_SUBJECT_BYTES 500
#define PN_TICKET_PREVIEW_BYTES 300

/* Reads the ticket with @ticket's id into @ticket. NOT_FOUND. */
gboolean pn_ticket_reload (PnDb *db, PnTicket *ticket, GError **error);
