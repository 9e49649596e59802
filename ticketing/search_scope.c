#include "ticketing/search_scope.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/organisation.h"
#include "ticketing/queue.h"
#include "ticketing/team.h"

void
pn_search_scope_clear (PnSearchScope *scope)
{
  g_clear_pointer (&scope->queues, g_array_unref);
  g_clear_pointer (&scope->assignees, g_array_unref);
  g_clear_pointer (&scope->organisations, g_array_unref);
}

static gboolean
has_id (const GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++) {
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  }
  return FALSE;
}

static gboolean
no_such_queue (PnDb *db, const PnSearchScope *scope, const char *name, GError **error)
{
  g_autoptr (GPtrArray) queues = pn_queue_list (db, error);
  g_autoptr (GString) names = g_string_new (NULL);

  if (queues == NULL)
    return FALSE;
  for (guint i = 0; i < queues->len; i++) {
    const PnQueue *queue = queues->pdata[i];

    if (pn_access_may (scope->access, PN_RIGHT_SEE, queue->id))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", queue->name);
  }
  pn_error_set (error, PN_ERROR_INVALID, "queue \"%s\" is none of %s", name,
                names->len > 0 ? names->str : "yours: you have none");
  return FALSE;
}

static gboolean
resolve_queues (PnDb *db, PnSearchScope *scope, GError **error)
{
  const GPtrArray *names = scope->query->queues;
  const GArray *seen = pn_access_queues (scope->access);

  if (names == NULL && seen == NULL)
    return TRUE;
  scope->queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (names == NULL && seen->len > 0)
    g_array_append_vals (scope->queues, seen->data, seen->len);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (PnQueue) queue = NULL;

    if (!pn_queue_find (db, names->pdata[i], &queue, error))
      return FALSE;
    if (queue == NULL || !pn_access_may (scope->access, PN_RIGHT_SEE, queue->id))
      return no_such_queue (db, scope, names->pdata[i], error);
    g_array_append_val (scope->queues, queue->id);
  }
  return TRUE;
}

static gboolean
no_such_team (PnDb *db, const char *name, GError **error)
{
  g_autoptr (GPtrArray) teams = pn_team_list (db, error);
  g_autoptr (GString) names = g_string_new (NULL);

  if (teams == NULL)
    return FALSE;
  for (guint i = 0; i < teams->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", ((PnTeam *) teams->pdata[i])->name);
  pn_error_set (error, PN_ERROR_INVALID, "team \"%s\" is none of %s", name,
                names->len > 0 ? names->str : "yours: there is none");
  return FALSE;
}

/* Leaves of the scope's queues those that one of the teams answers for. */
static gboolean
resolve_teams (PnDb *db, PnSearchScope *scope, GError **error)
{
  const GPtrArray *names = scope->query->teams;
  g_autoptr (GArray) theirs = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (names == NULL)
    return TRUE;
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (PnTeam) team = NULL;

    if (!pn_team_find (db, names->pdata[i], &team, error))
      return FALSE;
    if (team == NULL)
      return no_such_team (db, names->pdata[i], error);
    for (guint k = 0; k < team->queues->len; k++) {
      const gint64 id = g_array_index (team->queues, gint64, k);

      if ((scope->queues == NULL || has_id (scope->queues, id)) && !has_id (theirs, id))
        g_array_append_val (theirs, id);
    }
  }
  g_clear_pointer (&scope->queues, g_array_unref);
  scope->queues = g_steal_pointer (&theirs);
  return TRUE;
}

static gboolean
resolve_assignees (PnDb *db, PnSearchScope *scope, GError **error)
{
  const GPtrArray *names = scope->query->assignees;

  if (names == NULL)
    return TRUE;
  scope->assignees = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    gint64 id = strcmp (name, "me") == 0 ? pn_access_agent_id (scope->access) : 0;

    if (strcmp (name, "me") != 0 && strcmp (name, "none") != 0) {
      g_autoptr (PnAgent) agent = NULL;

      if (!pn_agent_find (db, name, &agent, error))
        return FALSE;
      if (agent == NULL) {
        pn_error_set (error, PN_ERROR_INVALID,
                      "assignee \"%s\" is neither a log-in nor \"me\" nor \"none\"", name);
        return FALSE;
      }
      id = agent->id;
    }
    g_array_append_val (scope->assignees, id);
  }
  return TRUE;
}

static gboolean
resolve_organisations (PnDb *db, PnSearchScope *scope, GError **error)
{
  const GPtrArray *names = scope->query->organisations;

  if (names == NULL)
    return TRUE;
  scope->organisations = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autoptr (PnOrganisation) organisation = NULL;
    gint64 id;

    if (!pn_organisation_find (db, name, &organisation, error))
      return FALSE;
    if (organisation == NULL && strcmp (name, "none") != 0) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "organisation \"%s\" is neither a whole name nor a domain of one, nor \"none\"",
                    name);
      return FALSE;
    }
    id = organisation != NULL ? organisation->id : 0;
    g_array_append_val (scope->organisations, id);
  }
  return TRUE;
}

gboolean
pn_search_scope_resolve (PnDb *db, PnSearchScope *scope, GError **error)
{
  return resolve_queues (db, scope, error) && resolve_teams (db, scope, error)
         && resolve_assignees (db, scope, error) && resolve_organisations (db, scope, error);
}
