#include "ticketing/mailbox.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define NAME_MAX_CHARACTERS 64
#define LIST_MAX "1000"
#define SEEN_EVERY PN_MINUTE

#define SETTINGS                                                                                   \
  "name, queue_id, address, imap_host, imap_port, imap_security, imap_user, imap_secret,"          \
  " smtp_host, smtp_port, smtp_security, smtp_user, smtp_secret, imap_folder, done_folder,"        \
  " ca_file, authserv_id, spam_header, has_plus, is_enabled"

#define COLUMNS                                                                                    \
  SETTINGS ", id, uidvalidity, last_uid, fetch_trouble, fetch_trouble_at, fetch_seen_at,"          \
           " send_trouble, send_trouble_at"

static const char insert_sql[] =
    "INSERT INTO mailbox (" SETTINGS ", created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE mailbox"
    " SET name = ?, queue_id = ?, address = ?, imap_host = ?, imap_port = ?, imap_security = ?,"
    " imap_user = ?, imap_secret = ?, smtp_host = ?, smtp_port = ?, smtp_security = ?,"
    " smtp_user = ?, smtp_secret = ?, imap_folder = ?, done_folder = ?, ca_file = ?,"
    " authserv_id = ?, spam_header = ?, has_plus = ?, is_enabled = ?"
    " WHERE id = ?";

static const char load_sql[] = "SELECT " COLUMNS " FROM mailbox WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM mailbox WHERE name = ?";

static const char address_sql[] = "SELECT " COLUMNS " FROM mailbox"
                                  " WHERE address = ?"
                                  " ORDER BY is_enabled DESC, id"
                                  " LIMIT 20";

static const char queue_sql[] = "SELECT " COLUMNS " FROM mailbox"
                                " WHERE queue_id = ? AND is_enabled = 1 AND smtp_host <> ''"
                                " ORDER BY id"
                                " LIMIT 1";

static const char sending_sql[] = "SELECT DISTINCT queue_id FROM mailbox"
                                  " WHERE is_enabled = 1 AND smtp_host <> ''"
                                  " LIMIT " LIST_MAX;

static const char list_sql[] = "SELECT " COLUMNS " FROM mailbox ORDER BY name LIMIT " LIST_MAX;

static const char cursor_sql[] = "UPDATE mailbox"
                                 " SET uidvalidity = ?, last_uid = ?"
                                 " WHERE id = ?";

static const char fetch_trouble_sql[] =
    "UPDATE mailbox"
    " SET fetch_trouble_at = IF(fetch_trouble IS NULL, ?, fetch_trouble_at), fetch_trouble = ?"
    " WHERE id = ? AND NOT (fetch_trouble <=> ?)";

static const char fetch_well_sql[] =
    "UPDATE mailbox"
    " SET fetch_trouble = NULL, fetch_trouble_at = NULL, fetch_seen_at = ?"
    " WHERE id = ? AND (fetch_trouble IS NOT NULL OR fetch_seen_at IS NULL OR fetch_seen_at < ?)";

static const char send_trouble_sql[] =
    "UPDATE mailbox"
    " SET send_trouble_at = IF(send_trouble IS NULL, ?, send_trouble_at), send_trouble = ?"
    " WHERE id = ? AND NOT (send_trouble <=> ?)";

static const char send_well_sql[] = "UPDATE mailbox"
                                    " SET send_trouble = NULL, send_trouble_at = NULL"
                                    " WHERE id = ? AND send_trouble IS NOT NULL";

static const char *const security_names[] = {
  [PN_SECURITY_TLS] = "tls",
  [PN_SECURITY_STARTTLS] = "starttls",
  [PN_SECURITY_PLAIN] = "plain",
};

PnMailbox *
pn_mailbox_new (const char *name)
{
  PnMailbox *mailbox = g_new0 (PnMailbox, 1);

  mailbox->name = g_strdup (name);
  mailbox->address = g_strdup ("");
  mailbox->imap.host = g_strdup ("");
  mailbox->imap.port = 993;
  mailbox->imap.user = g_strdup ("");
  mailbox->smtp.host = g_strdup ("");
  mailbox->smtp.port = 465;
  mailbox->smtp.user = g_strdup ("");
  mailbox->folder = g_strdup ("INBOX");
  mailbox->done_folder = g_strdup ("Postern/Done");
  mailbox->ca_file = g_strdup ("");
  mailbox->authserv_id = g_strdup ("");
  mailbox->spam_header = g_strdup ("");
  mailbox->has_plus = TRUE;
  mailbox->is_enabled = TRUE;
  return mailbox;
}

static void
account_clear (PnAccount *account)
{
  g_free (account->host);
  g_free (account->user);
  g_clear_pointer (&account->sealed_password, g_bytes_unref);
}

void
pn_mailbox_free (PnMailbox *mailbox)
{
  if (mailbox == NULL)
    return;
  g_free (mailbox->name);
  g_free (mailbox->address);
  account_clear (&mailbox->imap);
  account_clear (&mailbox->smtp);
  g_free (mailbox->folder);
  g_free (mailbox->done_folder);
  g_free (mailbox->ca_file);
  g_free (mailbox->authserv_id);
  g_free (mailbox->spam_header);
  g_free (mailbox->fetch_trouble);
  g_free (mailbox->send_trouble);
  g_free (mailbox);
}

static void
free_mailbox (gpointer mailbox)
{
  pn_mailbox_free (mailbox);
}

static gboolean
check_account (const PnMailbox *mailbox, const char *side, const PnAccount *account, GError **error)
{
  if (*account->host == '\0')
    return TRUE;
  if (account->port < 1 || account->port > 65535) {
    pn_error_set (error, PN_ERROR_INVALID, "mailbox %s: the %s port %u is not in 1 to 65535",
                  mailbox->name, side, account->port);
    return FALSE;
  }
  if (account->security == PN_SECURITY_PLAIN && !pn_text_is_loopback (account->host)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "mailbox %s: %s without TLS is for this machine only, not for %s", mailbox->name,
                  side, account->host);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check (const PnMailbox *mailbox, GError **error)
{
  g_autofree char *address = NULL;

  if (!pn_text_is_label (mailbox->name, NAME_MAX_CHARACTERS)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "mailbox name \"%s\": 1 to %d of a-z, 0-9 and \"-\" are allowed", mailbox->name,
                  NAME_MAX_CHARACTERS);
    return FALSE;
  }
  address = pn_text_read_address (mailbox->address, error);
  if (address == NULL) {
    g_prefix_error (error, "mailbox %s: ", mailbox->name);
    return FALSE;
  }
  if (*mailbox->folder == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "mailbox %s: the folder is empty", mailbox->name);
    return FALSE;
  }
  return check_account (mailbox, "IMAP", &mailbox->imap, error)
         && check_account (mailbox, "SMTP", &mailbox->smtp, error);
}

/* @last: created_at of a new row, the id of an old one. */
static gboolean
write_mailbox (PnDb *db, PnMailbox *mailbox, const char *sql, gint64 last, gint64 *id,
               gint64 *affected, GError **error)
{
  const PnValue args[] = {
    pn_text (mailbox->name),
    pn_int (mailbox->queue_id),
    pn_text (mailbox->address),
    pn_text (mailbox->imap.host),
    pn_int (mailbox->imap.port),
    pn_int (mailbox->imap.security),
    pn_text (mailbox->imap.user),
    pn_gbytes (mailbox->imap.sealed_password),
    pn_text (mailbox->smtp.host),
    pn_int (mailbox->smtp.port),
    pn_int (mailbox->smtp.security),
    pn_text (mailbox->smtp.user),
    pn_gbytes (mailbox->smtp.sealed_password),
    pn_text (mailbox->folder),
    pn_text (mailbox->done_folder),
    pn_text (mailbox->ca_file),
    pn_text (mailbox->authserv_id),
    pn_text (mailbox->spam_header),
    pn_int (mailbox->has_plus),
    pn_int (mailbox->is_enabled),
    pn_int (last),
  };

  return id != NULL ? pn_db_insert (db, sql, args, G_N_ELEMENTS (args), id, error)
                    : pn_db_exec (db, sql, args, G_N_ELEMENTS (args), affected, error);
}

static gboolean
update (PnDb *db, PnMailbox *mailbox, GError **error)
{
  gint64 affected = 0;
  g_autoptr (PnMailbox) there = NULL;

  if (!write_mailbox (db, mailbox, update_sql, mailbox->id, NULL, &affected, error))
    return FALSE;
  if (affected > 0)
    return TRUE;
  there = pn_mailbox_load (db, mailbox->id, error); /* nothing changed, or nothing there? */
  return there != NULL;
}

gboolean
pn_mailbox_save (PnDb *db, PnMailbox *mailbox, GError **error)
{
  if (!check (mailbox, error))
    return FALSE;
  if (mailbox->id != 0
          ? update (db, mailbox, error)
          : write_mailbox (db, mailbox, insert_sql, pn_clock_now (), &mailbox->id, NULL, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a mailbox named \"%s\" already",
                   mailbox->name);
  return FALSE;
}

static PnAccount
read_account (const PnRows *rows, guint first)
{
  return (PnAccount){
    .host = g_strdup (pn_rows_text (rows, first)),
    .port = (guint) pn_rows_int (rows, first + 1),
    .security = (PnSecurity) pn_rows_int (rows, first + 2),
    .user = g_strdup (pn_rows_text (rows, first + 3)),
    .sealed_password = pn_rows_gbytes (rows, first + 4),
  };
}

static PnMailbox *
read_mailbox (const PnRows *rows)
{
  PnMailbox *mailbox = g_new0 (PnMailbox, 1);

  mailbox->name = g_strdup (pn_rows_text (rows, 0));
  mailbox->queue_id = pn_rows_int (rows, 1);
  mailbox->address = g_strdup (pn_rows_text (rows, 2));
  mailbox->imap = read_account (rows, 3);
  mailbox->smtp = read_account (rows, 8);
  mailbox->folder = g_strdup (pn_rows_text (rows, 13));
  mailbox->done_folder = g_strdup (pn_rows_text (rows, 14));
  mailbox->ca_file = g_strdup (pn_rows_text (rows, 15));
  mailbox->authserv_id = g_strdup (pn_rows_text (rows, 16));
  mailbox->spam_header = g_strdup (pn_rows_text (rows, 17));
  mailbox->has_plus = pn_rows_int (rows, 18) != 0;
  mailbox->is_enabled = pn_rows_int (rows, 19) != 0;
  mailbox->id = pn_rows_int (rows, 20);
  mailbox->uidvalidity = pn_rows_int (rows, 21);
  mailbox->last_uid = pn_rows_int (rows, 22);
  mailbox->fetch_trouble = g_strdup (pn_rows_text (rows, 23));
  mailbox->fetch_trouble_at = pn_rows_int (rows, 24);
  mailbox->fetch_seen_at = pn_rows_int (rows, 25);
  mailbox->send_trouble = g_strdup (pn_rows_text (rows, 26));
  mailbox->send_trouble_at = pn_rows_int (rows, 27);
  return mailbox;
}

PnMailbox *
pn_mailbox_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no mailbox %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_mailbox (rows);
}

gboolean
pn_mailbox_find (PnDb *db, const char *name, PnMailbox **mailbox, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *mailbox = pn_rows_next (rows) ? read_mailbox (rows) : NULL;
  return TRUE;
}

/* The collation takes "é" for "e"; addresses do not. */
static gboolean
find_exact (PnDb *db, const char *address, gboolean wants_plus, PnMailbox **mailbox, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, address_sql, PN_ARGS (pn_text (address)), error);

  if (rows == NULL)
    return FALSE;
  *mailbox = NULL;
  while (*mailbox == NULL && pn_rows_next (rows)) {
    if (g_ascii_strcasecmp (pn_rows_text (rows, 2), address) == 0
        && (!wants_plus || pn_rows_int (rows, 18) != 0))
      *mailbox = read_mailbox (rows);
  }
  return TRUE;
}

gboolean
pn_mailbox_find_address (PnDb *db, const char *address, PnMailbox **mailbox, GError **error)
{
  const char *at = strrchr (address, '@');
  const char *plus = strchr (address, '+');
  g_autofree char *bare = NULL;

  if (!find_exact (db, address, FALSE, mailbox, error))
    return FALSE;
  if (*mailbox != NULL || at == NULL || plus == NULL || plus > at)
    return TRUE;
  bare = g_strdup_printf ("%.*s%s", (int) (plus - address), address, at);
  return find_exact (db, bare, TRUE, mailbox, error);
}

gboolean
pn_mailbox_for_queue (PnDb *db, gint64 queue_id, PnMailbox **mailbox, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, queue_sql, PN_ARGS (pn_int (queue_id)), error);

  if (rows == NULL)
    return FALSE;
  *mailbox = pn_rows_next (rows) ? read_mailbox (rows) : NULL;
  return TRUE;
}

GArray *
pn_mailbox_sending_queues (PnDb *db, GError **error)
{
  return pn_db_query_ids (db, sending_sql, PN_NO_ARGS, error);
}

GPtrArray *
pn_mailbox_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);
  GPtrArray *mailboxes;

  if (rows == NULL)
    return NULL;
  mailboxes = g_ptr_array_new_with_free_func (free_mailbox);
  while (pn_rows_next (rows))
    g_ptr_array_add (mailboxes, read_mailbox (rows));
  return mailboxes;
}

gboolean
pn_mailbox_set_cursor (PnDb *db, gint64 id, gint64 uidvalidity, gint64 last_uid, GError **error)
{
  return pn_db_exec (db, cursor_sql, PN_ARGS (pn_int (uidvalidity), pn_int (last_uid), pn_int (id)),
                     NULL, error);
}

static gboolean
set_well (PnDb *db, gint64 id, PnMailboxSide side, GError **error)
{
  PnTime now = pn_clock_now ();

  switch (side) {
  case PN_SIDE_FETCH:
    return pn_db_exec (db, fetch_well_sql,
                       PN_ARGS (pn_int (now), pn_int (id), pn_int (now - SEEN_EVERY)), NULL, error);
  case PN_SIDE_SEND: return pn_db_exec (db, send_well_sql, PN_ARGS (pn_int (id)), NULL, error);
  }
  g_return_val_if_reached (FALSE);
}

gboolean
pn_mailbox_set_trouble (PnDb *db, gint64 id, PnMailboxSide side, const char *sentence,
                        GError **error)
{
  g_autofree char *line = NULL;

  if (sentence == NULL)
    return set_well (db, id, side, error);
  line = pn_text_clean_line (sentence, 1000);
  return pn_db_exec (
      db, side == PN_SIDE_FETCH ? fetch_trouble_sql : send_trouble_sql,
      PN_ARGS (pn_int (pn_clock_now ()), pn_text (line), pn_int (id), pn_text (line)), NULL, error);
}

const char *
pn_security_name (PnSecurity security)
{
  g_return_val_if_fail ((guint) security < G_N_ELEMENTS (security_names), "");
  return security_names[security];
}

gboolean
pn_security_read (const char *name, PnSecurity *security)
{
  for (guint i = 0; i < G_N_ELEMENTS (security_names); i++) {
    if (strcmp (name, security_names[i]) == 0) {
      *security = (PnSecurity) i;
      return TRUE;
    }
  }
  return FALSE;
}
