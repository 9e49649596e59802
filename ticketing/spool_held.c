#include "ticketing/spool.h"

#include <stdlib.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/spool_private.h"

static const char set_state_sql[] =
    "UPDATE spool"
    " SET state = ?, lease_owner = NULL, lease_until = 0, disposition = NULL, reasons = ?,"
    " may_answer = ?"
    " WHERE id = ? AND state IN (2, 3)";

/* Of every queue; lease_until is 0 in these states, so the index gives the order. */
static const char list_all_sql[] =
    "SELECT " PN_SPOOL_COLUMNS " FROM spool FORCE INDEX (spool_state)"
    " WHERE state = ? AND lease_until = 0 AND id < ?"
    " ORDER BY id DESC"
    " LIMIT ?";

static const char list_queue_sql[] =
    "SELECT " PN_SPOOL_COLUMNS " FROM spool FORCE INDEX (spool_queue)"
    " WHERE queue_id = ? AND state = ? AND id < ?"
    " ORDER BY id DESC"
    " LIMIT ?";

/* Forms are held for nothing else: channel 2, state 2. */
static const char unconfirmed_sql[] = "SELECT id FROM spool FORCE INDEX (spool_state)"
                                      " WHERE state = 2 AND lease_until = 0 AND channel = 2"
                                      " AND from_address = ?"
                                      " ORDER BY id"
                                      " LIMIT 50";

#define COUNT_MAX 1000
#define COUNT_MAX_TEXT "1000"

static const char count_all_sql[] =
    "SELECT COUNT(*) FROM (SELECT 1 FROM spool FORCE INDEX (spool_state)"
    " WHERE state = ? AND lease_until = 0 LIMIT " COUNT_MAX_TEXT ") some";

static const char count_queue_sql[] =
    "SELECT COUNT(*) FROM (SELECT 1 FROM spool FORCE INDEX (spool_queue)"
    " WHERE queue_id = ? AND state = ? LIMIT " COUNT_MAX_TEXT ") some";

typedef struct {
  gint64 id;
  PnSpoolState state;
  gint64 agent_id;
  gboolean may_answer;
  gboolean is_confirmed; /* by who sent it */
} Decision;

static char *
write_reason (const Decision *decision)
{
  if (decision->is_confirmed)
    return g_strdup (pn_reason (PN_WHY_SENDER_CONFIRMED));
  return pn_reason_make (decision->state == PN_SPOOL_DISCARDED ? PN_WHY_HELD_DISCARDED
                                                               : PN_WHY_HELD_RELEASED,
                         "{s:o}", "agent", pn_json_id (decision->agent_id));
}

static gboolean
decide (PnDb *db, gpointer data, GError **error)
{
  const Decision *decision = data;
  g_autoptr (PnDelivery) delivery = pn_spool_load (db, decision->id, error);
  g_autofree char *reason = write_reason (decision);
  g_autofree char *text = NULL;

  if (delivery == NULL)
    return FALSE;
  if (delivery->reasons == NULL)
    delivery->reasons = json_array ();
  pn_reason_add (delivery->reasons, reason);
  text = pn_spool_write_reasons (delivery->reasons);
  return pn_spool_change (db, set_state_sql,
                          PN_ARGS (pn_int (decision->state), pn_text (text),
                                   pn_int (decision->may_answer), pn_int (decision->id)),
                          decision->id, error);
}

static gboolean
run_decision (PnDb *db, Decision *decision, GError **error)
{
  return pn_db_in_transaction (db) ? decide (db, decision, error)
                                   : pn_db_run (db, decide, decision, error);
}

gboolean
pn_spool_release (PnDb *db, gint64 id, gint64 agent_id, gboolean may_answer, GError **error)
{
  Decision decision = { id, PN_SPOOL_WAITING, agent_id, may_answer, FALSE };

  return run_decision (db, &decision, error);
}

gboolean
pn_spool_discard (PnDb *db, gint64 id, gint64 agent_id, GError **error)
{
  Decision decision = { id, PN_SPOOL_DISCARDED, agent_id, FALSE, FALSE };

  return run_decision (db, &decision, error);
}

gboolean
pn_spool_confirm (PnDb *db, const char *address, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, unconfirmed_sql, PN_ARGS (pn_text (address)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    Decision decision = { pn_rows_int (rows, 0), PN_SPOOL_WAITING, 0, TRUE, TRUE };
    GError *problem = NULL;

    if (run_decision (db, &decision, &problem))
      continue;
    if (!pn_error_is (problem, PN_ERROR_CONFLICT)) {
      g_propagate_error (error, problem);
      return FALSE;
    }
    g_error_free (problem); /* another click was faster */
  }
  return TRUE;
}

gboolean
pn_spool_is_confirmed (const PnDelivery *delivery)
{
  const json_t *last = json_array_get (delivery->reasons, json_array_size (delivery->reasons) - 1);

  return delivery->channel == PN_CHANNEL_FORM && pn_reason_is (last, PN_WHY_SENDER_CONFIRMED);
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  const PnDelivery *first = *(PnDelivery *const *) a;
  const PnDelivery *second = *(PnDelivery *const *) b;

  return (first->id < second->id) - (first->id > second->id);
}

/* The newest of each queue, then the newest of those: each query reads no more rows than it gives. */
static gboolean
list_queues (PnDb *db, PnSpoolState state, const GArray *queues, gint64 before, guint limit,
             GPtrArray *deliveries, GError **error)
{
  for (guint i = 0; i < queues->len; i++) {
    gint64 queue_id = g_array_index (queues, gint64, i);
    g_autoptr (PnRows) rows = pn_db_query (
        db, list_queue_sql,
        PN_ARGS (pn_int (queue_id), pn_int (state), pn_int (before), pn_int (limit)), error);

    if (rows == NULL)
      return FALSE;
    pn_spool_read_rows (rows, deliveries);
  }
  g_ptr_array_sort (deliveries, newest_first);
  if (deliveries->len > limit)
    g_ptr_array_set_size (deliveries, (int) limit);
  return TRUE;
}

GPtrArray *
pn_spool_list (PnDb *db, PnSpoolState state, const GArray *queues, gint64 before, guint limit,
               GError **error)
{
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new_with_free_func (pn_spool_free_delivery);
  g_autoptr (PnRows) rows = NULL;

  if (before == 0)
    before = G_MAXINT64;
  if (queues != NULL)
    return list_queues (db, state, queues, before, limit, deliveries, error)
               ? g_steal_pointer (&deliveries)
               : NULL;
  rows = pn_db_query (db, list_all_sql, PN_ARGS (pn_int (state), pn_int (before), pn_int (limit)),
                      error);
  if (rows == NULL)
    return NULL;
  pn_spool_read_rows (rows, deliveries);
  return g_steal_pointer (&deliveries);
}

static gboolean
count_rows (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 *count,
            GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, error);

  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  *count += pn_rows_int (rows, 0);
  return TRUE;
}

gboolean
pn_spool_count (PnDb *db, PnSpoolState state, const GArray *queues, gint64 *count, GError **error)
{
  gint64 sum = 0;

  if (queues == NULL && !count_rows (db, count_all_sql, PN_ARGS (pn_int (state)), &sum, error))
    return FALSE;
  for (guint i = 0; queues != NULL && i < queues->len && sum < COUNT_MAX; i++) {
    if (!count_rows (db, count_queue_sql,
                     PN_ARGS (pn_int (g_array_index (queues, gint64, i)), pn_int (state)), &sum,
                     error))
      return FALSE;
  }
  *count = MIN (sum, COUNT_MAX);
  return TRUE;
}
