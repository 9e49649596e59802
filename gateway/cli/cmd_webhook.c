#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/things.h"
#include "ticketing/core/json.h"
#include "ticketing/webhook.h"

#define CALLS_SHOWN 50

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_webhook_find (db, name, (PnWebhook **) thing, error);
}

static gboolean
remove_webhook (PnDb *db, gpointer thing, GError **error)
{
  return pn_webhook_delete (db, ((const PnWebhook *) thing)->id, error);
}

static json_t *
write_webhook (PnDb *db, gconstpointer thing, GError **error)
{
  const PnWebhook *webhook = thing;

  return json_pack ("{s:I, s:o, s:o, s:b}", "id", (json_int_t) webhook->id, "name",
                    pn_json_text (webhook->name), "target", pn_json_text (webhook->url),
                    "is_enabled", webhook->is_enabled);
}

static char *
make_line (PnDb *db, gconstpointer thing, GError **error)
{
  const PnWebhook *webhook = thing;

  return g_strdup_printf ("%s\t%s\t%s", webhook->name, webhook->url,
                          webhook->is_enabled ? "on" : "off");
}

static const PnCliThings webhooks = {
  .kind = "webhook",
  .find = find,
  .free = (GDestroyNotify) pn_webhook_free,
  .load = pn_webhook_list,
  .line = make_line,
  .write = write_webhook,
  .remove = remove_webhook,
};

static gboolean
save (PnCli *cli, PnWebhook *webhook, GError **error)
{
  const char *const *allowed =
      pn_settings_list (pn_cli_settings (cli), PN_SETTING_WEB_WEBHOOK_HOSTS);

  if (!pn_webhook_save (pn_cli_db (cli, error), webhook, allowed, error))
    return FALSE;
  return !pn_cli_wants_json (cli) || pn_cli_print_thing (cli, webhook, error);
}

static gboolean
add (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnWebhook) webhook = NULL;

  if (pn_cli_open (cli, NULL, "NAME URL", &argc, &argv, error) == NULL)
    return FALSE;
  webhook = pn_webhook_new (argv[1], argv[2]);
  return save (cli, webhook, error);
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

  if (!pn_cli_parse (cli, entries, "NAME", &argc, &argv, error))
    return FALSE;
  webhook = pn_cli_find_thing (cli, argv[1], error);
  if (webhook == NULL)
    return FALSE;
  pn_cli_take_text (&webhook->url, &url);
  webhook->is_enabled = !is_off && (is_on || webhook->is_enabled);
  return save (cli, webhook, error);
}

static gboolean
calls (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnWebhook) webhook = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  g_autoptr (GPtrArray) rows =
      webhook != NULL ? pn_webhook_calls (pn_cli_db (cli, error), webhook->id, CALLS_SHOWN, error)
                      : NULL;

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

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the webhooks" },
  { "add", add, "Adds a webhook" },
  { "set", set, "Changes a webhook" },
  { "calls", calls, "Lists the newest calls of a webhook" },
  { "retry", retry, "Makes a call that failed again" },
  { "remove", pn_cli_remove_thing, "Removes a webhook with what waits for it" },
  { NULL, NULL, NULL },
};

int
pn_cmd_webhook (int argc, char **argv)
{
  return pn_cli_main_things (&webhooks, verbs, argc, argv);
}
