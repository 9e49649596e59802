/* Charset: those of one byte a character, as tables of our own.
 *
 * A parser's child cannot open files, so whatever it may need is in memory before it is made. glibc's modules for charsets
 * are five mappings each, which every child has to copy and to tear down again; a table is half a kilobyte. The tables are
 * made from the modules, once. Charsets that compose letters (windows-1255, windows-1258) are not among them.
 *
 * Any thread.
 */
#pragma once

#include <glib.h>

#define PN_CHARSET_NONE 0xFFFF /* in a table: the byte is no character */

/* Makes all tables, and lets go of the modules. */
void pn_charset_warm_up (void);

/* Returns: (borrowed) the characters of the bytes 0 to 255; NULL when @name is no such charset. Case and signs in @name
 * do not count. */
const guint16 *pn_charset_table (const char *name);
