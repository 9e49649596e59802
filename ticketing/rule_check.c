#include "ticketing/rule.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define NUMBER_MAX G_GINT64_CONSTANT (1000000000)

static const char statuses[] = "new open waiting on_hold solved closed";
static const char priorities[] = "low normal high urgent";
static const char readers[] = "assignee queue leads";

/* The place of @name on the ladder of a RANK. */
static gint64
rank_of (const char *choices, const char *name)
{
  g_auto (GStrv) names = g_strsplit (choices, " ", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    if (strcmp (names[i], name) == 0)
      return i;
  }
  return 0;
}

static gboolean
check_choice (const char *what, const char *choices, const char *value, GError **error)
{
  g_autofree char *list = NULL;

  if (pn_choices_have (choices, value))
    return TRUE;
  list = pn_choices_list (choices);
  pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no %s; there are %s", value, what, list);
  return FALSE;
}

static gboolean
read_number (const char *text, gint64 *number)
{
  char *end = NULL;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  *number = g_ascii_strtoll (text, &end, 10);
  return *end == '\0' && *number <= NUMBER_MAX;
}

/* One value of a test, by the kind of its field. */
static gboolean
check_value (PnRuleNode *node, const PnFieldInfo *info, const char *value, GError **error)
{
  switch (info->kind) {
  case PN_FACT_NAME:
  case PN_FACT_RANK:
    if (!check_choice (info->name, info->choices, value, error))
      return FALSE;
    if (info->kind == PN_FACT_RANK)
      node->number = rank_of (info->choices, value);
    return TRUE;
  case PN_FACT_NUMBER:
    if (read_number (value, &node->number))
      return TRUE;
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no number", value);
    return FALSE;
  case PN_FACT_DURATION:
    if (pn_rule_duration_read (value, &node->number))
      return TRUE;
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no duration such as 30 min, 2 h, 3 d, 1 w",
                  value);
    return FALSE;
  case PN_FACT_TEXT:
  case PN_FACT_DOMAIN:
  case PN_FACT_WORDS: return TRUE;
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
takes_one (const PnRuleNode *node, PnFactKind kind)
{
  return kind == PN_FACT_NUMBER || kind == PN_FACT_DURATION || node->op == PN_OP_AT_LEAST
         || node->op == PN_OP_AT_MOST;
}

static gboolean
check_count (const PnRuleNode *node, const PnFieldInfo *info, GError **error)
{
  const guint n = node->values->len;

  if (!pn_op_takes_values (node->op)) {
    if (n == 0)
      return TRUE;
    pn_error_set (error, PN_ERROR_INVALID, "%s takes no value", pn_op_name (node->op));
    return FALSE;
  }
  if (n >= 1 && n <= (takes_one (node, info->kind) ? 1 : PN_RULE_VALUES_MAX))
    return TRUE;
  if (n == 0)
    pn_error_set (error, PN_ERROR_INVALID, "%s %s what? The value is empty", info->name,
                  pn_op_name (node->op));
  else
    pn_error_set (error, PN_ERROR_INVALID, "%s %s takes %s", info->name, pn_op_name (node->op),
                  takes_one (node, info->kind) ? "one value" : "at most 50 values");
  return FALSE;
}

gboolean
pn_rule_node_check (PnRuleNode *node, GError **error)
{
  const PnFieldInfo *info = pn_field_info (node->field);

  if (!pn_op_fits (node->op, info->kind)) {
    g_autofree char *list = pn_op_list (info->kind);

    pn_error_set (error, PN_ERROR_INVALID, "%s can't be compared by \"%s\"; it takes %s",
                  info->name, pn_op_name (node->op), list);
    return FALSE;
  }
  if (!check_count (node, info, error))
    return FALSE;
  for (guint i = 0; i < node->values->len; i++) {
    const char *value = node->values->pdata[i];

    if (*value == '\0' || strlen (value) > PN_RULE_VALUE_BYTES) {
      pn_error_set (error, PN_ERROR_INVALID, "a value has 1 to %d bytes", PN_RULE_VALUE_BYTES);
      return FALSE;
    }
    if (!check_value (node, info, value, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_shape (const PnRuleAction *action, const PnDoInfo *info, GError **error)
{
  const gboolean has_value = action->value != NULL && *action->value != '\0';
  const gboolean has_text = action->text != NULL && *action->text != '\0';

  if (has_value != info->has_value)
    pn_error_set (error, PN_ERROR_INVALID,
                  info->has_value ? "%s needs a value" : "%s takes no value", info->name);
  else if (has_text != info->has_text)
    pn_error_set (error, PN_ERROR_INVALID, info->has_text ? "%s needs a text" : "%s takes no text",
                  info->name);
  else if (has_value && strlen (action->value) > PN_RULE_VALUE_BYTES)
    pn_error_set (error, PN_ERROR_INVALID, "a value has 1 to %d bytes", PN_RULE_VALUE_BYTES);
  else if (has_text && strlen (action->text) > PN_RULE_TEXT_BYTES)
    pn_error_set (error, PN_ERROR_INVALID, "a text has 1 to %d bytes", PN_RULE_TEXT_BYTES);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_tag (const char *tag, GError **error)
{
  if (strlen (tag) <= 64 && strchr (tag, ',') == NULL)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "a tag has 1 to 64 bytes and no comma, not \"%s\"", tag);
  return FALSE;
}

/* "assignee", "queue", "leads" or an agent's log-in. */
static gboolean
check_reader (const char *value, GError **error)
{
  if (pn_choices_have (readers, value) || pn_text_is_name (value) || strchr (value, '@') != NULL)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID,
                "\"%s\" can't be told: assignee, queue, leads or a log-in can", value);
  return FALSE;
}

gboolean
pn_rule_action_check (PnRuleAction *action, GError **error)
{
  if (!check_shape (action, pn_do_info (action->what), error))
    return FALSE;
  switch (action->what) {
  case PN_DO_PRIORITY: return check_choice ("priority", priorities, action->value, error);
  case PN_DO_STATUS: return check_choice ("status", statuses, action->value, error);
  case PN_DO_TAG:
  case PN_DO_UNTAG: return check_tag (action->value, error);
  case PN_DO_NOTIFY: return check_reader (action->value, error);
  case PN_DO_QUEUE:
  case PN_DO_ASSIGN:
  case PN_DO_ASSIGN_TEAM:
  case PN_DO_WEBHOOK:
  case PN_DO_RAISE:
  case PN_DO_LOWER:
  case PN_DO_NOTE:
  case PN_DO_LETTER:
  case PN_DO_NO_ANSWER: return TRUE;
  }
  g_return_val_if_reached (FALSE);
}
