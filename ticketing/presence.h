/* Presence: what an agent says about being there. Owns the table presence.
 *
 * What was set until an instant ends then by itself: the agent is available again. Who never said anything is available.
 */
#pragma once

#include "ticketing/core/db.h"

typedef enum { PN_PRESENCE_AVAILABLE, PN_PRESENCE_AWAY, PN_PRESENCE_OFF } PnPresenceState;

typedef struct {
  gint64 agent_id;
  PnPresenceState state;
  PnTime until;  /* 0: until it is changed */
  PnTime set_at; /* 0: never */
} PnPresence;

/* @until 0: until it is changed; in the past: INVALID. */
gboolean pn_presence_set (PnDb *db, gint64 agent_id, PnPresenceState state, PnTime until,
                          GError **error);
gboolean pn_presence_load (PnDb *db, gint64 agent_id, PnTime at, PnPresence *presence,
                           GError **error);

/* Of everybody who is away or off at @at: (owned) gint64 * → PnPresence *. Who is not in it is available. */
GHashTable *pn_presence_list (PnDb *db, PnTime at, GError **error);

const char *pn_presence_name (PnPresenceState state); /* "available", "away", "off" */
gboolean pn_presence_read (const char *name, PnPresenceState *state);
