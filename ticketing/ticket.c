#include "ticketing/ticket.h"

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/deadline.h"
#include "ticketing/fact.h"
#include "ticketing/person_merge.h"
#include "ticketing/queue.h"
#include "ticketing/ticket_private.h"

static const char open_sql[] =
    "INSERT INTO ticket (queue_id, status, priority, person_id, mailbox_id, subject, preview,"
    " language, message_count, customer_at, created_at, updated_at, waiting_at, urgency_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char load_sql[] = "SELECT" PN_TICKET_COLUMNS " FROM ticket t WHERE t.id = ?";

/* Left to itself the server reads all tickets backwards, hoping to meet enough of the person's soon. */
static const char of_person_sql[] =
    "SELECT" PN_TICKET_COLUMNS " FROM ticket t FORCE INDEX (ticket_person)"
    " WHERE t.person_id = ?"
    " AND (? IS NULL OR FIND_IN_SET(t.queue_id, ?) > 0)"
    " ORDER BY t.id DESC"
    " LIMIT ?";

/* By the index (status, updated_at, id). */
static const char sweep_sql[] =
    "SELECT" PN_TICKET_COLUMNS " FROM ticket t FORCE INDEX (ticket_status)"
    " WHERE t.status = ? AND t.updated_at >= ? AND t.updated_at <= ?"
    " AND (t.updated_at > ? OR t.id > ?)"
    " ORDER BY t.updated_at, t.id"
    " LIMIT ?";

static const char range_sql[] = "SELECT" PN_TICKET_COLUMNS " FROM ticket t"
                                " WHERE t.id >= ? AND t.id <= ?"
                                " ORDER BY t.id"
                                " LIMIT ?";

static const char *const status_names[] = {
  [PN_STATUS_NEW] = "new",         [PN_STATUS_OPEN] = "open",     [PN_STATUS_WAITING] = "waiting",
  [PN_STATUS_ON_HOLD] = "on_hold", [PN_STATUS_SOLVED] = "solved", [PN_STATUS_CLOSED] = "closed",
};

static const char *const priority_names[] = {
  [PN_PRIORITY_LOW] = "low",
  [PN_PRIORITY_NORMAL] = "normal",
  [PN_PRIORITY_HIGH] = "high",
  [PN_PRIORITY_URGENT] = "urgent",
};

static void
clear (PnTicket *ticket)
{
  g_clear_pointer (&ticket->subject, g_free);
  g_clear_pointer (&ticket->preview, g_free);
  g_clear_pointer (&ticket->language, g_free);
}

void
pn_ticket_free (PnTicket *ticket)
{
  if (ticket == NULL)
    return;
  clear (ticket);
  g_free (ticket);
}

gboolean
pn_ticket_open (PnDb *db, PnTicket *ticket, PnActor actor, const char *reason, GError **error)
{
  g_autofree char *subject = pn_text_clean_line (ticket->subject, PN_TICKET_SUBJECT_BYTES);
  g_autofree char *preview = pn_text_clean_line (ticket->preview, PN_TICKET_PREVIEW_BYTES);
  const PnTime now = pn_clock_now ();

  ticket->status = PN_STATUS_NEW;
  ticket->created_at = now;
  ticket->updated_at = now;
  ticket->waiting_at = now;
  if (!pn_db_insert (
          db, open_sql,
          PN_ARGS (pn_int (ticket->queue_id), pn_int (PN_STATUS_NEW), pn_int (ticket->priority),
                   pn_int (ticket->person_id), pn_int_or_null (ticket->mailbox_id),
                   pn_text (subject), pn_text (preview), pn_text (ticket->language),
                   pn_int (ticket->message_count), pn_int_or_null (ticket->customer_at),
                   pn_int (now), pn_int (now), pn_int (now), pn_int (pn_ticket_urgency (ticket))),
          &ticket->id, error))
    return FALSE;
  ticket->version = 1;
  return pn_event_add (db, ticket->id, PN_EVENT_CREATED, actor, NULL, NULL, reason, error)
         && pn_queue_count_add (db, ticket->queue_id, PN_STATUS_NEW, 1, error)
         && pn_deadline_mark (db, ticket->id, error) && pn_fact_mark (db, ticket->id, error);
}

void
pn_ticket_read_row (const PnRows *rows, PnTicket *ticket)
{
  clear (ticket);
  ticket->id = pn_rows_int (rows, 0);
  ticket->queue_id = pn_rows_int (rows, 1);
  ticket->status = (PnStatus) CLAMP (pn_rows_int (rows, 2), 0, PN_STATUS_CLOSED);
  ticket->priority = (PnPriority) CLAMP (pn_rows_int (rows, 3), 0, PN_PRIORITY_URGENT);
  ticket->assignee_id = pn_rows_int (rows, 4);
  ticket->person_id = pn_rows_int (rows, 5);
  ticket->mailbox_id = pn_rows_int (rows, 6);
  ticket->subject = g_strdup (pn_rows_text (rows, 7));
  ticket->preview = g_strdup (pn_rows_text (rows, 8));
  ticket->language = g_strdup (pn_rows_text (rows, 9));
  ticket->version = pn_rows_int (rows, 10);
  ticket->message_count = pn_rows_int (rows, 11);
  ticket->is_looping = pn_rows_int (rows, 12) != 0;
  ticket->created_at = pn_rows_int (rows, 13);
  ticket->updated_at = pn_rows_int (rows, 14);
  ticket->customer_at = pn_rows_int (rows, 15);
  ticket->agent_at = pn_rows_int (rows, 16);
  ticket->closed_at = pn_rows_int (rows, 17);
  ticket->merged_into = pn_rows_int (rows, 18);
  ticket->waiting_at = pn_rows_int (rows, 19);
  ticket->due_at = pn_rows_int (rows, 20);
  ticket->removed_at = pn_rows_int (rows, 21);
}

gboolean
pn_ticket_reload (PnDb *db, PnTicket *ticket, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (ticket->id)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no ticket %" G_GINT64_FORMAT, ticket->id);
    return FALSE;
  }
  pn_ticket_read_row (rows, ticket);
  return TRUE;
}

PnTicket *
pn_ticket_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);

  ticket->id = id;
  return pn_ticket_reload (db, ticket, error) ? g_steal_pointer (&ticket) : NULL;
}

/* Returns: (owned) "1,5,9". */
static char *
write_ids (const GArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                            g_array_index (ids, gint64, i));
  return g_string_free (text, FALSE);
}

static GPtrArray *
read_all (PnRows *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_ticket_free);

  while (pn_rows_next (rows)) {
    PnTicket *ticket = g_new0 (PnTicket, 1);

    pn_ticket_read_row (rows, ticket);
    g_ptr_array_add (list, ticket);
  }
  return list;
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  const PnTicket *first = *(PnTicket *const *) a;
  const PnTicket *second = *(PnTicket *const *) b;

  return (first->id < second->id) - (first->id > second->id);
}

static gboolean
add_of_member (PnDb *db, gint64 person_id, const char *queues, guint limit, GPtrArray *list,
               GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, of_person_sql,
      PN_ARGS (pn_int (person_id), pn_text (queues), pn_text (queues), pn_int (limit)), error);

  if (rows == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (list, read_all (rows));
  return TRUE;
}

/* The newest of each member, then the newest of those: each query reads no more rows than it gives. */
GPtrArray *
pn_ticket_of_person (PnDb *db, gint64 person_id, const GArray *queues, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_ticket_free);
  g_autofree char *ids = queues != NULL ? write_ids (queues) : NULL;
  g_autoptr (GArray) members = pn_person_members (db, person_id, error);

  if (members == NULL)
    return NULL;
  for (guint i = 0; i < members->len; i++) {
    if (!add_of_member (db, g_array_index (members, gint64, i), ids, limit, list, error))
      return NULL;
  }
  if (members->len > 1)
    g_ptr_array_sort (list, newest_first);
  if (list->len > limit)
    g_ptr_array_set_size (list, (int) limit);
  return g_steal_pointer (&list);
}

GPtrArray *
pn_ticket_sweep (PnDb *db, PnStatus status, PnTime until, PnTime after_time, gint64 after_id,
                 guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, sweep_sql,
                   PN_ARGS (pn_int (status), pn_int (after_time), pn_int (until),
                            pn_int (after_time), pn_int (after_id), pn_int (limit)),
                   error);

  return rows != NULL ? read_all (rows) : NULL;
}

GPtrArray *
pn_ticket_range (PnDb *db, gint64 first, gint64 last, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, range_sql, PN_ARGS (pn_int (first), pn_int (last), pn_int (limit)), error);

  return rows != NULL ? read_all (rows) : NULL;
}

gboolean
pn_ticket_takes_replies (const PnTicket *ticket)
{
  return ticket->removed_at == 0
         && (ticket->status != PN_STATUS_CLOSED
             || pn_clock_now () - ticket->closed_at <= PN_REOPEN_CLOSED);
}

const char *
pn_status_name (PnStatus status)
{
  return status_names[status];
}

gboolean
pn_status_read (const char *name, PnStatus *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_names); i++) {
    if (g_strcmp0 (name, status_names[i]) == 0) {
      *status = (PnStatus) i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
pn_priority_name (PnPriority priority)
{
  return priority_names[priority];
}

gboolean
pn_priority_read (const char *name, PnPriority *priority)
{
  for (guint i = 0; i < G_N_ELEMENTS (priority_names); i++) {
    if (g_strcmp0 (name, priority_names[i]) == 0) {
      *priority = (PnPriority) i;
      return TRUE;
    }
  }
  return FALSE;
}
