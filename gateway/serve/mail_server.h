/* Mail server: a mailbox's account as gateway/mail wants it, with its password opened or its token renewed. */
#pragma once

#include "gateway/mail/server.h"
#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"
#include "ticketing/mailbox.h"

/* Fills @server for one side of @mailbox, from which it borrows, and from @secret (owned). @key is of PN_KEY_SEAL. A side
 * with a user and no password logs in with the mailbox's token (mail_token.h), and may wait for its provider.
 * Returns: FALSE with NOT_FOUND when that side is not used, DENIED when the password was sealed under another key, and what
 * pn_mail_token () says. */
gboolean pn_mail_server_fill (PnDb *db, const PnSecret *key, const PnMailbox *mailbox,
                              PnMailboxSide side, PnServer *server, PnSecret **secret,
                              GError **error);

/* After a connection to @server failed with @error: a token that was refused is not tried again. */
void pn_mail_server_note_refusal (PnDb *db, const PnMailbox *mailbox, const PnServer *server,
                                  const GError *error);
