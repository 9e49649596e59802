/* Search scopes: what the names in a query mean here and now, and the small sets of tickets that due: and organisation:
 * ask for. A set with more than PN_SEARCH_SET_MAX tickets is none: what is that frequent is met soon by looking through
 * the others in their order.
 */
#pragma once

#include "ticketing/search_page.h"

#define PN_SEARCH_SET_MAX 4096

/* Looks the names of the scope's query up; INVALID says what there is no such thing of. */
gboolean pn_search_scope_resolve (PnDb *db, PnSearchScope *scope, GError **error);
void pn_search_scope_clear (PnSearchScope *scope);

/* @ids: (owned) of gint64, a superset of what is wanted, in no order, some of them twice; NULL: not asked for, or too
 * many. */
gboolean pn_search_set_due (PnDb *db, const PnSearchScope *scope, GArray **ids, GError **error);
gboolean pn_search_set_organisations (PnDb *db, const PnSearchScope *scope, GArray **ids,
                                      GError **error);

/* (owned) of PnSearchKey: @ids in the order of ids, of last change, or of urgency. */
GArray *pn_search_set_keys (const GArray *ids, int sign);
GArray *pn_search_set_load_keys (PnDb *db, const GArray *ids, gboolean is_urgent, int sign,
                                 GError **error);
