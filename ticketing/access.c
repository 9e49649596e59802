#include "ticketing/access.h"

#include "ticketing/core/ids.h"

struct PnAccess {
  gint64 agent_id;
  PnAgentRole role;
  GArray *queues; /* of gint64; NULL: all of them */
};

/* What a role may do in the queues it sees. */
static const gboolean rights[][4] = {
  [PN_ROLE_AGENT] = { [PN_RIGHT_SEE] = TRUE, [PN_RIGHT_WORK] = TRUE },
  [PN_ROLE_LEAD] = { [PN_RIGHT_SEE] = TRUE, [PN_RIGHT_WORK] = TRUE, [PN_RIGHT_RELEASE] = TRUE },
  [PN_ROLE_ADMIN] = { [PN_RIGHT_SEE] = TRUE,
                      [PN_RIGHT_WORK] = TRUE,
                      [PN_RIGHT_RELEASE] = TRUE,
                      [PN_RIGHT_ADMIN] = TRUE },
};

PnAccess *
pn_access_load (PnDb *db, const PnAgent *agent, GError **error)
{
  g_autoptr (PnAccess) access = g_new0 (PnAccess, 1);

  access->agent_id = agent->id;
  access->role = agent->role;
  if (agent->role == PN_ROLE_ADMIN)
    return g_steal_pointer (&access);
  access->queues = pn_agent_queues (db, agent->id, error);
  return access->queues != NULL ? g_steal_pointer (&access) : NULL;
}

void
pn_access_free (PnAccess *access)
{
  if (access == NULL)
    return;
  g_clear_pointer (&access->queues, g_array_unref);
  g_free (access);
}

gint64
pn_access_agent_id (const PnAccess *access)
{
  return access->agent_id;
}

gboolean
pn_access_may (const PnAccess *access, PnRight right, gint64 queue_id)
{
  g_return_val_if_fail ((guint) access->role < G_N_ELEMENTS (rights), FALSE);
  g_return_val_if_fail ((guint) right < G_N_ELEMENTS (rights[0]), FALSE);
  if (!rights[access->role][right])
    return FALSE;
  return pn_ids_allow (access->queues, queue_id);
}

gboolean
pn_access_is_admin (const PnAccess *access)
{
  return access->role == PN_ROLE_ADMIN;
}

const GArray *
pn_access_queues (const PnAccess *access)
{
  return access->queues;
}

GPtrArray *
pn_access_agents_of_queue (PnDb *db, gint64 queue_id, GError **error)
{
  return pn_agent_list_of_queue (db, queue_id, error);
}
