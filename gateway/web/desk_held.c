#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"
#include "ticketing/core/wake.h"
#include "ticketing/spool.h"

#define PAGE 50
#define RECORD_BYTES (16 * 1024 * 1024)

static json_t *
show_delivery (const PnCall *call, const PnDelivery *delivery)
{
  const PnQueue *queue = pn_show_queue (call, delivery->queue_id);
  g_autofree char *url = g_strdup_printf ("/desk/held/%" G_GINT64_FORMAT, delivery->id);
  json_t *shown = json_pack (
      "{s:I, s:s, s:o, s:o, s:o, s:o, s:s, s:I, s:o}", "id", (json_int_t) delivery->id, "url", url,
      "from", pn_json_text (delivery->from_address), "subject", pn_json_text (delivery->subject),
      "queue", pn_json_text (queue != NULL ? queue->name : NULL), "queue_title",
      pn_json_text (queue != NULL ? queue->title : NULL), "state",
      pn_spool_state_name (delivery->state), "size", (json_int_t) delivery->size_bytes,
      "received_at", pn_json_time (delivery->received_at));

  pn_reason_put_all (call, shown, delivery->reasons);
  return shown;
}

static gboolean
read_before (PnCall *call, gint64 *before)
{
  const char *text = pn_call_query (call, "before");

  *before = 0;
  if (text == NULL || (pn_call_read_number (text, before) && *before > 0))
    return TRUE;
  pn_call_problem (call, 400, "before is a number");
  return FALSE;
}

static void
show_held (PnCall *call, PnSpoolState state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  gint64 before;
  gint64 next = 0;
  g_autofree char *next_url = NULL;
  json_t *deliveries;

  if (!read_before (call, &before))
    return;
  if (!pn_show_load (call, &error)
      || (list = pn_spool_list (call->db, state, pn_access_queues (call->access), before, PAGE,
                                &error))
             == NULL) {
    pn_call_fail (call, error);
    return;
  }
  deliveries = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (deliveries, show_delivery (call, list->pdata[i]));
  if (list->len == PAGE)
    next = ((PnDelivery *) list->pdata[PAGE - 1])->id;
  if (next != 0)
    next_url =
        g_strdup_printf ("/desk/%s?before=%" G_GINT64_FORMAT, pn_spool_state_name (state), next);
  pn_call_page (call, 200, "desk-held",
                json_pack ("{s:{s:s, s:b, s:b}, s:o, s:o, s:o}", "held", "state",
                           pn_spool_state_name (state), "is_spam", state == PN_SPOOL_SPAM,
                           "is_empty", list->len == 0, "deliveries", deliveries, "next",
                           pn_json_id (next), "next_url", pn_json_text (next_url)));
}

void
pn_desk_held (PnCall *call)
{
  show_held (call, PN_SPOOL_HELD);
}

void
pn_desk_spam (PnCall *call)
{
  show_held (call, PN_SPOOL_SPAM);
}

/* The delivery of {id}, when it is held or spam and the caller may decide about it. (owned) */
static PnDelivery *
load_delivery (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) delivery = pn_spool_load (call->db, pn_call_id (call), &error);

  if (delivery == NULL) {
    pn_call_fail (call, error);
    return NULL;
  }
  if ((delivery->state != PN_SPOOL_HELD && delivery->state != PN_SPOOL_SPAM)
      || !pn_access_may (call->access, PN_RIGHT_RELEASE, delivery->queue_id)) {
    pn_call_not_found (call);
    return NULL;
  }
  return g_steal_pointer (&delivery);
}

static PnMail *
load_record (PnCall *call, const PnDelivery *delivery, GError **error)
{
  const guint8 *sha = delivery->has_record ? delivery->record_sha : delivery->raw_sha;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (json_t) document = NULL;
  gsize size;
  const char *text;

  if (!delivery->has_record && delivery->format != PN_FORMAT_JSON)
    return pn_mail_new ();
  bytes = pn_blob_load (call->db, sha, RECORD_BYTES, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  document = json_loadb (text, size, 0, NULL);
  return pn_mail_read (document, error);
}

static void
add_record (json_t *shown, const PnMail *mail)
{
  json_t *headers = json_array ();
  json_t *to = json_array ();
  json_t *attachments = json_array ();

  for (guint i = 0; i < mail->headers->len; i++) {
    const PnHeader *header = mail->headers->pdata[i];

    json_array_append_new (headers, json_pack ("{s:o, s:o}", "name", pn_json_text (header->name),
                                               "value", pn_json_text (header->value)));
  }
  for (guint i = 0; i < mail->to->len; i++)
    json_array_append_new (to, pn_json_text (((PnAddress *) mail->to->pdata[i])->address));
  for (guint i = 0; i < mail->attachments->len; i++) {
    const PnAttachment *attachment = mail->attachments->pdata[i];

    json_array_append_new (attachments,
                           json_pack ("{s:o, s:o, s:I}", "name", pn_json_text (attachment->name),
                                      "type", pn_json_text (attachment->type), "size",
                                      (json_int_t) attachment->size_bytes));
  }
  pn_json_set (shown, "text", pn_json_text (mail->text != NULL ? mail->text : ""));
  pn_json_set (shown, "html", json_false ());
  pn_json_set (shown, "headers", headers);
  pn_json_set (shown, "to", to);
  pn_json_set (shown, "attachments", attachments);
}

void
pn_desk_held_one (PnCall *call)
{
  g_autoptr (PnDelivery) delivery = load_delivery (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMail) mail = NULL;
  g_autofree char *raw_url = NULL;
  const char *domain;
  json_t *shown;

  if (delivery == NULL)
    return;
  if (!pn_show_load (call, &error) || (mail = load_record (call, delivery, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  shown = show_delivery (call, delivery);
  add_record (shown, mail);
  if (delivery->format == PN_FORMAT_RFC822)
    raw_url = g_strdup_printf ("/desk/held/%" G_GINT64_FORMAT "/raw", delivery->id);
  domain = delivery->from_address != NULL ? strrchr (delivery->from_address, '@') : NULL;
  pn_json_set (shown, "domain", pn_json_text (domain));
  pn_json_set (shown, "raw_url", pn_json_text (raw_url));
  pn_call_page (call, 200, "desk-held-one", json_pack ("{s:o}", "delivery", shown));
}

typedef struct {
  const PnDelivery *delivery;
  gint64 agent_id;
  gboolean is_release;
  gboolean may_answer;
  const char *pattern; /* of the rule for the future; NULL: none */
} Decision;

static gboolean
decide (PnDb *db, gpointer data, GError **error)
{
  const Decision *decision = data;
  gboolean is_done = decision->is_release
                         ? pn_spool_release (db, decision->delivery->id, decision->agent_id,
                                             decision->may_answer, error)
                         : pn_spool_discard (db, decision->delivery->id, decision->agent_id, error);

  return is_done
         && (decision->pattern == NULL
             || pn_sender_rule_set (db, decision->pattern,
                                    decision->is_release ? PN_SENDER_ALLOW : PN_SENDER_BLOCK,
                                    decision->agent_id, error));
}

static gboolean
read_pattern (PnCall *call, const PnDelivery *delivery, char **pattern)
{
  const char *always = pn_call_field (call, "always");
  const char *address = delivery->from_address;
  const char *at = address != NULL ? strrchr (address, '@') : NULL;

  *pattern = NULL;
  if (always == NULL || *always == '\0')
    return TRUE;
  if ((strcmp (always, "address") != 0 && strcmp (always, "domain") != 0) || at == NULL) {
    pn_call_problem (call, 400, "always is \"address\" or \"domain\", for a sender that has one");
    return FALSE;
  }
  *pattern = g_strdup (strcmp (always, "address") == 0 ? address : at);
  return TRUE;
}

static void
take_decision (PnCall *call, gboolean is_release)
{
  g_autoptr (PnDelivery) delivery = load_delivery (call);
  g_autoptr (GError) error = NULL;
  g_autofree char *pattern = NULL;
  Decision decision;

  if (delivery == NULL || !read_pattern (call, delivery, &pattern))
    return;
  decision = (Decision){ delivery, call->agent->id, is_release,
                         g_strcmp0 (pn_call_field (call, "acknowledge"), "1") == 0, pattern };
  if (!pn_db_run (call->db, decide, &decision, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, is_release ? "released" : "discarded",
          "spool=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT, delivery->id, call->agent->id);
  if (is_release && call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "clerk");
  pn_call_done (call, delivery->state == PN_SPOOL_SPAM ? "/desk/spam" : "/desk/held",
                is_release ? "released" : "discarded", 200,
                json_pack ("{s:I}", "id", (json_int_t) delivery->id));
}

void
pn_desk_release (PnCall *call)
{
  take_decision (call, TRUE);
}

void
pn_desk_discard (PnCall *call)
{
  take_decision (call, FALSE);
}
