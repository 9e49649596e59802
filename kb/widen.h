/* Widen: what the words of a question may stand for beside themselves, as further terms that count less.
 *
 *   spelling   a word that no article has: the word of an article that is spelled nearly so (one letter wrong, missing, too
 *              many or swapped; two in a long word), the same without its accents at full weight
 *   meaning    words of about the same meaning, abbreviations and what they are short for (kb/thesaurus)
 *   family     words that are derived from it, or it from them (kb/family)
 *   compound   in languages that write compounds as one word: the parts of a long one (kb/compound) and what they mean,
 *              and the base's compounds that begin or end with the word or a part
 *   kindred    a word that nothing of this helps: words of the base that begin as it does
 *
 * Pure; any thread may call.
 */
#pragma once

#include "kb/index.h"

/* Adds what @text, in @language, may stand for to @bag, @weight times. */
void pn_kb_widen (const PnKbIndex *index, const char *text, const char *language, double weight,
                  PnBag *bag);

/* Returns: how many steps (a letter changed, left out, put in, or two neighbours swapped) lead from @left to @right, both
 * UTF-8; more than @most: @most + 1. */
guint pn_kb_distance (const char *left, const char *right, guint most);
