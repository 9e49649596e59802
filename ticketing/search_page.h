/* Search pages: the rows that decide and the rows that are shown, read by id in batches. */
#pragma once

#include "ticketing/search_list.h"

/* What the names in a query mean here and now, and what the caller may see. */
typedef struct {
  const PnAccess *access;
  const PnSearchQuery *query;
  PnTime now;
  GArray *queues;        /* of gint64; NULL: every queue */
  GArray *assignees;     /* of gint64, 0: nobody; NULL: any */
  GArray *organisations; /* of gint64, 0: none; NULL: any */
} PnSearchScope;

#define PN_SEARCH_BATCH 64

/* Of @ids (at most PN_SEARCH_BATCH) keeps those that @scope wants, in their order. */
gboolean pn_search_page_filter (PnDb *db, const PnSearchScope *scope, GArray *ids, GError **error);

/* Returns: (owned) id, last change and urgency of the PN_SEARCH_BATCH tickets of @ids from @first on. */
PnRows *pn_search_page_orders (PnDb *db, const GArray *ids, guint first, GError **error);

/* Returns: (owned) of PnSearchHit, in the order of @ids. */
GPtrArray *pn_search_page_load (PnDb *db, const GArray *ids, GError **error);
