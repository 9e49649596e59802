/* Nav: what every page of a person is given beside its own: user, CSRF token, navigation with counts, flash. */
#pragma once

#include "gateway/web/call.h"

/* Sets "page" of @document. */
gboolean pn_nav_add_page (PnCall *call, json_t *document, GError **error);

/* The same for a page that says what could not be done: nothing of what was asked for is looked at. */
gboolean pn_nav_add_problem_page (PnCall *call, json_t *document, GError **error);
