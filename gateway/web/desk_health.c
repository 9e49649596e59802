#include "gateway/web/handlers.h"

#include "gateway/web/show.h"
#include "ticketing/clock_guard.h"
#include "ticketing/mailbox.h"
#include "ticketing/spool.h"

#define COUNTED 100

static json_t *
show_side (gboolean is_used, const char *trouble, PnTime trouble_at, PnTime seen_at)
{
  return json_pack ("{s:b, s:o, s:o, s:o}", "is_used", is_used, "trouble", pn_json_text (trouble),
                    "trouble_at", pn_json_time (trouble_at), "seen_at", pn_json_time (seen_at));
}

static json_t *
show_mailboxes (PnCall *call, const GPtrArray *mailboxes, gboolean *is_well)
{
  json_t *list = json_array ();

  for (guint i = 0; i < mailboxes->len; i++) {
    const PnMailbox *mailbox = mailboxes->pdata[i];
    const PnQueue *queue = pn_show_queue (call, mailbox->queue_id);

    *is_well = *is_well && mailbox->fetch_trouble == NULL && mailbox->send_trouble == NULL;
    json_array_append_new (
        list, json_pack ("{s:o, s:o, s:o, s:b, s:o, s:o}", "name", pn_json_text (mailbox->name),
                         "address", pn_json_text (mailbox->address), "queue",
                         pn_json_text (queue != NULL ? queue->title : NULL), "is_enabled",
                         mailbox->is_enabled, "fetch",
                         show_side (*mailbox->imap.host != '\0', mailbox->fetch_trouble,
                                    mailbox->fetch_trouble_at, mailbox->fetch_seen_at),
                         "send",
                         show_side (*mailbox->smtp.host != '\0', mailbox->send_trouble,
                                    mailbox->send_trouble_at, 0)));
  }
  return list;
}

static json_t *
show_roles (PnCall *call, gboolean *is_well)
{
  json_t *list = json_array ();
  g_autoptr (PnHealth) health = pn_call_health (call);

  for (guint i = 0; health != NULL && i < health->rows->len; i++) {
    const PnHealthRow *row = health->rows->pdata[i];
    g_autofree char *sentence = pn_health_row_sentence (row);

    *is_well = *is_well && sentence == NULL;
    json_array_append_new (
        list, json_pack ("{s:o, s:s, s:o, s:o}", "name", pn_json_text (row->role), "state",
                         sentence == NULL ? "up" : "down", "since", pn_json_time (row->since),
                         "trouble", pn_json_text (sentence)));
  }
  return list;
}

/* Letters that somebody should look at, up to a hundred of a kind. */
static json_t *
show_outbox (PnCall *call, GError **error)
{
  static const PnOutboxState states[] = { PN_OUTBOX_FAILED, PN_OUTBOX_UNCERTAIN,
                                          PN_OUTBOX_DEFERRED };
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (GPtrArray) rows =
        pn_outbox_list (call->db, (int) states[i], NULL, 0, COUNTED, error);

    if (rows == NULL) {
      json_decref (list);
      return NULL;
    }
    json_array_append_new (list, json_pack ("{s:s, s:I}", "state", pn_outbox_state_name (states[i]),
                                            "count", (json_int_t) rows->len));
  }
  return list;
}

/* A leap of the clock that nobody has settled; JSON null: none. */
static json_t *
show_clock (const PnClockLeap *leap)
{
  if (leap->id == 0)
    return json_null ();
  return json_pack ("{s:o, s:I, s:I, s:o}", "node", pn_json_text (leap->node), "by_seconds",
                    (json_int_t) (leap->by / PN_SECOND), "by_minutes",
                    (json_int_t) (leap->by / PN_MINUTE), "noticed_at",
                    pn_json_time (leap->noticed_at));
}

/* The clock is right: what is due fires again. */
void
pn_desk_health_clock (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (!pn_clock_leap_settle (call->db, call->agent->id, &error))
    pn_call_fail (call, error);
  else if (call->is_api)
    pn_desk_health (call);
  else
    pn_response_set_redirect (call->response, "/desk/health");
}

void
pn_desk_health (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  gint64 started_at = g_get_monotonic_time ();
  g_autoptr (GPtrArray) mailboxes = pn_mailbox_list (call->db, &error);
  gint64 took = (g_get_monotonic_time () - started_at) / G_TIME_SPAN_MILLISECOND;
  gint64 held = 0;
  gint64 spam = 0;
  gboolean is_well = TRUE;
  json_t *outbox = NULL;
  PnClockLeap leap;
  json_t *shown;

  if (mailboxes == NULL || !pn_show_load (call, &error)
      || !pn_spool_count (call->db, PN_SPOOL_HELD, NULL, &held, &error)
      || !pn_spool_count (call->db, PN_SPOOL_SPAM, NULL, &spam, &error)
      || !pn_clock_leap_load (call->db, &leap, &error)
      || (outbox = show_outbox (call, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  shown = json_object ();
  pn_json_set (shown, "mailboxes", show_mailboxes (call, mailboxes, &is_well));
  pn_json_set (shown, "roles", show_roles (call, &is_well));
  pn_json_set (shown, "counts",
               json_pack ("{s:I, s:I}", "held", (json_int_t) held, "spam", (json_int_t) spam));
  pn_json_set (shown, "outbox", outbox);
  pn_json_set (shown, "clock", show_clock (&leap));
  pn_json_set (shown, "version", pn_json_text (PACKAGE_VERSION));
  pn_json_set (shown, "database_ms", json_integer (took));
  pn_json_set (shown, "is_well", json_boolean (is_well && leap.id == 0));
  pn_call_page (call, 200, "desk-health", json_pack ("{s:o}", "health", shown));
}
