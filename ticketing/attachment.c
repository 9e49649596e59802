#include "ticketing/attachment.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define NAME_BYTES 255
#define TYPE_BYTES 127
#define SHOWN 2000 /* of one page of messages; the rest is in the raw mail */

#define ATTACHMENT_COLUMNS                                                                         \
  " a.id, a.message_id, a.name, a.type, a.declared_type, a.size_bytes, a.sha, a.content_id,"       \
  " a.is_inline"

static const char add_sql[] =
    "INSERT INTO attachment (message_id, name, type, declared_type, size_bytes, sha, content_id,"
    " is_inline)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

static const char list_sql[] = "SELECT" ATTACHMENT_COLUMNS " FROM attachment a"
                               " WHERE a.message_id = ?"
                               " ORDER BY a.id"
                               " LIMIT ?";

static const char list_of_ticket_sql[] = "SELECT" ATTACHMENT_COLUMNS " FROM message m"
                                         " JOIN attachment a ON a.message_id = m.id"
                                         " WHERE m.ticket_id = ? AND m.id BETWEEN ? AND ?"
                                         " ORDER BY m.id, a.id"
                                         " LIMIT ?";

static const char names_sql[] = "SELECT message_id, name FROM attachment"
                                " WHERE message_id IN (?, ?, ?, ?, ?, ?, ?, ?)"
                                " ORDER BY message_id, id"
                                " LIMIT 2000";

static const char load_sql[] = "SELECT" ATTACHMENT_COLUMNS ", m.ticket_id, m.direction"
                               " FROM attachment a"
                               " JOIN message m ON m.id = a.message_id"
                               " WHERE a.id = ?";

PnStoredAttachment *
pn_stored_attachment_new (void)
{
  return g_new0 (PnStoredAttachment, 1);
}

void
pn_stored_attachment_free (PnStoredAttachment *attachment)
{
  if (attachment == NULL)
    return;
  g_free (attachment->name);
  g_free (attachment->type);
  g_free (attachment->declared_type);
  g_free (attachment->content_id);
  g_free (attachment);
}

gboolean
pn_attachment_add (PnDb *db, PnStoredAttachment *attachment, GError **error)
{
  g_autofree char *name = pn_text_clean_line (attachment->name, NAME_BYTES);
  g_autofree char *type = pn_text_clean_line (attachment->type, TYPE_BYTES);
  g_autofree char *declared_type = pn_text_clean_line (attachment->declared_type, TYPE_BYTES);
  const char *content_id =
      attachment->content_id != NULL && strlen (attachment->content_id) <= NAME_BYTES
          ? attachment->content_id
          : NULL;

  return pn_db_insert (db, add_sql,
                       PN_ARGS (pn_int (attachment->message_id), pn_text (name), pn_text (type),
                                pn_text (declared_type), pn_int (attachment->size_bytes),
                                pn_bytes (attachment->sha, PN_SHA256_BYTES), pn_text (content_id),
                                pn_int (attachment->is_inline)),
                       &attachment->id, error);
}

static PnStoredAttachment *
read_row (const PnRows *rows)
{
  PnStoredAttachment *attachment = pn_stored_attachment_new ();

  attachment->id = pn_rows_int (rows, 0);
  attachment->message_id = pn_rows_int (rows, 1);
  attachment->name = g_strdup (pn_rows_text (rows, 2));
  attachment->type = g_strdup (pn_rows_text (rows, 3));
  attachment->declared_type = g_strdup (pn_rows_text (rows, 4));
  attachment->size_bytes = pn_rows_int (rows, 5);
  pn_rows_copy (rows, 6, attachment->sha, PN_SHA256_BYTES);
  attachment->content_id = g_strdup (pn_rows_text (rows, 7));
  attachment->is_inline = pn_rows_int (rows, 8) != 0;
  return attachment;
}

static PnRows *
query_all (PnDb *db, const PnMessage *first, const PnMessage *last, GError **error)
{
  if (first == last)
    return pn_db_query (db, list_sql, PN_ARGS (pn_int (first->id), pn_int (SHOWN)), error);
  return pn_db_query (
      db, list_of_ticket_sql,
      PN_ARGS (pn_int (first->ticket_id), pn_int (first->id), pn_int (last->id), pn_int (SHOWN)),
      error);
}

static PnMessage *
message_at (GPtrArray *messages, guint i)
{
  return messages->pdata[i];
}

gboolean
pn_attachment_load_all (PnDb *db, GPtrArray *messages, GError **error)
{
  g_autoptr (PnRows) rows = NULL;
  guint at = 0;

  if (messages->len == 0)
    return TRUE;
  rows = query_all (db, messages->pdata[0], messages->pdata[messages->len - 1], error);
  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    const gint64 message_id = pn_rows_int (rows, 1);

    while (at + 1 < messages->len && message_at (messages, at)->id < message_id)
      at++;
    if (message_at (messages, at)->id == message_id) /* else it came after @messages was read */
      g_ptr_array_add (message_at (messages, at)->attachments, read_row (rows));
  }
  return TRUE;
}

gboolean
pn_attachment_load_names (PnDb *db, GPtrArray *messages, const PnValue *ids, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, names_sql, ids, PN_MESSAGE_WORDS_OF, error);
  guint at = 0;

  if (rows == NULL)
    return FALSE;
  while (messages->len > 0 && pn_rows_next (rows)) {
    const gint64 message_id = pn_rows_int (rows, 0);
    PnStoredAttachment *attachment;

    while (at + 1 < messages->len && message_at (messages, at)->id < message_id)
      at++;
    if (message_at (messages, at)->id != message_id)
      continue;
    attachment = pn_stored_attachment_new ();
    attachment->name = g_strdup (pn_rows_text (rows, 1));
    g_ptr_array_add (message_at (messages, at)->attachments, attachment);
  }
  return TRUE;
}

PnStoredAttachment *
pn_attachment_load (PnDb *db, gint64 id, gint64 *ticket_id, PnDirection *direction, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no attachment %" G_GINT64_FORMAT, id);
    return NULL;
  }
  *ticket_id = pn_rows_int (rows, 9);
  *direction = (PnDirection) CLAMP (pn_rows_int (rows, 10), 0, PN_DIRECTION_NOTE);
  return read_row (rows);
}
