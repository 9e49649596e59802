#include "ticketing/ticket.h"

#define COUNTED 1000

/* 4: from here on a ticket is solved or closed */
static const char mine_sql[] =
    "SELECT queue_id, COUNT(*)"
    " FROM (SELECT queue_id FROM ticket"
    "  WHERE assignee_id = ? AND status < 4 AND merged_into IS NULL LIMIT ?) t"
    " GROUP BY queue_id";

static const char unassigned_sql[] = "SELECT queue_id, COUNT(*)"
                                     " FROM (SELECT queue_id FROM ticket"
                                     "  WHERE assignee_id IS NULL AND status < 4"
                                     "  AND merged_into IS NULL LIMIT ?) t"
                                     " GROUP BY queue_id";

G_STATIC_ASSERT (PN_STATUS_SOLVED == 4);

static gboolean
has_queue (const GArray *queues, gint64 id)
{
  if (queues == NULL)
    return TRUE;
  for (guint i = 0; i < queues->len; i++) {
    if (g_array_index (queues, gint64, i) == id)
      return TRUE;
  }
  return FALSE;
}

static gint64
sum (PnRows *rows, const GArray *queues)
{
  gint64 n = 0;

  while (pn_rows_next (rows)) {
    if (has_queue (queues, pn_rows_int (rows, 0)))
      n += pn_rows_int (rows, 1);
  }
  return n;
}

gboolean
pn_ticket_count (PnDb *db, gint64 agent_id, const GArray *queues, gint64 *mine, gint64 *unassigned,
                 GError **error)
{
  g_autoptr (PnRows) own =
      pn_db_query (db, mine_sql, PN_ARGS (pn_int (agent_id), pn_int (COUNTED)), error);
  g_autoptr (PnRows) free_ones =
      own != NULL ? pn_db_query (db, unassigned_sql, PN_ARGS (pn_int (COUNTED)), error) : NULL;

  if (free_ones == NULL)
    return FALSE;
  *mine = sum (own, queues);
  *unassigned = sum (free_ones, queues);
  return TRUE;
}

gboolean
pn_ticket_count_assigned (PnDb *db, gint64 agent_id, gint64 *tickets, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, mine_sql, PN_ARGS (pn_int (agent_id), pn_int (COUNTED)), error);

  if (rows == NULL)
    return FALSE;
  *tickets = sum (rows, NULL);
  return TRUE;
}
