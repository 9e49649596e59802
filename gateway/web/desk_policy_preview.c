#include "gateway/web/desk_policy.h"

#include "gateway/web/handlers.h"
#include "ticketing/core/error.h"
#include "ticketing/sla_preview.h"

#define WEEKS 4
#define WEEKS_MAX 26

static json_t *
show_tally (const PnSlaTally *tally)
{
  return json_pack ("{s:i, s:i, s:i, s:i, s:i}", "met", (int) tally->met, "missed",
                    (int) tally->missed, "open", (int) tally->open, "over", (int) tally->over,
                    "dropped", (int) tally->dropped);
}

static json_t *
show_round (const PnDeadline *round)
{
  if (round->target == 0)
    return json_null ();
  return json_pack ("{s:s, s:s, s:o, s:I}", "state", pn_deadline_state_name (round->state), "due",
                    pn_due_name (pn_deadline_due_state (round, pn_clock_now ())), "due_at",
                    round->due_at == PN_HOURS_NEVER ? json_null () : pn_json_time (round->due_at),
                    "target_seconds", (json_int_t) (round->target / PN_SECOND));
}

static json_t *
show_difference (const PnSlaDifference *difference)
{
  g_autofree char *url =
      g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, difference->with.ticket_id);

  return json_pack (
      "{s:I, s:s, s:s, s:i, s:o, s:o}", "ticket", (json_int_t) difference->with.ticket_id, "url",
      url, "metric", pn_metric_name (difference->with.metric), "round", difference->with.round,
      "without", show_round (&difference->without), "with", show_round (&difference->with));
}

static void
answer (PnCall *call, const PnPolicy *policy, const PnSlaPreview *preview, gint64 weeks)
{
  g_autofree char *url = pn_desk_policy_url (policy);
  json_t *metrics = json_array ();
  json_t *differences = json_array ();

  for (int m = 0; m < PN_METRIC_COUNT; m++)
    json_array_append_new (metrics,
                           json_pack ("{s:s, s:o, s:o}", "metric", pn_metric_name ((PnMetric) m),
                                      "without", show_tally (&preview->without[m]), "with",
                                      show_tally (&preview->with[m])));
  for (guint i = 0; i < preview->differences->len; i++)
    json_array_append_new (
        differences, show_difference (&g_array_index (preview->differences, PnSlaDifference, i)));
  pn_call_page (call, 200, "desk-policy-preview",
                json_pack ("{s:{s:I, s:o, s:s}, s:{s:I, s:i, s:i, s:i, s:b, s:o, s:o}}", "policy",
                           "id", (json_int_t) policy->id, "title", pn_json_text (policy->title),
                           "url", url, "preview", "weeks", (json_int_t) weeks, "tickets",
                           (int) preview->tickets, "matched", (int) preview->matched, "different",
                           (int) preview->different, "is_cut",
                           preview->different > preview->differences->len, "metrics", metrics,
                           "differences", differences));
}

void
pn_desk_policy_preview (PnCall *call)
{
  const char *text = pn_call_query (call, "weeks");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPolicy) policy = pn_sla_load (call->db, pn_call_id (call), &error);
  g_autoptr (PnSlaPreview) preview = NULL;
  gint64 weeks = WEEKS;

  if (policy == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (text != NULL && (!pn_call_read_number (text, &weeks) || weeks < 1 || weeks > WEEKS_MAX)) {
    pn_call_problem (call, 400, "weeks is a number from 1 to 26");
    return;
  }
  preview = pn_sla_preview (call->db, policy->id, pn_clock_now () - weeks * 7 * PN_DAY,
                            pn_access_queues (call->access), &error);
  if (preview != NULL)
    answer (call, policy, preview, weeks);
  else
    pn_call_fail (call, error);
}
