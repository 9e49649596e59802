#include "ticketing/sla_document.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/organisation.h"
#include "ticketing/queue.h"

/* Finds the id of a name; or the (owned) name of an id, NULL for one that is gone. */
typedef gboolean (*FindId) (PnDb *db, const char *name, gint64 *id, GError **error);
typedef gboolean (*FindName) (PnDb *db, gint64 id, char **name, GError **error);

static gboolean
find_queue_id (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnQueue) queue = NULL;

  if (!pn_queue_find (db, name, &queue, error))
    return FALSE;
  if (queue == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no queue \"%s\"", name);
    return FALSE;
  }
  *id = queue->id;
  return TRUE;
}

static gboolean
find_organisation_id (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnOrganisation) organisation = NULL;

  if (!pn_organisation_find (db, name, &organisation, error))
    return FALSE;
  if (organisation == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no organisation \"%s\"", name);
    return FALSE;
  }
  *id = organisation->id;
  return TRUE;
}

/* What is gone has no name any more. */
static gboolean
forgive_lost (GError **error, GError *problem)
{
  if (pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_error_free (problem);
    return TRUE;
  }
  g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
find_queue_name (PnDb *db, gint64 id, char **name, GError **error)
{
  GError *problem = NULL;
  g_autoptr (PnQueue) queue = pn_queue_load (db, id, &problem);

  *name = queue != NULL ? g_strdup (queue->name) : NULL;
  return queue != NULL || forgive_lost (error, problem);
}

static gboolean
find_organisation_name (PnDb *db, gint64 id, char **name, GError **error)
{
  GError *problem = NULL;
  g_autoptr (PnOrganisation) organisation = pn_organisation_load (db, id, &problem);

  *name = organisation != NULL ? g_strdup (organisation->name) : NULL;
  return organisation != NULL || forgive_lost (error, problem);
}

/* Puts names in place of the ids at @key of @conditions. */
static gboolean
name_ids (PnDb *db, json_t *conditions, const char *key, FindName find, GError **error)
{
  json_t *names = json_array ();
  json_t *id;
  gsize i;

  json_array_foreach (json_object_get (conditions, key), i, id)
  {
    char *name;

    if (!find (db, json_integer_value (id), &name, error)) {
      json_decref (names);
      return FALSE;
    }
    if (name != NULL)
      json_array_append_new (names, pn_json_text (name));
    g_free (name);
  }
  pn_json_set (conditions, key, names);
  return TRUE;
}

/* Puts ids in place of names, in a copy. */
static gboolean
resolve_names (PnDb *db, json_t *conditions, const char *key, FindId find, GError **error)
{
  json_t *ids = json_array ();
  json_t *name;
  gsize i;

  json_array_foreach (json_object_get (conditions, key), i, name)
  {
    gint64 id;

    if (!find (db, json_is_string (name) ? json_string_value (name) : "", &id, error)) {
      json_decref (ids);
      return FALSE;
    }
    json_array_append_new (ids, json_integer (id));
  }
  pn_json_set (conditions, key, ids);
  return TRUE;
}

static gboolean
write_calendar_name (PnDb *db, gint64 id, json_t *document, GError **error)
{
  g_autoptr (PnCalendar) calendar = pn_calendar_load (db, id, error);

  if (calendar == NULL)
    return FALSE;
  pn_json_set (document, "calendar", pn_json_text (calendar->name));
  return TRUE;
}

gboolean
pn_sla_name_conditions (PnDb *db, json_t *document, GError **error)
{
  json_t *conditions = json_object_get (document, "conditions");

  return conditions == NULL
         || (name_ids (db, conditions, "queues", find_queue_name, error)
             && name_ids (db, conditions, "organisations", find_organisation_name, error));
}

json_t *
pn_sla_write_policy (PnDb *db, const PnPolicy *policy, GError **error)
{
  g_autoptr (json_t) document = json_object ();
  g_autoptr (json_t) terms = pn_policy_write (policy);

  if (!pn_sla_name_conditions (db, terms, error))
    return NULL;
  pn_json_set (document, "id", pn_json_id (policy->id));
  pn_json_set (document, "name", pn_json_text (policy->name));
  pn_json_set (document, "title", pn_json_text (policy->title));
  pn_json_set (document, "is_enabled", json_boolean (policy->is_enabled));
  pn_json_set (document, "position", json_integer (policy->position));
  pn_json_set (document, "version", json_integer (policy->version));
  if (!write_calendar_name (db, policy->calendar_id, document, error))
    return NULL;
  json_object_update (document, terms);
  return g_steal_pointer (&document);
}

static gboolean
read_calendar_name (PnDb *db, const json_t *document, PnPolicy *policy, GError **error)
{
  const char *name = pn_json_get_text (document, "calendar");
  g_autoptr (PnCalendar) calendar = NULL;

  if (name == NULL)
    return TRUE;
  if (!pn_calendar_find (db, name, &calendar, error))
    return FALSE;
  if (calendar == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no calendar \"%s\"", name);
    return FALSE;
  }
  policy->calendar_id = calendar->id;
  return TRUE;
}

static gboolean
read_terms (PnDb *db, const json_t *document, PnPolicy *policy, GError **error)
{
  static const char *const parts[] = { "targets", "pauses", "conditions" };
  g_autoptr (json_t) terms = pn_policy_write (policy);
  g_autoptr (json_t) copy = json_deep_copy (document);
  json_t *conditions = json_object_get (copy, "conditions");

  if (conditions != NULL
      && (!resolve_names (db, conditions, "queues", find_queue_id, error)
          || !resolve_names (db, conditions, "organisations", find_organisation_id, error)))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    json_t *part = json_object_get (copy, parts[i]);

    if (part != NULL)
      json_object_set (terms, parts[i], part);
  }
  return pn_policy_read (policy, terms, error);
}

gboolean
pn_sla_read_policy (PnDb *db, const json_t *document, PnPolicy *policy, GError **error)
{
  static const char *const known[] = { "id",       "name",       "title",    "is_enabled",
                                       "position", "version",    "calendar", "targets",
                                       "pauses",   "conditions", NULL };

  if (!pn_json_check_keys (document, known, "policy", error)
      || !read_calendar_name (db, document, policy, error)
      || !read_terms (db, document, policy, error))
    return FALSE;
  pn_json_take_text (document, "name", &policy->name);
  pn_json_take_text (document, "title", &policy->title);
  pn_json_take_flag (document, "is_enabled", &policy->is_enabled);
  return TRUE;
}

json_t *
pn_sla_write_calendar (const PnCalendar *calendar)
{
  json_t *document =
      json_pack ("{s:o, s:o, s:o}", "id", pn_json_id (calendar->id), "name",
                 pn_json_text (calendar->name), "title", pn_json_text (calendar->title));

  json_object_update (document, calendar->document);
  pn_json_set (document, "version", json_integer (calendar->version));
  pn_json_set (document, "updated_at", pn_json_time (calendar->updated_at));
  return document;
}

gboolean
pn_sla_read_calendar (const json_t *document, PnCalendar *calendar, GError **error)
{
  static const char *const known[] = { "id",       "name",    "title",      "zone", "week",
                                       "holidays", "version", "updated_at", NULL };
  static const char *const kept[] = { "zone", "week", "holidays" };

  if (!pn_json_check_keys (document, known, "calendar", error))
    return FALSE;
  pn_json_take_text (document, "name", &calendar->name);
  pn_json_take_text (document, "title", &calendar->title);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++) {
    json_t *part = json_object_get (document, kept[i]);

    if (part != NULL)
      json_object_set (calendar->document, kept[i], part);
  }
  return TRUE;
}
