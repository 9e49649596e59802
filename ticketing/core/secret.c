#include "ticketing/core/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define SEALED_VERSION 1
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define MAC_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

G_STATIC_ASSERT (PN_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (PN_KEY_BYTES == crypto_kdf_KEYBYTES);

struct PnSecret {
  gsize size_bytes;
  guint8 bytes[]; /* and a NUL */
};

void
pn_secret_library_start (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium finds no source of randomness");
}

static PnSecret *
secret_alloc (gsize size_bytes)
{
  PnSecret *secret = g_malloc0 (sizeof (PnSecret) + size_bytes + 1);

  secret->size_bytes = size_bytes;
  return secret;
}

PnSecret *
pn_secret_new (const void *bytes, gsize size_bytes)
{
  PnSecret *secret = secret_alloc (size_bytes);

  if (size_bytes > 0)
    memcpy (secret->bytes, bytes, size_bytes);
  return secret;
}

PnSecret *
pn_secret_new_text (const char *text)
{
  return pn_secret_new (text, text != NULL ? strlen (text) : 0);
}

PnSecret *
pn_secret_new_random (gsize size_bytes)
{
  PnSecret *secret = secret_alloc (size_bytes);

  randombytes_buf (secret->bytes, size_bytes);
  return secret;
}

void
pn_secret_free (PnSecret *secret)
{
  if (secret == NULL)
    return;
  sodium_memzero (secret, sizeof (PnSecret) + secret->size_bytes);
  g_free (secret);
}

const guint8 *
pn_secret_bytes (const PnSecret *secret)
{
  return secret->bytes;
}

gsize
pn_secret_size (const PnSecret *secret)
{
  return secret->size_bytes;
}

const char *
pn_secret_text (const PnSecret *secret)
{
  return (const char *) secret->bytes;
}

gboolean
pn_secret_equal (const PnSecret *a, const PnSecret *b)
{
  return a->size_bytes == b->size_bytes && sodium_memcmp (a->bytes, b->bytes, a->size_bytes) == 0;
}

void
pn_secret_wipe (void *bytes, gsize size_bytes)
{
  sodium_memzero (bytes, size_bytes);
}

void
pn_secret_random (void *bytes, gsize size_bytes)
{
  randombytes_buf (bytes, size_bytes);
}

gboolean
pn_key_make_file (const char *path, GError **error)
{
  guint8 key[PN_KEY_BYTES];
  char line[2 * PN_KEY_BYTES + 2];
  gssize written = 0;
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean durable = FALSE;

  if (fd < 0) {
    pn_error_set (error, errno == EEXIST ? PN_ERROR_CONFLICT : PN_ERROR_PERMANENT,
                  "key file %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  randombytes_buf (key, sizeof key);
  sodium_bin2hex (line, sizeof line, key, sizeof key);
  line[2 * PN_KEY_BYTES] = '\n';
  written = write (fd, line, sizeof line - 1);
  durable = written == (gssize) sizeof line - 1 && fchmod (fd, 0600) == 0 && fsync (fd) == 0;
  sodium_memzero (key, sizeof key);
  sodium_memzero (line, sizeof line);
  if (close (fd) == 0 && durable)
    return TRUE;
  pn_error_set (error, PN_ERROR_PERMANENT, "key file %s: it could not be written: %s", path,
                g_strerror (errno));
  (void) unlink (path);
  return FALSE;
}

/* Returns: (owned) the file's bytes; NULL when they cannot be had from somebody's own file. */
static PnSecret *
read_key_file (const char *path, GError **error)
{
  char line[2 * PN_KEY_BYTES + 2] = { 0 };
  struct stat info;
  PnSecret *text = NULL;
  gssize got = -1;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0 || fstat (fd, &info) != 0) {
    pn_error_set (error, errno == ENOENT ? PN_ERROR_NOT_FOUND : PN_ERROR_DENIED, "key file %s: %s",
                  path, g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  if ((info.st_mode & 077) != 0)
    pn_error_set (error, PN_ERROR_DENIED, "key file %s: others may read it; run: chmod 600 %s",
                  path, path);
  else
    got = read (fd, line, sizeof line - 1);
  close (fd);
  if (got >= 0)
    text = pn_secret_new (line, (gsize) got);
  else if (error != NULL && *error == NULL)
    pn_error_set (error, PN_ERROR_DENIED, "key file %s: %s", path, g_strerror (errno));
  sodium_memzero (line, sizeof line);
  return text;
}

PnSecret *
pn_key_load_file (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (PnSecret) text = read_key_file (path, &reason);
  PnSecret *key = NULL;
  const char *end = NULL;
  gsize size_bytes = 0;

  if (text == NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  key = secret_alloc (PN_KEY_BYTES);
  if (sodium_hex2bin (key->bytes, PN_KEY_BYTES, pn_secret_text (text), text->size_bytes, NULL,
                      &size_bytes, &end)
          == 0
      && size_bytes == PN_KEY_BYTES && (*end == '\n' || *end == '\0'))
    return key;
  pn_secret_free (key);
  pn_error_set (error, PN_ERROR_INVALID, "key file %s: it is damaged (64 hex digits are expected)",
                path);
  return NULL;
}

static const char *
purpose_context (PnKeyPurpose purpose)
{
  switch (purpose) {
  case PN_KEY_SEAL: return "pn-seal_";
  case PN_KEY_TOKEN: return "pn-token";
  }
  g_assert_not_reached ();
}

PnSecret *
pn_key_derive (const PnSecret *master, PnKeyPurpose purpose)
{
  PnSecret *key = secret_alloc (PN_KEY_BYTES);

  g_assert (master->size_bytes == PN_KEY_BYTES);
  crypto_kdf_derive_from_key (key->bytes, PN_KEY_BYTES, 1, purpose_context (purpose),
                              master->bytes);
  return key;
}

GBytes *
pn_seal (const PnSecret *key, const char *context, const PnSecret *plain)
{
  gsize size_bytes = 1 + NONCE_BYTES + plain->size_bytes + MAC_BYTES;
  guint8 *sealed = g_malloc (size_bytes);

  g_assert (key->size_bytes == PN_KEY_BYTES);
  sealed[0] = SEALED_VERSION;
  randombytes_buf (sealed + 1, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + 1 + NONCE_BYTES, NULL, plain->bytes,
                                              plain->size_bytes, (const guint8 *) context,
                                              strlen (context), NULL, sealed + 1, key->bytes);
  return g_bytes_new_take (sealed, size_bytes);
}

PnSecret *
pn_unseal (const PnSecret *key, const char *context, GBytes *sealed, GError **error)
{
  gsize size_bytes;
  const guint8 *bytes = g_bytes_get_data (sealed, &size_bytes);
  g_autoptr (PnSecret) plain = NULL;

  g_assert (key->size_bytes == PN_KEY_BYTES);
  if (bytes != NULL && size_bytes >= 1 + NONCE_BYTES + MAC_BYTES
      && size_bytes <= PN_SECRET_MAX_BYTES && bytes[0] == SEALED_VERSION) {
    plain = secret_alloc (size_bytes - 1 - NONCE_BYTES - MAC_BYTES);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt (
            plain->bytes, NULL, NULL, bytes + 1 + NONCE_BYTES, size_bytes - 1 - NONCE_BYTES,
            (const guint8 *) context, strlen (context), bytes + 1, key->bytes)
        == 0)
      return g_steal_pointer (&plain);
  }
  pn_error_set (error, PN_ERROR_DENIED,
                "the sealed value of \"%s\" does not open with this key file", context);
  return NULL;
}
