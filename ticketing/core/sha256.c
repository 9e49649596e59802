#include "ticketing/core/sha256.h"

#include <sodium.h>

#define HEX_BYTES (2 * PN_SHA256_BYTES + 1)

struct PnSha256 {
  crypto_hash_sha256_state state;
};

PnSha256 *
pn_sha256_new (void)
{
  PnSha256 *sum = g_new (PnSha256, 1);

  crypto_hash_sha256_init (&sum->state);
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
  crypto_hash_sha256_update (&sum->state, bytes, size_bytes);
}

void
pn_sha256_end (PnSha256 *sum, guint8 sha[PN_SHA256_BYTES])
{
  crypto_hash_sha256_final (&sum->state, sha);
}

static char *
write_hex (const guint8 sha[PN_SHA256_BYTES])
{
  char *hex = g_malloc (HEX_BYTES);

  return sodium_bin2hex (hex, HEX_BYTES, sha, PN_SHA256_BYTES);
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
  crypto_hash_sha256 (sha, bytes, size_bytes);
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
