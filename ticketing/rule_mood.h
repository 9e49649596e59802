/* Mood: whether somebody writes angrily, from lists of words in a few languages. A hint for priorities, no judgement:
 * negated words ("not bad") do not count, and a tie is neutral. Pure. */
#pragma once

#include "ticketing/rule_fact.h"

/* @words: of PnFactWord. @language: NULL asks all lists. Returns: "negative", "neutral" or "positive". */
const char *pn_rule_mood (const GPtrArray *words, const char *language);
