/* Matches conditions to facts for tests/unit/rule-oracle.py: lines {"rule": …, "facts": {field: [texts] / number}},
 * answered by "false", "unknown" or "true". */
#include <stdio.h>
#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/rule_match.h"

static void
set_fact (PnFacts *facts, const char *name, json_t *value)
{
  PnRuleField field;
  g_autofree char *param = NULL;

  g_assert (pn_field_read (name, &field, &param));
  if (json_is_integer (value) && param != NULL) {
    pn_facts_set_param_number (facts, field, param, json_integer_value (value));
  } else if (json_is_integer (value)) {
    pn_facts_set_number (facts, field, json_integer_value (value));
  } else if (json_is_string (value)) {
    pn_facts_set_words (facts, field, json_string_value (value));
  } else {
    if (param == NULL)
      pn_facts_clear (facts, field);
    else
      pn_facts_add_param (facts, field, param, NULL);
    for (gsize i = 0; i < json_array_size (value); i++) {
      const char *text = json_string_value (json_array_get (value, i));

      if (param == NULL)
        pn_facts_add (facts, field, text);
      else
        pn_facts_add_param (facts, field, param, text);
      if (field == PN_FIELD_PRIORITY)
        pn_facts_set_number (facts, field,
                             strcmp (text, "low") == 0      ? 0
                             : strcmp (text, "normal") == 0 ? 1
                             : strcmp (text, "high") == 0   ? 2
                                                            : 3);
    }
  }
}

static void
answer (const char *line)
{
  static const char *const names[] = { "false", "unknown", "true" };
  g_autoptr (json_t) asked = json_loads (line, 0, NULL);
  g_autoptr (PnFacts) facts = pn_facts_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) rule = pn_rule_read (json_object_get (asked, "rule"), NULL, &error);
  g_autoptr (PnRule) again = NULL;
  g_autoptr (json_t) written = NULL;
  const char *name;
  json_t *value;

  if (rule == NULL) {
    puts (error->message);
    return;
  }
  json_object_foreach (json_object_get (asked, "facts"), name, value) set_fact (facts, name, value);
  written = pn_rule_write (rule);
  again = pn_rule_read (written, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pn_rule_match (rule->condition, facts), ==,
                   pn_rule_match (again->condition, facts));
  puts (names[pn_rule_match (rule->condition, facts)]);
}

int
main (void)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  char *line = NULL;

  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    answer (line);
    g_free (line);
  }
  return 0;
}
