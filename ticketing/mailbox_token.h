/* Mailbox tokens: how a mailbox logs in where its server takes no password.
 *
 *   client    who asks (client_id, a secret), where (token_url), for what (scope)
 *   grant     a refresh token that a person gave, or the client's own right
 *   access    what the mail server sees; all roles of all nodes share it until it expires
 *
 * Some providers give a new refresh token with each renewal and take all back when an old one comes again. Who renews
 * therefore holds the row's lease, and what was renewed counts only while nobody changed the row (gen).
 * Everything secret is sealed for its mailbox and its place. Owns the table mailbox_token.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"
#include "ticketing/mailbox.h"

typedef enum {
  PN_GRANT_REFRESH = 1, /* a person signed in */
  PN_GRANT_CLIENT = 2,  /* client credentials */
} PnGrant;

typedef enum { PN_TOKEN_CLIENT_SECRET, PN_TOKEN_REFRESH, PN_TOKEN_ACCESS } PnTokenPart;

typedef struct {
  gint64 mailbox_id;
  PnGrant grant;
  char *token_url;
  char *authorize_url; /* "" : the provider has none, or it is not used */
  char *device_url;    /* the same */
  char *client_id;
  char *scope;
  GBytes *sealed[PN_TOKEN_ACCESS + 1]; /* by PnTokenPart; NULL: none */
  PnTime expires_at;                   /* of the access token; 0: it is not to be used */
  gint64 gen;                          /* 0: not stored yet */
  PnTime lease_until;
} PnMailboxToken;

PnMailboxToken *pn_mailbox_token_new (gint64 mailbox_id); /* (owned) every text is "" */
void pn_mailbox_token_free (PnMailboxToken *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMailboxToken, pn_mailbox_token_free)

/* @key: of PN_KEY_SEAL. @plain NULL or empty: none. */
void pn_mailbox_token_put (PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                           PnTokenPart part, const PnSecret *plain);
/* Returns: (owned) what was put; an empty one where there is none; NULL with DENIED and a sentence when it was sealed under
 * another key file. */
PnSecret *pn_mailbox_token_open (const PnMailboxToken *token, const PnSecret *key,
                                 const PnMailbox *mailbox, PnTokenPart part, GError **error);

/* (owned) NULL: the mailbox has none. */
gboolean pn_mailbox_token_find (PnDb *db, gint64 mailbox_id, PnMailboxToken **token,
                                GError **error);

/* Inserts or replaces the whole row and ends any lease. INVALID names the field that is too long or missing. */
gboolean pn_mailbox_token_save (PnDb *db, PnMailboxToken *token, GError **error);
gboolean pn_mailbox_token_remove (PnDb *db, gint64 mailbox_id, GError **error);

/* Takes the lease until @until. @is_ours: FALSE when another holds it, or changed the row since @token was read. */
gboolean pn_mailbox_token_lease (PnDb *db, PnMailboxToken *token, PnTime until, gboolean *is_ours,
                                 GError **error);
/* Stores refresh and access token and the expiry of a @token that was leased, and ends the lease. CONFLICT when the row was
 * changed since. */
gboolean pn_mailbox_token_renewed (PnDb *db, PnMailboxToken *token, GError **error);
/* Ends the lease without a new token. */
gboolean pn_mailbox_token_let_go (PnDb *db, const PnMailboxToken *token, GError **error);

/* The mail server refused the access token: it is not used again. */
gboolean pn_mailbox_token_spoil (PnDb *db, gint64 mailbox_id, GError **error);
