/* Thesaurus: everyday words that mean about the same, so that who asks how to "terminate a subscription" finds how to
 * "cancel" one, and irregular forms that no stemmer brings together ("paid", "pay"). Some hundred groups of words a language, none
 * of any trade; a site adds its own (kb/synonym). Languages: en de fr es pt it nl; others have none.
 *
 * Any thread may call.
 */
#pragma once

#include <glib.h>

/* Returns: (borrowed, for good) the stems, of char *, that mean about what @stem (kb/stem) means in @language; NULL. */
const GPtrArray *pn_thesaurus_of (const char *language, const char *stem);
