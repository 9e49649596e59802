#include "gateway/cli/dry_run.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/find.h"
#include "gateway/cli/list.h"
#include "gateway/cli/own_child.h"
#include "gateway/cli/words.h"
#include "gateway/mail/imap.h"
#include "gateway/mail/parse_client.h"
#include "gateway/serve/mail_server.h"
#include "gateway/serve/rehearsal.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define MAILS_STANDARD 20
#define MAILS_MOST 1000
#define SUBJECT_SHOWN_BYTES 50

typedef struct {
  PnCli *cli;
  PnDb *db;
  PnMailbox *mailbox;
  PnImap *imap;
  PnChild *parser; /* NULL: the gateway's is used */
  PnSecret *key;   /* of PN_KEY_TOKEN */
  char *parse_socket;
  PnFiling filing;
  guint32 uidvalidity;
} DryRun;

/* One mail and what would become of it. */
typedef struct {
  PnImapMail mail;
  GBytes *raw;
  gboolean is_header_only;
  PnRehearsal rehearsal;
  json_t *sentences; /* why */
} Row;

static void
dry_run_clear (DryRun *run)
{
  pn_imap_free (run->imap);
  pn_own_child_stop (run->parser);
  pn_mailbox_free (run->mailbox);
  pn_secret_free (run->key);
  g_free (run->parse_socket);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DryRun, dry_run_clear)

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->raw, g_bytes_unref);
  pn_rehearsal_clear (&row->rehearsal);
  g_clear_pointer (&row->sentences, json_decref);
  g_free (row);
}

static PnMail *
parse (gpointer data, gpointer started, GBytes *raw, const char *authserv_ids, gboolean *has_died,
       GError **error)
{
  const DryRun *run = data;
  const PnParseOptions options = { .authserv_ids = authserv_ids };
  g_autoptr (GError) reason = NULL;
  PnMail *mail = pn_parse_client_parse (run->parse_socket, raw, &options, &reason);

  *has_died = pn_error_is (reason, PN_ERROR_PERMANENT);
  if (mail == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return mail;
}

static gboolean
open_server (DryRun *run, const PnSecret *master, GError **error)
{
  g_autoptr (PnSecret) seal_key = pn_key_derive (master, PN_KEY_SEAL);
  g_autoptr (PnSecret) password = NULL;
  g_autoptr (GError) reason = NULL;
  PnServer server;

  if (!pn_mail_server_fill (run->db, seal_key, run->mailbox, PN_SIDE_FETCH, &server, &password,
                            error))
    return FALSE;
  run->imap = pn_imap_open (&server, -1, &reason);
  if (run->imap == NULL) {
    pn_mail_server_note_refusal (run->db, run->mailbox, &server, reason);
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  return pn_imap_select (run->imap, run->mailbox->folder, &run->uidvalidity, error);
}

/* The gateway's parser, or one of our own: no mail is read outside of the jail. */
static gboolean
open_parser (DryRun *run, GError **error)
{
  const PnSettings *settings = pn_cli_settings (run->cli);
  const char *path = pn_settings_text (settings, PN_SETTING_PATHS_RUN);
  g_autoptr (PnHealth) health = pn_health_load (path, NULL);

  run->parse_socket = g_build_filename (path, "parse.sock", NULL);
  if (health == NULL)
    run->parser = pn_own_child_start (PN_ROLE_PARSE, settings, NULL, error);
  return health != NULL || run->parser != NULL;
}

static gboolean
take_body (guint32 uid, const char *bytes, gsize size_bytes, gpointer data, GError **error)
{
  Row *row = data;

  if (row->raw == NULL)
    row->raw = g_bytes_new (bytes, size_bytes);
  return TRUE;
}

/* The mail stays NULL when it vanished. */
static gboolean
fetch (DryRun *run, Row *row, GError **error)
{
  g_autoptr (GError) reason = NULL;

  row->is_header_only = row->mail.size_bytes > PN_IMAP_BATCH_BYTES;
  if (!row->is_header_only)
    return pn_imap_fetch (run->imap, &row->mail, 1, take_body, row, error);
  row->raw = pn_imap_fetch_header (run->imap, row->mail.uid, &reason);
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* @rows gets what became of each mail, but for those that vanished meanwhile. */
static gboolean
rehearse_all (DryRun *run, const GArray *uids, guint most, GPtrArray *rows, GError **error)
{
  guint n = MIN (uids->len, most);
  g_autoptr (GArray) mails = NULL;

  if (n == 0)
    return TRUE;
  mails = pn_imap_sizes (run->imap, (const guint32 *) (gconstpointer) uids->data, n, error);
  for (guint i = 0; mails != NULL && i < mails->len; i++) {
    Row *row = g_new0 (Row, 1);

    g_ptr_array_add (rows, row);
    row->mail = g_array_index (mails, PnImapMail, i);
    if (!fetch (run, row, error))
      return FALSE;
    if (row->raw == NULL)
      g_ptr_array_set_size (rows, (int) rows->len - 1);
    else if (!pn_rehearse (&run->filing, run->mailbox, row->raw, row->mail.internal_date,
                           &row->rehearsal, error))
      return FALSE;
  }
  return mails != NULL;
}

static json_t *
make_json (gconstpointer data)
{
  const Row *row = data;
  const PnFiled *filed = &row->rehearsal.filed;
  json_t *ticket = filed->ticket_id != 0 ? json_integer (filed->ticket_id) : json_null ();

  return json_pack ("{s:I,s:I,s:s,s:s,s:s,s:s,s:o,s:O,s:O}", "uid", (json_int_t) row->mail.uid,
                    "size", (json_int_t) row->mail.size_bytes, "from",
                    row->rehearsal.mail->from->address, "subject", row->rehearsal.mail->subject,
                    "kind", pn_mail_kind_name (row->rehearsal.mail->kind), "disposition",
                    pn_disposition_name (filed->disposition), "ticket", ticket, "reasons",
                    row->sentences, "why", filed->reasons);
}

static char *
make_text (gconstpointer data)
{
  const Row *row = data;
  const PnFiled *filed = &row->rehearsal.filed;
  g_autofree char *subject = pn_text_clip (row->rehearsal.mail->subject, SUBJECT_SHOWN_BYTES);
  g_autofree char *ticket = filed->ticket_id != 0
                                ? g_strdup_printf (" #%" G_GINT64_FORMAT, filed->ticket_id)
                                : g_strdup ("");
  const char *reason = json_string_value (json_array_get (row->sentences, 0));

  return g_strdup_printf ("%u\t%s\t%s\t%s%s\t%s", row->mail.uid, row->rehearsal.mail->from->address,
                          subject, pn_disposition_name (filed->disposition), ticket,
                          reason != NULL ? reason : "");
}

static const PnCliList list_form = { "UID\tFROM\tSUBJECT\tWOULD BE\tBECAUSE", make_json,
                                     make_text };

static gboolean
open_all (DryRun *run, PnCli *cli, const char *name, GError **error)
{
  const PnSecret *master = NULL;

  run->cli = cli;
  run->db = pn_cli_db (cli, error);
  run->mailbox = run->db != NULL ? pn_cli_find_mailbox (run->db, name, error) : NULL;
  master = run->mailbox != NULL ? pn_cli_master_key (cli, error) : NULL;
  if (master == NULL || !open_server (run, master, error) || !open_parser (run, error))
    return FALSE;
  run->key = pn_key_derive (master, PN_KEY_TOKEN);
  run->filing = (PnFiling){ .db = run->db, .key = run->key, .parse = parse, .parse_data = run };
  return TRUE;
}

gboolean
pn_cli_dry_run (PnCli *cli, int argc, char **argv, GError **error)
{
  int most = MAILS_STANDARD;
  const GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &most, "Look at so many mails (20)", "N" },
    { NULL },
  };
  g_auto (DryRun) run = { 0 };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (GArray) uids = NULL;

  if (!pn_cli_parse (cli, entries, "NAME", &argc, &argv, error))
    return FALSE;
  if (most < 1 || most > MAILS_MOST) {
    pn_cli_set_usage (error, "--limit takes 1 to %d, not %d", MAILS_MOST, most);
    return FALSE;
  }
  if (!open_all (&run, cli, argv[1], error))
    return FALSE;
  uids = pn_imap_list (run.imap, error);
  if (uids == NULL || !rehearse_all (&run, uids, (guint) most, rows, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    Row *row = rows->pdata[i];

    row->sentences = pn_cli_sentences (cli, row->rehearsal.filed.reasons);
  }
  pn_cli_print_list (cli, &list_form, rows);
  if (!pn_cli_wants_json (cli))
    printf ("%u of %u waiting mails looked at; nothing was filed, sent or moved\n", rows->len,
            uids->len);
  return TRUE;
}
