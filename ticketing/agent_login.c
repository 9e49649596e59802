#include "ticketing/agent.h"

#include "ticketing/agent_private.h"
#include "ticketing/core/error.h"
#include "ticketing/core/password.h"
#include "ticketing/rate.h"

#define LOCK_TIME (15 * PN_MINUTE)
#define TRIES 10 /* as in count_sql */
#define LOGIN_MAX_BYTES 400

/* The tenth try locks, then is looked at: between two locks at most ten passwords are. The lock itself resets the
 * count, for the time after it. */
static const char count_sql[] =
    "UPDATE agent"
    " SET locked_until = IF(failures >= 9, ?, 0), failures = IF(failures >= 9, 0, failures + 1)"
    " WHERE id = ? AND locked_until <= ?";

static const char find_sql[] = "SELECT " PN_AGENT_COLUMNS ", agent.password_hash"
                               " FROM agent"
                               " WHERE login = ?";

static const char success_sql[] = "UPDATE agent"
                                  " SET failures = 0, locked_until = 0"
                                  " WHERE id = ?";

static const char rehash_sql[] = "UPDATE agent"
                                 " SET password_hash = ?"
                                 " WHERE id = ? AND password_hash = ?";

/* Names that nobody has are counted too, so that the lock does not tell them from others. */
static gboolean
count_unknown (PnDb *db, const char *login, gboolean *is_open, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (login, -1);
  g_autofree char *key = g_strconcat ("log-in:", lower, NULL);

  return pn_rate_hit (db, key, LOCK_TIME, TRIES, is_open, error);
}

static gboolean
count_try (PnDb *db, const PnAgent *agent, gboolean *is_open, GError **error)
{
  PnTime now = pn_clock_now ();
  gint64 affected = 0;

  if (!pn_db_exec (db, count_sql,
                   PN_ARGS (pn_int (now + LOCK_TIME), pn_int (agent->id), pn_int (now)), &affected,
                   error))
    return FALSE;
  *is_open = affected == 1;
  return TRUE;
}

static gboolean
note_success (PnDb *db, const PnAgent *agent, const char *hash, const char *password,
              gboolean needs_rehash, GError **error)
{
  g_autofree char *better = needs_rehash ? pn_password_hash (password) : NULL;

  return pn_db_exec (db, success_sql, PN_ARGS (pn_int (agent->id)), NULL, error)
         && (better == NULL
             || pn_db_exec (db, rehash_sql,
                            PN_ARGS (pn_text (better), pn_int (agent->id), pn_text (hash)), NULL,
                            error));
}

static gboolean
find (PnDb *db, const char *login, PnAgent **agent, char **hash, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (login)), error);

  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows) && g_ascii_strcasecmp (pn_rows_text (rows, 1), login) == 0) {
    *agent = pn_agent_read_row (rows, 0);
    *hash = g_strdup (pn_rows_text (rows, 8));
  }
  return TRUE;
}

PnAgent *
pn_agent_log_in (PnDb *db, const char *login, const char *password, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;
  g_autofree char *name = g_strndup (login, LOGIN_MAX_BYTES);
  g_autofree char *hash = NULL;
  gboolean is_open = FALSE;
  gboolean needs_rehash = FALSE;
  gboolean is_right;

  g_return_val_if_fail (!pn_db_in_transaction (db), NULL); /* a rolled back count is none */
  if (!g_utf8_validate (name, -1, NULL))
    *name = '\0';
  if (!find (db, name, &agent, &hash, error)
      || !(agent != NULL ? count_try (db, agent, &is_open, error)
                         : count_unknown (db, name, &is_open, error)))
    return NULL;
  if (!is_open) {
    pn_error_set (error, PN_ERROR_DENIED,
                  "too many wrong tries: this log-in is locked for %d minutes",
                  (int) (LOCK_TIME / PN_MINUTE));
    return NULL;
  }
  is_right = pn_password_verify (agent != NULL && agent->is_enabled ? hash : NULL, password,
                                 &needs_rehash);
  if (!is_right) {
    pn_error_set (error, PN_ERROR_DENIED, "the log-in or the password is wrong");
    return NULL;
  }
  if (!note_success (db, agent, hash, password, needs_rehash, error))
    return NULL;
  return g_steal_pointer (&agent);
}
