#include "ticketing/ladder.h"

#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"
#include "ticketing/escalation.h"
#include "ticketing/queue.h"
#include "ticketing/webhook.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define LIST_MAX 200
#define VERSIONS_SHOWN 100

static const char insert_sql[] = "INSERT INTO ladder (name, document, created_at) VALUES (?, ?, ?)";

static const char update_sql[] = "UPDATE ladder SET name = ?, document = ?, version = version + 1"
                                 " WHERE id = ? AND (? = 0 OR version = ?)";

static const char delete_sql[] = "DELETE FROM ladder WHERE id = ?";

static const char version_sql[] =
    "INSERT INTO ladder_version (ladder_id, version, agent_id, at, document)"
    " SELECT id, version, ?, ?, document FROM ladder WHERE id = ?";

static const char versions_sql[] = "SELECT version, agent_id, at, document FROM ladder_version"
                                   " WHERE ladder_id = ?"
                                   " ORDER BY version DESC"
                                   " LIMIT ?";

static const char drop_policies_sql[] = "DELETE FROM ladder_policy WHERE ladder_id = ?";

static const char add_policy_sql[] =
    "INSERT INTO ladder_policy (policy_id, ladder_id) VALUES (?, ?)";

static const char load_sql[] = "SELECT id, name, version, document FROM ladder WHERE id = ?";

static const char find_sql[] = "SELECT id, name, version, document FROM ladder WHERE name = ?";

static const char list_sql[] =
    "SELECT id, name, version, document FROM ladder ORDER BY name LIMIT ?";

/* The policy's own before the default one. */
static const char for_policy_sql[] = "SELECT l.id, l.name, l.version, l.document"
                                     " FROM ladder_policy p"
                                     " JOIN ladder l ON l.id = p.ladder_id"
                                     " WHERE p.policy_id IN (?, 0)"
                                     " ORDER BY p.policy_id = 0"
                                     " LIMIT 2";

PnLadder *
pn_ladder_new (const char *name)
{
  PnLadder *ladder = g_new0 (PnLadder, 1);

  ladder->name = g_strdup (name);
  ladder->title = g_strdup (name);
  ladder->is_enabled = TRUE;
  ladder->policies = g_array_new (FALSE, FALSE, sizeof (gint64));
  ladder->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_ladder_step_free);
  return ladder;
}

void
pn_ladder_free (PnLadder *ladder)
{
  if (ladder == NULL)
    return;
  g_free (ladder->name);
  g_free (ladder->title);
  g_array_unref (ladder->policies);
  g_ptr_array_unref (ladder->steps);
  g_free (ladder);
}

PnLadderStep *
pn_ladder_find_step (const PnLadder *ladder, int key)
{
  for (guint i = 0; i < ladder->steps->len; i++) {
    PnLadderStep *step = ladder->steps->pdata[i];

    if (step->key == key)
      return step;
  }
  return NULL;
}

json_t *
pn_ladder_write (const PnLadder *ladder)
{
  json_t *policies = json_array ();
  json_t *steps = json_array ();

  for (guint i = 0; i < ladder->policies->len; i++)
    json_array_append_new (policies, json_integer (g_array_index (ladder->policies, gint64, i)));
  for (guint i = 0; i < ladder->steps->len; i++)
    json_array_append_new (steps, pn_ladder_step_write (ladder->steps->pdata[i]));
  return json_pack ("{s:o, s:b, s:b, s:o, s:I, s:i, s:o}", "title", pn_json_text (ladder->title),
                    "is_enabled", ladder->is_enabled, "is_default", ladder->is_default, "policies",
                    policies, "calendar", (json_int_t) ladder->calendar_id, "last_key",
                    ladder->last_key, "steps", steps);
}

gboolean
pn_ladder_read_steps (PnLadder *ladder, const json_t *list, GError **error)
{
  g_autoptr (GPtrArray) steps =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_ladder_step_free);
  const json_t *value;
  size_t i;

  if (!json_is_array (list) || json_array_size (list) > PN_LADDER_STEPS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "a ladder has a list of at most %d steps",
                  PN_LADDER_STEPS_MAX);
    return FALSE;
  }
  json_array_foreach (list, i, value)
  {
    PnLadderStep *step = pn_ladder_step_read (value, error);

    if (step == NULL)
      return FALSE;
    g_ptr_array_add (steps, step);
  }
  g_ptr_array_unref (ladder->steps);
  ladder->steps = g_steal_pointer (&steps);
  return TRUE;
}

gboolean
pn_ladder_read (PnLadder *ladder, const json_t *document, GError **error)
{
  const char *title = pn_json_get_text (document, "title");
  const json_t *policies = json_object_get (document, "policies");
  const json_t *value;
  size_t i;

  if (title != NULL) {
    g_free (ladder->title);
    ladder->title = g_strdup (title);
  }
  ladder->is_enabled = !json_is_false (json_object_get (document, "is_enabled"));
  ladder->is_default = json_is_true (json_object_get (document, "is_default"));
  ladder->calendar_id = json_integer_value (json_object_get (document, "calendar"));
  ladder->last_key = (int) json_integer_value (json_object_get (document, "last_key"));
  g_array_set_size (ladder->policies, 0);
  json_array_foreach (policies, i, value)
  {
    gint64 id = json_integer_value (value);

    g_array_append_val (ladder->policies, id);
  }
  return pn_ladder_read_steps (ladder, json_object_get (document, "steps"), error);
}

static gboolean
check_step (PnDb *db, const PnLadderStep *step, GError **error)
{
  g_autofree char *words = pn_ladder_step_words (step);
  g_autoptr (PnQueue) queue = NULL;
  g_autoptr (PnWebhook) webhook = NULL;

  if (!pn_ladder_step_acts (step)) {
    pn_error_set (error, PN_ERROR_INVALID, "the step at %s does nothing", words);
    return FALSE;
  }
  for (guint i = 0; i < step->agents->len; i++) {
    g_autoptr (PnAgent) agent = NULL;

    if (!pn_agent_find (db, step->agents->pdata[i], &agent, error))
      return FALSE;
    if (agent == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "the step at %s: there is no agent \"%s\"", words,
                    (const char *) step->agents->pdata[i]);
      return FALSE;
    }
  }
  if (!pn_queue_find (db, step->queue, &queue, error)
      || !pn_webhook_find (db, step->webhook, &webhook, error))
    return FALSE;
  if ((*step->queue != '\0' && queue == NULL) || (*step->webhook != '\0' && webhook == NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "the step at %s: there is no %s \"%s\"", words,
                  *step->queue != '\0' && queue == NULL ? "queue" : "webhook",
                  *step->queue != '\0' && queue == NULL ? step->queue : step->webhook);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check (PnDb *db, const PnLadder *ladder, GError **error)
{
  if (!pn_text_is_label (ladder->name, NAME_BYTES)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "ladder name \"%s\": 1 to %d of a-z, 0-9 and \"-\" are allowed", ladder->name,
                  NAME_BYTES);
    return FALSE;
  }
  if (*ladder->title == '\0' || strlen (ladder->title) > TITLE_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "ladder %s: the title has 1 to %d bytes", ladder->name,
                  TITLE_BYTES);
    return FALSE;
  }
  for (guint i = 0; i < ladder->steps->len; i++) {
    if (!check_step (db, ladder->steps->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

/* New steps, and those whose key is another's, get the next one. */
static void
give_keys (PnLadder *ladder)
{
  for (guint i = 0; i < ladder->steps->len; i++) {
    PnLadderStep *step = ladder->steps->pdata[i];

    if (step->key <= 0 || step->key > ladder->last_key
        || pn_ladder_find_step (ladder, step->key) != step)
      step->key = ++ladder->last_key;
  }
}

static gboolean
write_policies (PnDb *db, const PnLadder *ladder, GError **error)
{
  gboolean is_well = pn_db_exec (db, drop_policies_sql, PN_ARGS (pn_int (ladder->id)), NULL, error);

  if (is_well && ladder->is_default)
    is_well =
        pn_db_exec (db, add_policy_sql, PN_ARGS (pn_int (0), pn_int (ladder->id)), NULL, error);
  for (guint i = 0; i < ladder->policies->len && is_well; i++)
    is_well = pn_db_exec (
        db, add_policy_sql,
        PN_ARGS (pn_int (g_array_index (ladder->policies, gint64, i)), pn_int (ladder->id)), NULL,
        error);
  if (is_well)
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT,
                   "another ladder has one of these policies, or is the default, already");
  return FALSE;
}

static gboolean
write_row (PnDb *db, PnLadder *ladder, gint64 if_version, GError **error)
{
  json_t *document = pn_ladder_write (ladder);
  g_autofree char *text = pn_json_write (document);
  g_autoptr (PnLadder) there = NULL;
  gint64 affected = 0;

  json_decref (document);
  if (ladder->id == 0)
    return pn_db_insert (db, insert_sql,
                         PN_ARGS (pn_text (ladder->name), pn_text (text), pn_int (pn_clock_now ())),
                         &ladder->id, error);
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (ladder->name), pn_text (text), pn_int (ladder->id),
                            pn_int (if_version), pn_int (if_version)),
                   &affected, error))
    return FALSE;
  if (affected > 0)
    return TRUE;
  there = pn_ladder_load (db, ladder->id, error);
  if (there != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "ladder %s was changed by somebody else", there->name);
  return FALSE;
}

gboolean
pn_ladder_save (PnDb *db, PnLadder *ladder, gint64 if_version, gint64 agent_id, GError **error)
{
  const gboolean is_new = ladder->id == 0;

  if (!check (db, ladder, error))
    return FALSE;
  give_keys (ladder);
  if (!write_row (db, ladder, if_version, error)) {
    if (is_new)
      pn_error_reword (error, PN_ERROR_CONFLICT, "there is a ladder named \"%s\" already",
                       ladder->name);
    return FALSE;
  }
  if (pn_db_exec (
          db, version_sql,
          PN_ARGS (pn_int_or_null (agent_id), pn_int (pn_clock_now ()), pn_int (ladder->id)), NULL,
          error)
      && write_policies (db, ladder, error) && pn_escalation_walk_again (db, error)) {
    ladder->version++;
    return TRUE;
  }
  ladder->id = is_new ? 0 : ladder->id; /* the transaction rolls back */
  return FALSE;
}

gboolean
pn_ladder_delete (PnDb *db, gint64 id, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no ladder %" G_GINT64_FORMAT, id);
    return FALSE;
  }
  return pn_db_exec (db, drop_policies_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_escalation_walk_again (db, error);
}

static PnLadder *
read_row (const PnRows *rows, GError **error)
{
  g_autoptr (PnLadder) ladder = pn_ladder_new (pn_rows_text (rows, 1));
  g_autoptr (json_t) document = json_loads (pn_rows_text (rows, 3), 0, NULL);

  ladder->id = pn_rows_int (rows, 0);
  ladder->version = pn_rows_int (rows, 2);
  if (document == NULL || !pn_ladder_read (ladder, document, error)) {
    if (error != NULL && *error == NULL)
      pn_error_set (error, PN_ERROR_PERMANENT, "ladder %s cannot be read", ladder->name);
    return NULL;
  }
  return g_steal_pointer (&ladder);
}

PnLadder *
pn_ladder_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows))
    return read_row (rows, error);
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no ladder %" G_GINT64_FORMAT, id);
  return NULL;
}

gboolean
pn_ladder_find (PnDb *db, const char *name, PnLadder **ladder, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  *ladder = NULL;
  if (rows == NULL || !pn_rows_next (rows))
    return rows != NULL;
  *ladder = read_row (rows, error);
  return *ladder != NULL;
}

GPtrArray *
pn_ladder_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (LIST_MAX)), error);
  g_autoptr (GPtrArray) list = NULL;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_ladder_free);
  while (pn_rows_next (rows)) {
    PnLadder *ladder = read_row (rows, error);

    if (ladder == NULL)
      return NULL;
    g_ptr_array_add (list, ladder);
  }
  return g_steal_pointer (&list);
}

gboolean
pn_ladder_for_policy (PnDb *db, gint64 policy_id, PnLadder **ladder, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, for_policy_sql, PN_ARGS (pn_int (policy_id)), error);

  *ladder = NULL;
  if (rows == NULL || !pn_rows_next (rows))
    return rows != NULL;
  *ladder = read_row (rows, error);
  if (*ladder == NULL)
    return FALSE;
  if (!(*ladder)->is_enabled)
    g_clear_pointer (ladder, pn_ladder_free);
  return TRUE;
}

static void
free_version (gpointer data)
{
  PnLadderVersion *version = data;

  g_free (version->document);
  g_free (version);
}

GPtrArray *
pn_ladder_versions (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, versions_sql, PN_ARGS (pn_int (id), pn_int (VERSIONS_SHOWN)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_version);
  while (pn_rows_next (rows)) {
    PnLadderVersion *version = g_new0 (PnLadderVersion, 1);

    version->version = pn_rows_int (rows, 0);
    version->agent_id = pn_rows_int (rows, 1);
    version->at = pn_rows_int (rows, 2);
    version->document = g_strdup (pn_rows_text (rows, 3));
    g_ptr_array_add (list, version);
  }
  return list;
}
