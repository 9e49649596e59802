/* Visit: a customer came by a mailed link, which was exchanged for a cookie. Each ticket has a cookie of its own, so that
 * links to several of them work side by side; one more is for all tickets of an address.
 *
 *   cookies   __Host-postern-my-TICKET   one ticket, for an hour
 *             __Host-postern-my          all tickets of an address (TICKET is 0), likewise
 *   value     name "." expiry "." MAC
 *   name      TICKET "." who "." nonce, from which the CSRF token is derived; who is a hash of the address, or for all
 *             tickets the address in hex
 *
 * A visit opens what its own value names and nothing else, whatever its cookie is called. Entering by a link again prolongs
 * it and keeps its name, so that forms in other tabs stay good. A browser brings at most 8 visits along: those that ended,
 * and then the oldest, are taken from it when it enters again.
 */
#pragma once

#include "gateway/web/call.h"

#define PN_VISIT_LIFE PN_HOUR
#define PN_VISITS 8

/* Begins a visit of @address to a ticket; 0: to all that it takes part in. */
void pn_visit_begin (PnCall *call, gint64 ticket_id, const char *address);

/* Finds the visit for the ticket that the request names in its path, or as "ticket" in its query; none named: to all. The
 * one that a form was made in, else the newer one. Sets customer_ticket, customer_has_all, customer_address, customer_name
 * and, to the visit's name, cookie. NOT_FOUND: there is none, it ended, its links were called back, or the address takes
 * no part any more. */
gboolean pn_visit_find (PnCall *call, GError **error);

/* Returns: (owned) the name in a cookie's @value, which is not checked; NULL when it has none. */
char *pn_visit_name (const char *value);
