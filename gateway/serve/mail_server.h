/* Mail server: a mailbox's account as gateway/mail wants it, with its password opened. */
#pragma once

#include "gateway/mail/server.h"
#include "ticketing/core/secret.h"
#include "ticketing/mailbox.h"

/* Fills @server for one side of @mailbox, from which it borrows, and from @secret (owned). @key is of PN_KEY_SEAL.
 * Returns: FALSE with NOT_FOUND when that side is not used, DENIED when the password was sealed under another key. */
gboolean pn_mail_server_fill (const PnSecret *key, const PnMailbox *mailbox, PnMailboxSide side,
                              PnServer *server, PnSecret **secret, GError **error);
