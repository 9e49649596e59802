/* The rules: list, editor, versions; page and API. */
#include <stdlib.h>
#include <string.h>

#include "gateway/web/desk_rule.h"
#include "gateway/web/handlers.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "gateway/web/show_difference.h"
#include "ticketing/core/error.h"
#include "ticketing/rule_replay.h"
#include "ticketing/rule_run.h"

#define LIST_URL "/desk/manage/rules"
#define FIRINGS 20
#define FIRED_IN (30 * PN_DAY)

/* (owned) {"id", "version", "position", "enabled", "rule": {…}}. */
static json_t *
show_rule (const PnRule *rule)
{
  g_autofree char *url = g_strdup_printf (LIST_URL "/%" G_GINT64_FORMAT, rule->id);

  return json_pack ("{s:I, s:I, s:I, s:b, s:s, s:o}", "id", (json_int_t) rule->id, "version",
                    (json_int_t) rule->version, "position", (json_int_t) rule->position, "enabled",
                    rule->is_enabled, "url", url, "rule", pn_rule_write (rule));
}

void
pn_desk_rules (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = pn_rule_list (call->db, FALSE, &error);
  g_autoptr (GHashTable) counts =
      rules != NULL ? pn_rule_firing_counts (call->db, pn_clock_now () - FIRED_IN, &error) : NULL;
  json_t *list;

  if (counts == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < rules->len; i++) {
    const PnRule *rule = rules->pdata[i];
    const gint64 *fired = g_hash_table_lookup (counts, &rule->id);
    json_t *shown = show_rule (rule);

    pn_json_set (shown, "fired", json_integer (fired != NULL ? *fired : 0));
    pn_json_set (shown, "is_first", json_boolean (i == 0));
    pn_json_set (shown, "is_last", json_boolean (i + 1 == rules->len));
    json_array_append_new (list, shown);
  }
  pn_call_page (call, 200, "desk-rules",
                json_pack ("{s:o, s:b}", "rules", list, "is_empty", rules->len == 0));
}

/* Takes {"name", "note", "on", "schedule", "if", "then", "stop"} together again from the fields they became. */
static json_t *
gather (const PnCall *call)
{
  static const char *const texts[] = { "name", "note", NULL };
  static const char *const documents[] = { "schedule", "if", "then", NULL };
  const char *on = pn_call_field (call, "rule.on");
  const char *stop = pn_call_field (call, "rule.stop");
  g_auto (GStrv) names = g_strsplit (on != NULL ? on : "", ",", -1);
  json_t *rule = pn_call_gather (call, "rule", texts, documents);
  json_t *events = json_array ();

  for (guint i = 0; names[i] != NULL; i++)
    json_array_append_new (events, pn_json_text (names[i]));
  pn_json_set (rule, "on", events);
  if (stop != NULL)
    pn_json_set (rule, "stop", json_boolean (strcmp (stop, "0") != 0));
  return rule;
}

/* Reads "rule" of an API call. NULL: answered already. (owned) */
static PnRule *
read_api (PnCall *call)
{
  g_autoptr (json_t) document = gather (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) rule = pn_rule_read (document, NULL, &error);

  if (rule != NULL && pn_rule_check (call->db, rule, NULL, &error))
    return g_steal_pointer (&rule);
  pn_call_fail (call, error);
  return NULL;
}

/* One version with what is new in it. */
static json_t *
show_version (const PnCall *call, const PnRuleVersion *version, const PnRuleVersion *before,
              gboolean is_current)
{
  const PnAgent *agent = pn_show_agent (call, version->agent_id);
  json_t *shown = json_pack ("{s:I, s:o, s:o, s:b, s:b}", "version", (json_int_t) version->version,
                             "at", pn_json_time (version->at), "agent",
                             pn_json_text (agent != NULL ? agent->name : NULL), "enabled",
                             version->is_enabled, "is_current", is_current);
  g_autoptr (json_t) rule = json_loads (version->definition, 0, NULL);
  g_autoptr (json_t) old = before != NULL ? json_loads (before->definition, 0, NULL) : NULL;
  char *text = json_dumps (rule, JSON_INDENT (2));
  char *old_text = old != NULL ? json_dumps (old, JSON_INDENT (2)) : NULL;

  pn_json_set (shown, "rule", json_incref (rule));
  pn_json_set (shown, "difference", pn_show_difference (old_text != NULL ? old_text : text, text));
  free (text);
  free (old_text);
  return shown;
}

static json_t *
show_versions (const PnCall *call, const GPtrArray *versions)
{
  json_t *list = json_array ();

  for (guint i = 0; i < versions->len; i++)
    json_array_append_new (
        list, show_version (call, versions->pdata[i],
                            i + 1 < versions->len ? versions->pdata[i + 1] : NULL, i == 0));
  return list;
}

static json_t *
show_firings (const PnCall *call, const GPtrArray *firings)
{
  json_t *list = json_array ();

  for (guint i = 0; i < firings->len; i++) {
    const PnRuleFiring *firing = firings->pdata[i];
    g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, firing->ticket_id);

    json_t *shown = json_pack (
        "{s:I, s:s, s:I, s:I, s:o, s:o}", "ticket", (json_int_t) firing->ticket_id, "url", url,
        "version", (json_int_t) firing->version, "generation", (json_int_t) firing->generation,
        "effects", pn_reason_show_effects (call, firing->effects), "at", pn_json_time (firing->at));

    pn_reason_put (call, shown, "explanation", firing->explanation);
    json_array_append_new (list, shown);
  }
  return list;
}

static gboolean
add_past (PnCall *call, const PnRule *rule, json_t *document, GError **error)
{
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GPtrArray) firings = NULL;

  if (!pn_show_load (call, error)
      || (versions = pn_rule_versions (call->db, rule->id, error)) == NULL
      || (firings = pn_rule_firings (call->db, rule->id, 0, FIRINGS, error)) == NULL)
    return FALSE;
  pn_json_set (document, "versions", show_versions (call, versions));
  pn_json_set (document, "firings", show_firings (call, firings));
  return TRUE;
}

/* The editor. @rule NULL: a new one. @draft is taken. */
static void
show_editor (PnCall *call, int status, const PnRule *rule, json_t *draft, const char *wrong,
             const char *problem)
{
  g_autoptr (json_t) document = json_pack ("{s:o}", "draft", draft);
  g_autoptr (GError) error = NULL;

  pn_json_set (document, "saved", rule != NULL ? show_rule (rule) : json_null ());
  pn_json_set (document, "versions", json_array ());
  pn_json_set (document, "firings", json_array ());
  if (!pn_rule_draft_decorate (call, draft, wrong, problem, &error)
      || (rule != NULL && !add_past (call, rule, document, &error)))
    pn_call_fail (call, error);
  else
    pn_call_page (call, status, "desk-rule", json_incref (document));
}

void
pn_desk_rule_new (PnCall *call)
{
  show_editor (call, 200, NULL, pn_rule_draft_new (), NULL, NULL);
}

void
pn_desk_rule (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) rule = pn_rule_load (call->db, pn_call_id (call), &error);
  g_autoptr (json_t) document = NULL;

  if (rule == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (!call->is_api) {
    show_editor (call, 200, rule, pn_rule_draft_write (rule), NULL, NULL);
    return;
  }
  document = show_rule (rule);
  if (add_past (call, rule, document, &error))
    pn_call_page (call, 200, NULL, json_incref (document));
  else
    pn_call_fail (call, error);
}

static gint64
read_version (const PnCall *call)
{
  const char *text = pn_call_field (call, "if_version");
  gint64 version = 0;

  return text != NULL && pn_call_read_number (text, &version) ? version : 0;
}

/* Orders a replay of @rules and goes to it. */
static void
order_replay (PnCall *call, const GPtrArray *rules, const char *title)
{
  const char *text = pn_call_field (call, "weeks");
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  gint64 weeks = 4;
  gint64 id = 0;

  if (text != NULL && !pn_call_read_number (text, &weeks))
    weeks = 0;
  if (!pn_rule_replay_add (call->db, rules, title, weeks, call->agent->id, &id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  url = g_strdup_printf ("/desk/manage/replays/%" G_GINT64_FORMAT, id);
  pn_call_done (call, url, NULL, 202, json_pack ("{s:I}", "replay", (json_int_t) id));
}

static void
replay_one (PnCall *call, PnRule *rule)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new ();

  g_ptr_array_add (rules, rule);
  order_replay (call, rules, rule->name);
}

/* @rule was read and is to be stored over @old (NULL: as a new one). */
static void
store (PnCall *call, PnRule *rule, const PnRule *old, json_t *draft)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  rule->id = old != NULL ? old->id : 0;
  if (pn_rule_save (call->db, rule, read_version (call), call->agent->id, &error)) {
    url = g_strdup_printf (LIST_URL "/%" G_GINT64_FORMAT, rule->id);
    pn_call_done (call, url, "saved", old != NULL ? 200 : 201, show_rule (rule));
  } else if (draft != NULL && pn_error_is (error, PN_ERROR_CONFLICT)) {
    show_editor (call, 409, old, json_incref (draft), "name", error->message);
  } else {
    pn_call_fail (call, error);
  }
}

/* What the form says: more rows, a replay, or the rule itself. */
static void
save_draft (PnCall *call, const PnRule *old)
{
  const char *what = pn_call_field (call, "do");
  g_autoptr (json_t) draft = pn_rule_draft_read (call);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (json_t) made = NULL;
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *place = NULL;
  const char *name;

  if (pn_rule_draft_edit (draft, what)) {
    show_editor (call, 200, old, json_incref (draft), NULL, NULL);
    return;
  }
  made = pn_rule_draft_make (draft, places);
  rule = pn_rule_read (made, &place, &error);
  if (rule == NULL || !pn_rule_check (call->db, rule, &place, &error)) {
    name = place != NULL ? g_hash_table_lookup (places, place) : NULL;
    show_editor (call, 400, old, json_incref (draft), name != NULL ? name : place, error->message);
    return;
  }
  rule->is_enabled = json_is_true (json_object_get (draft, "enabled"));
  if (g_strcmp0 (what, "replay") == 0)
    replay_one (call, rule);
  else
    store (call, rule, old, draft);
}

void
pn_desk_rule_add (PnCall *call)
{
  const char *enabled = pn_call_field (call, "enabled");
  g_autoptr (PnRule) rule = NULL;

  if (!call->is_api) {
    save_draft (call, NULL);
    return;
  }
  rule = read_api (call);
  if (rule == NULL)
    return;
  rule->is_enabled = g_strcmp0 (enabled, "0") != 0;
  store (call, rule, NULL, NULL);
}

void
pn_desk_rule_save (PnCall *call)
{
  const char *enabled = pn_call_field (call, "enabled");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) old = pn_rule_load (call->db, pn_call_id (call), &error);
  g_autoptr (PnRule) rule = NULL;

  if (old == NULL) {
    pn_call_fail (call, error);
  } else if (!call->is_api) {
    save_draft (call, old);
  } else {
    rule = pn_call_field (call, "rule.name") != NULL ? read_api (call)
                                                     : pn_rule_load (call->db, old->id, &error);
    if (rule == NULL)
      return;
    rule->is_enabled = enabled != NULL ? strcmp (enabled, "0") != 0 : old->is_enabled;
    store (call, rule, old, NULL);
  }
}

void
pn_desk_rule_switch (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) rule = pn_rule_load (call->db, pn_call_id (call), &error);

  if (rule == NULL) {
    pn_call_fail (call, error);
    return;
  }
  rule->is_enabled = g_strcmp0 (pn_call_field (call, "enabled"), "1") == 0;
  if (pn_rule_save (call->db, rule, 0, call->agent->id, &error))
    pn_call_done (call, LIST_URL, "saved", 200, show_rule (rule));
  else
    pn_call_fail (call, error);
}

void
pn_desk_rule_move (PnCall *call)
{
  const char *text = pn_call_field (call, "places");
  g_autoptr (GError) error = NULL;
  const gboolean is_back = text != NULL && *text == '-';
  gint64 places = 0;

  if (text == NULL || !pn_call_read_number (is_back ? text + 1 : text, &places) || places > 1000) {
    pn_call_problem (call, 400, "\"places\" is a number from -1000 to 1000");
    return;
  }
  if (pn_rule_move (call->db, pn_call_id (call), (int) (is_back ? -places : places), &error))
    pn_call_done (call, LIST_URL, "saved", 200, json_object ());
  else
    pn_call_fail (call, error);
}

void
pn_desk_rule_delete (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (pn_rule_delete (call->db, pn_call_id (call), call->agent->id, &error))
    pn_call_done (call, LIST_URL, "saved", 200, json_object ());
  else
    pn_call_fail (call, error);
}

/* An older version becomes the newest. */
void
pn_desk_rule_restore (PnCall *call)
{
  const char *text = pn_call_field (call, "version");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) now = pn_rule_load (call->db, pn_call_id (call), &error);
  g_autoptr (GPtrArray) versions =
      now != NULL ? pn_rule_versions (call->db, now->id, &error) : NULL;
  gint64 wanted = 0;

  if (versions == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (text == NULL || !pn_call_read_number (text, &wanted))
    wanted = 0;
  for (guint i = 0; i < versions->len; i++) {
    PnRuleVersion *version = versions->pdata[i];

    if (version->version != wanted || version->rule == NULL)
      continue;
    version->rule->is_enabled = now->is_enabled;
    store (call, version->rule, now, NULL);
    return;
  }
  pn_call_not_found (call);
}

/* A rule that came along, or else all that are on. */
void
pn_desk_replay_add (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = NULL;
  g_autoptr (PnRule) rule = NULL;

  if (call->is_api && pn_call_field (call, "rule.name") != NULL) {
    rule = read_api (call);
    if (rule != NULL)
      replay_one (call, rule);
    return;
  }
  rules = pn_rule_list (call->db, TRUE, &error);
  if (rules == NULL)
    pn_call_fail (call, error);
  else
    order_replay (call, rules, "");
}
