#include "ticketing/team.h"

#include "ticketing/access.h"
#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/presence.h"
#include "ticketing/ticket.h"

/* What choosing asks again and again. */
typedef struct {
  GPtrArray *teams;  /* of PnTeam */
  GPtrArray *agents; /* of PnAgent: who may work in the queue and log in */
  GHashTable *absent;
} Room;

static void
room_clear (Room *room)
{
  g_clear_pointer (&room->teams, g_ptr_array_unref);
  g_clear_pointer (&room->agents, g_ptr_array_unref);
  g_clear_pointer (&room->absent, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Room, room_clear)

static gboolean
enter (PnDb *db, gint64 queue_id, PnTime at, Room *room, GError **error)
{
  room->teams = pn_team_of_queue (db, queue_id, error);
  room->agents = room->teams != NULL ? pn_access_agents_of_queue (db, queue_id, error) : NULL;
  room->absent = room->agents != NULL ? pn_presence_list (db, at, error) : NULL;
  return room->absent != NULL;
}

static gboolean
may_work (const Room *room, gint64 agent_id)
{
  for (guint i = 0; i < room->agents->len; i++) {
    if (((const PnAgent *) room->agents->pdata[i])->id == agent_id)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_there (const Room *room, gint64 agent_id)
{
  return may_work (room, agent_id) && !g_hash_table_contains (room->absent, &agent_id);
}

/* Do the member's hours count at @at? Without any they always do. */
static gboolean
is_on_duty (PnDb *db, const PnTeamMember *member, PnTime at, gboolean *answer, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (PnHours) hours = NULL;

  *answer = TRUE;
  if (member->calendar_id == 0)
    return TRUE;
  calendar = pn_calendar_load (db, member->calendar_id, &problem);
  if (calendar == NULL && pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE; /* it was removed */
  hours = calendar != NULL ? pn_calendar_hours (calendar, &problem) : NULL;
  if (hours == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  *answer = pn_hours_add (hours, at, 1) == at + 1;
  return TRUE;
}

gboolean
pn_team_on_call (PnDb *db, gint64 queue_id, PnTime at, gint64 *agent_id, GError **error)
{
  g_auto (Room) room = { 0 };

  *agent_id = 0;
  if (!enter (db, queue_id, at, &room, error))
    return FALSE;
  for (guint i = 0; i < room.teams->len && *agent_id == 0; i++) {
    const PnTeam *team = room.teams->pdata[i];

    for (guint j = 0; j < team->members->len && *agent_id == 0; j++) {
      const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, j);

      gboolean is_due = FALSE;

      if (member->on_call == 0 || !is_there (&room, member->agent_id))
        continue;
      if (!is_on_duty (db, member, at, &is_due, error))
        return FALSE;
      if (is_due)
        *agent_id = member->agent_id;
    }
  }
  return TRUE;
}

GArray *
pn_team_leads (PnDb *db, gint64 queue_id, GError **error)
{
  g_auto (Room) room = { 0 };
  g_autoptr (GArray) leads = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!enter (db, queue_id, pn_clock_now (), &room, error))
    return NULL;
  for (guint i = 0; i < room.teams->len; i++) {
    const PnTeam *team = room.teams->pdata[i];

    for (guint j = 0; j < team->members->len; j++) {
      const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, j);

      if (member->is_lead && may_work (&room, member->agent_id)
          && !pn_ids_have (leads, member->agent_id))
        g_array_append_val (leads, member->agent_id);
    }
  }
  return g_steal_pointer (&leads);
}

static gboolean
is_member (const Room *room, gint64 agent_id)
{
  for (guint i = 0; i < room->teams->len; i++) {
    if (pn_team_find_member (room->teams->pdata[i], agent_id) != NULL)
      return TRUE;
  }
  return room->teams->len == 0;
}

gboolean
pn_team_least_loaded (PnDb *db, gint64 queue_id, PnTime at, gint64 *agent_id, GError **error)
{
  g_auto (Room) room = { 0 };
  gint64 least = G_MAXINT64;

  *agent_id = 0;
  if (!enter (db, queue_id, at, &room, error))
    return FALSE;
  for (guint i = 0; i < room.agents->len; i++) {
    const PnAgent *agent = room.agents->pdata[i];
    gint64 tickets = 0;

    if (!is_there (&room, agent->id) || !is_member (&room, agent->id))
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
