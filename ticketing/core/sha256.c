#include "ticketing/core/sha256.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

G_STATIC_ASSERT (PN_SHA256_BYTES == SHA256_DIGEST_SIZE);

struct PnSha256 {
  struct sha256_ctx state;
};

PnSha256 *
pn_sha256_new (void)
{
  PnSha256 *sum = g_new (PnSha256, 1);

  sha256_init (&sum->state);
  return sum;
}

void
pn_sha256_free (PnSha256 *sum)
{
  g_free (sum);
}

void
pn_sha256_add (PnSha256 *sum, const void *bytes, gsize size_bytes)
{
  sha256_update (&sum->state, size_bytes, bytes);
}

void
pn_sha256_end (PnSha256 *sum, guint8 sha[PN_SHA256_BYTES])
{
  sha256_digest (&sum->state, PN_SHA256_BYTES, sha);
}

static char *
write_hex (const guint8 sha[PN_SHA256_BYTES])
{
  char *hex = g_malloc0 (BASE16_ENCODE_LENGTH (PN_SHA256_BYTES) + 1);

  base16_encode_update (hex, PN_SHA256_BYTES, sha);
  return hex;
}

char *
pn_sha256_end_hex (PnSha256 *sum)
{
  guint8 sha[PN_SHA256_BYTES];

  pn_sha256_end (sum, sha);
  return write_hex (sha);
}

void
pn_sha256 (const void *bytes, gsize size_bytes, guint8 sha[PN_SHA256_BYTES])
{
  PnSha256 sum;

  sha256_init (&sum.state);
  pn_sha256_add (&sum, bytes, size_bytes);
  pn_sha256_end (&sum, sha);
}

char *
pn_sha256_of (GBytes *bytes)
{
  guint8 sha[PN_SHA256_BYTES];
  gsize size_bytes;
  gconstpointer data = g_bytes_get_data (bytes, &size_bytes);

  pn_sha256 (data, size_bytes, sha);
  return write_hex (sha);
}
