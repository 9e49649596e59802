#include "gateway/web/desk_policy.h"

#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "gateway/web/sla_form.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/organisation.h"
#include "ticketing/sla_document.h"

static const char *const conditions[] = {
  "queues", "organisations", "levels", "tags", "forms", "languages",
};

char *
pn_desk_policy_url (const PnPolicy *policy)
{
  return g_strdup_printf ("/desk/manage/sla/%" G_GINT64_FORMAT, policy->id);
}

/* Returns: (owned) "30 min – 8 h" over the priorities; NULL: nothing is promised. */
static char *
write_range (const json_t *minutes)
{
  gint64 least = G_MAXINT64;
  gint64 most = 0;
  const char *priority;
  json_t *value;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  json_object_foreach ((json_t *) minutes, priority, value)
  {
    least = MIN (least, json_integer_value (value));
    most = MAX (most, json_integer_value (value));
  }
  if (most == 0)
    return NULL;
  first = pn_sla_form_write_minutes (least);
  last = pn_sla_form_write_minutes (most);
  return least == most ? g_steal_pointer (&first) : g_strdup_printf ("%s – %s", first, last);
}

json_t *
pn_desk_policy_summary (const json_t *document)
{
  json_t *targets = json_array ();
  json_t *wanted = json_array ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    const char *metric = pn_metric_name ((PnMetric) m);
    g_autofree char *range =
        write_range (json_object_get (json_object_get (document, "targets"), metric));

    if (range != NULL)
      json_array_append_new (
          targets, json_pack ("{s:s, s:o}", "metric", metric, "text", pn_json_text (range)));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++) {
    g_autofree char *words = pn_sla_form_write_words (
        json_object_get (json_object_get (document, "conditions"), conditions[i]));

    if (*words != '\0')
      json_array_append_new (
          wanted, json_pack ("{s:s, s:o}", "name", conditions[i], "text", pn_json_text (words)));
  }
  return json_pack ("{s:o, s:o}", "targets", targets, "conditions", wanted);
}

static const char *
typed_or (const PnCall *call, const char *name, const char *stored)
{
  const char *typed = pn_call_field (call, name);

  return typed != NULL ? typed : stored;
}

static json_t *
show_pauses (const PnCall *call, const PnPolicy *policy, PnMetric metric)
{
  const gboolean is_sent = pn_call_field (call, "csrf") != NULL;
  json_t *boxes = json_array ();

  for (int s = 0; s < PN_STATUS_SOLVED; s++) {
    const char *status = pn_status_name ((PnStatus) s);
    g_autofree char *name = g_strdup_printf ("pauses.%s.%s", pn_metric_name (metric), status);
    gboolean is_set = (policy->pauses[metric] & (1u << s)) != 0;

    if (is_sent)
      is_set = g_strcmp0 (pn_call_field (call, name), "1") == 0;
    json_array_append_new (
        boxes, json_pack ("{s:s, s:s, s:b}", "field", name, "name", status, "is_set", is_set));
  }
  return boxes;
}

/* A row for each metric: a field for each priority, a box for each status that may pause. */
static json_t *
show_metrics (const PnCall *call, const PnPolicy *policy)
{
  json_t *rows = json_array ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    const char *metric = pn_metric_name ((PnMetric) m);
    json_t *cells = json_array ();

    for (int p = PN_PRIORITY_COUNT - 1; p >= 0; p--) {
      const char *priority = pn_priority_name ((PnPriority) p);
      g_autofree char *name = g_strdup_printf ("targets.%s.%s", metric, priority);
      g_autofree char *stored = pn_sla_form_write_minutes (policy->minutes[m][p]);

      json_array_append_new (cells,
                             json_pack ("{s:s, s:s, s:o}", "field", name, "name", priority, "value",
                                        pn_json_text (typed_or (call, name, stored))));
    }
    json_array_append_new (rows, json_pack ("{s:s, s:o, s:o}", "metric", metric, "cells", cells,
                                            "pauses", show_pauses (call, policy, (PnMetric) m)));
  }
  return rows;
}

/* Words that a condition could have, for the browser to complete. */
static json_t *
suggest (PnCall *call, const char *condition)
{
  json_t *words = json_array ();
  g_autoptr (GPtrArray) levels = NULL;

  if (strcmp (condition, "queues") == 0) {
    for (guint i = 0; i < call->queues->len; i++)
      json_array_append_new (words, pn_json_text (((PnQueue *) call->queues->pdata[i])->name));
  } else if (strcmp (condition, "levels") == 0) {
    levels = pn_organisation_levels (call->db, NULL);
    for (guint i = 0; levels != NULL && i < levels->len; i++)
      json_array_append_new (words, pn_json_text (levels->pdata[i]));
  }
  return words;
}

static json_t *
show_conditions (PnCall *call, const json_t *document)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++) {
    g_autofree char *name = g_strconcat ("conditions.", conditions[i], NULL);
    g_autofree char *stored = pn_sla_form_write_words (
        json_object_get (json_object_get (document, "conditions"), conditions[i]));
    json_t *words = suggest (call, conditions[i]);

    json_array_append_new (
        list, json_pack ("{s:s, s:s, s:o, s:o}", "name", conditions[i], "field", name, "value",
                         pn_json_text (typed_or (call, name, stored)), "known", words));
  }
  return list;
}

static gboolean
show_calendars (PnCall *call, const json_t *document, json_t *list, GError **error)
{
  g_autoptr (GPtrArray) calendars = pn_calendar_list (call->db, error);
  const char *current = typed_or (call, "calendar", pn_json_get_text (document, "calendar"));

  for (guint i = 0; calendars != NULL && i < calendars->len; i++) {
    const PnCalendar *calendar = calendars->pdata[i];

    json_array_append_new (list,
                           json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (calendar->name),
                                      "title", pn_json_text (calendar->title), "is_current",
                                      g_strcmp0 (calendar->name, current) == 0));
  }
  return calendars != NULL;
}

static gboolean
show_versions (PnCall *call, const PnPolicy *policy, json_t *list, GError **error)
{
  g_autoptr (GPtrArray) versions = pn_sla_versions (call->db, policy->id, error);

  for (guint i = 0; versions != NULL && i < versions->len; i++) {
    const PnPolicyVersion *version = versions->pdata[i];
    const PnAgent *agent = pn_show_agent (call, version->agent_id);
    g_autoptr (json_t) document = json_loads (version->document, 0, NULL);

    if (!pn_sla_name_conditions (call->db, document, error))
      return FALSE;
    json_array_append_new (list,
                           json_pack ("{s:I, s:b, s:o, s:o, s:o, s:O?}", "version",
                                      (json_int_t) version->version, "is_current", i == 0, "at",
                                      pn_json_time (version->at), "agent",
                                      pn_json_text (agent != NULL ? agent->name : NULL), "summary",
                                      pn_desk_policy_summary (document), "document", document));
  }
  return versions != NULL;
}

/* What the policy leaves open, where somebody may not expect it. (owned) */
static json_t *
make_hint (const PnCall *call, const PnPolicy *policy)
{
  const char *reason = pn_reason (PN_WHY_SLA_NO_URGENT);
  json_t *hint = json_object ();

  if (!pn_policy_lacks_urgent (policy)) {
    json_decref (hint);
    return json_null ();
  }
  pn_reason_put (call, hint, "text", reason);
  return hint;
}

static void
show_policy (PnCall *call, const PnPolicy *policy, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = pn_desk_policy_url (policy);
  g_autoptr (json_t) document = json_object ();
  g_autoptr (json_t) calendars = json_array ();
  json_t *versions = json_array ();
  json_t *shown = NULL;

  json_t *replays = NULL;

  pn_json_set (document, "versions", versions);
  if (!pn_show_load (call, &error)
      || (shown = pn_sla_write_policy (call->db, policy, &error)) == NULL
      || !show_versions (call, policy, versions, &error)
      || !show_calendars (call, shown, calendars, &error)
      || (replays = pn_desk_policy_replays (call, policy, &error)) == NULL) {
    json_decref (shown);
    pn_call_fail (call, error);
    return;
  }
  pn_json_set (document, "policy", shown);
  pn_json_set (document, "replays", replays);
  pn_json_set (document, "hint", make_hint (call, policy));
  if (!call->is_api) {
    const char *enabled = pn_call_field (call, "csrf") != NULL ? pn_call_field (call, "is_enabled")
                          : policy->is_enabled                 ? "1"
                                                               : NULL;

    pn_json_set (shown, "url", pn_json_text (url));
    pn_json_set (document, "calendars", json_incref (calendars));
    pn_json_set (document, "metrics", show_metrics (call, policy));
    pn_json_set (document, "conditions", show_conditions (call, shown));
    pn_json_set (document, "fields",
                 json_pack ("{s:o, s:o, s:b}", "name",
                            pn_json_text (typed_or (call, "name", policy->name)), "title",
                            pn_json_text (typed_or (call, "title", policy->title)), "is_enabled",
                            g_strcmp0 (enabled, "1") == 0));
    pn_json_set (document, "error", pn_json_text (problem));
  }
  pn_call_page (call, status, "desk-policy", json_incref (document));
}

static PnPolicy *
load_policy (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnPolicy *policy = pn_sla_load (call->db, pn_call_id (call), &error);

  if (policy == NULL)
    pn_call_fail (call, error);
  return policy;
}

void
pn_desk_policy (PnCall *call)
{
  g_autoptr (PnPolicy) policy = load_policy (call);

  if (policy != NULL)
    show_policy (call, policy, 200, NULL);
}

/* What the sender can mend comes back with the page as it was typed. */
static void
fail (PnCall *call, const PnPolicy *policy, const GError *error)
{
  const int status = pn_error_http_status (error);

  if (call->is_api || policy->id == 0 || (status != 400 && status != 409)) {
    pn_call_fail (call, error);
  } else {
    g_autoptr (PnPolicy) stored = pn_sla_load (call->db, policy->id, NULL);

    show_policy (call, stored != NULL ? stored : policy, status, error->message);
  }
}

gboolean
pn_desk_policy_read (PnCall *call, PnPolicy *policy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) document = pn_sla_form_policy (call, &error);

  if (document != NULL && pn_sla_read_policy (call->db, document, policy, &error))
    return TRUE;
  fail (call, policy, error);
  return FALSE;
}

void
pn_desk_policy_saved (PnCall *call, const PnPolicy *policy, int status)
{
  g_autofree char *url = pn_desk_policy_url (policy);
  g_autoptr (GError) error = NULL;
  json_t *shown = pn_sla_write_policy (call->db, policy, &error);

  if (shown == NULL) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "policy-saved",
          "policy=%" G_GINT64_FORMAT " version=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          policy->id, policy->version, call->agent->id);
  pn_call_done (call, url, "saved", status, json_pack ("{s:o}", "policy", shown));
}

void
pn_desk_policy_save (PnCall *call)
{
  g_autoptr (PnPolicy) policy = load_policy (call);
  const char *version = pn_call_field (call, "if_version");
  g_autoptr (GError) error = NULL;
  gint64 if_version = 0;

  if (policy == NULL)
    return;
  if (version != NULL && !pn_call_read_number (version, &if_version)) {
    pn_call_problem (call, 400, "if_version is a number");
    return;
  }
  if (!pn_desk_policy_read (call, policy))
    return;
  if (pn_sla_save (call->db, policy, if_version, call->agent->id, &error))
    pn_desk_policy_saved (call, policy, 200);
  else
    fail (call, policy, error);
}

/* What an older version said becomes the newest; whether the policy counts stays as it is. */
void
pn_desk_policy_restore (PnCall *call)
{
  g_autoptr (PnPolicy) policy = load_policy (call);
  g_autoptr (PnPolicy) then = NULL;
  const char *text = pn_call_field (call, "version");
  g_autoptr (GError) error = NULL;
  gint64 wanted = 0;

  if (policy == NULL)
    return;
  if (text != NULL)
    pn_call_read_number (text, &wanted);
  if (!pn_sla_load_version (call->db, policy->id, wanted, &then, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (then == NULL) {
    pn_call_not_found (call);
    return;
  }
  then->position = policy->position;
  then->is_enabled = policy->is_enabled;
  if (pn_sla_save (call->db, then, policy->version, call->agent->id, &error))
    pn_desk_policy_saved (call, then, 200);
  else
    fail (call, then, error);
}
