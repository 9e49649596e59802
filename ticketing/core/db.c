#include "ticketing/core/db.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <string.h>

#include "ticketing/core/db_private.h"
#include "ticketing/core/error.h"

#define CONNECT_SECONDS 5
#define STATEMENT_SECONDS 25
#define ANSWER_SLACK_SECONDS 5 /* the server gives up first, so that the connection lives on */

typedef enum { STAY = 0, RERUN = 1, LOST = 2, HIDE_VALUES = 4 } Consequence;

typedef struct {
  guint number;
  PnErrorCode code;
  guint consequence; /* flags of Consequence */
} Meaning;

/* Everything that is not listed is PERMANENT: a bug of ours or a server that is not what we need. */
static const Meaning meanings[] = {
  { ER_LOCK_DEADLOCK, PN_ERROR_TEMPORARY, RERUN },
  { ER_LOCK_WAIT_TIMEOUT, PN_ERROR_TEMPORARY, RERUN },
  { ER_CHECKREAD, PN_ERROR_TEMPORARY, RERUN },                  /* innodb_snapshot_isolation */
  { ER_ERROR_DURING_COMMIT, PN_ERROR_TEMPORARY, RERUN | LOST }, /* Galera without a quorum */
  { ER_UNKNOWN_COM_ERROR, PN_ERROR_TEMPORARY, RERUN | LOST },   /* Galera: node not ready */
  { ER_OPTION_PREVENTS_STATEMENT, PN_ERROR_TEMPORARY, RERUN | LOST }, /* read only: fail-over */
  { ER_READ_ONLY_MODE, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_QUERY_INTERRUPTED, PN_ERROR_TEMPORARY, RERUN },
  { ER_UNKNOWN_STMT_HANDLER, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_NEED_REPREPARE, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_CONNECTION_KILLED, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_SERVER_SHUTDOWN, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_NET_READ_ERROR, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_NET_READ_INTERRUPTED, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_NET_ERROR_ON_WRITE, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_NET_WRITE_INTERRUPTED, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_CONNECTION_ERROR, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_CONN_HOST_ERROR, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_UNKNOWN_HOST, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_SERVER_GONE_ERROR, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_SERVER_LOST, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_SERVER_LOST_EXTENDED, PN_ERROR_TEMPORARY, RERUN | LOST },
  { CR_COMMANDS_OUT_OF_SYNC, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_CON_COUNT_ERROR, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_TOO_MANY_USER_CONNECTIONS, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_USER_LIMIT_REACHED, PN_ERROR_TEMPORARY, RERUN | LOST },
  { ER_DISK_FULL, PN_ERROR_TEMPORARY, STAY },
  { ER_RECORD_FILE_FULL, PN_ERROR_TEMPORARY, STAY },
  { ER_ERROR_ON_WRITE, PN_ERROR_TEMPORARY, STAY },
  { ER_GET_ERRNO, PN_ERROR_TEMPORARY,
    STAY }, /* "Got error 28 from storage engine": no space left */
  { ER_OUT_OF_RESOURCES, PN_ERROR_TEMPORARY, STAY },
  { ER_DUP_ENTRY, PN_ERROR_CONFLICT, HIDE_VALUES },
  { ER_DATA_TOO_LONG, PN_ERROR_INVALID, STAY },
  { ER_WARN_DATA_OUT_OF_RANGE, PN_ERROR_INVALID, STAY },
  { ER_TRUNCATED_WRONG_VALUE, PN_ERROR_INVALID, HIDE_VALUES },
  { ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, PN_ERROR_INVALID, HIDE_VALUES },
  { ER_NET_PACKET_TOO_LARGE, PN_ERROR_INVALID, LOST },
  { CR_NET_PACKET_TOO_LARGE, PN_ERROR_INVALID, LOST },
  { ER_ACCESS_DENIED_ERROR, PN_ERROR_DENIED, STAY },
  { ER_ACCESS_DENIED_NO_PASSWORD_ERROR, PN_ERROR_DENIED, STAY },
  { ER_DBACCESS_DENIED_ERROR, PN_ERROR_DENIED, STAY },
  { ER_TABLEACCESS_DENIED_ERROR, PN_ERROR_DENIED, STAY },
  { ER_HOST_NOT_PRIVILEGED, PN_ERROR_DENIED, STAY },
  { ER_HOST_IS_BLOCKED, PN_ERROR_DENIED, STAY },
};

/* Waiting for locks ends before a statement's time does, so that it shows as what it is. */
static const char session_sql[] = "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci,"
                                  " SESSION time_zone = '+00:00',"
                                  " SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,"
                                  "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
                                  " SESSION tx_isolation = 'REPEATABLE-READ',"
                                  " SESSION innodb_lock_wait_timeout = 10,"
                                  " SESSION lock_wait_timeout = 15";

static const char snapshot_sql[] = "SET SESSION innodb_snapshot_isolation = ON";

static const char clock_sql[] =
    "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED INTEGER)";

void
pn_db_library_start (void)
{
  if (mysql_library_init (0, NULL, NULL) != 0)
    g_error ("the MariaDB client library does not start");
}

void
pn_db_thread_end (void)
{
  mysql_thread_end ();
}

PnValue
pn_text (const char *text)
{
  if (text == NULL)
    return (PnValue){ .kind = PN_VALUE_NULL };
  return (PnValue){ .kind = PN_VALUE_TEXT, .bytes = text, .size_bytes = strlen (text) };
}

PnValue
pn_bytes (const void *bytes, gsize size_bytes)
{
  if (bytes == NULL)
    return (PnValue){ .kind = PN_VALUE_NULL };
  return (PnValue){ .kind = PN_VALUE_BYTES, .bytes = bytes, .size_bytes = size_bytes };
}

PnValue
pn_gbytes (GBytes *bytes)
{
  gsize size_bytes = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size_bytes) : NULL;

  return pn_bytes (data, size_bytes);
}

static const Meaning *
meaning_of (guint number)
{
  static const Meaning unknown = { 0, PN_ERROR_PERMANENT, STAY };

  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++) {
    if (meanings[i].number == number)
      return &meanings[i];
  }
  return &unknown;
}

/* "Duplicate entry 'anna@example.com' for key 'address'" -> "Duplicate entry '…' for key 'address'" */
static char *
without_values (const char *words)
{
  const char *start = strchr (words, '\'');
  const char *end = g_strrstr (words, "' for ");

  if (start == NULL)
    return g_strdup (words);
  if (end == NULL || end <= start)
    end = strrchr (words, '\'');
  return g_strdup_printf ("%.*s'…%s", (int) (start - words), words, end);
}

void
pn_db_fail (PnDb *db, guint number, const char *words, GError **error)
{
  const Meaning *meaning = meaning_of (number);
  g_autoptr (GError) reason = NULL;
  g_autofree char *shown =
      (meaning->consequence & HIDE_VALUES) != 0 ? without_values (words) : g_strdup (words);

  pn_error_set (&reason, meaning->code, "database: %s (error %u)", shown, number);
  if ((meaning->consequence & LOST) != 0)
    pn_db_drop (db);
  if (db->in_transaction && db->broken == NULL && (meaning->consequence & (RERUN | LOST)) != 0)
    db->broken = g_error_copy (reason);
  g_propagate_error (error, g_steal_pointer (&reason));
}

void
pn_db_drop (PnDb *db)
{
  g_hash_table_remove_all (db->statements);
  g_hash_table_remove_all (db->built);
  g_clear_pointer (&db->mysql, mysql_close);
}

gboolean
pn_db_command (PnDb *db, const char *sql, GError **error)
{
  if (mysql_real_query (db->mysql, sql, strlen (sql)) == 0)
    return TRUE;
  pn_db_fail (db, mysql_errno (db->mysql), mysql_error (db->mysql), error);
  return FALSE;
}

static gboolean
prepare_session (PnDb *db, GError **error)
{
  char limit_sql[80];

  if (!pn_db_command (db, session_sql, error))
    return FALSE;
  g_snprintf (limit_sql, sizeof limit_sql, "SET SESSION max_statement_time = %u",
              db->statement_seconds);
  if (!pn_db_command (db, limit_sql, error))
    return FALSE;
  db->has_snapshots = mysql_real_query (db->mysql, snapshot_sql, strlen (snapshot_sql)) == 0;
  if (db->has_snapshots || mysql_errno (db->mysql) == ER_UNKNOWN_SYSTEM_VARIABLE)
    return TRUE;
  pn_db_fail (db, mysql_errno (db->mysql), mysql_error (db->mysql), error);
  return FALSE;
}

static void
set_options (PnDb *db)
{
  const guint connect_seconds = CONNECT_SECONDS;
  const guint answer_seconds = db->statement_seconds + ANSWER_SLACK_SECONDS;
  const guint off = 0;
  const my_bool no = FALSE;
  const my_bool yes = TRUE;

  mysql_options (db->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
  mysql_options (db->mysql, MYSQL_OPT_READ_TIMEOUT, &answer_seconds);
  mysql_options (db->mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_seconds);
  mysql_options (db->mysql, MYSQL_OPT_RECONNECT, &no);
  mysql_options (db->mysql, MYSQL_OPT_LOCAL_INFILE, &off); /* a server may not ask for our files */
  mysql_options (db->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (db->has_tls) {
    mysql_options (db->mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
    mysql_options (db->mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
    mysql_options (db->mysql, MYSQL_OPT_SSL_CA, db->ca_file); /* NULL: the system's */
  }
}

gboolean
pn_db_connect (PnDb *db, GError **error)
{
  if (db->mysql != NULL)
    return TRUE;
  db->mysql = mysql_init (NULL);
  g_assert (db->mysql != NULL);
  set_options (db);
  if (mysql_real_connect (db->mysql, db->host, db->user, db->password, db->name, db->port,
                          db->host == NULL ? db->socket : NULL, 0)
      == NULL) {
    pn_db_fail (db, mysql_errno (db->mysql), mysql_error (db->mysql), error);
    pn_db_drop (db);
    return FALSE;
  }
  if (!prepare_session (db, error)) {
    pn_db_drop (db);
    return FALSE;
  }
  return TRUE;
}

static PnDb *
db_new (const PnDbTarget *target)
{
  PnDb *db = g_new0 (PnDb, 1);

  db->host = g_strdup (target->host);
  db->socket = g_strdup (target->socket);
  db->user = g_strdup (target->user);
  db->password = g_strdup (target->password);
  db->name = g_strdup (target->name);
  db->port = target->port;
  db->has_tls = target->has_tls;
  db->ca_file = g_strdup (target->ca_file);
  db->statement_seconds = STATEMENT_SECONDS;
  db->statements = pn_db_statements_new (FALSE);
  db->built = pn_db_statements_new (TRUE);
  db->later = pn_db_later_new ();
  db->absent = pn_db_absent_new ();
  return db;
}

PnDb *
pn_db_open (const PnDbTarget *target, GError **error)
{
  g_autoptr (PnDb) db = NULL;

  g_return_val_if_fail (target->host != NULL || target->socket != NULL, NULL);
  db = db_new (target);
  return pn_db_connect (db, error) ? g_steal_pointer (&db) : NULL;
}

void
pn_db_close (PnDb *db)
{
  if (db == NULL)
    return;
  pn_db_drop (db);
  g_hash_table_unref (db->statements);
  g_hash_table_unref (db->built);
  g_ptr_array_unref (db->later);
  g_hash_table_unref (db->absent);
  g_clear_error (&db->broken);
  if (db->password != NULL)
    explicit_bzero (db->password, strlen (db->password));
  g_free (db->host);
  g_free (db->socket);
  g_free (db->user);
  g_free (db->password);
  g_free (db->name);
  g_free (db->ca_file);
  g_free (db);
}

gboolean
pn_db_set_patience (PnDb *db, guint seconds, GError **error)
{
  g_return_val_if_fail (!db->in_transaction, FALSE);
  db->statement_seconds = seconds;
  pn_db_drop (db);
  return pn_db_connect (db, error);
}

gboolean
pn_db_sync_clock (PnDb *db, GError **error)
{
  gint64 asked = g_get_monotonic_time ();
  g_autoptr (PnRows) rows = pn_db_query (db, clock_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  pn_clock_set_database_now (pn_rows_int (rows, 0) + (g_get_monotonic_time () - asked) / 2);
  return TRUE;
}

gboolean
pn_db_in_transaction (const PnDb *db)
{
  return db->in_transaction;
}
