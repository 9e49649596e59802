#include "ticketing/wording.h"

#include <string.h>

#include "ticketing/core/error.h"

#define HEAD "letter, language, version, is_own, agent_id, created_at"
#define COLUMNS HEAD ", text, html"
#define LIST_MAX "1000"

static const char newest_sql[] = "SELECT " COLUMNS " FROM letter_text"
                                 " WHERE letter = ? AND language = ?"
                                 " ORDER BY version DESC"
                                 " LIMIT 1";

static const char load_sql[] = "SELECT " COLUMNS " FROM letter_text"
                               " WHERE letter = ? AND language = ? AND version = ?";

static const char versions_sql[] = "SELECT " HEAD " FROM letter_text"
                                   " WHERE letter = ? AND language = ?"
                                   " ORDER BY version DESC"
                                   " LIMIT ?";

static const char own_sql[] =
    "SELECT " HEAD " FROM letter_text AS this"
    " WHERE is_own = 1 AND version ="
    " (SELECT MAX(version) FROM letter_text AS other"
    " WHERE other.letter = this.letter AND other.language = this.language)"
    " ORDER BY letter, language"
    " LIMIT " LIST_MAX;

static const char insert_sql[] =
    "INSERT INTO letter_text (letter, language, version, is_own, text, html, agent_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

void
pn_wording_free (PnWording *wording)
{
  if (wording == NULL)
    return;
  g_free (wording->letter);
  g_free (wording->language);
  g_free (wording->text);
  g_free (wording->html);
  g_free (wording);
}

static void
free_wording (gpointer data)
{
  pn_wording_free (data);
}

static PnWording *
read_head (const PnRows *rows)
{
  PnWording *wording = g_new0 (PnWording, 1);

  wording->letter = g_strdup (pn_rows_text (rows, 0));
  wording->language = g_strdup (pn_rows_text (rows, 1));
  wording->version = (int) pn_rows_int (rows, 2);
  wording->is_own = pn_rows_int (rows, 3) != 0;
  wording->agent_id = pn_rows_int (rows, 4);
  wording->created_at = pn_rows_int (rows, 5);
  return wording;
}

PnWording *
pn_wording_load (PnDb *db, const char *letter, const char *language, int version, GError **error)
{
  const PnValue args[] = { pn_text (letter), pn_text (language), pn_int (version) };
  g_autoptr (PnRows) rows = version == 0 ? pn_db_query (db, newest_sql, args, 2, error)
                                         : pn_db_query (db, load_sql, args, 3, error);
  PnWording *wording;

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows)) {
    wording = read_head (rows);
    wording->text = g_strdup (pn_rows_text (rows, 6));
    wording->html = g_strdup (pn_rows_text (rows, 7));
    return wording;
  }
  if (version != 0) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "letter %s has no version %d", letter, version);
    return NULL;
  }
  wording = g_new0 (PnWording, 1);
  wording->letter = g_strdup (letter);
  wording->language = g_strdup (language);
  wording->text = g_strdup ("");
  return wording;
}

static GPtrArray *
read_list (PnRows *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (free_wording);

  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_head (rows));
  return list;
}

GPtrArray *
pn_wording_list_versions (PnDb *db, const char *letter, const char *language, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, versions_sql,
      PN_ARGS (pn_text (letter), pn_text (language), pn_int (PN_WORDING_VERSIONS)), error);

  return rows != NULL ? read_list (rows) : NULL;
}

GPtrArray *
pn_wording_list_own (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, own_sql, PN_NO_ARGS, error);

  return rows != NULL ? read_list (rows) : NULL;
}

gboolean
pn_wording_save (PnDb *db, const PnWording *wording, GError **error)
{
  if (strlen (wording->text) > PN_WORDING_MAX_BYTES
      || (wording->html != NULL && strlen (wording->html) > PN_WORDING_MAX_BYTES)) {
    pn_error_set (error, PN_ERROR_INVALID, "the letter is longer than %d bytes",
                  PN_WORDING_MAX_BYTES);
    return FALSE;
  }
  if (pn_db_exec (db, insert_sql,
                  PN_ARGS (pn_text (wording->letter), pn_text (wording->language),
                           pn_int (wording->version + 1), pn_int (wording->is_own),
                           pn_text (wording->text), pn_text (wording->html),
                           pn_int_or_null (wording->agent_id), pn_int (pn_clock_now ())),
                  NULL, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "somebody else has changed this letter meanwhile");
  return FALSE;
}
