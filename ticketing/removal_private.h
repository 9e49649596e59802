/* Removal, inside: what removal.c (orders and their rows), removal_erase.c (what goes of a person, a ticket, an address)
 * and removal_scan.c (what is looked for in all rows; files) share. All of it is in the transaction of a portion. */
#pragma once

#include "ticketing/removal.h"
#include "ticketing/ticket.h"

/* What hangs on an address or a person alone, in the transaction of the order. */
gboolean pn_removal_erase_person (PnDb *db, const PnRemoval *removal, GError **error);

/* The portions of the first two steps. */
gboolean pn_removal_tickets (PnDb *db, PnRemoval *removal, GError **error);
gboolean pn_removal_address (PnDb *db, PnRemoval *removal, GError **error);

/* The messages of the ticket with @after_id < id <= @last_id, whose words were forgotten before. */
gboolean pn_removal_erase_messages (PnDb *db, const PnRemoval *removal, gint64 ticket_id,
                                    gint64 after_id, gint64 last_id, GError **error);

/* The ticket, and the one that it is part of, are not found by the message's words any more. */
gboolean pn_removal_forget_words (PnDb *db, const PnTicket *ticket, gint64 message_id,
                                  GError **error);

/* Returns: (owned) the numbers of @members with commas between, for FIND_IN_SET. */
char *pn_removal_members_text (const PnRemoval *removal);
