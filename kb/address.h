/* Addresses of articles and categories in the help centre: "/kb/7-how-do-i-pay". The number finds, the words are for
 * people; they come from the title, in Latin letters as far as it has any. Pure.
 */
#pragma once

#include <glib.h>

#define PN_KB_SLUG_MAX_CHARS 44

/* Returns: (owned) "how-do-i-pay"; "" where nothing of @title can be written so. @language tells how ("ä" is "ae" in
 * German); may be "". */
char *pn_kb_slug (const char *title, const char *language);

/* Returns: (owned) "/kb/7-how-do-i-pay". */
char *pn_kb_address (gint64 id, const char *title, const char *language);

/* Returns: (owned) "/kb/category/3-paying". */
char *pn_kb_category_address (gint64 id, const char *title);

/* Reads the number from "7-how-do-i-pay" or "7". FALSE: there is none. */
gboolean pn_kb_address_read (const char *name, gint64 *id);
