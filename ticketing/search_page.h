/* Search pages: the rows that decide and the rows that are shown, read by id in batches. */
#pragma once

#include "ticketing/search_list.h"

/* What the names in a query mean here, and what the caller may see. */
typedef struct {
  const PnAccess *access;
  const PnSearchQuery *query;
  GArray *queues;    /* of gint64; NULL: every queue */
  GArray *assignees; /* of gint64, 0: nobody; NULL: any */
} PnSearchScope;

#define PN_SEARCH_BATCH 64

/* Of @ids (at most PN_SEARCH_BATCH) keeps those that @scope wants, in their order. */
gboolean pn_search_page_filter (PnDb *db, const PnSearchScope *scope, GArray *ids, GError **error);

/* Returns: (owned) of PnSearchHit, in the order of @ids. */
GPtrArray *pn_search_page_load (PnDb *db, const GArray *ids, GError **error);
