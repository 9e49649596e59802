/* Quotes, the informal attributions: lines that people and simple programs write right above quoted lines.
 *
 *   dated = a date in words or figures and a verb of writing ("On Monday, A wrote:", "Gestern schrieb A:"), or
 *           nothing but a date ("Monday, 12 March:")
 *   named = a name and a verb of writing ("A B wrote:"), a name and an address ("A <a@x.example>:"), "Quoting A:"
 *
 * All end in a colon. Each could as well be a sentence of a letter, so that they count only where the caller sees the
 * quoted lines below them. Words of sentences ("please", "what", "because") speak against them. Pure; any thread.
 */
#pragma once

#include <glib.h>

#define PN_INTRO_LINES_MAX 3

typedef enum { PN_INTRO_NONE, PN_INTRO_DATED, PN_INTRO_NAMED } PnIntro;

/* Returns: TRUE when @line ends in a colon; cheap. */
gboolean pn_quote_ends_in_colon (const char *line);

/* Returns: what @text, one line, says about the quoted lines that stand below it. */
PnIntro pn_quote_intro (const char *text);

/* Returns: TRUE when the @n (2 or more) lines of @lines together are one attribution that was folded, and the last of
 * them is not one alone below a line of text. */
gboolean pn_quote_is_folded_intro (const char *const *lines, guint n);
