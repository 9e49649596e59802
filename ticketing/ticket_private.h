/* Tickets, for ticket*.c and search_page.c alone. */
#pragma once

#include "ticketing/ticket.h"

#define PN_TICKET_SUBJECT_BYTES 500
#define PN_TICKET_PREVIEW_BYTES 300

/* Of "ticket t", as pn_ticket_read_row () reads them from column 0 on. */
#define PN_TICKET_COLUMNS                                                                          \
  " t.id, t.queue_id, t.status, t.priority, t.assignee_id, t.person_id, t.mailbox_id, t.subject,"  \
  " t.preview, t.language, t.version, t.message_count, t.is_looping, t.created_at, t.updated_at,"  \
  " t.customer_at, t.agent_at, t.closed_at, t.merged_into, t.waiting_at, t.due_at,"                \
  " t.removed_at"
#define PN_TICKET_COLUMN_COUNT 22

/* @ticket is filled anew from the row @rows is at. */
void pn_ticket_read_row (const PnRows *rows, PnTicket *ticket);

/* Reads the ticket with @ticket's id into @ticket. NOT_FOUND. */
gboolean pn_ticket_reload (PnDb *db, PnTicket *ticket, GError **error);
