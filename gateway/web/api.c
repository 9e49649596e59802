#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/desk_ticket.h"
#include "gateway/web/once.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "gateway/web/submit.h"
#include "gateway/web/uploads.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"
#include "ticketing/spool.h"

#define NAME_BYTES 200
#define SUBJECT_BYTES 500
#define WAIT_MILLISECONDS 5000
#define GLANCE_MILLISECONDS 250 /* more than a clerk takes who has nothing else to do */
#define LOOK_MILLISECONDS 20

void
pn_api_me (PnCall *call)
{
  pn_call_page (call, 200, NULL,
                json_pack ("{s:{s:I, s:o, s:o, s:s}}", "agent", "id", (json_int_t) call->agent->id,
                           "login", pn_json_text (call->agent->login), "name",
                           pn_json_text (call->agent->name), "role",
                           pn_agent_role_name (call->agent->role)));
}

/* Looks until the delivery is filed, or @milliseconds have gone. FALSE: an error; ticket_id 0: not yet. */
static gboolean
look_for_ticket (PnCall *call, gint64 spool_id, gint64 milliseconds, gint64 *ticket_id,
                 GError **error)
{
  gint64 until = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  *ticket_id = 0;
  for (;;) {
    g_autoptr (PnDelivery) delivery = pn_spool_load (call->db, spool_id, error);

    if (delivery == NULL)
      return FALSE;
    if (delivery->state != PN_SPOOL_WAITING || g_get_monotonic_time () > until) {
      *ticket_id = delivery->ticket_id;
      return TRUE;
    }
    g_usleep (LOOK_MILLISECONDS * 1000);
  }
}

/* Waits a little for the clerk, so that most callers get their ticket at once; at most half of the workers wait
 * long, that a clerk who is away holds up nobody else. */
static gboolean
wait_filed (PnCall *call, gint64 spool_id, gint64 *ticket_id, GError **error)
{
  PnWeb *web = call->web;
  gboolean may_wait = g_atomic_int_add (&web->patient, 1) < MAX ((gint) web->config.workers / 2, 1);
  gboolean is_fine = look_for_ticket (
      call, spool_id, may_wait ? WAIT_MILLISECONDS : GLANCE_MILLISECONDS, ticket_id, error);

  g_atomic_int_add (&web->patient, -1);
  return is_fine;
}

static void
show_opened (PnCall *call, gint64 spool_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  PnComposer composer = { FALSE };
  gint64 ticket_id;

  if (!wait_filed (call, spool_id, &ticket_id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (ticket_id == 0) {
    pn_call_page (call, 202, NULL, json_pack ("{s:I}", "spool", (json_int_t) spool_id));
    return;
  }
  ticket = pn_call_ticket (call, ticket_id, PN_RIGHT_SEE);
  if (ticket != NULL)
    pn_desk_show_ticket (call, ticket, 201, &composer);
}

static const char *
either (const PnCall *call, const char *name, const char *other)
{
  const char *value = pn_call_field (call, name);

  return value != NULL ? value : pn_call_field (call, other);
}

/* The queue that was named, or the only one that the caller may work on. */
static const PnQueue *
choose_queue (const PnCall *call)
{
  const char *name = pn_call_field (call, "queue");
  const PnQueue *chosen = NULL;
  guint n = 0;

  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (!pn_access_may (call->access, PN_RIGHT_WORK, queue->id))
      continue;
    if (name != NULL && strcmp (name, queue->name) == 0)
      return queue;
    chosen = queue;
    n++;
  }
  return name == NULL && n == 1 ? chosen : NULL;
}

static char *
make_key (const PnCall *call)
{
  const char *given = pn_request_header (call->request, "idempotency-key");
  g_autofree char *random = given == NULL ? pn_token_random () : NULL;

  return g_strdup_printf ("api %" G_GINT64_FORMAT " %s", call->agent->id,
                          given != NULL ? given : random);
}

static gboolean
note_key (PnDb *db, gpointer data, GError **error)
{
  PnOnce *once = data;

  if (!pn_once_begin (once, db, error))
    return FALSE;
  return once->result != NULL || pn_once_finish (once, db, "submitted", error);
}

/* A key stands for what it came with first. The spool makes sure of the once: a caller that died in between may repeat.
 * FALSE: answered already. */
static gboolean
check_key (PnCall *call, const GPtrArray *attachments)
{
  g_autoptr (GError) error = NULL;
  g_auto (PnOnce) once = { NULL };

  if (!pn_once_init (&once, call, attachments))
    return FALSE;
  if (pn_db_run (call->db, note_key, &once, &error))
    return TRUE;
  if (once.is_reused)
    pn_call_problem (call, 422, "the Idempotency-Key was used for something else");
  else
    pn_call_fail (call, error);
  return FALSE;
}

/* What became of a submission that was not filed at once (202). Who may not see its queue knows of none. */
void
pn_api_spool (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) delivery = pn_spool_load (call->db, pn_call_id (call), &error);
  const PnQueue *queue;
  json_t *shown;

  if (delivery == NULL || !pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!pn_access_may (call->access, PN_RIGHT_SEE, delivery->queue_id)) {
    pn_call_not_found (call);
    return;
  }
  queue = pn_show_queue (call, delivery->queue_id);
  shown = json_pack (
      "{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t) delivery->id, "state",
      pn_spool_state_name (delivery->state), "disposition",
      pn_json_text (delivery->disposition < 0
                        ? NULL
                        : pn_disposition_name ((PnDisposition) delivery->disposition)),
      "queue", pn_json_text (queue != NULL ? queue->name : NULL), "ticket",
      pn_json_id (delivery->ticket_id), "message", pn_json_id (delivery->message_id), "received_at",
      pn_json_time (delivery->received_at), "filed_at", pn_json_time (delivery->filed_at));
  pn_reason_put_all (call, shown, delivery->reasons);
  pn_call_page (call, 200, NULL, json_pack ("{s:o}", "spool", shown));
}

void
pn_api_open_ticket (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) attachments = NULL;
  const char *text = pn_call_field (call, "text");
  g_autofree char *subject = pn_call_line (call, "subject", SUBJECT_BYTES);
  g_autofree char *name = pn_text_clean_line (either (call, "name", "person.name"), NAME_BYTES);
  const char *typed = either (call, "address", "person.address");
  g_autofree char *address = pn_text_read_address (typed != NULL ? typed : "", &error);
  g_autofree char *key = make_key (call);
  const PnQueue *queue;
  PnSubmission submission;
  gint64 spool_id;

  if (address == NULL) {
    g_prefix_error (&error, "address: ");
    pn_call_fail (call, error);
    return;
  }
  if (!pn_show_load (call, &error) || (attachments = pn_uploads_store (call, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  queue = choose_queue (call);
  if (queue == NULL || text == NULL || *text == '\0' || *subject == '\0') {
    pn_call_problem (call, 400,
                     queue == NULL ? "queue: there is no such queue, or none was named"
                                   : "a ticket needs a subject and a text");
    return;
  }
  submission = (PnSubmission){ .channel = PN_CHANNEL_API,
                               .queue_id = queue->id,
                               .name = name,
                               .address = address,
                               .subject = subject,
                               .text = text,
                               .attachments = attachments,
                               .key = key };
  if (!check_key (call, attachments))
    return;
  if (pn_submit (call, &submission, &spool_id, &error))
    show_opened (call, spool_id);
  else
    pn_call_fail (call, error);
}
