/* Trying a policy on the tickets of the last weeks: as it is stored, or with what was typed and is not stored yet. */
#include "gateway/web/desk_policy.h"

#include "gateway/web/desk_replay.h"
#include "gateway/web/handlers.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"
#include "ticketing/sla_replay.h"

#define WEEKS 4
#define LISTED 5

/* On a page, a form without the policy's fields asks about what is stored. */
static gboolean
has_changes (const PnCall *call)
{
  return call->is_api || pn_call_field (call, "if_version") != NULL;
}

void
pn_desk_policy_replay (PnCall *call)
{
  const char *text = pn_call_field (call, "weeks");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPolicy) policy = pn_sla_load (call->db, pn_call_id (call), &error);
  g_autofree char *url = NULL;
  gint64 weeks = WEEKS;
  gint64 id = 0;

  if (policy == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (text != NULL && !pn_call_read_number (text, &weeks))
    weeks = 0;
  if (has_changes (call) && !pn_desk_policy_read (call, policy))
    return;
  if (!pn_sla_replay_add (call->db, policy, pn_access_queues (call->access), weeks, call->agent->id,
                          &id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_wake_send (call->web->config.run_path, "clerk");
  pn_log (PN_LOG_INFO, "policy-replay",
          "policy=%" G_GINT64_FORMAT " replay=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          policy->id, id, call->agent->id);
  url = g_strdup_printf ("/desk/manage/replays/%" G_GINT64_FORMAT, id);
  pn_call_done (call, url, NULL, 202, json_pack ("{s:I}", "replay", (json_int_t) id));
}

json_t *
pn_desk_policy_replays (PnCall *call, const PnPolicy *policy, GError **error)
{
  g_autoptr (GPtrArray) replays =
      pn_replay_list (call->db, PN_REPLAY_POLICY, policy->id, LISTED, error);
  json_t *list;

  if (replays == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < replays->len; i++) {
    if (pn_desk_replay_may_see (call, replays->pdata[i]))
      json_array_append_new (list, pn_desk_replay_show (replays->pdata[i]));
  }
  return list;
}
