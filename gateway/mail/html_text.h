/* HTML to text: the letter behind a mail's HTML, for reading, searching and quoting.
 *
 * Blocks become lines, lists "* " and "1. ", links "text <address>", quotes "> ", cells of a row are joined by " | ",
 * images their alternative text. Styles, scripts, comments and what is hidden vanish. A tokenizer, not a parser of
 * trees: linear in time and memory for any bytes. Pure; any thread.
 */
#pragma once

#include <glib.h>

/* Returns: (owned) the text of @html (UTF-8). */
char *pn_html_text (const char *html);
