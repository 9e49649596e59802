/* Words: cuts text into what is searched for.
 *
 *   word     letters, digits and marks; an apostrophe inside joins ("don't" is dont), a final 's goes; one that stands
 *            for a vowel parts ("l'article" is l, article; "dell'anno" dell, anno)
 *   scripts without spaces (Han, kana, Hangul, Thai and their like): each pair of neighbouring characters is a word, so
 *   is a character alone
 *
 * Pure; any thread may call.
 */
#pragma once

#include <glib.h>

#define PN_WORD_MAX_BYTES 64
#define PN_WORDS_MAX 20000 /* the rest of a text is not read */

/* Where a word stands, in bytes; @word is (owned by the list) as written. */
typedef struct {
  char *word;
  guint start;
  guint end;
} PnWord;

/* Returns: (owned) the words of @text (UTF-8), of PnWord. */
GArray *pn_words_split (const char *text);

/* Does only an apostrophe stand between a word of @text that ends at @end and the next, at @start? */
gboolean pn_words_is_elided (const char *text, guint end, guint start);

/* Is the folded @word one of those that say little in @language ("the", "und")? */
gboolean pn_words_is_stop (const char *folded, const char *language);

/* Are compounds one word in @language ("Kennwort" in "Kennwortabfrage")? */
gboolean pn_words_has_compounds (const char *language);

/* Returns: which of @languages (tags) @text is written in, by its small words; @fallback when they don't tell. The first
 * of equals; the only one whatever they say. */
const char *pn_words_guess_language (const char *text, const char *const *languages,
                                     const char *fallback);

/* Returns: (borrowed, for good) the language of @text, of all that have small words here; "" when they don't tell. */
const char *pn_words_find_language (const char *text);
