/* Stop words: the small words of a language, folded (no case, no diacritics). They are weighed down, not left out: "how
 * to" and "why not" tell questions apart. Unchanging data. */
#pragma once

#include <glib.h>

/* Is @folded one of the words of @language, a tag, of which the first part counts? */
gboolean pn_stop_words_has (const char *language, const char *folded);

/* Returns: (borrowed) the languages that have a list, by how many write them; NULL-terminated. */
const char *const *pn_stop_words_languages (void);
