#include "ticketing/team.h"

#include "ticketing/team_room.h"
#include "ticketing/ticket.h"

GArray *
pn_team_leads (PnDb *db, gint64 queue_id, GError **error)
{
  g_autoptr (PnTeamRoom) room = pn_team_room_load (db, queue_id, pn_clock_now (), error);

  return room != NULL ? pn_team_room_leads (room) : NULL;
}

gboolean
pn_team_least_loaded (PnDb *db, gint64 queue_id, PnTime at, gint64 *agent_id, GError **error)
{
  g_autoptr (PnTeamRoom) room = pn_team_room_load (db, queue_id, at, error);
  gint64 least = G_MAXINT64;

  if (room == NULL)
    return FALSE;
  *agent_id = 0;
  for (guint i = 0; i < room->agents->len; i++) {
    const PnAgent *agent = room->agents->pdata[i];
    gint64 tickets = 0;

    if (!pn_team_room_is_there (room, agent->id) || !pn_team_room_has_member (room, agent->id))
      continue;
    if (!pn_ticket_count_assigned (db, agent->id, &tickets, error))
      return FALSE;
    if (tickets < least) {
      least = tickets;
      *agent_id = agent->id;
    }
  }
  return TRUE;
}
