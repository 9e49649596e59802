#include "ticketing/queue.h"

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define NAME_MAX_CHARACTERS 64
#define LIST_MAX "1000"

#define COLUMNS "id, name, title, from_name, signature, language, acknowledges, is_public"

static const char insert_sql[] =
    "INSERT INTO queue (name, title, from_name, signature, language, acknowledges, is_public,"
    " created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE queue"
    " SET name = ?, title = ?, from_name = ?, signature = ?, language = ?, acknowledges = ?,"
    " is_public = ?"
    " WHERE id = ?";

static const char load_sql[] = "SELECT " COLUMNS " FROM queue WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM queue WHERE name = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM queue ORDER BY title, id LIMIT " LIST_MAX;

/* The shard tells nodes apart, and the connections of a node: no two writers wait for the same row. */
static const char count_sql[] =
    "INSERT INTO queue_count (queue_id, status, shard, tickets)"
    " VALUES (?, ?,"
    " CRC32(CONCAT(@@hostname, ':', @@port)) % 65536 * 8 + CONNECTION_ID() % 8, ?)"
    " ON DUPLICATE KEY UPDATE tickets = tickets + VALUES(tickets)";

static const char counts_sql[] = "SELECT queue_id, status, SUM(tickets)"
                                 " FROM queue_count"
                                 " GROUP BY queue_id, status"
                                 " ORDER BY queue_id, status";

PnQueue *
pn_queue_new (const char *name)
{
  PnQueue *queue = g_new0 (PnQueue, 1);

  queue->name = g_strdup (name);
  queue->title = g_strdup (name);
  queue->from_name = g_strdup ("");
  queue->signature = g_strdup ("");
  queue->language = g_strdup ("en");
  queue->acknowledges = TRUE;
  queue->is_public = TRUE;
  return queue;
}

void
pn_queue_free (PnQueue *queue)
{
  if (queue == NULL)
    return;
  g_free (queue->name);
  g_free (queue->title);
  g_free (queue->from_name);
  g_free (queue->signature);
  g_free (queue->language);
  g_free (queue);
}

static void
free_queue (gpointer queue)
{
  pn_queue_free (queue);
}

static gboolean
check (const PnQueue *queue, GError **error)
{
  if (!pn_text_is_label (queue->name, NAME_MAX_CHARACTERS)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "queue name \"%s\": 1 to %d of a-z, 0-9 and \"-\" are allowed", queue->name,
                  NAME_MAX_CHARACTERS);
    return FALSE;
  }
  if (*queue->title == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "queue %s: the title is empty", queue->name);
    return FALSE;
  }
  return TRUE;
}

static gboolean
insert (PnDb *db, PnQueue *queue, GError **error)
{
  return pn_db_insert (db, insert_sql,
                       PN_ARGS (pn_text (queue->name), pn_text (queue->title),
                                pn_text (queue->from_name), pn_text (queue->signature),
                                pn_text (queue->language), pn_int (queue->acknowledges),
                                pn_int (queue->is_public), pn_int (pn_clock_now ())),
                       &queue->id, error);
}

static gboolean
update (PnDb *db, const PnQueue *queue, GError **error)
{
  gint64 affected = 0;
  g_autoptr (PnQueue) there = NULL;

  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (queue->name), pn_text (queue->title),
                            pn_text (queue->from_name), pn_text (queue->signature),
                            pn_text (queue->language), pn_int (queue->acknowledges),
                            pn_int (queue->is_public), pn_int (queue->id)),
                   &affected, error))
    return FALSE;
  if (affected > 0)
    return TRUE;
  there = pn_queue_load (db, queue->id, error); /* nothing changed, or nothing there? */
  return there != NULL;
}

gboolean
pn_queue_save (PnDb *db, PnQueue *queue, GError **error)
{
  if (!check (queue, error))
    return FALSE;
  if (queue->id == 0 ? insert (db, queue, error) : update (db, queue, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a queue named \"%s\" already", queue->name);
  return FALSE;
}

static PnQueue *
read_queue (const PnRows *rows)
{
  PnQueue *queue = g_new0 (PnQueue, 1);

  queue->id = pn_rows_int (rows, 0);
  queue->name = g_strdup (pn_rows_text (rows, 1));
  queue->title = g_strdup (pn_rows_text (rows, 2));
  queue->from_name = g_strdup (pn_rows_text (rows, 3));
  queue->signature = g_strdup (pn_rows_text (rows, 4));
  queue->language = g_strdup (pn_rows_text (rows, 5));
  queue->acknowledges = pn_rows_int (rows, 6) != 0;
  queue->is_public = pn_rows_int (rows, 7) != 0;
  return queue;
}

PnQueue *
pn_queue_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no queue %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_queue (rows);
}

gboolean
pn_queue_find (PnDb *db, const char *name, PnQueue **queue, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *queue = pn_rows_next (rows) ? read_queue (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_queue_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);
  GPtrArray *queues;

  if (rows == NULL)
    return NULL;
  queues = g_ptr_array_new_with_free_func (free_queue);
  while (pn_rows_next (rows))
    g_ptr_array_add (queues, read_queue (rows));
  return queues;
}

gboolean
pn_queue_count_add (PnDb *db, gint64 queue_id, int status, int delta, GError **error)
{
  return pn_db_later (db, count_sql, PN_ARGS (pn_int (queue_id), pn_int (status), pn_int (delta)),
                      FALSE, error);
}

GArray *
pn_queue_counts (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, counts_sql, PN_NO_ARGS, error);
  GArray *counts;

  if (rows == NULL)
    return NULL;
  counts = g_array_new (FALSE, FALSE, sizeof (PnQueueCount));
  while (pn_rows_next (rows)) {
    PnQueueCount count = { pn_rows_int (rows, 0), (int) pn_rows_int (rows, 1),
                           pn_rows_int (rows, 2) };

    g_array_append_val (counts, count);
  }
  return counts;
}
