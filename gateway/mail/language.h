/* Language: which language a letter is written in, by its script and its small words. Pure; any thread. */
#pragma once

#include <glib.h>

/* Returns: a code of ISO 639-1 ("de"), or NULL when not sure. Looks at the first 4,000 bytes of @text (UTF-8). */
const char *pn_language_detect (const char *text);
