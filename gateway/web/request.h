/* Request: what a client asked, checked for its shape and for nothing else.
 *
 * Filled by the server while head and body come in, then read by one handler. Header names are in lower case; a header
 * that came several times is joined with ", " ("cookie" with "; "). The path is as it was sent: ours need no escapes,
 * so nothing is decoded and routes match it byte by byte.
 */
#pragma once

#include "gateway/web/form.h"
#include "gateway/web/router.h"

typedef struct {
  PnMethod method;
  gboolean is_head; /* HEAD: method is GET, the server leaves the body out */
  char *path;
  char *raw_query;      /* "" when there is none */
  GHashTable *headers;  /* char * -> char * */
  char *client;         /* the address of who asks, behind proxies of ours too; never a name */
  gboolean is_local;    /* client is this machine, and no proxy stands between */
  gboolean is_secure;   /* came by TLS, as far as a proxy of ours says */
  const PnRoute *route; /* (borrowed) NULL: none */
  guint near;           /* PnRouteFlags, of the nearest route where none is found */
  PnRouteMatch match;
  PnForm *query;
  PnForm *form;      /* never NULL in handlers */
  char *body_digest; /* 64 hex digits */
  char id[9];        /* for the log and error pages */
  gint64 started_at; /* monotonic */
} PnRequest;

PnRequest *pn_request_new (void); /* (owned) */
void pn_request_free (PnRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRequest, pn_request_free)

/* Returns: the value of the header @name (lower case), or NULL. */
const char *pn_request_header (const PnRequest *request, const char *name);

/* Returns: (owned) the cookie @name; NULL when there is none, or more than one. */
char *pn_request_cookie (const PnRequest *request, const char *name);

/* Returns: (owned) the names of the first 64 cookies that begin with @prefix, NULL at the end. */
char **pn_request_cookie_names (const PnRequest *request, const char *prefix);

/* Adds a header as it came; see above. */
void pn_request_add_header (PnRequest *request, const char *name, gsize name_bytes,
                            const char *value, gsize value_bytes);

/* Sets path and raw_query from a request's target. */
void pn_request_set_target (PnRequest *request, const char *target);

/* Does "Accept-Encoding" allow gzip? */
gboolean pn_request_takes_gzip (const PnRequest *request);

/* Who asks: @peer is the other end of the connection. Headers of proxies count only when @peer is one of @proxies
 * (addresses or networks, "10.0.0.0/8"; "unix" is a Unix socket). Sets client, is_local and is_secure; the client is the
 * last address in X-Forwarded-For that is no proxy of ours. */
void pn_request_set_client (PnRequest *request, const char *peer, const char *const *proxies);

/* Returns: TRUE when @address lies in one of @networks. */
gboolean pn_address_in (const char *address, const char *const *networks);
