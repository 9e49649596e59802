/* What the editor of rules offers to choose from. */
#include "gateway/web/desk_rule.h"

#include <string.h>

#include "gateway/web/show.h"
#include "ticketing/fact.h"
#include "ticketing/form.h"
#include "ticketing/mailbox.h"
#include "ticketing/organisation.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

static const char *const days[] = { "contacts:1", "contacts:7", "contacts:30" };
static const char *const durations[] = { "waiting", "idle", "age" };
static const char *const modes[] = { "all", "any", "none" };

/* Completion for the values of a field, or of an action ("do-queue"). */
static void
add_list (json_t *lists, const char *name, json_t *values)
{
  json_array_append_new (lists, json_pack ("{s:s, s:o}", "name", name, "values", values));
}

static json_t *
split_words (const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  json_t *list = json_array ();

  for (guint i = 0; parts[i] != NULL; i++)
    json_array_append_new (list, json_string (parts[i]));
  return list;
}

static json_t *
name_agents (const PnCall *call, const char *others)
{
  json_t *list = split_words (others);

  for (guint i = 0; i < call->agents->len; i++)
    json_array_append_new (list, pn_json_text (((const PnAgent *) call->agents->pdata[i])->login));
  return list;
}

static json_t *
name_queues (const PnCall *call)
{
  json_t *list = json_array ();

  for (guint i = 0; i < call->queues->len; i++)
    json_array_append_new (list, pn_json_text (((const PnQueue *) call->queues->pdata[i])->name));
  return list;
}

#define OFFERED 500 /* tags, and organisations */

static gboolean
add_found (PnCall *call, json_t *lists, GError **error)
{
  g_autoptr (GPtrArray) tags = pn_fact_tag_names (call->db, OFFERED, error);
  g_autoptr (GPtrArray) organisations =
      tags != NULL ? pn_organisation_list (call->db, NULL, NULL, 0, OFFERED, error) : NULL;
  g_autoptr (GPtrArray) forms = organisations != NULL ? pn_form_list (call->db, error) : NULL;
  json_t *names = json_array ();

  if (forms == NULL) {
    json_decref (names);
    return FALSE;
  }
  for (guint i = 0; i < organisations->len; i++)
    json_array_append_new (names,
                           pn_json_text (((PnOrganisation *) organisations->pdata[i])->name));
  add_list (lists, "organisation", names);
  names = json_array ();
  for (guint i = 0; i < forms->len; i++)
    json_array_append_new (names, pn_json_text (((PnFormSheet *) forms->pdata[i])->name));
  add_list (lists, "form", names);
  add_list (lists, "tag", pn_json_texts (tags));
  add_list (lists, "do-tag", pn_json_texts (tags));
  add_list (lists, "do-untag", pn_json_texts (tags));
  return TRUE;
}

static gboolean
add_stored (PnCall *call, json_t *lists, GError **error)
{
  g_autoptr (GPtrArray) mailboxes = pn_mailbox_list (call->db, error);
  g_autoptr (GPtrArray) teams = mailboxes != NULL ? pn_team_list (call->db, error) : NULL;
  g_autoptr (GPtrArray) levels = teams != NULL ? pn_organisation_levels (call->db, error) : NULL;
  g_autoptr (GPtrArray) webhooks = levels != NULL ? pn_webhook_list (call->db, error) : NULL;
  json_t *names = json_array ();

  if (webhooks == NULL) {
    json_decref (names);
    return FALSE;
  }
  for (guint i = 0; i < mailboxes->len; i++)
    json_array_append_new (names, pn_json_text (((const PnMailbox *) mailboxes->pdata[i])->name));
  add_list (lists, "mailbox", names);
  names = json_array ();
  for (guint i = 0; i < teams->len; i++)
    json_array_append_new (names, pn_json_text (((const PnTeam *) teams->pdata[i])->name));
  add_list (lists, "do-assign_team", names);
  names = json_array ();
  for (guint i = 0; i < webhooks->len; i++)
    json_array_append_new (names, pn_json_text (((const PnWebhook *) webhooks->pdata[i])->name));
  add_list (lists, "do-webhook", names);
  add_list (lists, "organisation_level", pn_json_texts (levels));
  return TRUE;
}

static gboolean
make_lists (PnCall *call, json_t *draft, GError **error)
{
  json_t *lists = json_array ();

  pn_json_set (draft, "lists", lists);
  for (guint i = 0; i < PN_FIELD_COUNT; i++) {
    const PnFieldInfo *info = pn_field_info ((PnRuleField) i);

    if (info->choices != NULL)
      add_list (lists, info->name, split_words (info->choices));
  }
  add_list (lists, "queue", name_queues (call));
  add_list (lists, "do-queue", name_queues (call));
  add_list (lists, "assignee", name_agents (call, "none"));
  add_list (lists, "do-assign", name_agents (call, "none"));
  add_list (lists, "do-notify", name_agents (call, "assignee queue leads"));
  add_list (lists, "do-priority", split_words ("low normal high urgent"));
  add_list (lists, "do-status", split_words ("new open waiting on_hold solved closed"));
  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++)
    add_list (lists, durations[i], json_pack ("[s, s, s, s]", "30 min", "4 h", "2 d", "1 w"));
  return add_stored (call, lists, error) && add_found (call, lists, error);
}

/* All fields by their names; those with parameters as far as they are known. */
static gboolean
list_fields (PnCall *call, GPtrArray *names, GError **error)
{
  g_autoptr (GPtrArray) forms = pn_form_list (call->db, error);

  if (forms == NULL)
    return FALSE;
  for (guint i = 0; i < PN_FIELD_COUNT; i++) {
    const PnFieldInfo *info = pn_field_info ((PnRuleField) i);

    if (!info->has_param)
      g_ptr_array_add (names, g_strdup (info->name));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    g_ptr_array_add (names, g_strdup (days[i]));
  for (guint i = 0; i < forms->len; i++) {
    const PnFormPlan *plan = ((const PnFormSheet *) forms->pdata[i])->plan;

    for (guint k = 0; k < plan->fields->len; k++) {
      g_autofree char *name =
          g_strconcat ("form:", ((const PnFormField *) plan->fields->pdata[k])->name, NULL);

      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  }
  return TRUE;
}

static json_t *
choice (const char *name, const char *current)
{
  const char *colon = strchr (name, ':');
  g_autofree char *word = colon != NULL ? g_strndup (name, colon - name + 1) : g_strdup (name);

  return json_pack ("{s:o, s:o, s:o, s:b}", "name", pn_json_text (name), "word",
                    pn_json_text (word), "param", pn_json_text (colon != NULL ? colon + 1 : NULL),
                    "is_current", g_strcmp0 (name, current) == 0);
}

/* A field, with the operators that fit it for the script that offers no others. */
static json_t *
field_choice (const char *name, const char *current)
{
  json_t *made = choice (name, current);
  g_autofree char *param = NULL;
  g_autofree char *ops = NULL;
  PnRuleField field;

  if (pn_field_read (name, &field, &param)) {
    ops = pn_op_list (pn_field_info (field)->kind);
    g_strdelimit (ops, ",", ' ');
  }
  pn_json_set (made, "fits", pn_json_text (ops != NULL ? ops : ""));
  return made;
}

/* What @wrong names is told of there. */
typedef struct {
  const GPtrArray *fields; /* of char * */
  const char *wrong;
  const char *problem;
  gboolean is_told;
} Page;

static void
set_place (Page *page, json_t *item, const char *place)
{
  const gboolean is_wrong = g_strcmp0 (page->wrong, place) == 0;

  pn_json_set (item, "place", pn_json_text (place));
  pn_json_set (item, "problem", pn_json_text (is_wrong ? page->problem : NULL));
  page->is_told = page->is_told || is_wrong;
}

static void
decorate_test (Page *page, json_t *item)
{
  const char *field = pn_json_get_text (item, "field");
  const char *op = pn_json_get_text (item, "op");
  json_t *fields = json_array ();
  json_t *ops = json_array ();
  gboolean is_known = *field == '\0';

  for (guint i = 0; i < page->fields->len; i++) {
    json_array_append_new (fields, field_choice (page->fields->pdata[i], field));
    is_known = is_known || strcmp (page->fields->pdata[i], field) == 0;
  }
  if (!is_known)
    json_array_append_new (fields, field_choice (field, field));
  for (guint i = 0; i < PN_OP_COUNT; i++)
    json_array_append_new (ops, choice (pn_op_name ((PnRuleOp) i), op));
  pn_json_set (item, "fields", fields);
  pn_json_set (item, "ops", ops);
  pn_json_set (item, "is_group", json_false ());
}

static void
decorate_group (Page *page, json_t *group, const char *place, gboolean is_first)
{
  json_t *items = json_object_get (group, "items");
  const char *mode = pn_json_get_text (group, "mode");
  json_t *list = json_array ();

  set_place (page, group, place);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    json_array_append_new (list, choice (modes[i], mode));
  pn_json_set (group, "modes", list);
  pn_json_set (group, "is_group", json_true ());
  pn_json_set (group, "is_first", json_boolean (is_first));
  for (gsize i = 0; i < json_array_size (items); i++) {
    json_t *item = json_array_get (items, i);
    g_autofree char *at = g_strdup_printf ("%s.%" G_GSIZE_FORMAT, place, i);

    pn_json_set (item, "index", json_integer ((json_int_t) i + 1));
    if (json_object_get (item, "mode") != NULL) {
      decorate_group (page, item, at, FALSE);
    } else {
      set_place (page, item, at);
      decorate_test (page, item);
    }
  }
}

static void
decorate_actions (Page *page, json_t *actions)
{
  for (gsize i = 0; i < json_array_size (actions); i++) {
    json_t *action = json_array_get (actions, i);
    g_autofree char *place = g_strdup_printf ("a.%" G_GSIZE_FORMAT, i);
    json_t *list = json_array ();

    for (guint k = 0; k < PN_DO_COUNT; k++)
      json_array_append_new (
          list, choice (pn_do_info ((PnRuleDo) k)->name, pn_json_get_text (action, "do")));
    set_place (page, action, place);
    pn_json_set (action, "choices", list);
    pn_json_set (action, "number", json_integer ((json_int_t) i));
    pn_json_set (action, "index", json_integer ((json_int_t) i + 1));
  }
}

gboolean
pn_rule_draft_decorate (PnCall *call, json_t *draft, const char *wrong, const char *problem,
                        GError **error)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  Page page = { fields, wrong, problem, problem == NULL };
  json_t *events = json_array ();

  if (!pn_show_load (call, error) || !list_fields (call, fields, error)
      || !make_lists (call, draft, error)) {
    json_decref (events);
    return FALSE;
  }
  decorate_group (&page, json_object_get (draft, "group"), "c", TRUE);
  decorate_actions (&page, json_object_get (draft, "actions"));
  for (guint i = 0; i < PN_RULE_ON_COUNT; i++) {
    const char *name = pn_rule_on_name ((PnRuleOn) i);

    json_array_append_new (
        events, json_pack ("{s:s, s:b}", "name", name, "is_current",
                           json_object_get (json_object_get (draft, "on"), name) != NULL));
  }
  pn_json_set (draft, "events", events);
  pn_json_set (draft, "wrong", pn_json_text (problem != NULL ? wrong : NULL));
  pn_json_set (draft, "problem", pn_json_text (problem));
  pn_json_set (draft, "is_told", json_boolean (page.is_told));
  return TRUE;
}
