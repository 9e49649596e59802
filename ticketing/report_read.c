#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/message.h"
#include "ticketing/organisation.h"
#include "ticketing/queue.h"
#include "ticketing/report_private.h"
#include "ticketing/sla.h"
#include "ticketing/team.h"
#include "ticketing/ticket.h"

static gboolean
find_queue (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnQueue) queue = NULL;

  if (!pn_queue_find (db, name, &queue, error))
    return FALSE;
  *id = queue != NULL ? queue->id : -1;
  return TRUE;
}

static gboolean
find_team (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnTeam) team = NULL;

  if (!pn_team_find (db, name, &team, error))
    return FALSE;
  *id = team != NULL ? team->id : -1;
  return TRUE;
}

static gboolean
find_policy (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;

  if (!pn_sla_find (db, name, &policy, error))
    return FALSE;
  *id = policy != NULL ? policy->id : -1;
  return TRUE;
}

static gboolean
find_organisation (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (PnOrganisation) organisation = NULL;

  if (!pn_organisation_find (db, name, &organisation, error))
    return FALSE;
  *id = organisation != NULL ? organisation->id : -1;
  return TRUE;
}

static gboolean
find_agent (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (GPtrArray) agents = pn_agent_list (db, error);

  for (guint i = 0; agents != NULL && i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    if (strcmp (agent->login, name) == 0)
      *id = agent->id;
  }
  return agents != NULL;
}

static gboolean
find_tag (PnDb *db, const char *name, gint64 *id, GError **error)
{
  g_autoptr (GHashTable) tags = pn_fact_tags (db, error);
  GHashTableIter iterator;
  gpointer key;
  gpointer tag;

  if (tags == NULL)
    return FALSE;
  g_hash_table_iter_init (&iterator, tags);
  while (g_hash_table_iter_next (&iterator, &key, &tag)) {
    if (strcmp (tag, name) == 0)
      *id = GPOINTER_TO_UINT (key);
  }
  return TRUE;
}

static void
find_channel (const char *name, gint64 *id)
{
  for (int i = 0; i <= PN_CHANNEL_LINK; i++) {
    if (strcmp (pn_channel_name ((PnChannel) i), name) == 0)
      *id = i;
  }
}

/* @id: -1 when nothing has that name. */
static gboolean
find_name (PnDb *db, PnReportBy by, const char *name, gint64 *id, GError **error)
{
  PnPriority priority;

  if (by == PN_BY_QUEUE)
    return find_queue (db, name, id, error);
  if (by == PN_BY_TEAM)
    return find_team (db, name, id, error);
  if (by == PN_BY_AGENT)
    return find_agent (db, name, id, error);
  if (by == PN_BY_TAG)
    return find_tag (db, name, id, error);
  if (by == PN_BY_POLICY)
    return find_policy (db, name, id, error);
  if (by == PN_BY_ORGANISATION)
    return find_organisation (db, name, id, error);
  if (by == PN_BY_CHANNEL)
    find_channel (name, id);
  if (by == PN_BY_PRIORITY && pn_priority_read (name, &priority))
    *id = (gint64) priority;
  return TRUE;
}

static gboolean
read_filter (PnDb *db, PnReportRequest *request, PnReportBy by, const char *text, GError **error)
{
  gint64 id = -1;

  if (strcmp (text, "none") == 0) {
    request->filter[by] = 0;
    return TRUE;
  }
  if (!g_ascii_string_to_signed (text, 10, 0, G_MAXUINT32, &id, NULL)
      && !find_name (db, by, text, &id, error))
    return FALSE;
  if (id < 0) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no %s \"%.64s\"", pn_report_by_name (by),
                  text);
    return FALSE;
  }
  request->filter[by] = id;
  return TRUE;
}

static void
take (char **field, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_free (*field);
  *field = g_strdup (text);
}

gboolean
pn_report_read (PnDb *db, PnReportRequest *request, PnReportGet get, gpointer data, GError **error)
{
  const char *by = get (data, "by");
  const char *time = get (data, "time");

  take (&request->from, get (data, "from"));
  take (&request->to, get (data, "to"));
  take (&request->zone, get (data, "zone"));
  if (by != NULL && *by != '\0' && !pn_report_by_read (by, &request->by)) {
    pn_error_set (
        error, PN_ERROR_INVALID,
        "figures are shown by queue, agent, team, organisation, policy, channel, priority, "
        "tag, day, week or month, not by \"%.32s\"",
        by);
    return FALSE;
  }
  request->is_business = g_strcmp0 (time, "business") == 0;
  if (time != NULL && *time != '\0' && !request->is_business && strcmp (time, "calendar") != 0) {
    pn_error_set (error, PN_ERROR_INVALID, "time is \"calendar\" or \"business\", not \"%.32s\"",
                  time);
    return FALSE;
  }
  for (guint i = 0; i < PN_BY_DIMENSIONS; i++) {
    const char *text = get (data, pn_report_by_name ((PnReportBy) i));

    if (text != NULL && *text != '\0' && !read_filter (db, request, (PnReportBy) i, text, error))
      return FALSE;
  }
  return TRUE;
}
