/* Headers: RFC 2047 words and RFC 2231 parameters, as they are found in the wild.
 *
 * - raw 8-bit values: UTF-8 if they are that, else the body's charset, else windows-1252
 * - neighbouring words of one charset are joined before they are decoded (many programs cut inside a character)
 * - words inside quotes, with spaces inside, without "?=" at the end: decoded all the same
 * - parameters: continued and percent-encoded (RFC 2231), RFC 2047 inside quotes, none of the quotes there should be
 *
 * Linear in the size of the value. Pure; any thread.
 */
#pragma once

#include <glib.h>

/* Returns: (owned) the raw bytes of a value as UTF-8, unfolded, RFC 2047 words left as they are. @charset: the body's,
 * for 8-bit bytes; may be NULL. */
char *pn_mime_header_utf8 (const char *value, gsize size_bytes, const char *charset);

/* Returns: (owned) @text (UTF-8) with its RFC 2047 words decoded; line breaks and controls in them remain. */
char *pn_mime_header_words (const char *text);

/* Returns: (owned) a whole unstructured value as one line: pn_mime_header_utf8 (), _words () and pn_mime_text_line (). */
char *pn_mime_header_decode (const char *value, gsize size_bytes, const char *charset);

/* A value with parameters: "attachment; filename=x". */
typedef struct {
  char *value;        /* lower case, "" when missing */
  GHashTable *params; /* lower-case name → text, decoded, as one line */
} PnMimeParams;

/* Returns: (owned) @text (from pn_mime_header_utf8 ()) taken apart; at most 1,000 parameters are looked at. */
PnMimeParams *pn_mime_params_read (const char *text);
void pn_mime_params_free (PnMimeParams *params);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMimeParams, pn_mime_params_free)

/* Returns: the parameter @name, or NULL. */
const char *pn_mime_params_get (const PnMimeParams *params, const char *name);
