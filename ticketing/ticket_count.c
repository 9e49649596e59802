#include "ticketing/ticket.h"

#include "ticketing/core/ids.h"

#define COUNTED 1000

/* 4: from here on a ticket is solved or closed. The index holds all that is asked. */
#define MINE                                                                                       \
  "SELECT queue_id, COUNT(*), 1"                                                                   \
  " FROM (SELECT queue_id FROM ticket FORCE INDEX (ticket_assignee)"                               \
  "  WHERE assignee_id = ? AND status < 4 AND merged_into IS NULL LIMIT ?) t"                      \
  " GROUP BY queue_id"

static const char mine_sql[] = MINE;

static const char both_sql[] = MINE " UNION ALL"
                                    " SELECT queue_id, COUNT(*), 0"
                                    " FROM (SELECT queue_id FROM ticket"
                                    "  FORCE INDEX (ticket_assignee)"
                                    "  WHERE assignee_id IS NULL AND status < 4"
                                    "  AND merged_into IS NULL LIMIT ?) t"
                                    " GROUP BY queue_id";

static const char unsolved_sql[] = "SELECT id FROM ticket"
                                   " WHERE id > ? AND id <= ? AND status < 4"
                                   " AND merged_into IS NULL"
                                   " ORDER BY id"
                                   " LIMIT ?";

static const char newest_id_sql[] = "SELECT COALESCE(MAX(id), 0) FROM ticket";

static const char oldest_sql[] =
    "SELECT MIN(created_at) FROM ticket"
    " WHERE queue_id = ? AND status IN (0, 1, 2, 3) AND merged_into IS NULL";

G_STATIC_ASSERT (PN_STATUS_SOLVED == 4);

gboolean
pn_ticket_count (PnDb *db, gint64 agent_id, const GArray *queues, gint64 *mine, gint64 *unassigned,
                 GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, both_sql, PN_ARGS (pn_int (agent_id), pn_int (COUNTED), pn_int (COUNTED)), error);

  if (rows == NULL)
    return FALSE;
  *mine = 0;
  *unassigned = 0;
  while (pn_rows_next (rows)) {
    gint64 *sum = pn_rows_int (rows, 2) != 0 ? mine : unassigned;

    if (pn_ids_allow (queues, pn_rows_int (rows, 0)))
      *sum += pn_rows_int (rows, 1);
  }
  return TRUE;
}

gboolean
pn_ticket_count_assigned (PnDb *db, gint64 agent_id, gint64 *tickets, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, mine_sql, PN_ARGS (pn_int (agent_id), pn_int (COUNTED)), error);

  if (rows == NULL)
    return FALSE;
  *tickets = 0;
  while (pn_rows_next (rows))
    *tickets += pn_rows_int (rows, 1);
  return TRUE;
}

GArray *
pn_ticket_unsolved (PnDb *db, gint64 after, gint64 until, guint limit, GError **error)
{
  return pn_db_query_ids (db, unsolved_sql,
                          PN_ARGS (pn_int (after), pn_int (until), pn_int (limit)), error);
}

gboolean
pn_ticket_newest_id (PnDb *db, gint64 *id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, newest_id_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

gboolean
pn_ticket_oldest (PnDb *db, gint64 queue_id, PnTime *created_at, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, oldest_sql, PN_ARGS (pn_int (queue_id)), error);

  if (rows == NULL)
    return FALSE;
  *created_at = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}
