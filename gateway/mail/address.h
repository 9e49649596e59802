/* Addresses: reads address lists as people's programs write them, not only as RFC 5322 has them.
 *
 *   list    = mailbox *( ("," / ";") mailbox ) ;  groups "name: a, b;" give their members
 *   mailbox = name "<" addr ">" / addr "(" name ")" / addr
 *
 * Tolerated: no angle bracket or a stray one, quotes that never end, unquoted commas in names ("Doe, John <j@x>"),
 * spaces in addresses, "mailto:", nested groups. No recursion, linear in the size of the text. Pure; any thread.
 */
#pragma once

#include <glib.h>

#include "ticketing/core/mail.h"

#define PN_ADDRESS_LIST_MAX 1000

/* Returns: (owned) array of PnAddress (it frees them), at most PN_ADDRESS_LIST_MAX. @text is UTF-8 whose RFC 2047 words
 * are not decoded yet (they may hide commas); bytes that are not UTF-8 are replaced. */
GPtrArray *pn_address_read_list (const char *text);

/* Returns: (owned) the first mailbox that has an address, else the first at all; empty when there is none. */
PnAddress *pn_address_read (const char *text);

/* Returns: TRUE when @address is one local part, one @ and a plausible domain. */
gboolean pn_address_is_valid (const char *address);

/* Returns: the domain in @address, "" when there is none. */
const char *pn_address_domain (const char *address);
