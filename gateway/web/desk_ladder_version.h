/* The versions of a ladder, as its page and the API show them. */
#pragma once

#include "gateway/web/call.h"

/* Returns: (owned) the newest first: [{"version", "at", "agent": name or null, "ladder": as it was, with ids, "difference":
 * show_difference.h, to the one before}]. Needs pn_show_load (). */
json_t *pn_desk_ladder_versions (PnCall *call, gint64 ladder_id, GError **error);
