/* Loops: mail that two machines would send each other for ever (TRUST.md 3.9). Such mail is filed and never answered. */
#pragma once

#include "gateway/clerk/clerk.h"
#include "ticketing/core/mail.h"

#define PN_LOOP_RECEIVED_MAX 50
#define PN_LOOP_TICKET_MAX 20 /* messages of one sender on one ticket in ten minutes */
#define PN_LOOP_BODY_MAX 2    /* the same body of one sender in an hour; the next is a loop */

/* In the filing transaction, once a mail (it counts). @ticket_id: where the mail belongs; 0: a new ticket.
 * @reason: (owned) a sentence, NULL when it is no loop. */
gboolean pn_loop_check (const PnClerk *clerk, const PnMail *mail, gint64 ticket_id, char **reason,
                        GError **error);

/* Appends the keys of limits (pn_rate_key) that pn_loop_check () is going to hit. @keys: of GBytes. */
void pn_loop_add_keys (const PnMail *mail, GPtrArray *keys);

/* Returns: (borrowed) a sentence for what can be told without the database: our own mail, our own address, too many
 * servers; NULL: nothing. */
const char *pn_loop_obvious (const PnClerk *clerk, const PnMail *mail);

/* Is it a letter of ours that came back? By its Message-ID, which we sign. @letter_id: the outbox row. */
gboolean pn_loop_is_own (const PnClerk *clerk, const PnMail *mail, gint64 *letter_id);
