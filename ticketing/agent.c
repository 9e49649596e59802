#include "ticketing/agent.h"

#include <string.h>

#include "ticketing/agent_private.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/session.h"

#define LOGIN_MAX_CHARACTERS 100
#define NAME_MAX_BYTES 200
#define LIST_MAX "1000"

static const char insert_sql[] =
    "INSERT INTO agent (login, name, address, role, password_hash, language, notices, is_enabled,"
    " created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char password_sql[] = "UPDATE agent"
                                   " SET password_hash = ?, failures = 0, locked_until = 0"
                                   " WHERE id = ?";

static const char profile_sql[] = "UPDATE agent"
                                  " SET name = ?, address = ?, language = ?, notices = ?"
                                  " WHERE id = ?";

static const char role_sql[] = "UPDATE agent SET role = ? WHERE id = ?";

static const char enabled_sql[] = "UPDATE agent SET is_enabled = ? WHERE id = ?";

static const char load_sql[] = "SELECT " PN_AGENT_COLUMNS " FROM agent WHERE id = ?";

static const char find_sql[] = "SELECT " PN_AGENT_COLUMNS " FROM agent WHERE login = ?";

static const char list_sql[] =
    "SELECT " PN_AGENT_COLUMNS " FROM agent ORDER BY name, id LIMIT " LIST_MAX;

static const char give_sql[] = "INSERT INTO agent_queue (agent_id, queue_id)"
                               " VALUES (?, ?)"
                               " ON DUPLICATE KEY UPDATE queue_id = queue_id";

static const char take_sql[] = "DELETE FROM agent_queue WHERE agent_id = ? AND queue_id = ?";

static const char queues_sql[] = "SELECT queue_id FROM agent_queue"
                                 " WHERE agent_id = ?"
                                 " ORDER BY queue_id"
                                 " LIMIT " LIST_MAX;

/* Role 2 is admin. Staff are few: at most as many rows as there are agents. */
static const char of_queue_sql[] =
    "SELECT " PN_AGENT_COLUMNS " FROM agent"
    " LEFT JOIN agent_queue ON agent_queue.agent_id = agent.id AND agent_queue.queue_id = ?"
    " WHERE agent.is_enabled = 1 AND (agent.role = 2 OR agent_queue.queue_id IS NOT NULL)"
    " ORDER BY agent.name, agent.id"
    " LIMIT " LIST_MAX;

static const char *const role_names[] = {
  [PN_ROLE_AGENT] = "agent",
  [PN_ROLE_LEAD] = "lead",
  [PN_ROLE_ADMIN] = "admin",
};

void
pn_agent_free (PnAgent *agent)
{
  if (agent == NULL)
    return;
  g_free (agent->login);
  g_free (agent->name);
  g_free (agent->address);
  g_free (agent->language);
  g_free (agent);
}

static void
free_agent (gpointer agent)
{
  pn_agent_free (agent);
}

PnAgent *
pn_agent_read_row (const PnRows *rows, guint first)
{
  PnAgent *agent = g_new0 (PnAgent, 1);

  agent->id = pn_rows_int (rows, first);
  agent->login = g_strdup (pn_rows_text (rows, first + 1));
  agent->name = g_strdup (pn_rows_text (rows, first + 2));
  agent->address = g_strdup (pn_rows_text (rows, first + 3));
  agent->role = (PnAgentRole) pn_rows_int (rows, first + 4);
  agent->language = g_strdup (pn_rows_text (rows, first + 5));
  agent->notices = (guint) pn_rows_int (rows, first + 6);
  agent->is_enabled = pn_rows_int (rows, first + 7) != 0;
  return agent;
}

static gboolean
check_login (const char *login, GError **error)
{
  gsize length = login != NULL ? strspn (login, "abcdefghijklmnopqrstuvwxyz0123456789._@-") : 0;

  if (length > 0 && length <= LOGIN_MAX_CHARACTERS && login[length] == '\0')
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID,
                "log-in \"%s\": 1 to %d of a-z, 0-9 and \".\", \"_\", \"@\", \"-\" are allowed",
                login != NULL ? login : "", LOGIN_MAX_CHARACTERS);
  return FALSE;
}

/* @name and @address: (owned) as they are to be stored. */
static gboolean
check_profile (const PnAgent *agent, char **name, char **address, GError **error)
{
  g_autofree char *clean = pn_text_clean_line (agent->name, NAME_MAX_BYTES);
  char *read;

  if (*clean == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "the name is empty");
    return FALSE;
  }
  read = pn_text_read_address (agent->address != NULL ? agent->address : "", error);
  if (read == NULL)
    return FALSE;
  *name = g_steal_pointer (&clean);
  *address = read;
  return TRUE;
}

gboolean
pn_agent_add (PnDb *db, const PnAgent *agent, const char *password_hash, gint64 *id, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;

  if (!check_login (agent->login, error) || !check_profile (agent, &name, &address, error))
    return FALSE;
  if (pn_db_insert (db, insert_sql,
                    PN_ARGS (pn_text (agent->login), pn_text (name), pn_text (address),
                             pn_int (agent->role), pn_text (password_hash),
                             pn_text (agent->language), pn_int (agent->notices),
                             pn_int (agent->is_enabled), pn_int (pn_clock_now ())),
                    id, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a log-in \"%s\" already", agent->login);
  return FALSE;
}

/* Runs an UPDATE by id. NOT_FOUND when there is no such agent; a row that has the values already is fine. */
static gboolean
update (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 id, GError **error)
{
  gint64 affected = 0;
  g_autoptr (PnAgent) there = NULL;

  if (!pn_db_exec (db, sql, args, n_args, &affected, error))
    return FALSE;
  if (affected > 0)
    return TRUE;
  there = pn_agent_load (db, id, error);
  return there != NULL;
}

typedef struct {
  gint64 id;
  const char *sql;
  PnValue value;
} Shutout;

/* What ends all sessions does so in the same transaction. */
static gboolean
shut_out (PnDb *db, gpointer data, GError **error)
{
  const Shutout *work = data;

  return update (db, work->sql, PN_ARGS (work->value, pn_int (work->id)), work->id, error)
         && pn_session_end_all (db, work->id, error);
}

static gboolean
run_shutout (PnDb *db, const char *sql, PnValue value, gint64 id, GError **error)
{
  Shutout work = { .id = id, .sql = sql, .value = value };

  return pn_db_in_transaction (db) ? shut_out (db, &work, error)
                                   : pn_db_run (db, shut_out, &work, error);
}

gboolean
pn_agent_set_password (PnDb *db, gint64 id, const char *password_hash, GError **error)
{
  g_return_val_if_fail (password_hash != NULL, FALSE);
  return run_shutout (db, password_sql, pn_text (password_hash), id, error);
}

gboolean
pn_agent_set_role (PnDb *db, gint64 id, PnAgentRole role, GError **error)
{
  return run_shutout (db, role_sql, pn_int (role), id, error);
}

gboolean
pn_agent_save_profile (PnDb *db, const PnAgent *agent, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;

  return check_profile (agent, &name, &address, error)
         && update (db, profile_sql,
                    PN_ARGS (pn_text (name), pn_text (address), pn_text (agent->language),
                             pn_int (agent->notices), pn_int (agent->id)),
                    agent->id, error);
}

gboolean
pn_agent_set_enabled (PnDb *db, gint64 id, gboolean is_enabled, GError **error)
{
  return is_enabled ? update (db, enabled_sql, PN_ARGS (pn_int (1), pn_int (id)), id, error)
                    : run_shutout (db, enabled_sql, pn_int (0), id, error);
}

PnAgent *
pn_agent_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no agent %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return pn_agent_read_row (rows, 0);
}

/* The collation takes "é" for "e"; log-ins and addresses do not. */
gboolean
pn_agent_find (PnDb *db, const char *login, PnAgent **agent, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (login)), error);

  if (rows == NULL)
    return FALSE;
  *agent = pn_rows_next (rows) && g_ascii_strcasecmp (pn_rows_text (rows, 1), login) == 0
               ? pn_agent_read_row (rows, 0)
               : NULL;
  return TRUE;
}

static GPtrArray *
read_agents (PnRows *rows)
{
  GPtrArray *agents = g_ptr_array_new_with_free_func (free_agent);

  while (pn_rows_next (rows))
    g_ptr_array_add (agents, pn_agent_read_row (rows, 0));
  return agents;
}

GPtrArray *
pn_agent_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);

  return rows != NULL ? read_agents (rows) : NULL;
}

GPtrArray *
pn_agent_list_of_queue (PnDb *db, gint64 queue_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, of_queue_sql, PN_ARGS (pn_int (queue_id)), error);

  return rows != NULL ? read_agents (rows) : NULL;
}

gboolean
pn_agent_give_queue (PnDb *db, gint64 agent_id, gint64 queue_id, GError **error)
{
  return pn_db_exec (db, give_sql, PN_ARGS (pn_int (agent_id), pn_int (queue_id)), NULL, error);
}

gboolean
pn_agent_take_queue (PnDb *db, gint64 agent_id, gint64 queue_id, GError **error)
{
  return pn_db_exec (db, take_sql, PN_ARGS (pn_int (agent_id), pn_int (queue_id)), NULL, error);
}

GArray *
pn_agent_queues (PnDb *db, gint64 agent_id, GError **error)
{
  return pn_db_query_ids (db, queues_sql, PN_ARGS (pn_int (agent_id)), error);
}

const char *
pn_agent_role_name (PnAgentRole role)
{
  g_return_val_if_fail ((guint) role < G_N_ELEMENTS (role_names), "");
  return role_names[role];
}

gboolean
pn_agent_role_read (const char *name, PnAgentRole *role)
{
  for (guint i = 0; i < G_N_ELEMENTS (role_names); i++) {
    if (strcmp (name, role_names[i]) == 0) {
      *role = (PnAgentRole) i;
      return TRUE;
    }
  }
  return FALSE;
}
