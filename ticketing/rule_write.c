#include "ticketing/core/json.h"
#include "ticketing/rule.h"

static json_t *write_node (const PnRuleNode *node);

static json_t *
write_children (const PnRuleNode *node)
{
  json_t *list = json_array ();

  for (guint i = 0; i < node->children->len; i++)
    json_array_append_new (list, write_node (node->children->pdata[i]));
  return list;
}

static json_t *
write_test (const PnRuleNode *node)
{
  const char *name = pn_field_info (node->field)->name;
  g_autofree char *field =
      node->param != NULL ? g_strconcat (name, ":", node->param, NULL) : g_strdup (name);
  json_t *test =
      json_pack ("{s:o, s:s}", "field", pn_json_text (field), "op", pn_op_name (node->op));

  if (pn_op_takes_values (node->op))
    pn_json_set (test, "values", pn_json_texts (node->values));
  return test;
}

static json_t *
write_node (const PnRuleNode *node)
{
  switch (node->kind) {
  case PN_NODE_ALL: return json_pack ("{s:o}", "all", write_children (node));
  case PN_NODE_ANY: return json_pack ("{s:o}", "any", write_children (node));
  case PN_NODE_NOT: return json_pack ("{s:o}", "not", write_node (node->children->pdata[0]));
  case PN_NODE_TEST: return write_test (node);
  }
  g_return_val_if_reached (NULL);
}

static json_t *
write_events (const PnRule *rule)
{
  json_t *list = json_array ();

  for (guint i = 0; i < PN_RULE_ON_COUNT; i++) {
    if (pn_rule_listens (rule, (PnRuleOn) i))
      json_array_append_new (list, json_string (pn_rule_on_name ((PnRuleOn) i)));
  }
  return list;
}

/* The largest unit that fits, so that "2 h" stays "2 h". */
static char *
write_duration (gint64 seconds)
{
  static const struct {
    const char *name;
    gint64 seconds;
  } units[] = { { "w", 7 * 24 * 3600 }, { "d", 24 * 3600 }, { "h", 3600 } };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (seconds > 0 && seconds % units[i].seconds == 0)
      return g_strdup_printf ("%" G_GINT64_FORMAT " %s", seconds / units[i].seconds, units[i].name);
  }
  return g_strdup_printf ("%" G_GINT64_FORMAT " min", seconds / 60);
}

static json_t *
write_schedule (const PnRule *rule)
{
  g_autofree char *text = NULL;

  if (rule->every > 0) {
    text = write_duration (rule->every);
    return json_pack ("{s:s}", "every", text);
  }
  text = g_strdup_printf ("%02d:%02d", rule->daily_minute / 60, rule->daily_minute % 60);
  return json_pack ("{s:s, s:s}", "daily", text, "zone", rule->zone);
}

static json_t *
write_actions (const PnRule *rule)
{
  json_t *list = json_array ();

  for (guint i = 0; i < rule->actions->len; i++) {
    const PnRuleAction *action = rule->actions->pdata[i];
    json_t *written = json_pack ("{s:s}", "do", pn_do_info (action->what)->name);

    if (action->value != NULL)
      pn_json_set (written, "value", pn_json_text (action->value));
    if (action->text != NULL)
      pn_json_set (written, "text", pn_json_text (action->text));
    json_array_append_new (list, written);
  }
  return list;
}

json_t *
pn_rule_write (const PnRule *rule)
{
  json_t *document = json_pack ("{s:o, s:o, s:o}", "name", pn_json_text (rule->name), "note",
                                pn_json_text (rule->note), "on", write_events (rule));

  if (pn_rule_listens (rule, PN_RULE_ON_SCHEDULE))
    pn_json_set (document, "schedule", write_schedule (rule));
  pn_json_set (document, "if", write_node (rule->condition));
  pn_json_set (document, "then", write_actions (rule));
  pn_json_set (document, "stop", json_boolean (rule->stops));
  return document;
}
