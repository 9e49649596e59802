/* Nav: what every page of a person is given beside its own: user, CSRF token, navigation with counts, flash. */
#pragma once

#include "gateway/web/call.h"

/* Sets "page" of @document. */
gboolean pn_nav_add_page (PnCall *call, json_t *document, GError **error);
