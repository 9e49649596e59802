#include "gateway/web/desk_escalation.h"

#include "gateway/web/desk_ticket.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/escalation.h"

#define REASON_BYTES 500
#define MINUTES_MAX (31 * 24 * 60)

json_t *
pn_desk_show_hold (const PnCall *call, const PnEscalationHold *hold)
{
  const PnAgent *agent = hold != NULL ? pn_show_agent (call, hold->agent_id) : NULL;

  if (hold == NULL || hold->agent_id == 0)
    return json_null ();
  return json_pack ("{s:o, s:o, s:o, s:o}", "agent",
                    pn_json_text (agent != NULL ? agent->name : ""), "at", pn_json_time (hold->at),
                    "until", pn_json_time (hold->until), "reason", pn_json_text (hold->reason));
}

static gboolean
show_next (PnCall *call, const GArray *due, json_t *list, GError **error)
{
  for (guint i = 0; i < due->len; i++) {
    const PnEscalationDue *next = &g_array_index (due, PnEscalationDue, i);
    g_autoptr (GError) problem = NULL;
    g_autoptr (PnLadder) ladder = pn_ladder_load (call->db, next->ladder_id, &problem);
    const PnLadderStep *step = ladder != NULL ? pn_ladder_find_step (ladder, next->step) : NULL;
    g_autofree char *place = step != NULL ? pn_ladder_step_words (step) : NULL;

    if (ladder == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (step == NULL)
      continue; /* the ladder was changed a moment ago */
    json_array_append_new (
        list, json_pack ("{s:s, s:i, s:o, s:o, s:o, s:i, s:o, s:o}", "metric",
                         pn_metric_name (next->metric), "round", next->round, "ladder",
                         pn_json_text (ladder->title), "place", pn_json_text (place), "parts",
                         pn_ladder_words_parts (place), "step", next->step, "reached_at",
                         pn_json_time (next->reached_at), "at", pn_json_time (next->due_at)));
  }
  return TRUE;
}

static json_t *
show_fired (const GArray *fired)
{
  json_t *list = json_array ();

  for (guint i = 0; i < fired->len; i++) {
    const PnEscalation *one = &g_array_index (fired, PnEscalation, i);

    json_array_append_new (
        list, json_pack ("{s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "metric",
                         pn_metric_name (one->metric), "round", one->round, "step", one->step,
                         "ladder", (json_int_t) one->ladder_id, "ladder_version",
                         (json_int_t) one->ladder_version, "policy", (json_int_t) one->policy_id,
                         "policy_version", (json_int_t) one->policy_version, "due_at",
                         pn_json_time (one->deadline_at), "reached_at",
                         pn_json_time (one->reached_at), "fired_at", pn_json_time (one->fired_at)));
  }
  return list;
}

json_t *
pn_desk_show_escalation (PnCall *call, const PnTicket *ticket, GError **error)
{
  g_autoptr (GArray) due = pn_escalation_next (call->db, ticket->id, error);
  g_autoptr (GArray) fired =
      due != NULL ? pn_escalation_of_ticket (call->db, ticket->id, error) : NULL;
  g_autoptr (json_t) next = json_array ();
  g_auto (PnEscalationHold) hold = { 0 };
  gboolean may_hold = FALSE;

  if (fired == NULL || !show_next (call, due, next, error)
      || !pn_escalation_load_hold (call->db, ticket->id, &hold, error)
      || !pn_escalation_may_hold (call->db, ticket, &may_hold, error))
    return NULL;
  return json_pack ("{s:O, s:o, s:o, s:b, s:b}", "next", next, "fired", show_fired (fired), "hold",
                    pn_desk_show_hold (call, &hold), "may_hold", may_hold, "is_any",
                    json_array_size (next) > 0
                        || (may_hold && (fired->len > 0 || hold.agent_id != 0)));
}

typedef struct {
  gint64 ticket_id;
  gint64 agent_id;
  PnTime until;
  const char *reason;
} Hold;

static gboolean
hold_body (PnDb *db, gpointer data, GError **error)
{
  const Hold *hold = data;

  return pn_escalation_hold (db, hold->ticket_id, hold->agent_id, hold->until, hold->reason, error);
}

/* minutes 0 releases. */
void
pn_desk_acknowledge (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_WORK);
  g_autofree char *reason = pn_call_line (call, "reason", REASON_BYTES);
  const char *text = pn_call_field (call, "minutes");
  g_autofree char *location = NULL;
  g_autoptr (GError) error = NULL;
  gint64 minutes = 60;
  json_t *shown;
  Hold hold;

  if (ticket == NULL)
    return;
  if (text != NULL && (!pn_call_read_number (text, &minutes) || minutes > MINUTES_MAX)) {
    pn_call_problem (call, 400, "\"minutes\" is a number up to 44640");
    return;
  }
  hold = (Hold){ ticket->id, call->agent->id,
                 minutes > 0 ? pn_clock_now () + minutes * PN_MINUTE : 0, reason };
  if (!pn_db_run (call->db, hold_body, &hold, &error) || !pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_live_nudge (call->web->live);
  location = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, ticket->id);
  shown = pn_desk_show_escalation (call, ticket, &error);
  if (shown == NULL)
    pn_call_fail (call, error);
  else
    pn_call_done (call, location, minutes > 0 ? "acknowledged" : "unacknowledged", 200,
                  json_pack ("{s:o}", "escalation", shown));
}
