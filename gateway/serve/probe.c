#include "gateway/serve/probe.h"

#include "gateway/mail/imap.h"
#include "gateway/mail/smtp.h"
#include "gateway/serve/mail_server.h"

static gboolean
probe_imap (const PnMailbox *mailbox, const PnServer *server, gint64 *count, GError **error)
{
  g_autoptr (PnImap) imap = pn_imap_open (server, -1, error);
  g_autoptr (GArray) uids = NULL;
  guint32 uidvalidity = 0;

  if (imap == NULL || !pn_imap_select (imap, mailbox->folder, &uidvalidity, error))
    return FALSE;
  uids = pn_imap_list (imap, error);
  if (uids != NULL && count != NULL)
    *count = uids->len;
  return uids != NULL;
}

static gboolean
probe_smtp (const PnServer *server, const char *hello, GError **error)
{
  g_autoptr (PnSmtp) smtp = pn_smtp_open (server, hello, error);

  return smtp != NULL;
}

gboolean
pn_probe (PnDb *db, const PnMailbox *mailbox, PnMailboxSide side, const PnSecret *seal_key,
          const char *hello, gint64 *count, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (PnSecret) password = NULL;
  gboolean is_good = FALSE;
  PnServer server;

  if (!pn_mail_server_fill (db, seal_key, mailbox, side, &server, &password, error))
    return FALSE;
  switch (side) {
  case PN_SIDE_FETCH: is_good = probe_imap (mailbox, &server, count, &reason); break;
  case PN_SIDE_SEND: is_good = probe_smtp (&server, hello, &reason); break;
  }
  if (!is_good) {
    pn_mail_server_note_refusal (db, mailbox, &server, reason);
    g_propagate_prefixed_error (error, g_steal_pointer (&reason),
                                "%s: ", side == PN_SIDE_FETCH ? "IMAP" : "SMTP");
  }
  return is_good;
}
