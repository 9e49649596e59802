#include "ticketing/core/error.h"
#include "ticketing/ticket.h"

#define NOBODY_WAITS (30 * PN_DAY)
#define COUNTED 1000

/* 0061_urgency.sql has the same numbers. */
static const PnTime patience[] = {
  [PN_PRIORITY_LOW] = 7 * PN_DAY,
  [PN_PRIORITY_NORMAL] = 3 * PN_DAY,
  [PN_PRIORITY_HIGH] = PN_DAY,
  [PN_PRIORITY_URGENT] = 4 * PN_HOUR,
};

static const char due_sql[] =
    "UPDATE ticket SET due_at = ?, urgency_at = ? WHERE id = ? AND version = ?";

static const char last_sql[] = "SELECT COALESCE(MAX(id), 0) FROM ticket";

static const char opened_sql[] =
    "SELECT id, created_at FROM ticket WHERE id >= ? ORDER BY id LIMIT 1";

static const char of_person_sql[] = "SELECT COUNT(*) FROM"
                                    " (SELECT id FROM ticket FORCE INDEX (ticket_person)"
                                    " WHERE person_id = ? AND created_at >= ? AND created_at < ?"
                                    " LIMIT ?) t";

PnTime
pn_ticket_urgency (const PnTicket *ticket)
{
  const PnTime base =
      ticket->waiting_at != 0 ? ticket->waiting_at : ticket->updated_at + NOBODY_WAITS;
  const PnTime virtual_due = base + patience[ticket->priority];

  return ticket->due_at != 0 ? MIN (ticket->due_at, virtual_due) : virtual_due;
}

gboolean
pn_ticket_set_due (PnDb *db, const PnTicket *ticket, PnTime due_at, GError **error)
{
  PnTicket then = *ticket;

  if (ticket->due_at == due_at)
    return TRUE;
  then.due_at = due_at;
  return pn_db_later (db, due_sql,
                      PN_ARGS (pn_int_or_null (due_at), pn_int (pn_ticket_urgency (&then)),
                               pn_int (ticket->id), pn_int (ticket->version)),
                      TRUE, error);
}

/* @is_later: the first ticket from @id on was opened at or after @since; @found is its id. */
static gboolean
look (PnDb *db, gint64 id, PnTime since, gint64 *found, gboolean *is_later, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, opened_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  *found = 0;
  *is_later = TRUE;
  if (pn_rows_next (rows)) {
    *found = pn_rows_int (rows, 0);
    *is_later = pn_rows_int (rows, 1) >= since;
  }
  return TRUE;
}

/* Numbers are given in the order of time, so halving finds the first one. */
gboolean
pn_ticket_ids_since (PnDb *db, PnTime since, gint64 *first, gint64 *last, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, last_sql, PN_NO_ARGS, error);
  gint64 low = 1;
  gint64 high;
  gint64 found = 0;
  gboolean is_later;

  if (rows == NULL)
    return FALSE;
  *last = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  high = *last + 1;
  while (low < high) {
    const gint64 middle = low + (high - low) / 2;

    if (!look (db, middle, since, &found, &is_later, error))
      return FALSE;
    if (is_later)
      high = middle;
    else
      low = MAX (middle, found) + 1;
  }
  if (!look (db, low, since, first, &is_later, error))
    return FALSE;
  if (*first == 0)
    *last = 0;
  return TRUE;
}

gboolean
pn_ticket_count_of_person (PnDb *db, gint64 person_id, PnTime since, PnTime until, gint64 *tickets,
                           GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, of_person_sql,
      PN_ARGS (pn_int (person_id), pn_int (since), pn_int (until), pn_int (COUNTED)), error);

  if (rows == NULL)
    return FALSE;
  *tickets = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}
