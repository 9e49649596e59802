/* Types: what a file is by its first 64 KiB (libmagic), whatever the mail says. For display, never for trust.
 * One thread; pn_mime_type_warm_up () loads the database before it is needed. */
#pragma once

#include <glib.h>

/* Loads the database of types once (4 ms); repeated calls do nothing. */
void pn_mime_type_warm_up (void);

/* Returns: (owned) the type, "application/octet-stream" when unknown. */
char *pn_mime_type_of (const void *bytes, gsize size_bytes);
