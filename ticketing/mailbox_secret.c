#include "ticketing/mailbox_secret.h"

#include "ticketing/core/error.h"

static char *
make_context (const char *mailbox, PnMailboxSide side)
{
  switch (side) {
  case PN_SIDE_FETCH: return g_strdup_printf ("mailbox %s imap", mailbox);
  case PN_SIDE_SEND: return g_strdup_printf ("mailbox %s smtp", mailbox);
  }
  g_assert_not_reached ();
}

GBytes *
pn_mailbox_seal_password (const PnSecret *key, const char *mailbox, PnMailboxSide side,
                          const PnSecret *password)
{
  g_autofree char *context = make_context (mailbox, side);

  return pn_seal (key, context, password);
}

PnSecret *
pn_mailbox_unseal_password (const PnSecret *key, const PnMailbox *mailbox, PnMailboxSide side,
                            GError **error)
{
  const PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;
  g_autofree char *context = make_context (mailbox->name, side);
  PnSecret *password;

  if (account->sealed_password == NULL)
    return pn_secret_new_text ("");
  password = pn_unseal (key, context, account->sealed_password, NULL);
  if (password == NULL)
    pn_error_set (error, PN_ERROR_DENIED,
                  "the password of mailbox %s was stored under another key file; set it again",
                  mailbox->name);
  return password;
}
