/* Family: words that are derived from each other and that a stemmer keeps apart: "safe" and "safety", "infected" and
 * "infectious", "kaufen" and "gekauft".
 *
 *   word   = start ending     two words are kin where they have a start of four letters or more in common, and each has
 *                             an ending of their language behind it (kb/family_endings), be it none
 *
 * Participles and infinitives with something in front of the verb (de: "ge", "zu"; nl: "ge", "te") are looked for without
 * it, too. Nothing is known of a word but its letters; which of its kin there are is what the index tells.
 *
 * Any thread may call.
 */
#pragma once

#include "kb/index.h"

#define PN_FAMILY_MAX 8

/* Puts the forms of @index that are kin of @folded (pn_stemmer_fold ()), a word in @language ("en"), into @found.
 * Returns: how many, at most PN_FAMILY_MAX; 0 in a language whose endings are not known. */
guint pn_family_of (const PnKbIndex *index, const char *language, const char *folded,
                    guint32 found[PN_FAMILY_MAX]);
