/* Form reader: takes a request's body in pieces, as it arrives, and makes the form of it in bounded memory.
 *
 *   application/x-www-form-urlencoded, application/json   gathered, then read as a whole
 *   multipart/form-data                                   read on the fly, files go to temporary files
 *
 * Nothing may stand before a multipart's first boundary; what follows the last is dropped. One thread at a time.
 */
#pragma once

#include "gateway/web/form.h"

typedef struct PnFormReader PnFormReader;

/* @content_type NULL or "": there must be no body. INVALID for a type that is none of the three.
 * @limit_bytes: of the whole body; INVALID when it grows beyond. Returns: (owned) */
PnFormReader *pn_form_reader_new (const char *content_type, gint64 limit_bytes, GError **error);
void pn_form_reader_free (PnFormReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFormReader, pn_form_reader_free)

gboolean pn_form_reader_feed (PnFormReader *reader, const char *bytes, gsize size_bytes,
                              GError **error);

/* The body is whole. Returns: (owned) the form, once. */
PnForm *pn_form_reader_finish (PnFormReader *reader, GError **error);

/* Returns: (owned) SHA-256 over all bytes that came, in 64 hex digits; once. */
char *pn_form_reader_digest (PnFormReader *reader);
