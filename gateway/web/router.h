/* Router: which handler answers a path. Routes are static tables (routes.c); a path matches byte by byte.
 *
 *   pattern  /desk/tickets/{id}/replies
 *   {id}     1 .. 999999999999999999 without leading zeros       {name}  [a-z0-9][a-z0-9-]{0,63}
 *   {token}  40 of a-z 2-7, in any case                          {file}  [A-Za-z0-9][A-Za-z0-9._-]{0,99}
 *
 * What is not matched does not exist: no decoding, no dots, no trailing slash.
 */
#pragma once

#include <glib.h>

typedef enum { PN_METHOD_GET, PN_METHOD_POST, PN_METHOD_PATCH, PN_METHOD_OTHER } PnMethod;

/* Who may ask at all. What they may see of what they ask for, handlers decide through ticketing/access. */
typedef enum {
  PN_WHO_ANYONE,
  PN_WHO_CUSTOMER, /* came by a mailed link; the cookie names one ticket */
  PN_WHO_STAFF,
  PN_WHO_LEAD, /* lead or admin */
  PN_WHO_ADMIN,
} PnWho;

typedef enum {
  PN_ROUTE_API = 1,     /* Bearer token instead of the cookie; JSON documents */
  PN_ROUTE_UPLOAD = 2,  /* the body may be as large as uploads may be */
  PN_ROUTE_QUIET = 4,   /* no line in the access log: probes */
  PN_ROUTE_STREAM = 8,  /* the answer stays open */
  PN_ROUTE_FRAME = 16,  /* shown in a frame of our own pages */
  PN_ROUTE_MAILED = 32, /* people come by a mailed link, or in the visit that one began */
  PN_ROUTE_EMBED =
      64, /* a form that other sites may show in a frame, where the query says "frame" */
} PnRouteFlags;

typedef struct PnCall PnCall;
typedef void (*PnHandler) (PnCall *call);

typedef struct {
  PnMethod method;
  const char *pattern;
  PnHandler handler;
  PnWho who;
  guint flags;
  const char *query; /* the names that may come in the query, with blanks between; NULL: none */
  const char *form;  /* the same for the body */
} PnRoute;

typedef struct {
  gint64 id;  /* 0: none */
  char *name; /* of {name}, {token} or {file}; NULL */
} PnRouteMatch;

void pn_route_match_clear (PnRouteMatch *match);

/* Does @path match @pattern? @match is set on success only. */
gboolean pn_route_matches (const char *pattern, const char *path, PnRouteMatch *match);

/* Returns: the route, or NULL; then @is_known tells whether the path exists for another method. */
const PnRoute *pn_router_find (const PnRoute *routes, gsize n_routes, PnMethod method,
                               const char *path, PnRouteMatch *match, gboolean *is_known);

/* Returns: the flags of the route whose beginning, up to its first field, is the longest that @path has: what a path that
 * no route matches was probably meant to be. */
guint pn_router_flags_near (const PnRoute *routes, gsize n_routes, const char *path);

PnMethod pn_method_read (const char *name);
const char *pn_method_name (PnMethod method);
