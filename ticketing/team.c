#include "ticketing/team.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/digest.h"
#include "ticketing/fact.h"
#include "ticketing/rule_store.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define MEMBERS_MAX 500
#define QUEUES_MAX 1000
#define LIST_MAX 500

static const char insert_sql[] = "INSERT INTO team (name, title, created_at) VALUES (?, ?, ?)";

static const char update_sql[] = "UPDATE team SET name = ?, title = ?, version = version + 1"
                                 " WHERE id = ? AND version = ?";

static const char delete_sql[] = "DELETE FROM team WHERE id = ?";

static const char drop_queues_sql[] = "DELETE FROM team_queue WHERE team_id = ?";

static const char drop_members_sql[] = "DELETE FROM team_member WHERE team_id = ?";

static const char add_queue_sql[] = "INSERT INTO team_queue (team_id, queue_id) VALUES (?, ?)";

static const char add_member_sql[] =
    "INSERT INTO team_member (team_id, agent_id, is_lead, on_call, calendar_id)"
    " VALUES (?, ?, ?, ?, ?)";

static const char load_sql[] = "SELECT id, name, title, version FROM team WHERE id = ?";

static const char find_sql[] = "SELECT id, name, title, version FROM team WHERE name = ?";

static const char list_sql[] = "SELECT id, name, title, version FROM team ORDER BY name LIMIT ?";

static const char of_queue_sql[] = "SELECT t.id, t.name, t.title, t.version"
                                   " FROM team_queue q"
                                   " JOIN team t ON t.id = q.team_id"
                                   " WHERE q.queue_id = ?"
                                   " ORDER BY t.name"
                                   " LIMIT ?";

static const char queues_sql[] =
    "SELECT queue_id FROM team_queue WHERE team_id = ? ORDER BY queue_id LIMIT ?";

static const char members_sql[] = "SELECT agent_id, is_lead, on_call, calendar_id"
                                  " FROM team_member"
                                  " WHERE team_id = ?"
                                  " ORDER BY on_call IS NULL, on_call, agent_id"
                                  " LIMIT ?";

PnTeam *
pn_team_new (const char *name)
{
  PnTeam *team = g_new0 (PnTeam, 1);

  team->name = g_strdup (name);
  team->title = g_strdup (name);
  team->queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  team->members = g_array_new (FALSE, FALSE, sizeof (PnTeamMember));
  return team;
}

void
pn_team_free (PnTeam *team)
{
  if (team == NULL)
    return;
  g_free (team->name);
  g_free (team->title);
  g_array_unref (team->queues);
  g_array_unref (team->members);
  g_free (team);
}

static void
free_team (gpointer team)
{
  pn_team_free (team);
}

static gboolean
check (const PnTeam *team, GError **error)
{
  if (!pn_text_is_label (team->name, NAME_BYTES)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "team name \"%s\": 1 to %d of a-z, 0-9 and \"-\" are allowed", team->name,
                  NAME_BYTES);
    return FALSE;
  }
  if (*team->title == '\0' || strlen (team->title) > TITLE_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "team %s: the title has 1 to %d bytes", team->name,
                  TITLE_BYTES);
    return FALSE;
  }
  if (team->members->len > MEMBERS_MAX || team->queues->len > QUEUES_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "team %s: more than %d members or %d queues", team->name,
                  MEMBERS_MAX, QUEUES_MAX);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_row (PnDb *db, PnTeam *team, GError **error)
{
  gint64 affected = 0;
  g_autoptr (PnTeam) there = NULL;

  if (team->id == 0)
    return pn_db_insert (
        db, insert_sql,
        PN_ARGS (pn_text (team->name), pn_text (team->title), pn_int (pn_clock_now ())), &team->id,
        error);
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (team->name), pn_text (team->title), pn_int (team->id),
                            pn_int (team->version)),
                   &affected, error))
    return FALSE;
  if (affected > 0)
    return TRUE;
  there = pn_team_load (db, team->id, error);
  if (there != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "team %s was changed by somebody else", there->name);
  return FALSE;
}

static int
by_call (gconstpointer a, gconstpointer b)
{
  const PnTeamMember *one = a;
  const PnTeamMember *two = b;
  int first = one->on_call > 0 ? one->on_call : G_MAXINT;
  int second = two->on_call > 0 ? two->on_call : G_MAXINT;

  if (first != second)
    return first < second ? -1 : 1;
  return (one->agent_id > two->agent_id) - (one->agent_id < two->agent_id);
}

static gboolean
write_parts (PnDb *db, const PnTeam *team, GError **error)
{
  if (!pn_db_exec (db, drop_queues_sql, PN_ARGS (pn_int (team->id)), NULL, error)
      || !pn_db_exec (db, drop_members_sql, PN_ARGS (pn_int (team->id)), NULL, error))
    return FALSE;
  for (guint i = 0; i < team->queues->len; i++) {
    if (!pn_db_exec (db, add_queue_sql,
                     PN_ARGS (pn_int (team->id), pn_int (g_array_index (team->queues, gint64, i))),
                     NULL, error))
      return FALSE;
  }
  for (guint i = 0; i < team->members->len; i++) {
    const PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    if (!pn_db_exec (db, add_member_sql,
                     PN_ARGS (pn_int (team->id), pn_int (member->agent_id),
                              pn_int (member->is_lead), pn_int_or_null (member->on_call),
                              pn_int_or_null (member->calendar_id)),
                     NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_team_save (PnDb *db, PnTeam *team, GError **error)
{
  const gboolean is_new = team->id == 0;

  if (!check (team, error))
    return FALSE;
  g_array_sort (team->members, by_call);
  for (guint i = 0; i < team->members->len; i++) {
    PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    if (member->on_call > 0)
      member->on_call = (int) i + 1;
  }
  if (!write_row (db, team, error)) {
    if (is_new)
      pn_error_reword (error, PN_ERROR_CONFLICT, "there is a team named \"%s\" already",
                       team->name);
    return FALSE;
  }
  if (!write_parts (db, team, error)) {
    team->id = is_new ? 0 : team->id; /* the transaction rolls back */
    return FALSE;
  }
  if (!pn_fact_rebuild (db, error)) { /* figures by team */
    team->id = is_new ? 0 : team->id;
    return FALSE;
  }
  team->version++;
  return TRUE;
}

/* Whoever names the team would do nothing any more, and say so to nobody. */
static gboolean
check_unused (PnDb *db, const PnTeam *team, GError **error)
{
  g_autofree char *digest = NULL;
  g_autofree char *rule = NULL;

  if (!pn_digest_uses_team (db, team->id, &digest, error)
      || !pn_rule_uses_team (db, team->name, &rule, error))
    return FALSE;
  if (digest != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "team %s is named by the digest %s", team->name,
                  digest);
  else if (rule != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "team %s is named by the rule %s", team->name, rule);
  return digest == NULL && rule == NULL;
}

gboolean
pn_team_delete (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnTeam) team = pn_team_load (db, id, error);

  return team != NULL && check_unused (db, team, error)
         && pn_db_exec (db, drop_queues_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_db_exec (db, drop_members_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_fact_rebuild (db, error);
}

static gboolean
load_parts (PnDb *db, PnTeam *team, GError **error)
{
  g_autoptr (PnRows) members = NULL;

  if (!pn_db_append_ids (db, queues_sql, PN_ARGS (pn_int (team->id), pn_int (QUEUES_MAX)),
                         team->queues, error))
    return FALSE;
  members = pn_db_query (db, members_sql, PN_ARGS (pn_int (team->id), pn_int (MEMBERS_MAX)), error);
  if (members == NULL)
    return FALSE;
  while (pn_rows_next (members)) {
    PnTeamMember member = { pn_rows_int (members, 0), pn_rows_int (members, 1) != 0,
                            (int) pn_rows_int (members, 2), pn_rows_int (members, 3) };

    g_array_append_val (team->members, member);
  }
  return TRUE;
}

/* Returns: (owned) of PnTeam, whole. */
static GPtrArray *
read_teams (PnDb *db, PnRows *rows, GError **error)
{
  g_autoptr (GPtrArray) teams = NULL;

  if (rows == NULL)
    return NULL;
  teams = g_ptr_array_new_with_free_func (free_team);
  while (pn_rows_next (rows)) {
    PnTeam *team = pn_team_new (pn_rows_text (rows, 1));

    g_ptr_array_add (teams, team);
    team->id = pn_rows_int (rows, 0);
    g_free (team->title);
    team->title = g_strdup (pn_rows_text (rows, 2));
    team->version = pn_rows_int (rows, 3);
    if (!load_parts (db, team, error))
      return NULL;
  }
  return g_steal_pointer (&teams);
}

PnTeam *
pn_team_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);
  g_autoptr (GPtrArray) teams = read_teams (db, rows, error);

  if (teams == NULL)
    return NULL;
  if (teams->len == 0) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no team %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return g_ptr_array_steal_index (teams, 0);
}

gboolean
pn_team_find (PnDb *db, const char *name, PnTeam **team, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);
  g_autoptr (GPtrArray) teams = read_teams (db, rows, error);

  if (teams == NULL)
    return FALSE;
  *team = teams->len > 0 ? g_ptr_array_steal_index (teams, 0) : NULL;
  return TRUE;
}

GPtrArray *
pn_team_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (LIST_MAX)), error);

  return read_teams (db, rows, error);
}

GPtrArray *
pn_team_of_queue (PnDb *db, gint64 queue_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, of_queue_sql, PN_ARGS (pn_int (queue_id), pn_int (LIST_MAX)), error);

  return read_teams (db, rows, error);
}

PnTeamMember *
pn_team_find_member (const PnTeam *team, gint64 agent_id)
{
  for (guint i = 0; i < team->members->len; i++) {
    PnTeamMember *member = &g_array_index (team->members, PnTeamMember, i);

    if (member->agent_id == agent_id)
      return member;
  }
  return NULL;
}
