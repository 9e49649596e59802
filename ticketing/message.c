#include "ticketing/message.h"

#include <string.h>

#include "ticketing/attachment.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/message_private.h"
#include "ticketing/news.h"

#define NAME_BYTES 200
#define ADDRESS_BYTES 320
#define LINE_BYTES 998
#define TEXT_BYTES (4 * 1024 * 1024) /* a longer body is in the raw mail */
#define LOOKED_AT 100                /* of the newest messages, when counting a sender's */

#define MESSAGE_COLUMNS                                                                            \
  " m.id, m.ticket_id, m.direction, m.kind, m.channel, m.ingest_key, m.mid, m.person_id,"          \
  " m.agent_id, m.from_name, m.from_address, m.verdict, m.is_stranger, m.subject, m.text,"         \
  " m.reply, m.html, m.envelope, m.reasons, m.raw_sha, m.sent_at, m.created_at"

static const char add_sql[] =
    "INSERT INTO message (ticket_id, direction, kind, channel, ingest_key, mid, mid_hash,"
    " person_id, agent_id, from_name, from_address, verdict, is_stranger, subject, text, reply,"
    " html, envelope, reasons, raw_sha, sent_at, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char find_ingest_sql[] = "SELECT id, ticket_id FROM message WHERE ingest_key = ?";

static const char find_mid_sql[] = "SELECT id, ticket_id FROM message"
                                   " WHERE mid_hash = ?"
                                   " ORDER BY id"
                                   " LIMIT 1";

static const char load_sql[] = "SELECT" MESSAGE_COLUMNS " FROM message m WHERE m.id = ?";

/* Left to itself the server may read all messages in their order, hoping to meet enough of the ticket's soon. */
static const char list_sql[] =
    "SELECT" MESSAGE_COLUMNS " FROM message m FORCE INDEX (message_ticket)"
    " WHERE m.ticket_id = ? AND m.id > ?"
    " ORDER BY m.id"
    " LIMIT ?";

static const char ids_sql[] = "SELECT id FROM message WHERE ticket_id = ? ORDER BY id LIMIT 10000";

static const char move_sql[] = "UPDATE message SET ticket_id = ? WHERE id = ? AND ticket_id = ?";

static const char newest_sql[] = "SELECT" MESSAGE_COLUMNS " FROM message m"
                                 " WHERE m.ticket_id = ? AND m.direction = ?"
                                 " AND m.is_stranger = 0 AND m.mid IS NOT NULL"
                                 " ORDER BY m.id DESC"
                                 " LIMIT 1";

static const char last_in_sql[] = "SELECT id FROM message"
                                  " WHERE ticket_id = ? AND direction = ? AND created_at <= ?"
                                  " ORDER BY id DESC"
                                  " LIMIT 1";

static const char set_mid_sql[] = "UPDATE message SET mid = ?, mid_hash = ? WHERE id = ?";

static const char withdraw_sql[] = "UPDATE message"
                                   " SET direction = ?, reasons = ?"
                                   " WHERE id = ? AND direction = ?";

static const char accept_sql[] = "UPDATE message SET is_stranger = 0"
                                 " WHERE ticket_id = ? AND from_address = ? AND is_stranger = 1";

static const char count_sql[] = "SELECT COUNT(*)"
                                " FROM (SELECT direction, from_address, created_at FROM message"
                                " WHERE ticket_id = ?"
                                " ORDER BY id DESC"
                                " LIMIT ?) AS newest"
                                " WHERE direction = ? AND from_address = ? AND created_at >= ?";

static const char turns_sql[] =
    "SELECT id, created_at, direction, kind, channel, agent_id, is_stranger"
    " FROM message"
    " WHERE ticket_id = ? AND direction <> ?"
    " ORDER BY created_at, id"
    " LIMIT 10000";

static const char find_new_sql[] = "SELECT id, ticket_id FROM message"
                                   " WHERE id > ?"
                                   " ORDER BY id"
                                   " LIMIT ?";

static const char newest_id_sql[] = "SELECT COALESCE(MAX(id), 0) FROM message";

static const char *const channel_names[] = {
  [PN_CHANNEL_IMAP] = "imap", [PN_CHANNEL_PIPE] = "pipe", [PN_CHANNEL_FORM] = "form",
  [PN_CHANNEL_API] = "api",   [PN_CHANNEL_DESK] = "desk", [PN_CHANNEL_LINK] = "link",
};

static const char *const direction_names[] = {
  [PN_DIRECTION_IN] = "in",
  [PN_DIRECTION_OUT] = "out",
  [PN_DIRECTION_NOTE] = "note",
};

PnMessage *
pn_message_new (void)
{
  PnMessage *message = g_new0 (PnMessage, 1);

  message->attachments =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_stored_attachment_free);
  return message;
}

void
pn_message_free (PnMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->mid);
  g_free (message->from_name);
  g_free (message->from_address);
  g_free (message->subject);
  g_free (message->text);
  g_free (message->reply);
  g_free (message->html);
  g_clear_pointer (&message->envelope, json_decref);
  g_clear_pointer (&message->reasons, json_decref);
  g_ptr_array_unref (message->attachments);
  g_free (message);
}

void
pn_mid_hash (const char *mid, guint8 hash[PN_SHA256_BYTES])
{
  pn_sha256 (mid, strlen (mid), hash);
}

static PnValue
key_or_null (gboolean is_set, const guint8 key[PN_SHA256_BYTES])
{
  return pn_bytes (is_set ? key : NULL, PN_SHA256_BYTES);
}

static char *
dump (const json_t *document)
{
  return document != NULL ? json_dumps (document, JSON_COMPACT) : NULL;
}

static char *
clip_or_null (const char *text, gsize max_bytes)
{
  return text != NULL ? pn_text_clip (text, max_bytes) : NULL;
}

static void
forget_absence (PnDb *db, const PnMessage *message, const guint8 *mid_hash)
{
  if (message->has_ingest_key)
    pn_db_absent_remove (db, pn_message_key_ingest, message->ingest_key, PN_SHA256_BYTES);
  if (message->mid != NULL)
    pn_db_absent_remove (db, pn_message_key_mid, mid_hash, PN_SHA256_BYTES);
}

static gboolean
insert (PnDb *db, PnMessage *message, GError **error)
{
  g_autofree char *mid = clip_or_null (message->mid, LINE_BYTES);
  g_autofree char *name = pn_text_clean_line (message->from_name, NAME_BYTES);
  g_autofree char *address = pn_text_clean_line (message->from_address, ADDRESS_BYTES);
  g_autofree char *subject = pn_text_clean_line (message->subject, LINE_BYTES);
  g_autofree char *text = pn_text_clip (message->text != NULL ? message->text : "", TEXT_BYTES);
  g_autofree char *reply = clip_or_null (message->reply, TEXT_BYTES);
  g_autofree char *envelope = dump (message->envelope);
  g_autofree char *reasons = dump (message->reasons);
  const char *html =
      message->html != NULL && strlen (message->html) <= TEXT_BYTES ? message->html : NULL;
  guint8 mid_hash[PN_SHA256_BYTES];

  if (message->mid != NULL)
    pn_mid_hash (message->mid, mid_hash);
  forget_absence (db, message, mid_hash);
  message->created_at = pn_clock_now ();
  return pn_db_insert (
      db, add_sql,
      PN_ARGS (pn_int (message->ticket_id), pn_int (message->direction), pn_int (message->kind),
               pn_int (message->channel),
               key_or_null (message->has_ingest_key, message->ingest_key), pn_text (mid),
               key_or_null (mid != NULL, mid_hash), pn_int_or_null (message->person_id),
               pn_int_or_null (message->agent_id), pn_text (name), pn_text (address),
               pn_int (message->verdict), pn_int (message->is_stranger), pn_text (subject),
               pn_text (text), pn_text (reply), pn_text (html), pn_text (envelope),
               pn_text (reasons), key_or_null (message->has_raw, message->raw_sha),
               pn_int_or_null (message->sent_at), pn_int (message->created_at)),
      &message->id, error);
}

gboolean
pn_message_add (PnDb *db, PnMessage *message, GError **error)
{
  if (!insert (db, message, error))
    return FALSE;
  for (guint i = 0; i < message->attachments->len; i++) {
    PnStoredAttachment *attachment = message->attachments->pdata[i];

    attachment->message_id = message->id;
    if (!pn_attachment_add (db, attachment, error))
      return FALSE;
  }
  return TRUE;
}

/* Both ids are 0 when there is no row. @what: the kind of key, among those that are absent. */
static gboolean
find (PnDb *db, const char *sql, const char *what, const guint8 key[PN_SHA256_BYTES],
      gint64 *message_id, gint64 *ticket_id, GError **error)
{
  g_autoptr (PnRows) rows = NULL;
  gboolean is_found;

  *message_id = 0;
  *ticket_id = 0;
  if (pn_db_absent_has (db, what, key, PN_SHA256_BYTES))
    return TRUE;
  rows = pn_db_query (db, sql, PN_ARGS (pn_bytes (key, PN_SHA256_BYTES)), error);
  if (rows == NULL)
    return FALSE;
  is_found = pn_rows_next (rows);
  *message_id = is_found ? pn_rows_int (rows, 0) : 0;
  *ticket_id = is_found ? pn_rows_int (rows, 1) : 0;
  return TRUE;
}

gboolean
pn_message_find_ingest (PnDb *db, const guint8 key[PN_SHA256_BYTES], gint64 *message_id,
                        gint64 *ticket_id, GError **error)
{
  return find (db, find_ingest_sql, pn_message_key_ingest, key, message_id, ticket_id, error);
}

gboolean
pn_message_find_mid (PnDb *db, const char *mid, gint64 *message_id, gint64 *ticket_id,
                     GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  pn_mid_hash (mid, hash);
  return find (db, find_mid_sql, pn_message_key_mid, hash, message_id, ticket_id, error);
}

static json_t *
read_json (const char *text)
{
  return text != NULL ? json_loads (text, 0, NULL) : NULL;
}

static PnMessage *
read_row (const PnRows *rows)
{
  PnMessage *message = pn_message_new ();

  message->id = pn_rows_int (rows, 0);
  message->ticket_id = pn_rows_int (rows, 1);
  message->direction = (PnDirection) CLAMP (pn_rows_int (rows, 2), 0, PN_DIRECTION_NOTE);
  message->kind = (PnMailKind) CLAMP (pn_rows_int (rows, 3), 0, PN_MAIL_CALENDAR);
  message->channel = (PnChannel) CLAMP (pn_rows_int (rows, 4), 0, PN_CHANNEL_LINK);
  message->has_ingest_key = pn_rows_copy (rows, 5, message->ingest_key, PN_SHA256_BYTES);
  message->mid = g_strdup (pn_rows_text (rows, 6));
  message->person_id = pn_rows_int (rows, 7);
  message->agent_id = pn_rows_int (rows, 8);
  message->from_name = g_strdup (pn_rows_text (rows, 9));
  message->from_address = g_strdup (pn_rows_text (rows, 10));
  message->verdict = (PnVerdict) CLAMP (pn_rows_int (rows, 11), 0, PN_VERDICT_FAIL);
  message->is_stranger = pn_rows_int (rows, 12) != 0;
  message->subject = g_strdup (pn_rows_text (rows, 13));
  message->text = g_strdup (pn_rows_text (rows, 14));
  message->reply = g_strdup (pn_rows_text (rows, 15));
  message->html = g_strdup (pn_rows_text (rows, 16));
  message->envelope = read_json (pn_rows_text (rows, 17));
  message->reasons = read_json (pn_rows_text (rows, 18));
  message->has_raw = pn_rows_copy (rows, 19, message->raw_sha, PN_SHA256_BYTES);
  message->sent_at = pn_rows_int (rows, 20);
  message->created_at = pn_rows_int (rows, 21);
  return message;
}

/* Reads every row with its attachments, from message to message. */
static GPtrArray *
read_rows (PnDb *db, PnRows *rows, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_message_free);

  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return pn_attachment_load_all (db, list, error) ? g_steal_pointer (&list) : NULL;
}

static PnMessage *
steal_first (GPtrArray *list)
{
  return list->len > 0 ? g_ptr_array_steal_index (list, 0) : NULL;
}

PnMessage *
pn_message_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);
  g_autoptr (GPtrArray) list = rows != NULL ? read_rows (db, rows, error) : NULL;

  if (list == NULL)
    return NULL;
  if (list->len == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no message %" G_GINT64_FORMAT, id);
  return steal_first (list);
}

GPtrArray *
pn_message_list (PnDb *db, gint64 ticket_id, gint64 after, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, list_sql, PN_ARGS (pn_int (ticket_id), pn_int (after), pn_int (limit)), error);

  return rows != NULL ? read_rows (db, rows, error) : NULL;
}

GArray *
pn_message_ids (PnDb *db, gint64 ticket_id, GError **error)
{
  return pn_db_query_ids (db, ids_sql, PN_ARGS (pn_int (ticket_id)), error);
}

gboolean
pn_message_move (PnDb *db, gint64 id, gint64 from_id, gint64 to_id, GError **error)
{
  gint64 affected;

  if (!pn_db_exec (db, move_sql, PN_ARGS (pn_int (to_id), pn_int (id), pn_int (from_id)), &affected,
                   error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_CONFLICT,
                  "message %" G_GINT64_FORMAT " was moved by somebody else meanwhile", id);
  return affected == 1;
}

gboolean
pn_message_newest (PnDb *db, gint64 ticket_id, PnDirection direction, PnMessage **message,
                   GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, newest_sql, PN_ARGS (pn_int (ticket_id), pn_int (direction)), error);
  g_autoptr (GPtrArray) list = rows != NULL ? read_rows (db, rows, error) : NULL;

  if (list == NULL)
    return FALSE;
  *message = steal_first (list);
  return TRUE;
}

gboolean
pn_message_last_in (PnDb *db, gint64 ticket_id, PnTime until, gint64 *id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, last_in_sql,
                   PN_ARGS (pn_int (ticket_id), pn_int (PN_DIRECTION_IN), pn_int (until)), error);

  if (rows == NULL)
    return FALSE;
  *id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

gboolean
pn_message_set_mid (PnDb *db, gint64 id, const char *mid, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  pn_mid_hash (mid, hash);
  pn_db_absent_remove (db, pn_message_key_mid, hash, sizeof hash);
  return pn_db_exec (db, set_mid_sql,
                     PN_ARGS (pn_text (mid), pn_bytes (hash, sizeof hash), pn_int (id)), NULL,
                     error);
}

gboolean
pn_message_withdraw (PnDb *db, gint64 id, GError **error)
{
  g_autofree char *reasons = g_strdup_printf ("[%s]", pn_reason (PN_WHY_TICKET_KEPT_ANSWER));
  gint64 affected;

  if (!pn_db_exec (db, withdraw_sql,
                   PN_ARGS (pn_int (PN_DIRECTION_NOTE), pn_text (reasons), pn_int (id),
                            pn_int (PN_DIRECTION_OUT)),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "message %" G_GINT64_FORMAT " is no answer", id);
  return affected > 0;
}

gboolean
pn_message_accept_stranger (PnDb *db, gint64 ticket_id, const char *address, GError **error)
{
  return pn_db_exec (db, accept_sql, PN_ARGS (pn_int (ticket_id), pn_text (address)), NULL, error);
}

gboolean
pn_message_count_since (PnDb *db, gint64 ticket_id, const char *address, PnTime since,
                        gint64 *count, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, count_sql,
                   PN_ARGS (pn_int (ticket_id), pn_int (LOOKED_AT), pn_int (PN_DIRECTION_IN),
                            pn_text (address), pn_int (since)),
                   error);

  if (rows == NULL)
    return FALSE;
  *count = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

const char *
pn_channel_name (PnChannel channel)
{
  return channel_names[channel];
}

const char *
pn_direction_name (PnDirection direction)
{
  return direction_names[direction];
}

gboolean
pn_message_find_new (PnDb *db, gint64 *after, GHashTable *tickets, guint limit, GError **error)
{
  static const PnNews news = { newest_id_sql, find_new_sql };

  return pn_news_find (db, &news, after, tickets, limit, error);
}

GArray *
pn_message_turns (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, turns_sql, PN_ARGS (pn_int (ticket_id), pn_int (PN_DIRECTION_NOTE)), error);
  GArray *turns;

  if (rows == NULL)
    return NULL;
  turns = g_array_new (FALSE, FALSE, sizeof (PnMessageTurn));
  while (pn_rows_next (rows)) {
    const PnMessageTurn turn = {
      .id = pn_rows_int (rows, 0),
      .at = pn_rows_int (rows, 1),
      .direction = (PnDirection) CLAMP (pn_rows_int (rows, 2), 0, PN_DIRECTION_NOTE),
      .kind = (PnMailKind) CLAMP (pn_rows_int (rows, 3), 0, PN_MAIL_CALENDAR),
      .channel = (PnChannel) CLAMP (pn_rows_int (rows, 4), 0, PN_CHANNEL_LINK),
      .agent_id = pn_rows_int (rows, 5),
      .is_stranger = pn_rows_int (rows, 6) != 0,
    };

    g_array_append_val (turns, turn);
  }
  return turns;
}
