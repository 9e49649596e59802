/* Downloads: bytes that strangers sent, handed out so that no browser takes them for a page of ours. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/core/blob.h"

/* Answers with the blob @sha. @type is what it is stored as; only pictures, PDF and plain text keep it. */
void pn_download (PnCall *call, const guint8 sha[PN_SHA256_BYTES], const char *type,
                  const char *file_name, gboolean is_inline);
