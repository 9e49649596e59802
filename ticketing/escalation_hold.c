#include "ticketing/core/db_where.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/escalation_private.h"
#include "ticketing/ladder_clock.h"

#define REASON_BYTES 500

static const char hold_due_sql[] =
    "UPDATE escalation_due SET gen = gen + 1, due_at = GREATEST(ready_at, ?) WHERE ticket_id = ?";

static const char hold_sql[] =
    "INSERT INTO escalation_hold (ticket_id, agent_id, at, until, reason) VALUES (?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE agent_id = VALUES(agent_id), at = VALUES(at), until = VALUES(until),"
    " reason = VALUES(reason)";

static const char load_hold_sql[] =
    "SELECT ticket_id, agent_id, at, until, reason FROM escalation_hold WHERE ticket_id = ?";

static const char drop_hold_sql[] = "DELETE FROM escalation_hold WHERE ticket_id = ?";

static const char holds_sql[] =
    "SELECT ticket_id, agent_id, at, until, reason FROM escalation_hold";

static const char end_hold_sql[] = "DELETE FROM escalation_hold WHERE ticket_id = ? AND at < ?";

static const char has_old_hold_sql[] =
    "SELECT 1 FROM escalation_hold WHERE ticket_id = ? AND at < ?";

static const char has_fired_sql[] = "SELECT 1 FROM escalation WHERE ticket_id = ? LIMIT 1";

void
pn_escalation_hold_clear (PnEscalationHold *hold)
{
  g_clear_pointer (&hold->reason, g_free);
}

static void
read_hold (const PnRows *rows, PnEscalationHold *hold)
{
  *hold = (PnEscalationHold){ pn_rows_int (rows, 1), pn_rows_int (rows, 2), pn_rows_int (rows, 3),
                              g_strdup (pn_rows_text (rows, 4)) };
}

gboolean
pn_escalation_load_hold (PnDb *db, gint64 ticket_id, PnEscalationHold *hold, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_hold_sql, PN_ARGS (pn_int (ticket_id)), error);

  if (rows == NULL)
    return FALSE;
  *hold = (PnEscalationHold){ 0 };
  if (pn_rows_next (rows) && pn_rows_int (rows, 3) > pn_clock_now ())
    read_hold (rows, hold);
  return TRUE;
}

static void
free_hold (gpointer data)
{
  pn_escalation_hold_clear (data);
  g_free (data);
}

GHashTable *
pn_escalation_load_holds (PnDb *db, const GArray *ids, GError **error)
{
  g_autoptr (GHashTable) holds =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_hold);
  g_autoptr (PnRows) rows = NULL;
  PnWhere *where;

  if (ids->len == 0)
    return g_steal_pointer (&holds);
  where = pn_where_new (holds_sql);
  pn_where_add_ids (where, "ticket_id", (const gint64 *) ids->data, ids->len);
  pn_where_add (where, "until > ?", PN_ARGS (pn_int (pn_clock_now ())));
  rows = pn_where_query (where, db, error);
  pn_where_free (where);
  while (rows != NULL && pn_rows_next (rows)) {
    const gint64 ticket_id = pn_rows_int (rows, 0);
    PnEscalationHold *hold = g_new0 (PnEscalationHold, 1);

    read_hold (rows, hold);
    g_hash_table_insert (holds, g_memdup2 (&ticket_id, sizeof ticket_id), hold);
  }
  return rows != NULL ? g_steal_pointer (&holds) : NULL;
}

/* Also one that is over: what was reached in it comes at its end, whenever it is planned. */
gboolean
pn_escalation_load_held (PnDb *db, gint64 ticket_id, PnTime *at, PnTime *until, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_hold_sql, PN_ARGS (pn_int (ticket_id)), error);

  if (rows != NULL && pn_rows_next (rows)) {
    *at = pn_rows_int (rows, 2);
    *until = pn_rows_int (rows, 3);
  }
  return rows != NULL;
}

gboolean
pn_escalation_end_hold (PnDb *db, const PnSlaHistory *history, GError **error)
{
  const PnTime solved_at = pn_ladder_solved_at (history);
  const PnValue args[] = { pn_int (history->ticket_id), pn_int (solved_at) };
  g_autoptr (PnRows) rows = NULL;

  if (solved_at == 0)
    return TRUE;
  rows = pn_db_query (db, has_old_hold_sql, args, G_N_ELEMENTS (args), error);
  if (rows == NULL)
    return FALSE;
  return !pn_rows_next (rows)
         || pn_db_later (db, end_hold_sql, args, G_N_ELEMENTS (args), FALSE, error);
}

gboolean
pn_escalation_may_hold (PnDb *db, const PnTicket *ticket, gboolean *answer, GError **error)
{
  g_autoptr (GArray) owed = NULL;
  g_autoptr (PnRows) rows = NULL;

  *answer = FALSE;
  if (ticket->status >= PN_STATUS_SOLVED)
    return TRUE;
  owed = pn_deadline_of_tickets (db, &ticket->id, 1, error);
  if (owed == NULL)
    return FALSE;
  *answer = owed->len > 0;
  if (*answer)
    return TRUE;
  rows = pn_db_query (db, has_fired_sql, PN_ARGS (pn_int (ticket->id)), error);
  *answer = rows != NULL && pn_rows_next (rows);
  return rows != NULL;
}

static gboolean
write_hold (PnDb *db, gint64 ticket_id, gint64 agent_id, PnTime until, const char *reason,
            GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autofree char *words = pn_text_clean_line (reason, REASON_BYTES);

  if (until <= now)
    return pn_db_exec (db, drop_hold_sql, PN_ARGS (pn_int (ticket_id)), NULL, error);
  return pn_db_exec (db, hold_sql,
                     PN_ARGS (pn_int (ticket_id), pn_int (agent_id), pn_int (now), pn_int (until),
                              pn_text (words)),
                     NULL, error);
}

gboolean
pn_escalation_hold (PnDb *db, gint64 ticket_id, gint64 agent_id, PnTime until, const char *reason,
                    GError **error)
{
  const PnTime now = pn_clock_now ();
  const PnTime end = MIN (until, now + PN_ESCALATION_HOLD_MAX);
  const gboolean is_release = end <= now;
  g_autoptr (PnTicket) ticket = is_release ? NULL : pn_ticket_load (db, ticket_id, error);
  g_autofree char *shown = pn_clock_write (end);
  g_autofree char *said = pn_reason_said (reason);
  gboolean may_hold = TRUE;

  if (!is_release && (ticket == NULL || !pn_escalation_may_hold (db, ticket, &may_hold, error)))
    return FALSE;
  if (!may_hold) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "ticket %" G_GINT64_FORMAT " is solved, or nothing is owed on it and nothing was",
                  ticket_id);
    return FALSE;
  }
  return write_hold (db, ticket_id, agent_id, end, reason, error)
         && pn_db_exec (db, hold_due_sql,
                        PN_ARGS (pn_int (is_release ? 0 : end), pn_int (ticket_id)), NULL, error)
         && pn_event_add (db, ticket_id, PN_EVENT_ESCALATION, (PnActor){ PN_ACTOR_AGENT, agent_id },
                          is_release ? "released" : "acknowledged", is_release ? NULL : shown, said,
                          error);
}
