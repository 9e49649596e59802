#include "ticketing/form.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define NAME_MAX_BYTES 64
#define ANSWERS_LIMIT 200

#define COLUMNS                                                                                    \
  "form.id, form.name, form.queue_id, form_version.version, form.version, form.is_enabled,"        \
  " form.updated_at, form_version.plan"

static const char find_sql[] = "SELECT " COLUMNS " FROM form"
                               " JOIN form_version ON form_version.form_id = form.id"
                               " WHERE form.name = ?"
                               " AND form_version.version = IF(? = 0, form.version, ?)";

static const char list_sql[] = "SELECT " COLUMNS " FROM form"
                               " JOIN form_version ON form_version.form_id = form.id"
                               " AND form_version.version = form.version"
                               " ORDER BY form.name"
                               " LIMIT 500";

static const char lock_sql[] = "SELECT form.version, form_version.plan, form.name, form.queue_id,"
                               " form.is_enabled FROM form"
                               " JOIN form_version ON form_version.form_id = form.id"
                               " AND form_version.version = form.version"
                               " WHERE form.id = ?"
                               " FOR UPDATE";

static const char insert_sql[] =
    "INSERT INTO form (name, queue_id, version, is_enabled, created_at, updated_at)"
    " VALUES (?, ?, 1, ?, ?, ?)";

static const char update_sql[] = "UPDATE form"
                                 " SET name = ?, queue_id = ?, version = ?, is_enabled = ?,"
                                 " updated_at = ?"
                                 " WHERE id = ? AND version = ?";

static const char version_sql[] =
    "INSERT INTO form_version (form_id, version, plan, agent_id, created_at)"
    " VALUES (?, ?, ?, ?, ?)";

static const char remove_sql[] = "DELETE FROM form WHERE id = ?";

static const char remove_versions_sql[] = "DELETE FROM form_version WHERE form_id = ?";

static const char answer_sql[] =
    "INSERT INTO form_answer (message_id, ticket_id, form_id, version, form_name, answers)"
    " VALUES (?, ?, ?, ?, ?, ?)";

static const char of_ticket_sql[] = "SELECT form_name FROM form_answer"
                                    " WHERE ticket_id = ?"
                                    " ORDER BY message_id"
                                    " LIMIT 1";

static const char answers_sql[] = "SELECT message_id, form_name, version, answers FROM form_answer"
                                  " WHERE ticket_id = ?"
                                  " ORDER BY message_id"
                                  " LIMIT ?";

void
pn_form_sheet_free (PnFormSheet *sheet)
{
  if (sheet == NULL)
    return;
  g_free (sheet->name);
  pn_form_plan_free (sheet->plan);
  g_free (sheet);
}

static PnFormSheet *
read_sheet (const PnRows *rows, GError **error)
{
  g_autoptr (PnFormSheet) sheet = g_new0 (PnFormSheet, 1);
  g_autoptr (json_t) document = json_loads (pn_rows_text (rows, 7), 0, NULL);

  sheet->id = pn_rows_int (rows, 0);
  sheet->name = g_strdup (pn_rows_text (rows, 1));
  sheet->queue_id = pn_rows_int (rows, 2);
  sheet->version = pn_rows_int (rows, 3);
  sheet->newest = pn_rows_int (rows, 4);
  sheet->is_enabled = pn_rows_int (rows, 5) != 0;
  sheet->updated_at = pn_rows_int (rows, 6);
  sheet->plan = pn_form_plan_read (document, error);
  if (sheet->plan == NULL) {
    g_prefix_error (error, "form %s: ", sheet->name);
    return NULL;
  }
  return g_steal_pointer (&sheet);
}

gboolean
pn_form_find (PnDb *db, const char *name, gint64 version, PnFormSheet **sheet, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, find_sql, PN_ARGS (pn_text (name), pn_int (version), pn_int (version)), error);

  if (rows == NULL)
    return FALSE;
  *sheet = NULL;
  if (!pn_rows_next (rows))
    return TRUE;
  *sheet = read_sheet (rows, error);
  return *sheet != NULL;
}

GPtrArray *
pn_form_list (PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_form_sheet_free);
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnFormSheet *sheet = read_sheet (rows, error);

    if (sheet == NULL)
      return NULL;
    g_ptr_array_add (list, sheet);
  }
  return g_steal_pointer (&list);
}

typedef struct {
  PnFormSheet *sheet;
  gint64 agent_id;
  char *plan; /* (owned) as text */
  gint64 id;
  gint64 version;
} Save;

static gboolean
add_version (PnDb *db, const Save *save, GError **error)
{
  return pn_db_exec (db, version_sql,
                     PN_ARGS (pn_int (save->id), pn_int (save->version), pn_text (save->plan),
                              pn_int_or_null (save->agent_id), pn_int (pn_clock_now ())),
                     NULL, error);
}

static gboolean
insert (PnDb *db, Save *save, GError **error)
{
  const PnTime now = pn_clock_now ();

  save->version = 1;
  return pn_db_insert (db, insert_sql,
                       PN_ARGS (pn_text (save->sheet->name), pn_int (save->sheet->queue_id),
                                pn_int (save->sheet->is_enabled), pn_int (now), pn_int (now)),
                       &save->id, error)
         && add_version (db, save, error);
}

static gboolean
is_same (const PnFormSheet *sheet, const char *plan, const PnRows *rows)
{
  return strcmp (pn_rows_text (rows, 1), plan) == 0
         && strcmp (pn_rows_text (rows, 2), sheet->name) == 0
         && pn_rows_int (rows, 3) == sheet->queue_id
         && (pn_rows_int (rows, 4) != 0) == sheet->is_enabled;
}

static gboolean
update (PnDb *db, Save *save, GError **error)
{
  const PnFormSheet *sheet = save->sheet;
  g_autoptr (PnRows) rows = pn_db_query (db, lock_sql, PN_ARGS (pn_int (sheet->id)), error);
  gint64 affected = 0;
  gint64 there;

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no such form any more");
    return FALSE;
  }
  there = pn_rows_int (rows, 0);
  save->id = sheet->id;
  save->version = there;
  if (sheet->newest != 0 && sheet->newest != there) {
    pn_error_set (error, PN_ERROR_CONFLICT, "somebody else has changed this form meanwhile");
    return FALSE;
  }
  if (is_same (sheet, save->plan, rows))
    return TRUE;
  save->version = there + 1;
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (sheet->name), pn_int (sheet->queue_id), pn_int (save->version),
                            pn_int (sheet->is_enabled), pn_int (pn_clock_now ()),
                            pn_int (sheet->id), pn_int (there)),
                   &affected, error))
    return FALSE;
  return add_version (db, save, error);
}

static gboolean
store (PnDb *db, gpointer data, GError **error)
{
  Save *save = data;

  return save->sheet->id == 0 ? insert (db, save, error) : update (db, save, error);
}

static gboolean
is_name (const char *name)
{
  return pn_text_is_label (name, NAME_MAX_BYTES) && *name != '-' && strcmp (name, "thanks") != 0
         && strcmp (name, "solved") != 0;
}

gboolean
pn_form_save (PnDb *db, PnFormSheet *sheet, gint64 agent_id, GError **error)
{
  g_autoptr (json_t) document = NULL;
  g_autofree char *text = NULL;
  Save save = { .sheet = sheet, .agent_id = agent_id };

  if (!is_name (sheet->name)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%.80s\" can't be a form's name: small letters, digits and \"-\" can",
                  sheet->name);
    return FALSE;
  }
  if (!pn_form_plan_check (sheet->plan, error))
    return FALSE;
  document = pn_form_plan_write (sheet->plan);
  text = pn_json_write (document);
  save.plan = text;
  if (!(pn_db_in_transaction (db) ? store (db, &save, error)
                                  : pn_db_run (db, store, &save, error))) {
    if (sheet->id == 0)
      pn_error_reword (error, PN_ERROR_CONFLICT, "there is a form named \"%s\" already",
                       sheet->name);
    return FALSE;
  }
  sheet->id = save.id;
  sheet->version = save.version;
  sheet->newest = save.version;
  return TRUE;
}

static gboolean
remove_form (PnDb *db, gpointer data, GError **error)
{
  const gint64 *id = data;
  gint64 affected = 0;

  if (!pn_db_exec (db, remove_sql, PN_ARGS (pn_int (*id)), &affected, error)
      || !pn_db_exec (db, remove_versions_sql, PN_ARGS (pn_int (*id)), NULL, error))
    return FALSE;
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no such form any more");
  return FALSE;
}

gboolean
pn_form_remove (PnDb *db, gint64 id, GError **error)
{
  return pn_db_run (db, remove_form, &id, error);
}

gboolean
pn_form_answer_add (PnDb *db, gint64 message_id, gint64 ticket_id, const json_t *form,
                    GError **error)
{
  const json_t *answers = json_object_get (form, "answers");
  const char *name = pn_json_get_text (form, "form");
  g_autofree char *text = NULL;

  if (name == NULL || strlen (name) > NAME_MAX_BYTES)
    return TRUE;
  text = json_is_array (answers) ? pn_json_write (answers) : g_strdup ("[]");
  return pn_db_exec (db, answer_sql,
                     PN_ARGS (pn_int (message_id), pn_int (ticket_id),
                              pn_int (json_integer_value (json_object_get (form, "form_id"))),
                              pn_int (json_integer_value (json_object_get (form, "version"))),
                              pn_text (name), pn_text (text)),
                     NULL, error);
}

static void
free_document (gpointer document)
{
  json_decref (document);
}

GHashTable *
pn_form_answer_list (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, answers_sql, PN_ARGS (pn_int (ticket_id), pn_int (ANSWERS_LIMIT)), error);
  GHashTable *table;

  if (rows == NULL)
    return NULL;
  table = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_document);
  while (pn_rows_next (rows)) {
    json_t *answers = json_loads (pn_rows_text (rows, 3), 0, NULL);
    gint64 *id = g_new (gint64, 1);

    *id = pn_rows_int (rows, 0);
    g_hash_table_insert (table, id,
                         json_pack ("{s:o, s:I, s:o}", "form",
                                    pn_json_text (pn_rows_text (rows, 1)), "version",
                                    (json_int_t) pn_rows_int (rows, 2), "answers",
                                    answers != NULL ? answers : json_array ()));
  }
  return table;
}

gboolean
pn_form_of_ticket (PnDb *db, gint64 ticket_id, char **name, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, of_ticket_sql, PN_ARGS (pn_int (ticket_id)), error);

  if (rows == NULL)
    return FALSE;
  *name = pn_rows_next (rows) ? g_strdup (pn_rows_text (rows, 0)) : NULL;
  return TRUE;
}
