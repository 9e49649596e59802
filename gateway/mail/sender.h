/* Sender: whether the receiving server vouches for the address in From (RFC 8601, DMARC's alignment).
 *
 * Believed is only an Authentication-Results field with a configured authserv-id, only the topmost such field, and only
 * while no Received line of another host stands above it: below that line anybody may have written it.
 *
 *   pass  dmarc=pass; or no word about DMARC but dkim=pass with d= aligned, or spf=pass with MAIL FROM aligned
 *   fail  dmarc=fail
 *   none  everything else; always with several From addresses
 *
 * Takes raw values: decoded ones could hold what only looks like a result. Pure; any thread.
 */
#pragma once

#include "ticketing/core/mail.h"

/* @fields: of PnHeader, topmost first, values from pn_mime_header_utf8 (), their RFC 2047 words not decoded. @authserv_ids: separated by commas or spaces;
 * NULL gives PN_VERDICT_NONE. @from: the address in From. */
PnVerdict pn_sender_judge (const GPtrArray *fields, const char *authserv_ids, const char *from);

/* Returns: TRUE when @a and @b are of one organisation as far as can be told without a list of public suffixes: equal,
 * or one below the other and that one not a public suffix such as co.uk. */
gboolean pn_sender_is_aligned (const char *a, const char *b);
