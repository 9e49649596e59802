/* Webhook calls on their way: libcurl, many at once, never waited for longer than a moment.
 *
 *   POST url
 *   Content-Type         application/json
 *   X-Postern-Event      what happened: "escalation"
 *   X-Postern-Delivery   32 hex digits, the same at each attempt: drop what you know
 *   X-Postern-Timestamp  seconds since 1970
 *   X-Postern-Signature  sha256=hex of HMAC-SHA-256 over "TIMESTAMP.BODY" under the webhook's secret
 *
 * Redirects are not followed, no proxy is asked. The address of each socket is looked at before it is connected: a name
 * that leads into a private network is refused, unless its host is allowed (TRUST.md rows 45 and 46). One thread.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"

typedef struct PnWebhookSender PnWebhookSender;

/* @allowed: hosts that may be private, NULL-terminated (borrowed); @key: of PN_KEY_TOKEN (borrowed). (owned) */
PnWebhookSender *pn_webhook_sender_new (const char *const *allowed, const PnSecret *key);
void pn_webhook_sender_free (PnWebhookSender *sender); /* what is on its way is tried again later */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWebhookSender, pn_webhook_sender_free)

/* Starts what is due, looks a moment after what is on its way, and notes what came of it. @done: started and ended. */
gboolean pn_webhook_sender_round (PnWebhookSender *sender, PnDb *db, guint *done, GError **error);
