/* Common words: what people write in whatever they ask ("work", "stop", "after"), stop words aside. How rare a word is shows
 * in a base of hundreds of articles; in one of ten each word is rare, and two texts that share "stop" look alike. So the
 * language says what is common. Some 150 to 300 words a language, none of any trade. Languages: en de fr es pt it nl.
 *
 * Any thread may call.
 */
#pragma once

#include <glib.h>

/* Is @stem (kb/stem) that of a common word in @language, a tag's first part? FALSE in a language without a list. */
gboolean pn_common_words_has (const char *language, const char *stem);
