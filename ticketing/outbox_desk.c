#include "ticketing/outbox.h"

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox_private.h"

#define BOUNCES_SINCE (7 * PN_DAY)

static const char cancel_sql[] = "UPDATE outbox"
                                 " SET state = 8, gen = gen + 1"
                                 " WHERE id = ? AND state IN (0, 4, 7)";

static const char retry_sql[] =
    "UPDATE outbox"
    " SET state = 0, gen = gen + 1, attempts = 0, next_at = ?, give_up_at = ?, dotted_at = NULL"
    " WHERE id = ? AND state IN (4, 5, 6, 7, 8) AND is_taken_back = 0"
    " AND recipient <> ''"; /* erased: ticketing/removal */

static const char undo_sql[] = "UPDATE outbox FORCE INDEX (outbox_message)"
                               " SET state = 8, gen = gen + 1, is_taken_back = 1"
                               " WHERE message_id = ? AND class = 0 AND state IN (0, 4, 7, 8)";

static const char too_late_sql[] = "SELECT id FROM outbox FORCE INDEX (outbox_message)"
                                   " WHERE message_id = ? AND class = 0 AND state <> 8"
                                   " LIMIT 1";

static const char move_queue_sql[] = "UPDATE outbox"
                                     " SET queue_id = (SELECT queue_id FROM ticket WHERE id = ?)"
                                     " WHERE ticket_id = ?";

static const char move_mailbox_sql[] = "UPDATE outbox"
                                       " SET mailbox_id = ?"
                                       " WHERE ticket_id = ? AND state = 0 AND is_rendered = 0";

static const char list_all_sql[] = "SELECT " PN_OUTBOX_COLUMNS " FROM outbox"
                                   " WHERE id < ?"
                                   " ORDER BY id DESC"
                                   " LIMIT ?";

static const char list_state_sql[] =
    "SELECT " PN_OUTBOX_COLUMNS " FROM outbox FORCE INDEX (outbox_unrendered)"
    " WHERE is_rendered = ? AND state = ? AND id < ?"
    " ORDER BY id DESC"
    " LIMIT ?";

static const char list_queue_sql[] =
    "SELECT " PN_OUTBOX_COLUMNS " FROM outbox FORCE INDEX (outbox_queue)"
    " WHERE queue_id = ? AND id < ?"
    " ORDER BY id DESC"
    " LIMIT ?";

static const char list_queue_state_sql[] =
    "SELECT " PN_OUTBOX_COLUMNS " FROM outbox FORCE INDEX (outbox_queue_state)"
    " WHERE queue_id = ? AND state = ? AND id < ?"
    " ORDER BY id DESC"
    " LIMIT ?";

/* A bounce proves that some server took the letter, so a proven one ends the doubt. */
static const char bounced_sql[] =
    "UPDATE outbox"
    " SET bounced_at = ?, bounce_status = ?, bounce_text = ?,"
    " bounce_is_proven = GREATEST(bounce_is_proven, ?), state = IF(? AND state = 6, 3, state)"
    " WHERE id = ? AND (bounced_at IS NULL OR bounce_is_proven <= ?)";

static const char hard_bounces_sql[] =
    "SELECT COUNT(*) FROM (SELECT 1 FROM outbox"
    " WHERE recipient = (SELECT recipient FROM outbox WHERE id = ?) AND bounced_at > ?"
    " AND bounce_is_proven = 1 AND bounce_status LIKE '5.%' LIMIT 100) some";

gboolean
pn_outbox_can_cancel (const PnLetterRow *row)
{
  switch (row->state) {
  case PN_OUTBOX_WAITING:
  case PN_OUTBOX_DEFERRED:
  case PN_OUTBOX_HELD: return TRUE;
  case PN_OUTBOX_SENDING:
  case PN_OUTBOX_DOTTED:
  case PN_OUTBOX_SENT:
  case PN_OUTBOX_FAILED:
  case PN_OUTBOX_UNCERTAIN:
  case PN_OUTBOX_CANCELLED: return FALSE;
  }
  return FALSE;
}

gboolean
pn_outbox_can_retry (const PnLetterRow *row)
{
  switch (row->state) {
  case PN_OUTBOX_DEFERRED:
  case PN_OUTBOX_FAILED:
  case PN_OUTBOX_UNCERTAIN:
  case PN_OUTBOX_HELD: return TRUE;
  case PN_OUTBOX_CANCELLED: return !row->is_taken_back;
  case PN_OUTBOX_WAITING:
  case PN_OUTBOX_SENDING:
  case PN_OUTBOX_DOTTED:
  case PN_OUTBOX_SENT: return FALSE;
  }
  return FALSE;
}

/* Says why the letter may not be cancelled or sent again: NOT_FOUND or CONFLICT. */
static void
explain (PnDb *db, gint64 id, const char *verb, GError **error)
{
  g_autoptr (PnLetterRow) row = pn_outbox_load (db, id, error);

  if (row != NULL && row->is_taken_back)
    pn_error_set (error, PN_ERROR_CONFLICT,
                  "the answer was taken back: it can only be sent as a new one");
  else if (row != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "a letter that is %s can not be %s",
                  pn_outbox_state_name (row->state), verb);
}

gboolean
pn_outbox_cancel (PnDb *db, gint64 id, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, cancel_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 1)
    return TRUE;
  explain (db, id, "cancelled", error);
  return FALSE;
}

gboolean
pn_outbox_retry (PnDb *db, gint64 id, GError **error)
{
  gint64 affected = 0;
  PnTime now = pn_clock_now ();

  if (!pn_db_exec (db, retry_sql,
                   PN_ARGS (pn_int (now), pn_int (now + PN_OUTBOX_LIFE), pn_int (id)), &affected,
                   error))
    return FALSE;
  if (affected == 1)
    return TRUE;
  explain (db, id, "sent again", error);
  return FALSE;
}

typedef struct {
  gint64 message_id;
  gint64 cancelled;
} Undo;

/* The UPDATE locks every letter of the message, also those it leaves alone: nobody can claim one until COMMIT. */
static gboolean
undo (PnDb *db, gpointer data, GError **error)
{
  Undo *work = data;
  g_autoptr (PnRows) rows = NULL;

  if (!pn_db_exec (db, undo_sql, PN_ARGS (pn_int (work->message_id)), &work->cancelled, error))
    return FALSE;
  rows = pn_db_query (db, too_late_sql, PN_ARGS (pn_int (work->message_id)), error);
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT, "too late: the answer is on its way already");
  return FALSE;
}

gboolean
pn_outbox_undo_message (PnDb *db, gint64 message_id, gint64 *cancelled, GError **error)
{
  Undo work = { .message_id = message_id };

  if (!(pn_db_in_transaction (db) ? pn_db_try (db, undo, &work, error)
                                  : pn_db_run (db, undo, &work, error)))
    return FALSE;
  *cancelled = work.cancelled;
  return TRUE;
}

gboolean
pn_outbox_move (PnDb *db, gint64 ticket_id, gint64 mailbox_id, GError **error)
{
  const PnValue ticket = pn_int (ticket_id);

  if (!pn_db_exec (db, move_queue_sql, PN_ARGS (ticket, ticket), NULL, error))
    return FALSE;
  return mailbox_id == 0
         || pn_db_exec (db, move_mailbox_sql, PN_ARGS (pn_int (mailbox_id), ticket), NULL, error);
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  const PnLetterRow *first = *(PnLetterRow *const *) a;
  const PnLetterRow *second = *(PnLetterRow *const *) b;

  return (first->id < second->id) - (first->id > second->id);
}

static gboolean
append (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GPtrArray *letters,
        GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, error);

  if (rows == NULL)
    return FALSE;
  pn_outbox_read_rows (rows, letters);
  return TRUE;
}

/* Of every queue and of none. */
static gboolean
list_all (PnDb *db, int state, gint64 before, guint limit, GPtrArray *letters, GError **error)
{
  const PnValue below = pn_int (before);
  const PnValue most = pn_int (limit);

  if (state < 0)
    return append (db, list_all_sql, PN_ARGS (below, most), letters, error);
  return append (db, list_state_sql, PN_ARGS (pn_int (0), pn_int (state), below, most), letters,
                 error)
         && append (db, list_state_sql, PN_ARGS (pn_int (1), pn_int (state), below, most), letters,
                    error);
}

static gboolean
list_queue (PnDb *db, gint64 queue_id, int state, gint64 before, guint limit, GPtrArray *letters,
            GError **error)
{
  const PnValue queue = pn_int (queue_id);
  const PnValue below = pn_int (before);
  const PnValue most = pn_int (limit);

  return state < 0 ? append (db, list_queue_sql, PN_ARGS (queue, below, most), letters, error)
                   : append (db, list_queue_state_sql, PN_ARGS (queue, pn_int (state), below, most),
                             letters, error);
}

GPtrArray *
pn_outbox_list (PnDb *db, int state, const GArray *queues, gint64 before, guint limit,
                GError **error)
{
  g_autoptr (GPtrArray) letters = pn_outbox_rows_new ();

  if (before == 0)
    before = G_MAXINT64;
  if (queues == NULL && !list_all (db, state, before, limit, letters, error))
    return NULL;
  for (guint i = 0; queues != NULL && i < queues->len; i++) {
    if (!list_queue (db, g_array_index (queues, gint64, i), state, before, limit, letters, error))
      return NULL;
  }
  g_ptr_array_sort (letters, newest_first);
  if (letters->len > limit)
    g_ptr_array_set_size (letters, (int) limit);
  return g_steal_pointer (&letters);
}

gboolean
pn_outbox_set_bounced (PnDb *db, gint64 id, const char *status, const char *text,
                       gboolean is_proven, gint64 *hard_bounces, GError **error)
{
  g_autofree char *short_status = pn_text_clean_line (status, 16);
  g_autofree char *line = pn_text_clean_line (text, 1000);
  const PnValue proven = pn_int (is_proven ? 1 : 0);
  PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = NULL;

  if (!pn_db_exec (db, bounced_sql,
                   PN_ARGS (pn_int (now), pn_text (short_status), pn_text (line), proven, proven,
                            pn_int (id), proven),
                   NULL, error))
    return FALSE;
  rows = pn_db_query (db, hard_bounces_sql, PN_ARGS (pn_int (id), pn_int (now - BOUNCES_SINCE)),
                      error);
  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  *hard_bounces = pn_rows_int (rows, 0);
  return TRUE;
}
