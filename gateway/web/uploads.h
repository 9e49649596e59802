/* Uploads: files that came with a form, kept as blobs. What a file is, is told by its first bytes (a short list of
 * pictures, PDF and text); anything else is application/octet-stream. The type decides how it is shown, never trust. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/message.h"

/* Stores the uploads of the call. Returns: (owned) of PnStoredAttachment; NULL with an error. Not in a transaction. */
GPtrArray *pn_uploads_store (PnCall *call, GError **error);

/* Returns: the type of a file that begins with @bytes. */
const char *pn_uploads_sniff (const guint8 *bytes, gsize size_bytes);

/* Is @type a picture that browsers show and that holds no script? */
gboolean pn_uploads_is_picture (const char *type);
