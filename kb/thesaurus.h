/* Thesaurus: everyday words that mean about the same, so that who asks how to "terminate a subscription" finds how to
 * "cancel" one, irregular forms that no stemmer brings together ("paid", "pay"), and common abbreviations ("UK"). Some
 * hundred groups of words a language, none of any trade; a site adds its own (kb/synonym). Languages: en de fr es pt it nl;
 * others have none.
 *
 *   entry   a stem (kb/stem); stems with '+' between, where it is several words ("unit+kingdom"); a word in capitals that
 *           is one only when it is written so ("US", which is not "us")
 *
 * Any thread may call.
 */
#pragma once

#include <glib.h>

#define PN_THESAURUS_WORDS_MAX 4 /* of an entry */

/* Returns: (borrowed, for good) the entries, of char *, that mean about what @entry means in @language; NULL. None of them is
 * one in capitals: an index knows no case. */
const GPtrArray *pn_thesaurus_of (const char *language, const char *entry);
