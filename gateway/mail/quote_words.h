/* Quotes, the words: what mail programs of the world write around a quoted mail. Pure; any thread. */
#pragma once

#include <glib.h>

/* Returns: FALSE when @line cannot be the first line of an attribution; cheap. */
gboolean pn_quote_may_begin_attribution (const char *line);

/* Returns: TRUE when @text (some joined lines) introduces a quote: who wrote, and when. */
gboolean pn_quote_is_attribution (const char *text);

/* Returns: TRUE when @text (lower case) has a verb of writing in one of the languages. */
gboolean pn_quote_has_verb (const char *text);

/* Returns: TRUE when @text names a year of this century or the last. */
gboolean pn_quote_has_year (const char *text);

/* Returns: TRUE when @text names a day and a time of day, in figures of any script. */
gboolean pn_quote_has_moment (const char *text);

/* Returns: TRUE when @line is what a telephone or a mail program adds ("Sent from my ..."). */
gboolean pn_quote_is_device_line (const char *line);

/* Returns: TRUE when @line is a mail program's advertisement with its link, below which only the quoted mail stands. */
gboolean pn_quote_is_program_line (const char *line);

/* Returns: TRUE when @line alone starts a signature ("--", "__"). */
gboolean pn_quote_is_signature_mark (const char *line);
