/* What no index leads to is looked for in all rows, a range of ids at a time; and files, that others may have, too. */
#include "ticketing/removal_private.h"

#include "ticketing/core/error.h"
#include "ticketing/search.h"
#include "ticketing/spool.h"

#define RANGE 2000
#define HITS 50                        /* messages erased at a time */
#define RECORD_BYTES (8 * 1024 * 1024) /* of held mail, without its files */

static const char messages_sql[] = "SELECT id, ticket_id FROM message"
                                   " WHERE id > ? AND id <= ? AND from_address <> ''"
                                   " AND FIND_IN_SET(person_id, ?) > 0"
                                   " ORDER BY id"
                                   " LIMIT ?";

static const char envelope_sql[] =
    "UPDATE message SET envelope = REPLACE(envelope, ?, '" PN_REMOVED "')"
    " WHERE id > ? AND id <= ? AND LOCATE(?, envelope) > 0";

/* The rest of the ticket is found by its own words again. */
static const char note_sql[] = "INSERT IGNORE INTO search_pending (message_id, ticket_id)"
                               " SELECT id, ticket_id FROM message"
                               " WHERE ticket_id = ? AND id <> ?";

static const char preview_sql[] = "UPDATE ticket SET preview = '' WHERE id = ?";

/* Of kinds as in removal_erase.c. */
static const char actor_sql[] =
    "UPDATE event SET reason = NULL"
    " WHERE id > ? AND id <= ? AND actor_kind = 2 AND FIND_IN_SET(actor_id, ?) > 0";
static const char named_sql[] =
    "UPDATE event SET reason = NULL,"
    " old_value = REPLACE(old_value, ?, '" PN_REMOVED "'),"
    " new_value = REPLACE(new_value, ?, '" PN_REMOVED "')"
    " WHERE id > ? AND id <= ? AND LOCATE(?, CONCAT_WS(' ', old_value, new_value, reason)) > 0";

static const char spool_files_sql[] =
    "INSERT IGNORE INTO removal_file (removal_id, sha)"
    " SELECT ?, raw_sha FROM spool WHERE id > ? AND id <= ? AND from_address = ?";
static const char spool_records_sql[] =
    "INSERT IGNORE INTO removal_file (removal_id, sha)"
    " SELECT ?, record_sha FROM spool"
    " WHERE id > ? AND id <= ? AND from_address = ? AND record_sha IS NOT NULL";
static const char spool_sql[] = "UPDATE spool SET state = IF(state IN (2, 3), 4, state),"
                                " from_address = NULL, subject = NULL, reasons = NULL,"
                                " record_sha = NULL"
                                " WHERE id > ? AND id <= ? AND from_address = ?";

static const char calls_sql[] =
    "UPDATE webhook_call c JOIN ticket t ON t.id = c.ticket_id"
    " SET c.body = '{}', c.answer = NULL, c.state = IF(c.state = 0, 2, c.state), c.gen = c.gen + 1"
    " WHERE c.id > ? AND c.id <= ? AND c.body <> '{}' AND FIND_IN_SET(t.person_id, ?) > 0";

/* Letters to staff that told of many tickets at once. */
static const char notice_files_sql[] =
    "INSERT IGNORE INTO removal_file (removal_id, sha)"
    " SELECT ?, raw_sha FROM outbox"
    " WHERE id > ? AND id <= ? AND ticket_id IS NULL AND class = 2 AND state IN (3, 5, 6, 8)"
    " AND raw_sha IS NOT NULL";
static const char notices_sql[] =
    "UPDATE outbox SET document = NULL, raw_sha = NULL"
    " WHERE id > ? AND id <= ? AND ticket_id IS NULL AND class = 2 AND state IN (3, 5, 6, 8)";

static const char shared_sql[] = "SELECT DISTINCT f.sha FROM attachment a"
                                 " JOIN removal_file f ON f.removal_id = ? AND f.sha = a.sha"
                                 " WHERE a.id > ? AND a.id <= ?";
static const char records_sql[] =
    "SELECT COALESCE(record_sha, raw_sha) FROM spool"
    " WHERE id > ? AND id <= ? AND state IN (0, 2, 3) AND (record_sha IS NOT NULL OR format = 1)";

static const char keep_sql[] = "DELETE FROM removal_file WHERE removal_id = ? AND sha = ?";
/* All its chunks are there. Who stores it again at the same time may have begun its row. */
static const char restore_sql[] =
    "INSERT INTO `blob` (sha, size_bytes, created_at)"
    " SELECT sha, SUM(LENGTH(data)), ? FROM blob_chunk WHERE sha = ? GROUP BY sha"
    " ON DUPLICATE KEY UPDATE size_bytes = VALUES(size_bytes)";
static const char retire_sql[] = "DELETE b FROM removal_file f JOIN `blob` b ON b.sha = f.sha"
                                 " WHERE f.removal_id = ?";
static const char file_sql[] = "SELECT f.sha, b.sha IS NOT NULL FROM removal_file f"
                               " LEFT JOIN `blob` b ON b.sha = f.sha"
                               " WHERE f.removal_id = ?"
                               " ORDER BY f.sha"
                               " LIMIT 1";
static const char chunks_sql[] = "DELETE FROM blob_chunk WHERE sha = ? LIMIT 8";

static gboolean
scan_envelopes (PnDb *db, const PnRemoval *removal, gint64 last_id, GError **error)
{
  for (guint i = 0; i < removal->addresses->len; i++) {
    const char *address = removal->addresses->pdata[i];

    if (!pn_db_exec (db, envelope_sql,
                     PN_ARGS (pn_text (address), pn_int (removal->after_id), pn_int (last_id),
                              pn_text (address)),
                     NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
erase_elsewhere (PnDb *db, PnRemoval *removal, gint64 id, gint64 ticket_id, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, ticket_id, error);

  if (ticket == NULL || !pn_removal_forget_words (db, ticket, id, error)
      || !pn_removal_erase_messages (db, removal, ticket_id, id - 1, id, error)
      || !pn_db_exec (db, note_sql, PN_ARGS (pn_int (ticket_id), pn_int (id)), NULL, error)
      || !pn_db_exec (db, preview_sql, PN_ARGS (pn_int (ticket_id)), NULL, error))
    return FALSE;
  removal->messages++;
  return pn_search_note_subject (db, ticket_id, error);
}

/* The person's messages on tickets of others, and where others' name the address. */
static gboolean
scan_messages (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  g_autofree char *members = pn_removal_members_text (removal);
  g_autoptr (PnRows) rows = pn_db_query (
      db, messages_sql,
      PN_ARGS (pn_int (removal->after_id), pn_int (*last_id), pn_text (members), pn_int (HITS)),
      error);
  gint64 id = 0;

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    id = pn_rows_int (rows, 0);
    if (!erase_elsewhere (db, removal, id, pn_rows_int (rows, 1), error))
      return FALSE;
  }
  if (pn_rows_count (rows) == HITS)
    *last_id = id;
  return scan_envelopes (db, removal, *last_id, error);
}

static gboolean
scan_events (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  g_autofree char *members = pn_removal_members_text (removal);

  if (!pn_db_exec (db, actor_sql,
                   PN_ARGS (pn_int (removal->after_id), pn_int (*last_id), pn_text (members)), NULL,
                   error))
    return FALSE;
  for (guint i = 0; i < removal->addresses->len; i++) {
    const PnValue address = pn_text (removal->addresses->pdata[i]);

    if (!pn_db_exec (
            db, named_sql,
            PN_ARGS (address, address, pn_int (removal->after_id), pn_int (*last_id), address),
            NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_spool (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  const PnValue from = pn_int (removal->after_id);
  const PnValue to = pn_int (*last_id);
  const PnValue id = pn_int (removal->id);

  for (guint i = 0; i < removal->addresses->len; i++) {
    const PnValue address = pn_text (removal->addresses->pdata[i]);

    if (!pn_db_exec (db, spool_files_sql, PN_ARGS (id, from, to, address), NULL, error)
        || !pn_db_exec (db, spool_records_sql, PN_ARGS (id, from, to, address), NULL, error)
        || !pn_db_exec (db, spool_sql, PN_ARGS (from, to, address), NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_calls (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  g_autofree char *members = pn_removal_members_text (removal);

  return pn_db_exec (db, calls_sql,
                     PN_ARGS (pn_int (removal->after_id), pn_int (*last_id), pn_text (members)),
                     NULL, error);
}

static gboolean
scan_notices (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  const PnValue from = pn_int (removal->after_id);
  const PnValue to = pn_int (*last_id);

  return pn_db_exec (db, notice_files_sql, PN_ARGS (pn_int (removal->id), from, to), NULL, error)
         && pn_db_exec (db, notices_sql, PN_ARGS (from, to), NULL, error);
}

gboolean
pn_removal_keep (PnDb *db, const PnRemoval *removal, const guint8 sha[PN_SHA256_BYTES],
                 GError **error)
{
  const PnValue name = pn_bytes (sha, PN_SHA256_BYTES);
  gint64 kept = 0;

  if (!pn_db_exec (db, keep_sql, PN_ARGS (pn_int (removal->id), name), &kept, error))
    return FALSE;
  return kept == 0
         || pn_db_exec (db, restore_sql, PN_ARGS (pn_int (pn_clock_now ()), name), NULL, error);
}

static gboolean
scan_shared (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, shared_sql, PN_ARGS (pn_int (removal->id), pn_int (removal->after_id), pn_int (*last_id)),
      error);
  gsize size;

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    if (!pn_removal_keep (db, removal, pn_rows_bytes (rows, 0, &size), error))
      return FALSE;
  }
  return TRUE;
}

/* The files of a mail that waits or is held stand in its record alone. */
static gboolean
keep_of_record (PnDb *db, const PnRemoval *removal, GBytes *bytes, GError **error)
{
  g_autoptr (GPtrArray) names = pn_spool_record_blobs (bytes);

  for (guint i = 0; i < names->len; i++) {
    if (!pn_removal_keep (db, removal, g_bytes_get_data (names->pdata[i], NULL), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_records (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, records_sql, PN_ARGS (pn_int (removal->after_id), pn_int (*last_id)), error);
  gsize size;

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (GBytes) bytes =
        pn_blob_load (db, pn_rows_bytes (rows, 0, &size), RECORD_BYTES, &problem);

    if (bytes == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (bytes != NULL && !keep_of_record (db, removal, bytes, error))
      return FALSE;
  }
  return TRUE;
}

/* A range of ids of one table for each step; @run may shorten it. */
static const struct {
  const char *newest_sql;
  gboolean (*run) (PnDb *db, PnRemoval *removal, gint64 *last_id, GError **error);
} scans[PN_REMOVAL_DONE + 1] = {
  [PN_REMOVAL_MESSAGES] = { "SELECT COALESCE(MAX(id), 0) FROM message", scan_messages },
  [PN_REMOVAL_EVENTS] = { "SELECT COALESCE(MAX(id), 0) FROM event", scan_events },
  [PN_REMOVAL_SPOOL] = { "SELECT COALESCE(MAX(id), 0) FROM spool", scan_spool },
  [PN_REMOVAL_CALLS] = { "SELECT COALESCE(MAX(id), 0) FROM webhook_call", scan_calls },
  [PN_REMOVAL_NOTICES] = { "SELECT COALESCE(MAX(id), 0) FROM outbox", scan_notices },
  [PN_REMOVAL_SHARED] = { "SELECT COALESCE(MAX(id), 0) FROM attachment", scan_shared },
  [PN_REMOVAL_HELD] = { "SELECT COALESCE(MAX(id), 0) FROM spool", scan_records },
  [PN_REMOVAL_SHARED_AGAIN] = { "SELECT COALESCE(MAX(id), 0) FROM attachment", scan_shared },
  [PN_REMOVAL_HELD_AGAIN] = { "SELECT COALESCE(MAX(id), 0) FROM spool", scan_records },
};

static gboolean
scan (PnDb *db, PnRemoval *removal, GError **error)
{
  gint64 last_id;

  if (removal->until_id == 0) {
    g_autoptr (PnRows) rows = pn_db_query (db, scans[removal->step].newest_sql, PN_NO_ARGS, error);

    if (rows == NULL)
      return FALSE;
    pn_rows_next (rows);
    removal->until_id = pn_rows_int (rows, 0);
  }
  last_id = MIN (removal->after_id + RANGE, removal->until_id);
  if (last_id > removal->after_id && !scans[removal->step].run (db, removal, &last_id, error))
    return FALSE;
  removal->after_id = last_id;
  if (last_id >= removal->until_id)
    pn_removal_go_on (removal);
  return TRUE;
}

static gboolean
retire (PnDb *db, PnRemoval *removal, GError **error)
{
  if (!pn_db_exec (db, retire_sql, PN_ARGS (pn_int (removal->id)), NULL, error))
    return FALSE;
  removal->not_before = pn_clock_now () + PN_REMOVAL_WAIT;
  pn_removal_go_on (removal);
  return TRUE;
}

/* One file, or a part of a large one. What was stored anew meanwhile is somebody's. */
static gboolean
drop_file (PnDb *db, PnRemoval *removal, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, file_sql, PN_ARGS (pn_int (removal->id)), error);
  PnValue name;
  gint64 chunks = 0;
  gsize size;

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_removal_go_on (removal);
    return TRUE;
  }
  name = pn_bytes (pn_rows_bytes (rows, 0, &size), PN_SHA256_BYTES);
  if (pn_rows_int (rows, 1) == 0 && !pn_db_exec (db, chunks_sql, PN_ARGS (name), &chunks, error))
    return FALSE;
  if (chunks > 0)
    return TRUE;
  removal->files += pn_rows_int (rows, 1) == 0 ? 1 : 0;
  return pn_db_exec (db, keep_sql, PN_ARGS (pn_int (removal->id), name), NULL, error);
}

gboolean
pn_removal_portion (PnDb *db, PnRemoval *removal, GError **error)
{
  switch (removal->step) {
  case PN_REMOVAL_TICKETS: return pn_removal_tickets (db, removal, error);
  case PN_REMOVAL_ADDRESS: return pn_removal_address (db, removal, error);
  case PN_REMOVAL_MESSAGES:
  case PN_REMOVAL_EVENTS:
  case PN_REMOVAL_SPOOL:
  case PN_REMOVAL_CALLS:
  case PN_REMOVAL_NOTICES:
  case PN_REMOVAL_SHARED:
  case PN_REMOVAL_HELD:
  case PN_REMOVAL_SHARED_AGAIN:
  case PN_REMOVAL_HELD_AGAIN: return scan (db, removal, error);
  case PN_REMOVAL_RETIRE: return retire (db, removal, error);
  case PN_REMOVAL_FILES: return drop_file (db, removal, error);
  case PN_REMOVAL_QUESTIONS:
  case PN_REMOVAL_DONE: break;
  }
  g_return_val_if_reached (FALSE);
}
