#include "kb/category.h"

#include <string.h>

#include "kb/article.h"
#include "ticketing/core/error.h"

#define SHOWN 1000
#define TITLES 5000

static const char find_sql[] = "SELECT id FROM kb_category WHERE name = ?";

static const char insert_sql[] = "INSERT INTO kb_category (name)"
                                 " VALUES (?)"
                                 " ON DUPLICATE KEY UPDATE name = name";

static const char list_sql[] =
    "SELECT c.id, c.name, c.position, COALESCE(t.title, c.name)"
    " FROM kb_category c"
    " LEFT JOIN kb_category_title t ON t.category_id = c.id AND t.language = ?"
    " ORDER BY c.position, c.name"
    " LIMIT ?";

static const char titles_sql[] = "SELECT category_id, language, title"
                                 " FROM kb_category_title"
                                 " ORDER BY category_id, language"
                                 " LIMIT ?";

static const char set_title_sql[] = "INSERT INTO kb_category_title (category_id, language, title)"
                                    " VALUES (?, ?, ?)"
                                    " ON DUPLICATE KEY UPDATE title = VALUES (title)";

static const char forget_title_sql[] =
    "DELETE FROM kb_category_title WHERE category_id = ? AND language = ?";

static const char forget_titles_sql[] = "DELETE FROM kb_category_title WHERE category_id = ?";

static const char rename_sql[] = "UPDATE kb_category SET name = ? WHERE id = ?";

static const char used_sql[] =
    "SELECT id FROM kb_article WHERE category_id = ? AND state <> ? LIMIT 1";

static const char remove_sql[] = "DELETE FROM kb_category WHERE id = ?";

static const char has_sql[] = "SELECT id FROM kb_category WHERE id = ?";

static const char place_sql[] = "UPDATE kb_category SET position = ? WHERE id = ?";

void
pn_category_free (PnCategory *category)
{
  if (category == NULL)
    return;
  g_free (category->name);
  g_free (category->title);
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
  return pn_category_list_in (db, "", error);
}

GPtrArray *
pn_category_list_in (PnDb *db, const char *language, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_category_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, list_sql, PN_ARGS (pn_text (language), pn_int (SHOWN)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnCategory *category = g_new0 (PnCategory, 1);

    category->id = pn_rows_int (rows, 0);
    category->name = g_strdup (pn_rows_text (rows, 1));
    category->position = pn_rows_int (rows, 2);
    category->title = g_strdup (pn_rows_text (rows, 3));
    g_ptr_array_add (list, category);
  }
  return g_steal_pointer (&list);
}

static void
title_free (gpointer data)
{
  PnCategoryTitle *title = data;

  g_free (title->language);
  g_free (title->title);
  g_free (title);
}

GPtrArray *
pn_category_list_titles (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, titles_sql, PN_ARGS (pn_int (TITLES)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (title_free);
  while (pn_rows_next (rows)) {
    PnCategoryTitle *title = g_new0 (PnCategoryTitle, 1);

    title->category_id = pn_rows_int (rows, 0);
    title->language = g_strdup (pn_rows_text (rows, 1));
    title->title = g_strdup (pn_rows_text (rows, 2));
    g_ptr_array_add (list, title);
  }
  return list;
}

static gboolean
check_name (const char *name, GError **error)
{
  if (!g_utf8_validate (name, -1, NULL) || g_utf8_strlen (name, -1) > PN_CATEGORY_NAME_MAX_CHARS) {
    pn_error_set (error, PN_ERROR_INVALID, "a category's name has at most %d characters",
                  PN_CATEGORY_NAME_MAX_CHARS);
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_category_set_title (PnDb *db, gint64 id, const char *language, const char *title, GError **error)
{
  if (!pn_article_is_language (language) || *language == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is no language tag", language);
    return FALSE;
  }
  if (*title == '\0')
    return pn_db_exec (db, forget_title_sql, PN_ARGS (pn_int (id), pn_text (language)), NULL,
                       error);
  return check_name (title, error)
         && pn_db_exec (db, set_title_sql,
                        PN_ARGS (pn_int (id), pn_text (language), pn_text (title)), NULL, error);
}

static gboolean
check_exists (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, has_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows))
    return TRUE;
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no category %" G_GINT64_FORMAT, id);
  return FALSE;
}

gboolean
pn_category_rename (PnDb *db, gint64 id, const char *name, GError **error)
{
  if (*name == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "a category needs a name");
    return FALSE;
  }
  return check_name (name, error) && check_exists (db, id, error)
         && pn_db_exec (db, rename_sql, PN_ARGS (pn_text (name), pn_int (id)), NULL, error);
}

gboolean
pn_category_remove (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = NULL;

  if (!check_exists (db, id, error))
    return FALSE;
  rows = pn_db_query (db, used_sql, PN_ARGS (pn_int (id), pn_int (PN_ARTICLE_REMOVED)), error);
  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_CONFLICT, "there are articles in this category");
    return FALSE;
  }
  return pn_db_exec (db, forget_titles_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_db_exec (db, remove_sql, PN_ARGS (pn_int (id)), NULL, error);
}

gboolean
pn_category_place (PnDb *db, gint64 id, gint64 position, GError **error)
{
  return check_exists (db, id, error)
         && pn_db_exec (db, place_sql, PN_ARGS (pn_int (position), pn_int (id)), NULL, error);
}
