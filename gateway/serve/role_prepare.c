/* Runs once at the start and whenever the list of mailboxes may have changed: brings the database up to date, then tells
 * the supervisor, which knows no database, what to fetch from. */
#include <string.h>

#include "gateway/serve/prepare.h"
#include "gateway/serve/role_main.h"
#include "ticketing/core/error.h"
#include "ticketing/core/sha256.h"
#include "ticketing/mailbox.h"

#define RETRY PN_SECOND

/* Returns: (owned) a sum of what its fetcher works with. */
static char *
make_version (const PnMailbox *mailbox)
{
  const PnAccount *account = &mailbox->imap;
  g_autofree char *text =
      g_strdup_printf ("%s\n%s\n%u\n%d\n%s\n%s\n%s\n%s", mailbox->address, account->host,
                       account->port, (int) account->security, account->user, mailbox->folder,
                       mailbox->done_folder, mailbox->ca_file);
  g_autoptr (PnSha256) sum = pn_sha256_new ();
  g_autofree char *hex = NULL;
  gsize size_bytes = 0;

  pn_sha256_add (sum, text, strlen (text));
  if (account->sealed_password != NULL) {
    gconstpointer sealed = g_bytes_get_data (account->sealed_password, &size_bytes);

    pn_sha256_add (sum, sealed, size_bytes);
  }
  hex = pn_sha256_end_hex (sum);
  return g_strndup (hex, 16);
}

static gboolean
tell_mailboxes (PnRole *role, PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) mailboxes = pn_mailbox_list (db, error);

  if (mailboxes == NULL)
    return FALSE;
  for (guint i = 0; i < mailboxes->len; i++) {
    const PnMailbox *mailbox = g_ptr_array_index (mailboxes, i);

    g_autofree char *version = make_version (mailbox);

    if (mailbox->is_enabled && *mailbox->imap.host != '\0')
      pn_role_mailbox (role, mailbox->name, version);
  }
  return TRUE;
}

gboolean
pn_role_prepare_run (PnRole *role, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (PnDb) db = NULL;
  PnDbTarget target;

  pn_db_library_start ();
  pn_role_db_target (role, &target);
  while (!pn_prepare_database (&target, &reason)) {
    if (!pn_error_is (reason, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
    pn_role_trouble (role, reason->message);
    g_clear_error (&reason);
    if (pn_role_wait (role, -1, RETRY) == PN_ROLE_EVENT_STOP)
      return TRUE;
  }
  pn_role_trouble (role, NULL);
  db = pn_role_open_db (role, error);
  return db != NULL && tell_mailboxes (role, db, error);
}
