#include "ticketing/core/token.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_VERSION 1
#define HEAD_BYTES (1 + 8 + 4)
#define MAC_BYTES 12
#define TOKEN_BYTES (HEAD_BYTES + MAC_BYTES)
#define DOMAIN "postern token 1"

G_STATIC_ASSERT (TOKEN_BYTES * 8 == PN_TOKEN_CHARACTERS * 5);

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void
pn_token_mac (const PnSecret *key, const char *context, const void *bytes, gsize size_bytes,
              guint8 mac[PN_TOKEN_MAC_BYTES])
{
  crypto_generichash_state state;

  /* The context goes in with its NUL, so that it cannot run over into the bytes. */
  crypto_generichash_init (&state, pn_secret_bytes (key), pn_secret_size (key), PN_TOKEN_MAC_BYTES);
  crypto_generichash_update (&state, (const guint8 *) context, strlen (context) + 1);
  crypto_generichash_update (&state, bytes, size_bytes);
  crypto_generichash_final (&state, mac, PN_TOKEN_MAC_BYTES);
  sodium_memzero (&state, sizeof state);
}

char *
pn_token_base64url (const guint8 *bytes, gsize size_bytes)
{
  const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const gsize room = sodium_base64_encoded_len (size_bytes, variant);

  return sodium_bin2base64 (g_malloc (room), room, bytes, size_bytes, variant);
}

gboolean
pn_token_equal (const guint8 *a, const guint8 *b, gsize size_bytes)
{
  return sodium_memcmp (a, b, size_bytes) == 0;
}

static void
write_base32 (const guint8 bytes[TOKEN_BYTES], char text[PN_TOKEN_CHARACTERS + 1])
{
  for (guint i = 0; i < PN_TOKEN_CHARACTERS; i++) {
    guint value = 0;

    for (guint bit = 5 * i; bit < 5 * i + 5; bit++)
      value = value << 1 | ((guint) (bytes[bit / 8] >> (7 - bit % 8)) & 1);
    text[i] = alphabet[value];
  }
  text[PN_TOKEN_CHARACTERS] = '\0';
}

static gboolean
read_base32 (const char *text, guint8 bytes[TOKEN_BYTES])
{
  memset (bytes, 0, TOKEN_BYTES);
  for (guint i = 0; i < PN_TOKEN_CHARACTERS; i++) {
    const char *found = text[i] != '\0' ? strchr (alphabet, g_ascii_tolower (text[i])) : NULL;
    guint value = 0;

    if (found == NULL)
      return FALSE;
    value = (guint) (found - alphabet);
    for (guint bit = 0; bit < 5; bit++) {
      guint place = 5 * i + bit;

      bytes[place / 8] |= (guint8) ((value >> (4 - bit) & 1) << (7 - place % 8));
    }
  }
  return text[PN_TOKEN_CHARACTERS] == '\0';
}

char *
pn_token_make (const PnSecret *key, PnTokenPurpose purpose, gint64 id, PnTime expiry)
{
  guint8 bytes[TOKEN_BYTES];
  guint8 mac[PN_TOKEN_MAC_BYTES];
  guint64 id_bits = GUINT64_TO_BE ((guint64) id);
  /* Rounded up, so that no token ends before its time; never to 0, which would be for ever. */
  guint32 seconds =
      expiry == 0 ? 0
                  : (guint32) CLAMP ((expiry + PN_SECOND - 1) / PN_SECOND, 1, (gint64) G_MAXUINT32);
  guint32 expiry_bits = GUINT32_TO_BE (seconds);
  char *text = g_malloc (PN_TOKEN_CHARACTERS + 1);

  g_assert ((guint) purpose < 16);
  bytes[0] = (guint8) (TOKEN_VERSION << 4 | (guint) purpose);
  memcpy (bytes + 1, &id_bits, sizeof id_bits);
  memcpy (bytes + 9, &expiry_bits, sizeof expiry_bits);
  pn_token_mac (key, DOMAIN, bytes, HEAD_BYTES, mac);
  memcpy (bytes + HEAD_BYTES, mac, MAC_BYTES);
  write_base32 (bytes, text);
  return text;
}

gboolean
pn_token_read (const PnSecret *key, PnTokenPurpose purpose, const char *text, PnTime now,
               gint64 *id)
{
  guint8 bytes[TOKEN_BYTES];
  guint8 mac[PN_TOKEN_MAC_BYTES];
  guint64 id_bits = 0;
  guint32 expiry_bits = 0;

  if (text == NULL || !read_base32 (text, bytes))
    return FALSE;
  pn_token_mac (key, DOMAIN, bytes, HEAD_BYTES, mac);
  if (!pn_token_equal (mac, bytes + HEAD_BYTES, MAC_BYTES))
    return FALSE;
  if (bytes[0] != (TOKEN_VERSION << 4 | (guint) purpose))
    return FALSE;
  memcpy (&id_bits, bytes + 1, sizeof id_bits);
  memcpy (&expiry_bits, bytes + 9, sizeof expiry_bits);
  if (expiry_bits != 0 && (gint64) GUINT32_FROM_BE (expiry_bits) * PN_SECOND < now)
    return FALSE;
  *id = (gint64) GUINT64_FROM_BE (id_bits);
  return TRUE;
}

char *
pn_token_random (void)
{
  guint8 bytes[PN_TOKEN_RANDOM_CHARACTERS / 2];
  char *text = g_malloc (PN_TOKEN_RANDOM_CHARACTERS + 1);

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2hex (text, PN_TOKEN_RANDOM_CHARACTERS + 1, bytes, sizeof bytes);
  sodium_memzero (bytes, sizeof bytes);
  return text;
}
