/* Organisations on the desk: what other pages say of a person's organisation. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/organisation.h"

/* Returns: (owned) {"id", "name", "service_level", "note", "url", "by_hand", …}, or null: none. NULL: an error. */
json_t *pn_desk_show_organisation (PnCall *call, gint64 person_id, GError **error);
