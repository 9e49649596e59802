#include "ticketing/digest_document.h"

#include <stdio.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/queue.h"
#include "ticketing/team.h"

static const char *const known_keys[] = { "name",   "title",     "is_enabled", "time",
                                          "zone",   "days",      "team",       "queues",
                                          "agents", "addresses", NULL };

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static json_t *
write_queues (PnDb *db, const PnDigest *digest, GError **error)
{
  g_autoptr (GPtrArray) queues = pn_queue_list (db, error);
  json_t *names;

  if (queues == NULL)
    return NULL;
  names = json_array ();
  for (guint i = 0; i < queues->len; i++) {
    const PnQueue *queue = queues->pdata[i];

    for (guint j = 0; j < digest->queues->len; j++) {
      if (g_array_index (digest->queues, gint64, j) == queue->id)
        json_array_append_new (names, pn_json_text (queue->name));
    }
  }
  return names;
}

/* @name: JSON null without one. */
static gboolean
write_team (PnDb *db, const PnDigest *digest, json_t **name, GError **error)
{
  g_autoptr (GPtrArray) teams = pn_team_list (db, error);

  if (teams == NULL)
    return FALSE;
  *name = json_null ();
  for (guint i = 0; i < teams->len; i++) {
    const PnTeam *team = teams->pdata[i];

    if (team->id == digest->team_id)
      *name = pn_json_text (team->name);
  }
  return TRUE;
}

json_t *
pn_digest_write_document (PnDb *db, const PnDigest *digest, GError **error)
{
  g_autofree char *time = g_strdup_printf ("%02d:%02d", digest->minute / 60, digest->minute % 60);
  g_autoptr (json_t) queues = write_queues (db, digest, error);
  json_t *on = NULL;
  json_t *team;

  if (queues == NULL || !write_team (db, digest, &team, error))
    return NULL;
  on = json_array ();
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    if ((digest->days >> i & 1) != 0)
      json_array_append_new (on, json_string (days[i]));
  }
  return json_pack (
      "{s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:O, s:o, s:o}", "name", pn_json_text (digest->name),
      "title", pn_json_text (digest->title), "is_enabled", digest->is_enabled, "time", time, "zone",
      pn_json_text (digest->zone), "days", on, "team", team, "queues", queues, "agents",
      pn_json_texts (digest->agents), "addresses", pn_json_texts (digest->addresses));
}

static gboolean
refuse (GError **error, const char *key, const char *wish)
{
  pn_error_set (error, PN_ERROR_INVALID, "a digest's \"%s\" is %s", key, wish);
  return FALSE;
}

static gboolean
read_texts (const json_t *document, const char *key, GPtrArray *texts, GError **error)
{
  const json_t *list = json_object_get (document, key);
  const json_t *value;
  size_t i;

  if (list == NULL)
    return TRUE;
  if (!json_is_array (list))
    return refuse (error, key, "a list of texts");
  g_ptr_array_set_size (texts, 0);
  json_array_foreach (list, i, value)
  {
    if (!json_is_string (value))
      return refuse (error, key, "a list of texts");
    g_ptr_array_add (texts, g_strdup (json_string_value (value)));
  }
  return TRUE;
}

static gboolean
read_days (const json_t *document, PnDigest *digest, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  if (json_object_get (document, "days") == NULL)
    return TRUE;
  if (!read_texts (document, "days", words, error))
    return FALSE;
  digest->days = 0;
  for (guint i = 0; i < words->len; i++) {
    guint bit = 0;

    for (gsize j = 0; j < G_N_ELEMENTS (days); j++)
      bit |= strcmp (days[j], words->pdata[i]) == 0 ? 1u << j : 0;
    if (bit == 0)
      return refuse (error, "days", "a list of mon, tue, wed, thu, fri, sat, sun");
    digest->days |= bit;
  }
  return TRUE;
}

static gboolean
read_time (const json_t *document, PnDigest *digest, GError **error)
{
  const char *text = pn_json_get_text (document, "time");
  int hour, minute, length = 0;

  if (text == NULL)
    return TRUE;
  if (sscanf (text, "%2d:%2d%n", &hour, &minute, &length) != 2 || text[length] != '\0' || hour < 0
      || hour > 23 || minute < 0 || minute > 59)
    return refuse (error, "time", "a time of day, \"08:00\"");
  digest->minute = hour * 60 + minute;
  return TRUE;
}

static gboolean
read_queues (PnDb *db, const json_t *document, PnDigest *digest, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (json_object_get (document, "queues") == NULL)
    return TRUE;
  if (!read_texts (document, "queues", names, error))
    return FALSE;
  g_array_set_size (digest->queues, 0);
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (PnQueue) queue = NULL;

    if (!pn_queue_find (db, names->pdata[i], &queue, error))
      return FALSE;
    if (queue == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no queue \"%s\"",
                    (const char *) names->pdata[i]);
      return FALSE;
    }
    g_array_append_val (digest->queues, queue->id);
  }
  return TRUE;
}

static gboolean
read_team (PnDb *db, const json_t *document, PnDigest *digest, GError **error)
{
  const json_t *value = json_object_get (document, "team");
  const char *name = json_string_value (value);
  g_autoptr (PnTeam) team = NULL;

  if (value == NULL)
    return TRUE;
  digest->team_id = 0;
  if (name == NULL || *name == '\0')
    return TRUE;
  if (!pn_team_find (db, name, &team, error))
    return FALSE;
  if (team == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no team \"%s\"", name);
    return FALSE;
  }
  digest->team_id = team->id;
  return TRUE;
}

gboolean
pn_digest_read_document (PnDb *db, const json_t *document, PnDigest *digest, GError **error)
{
  if (!pn_json_check_keys (document, known_keys, "digest", error)
      || !read_time (document, digest, error) || !read_days (document, digest, error)
      || !read_team (db, document, digest, error) || !read_queues (db, document, digest, error)
      || !read_texts (document, "agents", digest->agents, error)
      || !read_texts (document, "addresses", digest->addresses, error))
    return FALSE;
  pn_json_take_text (document, "name", &digest->name);
  pn_json_take_text (document, "title", &digest->title);
  pn_json_take_text (document, "zone", &digest->zone);
  pn_json_take_flag (document, "is_enabled", &digest->is_enabled);
  return TRUE;
}
