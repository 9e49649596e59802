#include "ticketing/calendar.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"
#include "ticketing/sla.h"
#include "ticketing/sla_job.h"

#define TITLE_BYTES 200
#define DOCUMENT_BYTES (1024 * 1024)

#define COLUMNS "id, name, title, document, version, updated_at"

static const char insert_sql[] =
    "INSERT INTO calendar (name, title, document, created_at, updated_at)"
    " VALUES (?, ?, ?, ?, ?)";

static const char update_sql[] = "UPDATE calendar"
                                 " SET name = ?, title = ?, document = ?, updated_at = ?,"
                                 " version = version + 1"
                                 " WHERE id = ? AND (? = 0 OR version = ?)";

static const char remove_sql[] = "DELETE FROM calendar WHERE id = ?";

static const char keep_sql[] =
    "INSERT INTO calendar_version (calendar_id, version, at, document)"
    " SELECT id, version, updated_at, document FROM calendar WHERE id = ?";

/* The one that was in force; before the first there was, that one. */
static const char then_sql[] = "SELECT document FROM calendar_version"
                               " WHERE calendar_id = ?"
                               " ORDER BY at > ?, IF (at > ?, version, -version)"
                               " LIMIT 1";

static const char load_sql[] = "SELECT " COLUMNS " FROM calendar WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM calendar WHERE name = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM calendar"
                               " ORDER BY title, id"
                               " LIMIT 1000";

PnCalendar *
pn_calendar_new (const char *name)
{
  PnCalendar *calendar = g_new0 (PnCalendar, 1);

  calendar->name = g_strdup (name);
  calendar->title = g_strdup (name);
  calendar->document = json_pack ("{s:s, s:{}, s:[]}", "zone", "UTC", "week", "holidays");
  return calendar;
}

void
pn_calendar_free (PnCalendar *calendar)
{
  if (calendar == NULL)
    return;
  g_free (calendar->name);
  g_free (calendar->title);
  json_decref (calendar->document);
  g_free (calendar);
}

static void
free_calendar (gpointer calendar)
{
  pn_calendar_free (calendar);
}

PnHours *
pn_calendar_hours (const PnCalendar *calendar, GError **error)
{
  PnHours *hours = pn_hours_read (calendar->document, error);

  if (hours == NULL)
    g_prefix_error (error, "calendar %s: ", calendar->name);
  return hours;
}

gboolean
pn_calendar_hours_then (PnDb *db, gint64 id, PnTime at, PnHours **hours, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, then_sql, PN_ARGS (pn_int (id), pn_int (at), pn_int (at)), error);
  g_autoptr (json_t) document = NULL;

  *hours = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  document = json_loads (pn_rows_text (rows, 0), 0, NULL);
  *hours = pn_hours_read (document, error);
  return *hours != NULL;
}

static gboolean
check (const PnCalendar *calendar, GError **error)
{
  g_autoptr (PnHours) hours = NULL;

  if (!pn_text_is_name (calendar->name)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "calendar name \"%s\": 1 to 40 of a-z, 0-9, \".\", \"_\" and \"-\" are allowed",
                  calendar->name);
    return FALSE;
  }
  if (*calendar->title == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "calendar %s: the title is empty", calendar->name);
    return FALSE;
  }
  hours = pn_calendar_hours (calendar, error);
  return hours != NULL;
}

typedef struct {
  PnCalendar *calendar;
  gint64 if_version;
  gint64 agent_id;
  const char *title;
  const char *document;
  gint64 id;            /* of the row */
  gboolean is_outdated; /* nothing has the id and version */
} Save;

static gboolean
insert (PnDb *db, Save *save, GError **error)
{
  const PnTime now = pn_clock_now ();

  return pn_db_insert (db, insert_sql,
                       PN_ARGS (pn_text (save->calendar->name), pn_text (save->title),
                                pn_text (save->document), pn_int (now), pn_int (now)),
                       &save->id, error);
}

static gboolean
update (PnDb *db, Save *save, GError **error)
{
  const PnCalendar *calendar = save->calendar;
  gint64 affected;

  save->id = calendar->id;
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (calendar->name), pn_text (save->title),
                            pn_text (save->document), pn_int (pn_clock_now ()),
                            pn_int (calendar->id), pn_int (save->if_version),
                            pn_int (save->if_version)),
                   &affected, error))
    return FALSE;
  save->is_outdated = affected == 0;
  return TRUE;
}

static gboolean
write_row (PnDb *db, Save *save, GError **error)
{
  save->is_outdated = FALSE;
  if (save->calendar->id == 0 ? insert (db, save, error) : update (db, save, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a calendar named \"%s\" already",
                   save->calendar->name);
  return FALSE;
}

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  Save *save = data;
  g_autofree char *reason = g_strdup_printf ("calendar %s", save->calendar->name);

  if (!write_row (db, save, error))
    return FALSE;
  if (save->is_outdated) {
    g_autoptr (PnCalendar) there = pn_calendar_load (db, save->id, error);

    if (there != NULL)
      pn_error_set (error, PN_ERROR_CONFLICT, "calendar %s was changed by somebody else meanwhile",
                    there->name);
    return FALSE;
  }
  return pn_db_exec (db, keep_sql, PN_ARGS (pn_int (save->id)), NULL, error)
         && pn_sla_book_touch (db, error) && pn_sla_job_start (db, reason, save->agent_id, error);
}

gboolean
pn_calendar_save (PnDb *db, PnCalendar *calendar, gint64 if_version, gint64 agent_id,
                  GError **error)
{
  g_autofree char *title = pn_text_clean_line (calendar->title, TITLE_BYTES);
  g_autofree char *document = pn_json_write (calendar->document);
  Save save = { calendar, if_version, agent_id, title, document, 0, FALSE };
  g_autoptr (PnCalendar) stored = NULL;

  if (!check (calendar, error))
    return FALSE;
  if (strlen (document) > DOCUMENT_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "calendar %s has more than %d bytes", calendar->name,
                  DOCUMENT_BYTES);
    return FALSE;
  }
  if (!pn_db_run (db, save_body, &save, error))
    return FALSE;
  stored = pn_calendar_load (db, save.id, error);
  if (stored == NULL)
    return FALSE;
  calendar->id = stored->id;
  calendar->version = stored->version;
  calendar->updated_at = stored->updated_at;
  return TRUE;
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 id = *(const gint64 *) data;
  g_autoptr (PnCalendar) calendar = pn_calendar_load (db, id, error);
  g_autofree char *user = NULL;

  if (calendar == NULL || !pn_sla_uses_calendar (db, id, &user, error))
    return FALSE;
  if (user != NULL) {
    pn_error_set (error, PN_ERROR_CONFLICT, "calendar %s is used by the policy %s", calendar->name,
                  user);
    return FALSE;
  }
  if (id == PN_CALENDAR_ALWAYS) {
    pn_error_set (error, PN_ERROR_CONFLICT, "calendar %s stays, as it is the first one",
                  calendar->name);
    return FALSE;
  }
  return pn_db_exec (db, remove_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_sla_book_touch (db, error);
}

gboolean
pn_calendar_remove (PnDb *db, gint64 id, GError **error)
{
  return pn_db_run (db, remove_body, &id, error);
}

static PnCalendar *
read_row (const PnRows *rows)
{
  PnCalendar *calendar = g_new0 (PnCalendar, 1);

  calendar->id = pn_rows_int (rows, 0);
  calendar->name = g_strdup (pn_rows_text (rows, 1));
  calendar->title = g_strdup (pn_rows_text (rows, 2));
  calendar->document = json_loads (pn_rows_text (rows, 3), 0, NULL);
  calendar->version = pn_rows_int (rows, 4);
  calendar->updated_at = pn_rows_int (rows, 5);
  if (calendar->document == NULL)
    calendar->document = json_object ();
  return calendar;
}

PnCalendar *
pn_calendar_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no calendar %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_row (rows);
}

gboolean
pn_calendar_find (PnDb *db, const char *name, PnCalendar **calendar, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *calendar = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_calendar_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_calendar);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}
