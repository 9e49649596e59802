/* Webhooks: other programs are told by an HTTP POST. Owns the tables webhook and webhook_call.
 *
 *   waiting ──claim──► on its way (a lease) ──► done
 *      ▲                   │
 *      └──── back-off ◄────┴──► failed (after a day, or refused for good)
 *
 * A call is ordered in the transaction that creates its reason, under a key: the same order again is no error. It is
 * made at least once; its id stays the same, so that the receiver can drop what it knows. The secret that signs a call
 * is made from the gateway's key and the webhook's salt: nothing secret is stored.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"

#define PN_WEBHOOK_URL_BYTES 1000
#define PN_WEBHOOK_BODY_BYTES (256 * 1024)

typedef struct {
  gint64 id;  /* 0: not stored yet */
  char *name; /* [a-z0-9-]{1,64} */
  char *url;
  guint8 salt[16];
  gboolean is_enabled;
  PnTime created_at;
} PnWebhook;

PnWebhook *pn_webhook_new (const char *name, const char *url); /* (owned) enabled, with a salt */
void pn_webhook_free (PnWebhook *webhook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWebhook, pn_webhook_free)

/* Is it an http(s) address without a name and password in it, and no literal address of a private network, unless its
 * host is one of @allowed (NULL-terminated; may be NULL)? INVALID says what is wrong. What a name resolves to is checked
 * when the call is made. */
gboolean pn_webhook_check_url (const char *url, const char *const *allowed, GError **error);

/* Is @host one of @allowed? */
gboolean pn_webhook_is_allowed (const char *host, const char *const *allowed);

/* Is it an address that only this machine or its neighbours can mean (or nobody)? @bytes: 4 (IPv4) or 16 (IPv6). */
gboolean pn_webhook_is_private (const guint8 *bytes, gsize size_bytes);

/* Inserts or (id set) updates. INVALID, CONFLICT (name taken). Sets the id. */
gboolean pn_webhook_save (PnDb *db, PnWebhook *webhook, const char *const *allowed, GError **error);
gboolean pn_webhook_delete (PnDb *db, gint64 id, GError **error); /* with what waits */
PnWebhook *pn_webhook_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
gboolean pn_webhook_find (PnDb *db, const char *name, PnWebhook **webhook,
                          GError **error); /* (owned) NULL: none */
GPtrArray *pn_webhook_list (PnDb *db,
                            GError **error); /* (owned) of PnWebhook, by name; at most 500 */

/* Returns: (owned) what signs its calls, as text. @key is of PN_KEY_TOKEN. */
char *pn_webhook_secret (const PnWebhook *webhook, const PnSecret *key);

/* Returns: (owned) the signature of @body sent at @at: hex of HMAC-SHA-256 over "SECONDS.BODY" under the secret. */
char *pn_webhook_sign (const char *secret, PnTime at, const char *body);

/* Orders a call, in the caller's transaction. @key names its reason: "escalation:1042:0:1:2". A webhook that is disabled
 * is not called. INVALID for a body over the limit. */
gboolean pn_webhook_order (PnDb *db, gint64 webhook_id, const char *kind, const char *key,
                           gint64 ticket_id, const json_t *body, GError **error);

typedef enum { PN_CALL_WAITING, PN_CALL_DONE, PN_CALL_FAILED } PnCallState;

typedef struct {
  gint64 id;
  char *key; /* 32 hex digits, the same at each attempt */
  gint64 webhook_id;
  gint64 ticket_id; /* 0: none */
  char *kind;
  char *body;
  PnCallState state;
  int attempts;
  gint64 gen;
  PnTime next_at;
  PnTime created_at;
  PnTime done_at;
  int status;   /* of HTTP; 0: none yet */
  char *answer; /* its first words, or what went wrong; NULL */
} PnWebhookCall;
void pn_webhook_call_free (PnWebhookCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWebhookCall, pn_webhook_call_free)

/* Claims up to @limit due calls for a minute. (owned) of PnWebhookCall. */
GPtrArray *pn_webhook_claim (PnDb *db, guint limit, GError **error);

/* How an attempt ended, under the claim: 2xx is done, 410 fails for good, all else is tried again for a day.
 * CONFLICT when the claim was lost. */
gboolean pn_webhook_finish (PnDb *db, const PnWebhookCall *call, int status, const char *answer,
                            GError **error);
gboolean pn_webhook_retry (PnDb *db, gint64 webhook_id, gint64 call_id,
                           GError **error); /* a failed one; CONFLICT. @webhook_id 0: any */
GPtrArray *pn_webhook_calls (PnDb *db, gint64 webhook_id, guint limit,
                             GError **error);       /* (owned) newest first */
const char *pn_call_state_name (PnCallState state); /* "waiting", "done", "failed" */
