/* Probe: tries a mailbox's servers as its roles would, and says in a sentence what is wrong. Files and sends nothing. */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"
#include "ticketing/mailbox.h"

/* @seal_key: of PN_KEY_SEAL. @hello: the name for EHLO; NULL. @count (of PN_SIDE_FETCH; may be NULL): how many mails wait.
 * Errors as imap.h and smtp.h say, with the server in front. */
gboolean pn_probe (PnDb *db, const PnMailbox *mailbox, PnMailboxSide side, const PnSecret *seal_key,
                   const char *hello, gint64 *count, GError **error);
