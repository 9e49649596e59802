#include "ticketing/deadline.h"

#include "ticketing/core/db_where.h"
#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/deadline_private.h"
#include "ticketing/fact.h"

#define TICKETS_OF_PERSON 1000

/* A new mark is none that was there before: who computed for that one must not take this one away. */
static const char mark_sql[] = "INSERT INTO sla_mark (ticket_id, gen) VALUES (?, ?)"
                               " ON DUPLICATE KEY UPDATE gen = gen + 1";

static const char any_sql[] = "SELECT 1 FROM deadline LIMIT 1";

static const char of_ticket_sql[] = "SELECT " PN_DEADLINE_COLUMNS " FROM deadline"
                                    " WHERE ticket_id = ?"
                                    " ORDER BY metric, round";

static const char load_sql[] = "SELECT " PN_DEADLINE_COLUMNS " FROM deadline"
                               " WHERE ticket_id = ? AND metric = ? AND round = ?";

static const char of_tickets_sql[] = "SELECT " PN_DEADLINE_COLUMNS " FROM deadline";

static const char due_sql[] =
    "SELECT " PN_DEADLINE_COLUMNS " FROM deadline FORCE INDEX (deadline_due)"
    " WHERE state = ? AND due_at > ? AND due_at <= ?"
    " ORDER BY due_at, ticket_id, metric, round"
    " LIMIT ?";

/* Those that are due at the same instant as the last one that was seen. */
static const char due_tied_sql[] =
    "SELECT " PN_DEADLINE_COLUMNS " FROM deadline FORCE INDEX (deadline_due)"
    " WHERE state = ? AND due_at = ?"
    " AND (ticket_id > ? OR (ticket_id = ? AND (metric > ? OR (metric = ? AND round > ?))))"
    " ORDER BY ticket_id, metric, round"
    " LIMIT ?";

static const char count_due_sql[] =
    "SELECT t.queue_id, COUNT(DISTINCT d.ticket_id)"
    " FROM (SELECT ticket_id FROM deadline FORCE INDEX (deadline_due)"
    "  WHERE state = ? AND due_at <= ? ORDER BY due_at LIMIT 300) d"
    " JOIN ticket t ON t.id = d.ticket_id"
    " GROUP BY t.queue_id";

static const char match_sql[] = "SELECT explanation, matched_at FROM sla_match"
                                " WHERE ticket_id = ?";

static const char *const due_names[] = {
  [PN_DUE_FINE] = "fine",     [PN_DUE_SOON] = "soon", [PN_DUE_OVER] = "over",
  [PN_DUE_PAUSED] = "paused", [PN_DUE_NONE] = "none",
};

gboolean
pn_deadline_mark (PnDb *db, gint64 ticket_id, GError **error)
{
  return pn_db_later (db, mark_sql, PN_ARGS (pn_int (ticket_id), pn_int (1 + g_random_int ())),
                      FALSE, error);
}

gboolean
pn_deadline_mark_person (PnDb *db, gint64 person_id, GError **error)
{
  g_autoptr (GPtrArray) tickets =
      pn_ticket_of_person (db, person_id, NULL, TICKETS_OF_PERSON, error);

  for (guint i = 0; tickets != NULL && i < tickets->len; i++) {
    const PnTicket *ticket = tickets->pdata[i];

    if ((ticket->status < PN_STATUS_SOLVED && !pn_deadline_mark (db, ticket->id, error))
        || !pn_fact_mark (db, ticket->id, error))
      return FALSE;
  }
  return tickets != NULL;
}

gboolean
pn_deadline_exist (PnDb *db, gboolean *answer, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, any_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *answer = pn_rows_next (rows);
  return TRUE;
}

static void
read_row (const PnRows *rows, PnDeadline *deadline)
{
  *deadline = (PnDeadline){
    .ticket_id = pn_rows_int (rows, 0),
    .metric = (PnMetric) CLAMP (pn_rows_int (rows, 1), 0, PN_METRIC_RESOLUTION),
    .round = (int) pn_rows_int (rows, 2),
    .state = (PnDeadlineState) CLAMP (pn_rows_int (rows, 3), 0, PN_DEADLINE_DROPPED),
    .policy_id = pn_rows_int (rows, 4),
    .policy_version = pn_rows_int (rows, 5),
    .calendar_id = pn_rows_int (rows, 6),
    .priority = (PnPriority) CLAMP (pn_rows_int (rows, 7), 0, PN_PRIORITY_URGENT),
    .target = pn_rows_int (rows, 8),
    .start_at = pn_rows_int (rows, 9),
    .soon_at = pn_rows_int (rows, 10),
    .due_at = pn_rows_int (rows, 11),
    .paused_at = pn_rows_int (rows, 12),
    .counted = pn_rows_int (rows, 13),
    .done_at = pn_rows_int (rows, 14),
    .gen = pn_rows_int (rows, 15),
  };
}

static void
append_rows (PnRows *rows, GArray *list)
{
  PnDeadline deadline;

  while (pn_rows_next (rows)) {
    read_row (rows, &deadline);
    g_array_append_val (list, deadline);
  }
}

static GArray *
read_rows (PnRows *rows)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (PnDeadline));

  append_rows (rows, list);
  return list;
}

GArray *
pn_deadline_of_ticket (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, of_ticket_sql, PN_ARGS (pn_int (ticket_id)), error);

  return rows != NULL ? read_rows (rows) : NULL;
}

GArray *
pn_deadline_of_tickets (PnDb *db, const gint64 *ids, gsize n_ids, GError **error)
{
  g_autoptr (PnRows) rows = NULL;
  PnWhere *where = pn_where_new (of_tickets_sql);

  pn_where_add_ids (where, "ticket_id", ids, n_ids);
  pn_where_add (where, "state IN (?, ?)",
                PN_ARGS (pn_int (PN_DEADLINE_RUNNING), pn_int (PN_DEADLINE_PAUSED)));
  rows = pn_where_query (where, db, error);
  pn_where_free (where);
  return rows != NULL ? read_rows (rows) : NULL;
}

GArray *
pn_deadline_due (PnDb *db, PnTime until, const PnDeadline *after, guint limit, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  g_autoptr (PnRows) tied = NULL;
  g_autoptr (PnRows) rows = NULL;

  if (after != NULL) {
    tied = pn_db_query (db, due_tied_sql,
                        PN_ARGS (pn_int (PN_DEADLINE_RUNNING), pn_int (after->due_at),
                                 pn_int (after->ticket_id), pn_int (after->ticket_id),
                                 pn_int (after->metric), pn_int (after->metric),
                                 pn_int (after->round), pn_int (limit)),
                        error);
    if (tied == NULL)
      return NULL;
    append_rows (tied, list);
  }
  if (list->len >= limit)
    return g_steal_pointer (&list);
  rows = pn_db_query (db, due_sql,
                      PN_ARGS (pn_int (PN_DEADLINE_RUNNING),
                               pn_int (after != NULL ? after->due_at : G_MININT64), pn_int (until),
                               pn_int (limit - list->len)),
                      error);
  if (rows == NULL)
    return NULL;
  append_rows (rows, list);
  return g_steal_pointer (&list);
}

gboolean
pn_deadline_count_due (PnDb *db, PnTime until, const GArray *queues, gint64 *tickets,
                       GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, count_due_sql, PN_ARGS (pn_int (PN_DEADLINE_RUNNING), pn_int (until)), error);

  if (rows == NULL)
    return FALSE;
  *tickets = 0;
  while (pn_rows_next (rows)) {
    if (pn_ids_allow (queues, pn_rows_int (rows, 0)))
      *tickets += pn_rows_int (rows, 1);
  }
  return TRUE;
}

gboolean
pn_deadline_load (PnDb *db, gint64 ticket_id, PnMetric metric, int round, PnDeadline *deadline,
                  GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, load_sql, PN_ARGS (pn_int (ticket_id), pn_int (metric), pn_int (round)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND,
                  "ticket %" G_GINT64_FORMAT " has no deadline %s, round %d", ticket_id,
                  pn_metric_name (metric), round);
    return FALSE;
  }
  read_row (rows, deadline);
  return TRUE;
}

gboolean
pn_deadline_match (PnDb *db, gint64 ticket_id, json_t **explanation, PnTime *matched_at,
                   GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, match_sql, PN_ARGS (pn_int (ticket_id)), error);

  *explanation = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  *explanation = json_loads (pn_rows_text (rows, 0), 0, NULL);
  *matched_at = pn_rows_int (rows, 1);
  return TRUE;
}

PnDue
pn_deadline_due_state (const PnDeadline *deadline, PnTime now)
{
  if (deadline->state == PN_DEADLINE_PAUSED)
    return PN_DUE_PAUSED;
  if (deadline->state != PN_DEADLINE_RUNNING)
    return PN_DUE_NONE;
  if (deadline->due_at < now)
    return PN_DUE_OVER;
  return deadline->soon_at <= now ? PN_DUE_SOON : PN_DUE_FINE;
}

const char *
pn_due_name (PnDue due)
{
  return due_names[due];
}

const PnDeadline *
pn_deadline_next (const PnDeadline *deadlines, gsize n, gint64 ticket_id)
{
  const PnDeadline *next = NULL;

  for (gsize i = 0; i < n; i++) {
    const PnDeadline *each = &deadlines[i];

    if (each->ticket_id != ticket_id || each->done_at != 0)
      continue;
    if (next == NULL
        || (each->state == PN_DEADLINE_RUNNING
            && (next->state != PN_DEADLINE_RUNNING || each->due_at < next->due_at)))
      next = each;
  }
  return next;
}
