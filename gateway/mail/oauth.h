/* OAuth: tokens for mail servers that take no passwords, from a provider's endpoints (RFC 6749).
 *
 *   a person signs in once    code with PKCE (RFC 7636), or a code typed on another device (RFC 8628)
 *      └── refresh token      renews the access token for months
 *   or the client asks for itself (client credentials), where an administrator allowed it for the mailbox
 *
 * Endpoints are https; http is for loopback only. Certificates and host names are verified, redirects not followed, no
 * proxy is asked. Calls wait for the network, up to half a minute.
 * Errors: as oauth_answer.h says, the provider's host in front; INVALID for an address that may not be asked.
 */
#pragma once

#include "gateway/mail/oauth_answer.h"

typedef struct {
  const char *token_url;
  const char *client_id;
  const PnSecret *client_secret;    /* an empty one: a public client */
  const char *scope;                /* "" : what was granted */
  const char *ca_file;              /* PEM; NULL trusts what the system trusts */
  gboolean (*beat) (gpointer data); /* called while waiting; FALSE: give up. NULL: none */
  gpointer beat_data;
} PnOauthClient;

/* INVALID when @url is not an address that tokens may be asked of; @what names it: "the token URL". */
gboolean pn_oauth_check_url (const char *what, const char *url, GError **error);

gboolean pn_oauth_refresh (const PnOauthClient *client, const PnSecret *refresh,
                           PnOauthTokens *tokens, GError **error);
gboolean pn_oauth_ask_as_client (const PnOauthClient *client, PnOauthTokens *tokens,
                                 GError **error);

/* Returns: (owned) 43 characters that only we know; their digest goes with the question, they with the code. */
char *pn_oauth_make_verifier (void);
/* Returns: (owned) where a person signs in, and is sent to @redirect from with a code and @state. */
char *pn_oauth_sign_in_url (const PnOauthClient *client, const char *authorize_url,
                            const char *redirect, const char *state, const char *verifier);
gboolean pn_oauth_redeem_code (const PnOauthClient *client, const char *code, const char *redirect,
                               const char *verifier, PnOauthTokens *tokens, GError **error);

gboolean pn_oauth_begin_device (const PnOauthClient *client, const char *device_url,
                                PnOauthDevice *device, GError **error);
/* Asks once whether the person has signed in. */
PnOauthState pn_oauth_ask_device (const PnOauthClient *client, const PnOauthDevice *device,
                                  PnOauthTokens *tokens, GError **error);
