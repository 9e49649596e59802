/* Once: what a form or an API call asks for happens once, however often it is sent (TRUST.md 5.4). Pages bring a key in
 * the field "op", API calls may bring one in the header Idempotency-Key; keys of different callers do not meet. */
#pragma once

#include "gateway/web/call.h"

typedef struct {
  char *scope;        /* "agent:7", "customer:1042" */
  char *key;          /* NULL: none came, nothing is remembered */
  GString *body;      /* what must be the same for the key to be the same */
  char *result;       /* what pn_once_finish () stored the first time; NULL: this is the first */
  gboolean is_reused; /* the key came with another body: CONFLICT */
} PnOnce;

/* Reads the key of the call. @uploads (of PnStoredAttachment; NULL: none) count to the body. FALSE: answered already. */
gboolean pn_once_init (PnOnce *once, PnCall *call, const GPtrArray *uploads);
void pn_once_clear (PnOnce *once);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnOnce, pn_once_clear)

/* First and last statement of the transaction. After the first, a result means: done already, return TRUE. */
gboolean pn_once_begin (PnOnce *once, PnDb *db, GError **error);
gboolean pn_once_finish (PnOnce *once, PnDb *db, const char *result, GError **error);

char *pn_once_new_key (void); /* (owned) for a form */
