/* Markdown: articles as HTML and as plain text, by cmark-gfm in its safe mode (no raw HTML, no javascript: addresses)
 * with tables, strikethrough, autolinks and task lists.
 *
 * Headings get an id made of their words, so that a part can be linked. The HTML is still to go through
 * templates/sanitise before a page shows it: that is the page's job. Any thread may call.
 */
#pragma once

#include <glib.h>

#define PN_MARKDOWN_MAX_BYTES (256 * 1024)

/* Once a process, before any thread. */
void pn_markdown_start (void);

/* Returns: (owned) HTML; NULL with INVALID when @text is longer than PN_MARKDOWN_MAX_BYTES or not UTF-8. */
char *pn_markdown_to_html (const char *text, GError **error);

/* Returns: (owned) the words of @text, a paragraph a line; what is no good Markdown is taken as it is. */
char *pn_markdown_to_text (const char *text);
