/* Limits: how often one client may do what costs, in this process. Buckets that fill again with time, by client (an IPv6
 * client is its /64). What must hold over all nodes (letters to an address, wrong passwords) is counted in the
 * database (ticketing/rate, ticketing/agent). Any thread may call.
 */
#pragma once

#include <glib.h>

typedef struct PnLimit PnLimit;

typedef enum {
  PN_LIMIT_ANY,      /* requests of any kind */
  PN_LIMIT_LOGIN,    /* tries to log in */
  PN_LIMIT_FORM,     /* public forms sent */
  PN_LIMIT_UNPROVEN, /* those without a proof of work */
  PN_LIMIT_UPLOAD,   /* bodies with files */
  PN_LIMIT_TOKEN,    /* links and tokens that are wrong */
} PnLimitKind;
#define PN_LIMIT_KINDS 6

PnLimit *pn_limit_new (void); /* (owned) */
void pn_limit_free (PnLimit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnLimit, pn_limit_free)

/* Takes one from the bucket of @client. FALSE: it is empty. */
gboolean pn_limit_take (PnLimit *limit, PnLimitKind kind, const char *client);

/* As pn_limit_take () without taking. */
gboolean pn_limit_has (PnLimit *limit, PnLimitKind kind, const char *client);
