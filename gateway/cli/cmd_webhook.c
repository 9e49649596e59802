#include <stdio.h>
#include <string.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/webhook.h"

#define CALLS_SHOWN 50

static PnWebhook *
find_webhook (PnDb *db, const char *name, GError **error)
{
  PnWebhook *webhook = NULL;

  if (pn_webhook_find (db, name, &webhook, error) && webhook == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no webhook \"%s\"", name);
  return webhook;
}

static void
print (PnCli *cli, const PnWebhook *webhook)
{
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:I, s:o, s:o, s:b}", "id", (json_int_t) webhook->id, "name",
                                  pn_json_text (webhook->name), "target",
                                  pn_json_text (webhook->url), "is_enabled", webhook->is_enabled));
  else
    printf ("%s\t%s\t%s\n", webhook->name, webhook->url, webhook->is_enabled ? "on" : "off");
}

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) webhooks = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  webhooks = db != NULL ? pn_webhook_list (db, error) : NULL;
  for (guint i = 0; webhooks != NULL && i < webhooks->len; i++)
    print (cli, webhooks->pdata[i]);
  return webhooks != NULL;
}

static gboolean
save (PnCli *cli, PnDb *db, PnWebhook *webhook, GError **error)
{
  const char *const *allowed =
      pn_settings_list (pn_cli_settings (cli), PN_SETTING_WEB_WEBHOOK_HOSTS);

  if (!pn_webhook_save (db, webhook, allowed, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    print (cli, webhook);
  return TRUE;
}

static gboolean
add (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnWebhook) webhook = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME URL", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  webhook = pn_webhook_new (argv[1], argv[2]);
  return db != NULL && save (cli, db, webhook, error);
}

static gboolean
set (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *url = NULL;
  gboolean is_on = FALSE, is_off = FALSE;
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, &url, "Where it calls", "URL" },
    { "on", 0, 0, G_OPTION_ARG_NONE, &is_on, "Lets it be called", NULL },
    { "off", 0, 0, G_OPTION_ARG_NONE, &is_off, "Lets it not be called any more", NULL },
    { NULL },
  };
  g_autoptr (PnWebhook) webhook = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, entries, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  webhook = db != NULL ? find_webhook (db, argv[1], error) : NULL;
  if (webhook == NULL)
    return FALSE;
  if (url != NULL) {
    g_free (webhook->url);
    webhook->url = g_steal_pointer (&url);
  }
  webhook->is_enabled = !is_off && (is_on || webhook->is_enabled);
  return save (cli, db, webhook, error);
}

static gboolean
calls (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnWebhook) webhook = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  webhook = db != NULL ? find_webhook (db, argv[1], error) : NULL;
  rows = webhook != NULL ? pn_webhook_calls (db, webhook->id, CALLS_SHOWN, error) : NULL;
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const PnWebhookCall *row = rows->pdata[i];

    if (pn_cli_wants_json (cli))
      pn_cli_print_json (json_pack ("{s:I, s:o, s:s, s:i, s:i, s:o, s:o}", "id",
                                    (json_int_t) row->id, "kind", pn_json_text (row->kind), "state",
                                    pn_call_state_name (row->state), "attempts", row->attempts,
                                    "status", row->status, "answer", pn_json_text (row->answer),
                                    "created_at", pn_json_time (row->created_at)));
    else
      printf ("%" G_GINT64_FORMAT "\t%s\t%s\t%d\t%s\n", row->id, row->kind,
              pn_call_state_name (row->state), row->status, row->answer != NULL ? row->answer : "");
  }
  return rows != NULL;
}

static gboolean
retry (PnCli *cli, int argc, char **argv, GError **error)
{
  PnDb *db = NULL;
  gint64 id = 0;

  if (!pn_cli_parse (cli, NULL, "CALL", &argc, &argv, error))
    return FALSE;
  if (!g_ascii_string_to_signed (argv[1], 10, 1, G_MAXINT64, &id, NULL)) {
    pn_cli_set_usage (error, "\"%s\" is no number of a call; see postern webhook calls", argv[1]);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_webhook_retry (db, 0, id, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return TRUE;
}

static gboolean
remove_one (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnWebhook) webhook = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  webhook = db != NULL ? find_webhook (db, argv[1], error) : NULL;
  return webhook != NULL && pn_webhook_delete (db, webhook->id, error);
}

static const PnCliVerb verbs[] = {
  { "list", list, "Lists the webhooks" },
  { "add", add, "Adds a webhook" },
  { "set", set, "Changes a webhook" },
  { "calls", calls, "Lists the newest calls of a webhook" },
  { "retry", retry, "Makes a call that failed again" },
  { "remove", remove_one, "Removes a webhook with what waits for it" },
  { NULL, NULL, NULL },
};

int
pn_cmd_webhook (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
