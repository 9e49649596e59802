/* Confirm: a form whose sender's address nobody vouches for, and that may be a machine's, is held until a mailed link was
 * used. The letter says nothing of what was written, and goes at most once a day to an address, acknowledgements counted
 * (TRUST.md row 73). */
#pragma once

#include "gateway/clerk/clerk.h"
#include "ticketing/spool.h"

/* Did the page that took the form ask for this? */
gboolean pn_confirm_is_wanted (const PnMail *mail);

/* In the filing transaction, when the form is held: orders the letter, or says in @reasons why there is none. */
gboolean pn_confirm_ask (const PnClerk *clerk, const PnDelivery *delivery, const PnMail *mail,
                         json_t *reasons, GError **error);
