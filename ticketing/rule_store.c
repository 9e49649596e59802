#include "ticketing/rule_store.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/rule_time.h"

#define RULES_MAX 1000
#define VERSIONS_MAX 200

#define RULE_SELECT                                                                                \
  "SELECT r.id, r.version, r.position, r.is_enabled, v.definition"                                 \
  " FROM rule r"                                                                                   \
  " JOIN rule_version v ON v.rule_id = r.id AND v.version = r.version"

static const char list_sql[] =
    RULE_SELECT " WHERE r.deleted_at = 0 ORDER BY r.position, r.id LIMIT ?";

static const char enabled_sql[] =
    RULE_SELECT " WHERE r.deleted_at = 0 AND r.is_enabled = 1 ORDER BY r.position, r.id LIMIT ?";

static const char load_sql[] = RULE_SELECT " WHERE r.id = ? AND r.deleted_at = 0";

static const char find_sql[] = RULE_SELECT " WHERE r.name = ? AND r.deleted_at = 0";

static const char insert_sql[] =
    "INSERT INTO rule (name, position, is_enabled, version, events, created_at, updated_at)"
    " SELECT ?, COALESCE(MAX(position), 0) + 1, ?, 1, ?, ?, ? FROM rule";

static const char update_sql[] =
    "UPDATE rule SET name = ?, is_enabled = ?, events = ?, updated_at = ?, version = version + 1"
    " WHERE id = ? AND version = ? AND deleted_at = 0";

static const char version_sql[] =
    "INSERT INTO rule_version (rule_id, version, definition, is_enabled, agent_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)";

static const char versions_sql[] =
    "SELECT version, definition, is_enabled, agent_id, created_at FROM rule_version"
    " WHERE rule_id = ?"
    " ORDER BY version DESC"
    " LIMIT ?";

static const char delete_sql[] =
    "UPDATE rule SET deleted_at = ?, updated_at = ? WHERE id = ? AND deleted_at = 0";

static const char listen_sql[] = "REPLACE INTO rule_listen (event, rules)"
                                 " SELECT ?, COUNT(*) FROM rule"
                                 " WHERE deleted_at = 0 AND is_enabled = 1 AND events & ? <> 0";

static const char place_sql[] = "UPDATE rule SET position = ? WHERE id = ?";

static PnRule *
read_definition (const char *definition, GError **error)
{
  return pn_rule_parse (definition, strlen (definition), NULL, error);
}

static PnRule *
read_row (const PnRows *rows, GError **error)
{
  PnRule *rule = read_definition (pn_rows_text (rows, 4), error);

  if (rule == NULL) {
    g_prefix_error (error, "rule %" G_GINT64_FORMAT ": ", pn_rows_int (rows, 0));
    return NULL;
  }
  rule->id = pn_rows_int (rows, 0);
  rule->version = pn_rows_int (rows, 1);
  rule->position = pn_rows_int (rows, 2);
  rule->is_enabled = pn_rows_int (rows, 3) != 0;
  return rule;
}

GPtrArray *
pn_rule_list (PnDb *db, gboolean only_enabled, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, only_enabled ? enabled_sql : list_sql, PN_ARGS (pn_int (RULES_MAX)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    g_autoptr (GError) problem = NULL;
    PnRule *rule = read_row (rows, &problem);

    if (rule != NULL)
      g_ptr_array_add (list, rule);
    else
      pn_log_error (PN_LOG_ERROR, "rule-unreadable", problem, "rule=%" G_GINT64_FORMAT,
                    pn_rows_int (rows, 0)); /* mail is filed without it */
  }
  return g_steal_pointer (&list);
}

PnRule *
pn_rule_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows))
    return read_row (rows, error);
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no rule %" G_GINT64_FORMAT, id);
  return NULL;
}

gboolean
pn_rule_find (PnDb *db, const char *name, PnRule **rule, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  *rule = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  *rule = read_row (rows, error);
  return *rule != NULL;
}

static gboolean
count_listeners (PnDb *db, GError **error)
{
  for (int on = 0; on < PN_RULE_ON_COUNT; on++) {
    if (!pn_db_exec (db, listen_sql, PN_ARGS (pn_int (on), pn_int (1 << on)), NULL, error))
      return FALSE;
  }
  return TRUE;
}

typedef struct {
  PnRule *rule;
  char *definition;
  gint64 if_version;
  gint64 agent_id;
  gint64 id;
  gint64 version;
} Saving;

static gboolean
insert (PnDb *db, Saving *saving, PnTime now, GError **error)
{
  const PnRule *rule = saving->rule;

  saving->version = 1;
  return pn_db_insert (db, insert_sql,
                       PN_ARGS (pn_text (rule->name), pn_int (rule->is_enabled),
                                pn_int (rule->events), pn_int (now), pn_int (now)),
                       &saving->id, error);
}

/* @is_same: nothing is new. */
static gboolean
update (PnDb *db, Saving *saving, PnTime now, gboolean *is_same, GError **error)
{
  const PnRule *rule = saving->rule;
  g_autoptr (PnRule) old = pn_rule_load (db, rule->id, error);
  g_autoptr (json_t) written = old != NULL ? pn_rule_write (old) : NULL;
  g_autofree char *definition = written != NULL ? pn_json_write (written) : NULL;
  gint64 affected = 0;

  if (old == NULL)
    return FALSE;
  saving->id = old->id;
  saving->version = old->version;
  if (saving->if_version == 0 || saving->if_version == old->version) {
    *is_same = old->is_enabled == rule->is_enabled && strcmp (definition, saving->definition) == 0;
    if (*is_same)
      return TRUE;
    if (!pn_db_exec (db, update_sql,
                     PN_ARGS (pn_text (rule->name), pn_int (rule->is_enabled),
                              pn_int (rule->events), pn_int (now), pn_int (rule->id),
                              pn_int (old->version)),
                     &affected, error))
      return FALSE;
    saving->version++;
  }
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT, "rule \"%s\" was changed by somebody else meanwhile",
                old->name);
  return FALSE;
}

static gboolean
save (PnDb *db, gpointer data, GError **error)
{
  Saving *saving = data;
  const PnTime now = pn_clock_now ();
  gboolean is_same = FALSE;

  if (saving->rule->id == 0 ? !insert (db, saving, now, error)
                            : !update (db, saving, now, &is_same, error))
    return FALSE;
  if (is_same)
    return TRUE;
  return pn_db_exec (db, version_sql,
                     PN_ARGS (pn_int (saving->id), pn_int (saving->version),
                              pn_text (saving->definition), pn_int (saving->rule->is_enabled),
                              pn_int_or_null (saving->agent_id), pn_int (now)),
                     NULL, error)
         && count_listeners (db, error) && pn_rule_time_set (db, saving->id, saving->rule, error);
}

gboolean
pn_rule_save (PnDb *db, PnRule *rule, gint64 if_version, gint64 agent_id, GError **error)
{
  g_autoptr (json_t) written = pn_rule_write (rule);
  g_autofree char *definition = pn_json_write (written);
  Saving saving = { rule, definition, if_version, agent_id, 0, 0 };

  if (pn_db_run (db, save, &saving, error)) {
    rule->id = saving.id;
    rule->version = saving.version;
    return TRUE;
  }
  if (saving.version == 1)
    pn_error_reword (error, PN_ERROR_CONFLICT, "there is a rule named \"%s\" already", rule->name);
  return FALSE;
}

typedef struct {
  gint64 id;
  gint64 agent_id;
  int places;
} Change;

static gboolean
delete_rule (PnDb *db, gpointer data, GError **error)
{
  const Change *change = data;
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRule) rule = pn_rule_load (db, change->id, error);
  g_autoptr (json_t) written = NULL;
  g_autofree char *definition = NULL;

  if (rule == NULL)
    return FALSE;
  written = pn_rule_write (rule);
  definition = pn_json_write (written);
  rule->is_enabled = FALSE;
  return pn_db_exec (db, version_sql,
                     PN_ARGS (pn_int (change->id), pn_int (rule->version + 1), pn_text (definition),
                              pn_int (0), pn_int_or_null (change->agent_id), pn_int (now)),
                     NULL, error)
         && pn_db_exec (db, delete_sql, PN_ARGS (pn_int (now), pn_int (now), pn_int (change->id)),
                        NULL, error)
         && count_listeners (db, error) && pn_rule_time_set (db, change->id, rule, error);
}

gboolean
pn_rule_delete (PnDb *db, gint64 id, gint64 agent_id, GError **error)
{
  Change change = { id, agent_id, 0 };

  return pn_db_run (db, delete_rule, &change, error);
}

static int
find_index (const GPtrArray *rules, gint64 id)
{
  for (guint i = 0; i < rules->len; i++) {
    if (((const PnRule *) rules->pdata[i])->id == id)
      return (int) i;
  }
  return -1;
}

/* Numbers the rules anew, so that positions are 1, 2, 3 … */
static gboolean
move_rule (PnDb *db, gpointer data, GError **error)
{
  const Change *change = data;
  g_autoptr (GPtrArray) rules = pn_rule_list (db, FALSE, error);
  int from;
  int to;

  if (rules == NULL)
    return FALSE;
  from = find_index (rules, change->id);
  if (from < 0) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no rule %" G_GINT64_FORMAT, change->id);
    return FALSE;
  }
  to = CLAMP (from + change->places, 0, (int) rules->len - 1);
  g_ptr_array_insert (rules, to, g_ptr_array_steal_index (rules, (guint) from));
  for (guint i = 0; i < rules->len; i++) {
    const PnRule *rule = rules->pdata[i];

    if (rule->position != (gint64) i + 1
        && !pn_db_exec (db, place_sql, PN_ARGS (pn_int ((gint64) i + 1), pn_int (rule->id)), NULL,
                        error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_rule_move (PnDb *db, gint64 id, int places, GError **error)
{
  Change change = { id, 0, places };

  return pn_db_run (db, move_rule, &change, error);
}

void
pn_rule_version_free (PnRuleVersion *version)
{
  if (version == NULL)
    return;
  pn_rule_free (version->rule);
  g_free (version->definition);
  g_free (version);
}

GPtrArray *
pn_rule_versions (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, versions_sql, PN_ARGS (pn_int (id), pn_int (VERSIONS_MAX)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_version_free);
  while (pn_rows_next (rows)) {
    PnRuleVersion *version = g_new0 (PnRuleVersion, 1);

    version->version = pn_rows_int (rows, 0);
    version->definition = g_strdup (pn_rows_text (rows, 1));
    version->rule = read_definition (version->definition, NULL);
    version->is_enabled = pn_rows_int (rows, 2) != 0;
    version->agent_id = pn_rows_int (rows, 3);
    version->at = pn_rows_int (rows, 4);
    g_ptr_array_add (list, version);
  }
  return list;
}

gboolean
pn_rule_uses_team (PnDb *db, const char *team, char **rule, GError **error)
{
  g_autoptr (GPtrArray) rules = pn_rule_list (db, FALSE, error);

  *rule = NULL;
  for (guint i = 0; rules != NULL && i < rules->len && *rule == NULL; i++) {
    const PnRule *each = rules->pdata[i];

    for (guint k = 0; k < each->actions->len && *rule == NULL; k++) {
      const PnRuleAction *action = each->actions->pdata[k];

      if (action->what == PN_DO_ASSIGN_TEAM && g_strcmp0 (action->value, team) == 0)
        *rule = g_strdup (each->name);
    }
  }
  return rules != NULL;
}
