#include "ticketing/sla.h"

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"
#include "ticketing/sla_job.h"

#define TITLE_BYTES 200

#define COLUMNS "id, name, title, position, is_enabled, calendar_id, document, version, created_at"

static const char insert_sql[] =
    "INSERT INTO sla_policy (name, title, position, is_enabled, calendar_id, document, created_at,"
    " updated_at)"
    " SELECT ?, ?, COALESCE(MAX(p.position), 0) + 1, ?, ?, ?, ?, ? FROM sla_policy p";

static const char update_sql[] =
    "UPDATE sla_policy"
    " SET name = ?, title = ?, is_enabled = ?, calendar_id = ?, document = ?, updated_at = ?,"
    " version = version + 1"
    " WHERE id = ? AND (? = 0 OR version = ?)";

static const char remove_sql[] = "DELETE FROM sla_policy WHERE id = ?";

static const char load_sql[] = "SELECT " COLUMNS " FROM sla_policy WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM sla_policy WHERE name = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM sla_policy"
                               " ORDER BY position, id"
                               " LIMIT 1000";

static const char place_sql[] = "UPDATE sla_policy SET position = ? WHERE id = ?";

static const char uses_calendar_sql[] =
    "SELECT name FROM sla_policy WHERE calendar_id = ? ORDER BY id LIMIT 1";

static const char keep_sql[] =
    "INSERT INTO sla_version (policy_id, version, agent_id, at, document)"
    " SELECT id, version, ?, ?, ? FROM sla_policy WHERE id = ?";

static const char versions_sql[] = "SELECT version, agent_id, at, document FROM sla_version"
                                   " WHERE policy_id = ?"
                                   " ORDER BY version DESC"
                                   " LIMIT 100";

static const char load_version_sql[] =
    "SELECT document FROM sla_version WHERE policy_id = ? AND version = ?";

static void
free_policy (gpointer policy)
{
  pn_policy_free (policy);
}

static gboolean
check (const PnPolicy *policy, GError **error)
{
  if (!pn_text_is_name (policy->name)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "policy name \"%s\": 1 to 40 of a-z, 0-9, \".\", \"_\" and \"-\" are allowed",
                  policy->name);
    return FALSE;
  }
  if (*policy->title == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "policy %s: the title is empty", policy->name);
    return FALSE;
  }
  return TRUE;
}

typedef struct {
  PnPolicy *policy;
  gint64 if_version;
  gint64 agent_id;
  const char *title;
  const char *document;
  gint64 id;
  gboolean is_outdated; /* nothing has the id and version */
} Save;

static gboolean
insert (PnDb *db, Save *save, GError **error)
{
  const PnPolicy *policy = save->policy;
  const PnTime now = pn_clock_now ();

  return pn_db_insert (db, insert_sql,
                       PN_ARGS (pn_text (policy->name), pn_text (save->title),
                                pn_int (policy->is_enabled), pn_int (policy->calendar_id),
                                pn_text (save->document), pn_int (now), pn_int (now)),
                       &save->id, error);
}

static gboolean
update (PnDb *db, Save *save, GError **error)
{
  const PnPolicy *policy = save->policy;
  gint64 affected;

  save->id = policy->id;
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (policy->name), pn_text (save->title),
                            pn_int (policy->is_enabled), pn_int (policy->calendar_id),
                            pn_text (save->document), pn_int (pn_clock_now ()), pn_int (policy->id),
                            pn_int (save->if_version), pn_int (save->if_version)),
                   &affected, error))
    return FALSE;
  save->is_outdated = affected == 0;
  return TRUE;
}

static gboolean
write_row (PnDb *db, Save *save, GError **error)
{
  save->is_outdated = FALSE;
  if (save->policy->id == 0 ? insert (db, save, error) : update (db, save, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a policy named \"%s\" already",
                   save->policy->name);
  return FALSE;
}

/* What the version is remembered by: the document with the row's own fields. */
static char *
write_version (const Save *save)
{
  g_autoptr (json_t) whole = pn_policy_write (save->policy);

  pn_json_set (whole, "name", pn_json_text (save->policy->name));
  pn_json_set (whole, "title", pn_json_text (save->title));
  pn_json_set (whole, "is_enabled", json_boolean (save->policy->is_enabled));
  pn_json_set (whole, "calendar_id", json_integer (save->policy->calendar_id));
  return pn_json_write (whole);
}

/* After every change: due times follow. */
static gboolean
note_change (PnDb *db, const char *name, gint64 agent_id, GError **error)
{
  g_autofree char *reason = g_strdup_printf ("policy %s", name);

  return pn_sla_book_touch (db, error) && pn_sla_job_start (db, reason, agent_id, error);
}

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  Save *save = data;
  g_autoptr (PnCalendar) calendar = pn_calendar_load (db, save->policy->calendar_id, error);
  g_autofree char *version = write_version (save);

  if (calendar == NULL || !write_row (db, save, error))
    return FALSE;
  if (save->is_outdated) {
    g_autoptr (PnPolicy) there = pn_sla_load (db, save->id, error);

    if (there != NULL)
      pn_error_set (error, PN_ERROR_CONFLICT, "policy %s was changed by somebody else meanwhile",
                    there->name);
    return FALSE;
  }
  return pn_db_exec (db, keep_sql,
                     PN_ARGS (pn_int_or_null (save->agent_id), pn_int (pn_clock_now ()),
                              pn_text (version), pn_int (save->id)),
                     NULL, error)
         && note_change (db, save->policy->name, save->agent_id, error);
}

gboolean
pn_sla_save (PnDb *db, PnPolicy *policy, gint64 if_version, gint64 agent_id, GError **error)
{
  g_autofree char *title = pn_text_clean_line (policy->title, TITLE_BYTES);
  g_autoptr (json_t) document = pn_policy_write (policy);
  g_autofree char *text = pn_json_write (document);
  Save save = { policy, if_version, agent_id, title, text, 0, FALSE };
  g_autoptr (PnPolicy) stored = NULL;

  if (!check (policy, error) || !pn_db_run (db, save_body, &save, error))
    return FALSE;
  stored = pn_sla_load (db, save.id, error);
  if (stored == NULL)
    return FALSE;
  policy->id = stored->id;
  policy->position = stored->position;
  policy->version = stored->version;
  policy->created_at = stored->created_at;
  return TRUE;
}

typedef struct {
  gint64 id;
  gint64 agent_id;
  int by;
} Order;

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  const Order *order = data;
  g_autoptr (PnPolicy) policy = pn_sla_load (db, order->id, error);

  return policy != NULL && pn_db_exec (db, remove_sql, PN_ARGS (pn_int (order->id)), NULL, error)
         && note_change (db, policy->name, order->agent_id, error);
}

gboolean
pn_sla_remove (PnDb *db, gint64 id, gint64 agent_id, GError **error)
{
  Order order = { id, agent_id, 0 };

  return pn_db_run (db, remove_body, &order, error);
}

static gboolean
move_body (PnDb *db, gpointer data, GError **error)
{
  const Order *order = data;
  g_autoptr (PnPolicy) policy = pn_sla_load (db, order->id, error);
  g_autoptr (GPtrArray) list = policy != NULL ? pn_sla_list (db, error) : NULL;
  guint at = 0;
  guint to;

  if (list == NULL)
    return FALSE;
  while (at < list->len && ((const PnPolicy *) list->pdata[at])->id != order->id)
    at++;
  if (order->by < 0 ? at == 0 : at + 1 >= list->len)
    return TRUE;
  to = order->by < 0 ? at - 1 : at + 1;
  g_ptr_array_insert (list, (gint) to, g_ptr_array_steal_index (list, at));
  for (guint i = 0; i < list->len; i++) {
    const PnPolicy *each = list->pdata[i];

    if (each->position != (gint64) i + 1
        && !pn_db_exec (db, place_sql, PN_ARGS (pn_int (i + 1), pn_int (each->id)), NULL, error))
      return FALSE;
  }
  return note_change (db, policy->name, order->agent_id, error);
}

gboolean
pn_sla_move (PnDb *db, gint64 id, int by, gint64 agent_id, GError **error)
{
  Order order = { id, agent_id, by };

  return pn_db_run (db, move_body, &order, error);
}

static PnPolicy *
read_row (const PnRows *rows, GError **error)
{
  g_autoptr (PnPolicy) policy = pn_policy_new (pn_rows_text (rows, 1));
  g_autoptr (json_t) document = json_loads (pn_rows_text (rows, 6), 0, NULL);

  policy->id = pn_rows_int (rows, 0);
  g_free (policy->title);
  policy->title = g_strdup (pn_rows_text (rows, 2));
  policy->position = pn_rows_int (rows, 3);
  policy->is_enabled = pn_rows_int (rows, 4) != 0;
  policy->calendar_id = pn_rows_int (rows, 5);
  policy->version = pn_rows_int (rows, 7);
  policy->created_at = pn_rows_int (rows, 8);
  if (!pn_policy_read (policy, document, error)) {
    g_prefix_error (error, "policy %s: ", policy->name);
    return NULL;
  }
  return g_steal_pointer (&policy);
}

PnPolicy *
pn_sla_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no policy %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_row (rows, error);
}

gboolean
pn_sla_find (PnDb *db, const char *name, PnPolicy **policy, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  *policy = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  *policy = read_row (rows, error);
  return *policy != NULL;
}

GPtrArray *
pn_sla_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_policy);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnPolicy *policy = read_row (rows, error);

    if (policy == NULL)
      return NULL;
    g_ptr_array_add (list, policy);
  }
  return g_steal_pointer (&list);
}

gboolean
pn_sla_uses_calendar (PnDb *db, gint64 calendar_id, char **name, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, uses_calendar_sql, PN_ARGS (pn_int (calendar_id)), error);

  if (rows == NULL)
    return FALSE;
  *name = pn_rows_next (rows) ? g_strdup (pn_rows_text (rows, 0)) : NULL;
  return TRUE;
}

gboolean
pn_sla_uses_organisation (PnDb *db, gint64 organisation_id, char **name, GError **error)
{
  g_autoptr (GPtrArray) policies = pn_sla_list (db, error);

  *name = NULL;
  for (guint i = 0; policies != NULL && i < policies->len && *name == NULL; i++) {
    const PnPolicy *policy = policies->pdata[i];

    *name = pn_ids_have (policy->organisations, organisation_id) ? g_strdup (policy->name) : NULL;
  }
  return policies != NULL;
}

gboolean
pn_sla_load_version (PnDb *db, gint64 id, gint64 version, PnPolicy **policy, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, load_version_sql, PN_ARGS (pn_int (id), pn_int (version)), error);
  g_autoptr (PnPolicy) then = NULL;
  g_autoptr (json_t) document = NULL;

  *policy = NULL;
  if (rows == NULL || !pn_rows_next (rows))
    return rows != NULL;
  document = json_loads (pn_rows_text (rows, 0), 0, NULL);
  then = pn_policy_new (pn_json_get_text (document, "name"));
  then->id = id;
  then->version = version;
  then->calendar_id = json_integer_value (json_object_get (document, "calendar_id"));
  if (!pn_policy_read (then, document, error))
    return FALSE;
  *policy = g_steal_pointer (&then);
  return TRUE;
}

static void
free_version (gpointer data)
{
  PnPolicyVersion *version = data;

  g_free (version->document);
  g_free (version);
}

GPtrArray *
pn_sla_versions (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, versions_sql, PN_ARGS (pn_int (id)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_version);
  while (pn_rows_next (rows)) {
    PnPolicyVersion *version = g_new0 (PnPolicyVersion, 1);

    *version = (PnPolicyVersion){ pn_rows_int (rows, 0), pn_rows_int (rows, 1),
                                  pn_rows_int (rows, 2), g_strdup (pn_rows_text (rows, 3)) };
    g_ptr_array_add (list, version);
  }
  return list;
}
