/* Teams: who answers for which queues, who leads, and who is called first when something burns.
 * Owns the tables team, team_queue and team_member.
 *
 * On call at an instant is the first in the order who may log in, is not away or off (ticketing/presence) and whose
 * hours, when the member has some, count then. A queue of several teams asks them in the order of their names.
 */
#pragma once

#include "ticketing/agent.h"

typedef struct {
  gint64 agent_id;
  gboolean is_lead;
  int on_call;        /* place in the order, from 1; 0: is never called */
  gint64 calendar_id; /* only in its hours; 0: always */
} PnTeamMember;

typedef struct {
  gint64 id;       /* 0: not stored yet */
  char *name;      /* [a-z0-9-]{1,64} */
  char *title;     /* what people read */
  GArray *queues;  /* of gint64, sorted */
  GArray *members; /* of PnTeamMember, by on_call (those who are never called last), then id */
  gint64 version;
} PnTeam;

PnTeam *pn_team_new (const char *name); /* (owned) title = name */
void pn_team_free (PnTeam *team);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTeam, pn_team_free)

/* Inserts or (id set) updates, with queues and members; in the caller's transaction. Sets id and version, and numbers
 * the order of calling 1, 2, 3 …. CONFLICT for a taken name or a version that is no longer there; INVALID. */
gboolean pn_team_save (PnDb *db, PnTeam *team, GError **error);

/* In the caller's transaction. Its queues and members stay, without it. NOT_FOUND; CONFLICT while a digest or a rule names
 * it. */
gboolean pn_team_delete (PnDb *db, gint64 id, GError **error);
PnTeam *pn_team_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
gboolean pn_team_find (PnDb *db, const char *name, PnTeam **team,
                       GError **error);             /* (owned) NULL: none */
GPtrArray *pn_team_list (PnDb *db, GError **error); /* (owned) of PnTeam, by name; at most 500 */

PnTeamMember *pn_team_find_member (const PnTeam *team,
                                   gint64 agent_id); /* (borrowed) NULL: is none */

/* The teams that answer for a queue. (owned) of PnTeam, by name. */
GPtrArray *pn_team_of_queue (PnDb *db, gint64 queue_id, GError **error);

/* The leads of a queue's teams who may log in: (owned) of gint64, in the order of the teams. */
GArray *pn_team_leads (PnDb *db, gint64 queue_id, GError **error);

/* Who of the queue's teams (without a team: of the agents the queue was given to) is available and has the fewest
 * unsolved tickets; @agent_id 0: nobody. */
gboolean pn_team_least_loaded (PnDb *db, gint64 queue_id, PnTime at, gint64 *agent_id,
                               GError **error);
