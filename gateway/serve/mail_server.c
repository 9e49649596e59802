#include "gateway/serve/mail_server.h"

#include "ticketing/core/error.h"
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

gboolean
pn_mail_server_fill (const PnSecret *key, const PnMailbox *mailbox, PnMailboxSide side,
                     PnServer *server, PnSecret **secret, GError **error)
{
  const PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;

  if (*account->host == '\0') {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "no %s server is set",
                  side == PN_SIDE_FETCH ? "IMAP" : "SMTP");
    return FALSE;
  }
  *secret = pn_mailbox_unseal_password (key, mailbox, side, error);
  if (*secret == NULL)
    return FALSE;
  *server = (PnServer){
    .host = account->host,
    .port = account->port,
    .transport = transport_of (account->security),
    .ca_file = *mailbox->ca_file != '\0' ? mailbox->ca_file : NULL,
    .login = *account->user != '\0' ? PN_LOGIN_PASSWORD : PN_LOGIN_NONE,
    .user = account->user,
    .secret = pn_secret_text (*secret),
  };
  return TRUE;
}
