#include "ticketing/rule.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define EVERY_MIN_SECONDS 60
#define EVERY_MAX_SECONDS (31 * 24 * 3600)

/* Where the reader is, for errors: "if.0.2". */
typedef struct {
  GString *place;
  guint nodes;
} Reading;

static gboolean G_GNUC_PRINTF (2, 3) wrong (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  pn_error_set (error, PN_ERROR_INVALID, "%s", message);
  return FALSE;
}

/* Is @object one with no other keys than @keys (blanks between)? */
static gboolean
check_keys (json_t *object, const char *keys, GError **error)
{
  const char *key;
  json_t *value;

  if (!json_is_object (object))
    return wrong (error, "this is no JSON object");
  json_object_foreach (object, key, value)
  {
    if (!pn_choices_have (keys, key)) {
      g_autofree char *shown = pn_text_clean_line (key, 40);
      g_autofree char *list = pn_choices_list (keys);

      return wrong (error, "\"%s\" is unknown here; there are %s", shown, list);
    }
  }
  return TRUE;
}

/* Takes a line of text; not there: "". */
static gboolean
read_line (const json_t *object, const char *key, gsize max_bytes, char **line, GError **error)
{
  const json_t *value = json_object_get (object, key);
  const char *text = json_string_value (value);

  if (value != NULL && text == NULL)
    return wrong (error, "\"%s\" is no text", key);
  if (text != NULL && strlen (text) > max_bytes)
    return wrong (error, "\"%s\" is longer than %" G_GSIZE_FORMAT " bytes", key, max_bytes);
  g_free (*line);
  *line = pn_text_clean_line (text, max_bytes);
  return TRUE;
}

static gboolean
add_value (PnRuleNode *node, const json_t *value, GError **error)
{
  g_autofree char *line = NULL;

  if (json_is_integer (value)) {
    g_ptr_array_add (node->values,
                     g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value)));
    return TRUE;
  }
  if (!json_is_string (value))
    return wrong (error, "a value is a text or a number");
  if (json_string_length (value) > PN_RULE_VALUE_BYTES)
    return wrong (error, "a value has 1 to %d bytes", PN_RULE_VALUE_BYTES);
  line = pn_text_clean_line (json_string_value (value), PN_RULE_VALUE_BYTES);
  g_ptr_array_add (node->values, g_steal_pointer (&line));
  return TRUE;
}

static gboolean
read_values (PnRuleNode *node, const json_t *object, GError **error)
{
  const json_t *value = json_object_get (object, "value");
  const json_t *values = json_object_get (object, "values");

  if (value != NULL && values != NULL)
    return wrong (error, "\"value\" and \"values\" exclude each other");
  if (value != NULL)
    return add_value (node, value, error);
  if (values == NULL)
    return TRUE;
  if (!json_is_array (values) || json_array_size (values) > PN_RULE_VALUES_MAX)
    return wrong (error, "\"values\" is a list of at most %d", PN_RULE_VALUES_MAX);
  for (gsize i = 0; i < json_array_size (values); i++) {
    if (!add_value (node, json_array_get (values, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_test (PnRuleNode *node, json_t *object, GError **error)
{
  const char *field = pn_json_get_text (object, "field");
  const char *op = pn_json_get_text (object, "op");

  if (!check_keys (object, "field op value values", error))
    return FALSE;
  if (field == NULL || !pn_field_read (field, &node->field, &node->param)) {
    g_autofree char *shown = pn_text_clean_line (field, 40);

    return wrong (error, "\"%s\" is no field that a rule can ask for", shown);
  }
  if (op == NULL || !pn_op_read (op, &node->op)) {
    g_autofree char *shown = pn_text_clean_line (op, 40);
    g_autofree char *list = pn_op_list (pn_field_info (node->field)->kind);

    return wrong (error, "\"%s\" is no way to compare %s; there are %s", shown, field, list);
  }
  return read_values (node, object, error) && pn_rule_node_check (node, error);
}

static PnRuleNode *read_node (Reading *reading, json_t *value, guint depth, GError **error);

/* @list has the children; their places end with their numbers. */
static gboolean
read_children (Reading *reading, PnRuleNode *node, const json_t *list, guint depth, GError **error)
{
  const gsize length = reading->place->len;

  if (!json_is_array (list))
    return wrong (error, "\"all\" and \"any\" are lists");
  for (gsize i = 0; i < json_array_size (list); i++) {
    PnRuleNode *child;

    g_string_append_printf (reading->place, ".%" G_GSIZE_FORMAT, i);
    child = read_node (reading, json_array_get (list, i), depth + 1, error);
    if (child == NULL)
      return FALSE;
    g_ptr_array_add (node->children, child);
    g_string_truncate (reading->place, length);
  }
  return TRUE;
}

static PnRuleNode *
read_group (Reading *reading, json_t *object, PnRuleNodeKind kind, const char *key, guint depth,
            GError **error)
{
  g_autoptr (PnRuleNode) node = pn_rule_node_new (kind);
  json_t *inner = json_object_get (object, key);
  PnRuleNode *child;

  if (!check_keys (object, key, error))
    return NULL;
  if (kind != PN_NODE_NOT)
    return read_children (reading, node, inner, depth, error) ? g_steal_pointer (&node) : NULL;
  g_string_append (reading->place, ".0");
  child = read_node (reading, inner, depth + 1, error);
  if (child == NULL)
    return NULL;
  g_string_truncate (reading->place, reading->place->len - 2);
  g_ptr_array_add (node->children, child);
  return g_steal_pointer (&node);
}

static PnRuleNode *
read_node (Reading *reading, json_t *value, guint depth, GError **error)
{
  g_autoptr (PnRuleNode) node = NULL;

  if (depth > PN_RULE_DEPTH_MAX || ++reading->nodes > PN_RULE_NODES_MAX) {
    wrong (error, "conditions are at most %d, nested at most %d deep", PN_RULE_NODES_MAX,
           PN_RULE_DEPTH_MAX);
    return NULL;
  }
  if (json_object_get (value, "all") != NULL)
    return read_group (reading, value, PN_NODE_ALL, "all", depth, error);
  if (json_object_get (value, "any") != NULL)
    return read_group (reading, value, PN_NODE_ANY, "any", depth, error);
  if (json_object_get (value, "not") != NULL)
    return read_group (reading, value, PN_NODE_NOT, "not", depth, error);
  node = pn_rule_node_new (PN_NODE_TEST);
  return read_test (node, value, error) ? g_steal_pointer (&node) : NULL;
}

static gboolean
read_events (PnRule *rule, const json_t *list, GError **error)
{
  if (!json_is_array (list) || json_array_size (list) == 0)
    return wrong (error, "a rule needs an event to be asked on");
  for (gsize i = 0; i < json_array_size (list); i++) {
    const char *name = json_string_value (json_array_get (list, i));
    PnRuleOn on;

    if (!pn_rule_on_read (name, &on)) {
      g_autofree char *shown = pn_text_clean_line (name, 40);

      return wrong (error, "\"%s\" is no event", shown);
    }
    rule->events |= 1u << on;
  }
  if (pn_rule_listens (rule, PN_RULE_ON_SCHEDULE) && rule->events != 1u << PN_RULE_ON_SCHEDULE)
    return wrong (error, "\"schedule\" can't be combined with events");
  return TRUE;
}

/* "08:30" */
static gboolean
read_day_time (const char *text, int *minute)
{
  int hours;
  int minutes;

  if (strlen (text) != 5 || text[2] != ':' || !g_ascii_isdigit (text[0])
      || !g_ascii_isdigit (text[1]) || !g_ascii_isdigit (text[3]) || !g_ascii_isdigit (text[4]))
    return FALSE;
  hours = (text[0] - '0') * 10 + text[1] - '0';
  minutes = (text[3] - '0') * 10 + text[4] - '0';
  *minute = hours * 60 + minutes;
  return hours <= 23 && minutes <= 59;
}

static gboolean
is_zone (const char *name)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (name);

  return zone != NULL;
}

static gboolean
read_daily (PnRule *rule, const json_t *object, const char *daily, GError **error)
{
  const char *zone = pn_json_get_text (object, "zone");

  if (!read_day_time (daily, &rule->daily_minute))
    return wrong (error, "\"daily\" is a time such as 08:30");
  rule->zone = pn_text_clean_line (zone != NULL ? zone : "UTC", 64);
  if (*rule->zone == '\0' || !is_zone (rule->zone))
    return wrong (error, "\"%s\" is no time zone such as Europe/Berlin", rule->zone);
  return TRUE;
}

static gboolean
read_schedule (PnRule *rule, json_t *object, GError **error)
{
  const char *every = pn_json_get_text (object, "every");
  const char *daily = pn_json_get_text (object, "daily");

  if (object != NULL && !check_keys (object, "every daily zone", error))
    return FALSE;
  if (!pn_rule_listens (rule, PN_RULE_ON_SCHEDULE))
    return object == NULL || wrong (error, "only rules on \"schedule\" have a schedule");
  if ((every == NULL) == (daily == NULL))
    return wrong (error, "a schedule is either \"every\" or \"daily\"");
  if (daily != NULL)
    return read_daily (rule, object, daily, error);
  if (!pn_rule_duration_read (every, &rule->every) || rule->every < EVERY_MIN_SECONDS
      || rule->every > EVERY_MAX_SECONDS)
    return wrong (error, "\"every\" is a duration from 1 min to 31 d");
  return TRUE;
}

static PnRuleAction *
read_action (json_t *object, GError **error)
{
  const char *name = pn_json_get_text (object, "do");
  const json_t *value = json_object_get (object, "value");
  const json_t *text = json_object_get (object, "text");
  g_autofree char *shown = NULL;
  PnRuleAction *action;
  PnRuleDo what;

  if (!check_keys (object, "do value text", error))
    return NULL;
  if (!pn_do_read (name, &what)) {
    shown = pn_text_clean_line (name, 40);
    wrong (error, "\"%s\" is nothing that a rule can do", shown);
    return NULL;
  }
  if ((value != NULL && !json_is_string (value)) || (text != NULL && !json_is_string (text))) {
    wrong (error, "\"value\" and \"text\" are texts");
    return NULL;
  }
  action = pn_rule_action_new (what);
  if (value != NULL)
    action->value = pn_text_clean_line (json_string_value (value), PN_RULE_VALUE_BYTES + 1);
  action->text = g_strdup (json_string_value (text));
  if (pn_rule_action_check (action, error))
    return action;
  pn_rule_action_free (action);
  return NULL;
}

static gboolean
read_actions (Reading *reading, PnRule *rule, const json_t *list, GError **error)
{
  const gsize size = json_array_size (list);

  if (!json_is_array (list) || size > PN_RULE_ACTIONS_MAX)
    return wrong (error, "\"then\" is a list of at most %d", PN_RULE_ACTIONS_MAX);
  for (gsize i = 0; i < size; i++) {
    PnRuleAction *action;

    g_string_printf (reading->place, "then.%" G_GSIZE_FORMAT, i);
    action = read_action (json_array_get (list, i), error);
    if (action == NULL)
      return FALSE;
    g_ptr_array_add (rule->actions, action);
  }
  g_string_assign (reading->place, "then");
  return size > 0 || rule->stops || wrong (error, "a rule that does nothing is of no use");
}

static gboolean
read_head (Reading *reading, PnRule *rule, json_t *document, GError **error)
{
  const json_t *stop = json_object_get (document, "stop");

  g_string_assign (reading->place, "");
  if (!check_keys (document, "name note on schedule if then stop", error))
    return FALSE;
  if (stop != NULL && !json_is_boolean (stop))
    return wrong (error, "\"stop\" is true or false");
  rule->stops = json_is_true (stop);
  g_string_assign (reading->place, "name");
  if (!read_line (document, "name", PN_RULE_NAME_BYTES, &rule->name, error))
    return FALSE;
  if (*rule->name == '\0')
    return wrong (error, "a rule needs a name");
  g_string_assign (reading->place, "note");
  if (!read_line (document, "note", PN_RULE_NOTE_BYTES, &rule->note, error))
    return FALSE;
  g_string_assign (reading->place, "on");
  if (!read_events (rule, json_object_get (document, "on"), error))
    return FALSE;
  g_string_assign (reading->place, "schedule");
  return read_schedule (rule, json_object_get (document, "schedule"), error);
}

static gboolean
read_rule (Reading *reading, PnRule *rule, json_t *document, GError **error)
{
  json_t *condition = json_object_get (document, "if");

  if (!read_head (reading, rule, document, error))
    return FALSE;
  g_string_assign (reading->place, "if");
  if (condition != NULL) {
    pn_rule_node_free (rule->condition);
    rule->condition = NULL;
    rule->condition = read_node (reading, condition, 0, error);
    if (rule->condition == NULL)
      return FALSE;
  }
  g_string_assign (reading->place, "then");
  return read_actions (reading, rule, json_object_get (document, "then"), error);
}

PnRule *
pn_rule_read (const json_t *document, char **place, GError **error)
{
  g_autoptr (PnRule) rule = pn_rule_new ();
  Reading reading = { g_string_new (NULL), 0 };
  const gboolean is_read = read_rule (&reading, rule, (json_t *) document, error);
  g_autofree char *where = g_string_free (reading.place, FALSE);

  if (is_read)
    return g_steal_pointer (&rule);
  if (place != NULL)
    *place = g_steal_pointer (&where);
  else if (*where != '\0')
    g_prefix_error (error, "%s: ", where);
  return NULL;
}

PnRule *
pn_rule_parse (const char *text, gsize size_bytes, char **place, GError **error)
{
  json_error_t problem;
  g_autoptr (json_t) document = NULL;

  if (place != NULL)
    *place = NULL;
  if (size_bytes > PN_RULE_JSON_BYTES) {
    wrong (error, "a rule has at most %d bytes", PN_RULE_JSON_BYTES);
    return NULL;
  }
  document = json_loadb (text, size_bytes, JSON_REJECT_DUPLICATES, &problem);
  if (document == NULL) {
    wrong (error, "this is not JSON (line %d, column %d)", problem.line, problem.column);
    return NULL;
  }
  return pn_rule_read (document, place, error);
}
