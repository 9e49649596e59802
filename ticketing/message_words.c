#include "ticketing/message.h"

#include "ticketing/attachment.h"

static const char words_sql[] = "SELECT id, direction, from_name, from_address, subject, text"
                                " FROM message"
                                " WHERE id IN (?, ?, ?, ?, ?, ?, ?, ?)"
                                " ORDER BY id";

G_STATIC_ASSERT (PN_MESSAGE_WORDS_OF == 8);

static PnMessage *
read_row (const PnRows *rows)
{
  PnMessage *message = pn_message_new ();

  message->id = pn_rows_int (rows, 0);
  message->direction = (PnDirection) CLAMP (pn_rows_int (rows, 1), 0, PN_DIRECTION_NOTE);
  message->from_name = g_strdup (pn_rows_text (rows, 2));
  message->from_address = g_strdup (pn_rows_text (rows, 3));
  message->subject = g_strdup (pn_rows_text (rows, 4));
  message->text = g_strdup (pn_rows_text (rows, 5));
  return message;
}

GPtrArray *
pn_message_load_words (PnDb *db, const gint64 *ids, guint n, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_message_free);
  PnValue args[PN_MESSAGE_WORDS_OF];
  g_autoptr (PnRows) rows = NULL;

  g_return_val_if_fail (n > 0 && n <= PN_MESSAGE_WORDS_OF, NULL);
  for (guint i = 0; i < PN_MESSAGE_WORDS_OF; i++)
    args[i] = pn_int (ids[MIN (i, n - 1)]);
  rows = pn_db_query (db, words_sql, args, PN_MESSAGE_WORDS_OF, error);
  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return pn_attachment_load_names (db, list, args, error) ? g_steal_pointer (&list) : NULL;
}
