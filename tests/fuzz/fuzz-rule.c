#include "tests/fuzz/target.h"

#include "ticketing/core/json.h"
#include "ticketing/rule_match.h"

/* A rule that somebody imports: what is read can be asked, explained and written, and reads the same again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PnRule) rule = pn_rule_parse ((const char *) data, size, NULL, NULL);
  g_autoptr (PnRule) again = NULL;
  g_autoptr (PnFacts) facts = NULL;
  g_autoptr (json_t) written = NULL;
  g_autoptr (json_t) rewritten = NULL;
  g_autofree char *explanation = NULL;

  if (rule == NULL)
    return 0;
  facts = pn_facts_new (NULL, NULL);
  pn_facts_set_words (facts, PN_FIELD_SUBJECT, "late invoice, late money");
  pn_facts_set (facts, PN_FIELD_QUEUE, "support");
  explanation = pn_rule_explain (rule->condition, facts);
  g_assert ((pn_rule_missing (rule->condition, facts) != 0)
            == (pn_rule_match (rule->condition, facts) == PN_MATCH_UNKNOWN));
  written = pn_rule_write (rule);
  again = pn_rule_read (written, NULL, NULL);
  g_assert (again != NULL);
  rewritten = pn_rule_write (again);
  g_assert (json_equal (written, rewritten));
  return 0;
}
