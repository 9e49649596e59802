#include "gateway/serve/mail_server.h"

#include "gateway/serve/mail_token.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/mailbox_secret.h"

static PnTransport
transport_of (PnSecurity security)
{
  switch (security) {
  case PN_SECURITY_TLS: return PN_TRANSPORT_TLS;
  case PN_SECURITY_STARTTLS: return PN_TRANSPORT_STARTTLS;
  case PN_SECURITY_PLAIN: return PN_TRANSPORT_PLAIN;
  }
  g_return_val_if_reached (PN_TRANSPORT_TLS);
}

/* Returns: (owned) what the side logs in with, and how in @login. */
static PnSecret *
find_secret (PnDb *db, const PnSecret *key, const PnMailbox *mailbox, PnMailboxSide side,
             PnLogin *login, GError **error)
{
  const PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;
  PnSecret *token;

  *login = *account->user != '\0' ? PN_LOGIN_PASSWORD : PN_LOGIN_NONE;
  if (*login == PN_LOGIN_NONE || account->sealed_password != NULL)
    return pn_mailbox_unseal_password (key, mailbox, side, error);
  token = pn_mail_token (db, key, mailbox, error);
  if (token != NULL && pn_secret_size (token) > 0)
    *login = PN_LOGIN_TOKEN;
  return token;
}

gboolean
pn_mail_server_fill (PnDb *db, const PnSecret *key, const PnMailbox *mailbox, PnMailboxSide side,
                     PnServer *server, PnSecret **secret, GError **error)
{
  const PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;
  PnLogin login;

  if (*account->host == '\0') {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "no %s server is set",
                  side == PN_SIDE_FETCH ? "IMAP" : "SMTP");
    return FALSE;
  }
  *secret = find_secret (db, key, mailbox, side, &login, error);
  if (*secret == NULL)
    return FALSE;
  *server = (PnServer){
    .host = account->host,
    .port = account->port,
    .transport = transport_of (account->security),
    .ca_file = *mailbox->ca_file != '\0' ? mailbox->ca_file : NULL,
    .login = login,
    .user = account->user,
    .secret = pn_secret_text (*secret),
  };
  return TRUE;
}

void
pn_mail_server_note_refusal (PnDb *db, const PnMailbox *mailbox, const PnServer *server,
                             const GError *error)
{
  g_autoptr (GError) problem = NULL;

  if (server->login == PN_LOGIN_TOKEN && pn_error_is (error, PN_ERROR_DENIED)
      && !pn_mailbox_token_spoil (db, mailbox->id, &problem))
    pn_log_error (PN_LOG_WARNING, "token-kept", problem, "mailbox=%s", mailbox->name);
}
