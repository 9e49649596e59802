/* Redact: takes out of a text what tells about persons, before a ticket becomes an article. It is careful rather than
 * clever: what it has taken out can be seen, and a person reads the rest.
 *
 *   addresses of mail      [address]      numbers of six digits or more, also with blanks, dots and dashes   [number]
 *   links with a query     [link]         the names that the caller knows, as whole words                    [name]
 *   first lines that greet and last lines that say goodbye or sign                                           left out
 *
 * Pure.
 */
#pragma once

#include <glib.h>

/* @names: (of char *) "Ada Lovelace": each word of three letters or more. May be NULL.
 * @count (may be NULL) gets how many places were changed. Returns: (owned) the text. */
char *pn_redact (const char *text, const GPtrArray *names, guint *count);
