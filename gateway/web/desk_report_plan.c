/* Reports by mail on the desk: a lead's own plans, to administrators all. */
#include "gateway/web/desk_report.h"
#include "gateway/web/handlers.h"
#include "gateway/web/manage_form.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/report_plan.h"

#include <string.h>

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define ZONE_BYTES 100
#define NAMES_TRIED 50

static const char *
get_field (gpointer data, const char *name)
{
  return pn_call_field (data, name);
}

static const char *
get_word (gpointer data, const char *name)
{
  return json_string_value (json_object_get (data, name));
}

static json_t *
show_plan (const PnCall *call, const PnReportPlan *plan)
{
  const PnAgent *owner = pn_show_agent (call, plan->owner_id);
  g_autofree char *at = g_strdup_printf ("%02d:%02d", plan->minute / 60, plan->minute % 60);
  g_autofree char *url = plan->id != 0
                             ? g_strdup_printf ("/desk/manage/reports/%" G_GINT64_FORMAT, plan->id)
                             : g_strdup ("/desk/manage/reports");
  json_t *shown = json_pack (
      "{s:I, s:o, s:o, s:b, s:s, s:O, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s}", "id",
      (json_int_t) plan->id, "name", pn_json_text (plan->name), "title", pn_json_text (plan->title),
      "is_enabled", plan->is_enabled, "report", plan->report, "words", plan->words, "every",
      pn_every_name (plan->every), "at", at, "zone", pn_json_text (plan->zone), "readers",
      pn_json_texts (plan->readers), "owner", pn_json_text (owner != NULL ? owner->login : NULL),
      "next_at", pn_json_time (plan->is_enabled ? plan->next_at : 0), "sent_at",
      pn_json_time (plan->sent_at), "url", url);

  pn_reason_put (call, shown, "problem", plan->problem);
  return shown;
}

void
pn_desk_report_plans (PnCall *call)
{
  const gint64 owner = pn_access_is_admin (call->access) ? 0 : call->agent->id;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) plans = NULL;
  json_t *list;

  if (!pn_show_load (call, &error)
      || (plans = pn_report_plan_list (call->db, owner, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < plans->len; i++)
    json_array_append_new (list, show_plan (call, plans->pdata[i]));
  pn_call_page (call, 200, "desk-report-plans", json_pack ("{s:o}", "plans", list));
}

/* The plan's words as fields of its page. Words that name what is gone by now are shown as if nothing was chosen. */
static json_t *
show_fields (PnCall *call, const PnReportPlan *plan, GError **error)
{
  g_autoptr (PnReportRequest) request = pn_report_request_new (plan->report, plan->zone);
  g_autofree char *readers = pn_manage_join (plan->readers);
  g_autofree char *query = pn_report_plan_query (plan);
  g_autofree char *page =
      g_strdup_printf ("/desk/reports/%s%s%s", plan->report, *query != '\0' ? "?" : "", query);
  json_t *filters;

  pn_report_read (call->db, request, get_word, plan->words, NULL);
  filters = pn_desk_report_filters (call, request, error);
  if (filters == NULL)
    return NULL;
  return json_pack ("{s:o, s:o, s:o, s:s, s:s}", "filters", filters, "choices",
                    pn_desk_report_choices (request), "readers",
                    pn_json_text (pn_manage_typed (call, "readers", readers)), "time",
                    request->is_business ? "business" : "calendar", "page", page);
}

static void
show_one (PnCall *call, int status, const char *problem, gpointer data)
{
  const PnReportPlan *plan = data;
  g_autoptr (GError) error = NULL;
  json_t *fields = NULL;

  if (!pn_show_load (call, &error)
      || (!call->is_api && (fields = show_fields (call, plan, &error)) == NULL)) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, status, "desk-report-plan",
                json_pack ("{s:o, s:o*, s:o}", "plan", show_plan (call, plan), "fields", fields,
                           "error", pn_json_text (problem)));
}

/* Returns: (owned) the plan of {id} where it is the caller's, or the caller an administrator. NULL: answered already. */
static PnReportPlan *
load_one (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportPlan) plan = pn_report_plan_load (call->db, pn_call_id (call), &error);

  if (plan == NULL) {
    pn_call_fail (call, error);
    return NULL;
  }
  if (plan->owner_id != call->agent->id && !pn_access_is_admin (call->access)) {
    pn_call_not_found (call);
    return NULL;
  }
  return g_steal_pointer (&plan);
}

void
pn_desk_report_plan (PnCall *call)
{
  g_autoptr (PnReportPlan) plan = load_one (call);

  if (plan != NULL)
    show_one (call, 200, NULL, plan);
}

static gboolean
take_times (const PnCall *call, PnReportPlan *plan, GError **error)
{
  const char *at = pn_call_field (call, "at");
  const char *every = pn_call_field (call, "every");
  int hour;
  int minute;
  char rest;

  if (every != NULL && !pn_every_read (every, &plan->every)) {
    pn_error_set (error, PN_ERROR_INVALID, "it is sent every day, week or month, not \"%.20s\"",
                  every);
    return FALSE;
  }
  if (at == NULL)
    return TRUE;
  if (sscanf (at, "%2d:%2d%c", &hour, &minute, &rest) != 2 || hour < 0 || hour > 23 || minute < 0
      || minute > 59) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.20s\" is no time such as 07:00", at);
    return FALSE;
  }
  plan->minute = hour * 60 + minute;
  return TRUE;
}

static gboolean
take_plan (PnCall *call, PnReportPlan *plan, GError **error)
{
  pn_manage_take_line (call, "report", NAME_BYTES, &plan->report);
  pn_manage_take_line (call, "title", TITLE_BYTES, &plan->title);
  pn_manage_take_line (call, "zone", ZONE_BYTES, &plan->zone);
  if (pn_call_field (call, "readers") != NULL)
    pn_manage_take_words (call, "readers", plan->readers);
  pn_report_plan_take_words (plan, get_field, call);
  return take_times (call, plan, error);
}

/* Returns: (owned) a short name that is free, from the title's letters and digits. */
static char *
find_name (PnCall *call, const PnReportPlan *plan, GError **error)
{
  g_autofree char *plain = g_str_to_ascii (plan->title, NULL);
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *c = plain; *c != '\0' && name->len < NAME_BYTES - 4; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (name, g_ascii_tolower (*c));
    else if (name->len > 0 && name->str[name->len - 1] != '-')
      g_string_append_c (name, '-');
  }
  if (name->len == 0)
    g_string_append (name, plan->report);
  for (int i = 1; i <= NAMES_TRIED; i++) {
    g_autofree char *tried =
        i == 1 ? g_strdup (name->str) : g_strdup_printf ("%s-%d", name->str, i);
    g_autoptr (PnReportPlan) there = NULL;

    if (!pn_report_plan_find (call->db, tried, &there, error))
      return NULL;
    if (there == NULL)
      return g_steal_pointer (&tried);
  }
  pn_error_set (error, PN_ERROR_CONFLICT, "choose another title");
  return NULL;
}

/* A title without a name gets one, a name without a title is its own. */
static gboolean
name_plan (PnCall *call, PnReportPlan *plan, GError **error)
{
  char *name;

  if (*plan->title == '\0') {
    g_free (plan->title);
    plan->title = g_strdup (*plan->name != '\0' ? plan->name : plan->report);
  }
  if (*plan->name != '\0')
    return TRUE;
  name = find_name (call, plan, error);
  if (name == NULL)
    return FALSE;
  g_free (plan->name);
  plan->name = name;
  return TRUE;
}

void
pn_desk_report_plan_add (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportPlan) plan = pn_report_plan_new ("");
  g_autofree char *zone = pn_report_zone (call->db, &error);

  if (zone == NULL) {
    pn_call_fail (call, error);
    return;
  }
  g_free (plan->zone);
  plan->zone = g_steal_pointer (&zone);
  plan->owner_id = call->agent->id;
  g_ptr_array_add (plan->readers, g_strdup (call->agent->login));
  g_free (plan->name);
  plan->name = pn_call_line (call, "name", NAME_BYTES + 1);
  if (!take_plan (call, plan, &error)) {
    pn_manage_refuse (call, error, show_one, plan);
    return;
  }
  if (name_plan (call, plan, &error) && pn_report_plan_save (call->db, plan, &error))
    pn_manage_done (call, "reports", plan->id, show_one, plan);
  else
    pn_manage_refuse (call, error, show_one, plan);
}

void
pn_desk_report_plan_save (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportPlan) plan = load_one (call);

  if (plan == NULL)
    return;
  pn_manage_take_flag (call, "is_enabled", &plan->is_enabled);
  if (take_plan (call, plan, &error) && pn_report_plan_save (call->db, plan, &error))
    pn_manage_done (call, "reports", plan->id, show_one, plan);
  else
    pn_manage_refuse (call, error, show_one, plan);
}

void
pn_desk_report_plan_remove (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportPlan) plan = load_one (call);

  if (plan == NULL)
    return;
  if (pn_report_plan_delete (call->db, plan->id, &error))
    pn_manage_done (call, "reports", 0, NULL, NULL);
  else
    pn_call_fail (call, error);
}

void
pn_desk_report_plan_send (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReportPlan) plan = load_one (call);
  guint letters;

  if (plan == NULL)
    return;
  if (!pn_report_plan_send_now (call->db, plan, &letters, &error)) {
    pn_manage_refuse (call, error, show_one, plan);
    return;
  }
  if (call->is_api) {
    pn_call_done (call, "", NULL, 200, json_pack ("{s:i}", "letters", (int) letters));
    return;
  }
  pn_manage_done (call, "reports", plan->id, NULL, NULL);
}
