/* Sanitise rules: the lists of what may stay in HTML, and the check before parsing. Inside `templates/` only. */
#pragma once

#include <glib.h>

#include "templates/sanitise.h"

typedef enum {
  PN_ELEMENT_UNWRAP, /* not on the list: what it holds stays */
  PN_ELEMENT_KEEP,
  PN_ELEMENT_VOID, /* kept, has no content */
  PN_ELEMENT_DROP, /* goes with all it holds */
} PnElementRule;

/* @name is in lower case. */
PnElementRule pn_element_rule (const char *name);

/* Appends " name=\"value\"" to @out when that attribute may stay. Links and pictures are not decided here. */
void pn_attribute_write (GString *out, const char *element, const char *name, const char *value);

/* Appends one attribute, escaped. */
void pn_attribute_append (GString *out, const char *name, const char *value);

/* Returns: (owned) @url as it may be written with one of @schemes (NULL-terminated, "https://"), or NULL. */
char *pn_url_clean (const char *url, const char *const *schemes, gboolean allow_local);

/* Returns: (owned) the declarations of @style that may stay; NULL when none. */
char *pn_style_clean (const char *style);

/* Returns: whether parsing @html takes time and memory in proportion to its size. */
gboolean pn_sanitise_is_parseable (const char *html, gsize size);
