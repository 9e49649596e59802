#include "ticketing/core/migrate.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/db_private.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define PATIENCE_SECONDS 7200 /* an index on millions of rows takes its time */
#define LEASE (30 * PN_SECOND)
#define LONGEST_WAIT (120 * PN_SECOND)
#define POLL_MICROSECONDS 100000

/* Who migrates. */
typedef struct {
  PnDb *db;
  char owner[64];
} Migrator;

static const char *const ground_sql[] = {
  "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci",
  "CREATE TABLE IF NOT EXISTS migration ("
  " name VARCHAR(100) NOT NULL PRIMARY KEY,"
  " checksum CHAR(64) NOT NULL,"
  " applied_at BIGINT NOT NULL"
  ") ENGINE=InnoDB",
  "CREATE TABLE IF NOT EXISTS migration_lock ("
  " id TINYINT NOT NULL PRIMARY KEY,"
  " owner VARCHAR(64) NOT NULL,"
  " until BIGINT NOT NULL"
  ") ENGINE=InnoDB",
  "INSERT IGNORE INTO migration_lock (id, owner, until) VALUES (1, '', 0)",
};

static const char has_ground_sql[] = "SELECT COUNT(*)"
                                     " FROM information_schema.tables"
                                     " WHERE table_schema = DATABASE()"
                                     " AND table_name IN ('migration', 'migration_lock')";

static const char lock_sql[] = "UPDATE migration_lock"
                               " SET owner = ?, until = ?"
                               " WHERE id = 1 AND (until < ? OR owner = ?)";

static const char unlock_sql[] = "UPDATE migration_lock"
                                 " SET owner = '', until = 0"
                                 " WHERE id = 1 AND owner = ?";

static const char done_sql[] = "SELECT name, checksum FROM migration ORDER BY name";

static const char record_sql[] = "INSERT IGNORE INTO migration (name, checksum, applied_at)"
                                 " VALUES (?, ?, ?)";

/* Returns: the end of the quoted text or the comment that starts at @at; @at where neither does. */
static const char *
skip_quoted (const char *at)
{
  char quote = *at;

  if (at[0] == '-' && at[1] == '-')
    return at + strcspn (at, "\n");
  if (quote != '\'' && quote != '"' && quote != '`')
    return at;
  for (at++; *at != '\0' && *at != quote; at++) {
    if (*at == '\\' && at[1] != '\0')
      at++;
  }
  return *at != '\0' ? at + 1 : at;
}

/* Returns: TRUE when there is more in @text than spaces and comments. */
static gboolean
says_something (const char *text)
{
  while (*text != '\0') {
    if (text[0] == '-' && text[1] == '-')
      text += strcspn (text, "\n");
    else if (g_ascii_isspace (*text))
      text++;
    else
      return TRUE;
  }
  return FALSE;
}

char **
pn_migrate_split (const char *sql)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *start = sql;
  const char *at = sql;

  while (*start != '\0') {
    const char *end = skip_quoted (at);

    if (end != at) {
      at = end;
      continue;
    }
    if (*at == ';' || *at == '\0') {
      g_autofree char *statement = g_strndup (start, (gsize) (at - start));

      if (says_something (statement))
        g_strv_builder_add (builder, g_strstrip (statement));
      start = *at == ';' ? at + 1 : at;
    }
    if (*at != '\0')
      at++;
  }
  return g_strv_builder_end (builder);
}

static const PnMigration *
find_migration (const PnMigration *list, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++) {
    if (strcmp (list[i].name, name) == 0)
      return &list[i];
  }
  return NULL;
}

/* Returns: (owned) the names of what has been done, checked against @list. */
static GHashTable *
load_done (PnDb *db, const PnMigration *list, gsize n, GError **error)
{
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (PnRows) rows = pn_db_query (db, done_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    const char *name = pn_rows_text (rows, 0);
    const PnMigration *known = find_migration (list, n, name);
    g_autofree char *checksum = NULL;

    if (known == NULL) {
      pn_error_set (
          error, PN_ERROR_PERMANENT,
          "the database is newer than this program: it has seen the migration %s, which this"
          " program does not know; install the newer program again",
          name);
      return NULL;
    }
    checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, known->sql, -1);
    if (strcmp (checksum, pn_rows_text (rows, 1)) != 0) {
      pn_error_set (
          error, PN_ERROR_PERMANENT,
          "the migration %s was edited after it ran on this database; this program was not"
          " released as it is",
          name);
      return NULL;
    }
    g_hash_table_add (done, g_strdup (name));
  }
  return g_steal_pointer (&done);
}

/* @is_ours gets whether the lease is ours now. */
static gboolean
take_lease (Migrator *migrator, gboolean *is_ours, GError **error)
{
  PnTime now = pn_clock_now ();
  gint64 affected = 0;

  if (!pn_db_exec (migrator->db, lock_sql,
                   PN_ARGS (pn_text (migrator->owner), pn_int (now + LEASE), pn_int (now),
                            pn_text (migrator->owner)),
                   &affected, error))
    return FALSE;
  *is_ours = affected == 1;
  return TRUE;
}

static gboolean
wait_for_lease (Migrator *migrator, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + LONGEST_WAIT;
  gboolean is_ours = FALSE;

  while (take_lease (migrator, &is_ours, error)) {
    if (is_ours)
      return TRUE;
    if (g_get_monotonic_time () > deadline) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "another program is migrating the database");
      return FALSE;
    }
    g_usleep (POLL_MICROSECONDS);
  }
  return FALSE;
}

static gboolean
run_one (Migrator *migrator, const PnMigration *migration, GError **error)
{
  g_auto (GStrv) statements = pn_migrate_split (migration->sql);
  g_autofree char *checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, migration->sql, -1);
  gint64 started = g_get_monotonic_time ();

  for (gsize i = 0; statements[i] != NULL; i++) {
    gboolean is_ours = FALSE;

    if (!take_lease (migrator, &is_ours, error)
        || !pn_db_command (migrator->db, statements[i], error)) {
      g_prefix_error (error, "migration %s, statement %" G_GSIZE_FORMAT ": ", migration->name,
                      i + 1);
      return FALSE;
    }
    PN_CRASH_POINT ("migrate-statement");
  }
  if (!pn_db_exec (
          migrator->db, record_sql,
          PN_ARGS (pn_text (migration->name), pn_text (checksum), pn_int (pn_clock_now ())), NULL,
          error))
    return FALSE;
  pn_log (PN_LOG_INFO, "migrated", "name=%s took_ms=%" G_GINT64_FORMAT, migration->name,
          (g_get_monotonic_time () - started) / PN_MILLISECOND);
  return TRUE;
}

static gboolean
run_missing (Migrator *migrator, const PnMigration *list, gsize n, GError **error)
{
  g_autoptr (GHashTable) done = load_done (migrator->db, list, n, error);

  if (done == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    if (!g_hash_table_contains (done, list[i].name) && !run_one (migrator, &list[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
run_locked (Migrator *migrator, const PnMigration *list, gsize n, GError **error)
{
  gboolean is_done;

  for (gsize i = 0; i < G_N_ELEMENTS (ground_sql); i++) {
    if (!pn_db_command (migrator->db, ground_sql[i], error))
      return FALSE;
  }
  if (!pn_db_sync_clock (migrator->db, error) || !wait_for_lease (migrator, error))
    return FALSE;
  is_done = run_missing (migrator, list, n, error);
  if (!pn_db_exec (migrator->db, unlock_sql, PN_ARGS (pn_text (migrator->owner)), NULL,
                   is_done ? error : NULL))
    return FALSE;
  return is_done;
}

/* Signals that ask us to end wait until the schema is in one piece. */
static void
hold_signals (sigset_t *before)
{
  sigset_t held;

  sigemptyset (&held);
  sigaddset (&held, SIGTERM);
  sigaddset (&held, SIGINT);
  sigaddset (&held, SIGHUP);
  pthread_sigmask (SIG_BLOCK, &held, before);
}

gboolean
pn_migrate (PnDb *db, const PnMigration *list, gsize n, GError **error)
{
  Migrator migrator = { .db = db };
  guint patience = db->statement_seconds;
  gsize pending = 0;
  sigset_t before;
  gboolean is_done;

  if (!pn_migrate_pending (db, list, n, &pending, error))
    return FALSE;
  if (pending == 0)
    return TRUE;
  g_snprintf (migrator.owner, sizeof migrator.owner, "%.40s:%d", g_get_host_name (),
              (int) getpid ());
  hold_signals (&before);
  is_done =
      pn_db_set_patience (db, PATIENCE_SECONDS, error) && run_locked (&migrator, list, n, error);
  is_done &= pn_db_set_patience (db, patience, is_done ? error : NULL);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return is_done;
}

gboolean
pn_migrate_pending (PnDb *db, const PnMigration *list, gsize n, gsize *pending, GError **error)
{
  g_autoptr (PnRows) ground = pn_db_query (db, has_ground_sql, PN_NO_ARGS, error);
  g_autoptr (GHashTable) done = NULL;

  if (ground == NULL)
    return FALSE;
  pn_rows_next (ground);
  if (pn_rows_int (ground, 0) < 2) {
    *pending = MAX (n, 1); /* the lock's own table is missing, even where the list is empty */
    return TRUE;
  }
  done = load_done (db, list, n, error);
  if (done == NULL)
    return FALSE;
  *pending = n - g_hash_table_size (done);
  return TRUE;
}
