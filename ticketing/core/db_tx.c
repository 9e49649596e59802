#include "ticketing/core/db_private.h"

#include <mysql.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define ATTEMPTS 10
#define FIRST_PAUSE (10 * PN_MILLISECOND)
#define LONGEST_PAUSE (2 * PN_SECOND)

/* How one attempt ended. */
typedef enum { DONE, REFUSED, AGAIN, COMMIT_UNKNOWN } Ending;

static void
pause_before (guint attempt)
{
  gint64 pause = MIN (FIRST_PAUSE << attempt, LONGEST_PAUSE);

  g_usleep ((gulong) ((double) pause * g_random_double_range (0.5, 1.5)));
}

static void
roll_back (PnDb *db)
{
  g_ptr_array_set_size (db->later, 0);
  if (db->mysql != NULL && mysql_rollback (db->mysql) != 0)
    pn_db_drop (db); /* the server then rolls back by itself */
}

static gboolean
waits_for_commit (const PnDb *db)
{
  return db->is_at_once && pn_db_fits_at_once (db);
}

static Ending
commit (PnDb *db, GError **error)
{
  gboolean is_done;

  PN_CRASH_POINT ("db-before-commit");
  is_done = waits_for_commit (db) ? pn_db_commit_at_once (db, error)
                                  : pn_db_command (db, "COMMIT", error);
  PN_CRASH_POINT ("db-after-commit");
  if (is_done)
    return DONE;
  if (db->mysql == NULL)
    return COMMIT_UNKNOWN;
  roll_back (db);
  return db->broken != NULL ? AGAIN : REFUSED;
}

static Ending
run_body (PnDb *db, PnTxFunc body, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_done =
      body (db, data, &problem) && (waits_for_commit (db) || pn_db_settle (db, NULL, &problem));

  if (is_done && db->broken == NULL) {
    g_warn_if_fail (problem == NULL);
    return commit (db, error);
  }
  if (!is_done && problem == NULL)
    pn_error_set (&problem, PN_ERROR_PERMANENT, "the transaction failed without saying why");
  roll_back (db);
  if (db->broken != NULL) {
    g_propagate_error (error, g_error_copy (db->broken));
    return pn_error_is (db->broken, PN_ERROR_TEMPORARY) ? AGAIN : REFUSED;
  }
  g_propagate_error (error, g_steal_pointer (&problem));
  return REFUSED;
}

static Ending
run_once (PnDb *db, PnTxFunc body, gpointer data, GError **error)
{
  Ending ending;

  db->in_transaction = TRUE;
  db->is_at_once = FALSE;
  if (pn_db_connect (db, error) && pn_db_command (db, "START TRANSACTION", error))
    ending = run_body (db, body, data, error);
  else
    ending = db->broken != NULL ? AGAIN : REFUSED;
  db->in_transaction = FALSE;
  g_hash_table_remove_all (db->absent);
  db->savepoints = 0;
  g_clear_error (&db->broken);
  return ending;
}

gboolean
pn_db_run (PnDb *db, PnTxFunc body, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gboolean may_be_done = FALSE;
  Ending ending = AGAIN;

  if (db->in_transaction) {
    pn_error_set (error, PN_ERROR_PERMANENT, "a transaction inside a transaction");
    return FALSE;
  }
  for (guint attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) {
      pn_log_error (PN_LOG_DEBUG, "transaction-again", problem, "attempt=%u", attempt);
      pause_before (attempt - 1);
    }
    g_clear_error (&problem);
    ending = run_once (db, body, data, &problem);
    if (ending == DONE)
      return TRUE;
    may_be_done |= ending == COMMIT_UNKNOWN;
    if (ending == REFUSED)
      break;
  }
  if (may_be_done && pn_error_is (problem, PN_ERROR_TEMPORARY))
    pn_error_set (error, PN_ERROR_UNCERTAIN, "perhaps it is done, perhaps not: %s",
                  problem->message);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
savepoint_command (PnDb *db, const char *verb, guint number, GError **error)
{
  char sql[64];

  g_snprintf (sql, sizeof sql, "%s pn_%u", verb, number);
  return pn_db_command (db, sql, error);
}

gboolean
pn_db_try (PnDb *db, PnTxFunc body, gpointer data, GError **error)
{
  guint number = db->savepoints;
  g_autoptr (GError) problem = NULL;
  gboolean is_done;

  g_return_val_if_fail (db->in_transaction, FALSE);
  if (db->broken != NULL) {
    g_propagate_error (error, g_error_copy (db->broken));
    return FALSE;
  }
  if (!pn_db_settle (db, NULL, error) || !savepoint_command (db, "SAVEPOINT", number, error))
    return FALSE;
  db->savepoints++;
  is_done = body (db, data, &problem) && pn_db_settle (db, NULL, &problem);
  db->savepoints = number;
  if (db->broken != NULL) {
    g_propagate_error (error, g_error_copy (db->broken));
    return FALSE;
  }
  if (is_done)
    return savepoint_command (db, "RELEASE SAVEPOINT", number, error);
  g_ptr_array_set_size (db->later, 0);
  if (savepoint_command (db, "ROLLBACK TO SAVEPOINT", number, error))
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
