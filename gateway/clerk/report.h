/* Reports: mail about mail of ours. It never opens a ticket; it is noted on the letter it is about (TRUST.md 3.11-16).
 *
 *   which letter   by the token in the envelope sender it came back to (proven: only who got our letter has it), else by
 *                  our Message-ID inside (a note, no more: such mails are easily forged)
 *   failed         the letter bounced; three proven hard ones in 7 days suspend automatic mail to the address
 *   delayed, delivered, read   notes
 *   complaint      suspends automatic mail to the address, where the letter is known
 */
#pragma once

#include "gateway/clerk/clerk.h"
#include "ticketing/core/mail.h"

#define PN_REPORT_HARD_BOUNCES 3

/* Is @mail one of the kinds that are noted instead of filed? */
gboolean pn_report_is (const PnMail *mail);

/* In the filing transaction. Adds a sentence to @reasons; @ticket_id: of the letter, 0: unknown. */
gboolean pn_report_note (const PnClerk *clerk, const PnMail *mail, json_t *reasons,
                         gint64 *ticket_id, GError **error);
