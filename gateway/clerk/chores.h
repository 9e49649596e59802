/* Chores: what the clerk does beside filing and letters, from one table in chores.c.
 *
 * A chore does a small portion in transactions of its own and says how much it did; while there is more, it is called
 * again after the mail that came meanwhile. It is safe beside the same chore of another clerk, and may be killed at any
 * point: what it has to do stands in the database.
 */
#pragma once

#include "gateway/clerk/webhook_send.h"
#include "ticketing/blob_sweep.h"
#include "ticketing/clock_guard.h"
#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"
#include "ticketing/turn.h"

typedef struct {
  PnDb *db;
  const PnSecret *key;       /* of PN_KEY_TOKEN */
  const char *owner;         /* of leases: unlike that of any other process */
  const char *site_url;      /* without a slash at its end */
  PnWebhookSender *webhooks; /* NULL: calls are left to others */
  PnClockGuard *guard;       /* NULL: the clock is trusted */
  PnBlobSweep *sweep;        /* NULL: blobs are left to others */
  PnTurns *turns;            /* looked at before the round; NULL: there is no other clerk */
} PnChoreContext;

/* A portion of marks behind which there are more: one clerk's turn (ticketing/turn.h). */
#define PN_CHORES_MUCH 16

typedef struct PnChores PnChores; /* when each was done last. One thread. */

PnChores *pn_chores_new (void); /* (owned) */
void pn_chores_free (PnChores *chores);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnChores, pn_chores_free)

/* Does each chore that is due once; one that fails does not keep the others from their work.
 * @done: how much there was to do; 0: nothing waits. Returns: FALSE with the first error. */
gboolean pn_chores_round (PnChores *chores, const PnChoreContext *context, guint *done,
                          GError **error);
