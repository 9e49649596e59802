#include "ticketing/team_room.h"

#include "ticketing/access.h"
#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/presence.h"

static void
free_hours (gpointer hours)
{
  pn_hours_free (hours);
}

static void
free_team (gpointer team)
{
  pn_team_free (team);
}

static void
free_agent (gpointer agent)
{
  pn_agent_free (agent);
}

PnTeamRoom *
pn_team_room_new (gint64 queue_id)
{
  PnTeamRoom *room = g_new0 (PnTeamRoom, 1);

  room->queue_id = queue_id;
  room->teams = g_ptr_array_new_with_free_func (free_team);
  room->agents = g_ptr_array_new_with_free_func (free_agent);
  room->absent = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  room->hours = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_hours);
  return room;
}

void
pn_team_room_free (PnTeamRoom *room)
{
  if (room == NULL)
    return;
  g_clear_pointer (&room->teams, g_ptr_array_unref);
  g_clear_pointer (&room->agents, g_ptr_array_unref);
  g_clear_pointer (&room->absent, g_hash_table_unref);
  g_hash_table_unref (room->hours);
  g_free (room);
}

/* A calendar that was removed binds nobody. */
static gboolean
load_hours (PnDb *db, PnTeamRoom *room, gint64 calendar_id, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  PnHours *hours;

  if (calendar_id == 0 || g_hash_table_contains (room->hours, &calendar_id))
    return TRUE;
  calendar = pn_calendar_load (db, calendar_id, &problem);
  if (calendar == NULL && pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  hours = calendar != NULL ? pn_calendar_hours (calendar, &problem) : NULL;
  if (hours == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  g_hash_table_insert (room->hours, g_memdup2 (&calendar_id, sizeof calendar_id), hours);
  return TRUE;
}

static gboolean
load_all_hours (PnDb *db, PnTeamRoom *room, GError **error)
{
  for (guint i = 0; i < room->teams->len; i++) {
    const PnTeam *team = room->teams->pdata[i];

    for (guint j = 0; j < team->members->len; j++) {
      const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, j);

      if (member->on_call != 0 && !load_hours (db, room, member->calendar_id, error))
        return FALSE;
    }
  }
  return TRUE;
}

PnTeamRoom *
pn_team_room_load (PnDb *db, gint64 queue_id, PnTime at, GError **error)
{
  g_autoptr (PnTeamRoom) room = pn_team_room_new (queue_id);

  g_ptr_array_unref (room->teams);
  g_ptr_array_unref (g_steal_pointer (&room->agents));
  g_hash_table_unref (g_steal_pointer (&room->absent));
  room->teams = pn_team_of_queue (db, queue_id, error);
  room->agents = room->teams != NULL ? pn_access_agents_of_queue (db, queue_id, error) : NULL;
  room->absent = room->agents != NULL ? pn_presence_list (db, at, error) : NULL;
  if (room->absent == NULL || !load_all_hours (db, room, error))
    return NULL;
  return g_steal_pointer (&room);
}

/* (borrowed) NULL: may not work there. */
static const PnAgent *
find_agent (const PnTeamRoom *room, gint64 agent_id)
{
  for (guint i = 0; i < room->agents->len; i++) {
    const PnAgent *agent = room->agents->pdata[i];

    if (agent->id == agent_id)
      return agent;
  }
  return NULL;
}

gboolean
pn_team_room_is_there (const PnTeamRoom *room, gint64 agent_id)
{
  return find_agent (room, agent_id) != NULL && !g_hash_table_contains (room->absent, &agent_id);
}

gboolean
pn_team_room_has_member (const PnTeamRoom *room, gint64 agent_id)
{
  for (guint i = 0; i < room->teams->len; i++) {
    if (pn_team_find_member (room->teams->pdata[i], agent_id) != NULL)
      return TRUE;
  }
  return room->teams->len == 0;
}

/* Do the member's hours count at @at? Without any they always do. */
static gboolean
is_on_duty (const PnTeamRoom *room, const PnTeamMember *member, PnTime at)
{
  const PnHours *hours = g_hash_table_lookup (room->hours, &member->calendar_id);

  return hours == NULL || pn_hours_add (hours, at, 1) == at + 1;
}

gint64
pn_team_room_on_call (const PnTeamRoom *room, PnTime at)
{
  for (guint i = 0; i < room->teams->len; i++) {
    const PnTeam *team = room->teams->pdata[i];

    for (guint j = 0; j < team->members->len; j++) {
      const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, j);

      if (member->on_call != 0 && pn_team_room_is_there (room, member->agent_id)
          && is_on_duty (room, member, at))
        return member->agent_id;
    }
  }
  return 0;
}

GArray *
pn_team_room_leads (const PnTeamRoom *room)
{
  GArray *leads = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < room->teams->len; i++) {
    const PnTeam *team = room->teams->pdata[i];

    for (guint j = 0; j < team->members->len; j++) {
      const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, j);

      if (member->is_lead && find_agent (room, member->agent_id) != NULL
          && !pn_ids_have (leads, member->agent_id))
        g_array_append_val (leads, member->agent_id);
    }
  }
  return leads;
}
