/* What changed between two versions of a text, line by line, for pages and the API. */
#pragma once

#include <jansson.h>

/* Returns: (owned) [{"kind": "same", "removed", "added" or "gap", "text"}]. */
json_t *pn_show_difference (const char *before, const char *after);
