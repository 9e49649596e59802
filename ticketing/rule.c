#include "ticketing/rule.h"

PnRuleNode *
pn_rule_node_new (PnRuleNodeKind kind)
{
  PnRuleNode *node = g_new0 (PnRuleNode, 1);

  node->kind = kind;
  node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_node_free);
  node->values = g_ptr_array_new_with_free_func (g_free);
  return node;
}

void
pn_rule_node_free (PnRuleNode *node)
{
  if (node == NULL)
    return;
  g_ptr_array_unref (node->children);
  g_ptr_array_unref (node->values);
  g_free (node->param);
  g_free (node);
}

PnRuleAction *
pn_rule_action_new (PnRuleDo what)
{
  PnRuleAction *action = g_new0 (PnRuleAction, 1);

  action->what = what;
  return action;
}

void
pn_rule_action_free (PnRuleAction *action)
{
  if (action == NULL)
    return;
  g_free (action->value);
  g_free (action->text);
  g_free (action);
}

PnRule *
pn_rule_new (void)
{
  PnRule *rule = g_new0 (PnRule, 1);

  rule->is_enabled = TRUE;
  rule->name = g_strdup ("");
  rule->note = g_strdup ("");
  rule->daily_minute = -1;
  rule->condition = pn_rule_node_new (PN_NODE_ALL);
  rule->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_action_free);
  return rule;
}

void
pn_rule_free (PnRule *rule)
{
  if (rule == NULL)
    return;
  g_free (rule->name);
  g_free (rule->note);
  g_free (rule->zone);
  pn_rule_node_free (rule->condition);
  g_ptr_array_unref (rule->actions);
  g_free (rule);
}

guint64
pn_rule_fields (const PnRuleNode *node)
{
  guint64 fields = node->kind == PN_NODE_TEST ? PN_FIELD_BIT (node->field) : 0;

  for (guint i = 0; i < node->children->len; i++)
    fields |= pn_rule_fields (node->children->pdata[i]);
  return fields;
}
