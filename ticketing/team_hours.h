/* On-call hours: the calendars in whose hours members of a team are called, as text: "ada=office, babbage=night". Who is
 * not in it is called at any time.
 */
#pragma once

#include "ticketing/team.h"

char *pn_team_write_hours (PnDb *db, const PnTeam *team, GError **error); /* (owned) */

/* INVALID for somebody who is no member, and for a calendar that there is none of. */
gboolean pn_team_read_hours (PnDb *db, PnTeam *team, const char *text, GError **error);

/* Members that were in @old (of PnTeamMember) keep the hours that they had. */
void pn_team_keep_hours (PnTeam *team, const GArray *old);
