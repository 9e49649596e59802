/* The policies in their order: the list, a new one, moving and removing. */
#include "gateway/web/desk_policy.h"
#include "gateway/web/handlers.h"

#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/sla_document.h"
#include "ticketing/sla_job.h"

#define LIST_URL "/desk/manage/sla"

static gboolean
show_policies (PnCall *call, const GPtrArray *policies, json_t *list, GError **error)
{
  for (guint i = 0; i < policies->len; i++) {
    const PnPolicy *policy = policies->pdata[i];
    g_autofree char *url = pn_desk_policy_url (policy);
    json_t *shown = pn_sla_write_policy (call->db, policy, error);

    if (shown == NULL)
      return FALSE;
    pn_json_set (shown, "url", pn_json_text (url));
    if (!call->is_api) {
      pn_json_set (shown, "is_first", json_boolean (i == 0));
      pn_json_set (shown, "is_last", json_boolean (i + 1 == policies->len));
      pn_json_set (shown, "summary", pn_desk_policy_summary (shown));
    }
    json_array_append_new (list, shown);
  }
  return TRUE;
}

/* How far the due times have followed the last change. */
static json_t *
show_job (const PnSlaJob *job)
{
  gint64 percent = 100;

  if (job == NULL)
    return json_null ();
  if (job->finished_at == 0)
    percent = job->last_id > 0 ? job->after_id * 100 / job->last_id : 0;
  return json_pack (
      "{s:o, s:b, s:I, s:I, s:I, s:I, s:o, s:o}", "reason", pn_json_text (job->reason),
      "is_running", job->finished_at == 0, "percent", (json_int_t) percent, "tickets",
      (json_int_t) job->tickets, "changed", (json_int_t) job->changed, "longest_lock_ms",
      (json_int_t) ((job->longest + PN_MILLISECOND - 1) / PN_MILLISECOND), "created_at",
      pn_json_time (job->created_at), "finished_at", pn_json_time (job->finished_at));
}

static void
show_list (PnCall *call, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) policies = pn_sla_list (call->db, &error);
  g_autoptr (PnSlaJob) job = NULL;
  g_autoptr (json_t) list = json_array ();
  json_t *document;

  if (policies == NULL || !pn_sla_job_newest (call->db, &job, &error)
      || !show_policies (call, policies, list, &error)) {
    pn_call_fail (call, error);
    return;
  }
  document = json_pack ("{s:O, s:o}", "policies", list, "job", show_job (job));
  if (!call->is_api) {
    const char *name = pn_call_field (call, "name");
    const char *title = pn_call_field (call, "title");

    pn_json_set (document, "form",
                 json_pack ("{s:o, s:o, s:o}", "name", pn_json_text (name != NULL ? name : ""),
                            "title", pn_json_text (title != NULL ? title : ""), "error",
                            pn_json_text (problem)));
  }
  pn_call_page (call, status, "desk-policies", document);
}

void
pn_desk_policies (PnCall *call)
{
  show_list (call, 200, NULL);
}

/* On the desk a new policy is tried before it counts. */
void
pn_desk_policy_add (PnCall *call)
{
  g_autoptr (PnPolicy) policy = pn_policy_new ("");
  g_autoptr (GError) error = NULL;

  policy->is_enabled = call->is_api;
  if (!call->is_api) {
    g_free (policy->name);
    policy->name = pn_call_line (call, "name", 64);
    g_free (policy->title);
    policy->title = pn_call_line (call, "title", 200);
  } else if (!pn_desk_policy_read (call, policy))
    return;
  if (pn_sla_save (call->db, policy, 0, call->agent->id, &error))
    pn_desk_policy_saved (call, policy, 201);
  else if (!call->is_api && pn_error_http_status (error) < 500)
    show_list (call, pn_error_http_status (error), error->message);
  else
    pn_call_fail (call, error);
}

void
pn_desk_policy_move (PnCall *call)
{
  const char *by = pn_call_field (call, "by");
  g_autoptr (GError) error = NULL;
  const int step = g_strcmp0 (by, "up") == 0 ? -1 : g_strcmp0 (by, "down") == 0 ? 1 : 0;
  g_autofree char *place =
      g_strdup_printf (LIST_URL "#policy-%" G_GINT64_FORMAT, pn_call_id (call));

  if (step == 0)
    pn_call_problem (call, 400, "by is \"up\" or \"down\"");
  else if (pn_sla_move (call->db, pn_call_id (call), step, call->agent->id, &error))
    pn_call_done (call, place, "saved", 200, json_object ());
  else
    pn_call_fail (call, error);
}

void
pn_desk_policy_remove (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (!pn_sla_remove (call->db, pn_call_id (call), call->agent->id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "policy-removed", "policy=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          pn_call_id (call), call->agent->id);
  pn_call_done (call, LIST_URL, "saved", 200, json_object ());
}
