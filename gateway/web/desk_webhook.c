#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/manage_form.h"
#include "ticketing/core/error.h"
#include "ticketing/webhook.h"

#define NAME_BYTES 64
#define CALLS_SHOWN 50

static json_t *
show_webhook (const PnWebhook *webhook)
{
  g_autofree char *url = g_strdup_printf ("/desk/manage/webhooks/%" G_GINT64_FORMAT, webhook->id);

  return json_pack ("{s:I, s:o, s:o, s:b, s:o, s:s}", "id", (json_int_t) webhook->id, "name",
                    pn_json_text (webhook->name), "target", pn_json_text (webhook->url),
                    "is_enabled", webhook->is_enabled, "created_at",
                    pn_json_time (webhook->created_at), "url", url);
}

static void
show_list (PnCall *call, int status, const char *problem, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) webhooks = pn_webhook_list (call->db, &error);
  json_t *list;

  (void) data;
  if (webhooks == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < webhooks->len; i++)
    json_array_append_new (list, show_webhook (webhooks->pdata[i]));
  pn_call_page (call, status, "desk-webhooks",
                call->is_api
                    ? json_pack ("{s:o}", "webhooks", list)
                    : json_pack ("{s:o, s:{s:o, s:o, s:o}}", "webhooks", list, "form", "name",
                                 pn_json_text (pn_manage_typed (call, "name", "")), "target",
                                 pn_json_text (pn_manage_typed (call, "target", "https://")),
                                 "error", pn_json_text (problem)));
}

void
pn_desk_webhooks (PnCall *call)
{
  show_list (call, 200, NULL, NULL);
}

static json_t *
show_call (const PnWebhookCall *row)
{
  return json_pack ("{s:I, s:o, s:o, s:o, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "id",
                    (json_int_t) row->id, "key", pn_json_text (row->key), "kind",
                    pn_json_text (row->kind), "ticket", pn_json_id (row->ticket_id), "state",
                    pn_call_state_name (row->state), "attempts", row->attempts, "status",
                    row->status, "answer", pn_json_text (row->answer), "next_at",
                    pn_json_time (row->state == PN_CALL_WAITING ? row->next_at : 0), "created_at",
                    pn_json_time (row->created_at), "done_at", pn_json_time (row->done_at));
}

static void
show_one (PnCall *call, int status, const char *problem, gpointer data)
{
  const PnWebhook *webhook = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calls = pn_webhook_calls (call->db, webhook->id, CALLS_SHOWN, &error);
  g_autofree char *secret = pn_webhook_secret (webhook, call->web->config.token_key);
  json_t *list;
  json_t *shown;

  if (calls == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < calls->len; i++)
    json_array_append_new (list, show_call (calls->pdata[i]));
  shown = show_webhook (webhook);
  pn_json_set (shown, "secret", pn_json_text (secret));
  pn_json_set (shown, "calls", list);
  pn_call_page (call, status, "desk-webhook",
                json_pack ("{s:o, s:o}", "webhook", shown, "error", pn_json_text (problem)));
}

static PnWebhook *
load_one (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnWebhook *webhook = pn_webhook_load (call->db, pn_call_id (call), &error);

  if (webhook == NULL)
    pn_call_fail (call, error);
  return webhook;
}

void
pn_desk_webhook (PnCall *call)
{
  g_autoptr (PnWebhook) webhook = load_one (call);

  if (webhook != NULL)
    show_one (call, 200, NULL, webhook);
}

static void
save_webhook (PnCall *call, PnWebhook *webhook)
{
  const gboolean is_new = webhook->id == 0;
  g_autoptr (GError) error = NULL;

  pn_manage_take_line (call, "name", NAME_BYTES + 1, &webhook->name);
  pn_manage_take_line (call, "target", PN_WEBHOOK_URL_BYTES + 1, &webhook->url);
  if (!is_new)
    pn_manage_take_flag (call, "is_enabled", &webhook->is_enabled);
  if (pn_webhook_save (call->db, webhook, call->web->config.webhook_hosts, &error))
    pn_manage_done (call, "webhooks", webhook->id, show_one, webhook);
  else
    pn_manage_refuse (call, error, is_new ? show_list : show_one, webhook);
}

void
pn_desk_webhook_add (PnCall *call)
{
  g_autoptr (PnWebhook) webhook = pn_webhook_new ("", "");

  save_webhook (call, webhook);
}

void
pn_desk_webhook_save (PnCall *call)
{
  g_autoptr (PnWebhook) webhook = load_one (call);

  if (webhook == NULL)
    return;
  if (g_strcmp0 (pn_call_field (call, "new_secret"), "1") == 0) {
    g_autoptr (PnWebhook) fresh = pn_webhook_new ("", "");

    memcpy (webhook->salt, fresh->salt, sizeof webhook->salt);
  }
  save_webhook (call, webhook);
}

void
pn_desk_webhook_remove (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (pn_webhook_delete (call->db, pn_call_id (call), &error))
    pn_manage_done (call, "webhooks", 0, NULL, NULL);
  else
    pn_call_fail (call, error);
}

/* An event of its own that says nothing but "this works". */
void
pn_desk_webhook_test (PnCall *call)
{
  g_autoptr (PnWebhook) webhook = load_one (call);
  g_autofree char *key =
      g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, call->agent->id, pn_clock_now ());
  g_autoptr (json_t) body =
      json_pack ("{s:s, s:o}", "event", "test", "at", pn_json_time (pn_clock_now ()));
  g_autoptr (GError) error = NULL;

  if (webhook == NULL)
    return;
  if (pn_webhook_order (call->db, webhook->id, "test", key, 0, body, &error))
    pn_manage_done (call, "webhooks", webhook->id, show_one, webhook);
  else
    pn_call_fail (call, error);
}

/* A call that failed is made again, as often as a new one. */
void
pn_desk_webhook_retry (PnCall *call)
{
  g_autoptr (PnWebhook) webhook = load_one (call);
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  if (webhook == NULL)
    return;
  if (!pn_call_read_number (pn_manage_typed (call, "call", ""), &id)) {
    pn_call_problem (call, 400, "\"call\" is no number of a call");
    return;
  }
  if (pn_webhook_retry (call->db, webhook->id, id, &error))
    pn_manage_done (call, "webhooks", webhook->id, show_one, webhook);
  else
    pn_manage_refuse (call, error, show_one, webhook);
}
