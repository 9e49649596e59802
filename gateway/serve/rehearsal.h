/* Rehearsal: files a mail with all that belongs to it, in a transaction that is then rolled back: the answer to "what would
 * become of it?" comes from the code that will decide, not from a copy of it. Sends and keeps nothing.
 */
#pragma once

#include "gateway/clerk/intake.h"
#include "gateway/serve/filing.h"

typedef struct {
  PnMail *mail;  /* (owned) as it was read */
  PnFiled filed; /* the numbers of a ticket or message that would be new are 0 */
} PnRehearsal;

void pn_rehearsal_clear (PnRehearsal *rehearsal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnRehearsal, pn_rehearsal_clear)

/* Of @filing it uses the database, the key and the parser. @internal_date: of the server's copy; 0. */
gboolean pn_rehearse (const PnFiling *filing, const PnMailbox *mailbox, GBytes *raw,
                      PnTime internal_date, PnRehearsal *rehearsal, GError **error);
