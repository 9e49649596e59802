/* Guard: looks at a mail's bytes before any parser does, and takes away what could break one.
 *
 *   header blocks (the mail's, its parts', those of mails inside): at most 256 KiB and 1,000 fields; a field at most
 *   32 KiB; an address field at most 200 colons (nested groups overflow the parser's stack)
 *   parts: what follows the 1,000th boundary line is cut off
 *   an mbox line "From x" and empty lines before the header
 *
 * One pass, linear, no recursion; a mail without such things is not copied. Pure; any thread.
 */
#pragma once

#include <glib.h>

#define PN_MIME_PARTS_MAX 1000

/* Returns: (owned) @raw itself, or a trimmed copy; what was taken away is told in words in @defects (of char *). */
GBytes *pn_mime_guard (GBytes *raw, GPtrArray *defects);
