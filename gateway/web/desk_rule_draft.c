#include "gateway/web/desk_rule.h"

#include <string.h>

#include "ticketing/core/text.h"

#define ITEMS_MAX 60
#define PLACE_BYTES 60

static json_t *
test_new (void)
{
  return json_pack ("{s:s, s:s, s:s}", "field", "", "op", "", "value", "");
}

static json_t *
action_new (void)
{
  return json_pack ("{s:s, s:s, s:s}", "do", "", "value", "", "text", "");
}

static json_t *
group_new (const char *mode)
{
  return json_pack ("{s:s, s:[o]}", "mode", mode, "items", test_new ());
}

json_t *
pn_rule_draft_new (void)
{
  return json_pack ("{s:s, s:s, s:{s:b}, s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:[o]}", "name", "",
                    "note", "", "on", "arrival", 1, "schedule", "", "every", "1 h", "daily",
                    "08:00", "zone", "UTC", "enabled", 1, "stop", 0, "group", group_new ("all"),
                    "actions", action_new ());
}

static json_t *write_node (const PnRuleNode *node);

static json_t *
write_test (const PnRuleNode *node)
{
  const char *name = pn_field_info (node->field)->name;
  g_autofree char *field =
      node->param != NULL ? g_strconcat (name, ":", node->param, NULL) : g_strdup (name);
  g_autoptr (GString) value = g_string_new (NULL);

  for (guint i = 0; i < node->values->len; i++)
    g_string_append_printf (value, "%s%s", i > 0 ? ", " : "", (char *) node->values->pdata[i]);
  return json_pack ("{s:o, s:s, s:o}", "field", pn_json_text (field), "op", pn_op_name (node->op),
                    "value", pn_json_text (value->str));
}

static json_t *
write_group (const PnRuleNode *node, const char *mode)
{
  json_t *items = json_array ();

  for (guint i = 0; i < node->children->len; i++)
    json_array_append_new (items, write_node (node->children->pdata[i]));
  return json_pack ("{s:s, s:o}", "mode", mode, "items", items);
}

/* "not any of" is a mode of its own; other negations are groups of one. */
static json_t *
write_node (const PnRuleNode *node)
{
  switch (node->kind) {
  case PN_NODE_ALL: return write_group (node, "all");
  case PN_NODE_ANY: return write_group (node, "any");
  case PN_NODE_NOT: {
    const PnRuleNode *inner = node->children->pdata[0];

    return inner->kind == PN_NODE_ANY ? write_group (inner, "none") : write_group (node, "none");
  }
  case PN_NODE_TEST: return write_test (node);
  }
  g_return_val_if_reached (NULL);
}

static json_t *
write_actions (const PnRule *rule)
{
  json_t *list = json_array ();

  for (guint i = 0; i < rule->actions->len; i++) {
    const PnRuleAction *action = rule->actions->pdata[i];

    json_array_append_new (
        list, json_pack ("{s:s, s:o, s:o}", "do", pn_do_info (action->what)->name, "value",
                         pn_json_text (action->value != NULL ? action->value : ""), "text",
                         pn_json_text (action->text != NULL ? action->text : "")));
  }
  return list;
}

json_t *
pn_rule_draft_write (const PnRule *rule)
{
  g_autoptr (json_t) written = pn_rule_write (rule);
  const json_t *schedule = json_object_get (written, "schedule");
  const char *every = pn_json_get_text (schedule, "every");
  json_t *draft = pn_rule_draft_new ();
  json_t *on = json_object ();
  json_t *group = write_node (rule->condition);

  for (guint i = 0; i < PN_RULE_ON_COUNT; i++) {
    if (pn_rule_listens (rule, (PnRuleOn) i))
      pn_json_set (on, pn_rule_on_name ((PnRuleOn) i), json_true ());
  }
  if (json_object_get (group, "mode") == NULL)
    group = json_pack ("{s:s, s:[o]}", "mode", "all", "items", group);
  pn_json_set (draft, "name", pn_json_text (rule->name));
  pn_json_set (draft, "note", pn_json_text (rule->note));
  pn_json_set (draft, "on", on);
  pn_json_set (draft, "schedule",
               json_string (schedule == NULL ? ""
                            : every != NULL  ? "every"
                                             : "daily"));
  if (every != NULL)
    pn_json_set (draft, "every", pn_json_text (every));
  if (schedule != NULL && every == NULL) {
    pn_json_set (draft, "daily", json_incref (json_object_get (schedule, "daily")));
    pn_json_set (draft, "zone", json_incref (json_object_get (schedule, "zone")));
  }
  pn_json_set (draft, "enabled", json_boolean (rule->is_enabled));
  pn_json_set (draft, "stop", json_boolean (rule->stops));
  pn_json_set (draft, "group", group);
  pn_json_set (draft, "actions", write_actions (rule));
  return draft;
}

static json_t *
take_line (const PnCall *call, const char *name, gsize max_bytes)
{
  g_autofree char *line = pn_call_line (call, name, max_bytes);

  return pn_json_text (line);
}

static const char *
part (const PnCall *call, const char *place, const char *name)
{
  g_autofree char *whole = g_strconcat (place, ".", name, NULL);

  return pn_call_field (call, whole);
}

static json_t *
take_part (const PnCall *call, const char *place, const char *name)
{
  g_autofree char *whole = g_strconcat (place, ".", name, NULL);

  return take_line (call, whole, PN_RULE_JSON_BYTES / 4);
}

static json_t *
read_group (const PnCall *call, const char *place)
{
  json_t *items = json_array ();

  for (guint i = 0; i < ITEMS_MAX && strlen (place) < PLACE_BYTES; i++) {
    g_autofree char *at = g_strdup_printf ("%s.%u", place, i);

    if (part (call, at, "mode") != NULL)
      json_array_append_new (items, read_group (call, at));
    else if (part (call, at, "field") != NULL)
      json_array_append_new (
          items, json_pack ("{s:o, s:o, s:o}", "field", take_part (call, at, "field"), "op",
                            take_part (call, at, "op"), "value", take_part (call, at, "value")));
  }
  return json_pack ("{s:o, s:o}", "mode", take_part (call, place, "mode"), "items", items);
}

static json_t *
read_actions (const PnCall *call)
{
  json_t *list = json_array ();

  for (guint i = 0; i < PN_RULE_ACTIONS_MAX; i++) {
    g_autofree char *at = g_strdup_printf ("a.%u", i);
    const char *text = part (call, at, "text");

    if (part (call, at, "do") != NULL)
      json_array_append_new (list, json_pack ("{s:o, s:o, s:o}", "do", take_part (call, at, "do"),
                                              "value", take_part (call, at, "value"), "text",
                                              pn_json_text (text != NULL ? text : "")));
  }
  return list;
}

json_t *
pn_rule_draft_read (const PnCall *call)
{
  json_t *draft = pn_rule_draft_new ();
  json_t *on = json_object ();

  for (guint i = 0; i < PN_RULE_ON_COUNT; i++) {
    const char *name = pn_rule_on_name ((PnRuleOn) i);

    if (part (call, "on", name) != NULL)
      pn_json_set (on, name, json_true ());
  }
  pn_json_set (draft, "name", take_line (call, "name", PN_RULE_NAME_BYTES + 1));
  pn_json_set (draft, "note", take_line (call, "note", PN_RULE_NOTE_BYTES));
  pn_json_set (draft, "on", on);
  pn_json_set (draft, "schedule", take_line (call, "schedule", 10));
  pn_json_set (draft, "every", take_line (call, "every", 20));
  pn_json_set (draft, "daily", take_line (call, "daily", 20));
  pn_json_set (draft, "zone", take_line (call, "zone", 64));
  pn_json_set (draft, "enabled", json_boolean (pn_call_field (call, "enabled") != NULL));
  pn_json_set (draft, "stop", json_boolean (pn_call_field (call, "stop") != NULL));
  pn_json_set (draft, "group", read_group (call, "c"));
  pn_json_set (draft, "actions", read_actions (call));
  return draft;
}

/* The items of the group at @place, or with @is_parent of the group around it, whose @index it is then. (borrowed) */
static json_t *
find_items (json_t *draft, const char *place, gboolean is_parent, gsize *index)
{
  g_auto (GStrv) parts = g_strsplit (place, ".", -1);
  const guint n = g_strv_length (parts);
  json_t *items = json_object_get (json_object_get (draft, "group"), "items");

  for (guint i = 1; i < n; i++) {
    const gsize at = (gsize) g_ascii_strtoull (parts[i], NULL, 10);

    if (is_parent && i + 1 == n) {
      *index = at;
      return items;
    }
    items = json_object_get (json_array_get (items, at), "items");
  }
  return is_parent ? NULL : items;
}

gboolean
pn_rule_draft_edit (json_t *draft, const char *what)
{
  const char *place = what != NULL ? strchr (what, ':') : NULL;
  gsize index = 0;

  if (what == NULL)
    return FALSE;
  if (strcmp (what, "action") == 0)
    json_array_append_new (json_object_get (draft, "actions"), action_new ());
  else if (g_str_has_prefix (what, "add:"))
    json_array_append_new (find_items (draft, place + 1, FALSE, &index), test_new ());
  else if (g_str_has_prefix (what, "group:"))
    json_array_append_new (find_items (draft, place + 1, FALSE, &index), group_new ("any"));
  else if (g_str_has_prefix (what, "drop:"))
    json_array_remove (find_items (draft, place + 1, TRUE, &index), index);
  else if (g_str_has_prefix (what, "drop-action:"))
    json_array_remove (json_object_get (draft, "actions"),
                       (gsize) g_ascii_strtoull (place + 1, NULL, 10));
  else
    return FALSE;
  return TRUE;
}

/* What is being made, and where. */
typedef struct {
  GHashTable *places;
} Making;

static void
note_place (const Making *making, const char *place, const char *name)
{
  g_hash_table_insert (making->places, g_strdup (place), g_strdup (name));
}

static json_t *
split_values (const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", -1);
  json_t *list = json_array ();

  for (guint i = 0; parts[i] != NULL; i++) {
    const char *stripped = g_strstrip (parts[i]);

    if (*stripped != '\0')
      json_array_append_new (list, pn_json_text (stripped));
  }
  return list;
}

/* The operator that was chosen; where none was, the first that fits the field. */
static const char *
choose_op (const json_t *item)
{
  const char *chosen = pn_json_get_text (item, "op");
  g_autofree char *param = NULL;
  PnRuleField field;

  if (*chosen != '\0' || !pn_field_read (pn_json_get_text (item, "field"), &field, &param))
    return chosen;
  for (guint i = 0; i < PN_OP_COUNT; i++) {
    if (pn_op_fits ((PnRuleOp) i, pn_field_info (field)->kind))
      return pn_op_name ((PnRuleOp) i);
  }
  return chosen;
}

static json_t *
make_test (const json_t *item)
{
  const char *chosen = choose_op (item);
  json_t *test = json_pack ("{s:O, s:s}", "field", json_object_get (item, "field"), "op", chosen);
  json_t *values = split_values (pn_json_get_text (item, "value"));
  PnRuleOp op;

  if (!pn_op_read (chosen, &op) || pn_op_takes_values (op) || json_array_size (values) > 0)
    json_object_set (test, "values", values);
  json_decref (values);
  return test;
}

/* Rows that nobody filled in are left out. */
static json_t *
make_group (const Making *making, const json_t *group, const char *place, const char *name)
{
  const char *mode = pn_json_get_text (group, "mode");
  const json_t *items = json_object_get (group, "items");
  const gboolean is_none = g_strcmp0 (mode, "none") == 0;
  json_t *made = json_array ();

  note_place (making, place, name);
  for (gsize i = 0; i < json_array_size (items); i++) {
    const json_t *item = json_array_get (items, i);
    g_autofree char *inner_name = g_strdup_printf ("%s.%" G_GSIZE_FORMAT, name, i);
    g_autofree char *inner_place = g_strdup_printf ("%s%s.%" G_GSIZE_FORMAT, place,
                                                    is_none ? ".0" : "", json_array_size (made));

    if (json_object_get (item, "mode") != NULL) {
      json_array_append_new (made, make_group (making, item, inner_place, inner_name));
    } else if (*pn_json_get_text (item, "field") != '\0') {
      note_place (making, inner_place, inner_name);
      json_array_append_new (made, make_test (item));
    }
  }
  if (is_none)
    return json_pack ("{s:{s:o}}", "not", "any", made);
  return json_pack ("{s:o}", g_strcmp0 (mode, "any") == 0 ? "any" : "all", made);
}

static json_t *
make_actions (const Making *making, const json_t *actions)
{
  json_t *made = json_array ();

  for (gsize i = 0; i < json_array_size (actions); i++) {
    const json_t *action = json_array_get (actions, i);
    g_autofree char *place = g_strdup_printf ("then.%" G_GSIZE_FORMAT, json_array_size (made));
    g_autofree char *name = g_strdup_printf ("a.%" G_GSIZE_FORMAT, i);
    json_t *written;

    if (*pn_json_get_text (action, "do") == '\0')
      continue;
    note_place (making, place, name);
    written = json_pack ("{s:O}", "do", json_object_get (action, "do"));
    if (*pn_json_get_text (action, "value") != '\0')
      json_object_set (written, "value", json_object_get (action, "value"));
    if (*pn_json_get_text (action, "text") != '\0')
      json_object_set (written, "text", json_object_get (action, "text"));
    json_array_append_new (made, written);
  }
  return made;
}

json_t *
pn_rule_draft_make (const json_t *draft, GHashTable *places)
{
  const Making making = { places };
  const char *schedule = pn_json_get_text (draft, "schedule");
  json_t *events = json_array ();
  json_t *rule = json_pack ("{s:O, s:O}", "name", json_object_get (draft, "name"), "note",
                            json_object_get (draft, "note"));
  const char *on;
  json_t *value;

  json_object_foreach (json_object_get (draft, "on"), on, value)
      json_array_append_new (events, json_string (on));
  pn_json_set (rule, "on", events);
  if (json_object_get (json_object_get (draft, "on"), "schedule") != NULL)
    pn_json_set (rule, "schedule",
                 g_strcmp0 (schedule, "daily") == 0
                     ? json_pack ("{s:O, s:O}", "daily", json_object_get (draft, "daily"), "zone",
                                  json_object_get (draft, "zone"))
                     : json_pack ("{s:O}", "every", json_object_get (draft, "every")));
  pn_json_set (rule, "if", make_group (&making, json_object_get (draft, "group"), "if", "c"));
  pn_json_set (rule, "then", make_actions (&making, json_object_get (draft, "actions")));
  pn_json_set (rule, "stop", json_incref (json_object_get (draft, "stop")));
  return rule;
}
