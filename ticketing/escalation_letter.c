#include "ticketing/escalation_private.h"

#include <string.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/mailbox.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"

#define IN_A_LETTER 100 /* notices; more make another letter */

static const char add_sql[] =
    "INSERT INTO escalation_notice (address, agent_id, ticket_id, metric, round, step, words,"
    " deadline_at, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char readers_sql[] =
    "SELECT address FROM escalation_notice GROUP BY address ORDER BY MIN(id) LIMIT ?";

static const char load_sql[] =
    "SELECT id, agent_id, ticket_id, metric, words, deadline_at, created_at"
    " FROM escalation_notice"
    " WHERE address = ?"
    " ORDER BY id"
    " LIMIT ?";

static const char drop_sql[] = "DELETE FROM escalation_notice WHERE address = ? AND id <= ?";

gboolean
pn_escalation_add_notice (const PnFiring *firing, gint64 agent_id, const char *address,
                          GError **error)
{
  const PnEscalationDue *due = firing->due;
  g_autofree char *words = pn_ladder_step_words (firing->step);

  return pn_db_exec (firing->db, add_sql,
                     PN_ARGS (pn_text (address), pn_int_or_null (agent_id), pn_int (due->ticket_id),
                              pn_int (due->metric), pn_int (due->round), pn_int (due->step),
                              pn_text (words), pn_int_or_null (firing->deadline->due_at),
                              pn_int (firing->now)),
                     NULL, error);
}

/* One reader's letter. */
typedef struct {
  const char *address;
  gint64 agent_id;
  gint64 mailbox_id; /* 0: no queue of the tickets can send */
  gint64 ticket_id;  /* when it tells of one alone; 0: of several */
  gint64 first_id;
  gint64 last_id;
  gint64 notices;
  json_t *items; /* (owned) */
} Tale;

static void
tale_clear (Tale *tale)
{
  g_clear_pointer (&tale->items, json_decref);
}

/* The first queue that has a mailbox to send by lends it. */
static gboolean
find_mailbox (PnDb *db, Tale *tale, const PnTicket *ticket, GError **error)
{
  g_autoptr (PnMailbox) mailbox = NULL;

  if (tale->mailbox_id != 0)
    return TRUE;
  if (!pn_mailbox_for_queue (db, ticket->queue_id, &mailbox, error))
    return FALSE;
  if (mailbox != NULL)
    tale->mailbox_id = mailbox->id;
  return TRUE;
}

static gboolean
add_item (PnDb *db, Tale *tale, const PnRows *rows, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, pn_rows_int (rows, 2), error);
  g_autoptr (PnQueue) queue = ticket != NULL ? pn_queue_load (db, ticket->queue_id, error) : NULL;

  if (queue == NULL || !find_mailbox (db, tale, ticket, error))
    return FALSE;
  tale->ticket_id = tale->notices == 0 || tale->ticket_id == ticket->id ? ticket->id : 0;
  tale->notices++;
  json_array_append_new (
      tale->items,
      json_pack ("{s:I, s:o, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "number",
                 (json_int_t) ticket->id, "subject", pn_json_text (ticket->subject), "priority",
                 pn_priority_name (ticket->priority), "status", pn_status_name (ticket->status),
                 "queue", pn_json_text (queue->title), "metric",
                 pn_metric_name ((PnMetric) pn_rows_int (rows, 3)), "place",
                 pn_json_text (pn_rows_text (rows, 4)), "parts",
                 pn_ladder_words_parts (pn_rows_text (rows, 4)), "due_at",
                 pn_json_time (pn_rows_int (rows, 5)), "at", pn_json_time (pn_rows_int (rows, 6))));
  return TRUE;
}

static gboolean
load_tale (PnDb *db, Tale *tale, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, load_sql, PN_ARGS (pn_text (tale->address), pn_int (IN_A_LETTER)), error);

  if (rows == NULL)
    return FALSE;
  tale->items = json_array ();
  while (pn_rows_next (rows)) {
    tale->last_id = pn_rows_int (rows, 0);
    if (tale->first_id == 0)
      tale->first_id = tale->last_id;
    if (tale->agent_id == 0)
      tale->agent_id = pn_rows_int (rows, 1);
    if (!add_item (db, tale, rows, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
order (PnDb *db, const Tale *tale, GError **error)
{
  g_autoptr (json_t) document =
      json_pack ("{s:O, s:I, s:b}", "items", tale->items, "count", (json_int_t) tale->notices,
                 "is_single", tale->notices == 1);
  g_autofree char *key = g_strdup_printf ("escalation:%" G_GINT64_FORMAT, tale->first_id);
  const PnLetterOrder letter = {
    .class = PN_CLASS_NOTICE,
    .letter = "escalation",
    .ticket_id = tale->ticket_id,
    .mailbox_id = tale->mailbox_id,
    .agent_id = tale->agent_id,
    .recipient = tale->address,
    .document = document,
    .reason_key = key,
  };

  /* Where no mail can leave, the timeline has told it already. */
  return tale->mailbox_id == 0 || pn_outbox_add (db, &letter, NULL, error);
}

static gboolean
tell_in_transaction (PnDb *db, gpointer data, GError **error)
{
  Tale tale = { .address = data };
  gint64 affected = 0;
  gboolean is_well = load_tale (db, &tale, error);

  if (is_well && tale.notices > 0)
    is_well = order (db, &tale, error)
              && pn_db_exec (db, drop_sql, PN_ARGS (pn_text (tale.address), pn_int (tale.last_id)),
                             &affected, error);
  if (is_well && affected != tale.notices) {
    pn_error_set (error, PN_ERROR_CONFLICT, "another clerk tells %s already", tale.address);
    is_well = FALSE;
  }
  tale_clear (&tale);
  return is_well;
}

gboolean
pn_escalation_tell (PnDb *db, guint limit, guint *done, GError **error)
{
  g_autoptr (PnRows) readers = pn_db_query (db, readers_sql, PN_ARGS (pn_int (limit)), error);

  *done = 0;
  if (readers == NULL)
    return FALSE;
  while (pn_rows_next (readers)) {
    g_autoptr (GError) problem = NULL;
    char *address = (char *) pn_rows_text (readers, 0);

    if (!pn_db_run (db, tell_in_transaction, address, &problem)
        && !pn_error_is (problem, PN_ERROR_CONFLICT)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    PN_CRASH_POINT ("escalation-told");
    *done += 1;
  }
  return TRUE;
}
