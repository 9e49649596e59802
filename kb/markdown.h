/* Markdown: articles as HTML and as plain text, by cmark-gfm in its safe mode (no raw HTML, no javascript: addresses)
 * with tables, strikethrough, autolinks and task lists.
 *
 * Two kinds of address mean things of the base, so that a text may move from one base to another:
 *
 *   ![a card](image:0f3a….png)    a picture (kb/image); in HTML it is "cid:0f3a….png", whose place the page knows
 *   [how](article:refund)         the article of that id; where it is, the caller's function says
 *
 * The title stands above the text as its first heading: where the text uses that level itself, all its headings go one
 * down. They get an id made of their words, so that a part can be linked. The HTML is still to go through
 * templates/sanitise before a page shows it: that is the page's job. Any thread may call.
 */
#pragma once

#include <glib.h>

#define PN_MARKDOWN_MAX_BYTES (256 * 1024)

/* Once a process, before any thread. */
void pn_markdown_start (void);

/* Returns: (owned) HTML; NULL with INVALID when @text is longer than PN_MARKDOWN_MAX_BYTES or not UTF-8. */
char *pn_markdown_to_html (const char *text, GError **error);

/* Returns: (owned) the address of the article with this id; NULL when there is none. */
typedef char *(*PnArticleAddress) (const char *external_id, gpointer data);

/* The same; @address may be NULL, and links to articles lead nowhere then. */
char *pn_markdown_render (const char *text, PnArticleAddress address, gpointer data,
                          GError **error);

typedef struct {
  char *address;
  gboolean is_image;
} PnMarkdownLink;

/* Returns: (owned) the links and pictures of @text, of PnMarkdownLink, in order, at most @limit. */
GPtrArray *pn_markdown_links (const char *text, guint limit);

/* A heading of the text, for a table of contents. */
typedef struct {
  char *id;
  char *title;
  int level; /* 1..6 */
} PnMarkdownHeading;

/* Returns: (owned) the headings of @text, of PnMarkdownHeading, in order. */
GPtrArray *pn_markdown_headings (const char *text);

/* Returns: (owned) the words of @text, a paragraph a line; what is no good Markdown is taken as it is. */
char *pn_markdown_to_text (const char *text);
