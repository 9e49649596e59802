/* Access: the one place that says who may do what. What a caller may not know of is NOT_FOUND, never DENIED. */
#pragma once

#include "ticketing/agent.h"

typedef enum {
  PN_RIGHT_SEE,     /* tickets, persons and messages of a queue */
  PN_RIGHT_WORK,    /* reply, note, change */
  PN_RIGHT_RELEASE, /* held mail and spam, sender rules, outbox */
  PN_RIGHT_ADMIN,   /* settings, health */
} PnRight;

/* An agent with the queues it may see, loaded once a request. */
typedef struct PnAccess PnAccess;

PnAccess *pn_access_load (PnDb *db, const PnAgent *agent, GError **error); /* (owned) */
void pn_access_free (PnAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnAccess, pn_access_free)

gint64 pn_access_agent_id (const PnAccess *access);
gboolean pn_access_may (const PnAccess *access, PnRight right, gint64 queue_id);
gboolean pn_access_is_admin (const PnAccess *access);

/* Returns: the queues that may be seen, of gint64; NULL means every queue (admin). */
const GArray *pn_access_queues (const PnAccess *access);

/* Agents that may see a queue (for assigning and notices): (owned) of PnAgent, enabled ones, by name. */
GPtrArray *pn_access_agents_of_queue (PnDb *db, gint64 queue_id, GError **error);
