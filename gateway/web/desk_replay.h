/* Replays on the desk, for the pages that order one or tell of some. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/replay.h"

json_t *pn_desk_replay_show (const PnReplay *replay); /* (owned) pn_replay_write () and "url" */

/* Replays of rules are for admins; one of a policy is for who ordered it too, as long as they see its queues. */
gboolean pn_desk_replay_may_see (const PnCall *call, const PnReplay *replay);
