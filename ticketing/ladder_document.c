#include "ticketing/ladder_document.h"

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

static const char *const known_keys[] = { "id",         "name",     "title",    "is_enabled",
                                          "is_default", "policies", "calendar", "version",
                                          "steps",      NULL };

/* What is gone has no name any more. */
static gboolean
is_lost (GError **problem)
{
  const gboolean answer = pn_error_is (*problem, PN_ERROR_NOT_FOUND);

  if (answer)
    g_clear_error (problem);
  return answer;
}

static json_t *
write_policies (PnDb *db, const PnLadder *ladder, GError **error)
{
  g_autoptr (json_t) names = json_array ();

  for (guint i = 0; i < ladder->policies->len; i++) {
    GError *problem = NULL;
    g_autoptr (PnPolicy) policy =
        pn_sla_load (db, g_array_index (ladder->policies, gint64, i), &problem);

    if (policy != NULL) {
      json_array_append_new (names, pn_json_text (policy->name));
    } else if (!is_lost (&problem)) {
      g_propagate_error (error, problem);
      return NULL;
    }
  }
  return g_steal_pointer (&names);
}

/* @name: JSON null without one. */
static gboolean
write_calendar (PnDb *db, const PnLadder *ladder, json_t **name, GError **error)
{
  GError *problem = NULL;
  g_autoptr (PnCalendar) calendar =
      ladder->calendar_id != 0 ? pn_calendar_load (db, ladder->calendar_id, &problem) : NULL;

  *name = NULL;
  if (problem != NULL && !is_lost (&problem)) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  *name = pn_json_text (calendar != NULL ? calendar->name : NULL);
  return TRUE;
}

json_t *
pn_ladder_write_document (PnDb *db, const PnLadder *ladder, GError **error)
{
  g_autoptr (json_t) policies = write_policies (db, ladder, error);
  json_t *steps = NULL;
  json_t *calendar;

  if (policies == NULL || !write_calendar (db, ladder, &calendar, error))
    return NULL;
  steps = json_array ();
  for (guint i = 0; i < ladder->steps->len; i++) {
    json_t *step = pn_ladder_step_write (ladder->steps->pdata[i]);
    g_autofree char *place = pn_ladder_step_words (ladder->steps->pdata[i]);

    pn_json_set (step, "place", pn_json_text (place));
    json_array_append_new (steps, step);
  }
  return json_pack ("{s:o, s:o, s:o, s:b, s:b, s:O, s:o, s:I, s:o}", "id", pn_json_id (ladder->id),
                    "name", pn_json_text (ladder->name), "title", pn_json_text (ladder->title),
                    "is_enabled", ladder->is_enabled, "is_default", ladder->is_default, "policies",
                    policies, "calendar", calendar, "version", (json_int_t) ladder->version,
                    "steps", steps);
}

static gboolean
read_policies (PnDb *db, const json_t *names, PnLadder *ladder, GError **error)
{
  const json_t *value;
  size_t i;

  if (names == NULL)
    return TRUE;
  if (!json_is_array (names)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"policies\" is a list of names");
    return FALSE;
  }
  g_array_set_size (ladder->policies, 0);
  json_array_foreach (names, i, value)
  {
    const char *name = json_is_string (value) ? json_string_value (value) : "";
    g_autoptr (PnPolicy) policy = NULL;

    if (!pn_sla_find (db, name, &policy, error))
      return FALSE;
    if (policy == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no policy \"%s\"", name);
      return FALSE;
    }
    g_array_append_val (ladder->policies, policy->id);
  }
  return TRUE;
}

static gboolean
read_calendar (PnDb *db, const json_t *value, PnLadder *ladder, GError **error)
{
  const char *name = json_string_value (value);
  g_autoptr (PnCalendar) calendar = NULL;

  if (value == NULL)
    return TRUE;
  if (name == NULL || *name == '\0') {
    ladder->calendar_id = 0;
    return TRUE;
  }
  if (!pn_calendar_find (db, name, &calendar, error))
    return FALSE;
  if (calendar == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no calendar \"%s\"", name);
    return FALSE;
  }
  ladder->calendar_id = calendar->id;
  return TRUE;
}

gboolean
pn_ladder_read_document (PnDb *db, const json_t *document, PnLadder *ladder, GError **error)
{
  const json_t *steps = json_object_get (document, "steps");

  if (!pn_json_check_keys (document, known_keys, "ladder", error)
      || !read_policies (db, json_object_get (document, "policies"), ladder, error)
      || !read_calendar (db, json_object_get (document, "calendar"), ladder, error)
      || (steps != NULL && !pn_ladder_read_steps (ladder, steps, error)))
    return FALSE;
  pn_json_take_text (document, "name", &ladder->name);
  pn_json_take_text (document, "title", &ladder->title);
  pn_json_take_flag (document, "is_enabled", &ladder->is_enabled);
  pn_json_take_flag (document, "is_default", &ladder->is_default);
  return TRUE;
}
