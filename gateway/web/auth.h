/* Auth: who asks. Sessions of staff and of customers by cookie, API tokens by header; and that a change was asked for by
 * our own page and not by another site (CSRF).
 *
 *   cookies   __Host-postern     staff: a random session (ticketing/session)
 *             __Host-postern-my, __Host-postern-my-TICKET  customers: their visits (visit.h)
 *             __Host-postern-language  what a visitor chose
 *             Secure HttpOnly SameSite=Lax; where the url is plain http (loopback) without "__Host-" and Secure, which
 *             browsers refuse there
 *   CSRF      a token derived from the session's cookie or the visit's name, masked anew for each page (a compressed page
 *             that shows a fixed secret beside a stranger's text gives it away), and Sec-Fetch-Site or Origin must not be another site's
 */
#pragma once

#include "gateway/web/call.h"

/* Sets agent, access, cookie as the route asks. FALSE: answered already. */
gboolean pn_auth_check (PnCall *call);

/* Sets the same where somebody of staff is logged in, and answers nothing: for what is not there. */
void pn_auth_look (PnCall *call);

/* Was this change asked for by a page of ours? FALSE: answered already. */
gboolean pn_auth_check_origin (PnCall *call);

/* Returns: (owned) a token for forms; NULL without a cookie. */
char *pn_auth_csrf (const PnCall *call);

/* Is @token one that pn_auth_csrf () made for that cookie? NULL is none. */
gboolean pn_auth_is_csrf (const PnCall *call, const char *cookie, const char *token);

void pn_auth_set_staff_cookie (PnCall *call, const char *session); /* NULL: ends it */

/* The language that a visitor chose, for half a year: no more than that is in it. */
void pn_auth_set_language_cookie (PnCall *call, const char *language);

/* Returns: (owned) the language that the caller chose before; NULL for none. */
char *pn_auth_chosen_language (const PnCall *call);

/* May passwords be asked for here? Not over plain HTTP from another machine. */
gboolean pn_auth_is_protected (const PnCall *call);

/* Returns: (owned) @next if it is a path of the desk, else "/desk". */
char *pn_auth_safe_next (const char *next);
