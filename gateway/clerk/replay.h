/* Replays at work (ticketing/replay.h), of every kind: for the clerk's chores, and for commands that do not wait for it. */
#pragma once

#include "ticketing/replay.h"

/* As pn_replay_work (). */
gboolean pn_replays_work (PnDb *db, gint64 id, guint *done, GError **error);

/* As pn_replay_sweep (). */
gboolean pn_replays_sweep (PnDb *db, GError **error);
