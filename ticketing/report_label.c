#include "ticketing/agent.h"
#include "ticketing/message.h"
#include "ticketing/queue.h"
#include "ticketing/report_private.h"
#include "ticketing/sla.h"
#include "ticketing/team.h"
#include "ticketing/ticket.h"

#define ORGANISATIONS 100000

static const char organisations_sql[] = "SELECT id, name FROM organisation ORDER BY id LIMIT ?";

typedef char *(*Namer) (gconstpointer thing, gint64 *id);

static char *
name_queue (gconstpointer thing, gint64 *id)
{
  const PnQueue *queue = thing;

  *id = queue->id;
  return g_strdup (queue->title);
}

static char *
name_agent (gconstpointer thing, gint64 *id)
{
  const PnAgent *agent = thing;

  *id = agent->id;
  return g_strdup (agent->name);
}

static char *
name_team (gconstpointer thing, gint64 *id)
{
  const PnTeam *team = thing;

  *id = team->id;
  return g_strdup (team->title);
}

static char *
name_policy (gconstpointer thing, gint64 *id)
{
  const PnPolicy *policy = thing;

  *id = policy->id;
  return g_strdup (policy->title);
}

static GHashTable *
load_organisations (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, organisations_sql, PN_ARGS (pn_int (ORGANISATIONS)), error);
  GHashTable *names;

  if (rows == NULL)
    return NULL;
  names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  while (pn_rows_next (rows))
    g_hash_table_insert (names, GUINT_TO_POINTER ((guint) pn_rows_int (rows, 0)),
                         g_strdup (pn_rows_text (rows, 1)));
  return names;
}

/* Returns: (owned) id to name; NULL where @list is. */
static GHashTable *
name_all (const GPtrArray *list, Namer namer)
{
  GHashTable *names;

  if (list == NULL)
    return NULL;
  names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (guint i = 0; i < list->len; i++) {
    gint64 id;
    char *name = namer (list->pdata[i], &id);

    g_hash_table_insert (names, GUINT_TO_POINTER ((guint) id), name);
  }
  return names;
}

static GHashTable *
load_names (PnDb *db, PnReportBy by, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  if (by == PN_BY_TAG)
    return pn_fact_tags (db, error);
  if (by == PN_BY_QUEUE) {
    list = pn_queue_list (db, error);
    return name_all (list, name_queue);
  }
  if (by == PN_BY_AGENT) {
    list = pn_agent_list (db, error);
    return name_all (list, name_agent);
  }
  if (by == PN_BY_TEAM) {
    list = pn_team_list (db, error);
    return name_all (list, name_team);
  }
  if (by == PN_BY_POLICY) {
    list = pn_sla_list (db, error);
    return name_all (list, name_policy);
  }
  if (by == PN_BY_ORGANISATION)
    return load_organisations (db, error);
  return g_hash_table_new (NULL, NULL);
}

static char *
name_period (gint64 time, GTimeZone *zone, PnReportBy by)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autoptr (GDateTime) there = g_date_time_to_timezone (utc, zone);

  return g_date_time_format (there, by == PN_BY_MONTH  ? "%Y-%m"
                                    : by == PN_BY_WEEK ? "%G-W%V"
                                                       : "%Y-%m-%d");
}

/* Returns: (owned) */
static char *
name_key (PnReportBy by, guint32 key, GHashTable *names, GTimeZone *zone)
{
  const char *name;

  if (by >= PN_BY_DAY)
    return name_period (key, zone, by);
  if (by == PN_BY_CHANNEL)
    return g_strdup (pn_channel_name ((PnChannel) MIN (key, PN_CHANNEL_LINK)));
  if (by == PN_BY_PRIORITY)
    return g_strdup (pn_priority_name ((PnPriority) MIN (key, PN_PRIORITY_URGENT)));
  name = g_hash_table_lookup (names, GUINT_TO_POINTER (key));
  if (name != NULL)
    return g_strdup (name);
  return key == 0 ? g_strdup ("") : g_strdup_printf ("#%u", key);
}

gboolean
pn_report_label (PnDb *db, PnReport *report, const char *zone, GError **error)
{
  g_autoptr (GTimeZone) in = g_time_zone_new_identifier (zone);
  g_autoptr (GHashTable) names = load_names (db, report->by, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < report->rows->len; i++) {
    PnReportRow *row = report->rows->pdata[i];

    row->label = name_key (report->by, row->key, names, in);
  }
  report->total.label = g_strdup ("");
  return TRUE;
}
