#include "ticketing/rule_match.h"

#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"

static gboolean
has_suffix_domain (const char *domain, const char *wanted)
{
  const gsize size = strlen (domain);
  const gsize wanted_size = strlen (wanted);

  if (size < wanted_size || strcmp (domain + size - wanted_size, wanted) != 0)
    return FALSE;
  return size == wanted_size || domain[size - wanted_size - 1] == '.';
}

/* Is @text what @op and @wanted (both folded) ask for? */
static gboolean
compare_text (PnRuleOp op, const char *text, const char *wanted)
{
  switch (op) {
  case PN_OP_IS:
  case PN_OP_IS_NOT: return strcmp (text, wanted) == 0;
  case PN_OP_CONTAINS: return strstr (text, wanted) != NULL;
  case PN_OP_BEGINS: return g_str_has_prefix (text, wanted);
  case PN_OP_ENDS: return g_str_has_suffix (text, wanted);
  case PN_OP_WITHIN: return has_suffix_domain (text, wanted);
  case PN_OP_EXISTS:
  case PN_OP_ABSENT:
  case PN_OP_HAS:
  case PN_OP_HAS_EXACT:
  case PN_OP_LACKS:
  case PN_OP_AT_LEAST:
  case PN_OP_AT_MOST: return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
any_text (const PnRuleNode *node, const PnFact *fact)
{
  for (guint v = 0; v < node->values->len; v++) {
    g_autofree char *wanted = pn_fact_fold (node->values->pdata[v]);

    for (guint i = 0; fact->texts != NULL && i < fact->texts->len; i++) {
      if (compare_text (node->op, fact->texts->pdata[i], wanted))
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
test_texts (const PnRuleNode *node, const PnFact *fact)
{
  const gboolean is_there = fact->texts != NULL && fact->texts->len > 0;

  if (node->op == PN_OP_EXISTS)
    return is_there;
  if (node->op == PN_OP_ABSENT)
    return !is_there;
  return any_text (node, fact) != (node->op == PN_OP_IS_NOT);
}

static gboolean
is_phrase_at (const GPtrArray *words, guint at, const GPtrArray *phrase, gboolean is_exact)
{
  if (at + phrase->len > words->len)
    return FALSE;
  for (guint i = 0; i < phrase->len; i++) {
    const PnFactWord *word = words->pdata[at + i];
    const PnFactWord *wanted = phrase->pdata[i];

    if (is_exact
            ? strcmp (word->folded, wanted->folded) != 0
            : strcmp (word->folded, wanted->folded) != 0 && strcmp (word->stem, wanted->stem) != 0)
      return FALSE;
  }
  return phrase->len > 0;
}

static gboolean
has_phrase (const GPtrArray *words, const GPtrArray *phrase, gboolean is_exact)
{
  for (guint i = 0; words != NULL && i < words->len; i++) {
    if (is_phrase_at (words, i, phrase, is_exact))
      return TRUE;
  }
  return FALSE;
}

static gboolean
test_words (const PnRuleNode *node, const PnFact *fact, const PnFacts *facts)
{
  for (guint i = 0; i < node->values->len; i++) {
    g_autoptr (GPtrArray) phrase =
        pn_fact_words (node->values->pdata[i], facts->stem_language, facts->stem, facts->stem_data);

    if (has_phrase (fact->words, phrase, node->op == PN_OP_HAS_EXACT))
      return node->op != PN_OP_LACKS;
  }
  return node->op == PN_OP_LACKS;
}

static gboolean
test_number (const PnRuleNode *node, gint64 number)
{
  if (node->op == PN_OP_AT_LEAST)
    return number >= node->number;
  if (node->op == PN_OP_AT_MOST)
    return number <= node->number;
  return number == node->number;
}

/* A rank is a text for "is" and a place on the ladder for the rest. */
static gboolean
test_rank (const PnRuleNode *node, const PnFact *fact)
{
  return node->op == PN_OP_AT_LEAST || node->op == PN_OP_AT_MOST ? test_number (node, fact->number)
                                                                 : test_texts (node, fact);
}

static PnMatch
test (const PnRuleNode *node, const PnFacts *facts)
{
  const PnFact *fact = pn_facts_get (facts, node->field, node->param);
  gboolean is_true = FALSE;

  if (!fact->is_known)
    return PN_MATCH_UNKNOWN;
  switch (pn_field_info (node->field)->kind) {
  case PN_FACT_NAME:
  case PN_FACT_TEXT:
  case PN_FACT_DOMAIN: is_true = test_texts (node, fact); break;
  case PN_FACT_WORDS: is_true = test_words (node, fact, facts); break;
  case PN_FACT_NUMBER:
  case PN_FACT_DURATION: is_true = test_number (node, fact->number); break;
  case PN_FACT_RANK: is_true = test_rank (node, fact); break;
  }
  return is_true ? PN_MATCH_TRUE : PN_MATCH_FALSE;
}

static PnMatch
negate (PnMatch match)
{
  switch (match) {
  case PN_MATCH_FALSE: return PN_MATCH_TRUE;
  case PN_MATCH_UNKNOWN: return PN_MATCH_UNKNOWN;
  case PN_MATCH_TRUE: return PN_MATCH_FALSE;
  }
  g_return_val_if_reached (PN_MATCH_UNKNOWN);
}

/* The values are ordered: "all" is the smallest of them, "any" the largest. */
static PnMatch
fold_children (const PnRuleNode *node, const PnFacts *facts)
{
  const gboolean is_all = node->kind == PN_NODE_ALL;
  PnMatch match = is_all ? PN_MATCH_TRUE : PN_MATCH_FALSE;
  const PnMatch end = negate (match);

  for (guint i = 0; i < node->children->len && match != end; i++) {
    const PnMatch child = pn_rule_match (node->children->pdata[i], facts);

    match = is_all ? MIN (match, child) : MAX (match, child);
  }
  return match;
}

PnMatch
pn_rule_match (const PnRuleNode *condition, const PnFacts *facts)
{
  switch (condition->kind) {
  case PN_NODE_ALL:
  case PN_NODE_ANY: return fold_children (condition, facts);
  case PN_NODE_NOT: return negate (pn_rule_match (condition->children->pdata[0], facts));
  case PN_NODE_TEST: return test (condition, facts);
  }
  g_return_val_if_reached (PN_MATCH_UNKNOWN);
}

guint64
pn_rule_missing (const PnRuleNode *condition, const PnFacts *facts)
{
  guint64 missing = 0;

  if (pn_rule_match (condition, facts) != PN_MATCH_UNKNOWN)
    return 0;
  if (condition->kind == PN_NODE_TEST)
    return PN_FIELD_BIT (condition->field);
  for (guint i = 0; i < condition->children->len; i++)
    missing |= pn_rule_missing (condition->children->pdata[i], facts);
  return missing;
}

/* Returns: (owned) one test as rules have it in JSON. */
static json_t *
write_test (const PnRuleNode *node)
{
  const PnFieldInfo *info = pn_field_info (node->field);
  g_autofree char *field =
      info->has_param ? g_strdup_printf ("%s:%s", info->name, node->param) : g_strdup (info->name);

  return json_pack ("{s:o, s:s, s:o}", "field", pn_json_text (field), "op", pn_op_name (node->op),
                    "values", pn_json_texts (node->values));
}

/* Adds those tests that make @node what it is. */
static void
add_tests (json_t *list, const PnRuleNode *node, const PnFacts *facts)
{
  const PnMatch match = pn_rule_match (node, facts);
  const PnMatch deciding = node->kind == PN_NODE_ALL ? PN_MATCH_FALSE : PN_MATCH_TRUE;

  if (node->kind == PN_NODE_TEST) {
    json_array_append_new (list, write_test (node));
    return;
  }
  if (node->kind == PN_NODE_NOT) {
    json_array_append_new (list, json_pack ("{s:{s:o}}", "not", "tests",
                                            pn_rule_tests (node->children->pdata[0], facts)));
    return;
  }
  for (guint i = 0; i < node->children->len; i++) {
    const PnRuleNode *child = node->children->pdata[i];

    if (match == deciding && pn_rule_match (child, facts) != deciding)
      continue; /* one that decides is enough */
    add_tests (list, child, facts);
    if (match == deciding)
      return;
  }
}

json_t *
pn_rule_tests (const PnRuleNode *condition, const PnFacts *facts)
{
  json_t *list = json_array ();

  add_tests (list, condition, facts);
  return list;
}

char *
pn_rule_explain (const PnRuleNode *condition, const PnFacts *facts)
{
  g_autoptr (json_t) tests = pn_rule_tests (condition, facts);

  return json_array_size (tests) > 0 ? pn_reason_make (PN_WHY_RULE_TESTS, "{s:O}", "tests", tests)
                                     : g_strdup (pn_reason (PN_WHY_RULE_ALWAYS));
}
