#include "ticketing/report_plan.h"

#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define WORD_BYTES 200
#define READERS_MAX 50
#define LIST_MAX 200
#define DAY_MINUTES 1440

#define COLUMNS                                                                                    \
  "id, name, owner_id, document, is_enabled, next_at, gen, sent_at, problem FROM report_plan"

static const char insert_sql[] =
    "INSERT INTO report_plan (name, owner_id, document, is_enabled, next_at, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE report_plan SET name = ?, owner_id = ?, document = ?, is_enabled = ?, next_at = ?,"
    " problem = NULL, gen = gen + 1"
    " WHERE id = ?";

static const char delete_sql[] = "DELETE FROM report_plan WHERE id = ?";

static const char delete_periods_sql[] = "DELETE FROM report_period WHERE plan_id = ?";

static const char load_sql[] = "SELECT " COLUMNS " WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " WHERE name = ?";

static const char list_sql[] = "SELECT " COLUMNS " ORDER BY name LIMIT ?";

static const char own_sql[] = "SELECT " COLUMNS " WHERE owner_id = ? ORDER BY name LIMIT ?";

PnReportPlan *
pn_report_plan_new (const char *name)
{
  PnReportPlan *plan = g_new0 (PnReportPlan, 1);

  plan->name = g_strdup (name);
  plan->title = g_strdup (name);
  plan->is_enabled = TRUE;
  plan->report = g_strdup ("volume");
  plan->words = json_object ();
  plan->every = PN_EVERY_WEEK;
  plan->minute = 7 * 60;
  plan->zone = g_strdup ("UTC");
  plan->readers = g_ptr_array_new_with_free_func (g_free);
  return plan;
}

void
pn_report_plan_free (PnReportPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->name);
  g_free (plan->title);
  g_free (plan->report);
  json_decref (plan->words);
  g_free (plan->zone);
  g_ptr_array_unref (plan->readers);
  g_free (plan->problem);
  g_free (plan);
}

void
pn_report_plan_take_words (PnReportPlan *plan, PnReportGet get, gpointer data)
{
  for (int i = -2; i < PN_BY_DIMENSIONS; i++) {
    const char *name = i == -2 ? "by" : i == -1 ? "time" : pn_report_by_name ((PnReportBy) i);
    const char *value = get (data, name);

    if (value != NULL && *value == '\0')
      json_object_del (plan->words, name);
    else if (value != NULL)
      pn_json_set (plan->words, name, pn_json_text (value));
  }
}

char *
pn_report_plan_query (const PnReportPlan *plan)
{
  GString *query = g_string_new (NULL);
  const char *name;
  json_t *value;

  json_object_foreach (plan->words, name, value)
  {
    g_autofree char *encoded = g_uri_escape_string (json_string_value (value), NULL, FALSE);

    g_string_append_printf (query, "%s%s=%s", query->len > 0 ? "&" : "", name, encoded);
  }
  return g_string_free (query, FALSE);
}

static gboolean
refuse (const PnReportPlan *plan, const char *what, GError **error)
{
  pn_error_set (error, PN_ERROR_INVALID, "report plan %.64s: %s", plan->name, what);
  return FALSE;
}

/* A reader may be given by log-in or address, and is kept by log-in. */
static gboolean
check_reader (const GPtrArray *agents, char **reader, GError **error)
{
  for (guint i = 0; i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    if (strcmp (agent->login, *reader) != 0 && g_ascii_strcasecmp (agent->address, *reader) != 0)
      continue;
    g_free (*reader);
    *reader = g_strdup (agent->login);
    return TRUE;
  }
  pn_error_set (error, PN_ERROR_INVALID, "nobody of the staff has the log-in or address \"%.100s\"",
                *reader);
  return FALSE;
}

static gboolean
check_readers (PnDb *db, const PnReportPlan *plan, GError **error)
{
  g_autoptr (GPtrArray) agents = NULL;

  if (plan->readers->len == 0)
    return refuse (plan, "it has no reader", error);
  if (plan->readers->len > READERS_MAX)
    return refuse (plan, "it has more than 50 readers", error);
  agents = pn_agent_list (db, error);
  for (guint i = 0; agents != NULL && i < plan->readers->len; i++) {
    if (!check_reader (agents, (char **) &plan->readers->pdata[i], error))
      return FALSE;
  }
  return agents != NULL;
}

static const char *
get_word (gpointer data, const char *name)
{
  return json_string_value (json_object_get (data, name));
}

static gboolean
check_words (PnDb *db, const PnReportPlan *plan, GError **error)
{
  g_autoptr (PnReportRequest) request = pn_report_request_new (plan->report, plan->zone);
  const char *name;
  json_t *value;

  json_object_foreach (plan->words, name, value)
  {
    if (json_string_length (value) > WORD_BYTES)
      return refuse (plan, "a filter is too long", error);
  }
  return pn_report_read (db, request, get_word, plan->words, error);
}

static gboolean
check (PnDb *db, const PnReportPlan *plan, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (plan->zone);

  if (!pn_text_is_label (plan->name, NAME_BYTES))
    return refuse (plan, "a name has 1 to 64 of a-z, 0-9 and \"-\"", error);
  if (*plan->title == '\0' || strlen (plan->title) > TITLE_BYTES)
    return refuse (plan, "a title has 1 to 200 bytes", error);
  if (!pn_report_has (plan->report))
    return refuse (plan, "there is no such report", error);
  if (plan->minute < 0 || plan->minute >= DAY_MINUTES)
    return refuse (plan, "the time is none from 00:00 to 23:59", error);
  if (zone == NULL)
    return refuse (plan, "there is no such time zone; write one like Europe/Berlin", error);
  return check_words (db, plan, error) && check_readers (db, plan, error);
}

static char *
write_document (const PnReportPlan *plan)
{
  g_autoptr (json_t) document = json_pack (
      "{s:o, s:s, s:O, s:s, s:i, s:o, s:o}", "title", pn_json_text (plan->title), "report",
      plan->report, "words", plan->words, "every", pn_every_name (plan->every), "minute",
      plan->minute, "zone", pn_json_text (plan->zone), "readers", pn_json_texts (plan->readers));

  return pn_json_write (document);
}

static gboolean
write_row (PnDb *db, PnReportPlan *plan, GError **error)
{
  g_autofree char *document = write_document (plan);
  g_autoptr (PnReportPlan) there = NULL;
  gint64 affected = 0;

  plan->next_at = pn_report_plan_next (plan, pn_clock_now ());
  if (plan->id == 0)
    return pn_db_insert (db, insert_sql,
                         PN_ARGS (pn_text (plan->name), pn_int (plan->owner_id), pn_text (document),
                                  pn_int (plan->is_enabled), pn_int (plan->next_at),
                                  pn_int (pn_clock_now ())),
                         &plan->id, error);
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (plan->name), pn_int (plan->owner_id), pn_text (document),
                            pn_int (plan->is_enabled), pn_int (plan->next_at), pn_int (plan->id)),
                   &affected, error))
    return FALSE;
  there = affected > 0 ? NULL : pn_report_plan_load (db, plan->id, error);
  g_clear_pointer (&plan->problem, g_free);
  return affected > 0 || there != NULL;
}

gboolean
pn_report_plan_save (PnDb *db, PnReportPlan *plan, GError **error)
{
  if (!check (db, plan, error))
    return FALSE;
  if (write_row (db, plan, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a report plan named \"%s\" already",
                   plan->name);
  return FALSE;
}

static gboolean
delete_plan (PnDb *db, gpointer data, GError **error)
{
  const gint64 id = *(const gint64 *) data;
  gint64 affected = 0;

  if (!pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), &affected, error)
      || !pn_db_exec (db, delete_periods_sql, PN_ARGS (pn_int (id)), NULL, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no report plan %" G_GINT64_FORMAT, id);
  return affected > 0;
}

gboolean
pn_report_plan_delete (PnDb *db, gint64 id, GError **error)
{
  return pn_db_run (db, delete_plan, &id, error);
}

static void
read_document (PnReportPlan *plan, const json_t *document)
{
  json_t *words = json_object_get (document, "words");
  const json_t *value;
  size_t i;

  pn_json_take_text (document, "title", &plan->title);
  pn_json_take_text (document, "report", &plan->report);
  pn_json_take_text (document, "zone", &plan->zone);
  pn_every_read (pn_json_get_text (document, "every"), &plan->every);
  plan->minute = (int) json_integer_value (json_object_get (document, "minute"));
  if (json_is_object (words)) {
    json_decref (plan->words);
    plan->words = json_deep_copy (words);
  }
  json_array_foreach (json_object_get (document, "readers"), i, value)
      g_ptr_array_add (plan->readers, g_strdup (json_string_value (value)));
}

static PnReportPlan *
read_row (const PnRows *rows)
{
  PnReportPlan *plan = pn_report_plan_new (pn_rows_text (rows, 1));
  g_autoptr (json_t) document = json_loads (pn_rows_text (rows, 3), 0, NULL);

  plan->id = pn_rows_int (rows, 0);
  plan->owner_id = pn_rows_int (rows, 2);
  if (document != NULL)
    read_document (plan, document);
  plan->is_enabled = pn_rows_int (rows, 4) != 0;
  plan->next_at = pn_rows_int (rows, 5);
  plan->gen = pn_rows_int (rows, 6);
  plan->sent_at = pn_rows_int (rows, 7);
  plan->problem = g_strdup (pn_rows_text (rows, 8));
  return plan;
}

PnReportPlan *
pn_report_plan_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows))
    return read_row (rows);
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no report plan %" G_GINT64_FORMAT, id);
  return NULL;
}

gboolean
pn_report_plan_find (PnDb *db, const char *name, PnReportPlan **plan, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *plan = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_report_plan_list (PnDb *db, gint64 owner_id, GError **error)
{
  g_autoptr (PnRows) rows =
      owner_id == 0
          ? pn_db_query (db, list_sql, PN_ARGS (pn_int (LIST_MAX)), error)
          : pn_db_query (db, own_sql, PN_ARGS (pn_int (owner_id), pn_int (LIST_MAX)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_report_plan_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}
