/* Match: are the conditions of a rule true for these facts, and why. Pure; any thread may ask.
 *
 * Three values: what asks for a fact that nobody knows is UNKNOWN, and so is what depends on it ("false and unknown" is
 * false, "true or unknown" is true). Who gets UNKNOWN can look the missing facts up and ask again; so cheap facts
 * decide first, and the costly ones are looked up only where they matter.
 */
#pragma once

#include <jansson.h>

#include "ticketing/rule.h"
#include "ticketing/rule_fact.h"

typedef enum { PN_MATCH_FALSE, PN_MATCH_UNKNOWN, PN_MATCH_TRUE } PnMatch;

PnMatch pn_rule_match (const PnRuleNode *condition, const PnFacts *facts);

/* Returns: (owned) the tests that decided a match: [{"field", "op", "values"}, {"not": {"tests"}}…]. [] where there is no
 * condition. */
json_t *pn_rule_tests (const PnRuleNode *condition, const PnFacts *facts);

/* Returns: (owned) the same as a reason (core/reason). */
char *pn_rule_explain (const PnRuleNode *condition, const PnFacts *facts);

/* Which fields would have to be known to tell; PN_FIELD_BIT () each. */
guint64 pn_rule_missing (const PnRuleNode *condition, const PnFacts *facts);
