/* What is stored for machines, as the desk's people read it: names for log-ins, and the time at which an article publishes
 * itself in the desk's own zone. */
#include <string.h>

#include "gateway/web/desk_kb.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/report.h"

#define LOCAL_BYTES 16 /* "2026-11-22T10:00", as browsers send a local time */

GTimeZone *
pn_desk_kb_zone (PnCall *call, char **name, GError **error)
{
  g_autofree char *zone_name = pn_report_zone (call->db, error);
  GTimeZone *zone = zone_name != NULL ? g_time_zone_new_identifier (zone_name) : NULL;

  if (zone_name == NULL)
    return NULL;
  *name = g_strdup (zone != NULL ? zone_name : "UTC");
  return zone != NULL ? zone : g_time_zone_new_utc ();
}

char *
pn_desk_kb_write_local (PnTime time, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PN_SECOND);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  return time != 0 && local != NULL ? g_date_time_format (local, "%Y-%m-%dT%H:%M") : g_strdup ("");
}

gboolean
pn_desk_kb_read_local (const char *text, GTimeZone *zone, PnTime *time, GError **error)
{
  g_autofree char *stored = pn_desk_kb_write_local (*time, zone);
  g_autofree char *whole = g_strconcat (text, ":00", NULL);
  g_autofree char *earlier = NULL;
  g_autoptr (GDateTime) local = NULL;

  if (strlen (text) != LOCAL_BYTES)
    return pn_clock_read (text, time, error);
  if (strcmp (text, stored) == 0)
    return TRUE; /* also where the clock shows it twice */
  local = g_date_time_new_from_iso8601 (whole, zone);
  if (local == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no time", text);
    return FALSE;
  }
  *time = g_date_time_to_unix (local) * PN_SECOND;
  earlier = pn_desk_kb_write_local (*time - PN_HOUR, zone);
  if (strcmp (text, earlier) == 0)
    *time -= PN_HOUR; /* the first of two */
  return TRUE;
}

const char *
pn_desk_kb_name (const PnCall *call, const char *login)
{
  for (guint i = 0; i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (strcmp (agent->login, login) == 0 && agent->name != NULL && *agent->name != '\0')
      return agent->name;
  }
  return login;
}

/* Pages show a time without its zone: the hands of the zone's clock are said as if they were those of UTC. */
static json_t *
show_local (PnTime time, GTimeZone *zone, const char *zone_name)
{
  const gint64 seconds = time / PN_SECOND;
  const int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds);
  const gint64 offset = interval >= 0 ? g_time_zone_get_offset (zone, interval) : 0;

  return json_pack ("{s:I, s:s}", "at", (json_int_t) ((seconds + offset) * PN_SECOND), "zone",
                    zone_name);
}

static void
localise (const PnCall *call, json_t *value, GTimeZone *zone, const char *zone_name)
{
  static const char *const people[] = { "author", "owner" };
  const char *publish = pn_json_get_text (value, "publish_at");
  const char *key;
  json_t *member;
  size_t i;
  PnTime time;

  json_array_foreach (value, i, member) localise (call, member, zone, zone_name);
  json_object_foreach (value, key, member) localise (call, member, zone, zone_name);
  for (gsize k = 0; k < G_N_ELEMENTS (people); k++) {
    g_autofree char *name = g_strconcat (people[k], "_name", NULL);
    const char *login = pn_json_get_text (value, people[k]);

    if (login != NULL)
      pn_json_set (value, name, pn_json_text (pn_desk_kb_name (call, login)));
  }
  if (publish != NULL && pn_clock_read (publish, &time, NULL))
    pn_json_set (value, "publish_local", show_local (time, zone, zone_name));
}

gboolean
pn_desk_kb_localise (PnCall *call, json_t *document, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GTimeZone) zone = NULL;

  if (!pn_show_load (call, error) || (zone = pn_desk_kb_zone (call, &name, error)) == NULL)
    return FALSE;
  localise (call, document, zone, name);
  return TRUE;
}
