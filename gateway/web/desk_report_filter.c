/* The fields that figures are narrowed by, with what is chosen in each. */
#include "gateway/web/desk_report.h"
#include "gateway/web/show.h"
#include "ticketing/message.h"
#include "ticketing/organisation.h"
#include "ticketing/sla.h"
#include "ticketing/team.h"

static void
add_option (json_t *options, const char *value, const char *text, gboolean is_current)
{
  json_array_append_new (options, json_pack ("{s:o, s:o, s:b}", "value",
                                             pn_json_text (value != NULL ? value : ""), "text",
                                             pn_json_text (text), "is_current", is_current));
}

static gboolean
add_queues (PnCall *call, gint64 chosen, json_t *options)
{
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (pn_access_may (call->access, PN_RIGHT_SEE, queue->id))
      add_option (options, queue->name, queue->title, queue->id == chosen);
  }
  return TRUE;
}

static gboolean
add_agents (PnCall *call, gint64 chosen, json_t *options)
{
  add_option (options, "none", NULL, chosen == 0);
  for (guint i = 0; i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    add_option (options, agent->login, agent->name, agent->id == chosen);
  }
  return TRUE;
}

static gboolean
add_teams (PnCall *call, gint64 chosen, json_t *options, GError **error)
{
  g_autoptr (GPtrArray) teams = pn_team_list (call->db, error);

  add_option (options, "none", NULL, chosen == 0);
  for (guint i = 0; teams != NULL && i < teams->len; i++) {
    const PnTeam *team = teams->pdata[i];

    add_option (options, team->name, team->title, team->id == chosen);
  }
  return teams != NULL;
}

static gboolean
add_policies (PnCall *call, gint64 chosen, json_t *options, GError **error)
{
  g_autoptr (GPtrArray) policies = pn_sla_list (call->db, error);

  add_option (options, "none", NULL, chosen == 0);
  for (guint i = 0; policies != NULL && i < policies->len; i++) {
    const PnPolicy *policy = policies->pdata[i];

    add_option (options, policy->name, policy->title, policy->id == chosen);
  }
  return policies != NULL;
}

static gboolean
add_words (PnReportBy by, gint64 chosen, json_t *options)
{
  const int last = by == PN_BY_CHANNEL ? (int) PN_CHANNEL_LINK : (int) PN_PRIORITY_URGENT;

  for (int i = 0; i <= last; i++) {
    const char *name =
        by == PN_BY_CHANNEL ? pn_channel_name ((PnChannel) i) : pn_priority_name ((PnPriority) i);

    add_option (options, name, name, i == chosen);
  }
  return TRUE;
}

static gboolean
add_options (PnCall *call, PnReportBy by, gint64 chosen, json_t *options, GError **error)
{
  switch (by) {
  case PN_BY_QUEUE: return add_queues (call, chosen, options);
  case PN_BY_AGENT: return add_agents (call, chosen, options);
  case PN_BY_TEAM: return add_teams (call, chosen, options, error);
  case PN_BY_POLICY: return add_policies (call, chosen, options, error);
  case PN_BY_CHANNEL:
  case PN_BY_PRIORITY: return add_words (by, chosen, options);
  case PN_BY_ORGANISATION:
  case PN_BY_TAG:
  case PN_BY_DAY:
  case PN_BY_WEEK:
  case PN_BY_MONTH: break;
  }
  return TRUE;
}

/* Returns: (owned) what stands in a field that is typed into; NULL: nothing, or an error. */
static char *
typed_text (PnCall *call, PnReportBy by, gint64 chosen, GError **error)
{
  g_autoptr (PnOrganisation) organisation = NULL;
  g_autoptr (GHashTable) tags = NULL;

  if (chosen <= 0)
    return chosen == 0 ? g_strdup ("none") : NULL;
  if (by == PN_BY_ORGANISATION) {
    organisation = pn_organisation_load (call->db, chosen, NULL);
    return organisation != NULL ? g_strdup (organisation->name)
                                : g_strdup_printf ("%" G_GINT64_FORMAT, chosen);
  }
  tags = pn_fact_tags (call->db, error);
  return tags != NULL ? g_strdup (g_hash_table_lookup (tags, GUINT_TO_POINTER ((guint) chosen)))
                      : NULL;
}

json_t *
pn_desk_report_filters (PnCall *call, const PnReportRequest *request, GError **error)
{
  g_autoptr (json_t) fields = json_array ();

  if (!pn_show_load (call, error))
    return NULL;
  for (int i = 0; i < PN_BY_DIMENSIONS; i++) {
    const PnReportBy by = (PnReportBy) i;
    const gboolean is_typed = by == PN_BY_ORGANISATION || by == PN_BY_TAG;
    g_autofree char *value = NULL;
    g_autoptr (GError) problem = NULL;
    json_t *options = json_array ();

    if (is_typed)
      value = typed_text (call, by, request->filter[by], &problem);
    if (problem == NULL)
      add_options (call, by, request->filter[by], options, &problem);
    json_array_append_new (fields,
                           json_pack ("{s:s, s:b, s:o, s:o, s:b}", "name", pn_report_by_name (by),
                                      "is_typed", is_typed, "value", pn_json_text (value),
                                      "options", options, "is_set", request->filter[by] >= 0));
    if (problem != NULL) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  }
  return g_steal_pointer (&fields);
}
