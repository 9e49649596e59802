#include "kb/feedback_figures.h"

static const char counts_sql[] = "SELECT kind, COUNT(*) FROM kb_feedback"
                                 " WHERE created_at >= ? AND created_at < ?"
                                 " GROUP BY kind";

static const char articles_sql[] = "SELECT article_id, kind, COUNT(*) FROM kb_feedback"
                                   " WHERE created_at >= ? AND created_at < ?"
                                   " AND article_id IS NOT NULL"
                                   " GROUP BY article_id, kind"
                                   " ORDER BY article_id"
                                   " LIMIT 4000";

static const char list_sql[] = "SELECT question, message_id, article_id FROM kb_feedback"
                               " WHERE created_at >= ? AND created_at < ? AND kind = ?"
                               " ORDER BY id DESC"
                               " LIMIT ?";

void
pn_feedback_entry_free (PnFeedbackEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->question);
  g_free (entry);
}

gboolean
pn_feedback_figures (PnDb *db, PnTime from, PnTime to, gint64 counts[PN_FEEDBACK_KINDS],
                     GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, counts_sql, PN_ARGS (pn_int (from), pn_int (to)), error);

  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PN_FEEDBACK_KINDS; i++)
    counts[i] = 0;
  while (pn_rows_next (rows)) {
    gint64 kind = pn_rows_int (rows, 0);

    if (kind >= 0 && kind < PN_FEEDBACK_KINDS)
      counts[kind] = pn_rows_int (rows, 1);
  }
  return TRUE;
}

GArray *
pn_feedback_articles (PnDb *db, PnTime from, PnTime to, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, articles_sql, PN_ARGS (pn_int (from), pn_int (to)), error);
  GArray *list;

  if (rows == NULL)
    return NULL;
  list = g_array_new (FALSE, TRUE, sizeof (PnFeedbackArticle));
  while (pn_rows_next (rows)) {
    gint64 id = pn_rows_int (rows, 0);
    gint64 kind = pn_rows_int (rows, 1);
    PnFeedbackArticle *last =
        list->len > 0 ? &g_array_index (list, PnFeedbackArticle, list->len - 1) : NULL;

    if (kind < 0 || kind >= PN_FEEDBACK_KINDS)
      continue;
    if (last == NULL || last->article_id != id) {
      g_array_set_size (list, list->len + 1);
      last = &g_array_index (list, PnFeedbackArticle, list->len - 1);
      last->article_id = id;
    }
    last->counts[kind] = pn_rows_int (rows, 2);
  }
  return list;
}

GPtrArray *
pn_feedback_entries (PnDb *db, PnFeedbackKind kind, PnTime from, PnTime to, guint limit,
                     GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, list_sql, PN_ARGS (pn_int (from), pn_int (to), pn_int (kind), pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_feedback_entry_free);
  while (pn_rows_next (rows)) {
    PnFeedbackEntry *entry = g_new0 (PnFeedbackEntry, 1);

    entry->question = g_strdup (pn_rows_text (rows, 0));
    entry->message_id = pn_rows_int (rows, 1);
    entry->article_id = pn_rows_int (rows, 2);
    g_ptr_array_add (list, entry);
  }
  return list;
}
