/* Team room: who is there for a queue at a moment, as one state of the database, or made up for tests and trials. Asking
 * it is pure: any thread.
 */
#pragma once

#include "ticketing/hours.h"
#include "ticketing/team.h"

typedef struct {
  gint64 queue_id;
  GPtrArray *teams;   /* of PnTeam, by name */
  GPtrArray *agents;  /* of PnAgent: who may work in the queue and log in */
  GHashTable *absent; /* gint64 * → anything: who is away or off */
  GHashTable *hours;  /* gint64 * (a calendar) → PnHours; one that is not in it always counts */
} PnTeamRoom;

PnTeamRoom *pn_team_room_new (gint64 queue_id); /* (owned) nobody is there */
void pn_team_room_free (PnTeamRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTeamRoom, pn_team_room_free)

PnTeamRoom *pn_team_room_load (PnDb *db, gint64 queue_id, PnTime at, GError **error); /* (owned) */

gboolean pn_team_room_is_there (const PnTeamRoom *room, gint64 agent_id);

/* Is the agent of one of the teams? Where there is none, everybody is. */
gboolean pn_team_room_has_member (const PnTeamRoom *room, gint64 agent_id);

gint64 pn_team_room_on_call (const PnTeamRoom *room, PnTime at); /* 0: nobody is */
GArray *pn_team_room_leads (const PnTeamRoom *room); /* (owned) of gint64, in the order of teams */
