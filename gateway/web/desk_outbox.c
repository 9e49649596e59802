#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"

#define PAGE 50

static json_t *
show_states (int current)
{
  json_t *states = json_array ();

  for (int i = PN_OUTBOX_WAITING; i <= PN_OUTBOX_CANCELLED; i++) {
    const char *name = pn_outbox_state_name ((PnOutboxState) i);
    g_autofree char *url = g_strconcat ("/desk/outbox?state=", name, NULL);

    json_array_append_new (states, json_pack ("{s:s, s:s, s:b}", "name", name, "url", url,
                                              "is_current", i == current));
  }
  return states;
}

static json_t *
show_letters (const PnCall *call, const GPtrArray *list)
{
  json_t *letters = json_array ();

  for (guint i = 0; i < list->len; i++)
    json_array_append_new (letters, pn_show_letter (call, list->pdata[i]));
  return letters;
}

static char *
make_next_url (const char *state, gint64 next)
{
  if (next == 0)
    return NULL;
  return g_strdup_printf ("/desk/outbox?%s%s%sbefore=%" G_GINT64_FORMAT,
                          state != NULL ? "state=" : "", state != NULL ? state : "",
                          state != NULL ? "&" : "", next);
}

void
pn_desk_outbox (PnCall *call)
{
  const char *name = pn_call_query (call, "state");
  const char *text = pn_call_query (call, "before");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *next_url = NULL;
  PnOutboxState state = PN_OUTBOX_WAITING;
  gint64 before = 0;
  gint64 next = 0;

  if ((name != NULL && !pn_outbox_state_read (name, &state))
      || (text != NULL && !pn_call_read_number (text, &before))) {
    pn_call_problem (call, 400, "there is no such state, or before is no number");
    return;
  }
  list = pn_outbox_list (call->db, name != NULL ? (int) state : -1, pn_access_queues (call->access),
                         before, PAGE, &error);
  if (list == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (list->len == PAGE)
    next = ((PnLetterRow *) list->pdata[PAGE - 1])->id;
  next_url = make_next_url (name, next);
  pn_call_page (call, 200, "desk-outbox",
                json_pack ("{s:{s:o, s:o, s:b}, s:o, s:o, s:o}", "outbox", "state",
                           pn_json_text (name), "states",
                           show_states (name != NULL ? (int) state : -1), "is_empty",
                           list->len == 0, "letters", show_letters (call, list), "next",
                           pn_json_id (next), "next_url", pn_json_text (next_url)));
}

typedef struct {
  gint64 id;
  gboolean (*act) (PnDb *db, gint64 id, GError **error);
} Action;

static gboolean
act (PnDb *db, gpointer data, GError **error)
{
  const Action *action = data;

  return action->act (db, action->id, error);
}

/* Letters of a ticket belong to those who work on it; others, to administrators. */
static PnLetterRow *
load_letter (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnLetterRow) row = pn_outbox_load (call->db, pn_call_id (call), &error);
  g_autoptr (PnTicket) ticket = NULL;

  if (row == NULL) {
    pn_call_fail (call, error);
    return NULL;
  }
  if (row->ticket_id == 0) {
    if (pn_access_is_admin (call->access))
      return g_steal_pointer (&row);
    pn_call_not_found (call);
    return NULL;
  }
  ticket = pn_call_ticket (call, row->ticket_id, PN_RIGHT_WORK);
  return ticket != NULL ? g_steal_pointer (&row) : NULL;
}

static void
run_action (PnCall *call, gboolean (*function) (PnDb *db, gint64 id, GError **error),
            const char *flash)
{
  g_autoptr (PnLetterRow) row = load_letter (call);
  g_autoptr (PnLetterRow) fresh = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  Action action;

  if (row == NULL)
    return;
  action = (Action){ row->id, function };
  if (!pn_db_run (call->db, act, &action, &error)
      || (fresh = pn_outbox_load (call->db, row->id, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, flash, "letter=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT, row->id,
          call->agent->id);
  if (call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "send");
  pn_live_nudge (call->web->live);
  if (pn_call_field (call, "next") != NULL || row->ticket_id == 0)
    next = pn_auth_safe_next (pn_call_field (call, "next"));
  else
    next = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, row->ticket_id);
  pn_call_done (call, next, strstr (next, "done=") == NULL ? flash : NULL, 200,
                json_pack ("{s:o}", "letter", pn_show_letter (call, fresh)));
}

void
pn_desk_cancel (PnCall *call)
{
  run_action (call, pn_outbox_cancel, "cancelled");
}

void
pn_desk_retry (PnCall *call)
{
  run_action (call, pn_outbox_retry, "retried");
}
