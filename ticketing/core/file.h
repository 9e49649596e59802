/* File: what the C library leaves to its callers when bytes go to a descriptor. */
#pragma once

#include <glib.h>

/* Writes all of @bytes, also where the system takes them in parts. TEMPORARY: "can't keep @what: …". */
gboolean pn_file_write (int fd, const void *bytes, gsize size_bytes, const char *what,
                        GError **error);
