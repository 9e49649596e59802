#include "ticketing/floor.h"

#include "ticketing/ticket.h"

#define GROUPS 10000 /* agents times queues times statuses */
#define CANDIDATES                                                                                 \
  10000 /* that are looked at for a list: of a small queue, behind those of large ones */

const PnTime pn_floor_ages[PN_FLOOR_AGES] = { PN_HOUR, 4 * PN_HOUR, PN_DAY, 3 * PN_DAY, 0 };

static const char loads_sql[] =
    "SELECT assignee_id, queue_id, status, COUNT(*), COUNT(waiting_at), SUM(due_at < ?),"
    " SUM(waiting_at > ?), SUM(waiting_at > ?), SUM(waiting_at > ?), SUM(waiting_at > ?),"
    " MIN(waiting_at)"
    " FROM ticket FORCE INDEX (ticket_status)"
    " WHERE status < ?"
    " GROUP BY assignee_id, queue_id, status"
    " LIMIT ?";

static const char longest_sql[] = "SELECT id, queue_id FROM ticket FORCE INDEX (ticket_waiting)"
                                  " WHERE status < ? AND waiting_at IS NOT NULL"
                                  " ORDER BY waiting_at, id"
                                  " LIMIT ?";

static const char due_sql[] = "SELECT id, queue_id FROM ticket FORCE INDEX (ticket_due)"
                              " WHERE status < ? AND due_at < ?"
                              " ORDER BY due_at, id"
                              " LIMIT ?";

static const char at_work_sql[] = "SELECT id, queue_id FROM ticket"
                                  " WHERE assignee_id = ? AND status = ?"
                                  " ORDER BY updated_at DESC, id DESC"
                                  " LIMIT ?";

static void
free_agent (gpointer data)
{
  PnFloorAgent *agent = data;

  if (agent == NULL)
    return;
  g_array_unref (agent->at_work);
  g_free (agent);
}

void
pn_floor_free (PnFloor *floor)
{
  if (floor == NULL)
    return;
  g_ptr_array_unref (floor->agents);
  g_clear_pointer (&floor->longest, g_array_unref);
  g_clear_pointer (&floor->due, g_array_unref);
  g_free (floor);
}

static PnFloorAgent *
find_agent (PnFloor *floor, gint64 id)
{
  PnFloorAgent *agent;

  for (guint i = 0; i < floor->agents->len; i++) {
    agent = floor->agents->pdata[i];
    if (agent->agent_id == id)
      return agent;
  }
  agent = g_new0 (PnFloorAgent, 1);
  agent->agent_id = id;
  agent->at_work = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (floor->agents, agent);
  return agent;
}

/* Those that waited less than an age are less than those that waited less than the next. */
static void
add_load (PnFloorLoad *load, const PnRows *rows)
{
  const gint64 n = pn_rows_int (rows, 3);
  const PnTime oldest_at = pn_rows_int (rows, 10);
  gint64 before = 0;

  switch ((PnStatus) pn_rows_int (rows, 2)) {
  case PN_STATUS_NEW:
  case PN_STATUS_OPEN: load->open += n; break;
  case PN_STATUS_WAITING: load->waiting += n; break;
  case PN_STATUS_ON_HOLD: load->on_hold += n; break;
  case PN_STATUS_SOLVED:
  case PN_STATUS_CLOSED: break;
  }
  load->turns += pn_rows_int (rows, 4);
  load->over += pn_rows_int (rows, 5);
  for (guint i = 0; i < PN_FLOOR_AGES; i++) {
    const gint64 younger =
        i < PN_FLOOR_AGES - 1 ? pn_rows_int (rows, 6 + i) : pn_rows_int (rows, 4);

    load->ages[i] += younger - before;
    before = younger;
  }
  if (oldest_at != 0 && (load->oldest_at == 0 || oldest_at < load->oldest_at))
    load->oldest_at = oldest_at;
}

static gboolean
load_loads (PnDb *db, const PnAccess *access, PnFloor *floor, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = pn_db_query (
      db, loads_sql,
      PN_ARGS (pn_int (now), pn_int (now - pn_floor_ages[0]), pn_int (now - pn_floor_ages[1]),
               pn_int (now - pn_floor_ages[2]), pn_int (now - pn_floor_ages[3]),
               pn_int (PN_STATUS_SOLVED), pn_int (GROUPS)),
      error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    if (!pn_access_may (access, PN_RIGHT_SEE, pn_rows_int (rows, 1)))
      continue;
    add_load (&find_agent (floor, pn_rows_int (rows, 0))->load, rows);
    add_load (&floor->all, rows);
  }
  return TRUE;
}

/* Returns: (owned) of gint64: the first @limit of @rows (id, queue) that may be seen; NULL where @rows is. */
static GArray *
take_seen (PnRows *rows, const PnAccess *access, guint limit)
{
  GArray *ids;

  if (rows == NULL)
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  while (ids->len < limit && pn_rows_next (rows)) {
    gint64 id = pn_rows_int (rows, 0);

    if (pn_access_may (access, PN_RIGHT_SEE, pn_rows_int (rows, 1)))
      g_array_append_val (ids, id);
  }
  return ids;
}

static gboolean
load_at_work (PnDb *db, const PnAccess *access, PnFloor *floor, GError **error)
{
  for (guint i = 0; i < floor->agents->len; i++) {
    PnFloorAgent *agent = floor->agents->pdata[i];
    g_autoptr (PnRows) rows = NULL;

    if (agent->agent_id == 0)
      continue;
    rows = pn_db_query (
        db, at_work_sql,
        PN_ARGS (pn_int (agent->agent_id), pn_int (PN_STATUS_OPEN), pn_int (PN_FLOOR_SHOWN)),
        error);
    if (rows == NULL)
      return FALSE;
    g_array_unref (agent->at_work);
    agent->at_work = take_seen (rows, access, PN_FLOOR_AT_WORK);
  }
  return TRUE;
}

static int
compare_agents (gconstpointer a, gconstpointer b)
{
  const PnFloorAgent *x = *(PnFloorAgent *const *) a;
  const PnFloorAgent *y = *(PnFloorAgent *const *) b;

  if ((x->agent_id == 0) != (y->agent_id == 0))
    return x->agent_id == 0 ? -1 : 1;
  if (x->load.open != y->load.open)
    return x->load.open > y->load.open ? -1 : 1;
  return (x->agent_id > y->agent_id) - (x->agent_id < y->agent_id);
}

PnFloor *
pn_floor_load (PnDb *db, const PnAccess *access, GError **error)
{
  g_autoptr (PnFloor) floor = g_new0 (PnFloor, 1);
  g_autoptr (PnRows) longest = NULL;
  g_autoptr (PnRows) due = NULL;

  floor->agents = g_ptr_array_new_with_free_func (free_agent);
  if (!load_loads (db, access, floor, error) || !load_at_work (db, access, floor, error))
    return NULL;
  longest = pn_db_query (db, longest_sql, PN_ARGS (pn_int (PN_STATUS_SOLVED), pn_int (CANDIDATES)),
                         error);
  floor->longest = take_seen (longest, access, PN_FLOOR_SHOWN);
  if (floor->longest == NULL)
    return NULL;
  due = pn_db_query (db, due_sql,
                     PN_ARGS (pn_int (PN_STATUS_SOLVED), pn_int (pn_clock_now () + PN_FLOOR_SOON),
                              pn_int (CANDIDATES)),
                     error);
  floor->due = take_seen (due, access, PN_FLOOR_SHOWN);
  if (floor->due == NULL)
    return NULL;
  g_ptr_array_sort (floor->agents, compare_agents);
  return g_steal_pointer (&floor);
}
