/* Ticket merge: two tickets about one matter become one conversation, and can be taken apart; and the other way round, a
 * message that is about something else becomes a ticket of its own.
 *
 *   #7 ──merged into──► #4 ──merged into──► #2     the target of all three is #2
 *
 * A merge is a row of its own (table ticket_merge). Messages stay where they were filed and are shown, and found by their
 * words, on the target too; mail that belongs to a merged ticket goes to the target. The merged one is closed until it is
 * taken out again. Who took part in it takes part in the target where the address is of the target's own person;
 * others wait there for an agent (PN_PARTICIPANT_STRANGER), so that no conversation is opened to a second customer.
 */
#pragma once

#include "ticketing/ticket.h"

/* The ticket that mail for @id goes to: itself, or the one that it was merged into. NOT_FOUND. */
gboolean pn_ticket_target (PnDb *db, gint64 id, gint64 *target_id, GError **error);

/* The ids (gint64) of @id and of all that were merged into it, @id first. (owned) */
GArray *pn_ticket_members (PnDb *db, gint64 id, GError **error);

/* All of these in the caller's transaction, with events on both tickets. */

/* INVALID when they are one already. */
gboolean pn_ticket_merge (PnDb *db, gint64 id, gint64 into_id, PnActor actor, GError **error);

/* Takes @id out again, with what was merged into it before; it gets back its status. INVALID when it is not merged.
 * Messages that came to the target meanwhile stay there. */
gboolean pn_ticket_unmerge (PnDb *db, gint64 id, PnActor actor, GError **error);

/* @message_id, which came in, becomes the first of a new ticket of its sender's, linked to the old one. INVALID when it
 * is not incoming or the only message of its ticket. */
gboolean pn_ticket_split (PnDb *db, gint64 message_id, PnActor actor, gint64 *ticket_id,
                          GError **error);
