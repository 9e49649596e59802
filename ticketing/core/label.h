/* Labels: file names that strangers gave, made fit to show. Never a path: the bytes lie elsewhere. Pure; any thread. */
#pragma once

#include <glib.h>

#define PN_LABEL_BYTES_MAX 200

/* Returns: (owned) @name in NFC, without directories, control characters, direction marks and zero-width characters, at
 * most PN_LABEL_BYTES_MAX bytes (the extension is kept); NULL when nothing is left. */
char *pn_label_clean (const char *name);

/* Returns: (owned) a name for a file that has none: "image.png" for "image/png", "@stem.eml" for message/rfc822 with a
 * @stem (may be NULL). */
char *pn_label_make (const char *type, const char *stem);
