/* Secrets: bytes that are wiped when freed, the key file they hang from, and sealing.
 *
 *   key file  (32 random bytes in hex, mode 0600)
 *      └── one key a purpose, derived (BLAKE2b KDF): a process is given those it needs, never the file's own
 *   sealed  = version 1 (1 byte) · nonce (24) · XChaCha20-Poly1305 of the plain bytes
 *
 * Sealing binds a context ("mailbox 7 imap"): a sealed value copied to another row does not open there.
 * Secrets are never logged and never formatted. Any thread may use these functions.
 */
#pragma once

#include <glib.h>

typedef struct PnSecret PnSecret;

typedef enum {
  PN_KEY_SEAL,  /* mailbox passwords, webhook secrets, TOTP seeds */
  PN_KEY_TOKEN, /* signed tokens (token.h) */
} PnKeyPurpose;

#define PN_KEY_BYTES 32
#define PN_SECRET_MAX_BYTES (64 * 1024)

/* Once a process, before any other function of secret.h, password.h and token.h, and before threads. */
void pn_secret_library_start (void);

PnSecret *pn_secret_new (const void *bytes, gsize size_bytes); /* (owned) copies */
PnSecret *pn_secret_new_text (const char *text);   /* (owned) copies; NULL counts as "" */
PnSecret *pn_secret_new_random (gsize size_bytes); /* (owned) */
void pn_secret_free (PnSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSecret, pn_secret_free)

const guint8 *pn_secret_bytes (const PnSecret *secret);
gsize pn_secret_size (const PnSecret *secret);

/* Returns: its bytes as text; a NUL always follows them. */
const char *pn_secret_text (const PnSecret *secret);

/* In a time that tells only the sizes. */
gboolean pn_secret_equal (const PnSecret *a, const PnSecret *b);

/* Overwrites @bytes so that the compiler cannot leave it out. */
void pn_secret_wipe (void *bytes, gsize size_bytes);

/* Fills @bytes from the system's random source. */
void pn_secret_random (void *bytes, gsize size_bytes);

/* Makes a new key file, mode 0600. CONFLICT when it exists already. */
gboolean pn_key_make_file (const char *path, GError **error);

/* Returns: (owned) the key in the file; NULL with NOT_FOUND, INVALID when it is damaged, DENIED when others than its
 * owner may read it. */
PnSecret *pn_key_load_file (const char *path, GError **error);

/* Returns: (owned) the key for @purpose. */
PnSecret *pn_key_derive (const PnSecret *master, PnKeyPurpose purpose);

/* Returns: (owned) @plain sealed with @key (of PN_KEY_SEAL) for @context. */
GBytes *pn_seal (const PnSecret *key, const char *context, const PnSecret *plain);

/* Returns: (owned) the plain bytes; NULL with DENIED when @sealed was not sealed with @key for @context. */
PnSecret *pn_unseal (const PnSecret *key, const char *context, GBytes *sealed, GError **error);
