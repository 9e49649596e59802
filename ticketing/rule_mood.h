/* Mood: whether somebody writes angrily, from lists of words in a few languages and the site's own. A hint for priorities,
 * no judgement: negated words ("not bad") do not count, and a tie is neutral. Pure. */
#pragma once

#include "ticketing/mood.h"
#include "ticketing/rule_fact.h"

/* @words: of PnFactWord. @language: NULL asks all lists. @own goes before them; NULL: there are none. Returns:
 * "negative", "neutral" or "positive". */
const char *pn_rule_mood (const GPtrArray *words, const char *language, const PnMood *own);

/* The lists that everybody has, of the languages "en", "de", … in order: words as in PnMood. */
typedef struct {
  const char *language;
  const char *negative;
  const char *positive;
  const char *negations;
} PnMoodList;

const PnMoodList *pn_rule_mood_lists (gsize *n_lists);
