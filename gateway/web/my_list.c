/* The way in to a customer's pages: all requests of an address, new links by mail, and links that are called back. What is
 * answered to who asks for a link is the same whether there is anything behind it. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/token.h"
#include "ticketing/core/wake.h"
#include "ticketing/link.h"
#include "ticketing/mailbox.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"

#define REQUESTS 50
#define LINKS_A_DAY 5

typedef struct {
  const char *letter;
  const char *recipient;
  gint64 ticket_id;
} Way;

static gboolean
order (PnDb *db, gpointer data, GError **error)
{
  const Way *way = data;
  g_autofree char *folded = pn_person_fold (way->recipient);
  g_autofree char *rate = g_strconcat ("link:", folded, NULL);
  g_autofree char *reason = g_strdup_printf ("link:%" G_GINT64_FORMAT, pn_clock_now ());
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, way->ticket_id, error);
  g_autoptr (PnMailbox) mailbox = NULL;
  PnLetterOrder letter = { .class = PN_CLASS_AUTOMATIC,
                           .letter = way->letter,
                           .ticket_id = way->ticket_id,
                           .recipient = way->recipient,
                           .reason_key = reason };
  gboolean is_allowed = TRUE;
  gboolean is_suspended = FALSE;

  if (ticket == NULL || !pn_mailbox_for_queue (db, ticket->queue_id, &mailbox, error)
      || !pn_person_is_suspended (db, folded, &is_suspended, error))
    return FALSE;
  if (mailbox == NULL || is_suspended)
    return TRUE;
  letter.mailbox_id = mailbox->id;
  if (!pn_rate_hit (db, rate, PN_DAY, LINKS_A_DAY, &is_allowed, error))
    return FALSE;
  return !is_allowed || pn_outbox_add (db, &letter, NULL, error);
}

/* Orders the letter, unless this address has had its share of the day. */
static gboolean
send_way (PnCall *call, Way *way, GError **error)
{
  if (!pn_db_run (call->db, order, way, error))
    return FALSE;
  if (call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "clerk");
  return TRUE;
}

static void
show_asked (PnCall *call, int status)
{
  pn_call_page (call, status, "my-link", json_object ());
}

/* A link that has expired still says which letter it was in: there, and nowhere else, goes a new one. */
void
pn_my_renew (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnLetterRow) row = NULL;
  gboolean is_participant = FALSE;
  gint64 id;

  if (!pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client)) {
    pn_call_problem (call, 429, "");
    return;
  }
  if (pn_token_read (call->web->config.token_key, PN_TOKEN_TICKET, call->request->match.name, 0,
                     &id))
    row = pn_outbox_load (call->db, id, &error);
  if (row != NULL && row->ticket_id != 0 && row->class != PN_CLASS_NOTICE
      && pn_participant_has (call->db, row->ticket_id, row->recipient, &is_participant, &error)
      && is_participant) {
    Way way = { "ticket-link", row->recipient, row->ticket_id };

    send_way (call, &way, &error);
  }
  if (error != NULL && !pn_error_is (error, PN_ERROR_NOT_FOUND))
    pn_call_fail (call, error);
  else
    show_asked (call, 200);
}

static json_t *
show_request (const PnTicket *ticket)
{
  g_autofree char *url = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, ticket->id);

  return json_pack (
      "{s:I, s:s, s:o, s:s, s:o, s:o}", "number", (json_int_t) ticket->id, "url", url, "subject",
      pn_json_text (ticket->subject), "status", pn_status_name (ticket->status), "created_at",
      pn_json_time (ticket->created_at), "updated_at", pn_json_time (ticket->updated_at));
}

void
pn_my_list (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  json_t *requests;

  if (!call->customer_has_all) {
    pn_call_not_found (call);
    return;
  }
  ids = pn_participant_tickets (call->db, call->customer_address, REQUESTS, &error);
  if (ids == NULL) {
    pn_call_fail (call, error);
    return;
  }
  requests = json_array ();
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (PnTicket) ticket = pn_ticket_load (call->db, g_array_index (ids, gint64, i), &error);

    if (ticket == NULL) {
      json_decref (requests);
      pn_call_fail (call, error);
      return;
    }
    json_array_append_new (requests, show_request (ticket));
  }
  pn_call_page (call, 200, "my-list",
                json_pack ("{s:o, s:o}", "address", pn_json_text (call->customer_address),
                           "requests", requests));
}

/* The link to one request may have been passed on: all requests are shown to who reads mail to the address now. */
void
pn_my_ask (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  Way way = { "requests-link", call->customer_address, call->customer_ticket };

  if (pn_call_id (call) != call->customer_ticket)
    pn_call_not_found (call);
  else if (!pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client))
    pn_call_problem (call, 429, "");
  else if (send_way (call, &way, &error))
    show_asked (call, 200);
  else
    pn_call_fail (call, error);
}

void
pn_my_revoke (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (pn_call_id (call) != call->customer_ticket)
    pn_call_not_found (call);
  else if (pn_link_revoke (call->db, call->customer_address, &error))
    pn_call_page (call, 200, "my-revoked", json_object ());
  else
    pn_call_fail (call, error);
}

/* Returns: TRUE when there is nothing to remember, too. */
static gboolean
keep_language (PnCall *call, const char *language, GError **error)
{
  g_autoptr (PnPerson) person = NULL;
  gint64 id;

  if (!pn_person_find_address (call->db, call->customer_address, &id, error))
    return FALSE;
  if (id == 0)
    return TRUE;
  person = pn_person_load (call->db, id, error);
  if (person == NULL)
    return FALSE;
  g_free (person->language);
  person->language = g_strdup (language);
  return pn_person_save (call->db, person, error);
}

/* For this page and for the letters that follow. */
void
pn_my_language (PnCall *call)
{
  const char *asked = pn_call_field (call, "language");
  const char *language = pn_templates_negotiate (call->web->config.templates, asked);
  g_autofree char *location = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, pn_call_id (call));
  g_autoptr (GError) error = NULL;

  if (pn_call_id (call) != call->customer_ticket) {
    pn_call_not_found (call);
    return;
  }
  if (!keep_language (call, language, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_auth_set_language_cookie (call, language);
  pn_call_done (call, location, NULL, 200, NULL);
}
