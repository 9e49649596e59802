#include "kb/given.h"

#define COLUMNS                                                                                    \
  "id, message_id, ticket_id, person_id, article_id, is_answer, confidence, outcome, created_at,"  \
  " outcome_at"
#define OF_A_MESSAGE "10"

static const char tickets_sql[] = "SELECT DISTINCT ticket_id FROM kb_given"
                                  " WHERE is_answer = ? AND (? < 0 OR outcome = ?)"
                                  " AND created_at >= ? AND created_at < ?"
                                  " ORDER BY ticket_id DESC"
                                  " LIMIT ?";

static const char insert_sql[] =
    "INSERT IGNORE INTO kb_given (message_id, ticket_id, person_id, article_id, is_answer,"
    " confidence, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";

static const char was_sql[] =
    "SELECT 1 FROM kb_given"
    " WHERE ticket_id = ? AND article_id = ? AND (is_answer = 1 OR outcome = 2)"
    " UNION ALL"
    " SELECT 1 FROM kb_given"
    " WHERE person_id = ? AND article_id = ? AND (is_answer = 1 OR outcome = 2)"
    " LIMIT 1";

static const char list_sql[] = "SELECT " COLUMNS " FROM kb_given"
                               " WHERE message_id = ?"
                               " ORDER BY confidence DESC, id"
                               " LIMIT " OF_A_MESSAGE;

static const char set_all_sql[] = "UPDATE kb_given"
                                  " SET outcome = ?, outcome_at = ?"
                                  " WHERE message_id = ?";

static const char set_one_sql[] = "UPDATE kb_given"
                                  " SET outcome = ?, outcome_at = ?"
                                  " WHERE message_id = ? AND article_id = ?";

static const char recent_sql[] = "SELECT COUNT(*), COALESCE(SUM(outcome = 1), 0)"
                                 " FROM (SELECT outcome FROM kb_given"
                                 " WHERE is_answer = 1 AND outcome IN (1, 2) AND outcome_at >= ?"
                                 " ORDER BY outcome_at DESC"
                                 " LIMIT ?) AS newest";

static const char count_sql[] =
    "SELECT is_answer, COUNT(*), COALESCE(SUM(outcome = 1), 0), COALESCE(SUM(outcome = 2), 0)"
    " FROM kb_given"
    " WHERE created_at >= ? AND created_at < ?"
    " GROUP BY is_answer";

G_STATIC_ASSERT (PN_OUTCOME_SOLVED == 1 && PN_OUTCOME_REFUSED == 2);

gboolean
pn_given_add (PnDb *db, const PnGiven *given, GError **error)
{
  return pn_db_exec (db, insert_sql,
                     PN_ARGS (pn_int (given->message_id), pn_int (given->ticket_id),
                              pn_int (given->person_id), pn_int (given->article_id),
                              pn_int (given->is_answer), pn_real (given->confidence),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

gboolean
pn_given_was (PnDb *db, gint64 ticket_id, gint64 person_id, gint64 article_id, gboolean *was_given,
              GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, was_sql,
      PN_ARGS (pn_int (ticket_id), pn_int (article_id), pn_int (person_id), pn_int (article_id)),
      error);

  if (rows == NULL)
    return FALSE;
  *was_given = pn_rows_next (rows);
  return TRUE;
}

GArray *
pn_given_list (PnDb *db, gint64 message_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (message_id)), error);
  GArray *list;

  if (rows == NULL)
    return NULL;
  list = g_array_new (FALSE, FALSE, sizeof (PnGiven));
  while (pn_rows_next (rows)) {
    const PnGiven given = { .id = pn_rows_int (rows, 0),
                            .message_id = pn_rows_int (rows, 1),
                            .ticket_id = pn_rows_int (rows, 2),
                            .person_id = pn_rows_int (rows, 3),
                            .article_id = pn_rows_int (rows, 4),
                            .is_answer = pn_rows_int (rows, 5) != 0,
                            .confidence = pn_rows_real (rows, 6),
                            .outcome = (PnOutcome) pn_rows_int (rows, 7),
                            .created_at = pn_rows_int (rows, 8),
                            .outcome_at = pn_rows_int (rows, 9) };

    g_array_append_val (list, given);
  }
  return list;
}

gboolean
pn_given_set_outcome (PnDb *db, gint64 message_id, gint64 article_id, PnOutcome outcome,
                      GError **error)
{
  const PnTime now = pn_clock_now ();

  if (article_id == 0)
    return pn_db_exec (db, set_all_sql,
                       PN_ARGS (pn_int (outcome), pn_int (now), pn_int (message_id)), NULL, error);
  return pn_db_exec (
      db, set_one_sql,
      PN_ARGS (pn_int (outcome), pn_int (now), pn_int (message_id), pn_int (article_id)), NULL,
      error);
}

gboolean
pn_given_recent (PnDb *db, PnTime since, guint limit, gint64 *judged, gint64 *solved,
                 GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, recent_sql, PN_ARGS (pn_int (since), pn_int (limit)), error);

  if (rows == NULL)
    return FALSE;
  *judged = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  *solved = *judged > 0 ? pn_rows_int (rows, 1) : 0;
  return TRUE;
}

gboolean
pn_given_count (PnDb *db, PnTime from, PnTime to, PnGivenCounts *counts, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, count_sql, PN_ARGS (pn_int (from), pn_int (to)), error);

  if (rows == NULL)
    return FALSE;
  *counts = (PnGivenCounts){ 0 };
  while (pn_rows_next (rows)) {
    if (pn_rows_int (rows, 0) != 0) {
      counts->answers = pn_rows_int (rows, 1);
      counts->answers_solved = pn_rows_int (rows, 2);
      counts->answers_refused = pn_rows_int (rows, 3);
    } else {
      counts->suggestions = pn_rows_int (rows, 1);
      counts->suggestions_solved = pn_rows_int (rows, 2);
    }
  }
  return TRUE;
}

GArray *
pn_given_tickets (PnDb *db, gboolean is_answer, int outcome, PnTime from, PnTime to, guint limit,
                  GError **error)
{
  return pn_db_query_ids (db, tickets_sql,
                          PN_ARGS (pn_int (is_answer), pn_int (outcome), pn_int (outcome),
                                   pn_int (from), pn_int (to), pn_int (limit)),
                          error);
}
