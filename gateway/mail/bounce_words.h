/* Bounces, the words: what servers say when they do not deliver. Pure; any thread. */
#pragma once

#include <glib.h>

/* Returns: TRUE when @subject (any case) is that of a bounce. */
gboolean pn_bounce_is_subject (const char *subject);

/* Returns: TRUE when @text (lower case) says in words that something was not delivered. */
gboolean pn_bounce_is_text (const char *text);

/* Returns: TRUE when @text (lower case) says that a mail is late, not lost. */
gboolean pn_bounce_is_delay (const char *text);

/* Returns: the status of RFC 3463 that the words of @text (lower case) mean ("5.1.1"), or NULL. */
const char *pn_bounce_status_of_words (const char *text);

/* Finds the best status code in @text: one with a subject and detail ("5.1.1") before a general one ("5.0.0").
 * Returns: (owned) it, or NULL. */
char *pn_bounce_find_status (const char *text);

/* Returns: the first SMTP reply code 4xx or 5xx in @text that looks like one, 0 when there is none. */
int pn_bounce_find_reply_code (const char *text);
