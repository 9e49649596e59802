/* Mail token: the access token that a mailbox logs in with, renewed in time.
 *
 * The first role that finds it about to expire takes the lease and asks the provider; the others go on with what is still
 * good, or say TEMPORARY and look again.
 */
#pragma once

#include "gateway/mail/oauth.h"
#include "ticketing/mailbox_token.h"

/* Fills @client from @token, from which it borrows, and from @secret (owned), the client's. */
gboolean pn_mail_token_client (const PnMailboxToken *token, const PnSecret *key,
                               const PnMailbox *mailbox, PnOauthClient *client, PnSecret **secret,
                               GError **error);

/* Puts what the provider gave into @token, sealed. */
void pn_mail_token_take (PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                         const PnOauthTokens *tokens);

/* Asks the provider for a new access token by @token's grant, and takes it. Stores nothing. */
gboolean pn_mail_token_ask (PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                            GError **error);

/* @key: of PN_KEY_SEAL. Returns: (owned) a token that is good for a while, or an empty one where the mailbox has no client;
 * NULL with DENIED and a sentence when somebody has to sign in again, TEMPORARY for everything else. */
PnSecret *pn_mail_token (PnDb *db, const PnSecret *key, const PnMailbox *mailbox, GError **error);
