/* Head: is the beginning of a request unambiguous? What two programs in a row could read differently is refused, since
 * such differences are how a request is hidden inside another (request smuggling).
 *
 * libmicrohttpd accepts Content-Length twice, Content-Length with Transfer-Encoding, "%00" in the target, and glues a
 * folded line to the name of its header; this module looks at what it read. Pure.
 */
#pragma once

#include <glib.h>

#define PN_HEAD_LIMIT_BYTES (32 * 1024)
#define PN_HEAD_LIMIT_FIELDS 100

typedef struct {
  const char *name;
  gsize name_bytes;
  const char *value;
  gsize value_bytes;
} PnHeadField;

typedef struct {
  gint64 content_length; /* -1: none said */
  gboolean is_chunked;
} PnBodyShape;

/* @method, @target and @version ("HTTP/1.1") as they were sent. INVALID says what is wrong. */
gboolean pn_head_check (const char *method, const char *target, const char *version,
                        const GArray *fields, PnBodyShape *shape, GError **error);
