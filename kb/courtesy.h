/* Courtesy: takes out of a letter what letters say to be polite: the greeting, "I hope you are well", "could you please",
 * thanks, the closing with the name and address below it, and older letters quoted at the end. What is left is the matter.
 *
 *   opening   at the beginning of a sentence, with the name behind it up to a comma or a line's end
 *   filler    anywhere
 *   closing   ends the letter, unless much or a question follows
 *
 * It knows the letter customs of seven languages (en de fr es pt it nl) and needs no line breaks: a form or a chat has
 * none. Pure; any thread may call.
 */
#pragma once

#include <glib.h>

/* Returns: (owned) @text (UTF-8) without courtesies; as it is when nothing would be left. */
char *pn_courtesy_strip (const char *text);
