#include "gateway/web/handlers.h"

#include <string.h>

#include "ticketing/blob_sweep.h"
#include "ticketing/core/error.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"
#include "ticketing/spool.h"

#define TEXT "text/plain; charset=utf-8"

void
pn_web_healthz (PnCall *call)
{
  pn_response_set_text (call->response, 200, TEXT, g_strdup ("ok\n"));
}

/* Ready: the database answers and every role of this machine is at work. */
void
pn_web_readyz (PnCall *call)
{
  g_autoptr (PnHealth) health = pn_call_health (call);
  gboolean is_well = TRUE;
  json_t *roles = json_array ();

  for (guint i = 0; health != NULL && i < health->rows->len; i++) {
    const PnHealthRow *row = health->rows->pdata[i];
    g_autofree char *sentence = pn_health_row_sentence (row);

    is_well = is_well && (sentence == NULL || strcmp (row->role, PN_HEALTH_SETTINGS) == 0);
    json_array_append_new (roles, json_pack ("{s:o, s:s, s:o}", "role", pn_json_text (row->role),
                                             "state", pn_health_state_name (row->state), "trouble",
                                             pn_json_text (sentence)));
  }
  pn_call_page (call, is_well ? 200 : 503, NULL,
                json_pack ("{s:b, s:s, s:o}", "ready", is_well, "database", "up", "roles", roles));
}

static void
add_metric (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static gboolean
add_queues (PnCall *call, GString *text, GError **error)
{
  g_autoptr (GPtrArray) queues = pn_queue_list (call->db, error);
  g_autoptr (GArray) counts = queues != NULL ? pn_queue_counts (call->db, error) : NULL;

  if (counts == NULL)
    return FALSE;
  add_metric (text, "postern_tickets", "gauge", "Tickets by queue and status.");
  for (guint i = 0; i < counts->len; i++) {
    const PnQueueCount *count = &g_array_index (counts, PnQueueCount, i);

    for (guint j = 0; j < queues->len; j++) {
      const PnQueue *queue = queues->pdata[j];

      if (queue->id == count->queue_id)
        g_string_append_printf (
            text, "postern_tickets{queue=\"%s\",status=\"%s\"} %" G_GINT64_FORMAT "\n", queue->name,
            pn_status_name ((PnStatus) count->status), count->tickets);
    }
  }
  return TRUE;
}

static gboolean
add_spool (PnCall *call, GString *text, GError **error)
{
  static const PnSpoolState states[] = { PN_SPOOL_WAITING, PN_SPOOL_HELD, PN_SPOOL_SPAM };

  add_metric (text, "postern_spool", "gauge", "Deliveries that wait, up to 1,000 a state.");
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++) {
    gint64 count = 0;

    if (!pn_spool_count (call->db, states[i], NULL, &count, error))
      return FALSE;
    g_string_append_printf (text, "postern_spool{state=\"%s\"} %" G_GINT64_FORMAT "\n",
                            pn_spool_state_name (states[i]), count);
  }
  return TRUE;
}

static gboolean
add_freed (PnCall *call, GString *text, GError **error)
{
  PnBlobSweepFigures figures;

  if (!pn_blob_sweep_load (call->db, &figures, error))
    return FALSE;
  add_metric (text, "postern_blobs_freed_bytes_total", "counter",
              "Bytes of mails and files that nothing referred to any more.");
  g_string_append_printf (text, "postern_blobs_freed_bytes_total %" G_GINT64_FORMAT "\n",
                          figures.size_bytes);
  return TRUE;
}

/* For this machine's monitoring; from elsewhere it does not exist. */
void
pn_web_metrics (PnCall *call)
{
  g_autoptr (GString) text = g_string_new ("");
  g_autoptr (GError) error = NULL;
  PnServerCounts counts;

  if (!call->request->is_local) {
    pn_call_not_found (call);
    return;
  }
  pn_server_count (call->web->server, &counts);
  add_metric (text, "postern_http_requests_total", "counter", "Requests.");
  g_string_append_printf (text, "postern_http_requests_total %d\n",
                          g_atomic_int_get (&call->web->requests));
  add_metric (text, "postern_http_failures_total", "counter", "Answers of 500 and above.");
  g_string_append_printf (text, "postern_http_failures_total %d\n",
                          g_atomic_int_get (&call->web->failures));
  add_metric (text, "postern_http_connections", "gauge", "Open connections.");
  g_string_append_printf (text, "postern_http_connections %u\n", counts.connections);
  add_metric (text, "postern_http_active", "gauge", "Requests being answered.");
  g_string_append_printf (text, "postern_http_active %u\n", counts.active);
  if (!add_queues (call, text, &error) || !add_spool (call, text, &error)
      || !add_freed (call, text, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_response_set_text (call->response, 200, "text/plain; version=0.0.4; charset=utf-8",
                        g_strdup (text->str));
}
