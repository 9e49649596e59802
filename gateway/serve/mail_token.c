#include "gateway/serve/mail_token.h"

#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define EARLY (2 * PN_MINUTE) /* before it expires, a token is renewed */
#define LEASE PN_MINUTE       /* longer than a call to the provider may take */

gboolean
pn_mail_token_client (const PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                      PnOauthClient *client, PnSecret **secret, GError **error)
{
  *secret = pn_mailbox_token_open (token, key, mailbox, PN_TOKEN_CLIENT_SECRET, error);
  if (*secret == NULL)
    return FALSE;
  *client = (PnOauthClient){
    .token_url = token->token_url,
    .client_id = token->client_id,
    .client_secret = *secret,
    .scope = token->scope,
    .ca_file = *mailbox->ca_file != '\0' ? mailbox->ca_file : NULL,
  };
  return TRUE;
}

void
pn_mail_token_take (PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                    const PnOauthTokens *tokens)
{
  pn_mailbox_token_put (token, key, mailbox, PN_TOKEN_ACCESS, tokens->access);
  if (tokens->refresh != NULL)
    pn_mailbox_token_put (token, key, mailbox, PN_TOKEN_REFRESH, tokens->refresh);
  token->expires_at = pn_clock_now () + tokens->lifetime_seconds * PN_SECOND;
}

static gboolean
ask_provider (const PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
              const PnOauthClient *client, PnOauthTokens *tokens, GError **error)
{
  g_autoptr (PnSecret) refresh = NULL;

  switch (token->grant) {
  case PN_GRANT_CLIENT: return pn_oauth_ask_as_client (client, tokens, error);
  case PN_GRANT_REFRESH: break;
  }
  refresh = pn_mailbox_token_open (token, key, mailbox, PN_TOKEN_REFRESH, error);
  if (refresh == NULL)
    return FALSE;
  if (pn_secret_size (refresh) == 0) {
    pn_error_set (error, PN_ERROR_DENIED, "nobody has signed in for mailbox %s", mailbox->name);
    return FALSE;
  }
  return pn_oauth_refresh (client, refresh, tokens, error);
}

gboolean
pn_mail_token_ask (PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                   GError **error)
{
  g_auto (PnOauthTokens) tokens = { 0 };
  g_autoptr (PnSecret) secret = NULL;
  g_autoptr (GError) reason = NULL;
  PnOauthClient client;

  if (!pn_mail_token_client (token, key, mailbox, &client, &secret, error))
    return FALSE;
  if (ask_provider (token, key, mailbox, &client, &tokens, &reason)) {
    pn_mail_token_take (token, key, mailbox, &tokens);
    return TRUE;
  }
  if (pn_error_is (reason, PN_ERROR_DENIED))
    pn_error_set (error, PN_ERROR_DENIED, "%s; run \"postern mailbox oauth %s\"", reason->message,
                  mailbox->name);
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* Renews a token that was leased. */
static gboolean
renew (PnDb *db, const PnSecret *key, const PnMailbox *mailbox, PnMailboxToken *token,
       GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!pn_mail_token_ask (token, key, mailbox, error)) {
    if (!pn_mailbox_token_let_go (db, token, &problem))
      pn_log_error (PN_LOG_WARNING, "token-lease-kept", problem, "mailbox=%s", mailbox->name);
    return FALSE;
  }
  if (!pn_mailbox_token_renewed (db, token, error))
    return FALSE;
  pn_log (PN_LOG_INFO, "token-renewed", "mailbox=%s good_for_s=%" G_GINT64_FORMAT, mailbox->name,
          (token->expires_at - pn_clock_now ()) / PN_SECOND);
  return TRUE;
}

PnSecret *
pn_mail_token (PnDb *db, const PnSecret *key, const PnMailbox *mailbox, GError **error)
{
  g_autoptr (PnMailboxToken) token = NULL;
  PnTime now = pn_clock_now ();
  gboolean is_ours = FALSE;

  if (!pn_mailbox_token_find (db, mailbox->id, &token, error))
    return NULL;
  if (token == NULL)
    return pn_secret_new_text ("");
  if (token->expires_at < now + EARLY) {
    if (!pn_mailbox_token_lease (db, token, now + LEASE, &is_ours, error)
        || (is_ours && !renew (db, key, mailbox, token, error)))
      return NULL;
    if (!is_ours && token->expires_at <= now) {
      pn_error_set (error, PN_ERROR_TEMPORARY,
                    "the token of mailbox %s is being renewed at the moment", mailbox->name);
      return NULL;
    }
  }
  return pn_mailbox_token_open (token, key, mailbox, PN_TOKEN_ACCESS, error);
}
