/* Phrase: what somebody puts in quotation marks to find it word for word.
 *
 *   "exact phrase"   also „so“, “so” and «so»; a mark without its other half is none
 *
 * Case and accents don't matter, nor does what stands between the words. Pure; any thread may call.
 */
#pragma once

#include <glib.h>

#define PN_PHRASES_MAX 8

/* Returns: (owned) the phrases in quotation marks in @text (UTF-8), of char *, each with a word or more. */
GPtrArray *pn_phrase_read (const char *text);

/* Do the words of @phrase stand in @text, one after the other? */
gboolean pn_phrase_is_in (const char *phrase, const char *text);
