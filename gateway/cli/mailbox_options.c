#include "gateway/cli/mailbox_options.h"

#include "gateway/cli/ask.h"
#include "gateway/cli/find.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/mailbox_secret.h"

static const guint standard_ports[2][3] = {
  [PN_SIDE_FETCH] = { [PN_SECURITY_TLS] = 993,
                      [PN_SECURITY_STARTTLS] = 143,
                      [PN_SECURITY_PLAIN] = 143 },
  [PN_SIDE_SEND] = { [PN_SECURITY_TLS] = 465,
                     [PN_SECURITY_STARTTLS] = 587,
                     [PN_SECURITY_PLAIN] = 25 },
};

static void
account_clear (PnAccountOptions *options)
{
  g_free (options->host);
  g_free (options->security);
  g_free (options->user);
}

void
pn_mailbox_options_clear (PnMailboxOptions *options)
{
  account_clear (&options->imap);
  account_clear (&options->smtp);
  g_free (options->queue);
  g_free (options->address);
  g_free (options->folder);
  g_free (options->done_folder);
  g_free (options->ca_file);
  g_free (options->authserv_id);
  g_free (options->spam_header);
  g_free (options->has_plus);
  g_free (options->is_enabled);
}

gboolean
pn_mailbox_options_parse (PnCli *cli, PnMailboxOptions *options, int *argc, char ***argv,
                          GError **error)
{
  PnMailboxOptions *o = options;
  const GOptionEntry entries[] = {
    { "queue", 0, 0, G_OPTION_ARG_STRING, &o->queue, "The queue that its mail goes to", "NAME" },
    { "address", 0, 0, G_OPTION_ARG_STRING, &o->address, "What customers write to", "ADDRESS" },
    { "imap-host", 0, 0, G_OPTION_ARG_STRING, &o->imap.host,
      "The IMAP server; \"\" fetches nothing", "HOST" },
    { "imap-port", 0, 0, G_OPTION_ARG_INT, &o->imap.port, "Its port (993; 143 for starttls)", "N" },
    { "imap-security", 0, 0, G_OPTION_ARG_STRING, &o->imap.security,
      "plain is for this machine only", "tls|starttls|plain" },
    { "imap-user", 0, 0, G_OPTION_ARG_STRING, &o->imap.user, "The log-in there", "NAME" },
    { "smtp-host", 0, 0, G_OPTION_ARG_STRING, &o->smtp.host, "The SMTP server; \"\" sends nothing",
      "HOST" },
    { "smtp-port", 0, 0, G_OPTION_ARG_INT, &o->smtp.port, "Its port (465; 587 for starttls)", "N" },
    { "smtp-security", 0, 0, G_OPTION_ARG_STRING, &o->smtp.security,
      "plain is for this machine only", "tls|starttls|plain" },
    { "smtp-user", 0, 0, G_OPTION_ARG_STRING, &o->smtp.user, "The log-in there; \"\" for none",
      "NAME" },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &o->reads_password,
      "Read the password from the first line of stdin, for IMAP and SMTP alike", NULL },
    { "smtp-password-stdin", 0, 0, G_OPTION_ARG_NONE, &o->reads_smtp_password,
      "Read another one for SMTP from the next line", NULL },
    { "folder", 0, 0, G_OPTION_ARG_STRING, &o->folder, "Where new mail lies (INBOX)", "NAME" },
    { "done-folder", 0, 0, G_OPTION_ARG_STRING, &o->done_folder, "Where filed mail is moved to",
      "NAME" },
    { "ca-file", 0, 0, G_OPTION_ARG_STRING, &o->ca_file,
      "Certificate authorities (PEM) in place of the system's", "FILE" },
    { "authserv-id", 0, 0, G_OPTION_ARG_STRING, &o->authserv_id,
      "What your server calls itself in Authentication-Results", "ID" },
    { "spam-header", 0, 0, G_OPTION_ARG_STRING, &o->spam_header,
      "What your server writes into spam: \"X-Spam-Flag: yes\"", "LINE" },
    { "plus", 0, 0, G_OPTION_ARG_STRING, &o->has_plus,
      "Mail to name+anything reaches the mailbox too (yes)", "yes|no" },
    { "enabled", 0, 0, G_OPTION_ARG_STRING, &o->is_enabled, "Use the mailbox (yes)", "yes|no" },
    { NULL },
  };

  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

static gboolean
apply_account (PnAccountOptions *options, PnMailboxSide side, PnAccount *account, GError **error)
{
  PnSecurity security = account->security;

  if (options->security != NULL && !pn_security_read (options->security, &security)) {
    pn_cli_set_usage (error, "the security of a server is tls, starttls or plain, not \"%s\"",
                      options->security);
    return FALSE;
  }
  if (options->port < 0 || options->port > 65535) {
    pn_cli_set_usage (error, "%d is no port", options->port);
    return FALSE;
  }
  pn_cli_take_text (&account->host, &options->host);
  pn_cli_take_text (&account->user, &options->user);
  if (options->port > 0)
    account->port = (guint) options->port;
  else if (options->security != NULL || account->port == 0)
    account->port = standard_ports[side][security];
  account->security = security;
  return TRUE;
}

static void
set_password (PnCli *cli, const PnSecret *key, PnMailbox *mailbox, PnMailboxSide side,
              const PnSecret *password)
{
  PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;

  g_clear_pointer (&account->sealed_password, g_bytes_unref);
  if (*account->user != '\0')
    account->sealed_password = pn_mailbox_seal_password (key, mailbox->name, side, password);
}

static gboolean
apply_passwords (PnCli *cli, const PnMailboxOptions *options, PnMailbox *mailbox, GError **error)
{
  const PnSecret *master = NULL;
  g_autoptr (PnSecret) key = NULL;
  g_autoptr (PnSecret) password = NULL;
  g_autoptr (PnSecret) smtp_password = NULL;

  if (!options->reads_password && !options->reads_smtp_password)
    return TRUE;
  master = pn_cli_master_key (cli, error);
  if (master == NULL)
    return FALSE;
  key = pn_key_derive (master, PN_KEY_SEAL);
  if (options->reads_password) {
    password = pn_ask_stdin_line (error);
    if (password == NULL)
      return FALSE;
    set_password (cli, key, mailbox, PN_SIDE_FETCH, password);
  }
  if (options->reads_smtp_password) {
    smtp_password = pn_ask_stdin_line (error);
    if (smtp_password == NULL)
      return FALSE;
  }
  set_password (cli, key, mailbox, PN_SIDE_SEND, smtp_password != NULL ? smtp_password : password);
  return TRUE;
}

static gboolean
apply_queue (PnDb *db, const char *name, PnMailbox *mailbox, GError **error)
{
  g_autoptr (PnQueue) queue = NULL;

  if (name == NULL && mailbox->queue_id != 0)
    return TRUE;
  if (name == NULL) {
    pn_cli_set_usage (error, "give --queue, the queue that its mail goes to");
    return FALSE;
  }
  queue = pn_cli_find_queue (db, name, error);
  if (queue != NULL)
    mailbox->queue_id = queue->id;
  return queue != NULL;
}

gboolean
pn_mailbox_options_apply (PnCli *cli, PnDb *db, PnMailboxOptions *options, PnMailbox *mailbox,
                          GError **error)
{
  if (options->address != NULL) {
    char *address = pn_text_read_address (options->address, error);

    if (address == NULL)
      return FALSE;
    g_free (mailbox->address);
    mailbox->address = address;
  } else if (mailbox->address == NULL || *mailbox->address == '\0') {
    pn_cli_set_usage (error, "give --address, what customers write to");
    return FALSE;
  }
  pn_cli_take_text (&mailbox->folder, &options->folder);
  pn_cli_take_text (&mailbox->done_folder, &options->done_folder);
  pn_cli_take_text (&mailbox->ca_file, &options->ca_file);
  pn_cli_take_text (&mailbox->authserv_id, &options->authserv_id);
  pn_cli_take_text (&mailbox->spam_header, &options->spam_header);
  return apply_queue (db, options->queue, mailbox, error)
         && pn_cli_take_flag ("--plus", options->has_plus, &mailbox->has_plus, error)
         && pn_cli_take_flag ("--enabled", options->is_enabled, &mailbox->is_enabled, error)
         && apply_account (&options->imap, PN_SIDE_FETCH, &mailbox->imap, error)
         && apply_account (&options->smtp, PN_SIDE_SEND, &mailbox->smtp, error)
         && apply_passwords (cli, options, mailbox, error);
}
