/* Sessions of the desk: a random cookie, stored hashed; 12 h idle, 14 days at most. Owns the table session.
 * The CSRF token of a session is derived from its cookie (core/token), so it needs no column. */
#pragma once

#include "ticketing/agent.h"

#define PN_SESSION_IDLE (12 * PN_HOUR)
#define PN_SESSION_LIFE (14 * PN_DAY)

/* @cookie: (owned) 64 hex digits. */
gboolean pn_session_start (PnDb *db, gint64 agent_id, const char *client, char **cookie,
                           GError **error);

/* Finds the agent of a cookie and extends the idle time (written once a minute at most). (owned) NULL: no session. */
gboolean pn_session_find (PnDb *db, const char *cookie, PnAgent **agent, GError **error);
gboolean pn_session_end (PnDb *db, const char *cookie, GError **error);
gboolean pn_session_end_all (PnDb *db, gint64 agent_id, GError **error);
typedef struct {
  char *name; /* 64 hex digits, which name it and open nothing */
  char *client;
  PnTime created_at;
  PnTime seen_at;
  gboolean is_current; /* the one of the cookie that was given */
} PnSession;

void pn_session_free (PnSession *session);

/* The agent's sessions that are alive, last used first, at most 100. (owned) of PnSession. @cookie: the caller's. */
GPtrArray *pn_session_list (PnDb *db, gint64 agent_id, const char *cookie, GError **error);

/* Ends one of the agent's by its name. NOT_FOUND when it is none of theirs. */
gboolean pn_session_end_one (PnDb *db, gint64 agent_id, const char *name, GError **error);
gboolean pn_session_sweep (PnDb *db,
                           GError **error); /* removes what has expired, at most 1,000 a call */
