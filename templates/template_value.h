/* Template values: how a JSON value is found by a path and written as text. Inside `templates/` only. */
#pragma once

#include "templates/format.h"
#include "templates/template_node.h"

/* Returns: (borrowed) the text inside a value made by pn_safe_html (), or NULL. */
const char *pn_value_safe_html (json_t *value);

/* Returns: whether a section over @value (may be NULL) runs. */
gboolean pn_value_is_true (json_t *value);

/* Returns: whether @value reads like @word: a text, a whole number or a boolean. */
gboolean pn_value_equals (json_t *value, const char *word);

/* Returns: (borrowed) what @path leads to, its first name looked up from the innermost of the @depth contexts
 * outwards; NULL when there is none. */
json_t *pn_value_find (json_t *const *contexts, guint depth, char *const *path);

/* Appends @value as text. Returns: FALSE for objects and arrays. NULL and null are empty. */
gboolean pn_value_append (GString *out, json_t *value);

/* Appends @value through @filter. Returns: FALSE when the value is not of a kind the filter takes. */
gboolean pn_value_append_filtered (GString *out, json_t *value, PnFilter filter,
                                   const PnFormat *format);
