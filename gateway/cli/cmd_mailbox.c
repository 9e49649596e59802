#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/dry_run.h"
#include "gateway/cli/mailbox_oauth.h"
#include "gateway/cli/mailbox_options.h"
#include "gateway/cli/things.h"
#include "gateway/serve/probe.h"
#include "ticketing/core/error.h"

static json_t *
make_account (const PnAccount *account)
{
  return json_pack ("{s:s,s:i,s:s,s:s,s:b}", "host", account->host, "port", (int) account->port,
                    "security", pn_security_name (account->security), "user", account->user,
                    "has_password", account->sealed_password != NULL);
}

static json_t *
make_json (gconstpointer row)
{
  const PnMailbox *mailbox = row;

  return json_pack ("{s:I,s:s,s:I,s:s,s:o,s:o,s:s,s:b,s:s?,s:s?}", "id", (json_int_t) mailbox->id,
                    "name", mailbox->name, "queue_id", (json_int_t) mailbox->queue_id, "address",
                    mailbox->address, "imap", make_account (&mailbox->imap), "smtp",
                    make_account (&mailbox->smtp), "folder", mailbox->folder, "enabled",
                    mailbox->is_enabled, "fetch_trouble", mailbox->fetch_trouble, "send_trouble",
                    mailbox->send_trouble);
}

static char *
make_account_text (const PnAccount *account)
{
  if (*account->host == '\0')
    return g_strdup ("-");
  return g_strdup_printf ("%s:%u (%s)", account->host, account->port,
                          pn_security_name (account->security));
}

static char *
make_text (gconstpointer row)
{
  const PnMailbox *mailbox = row;
  g_autofree char *imap = make_account_text (&mailbox->imap);
  g_autofree char *smtp = make_account_text (&mailbox->smtp);
  const char *trouble =
      mailbox->fetch_trouble != NULL ? mailbox->fetch_trouble : mailbox->send_trouble;

  return g_strdup_printf ("%s\t%s\t%s\t%s\t%s", mailbox->name, mailbox->address, imap, smtp,
                          !mailbox->is_enabled ? "disabled"
                          : trouble != NULL    ? trouble
                                               : "");
}

static const PnCliList list_form = { "NAME\tADDRESS\tIMAP\tSMTP\tTROUBLE", make_json, make_text,
                                     pn_mailbox_list };

static gboolean
save (PnCli *cli, PnDb *db, PnMailbox *mailbox, PnMailboxOptions *options, GError **error)
{
  if (!pn_mailbox_options_apply (cli, db, options, mailbox, error)
      || !pn_mailbox_save (db, mailbox, error))
    return FALSE;
  pn_cli_wake (cli, "supervisor");
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (mailbox));
  return TRUE;
}

/* add and set */
static gboolean
put (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (PnMailboxOptions) options = { 0 };
  g_autoptr (PnMailbox) mailbox = NULL;

  if (!pn_mailbox_options_parse (cli, &options, &argc, &argv, error))
    return FALSE;
  mailbox = pn_cli_take_thing (cli, argv[0], argv[1], error);
  return mailbox != NULL && save (cli, pn_cli_db (cli, error), mailbox, &options, error);
}

/* Tries one side. @worst keeps the error that decides the exit code: the first. */
static json_t *
try_side (PnCli *cli, PnDb *db, const PnMailbox *mailbox, PnMailboxSide side, const PnSecret *key,
          GError **worst)
{
  const PnAccount *account = side == PN_SIDE_FETCH ? &mailbox->imap : &mailbox->smtp;
  const char *what = side == PN_SIDE_FETCH ? "imap" : "smtp";
  const char *hello = pn_settings_text (pn_cli_settings (cli), PN_SETTING_MAIL_HELLO_NAME);
  g_autoptr (GError) reason = NULL;
  gint64 count = 0;

  if (*account->host == '\0') {
    if (!pn_cli_wants_json (cli))
      printf ("%s  not used\n", what);
    return json_null ();
  }
  if (!pn_probe (db, mailbox, side, key, *hello != '\0' ? hello : NULL, &count, &reason)) {
    json_t *document = json_pack ("{s:b,s:s}", "ok", 0, "reason", reason->message);

    if (!pn_cli_wants_json (cli))
      printf ("%s  %s\n", what, reason->message);
    if (*worst == NULL)
      *worst = g_steal_pointer (&reason);
    return document;
  }
  if (!pn_cli_wants_json (cli))
    printf (side == PN_SIDE_FETCH ? "%s  good, %" G_GINT64_FORMAT " mails wait\n" : "%s  good\n",
            what, count);
  return side == PN_SIDE_FETCH ? json_pack ("{s:b,s:I}", "ok", 1, "waiting", (json_int_t) count)
                               : json_pack ("{s:b}", "ok", 1);
}

static gboolean
test (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnMailbox) mailbox = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  g_autoptr (PnSecret) key = NULL;
  g_autoptr (GError) worst = NULL;
  const PnSecret *master = NULL;
  json_t *imap = NULL;
  json_t *smtp = NULL;
  PnDb *db = NULL;

  master = mailbox != NULL ? pn_cli_master_key (cli, error) : NULL;
  if (master == NULL)
    return FALSE;
  key = pn_key_derive (master, PN_KEY_SEAL);
  db = pn_cli_db (cli, error);
  if (db == NULL)
    return FALSE;
  imap = try_side (cli, db, mailbox, PN_SIDE_FETCH, key, &worst);
  smtp = try_side (cli, db, mailbox, PN_SIDE_SEND, key, &worst);
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (
        json_pack ("{s:s,s:o,s:o}", "mailbox", mailbox->name, "imap", imap, "smtp", smtp));
  else {
    json_decref (imap);
    json_decref (smtp);
  }
  if (worst == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&worst));
  return FALSE;
}

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_mailbox_find (db, name, (PnMailbox **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_mailbox_new (name);
}

static const PnCliThings mailboxes = {
  .kind = "mailbox",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_mailbox_free,
  .list = &list_form,
};

static const PnCliVerb verbs[] = {
  { "add", put, "Adds a mailbox" },
  { "set", put, "Changes a mailbox" },
  { "list", pn_cli_list_things, "Lists the mailboxes" },
  { "oauth", pn_cli_mailbox_oauth, "Lets a mailbox log in with a token; a person signs in once" },
  { "test", test, "Logs in at a mailbox's servers; files and sends nothing" },
  { "dry-run", pn_cli_dry_run, "Says what would become of the mail that waits" },
  { NULL, NULL, NULL },
};

int
pn_cmd_mailbox (int argc, char **argv)
{
  return pn_cli_main_things (&mailboxes, verbs, argc, argv);
}
