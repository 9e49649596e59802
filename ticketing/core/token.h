/* Tokens: what proves that we wrote something ourselves, and what proves nothing but was handed to one person.
 *
 * Signed tokens carry an id and need no row. 40 lower-case characters of base32 (a-z, 2-7), read in any case because
 * mail systems change it:
 *
 *   bits 0-3 version (1) · 4-7 purpose · 64 id · 32 expiry (seconds since 1970; 0 = never) · 96 MAC
 *   MAC = keyed BLAKE2b over all before it
 *
 * A token of one purpose is never accepted for another, nor is any other version or key: a key that was replaced is
 * gone. A token proposes; what its bearer may do is decided when it is used.
 *
 * Random tokens (keys of operations, what a form was shown with) are 128 random bits in hex.
 * Any thread may call.
 */
#pragma once

#include <glib.h>

#include "ticketing/core/clock.h"
#include "ticketing/core/secret.h"

#define PN_TOKEN_CHARACTERS 40
#define PN_TOKEN_RANDOM_CHARACTERS 32
#define PN_TOKEN_MAC_BYTES 32

typedef enum {
  PN_TOKEN_REPLY = 1,  /* in the reply address: id = ticket */
  PN_TOKEN_BOUNCE,     /* in the envelope sender: id = outbox row */
  PN_TOKEN_MESSAGE_ID, /* in our Message-ID: id = outbox row */
  PN_TOKEN_TICKET, /* link to a customer's ticket page: id = participant or ticket, as its user says */
  PN_TOKEN_SOLVED,        /* "this solved it": id = message */
  PN_TOKEN_PERSON_PLEASE, /* "no, a person please": id = message */
  PN_TOKEN_SAME_TICKET,   /* "yes, same ticket": id = link */
  PN_TOKEN_SURVEY,        /* id = survey */
  PN_TOKEN_UNSUBSCRIBE,   /* id = person */
  PN_TOKEN_PERSON,        /* log-in of a person on the help centre: id = person */
  PN_TOKEN_CSRF,          /* id = session */
  PN_TOKEN_FORM,          /* a form that was shown: id = form */
  PN_TOKEN_ATTACHMENT,    /* link to an attachment: id = attachment */
  PN_TOKEN_IDENTITY,      /* X-Postern-Id on all mail of ours: id = outbox row */
  PN_TOKEN_AGENT,         /* in the reply address of a notice: id = outbox row, and so its reader */
} PnTokenPurpose;

/* @key is of PN_KEY_TOKEN. @expiry 0: never.
 * Returns: (owned) PN_TOKEN_CHARACTERS characters. */
char *pn_token_make (const PnSecret *key, PnTokenPurpose purpose, gint64 id, PnTime expiry);

/* Reads what a stranger sent; @text may be NULL. @id is set on success only.
 * Returns: FALSE when we did not make it for @purpose, or it has expired at @now. */
gboolean pn_token_read (const PnSecret *key, PnTokenPurpose purpose, const char *text, PnTime now,
                        gint64 *id);

/* Returns: (owned) PN_TOKEN_RANDOM_CHARACTERS hex digits. */
char *pn_token_random (void);

/* A MAC of @bytes under @key for @context, for what has no id (keyed BLAKE2b). */
void pn_token_mac (const PnSecret *key, const char *context, const void *bytes, gsize size_bytes,
                   guint8 mac[PN_TOKEN_MAC_BYTES]);

/* Returns: (owned) @bytes in base64url without padding (RFC 4648, 5). */
char *pn_token_base64url (const guint8 *bytes, gsize size_bytes);

/* Constant time. */
gboolean pn_token_equal (const guint8 *a, const guint8 *b, gsize size_bytes);
