#include "ticketing/team_hours.h"

#include <string.h>

#include "ticketing/calendar.h"
#include "ticketing/core/error.h"

/* FALSE without error: the agent or the calendar is gone. */
static gboolean
add_member (PnDb *db, const PnTeamMember *member, GString *text, GError **error)
{
  GError *problem = NULL;
  g_autoptr (PnAgent) agent = pn_agent_load (db, member->agent_id, &problem);
  g_autoptr (PnCalendar) calendar =
      agent != NULL ? pn_calendar_load (db, member->calendar_id, &problem) : NULL;

  if (calendar != NULL) {
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? ", " : "", agent->login,
                            calendar->name);
    return TRUE;
  }
  if (!pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  g_error_free (problem);
  return TRUE;
}

char *
pn_team_write_hours (PnDb *db, const PnTeam *team, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < team->members->len; i++) {
    const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    if (member->calendar_id != 0 && !add_member (db, member, text, error))
      return NULL;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_one (PnDb *db, PnTeam *team, const char *login, const char *name, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  PnTeamMember *member;

  if (!pn_agent_find (db, login, &agent, error) || !pn_calendar_find (db, name, &calendar, error))
    return FALSE;
  member = agent != NULL ? pn_team_find_member (team, agent->id) : NULL;
  if (member == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no member of team %s", login, team->name);
    return FALSE;
  }
  if (calendar == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no calendar \"%s\"", name);
    return FALSE;
  }
  member->calendar_id = calendar->id;
  return TRUE;
}

gboolean
pn_team_read_hours (PnDb *db, PnTeam *team, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, ", ", -1);

  for (guint i = 0; i < team->members->len; i++)
    g_array_index (team->members, PnTeamMember, i).calendar_id = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    char *name = strchr (words[i], '=');

    if (*words[i] == '\0')
      continue;
    if (name == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "\"%s\" does not say whose hours: LOGIN=CALENDAR",
                    words[i]);
      return FALSE;
    }
    *name = '\0';
    if (!read_one (db, team, words[i], name + 1, error))
      return FALSE;
  }
  return TRUE;
}

void
pn_team_keep_hours (PnTeam *team, const GArray *old)
{
  for (guint i = 0; i < team->members->len; i++) {
    PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    for (guint j = 0; j < old->len; j++) {
      const PnTeamMember *was = &g_array_index (old, PnTeamMember, j);

      if (was->agent_id == member->agent_id)
        member->calendar_id = was->calendar_id;
    }
  }
}
