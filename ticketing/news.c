#include "ticketing/news.h"

static gboolean
find_newest (PnDb *db, const PnNews *news, gint64 *after, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, news->newest_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *after = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

gboolean
pn_news_find (PnDb *db, const PnNews *news, gint64 *after, GHashTable *tickets, guint limit,
              GError **error)
{
  g_autoptr (PnRows) rows = NULL;

  if (*after < 0)
    return find_newest (db, news, after, error);
  rows = pn_db_query (db, news->find_sql, PN_ARGS (pn_int (*after), pn_int (limit)), error);
  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    gint64 ticket_id = pn_rows_int (rows, 1);

    *after = pn_rows_int (rows, 0);
    g_hash_table_add (tickets, g_memdup2 (&ticket_id, sizeof ticket_id));
  }
  return TRUE;
}
