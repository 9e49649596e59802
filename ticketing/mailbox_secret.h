/* Mailbox passwords: sealed before they go into the database, opened only by the role that logs in with them.
 * What is sealed for one mailbox and side does not open for another. Any thread. */
#pragma once

#include "ticketing/core/secret.h"
#include "ticketing/mailbox.h"

/* @key is of PN_KEY_SEAL. Returns: (owned) what PnAccount's sealed_password takes. */
GBytes *pn_mailbox_seal_password (const PnSecret *key, const char *mailbox, PnMailboxSide side,
                                  const PnSecret *password);

/* Returns: (owned) the password; an empty one where none is stored; NULL with DENIED and a sentence when it was sealed
 * under another key file. */
PnSecret *pn_mailbox_unseal_password (const PnSecret *key, const PnMailbox *mailbox,
                                      PnMailboxSide side, GError **error);
