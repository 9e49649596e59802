/* HTML to text: the letter behind a mail's HTML, for reading, searching and quoting.
 *
 * Blocks become lines, lists "* " and "1. ", links "text <address>", quotes "> ", cells of a row are joined by " | ",
 * images their alternative text. Styles, scripts, comments and what is hidden vanish. A tokenizer, not a parser of
 * trees: linear in time and memory for any bytes. Pure; any thread.
 */
#pragma once

#include <glib.h>

/* Lines of one character that pn_html_text_marked () adds. No other text has them: they are control characters. */
#define PN_HTML_MARK_MAIL '\x1C' /* below, a mail that is quoted or forwarded begins */
#define PN_HTML_MARK_CITE '\x1D' /* below stands who wrote the quote, and when */

/* Returns: (owned) the text of @html (UTF-8). */
char *pn_html_text (const char *html);

/* Returns: (owned) the same with marks where the elements by which mail programs wrap quotes begin. */
char *pn_html_text_marked (const char *html);
