#include "gateway/web/desk_merge.h"

#include "gateway/web/desk_ticket.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/ticket_merge.h"

#define MESSAGES 500

static int
by_id (gconstpointer a, gconstpointer b)
{
  const PnMessage *first = *(PnMessage *const *) a;
  const PnMessage *second = *(PnMessage *const *) b;

  return (first->id > second->id) - (first->id < second->id);
}

gboolean
pn_desk_merge_parts (PnCall *call, const GArray *members, GPtrArray *messages, GPtrArray *letters,
                     GError **error)
{
  for (guint i = 1; i < members->len; i++) {
    const gint64 id = g_array_index (members, gint64, i);
    GPtrArray *more = pn_message_list (call->db, id, 0, MESSAGES, error);
    GPtrArray *sent = more != NULL ? pn_outbox_of_ticket (call->db, id, error) : NULL;

    if (more != NULL)
      g_ptr_array_extend_and_steal (messages, more);
    if (sent == NULL)
      return FALSE;
    g_ptr_array_extend_and_steal (letters, sent);
  }
  if (members->len > 1)
    g_ptr_array_sort (messages, by_id);
  return TRUE;
}

json_t *
pn_desk_merge_show (PnCall *call, const GArray *members, GError **error)
{
  g_autoptr (json_t) list = json_array ();

  for (guint i = 1; i < members->len; i++) {
    g_autoptr (PnTicket) member =
        pn_ticket_load (call->db, g_array_index (members, gint64, i), error);
    g_autofree char *url = NULL;

    if (member == NULL)
      return NULL;
    url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, member->id);
    json_array_append_new (list, json_pack ("{s:I, s:s, s:o}", "number", (json_int_t) member->id,
                                            "url", url, "subject", pn_json_text (member->subject)));
  }
  return g_steal_pointer (&list);
}

typedef struct {
  gint64 id;
  gint64 into_id;
  gint64 ticket_id;
  PnActor actor;
  const char *flash;
} Deed;

static gboolean
merge (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;

  return pn_ticket_merge (db, deed->id, deed->into_id, deed->actor, error);
}

static gboolean
unmerge (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;

  return pn_ticket_unmerge (db, deed->id, deed->actor, error);
}

static gboolean
split (PnDb *db, gpointer data, GError **error)
{
  Deed *deed = data;

  return pn_ticket_split (db, deed->id, deed->actor, &deed->ticket_id, error);
}

/* Runs it and shows the ticket that matters then. */
static void
finish (PnCall *call, PnTxFunc func, Deed *deed, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autofree char *location = NULL;
  PnComposer composer = { FALSE };

  deed->actor = (PnActor){ PN_ACTOR_AGENT, call->agent->id };
  if (!pn_db_run (call->db, func, deed, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, name,
          "id=%" G_GINT64_FORMAT " ticket=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT, deed->id,
          deed->ticket_id, call->agent->id);
  pn_live_nudge (call->web->live);
  location = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, deed->ticket_id);
  if (!call->is_api) {
    pn_call_done (call, location, deed->flash, 200, NULL);
    return;
  }
  ticket = pn_call_ticket (call, deed->ticket_id, PN_RIGHT_SEE);
  if (ticket != NULL)
    pn_desk_show_ticket (call, ticket, 200, &composer);
}

/* {id} becomes part of the ticket that "into" names. */
void
pn_desk_merge (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_WORK);
  g_autoptr (PnTicket) into = NULL;
  g_autofree char *words = pn_call_line (call, "into", 32);
  gint64 into_id = 0;
  Deed deed;

  if (ticket == NULL)
    return;
  if (!pn_call_read_number (*words == '#' ? words + 1 : words, &into_id) || into_id <= 0) {
    pn_call_problem (call, 400, "into is the number of a ticket");
    return;
  }
  into = pn_call_ticket (call, into_id, PN_RIGHT_WORK);
  if (into == NULL)
    return;
  deed = (Deed){ .id = ticket->id, .into_id = into->id, .ticket_id = into->id, .flash = "merged" };
  finish (call, merge, &deed, "tickets-merged");
}

/* {id} is the merged ticket; who works on either queue may take it out. */
void
pn_desk_unmerge (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_SEE);
  Deed deed;

  if (ticket == NULL)
    return;
  deed = (Deed){ .id = ticket->id, .ticket_id = ticket->id, .flash = "unmerged" };
  finish (call, unmerge, &deed, "tickets-unmerged");
}

void
pn_desk_split (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMessage) message = pn_message_load (call->db, pn_call_id (call), &error);
  g_autoptr (PnTicket) ticket = NULL;
  Deed deed;

  if (message == NULL) {
    pn_call_fail (call, error);
    return;
  }
  ticket = pn_call_ticket (call, message->ticket_id, PN_RIGHT_WORK);
  if (ticket == NULL)
    return;
  deed = (Deed){ .id = message->id, .flash = "split" };
  finish (call, split, &deed, "message-split");
}
