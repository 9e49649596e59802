#include "kb/category.h"

#include "ticketing/core/error.h"

#define SHOWN 1000

static const char find_sql[] = "SELECT id FROM kb_category WHERE name = ?";

static const char insert_sql[] = "INSERT INTO kb_category (name)"
                                 " VALUES (?)"
                                 " ON DUPLICATE KEY UPDATE name = name";

static const char list_sql[] = "SELECT id, name, position"
                               " FROM kb_category"
                               " ORDER BY position, name"
                               " LIMIT ?";

static const char has_sql[] = "SELECT id FROM kb_category WHERE id = ?";

static const char place_sql[] = "UPDATE kb_category SET position = ? WHERE id = ?";

void
pn_category_free (PnCategory *category)
{
  if (category == NULL)
    return;
  g_free (category->name);
  g_free (category);
}

gboolean
pn_category_find (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

gboolean
pn_category_need (PnDb *db, const char *name, gint64 *id, GError **error)
{
  if (*name == '\0') {
    *id = 0;
    return TRUE;
  }
  if (!pn_category_find (db, name, id, error))
    return FALSE;
  if (*id != 0)
    return TRUE;
  if (!pn_db_exec (db, insert_sql, PN_ARGS (pn_text (name)), NULL, error)
      || !pn_category_find (db, name, id, error))
    return FALSE;
  if (*id == 0) {
    /* Another transaction made it after our snapshot: its row is there but not for us to see. */
    pn_error_set (error, PN_ERROR_TEMPORARY, "the category \"%s\" is being made by another", name);
    return FALSE;
  }
  return TRUE;
}

GPtrArray *
pn_category_list (PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_category_free);
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (SHOWN)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnCategory *category = g_new0 (PnCategory, 1);

    category->id = pn_rows_int (rows, 0);
    category->name = g_strdup (pn_rows_text (rows, 1));
    category->position = pn_rows_int (rows, 2);
    g_ptr_array_add (list, category);
  }
  return g_steal_pointer (&list);
}

gboolean
pn_category_place (PnDb *db, gint64 id, gint64 position, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, has_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no category %" G_GINT64_FORMAT, id);
    return FALSE;
  }
  return pn_db_exec (db, place_sql, PN_ARGS (pn_int (position), pn_int (id)), NULL, error);
}
