#include "gateway/serve/mailbox_server.h"

static PnTransport
transport_of (PnSecurity security)
{
  switch (security) {
  case PN_SECURITY_TLS: return PN_TRANSPORT_TLS;
  case PN_SECURITY_STARTTLS: return PN_TRANSPORT_STARTTLS;
  case PN_SECURITY_PLAIN: return PN_TRANSPORT_PLAIN;
  }
  g_assert_not_reached ();
}

void
pn_mailbox_server (const PnMailbox *mailbox, PnMailboxSide side, const PnSecret *password,
                   PnServer *server)
{
  const PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;

  *server = (PnServer){
    .host = account->host,
    .port = account->port,
    .transport = transport_of (account->security),
    .ca_file = *mailbox->ca_file != '\0' ? mailbox->ca_file : NULL,
    .login = *account->user != '\0' ? PN_LOGIN_PASSWORD : PN_LOGIN_NONE,
    .user = account->user,
    .secret = password != NULL ? pn_secret_text (password) : "",
  };
}
