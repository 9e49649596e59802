/* Compound: takes a word apart where a language writes compounds as one word ("Lieferadressänderung").
 *
 *   word  = part joint part …            joint: nothing, s, es, n, en, er or e
 *   part    a word of the base, or a general one (kb/thesaurus, kb/common_words) as its form or stem
 *
 * Parts are looked for from the end, where the word's main meaning stands, the longest first; what is left over in front
 * may be no word where the part behind it is long. Pure; any thread may call.
 */
#pragma once

#include "kb/index.h"

#define PN_COMPOUND_PARTS_MAX 4
#define PN_COMPOUND_PART_MIN 4 /* letters of a part */

/* Takes @folded apart (pn_stemmer_fold ()), which is in @language.
 * @parts: (owned) gets the parts, folded, the last one first, NULL where there are no more.
 * Returns: how many; 0 where it is no compound that is known. */
guint pn_compound_split (const PnKbIndex *index, PnStemmer *stemmer, const char *language,
                         const char *folded, char *parts[PN_COMPOUND_PARTS_MAX]);
