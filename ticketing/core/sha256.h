/* SHA-256 (FIPS 180-4), by nettle, which uses the processor's instructions for it where there are any. What
 * names blobs and tells whether mails are the same.
 *
 *   PnSha256 *sum = pn_sha256_new ();  pn_sha256_add (sum, bytes, n); …  pn_sha256_end (sum, sha);
 *
 * May be used from any thread, a sum by one at a time.
 */
#pragma once

#include <glib.h>

#define PN_SHA256_BYTES 32

typedef struct PnSha256 PnSha256;

PnSha256 *pn_sha256_new (void); /* (owned) */
void pn_sha256_free (PnSha256 *sum);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSha256, pn_sha256_free)

void pn_sha256_add (PnSha256 *sum, const void *bytes, gsize size_bytes);
void pn_sha256_end (PnSha256 *sum,
                    guint8 sha[PN_SHA256_BYTES]); /* once; nothing is added after it */

char *pn_sha256_end_hex (PnSha256 *sum); /* (owned) the same in 64 hex digits in lower case */

void pn_sha256 (const void *bytes, gsize size_bytes, guint8 sha[PN_SHA256_BYTES]);
char *pn_sha256_of (GBytes *bytes); /* (owned) in 64 hex digits in lower case */
