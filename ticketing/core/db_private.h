/* Database, inside: what db.c (connection), db_rows.c (statements and results), db_later.c (those put off), db_once.c (those
 * that go with COMMIT), db_absent.c (what need not be asked) and db_tx.c (transactions) share.
 * Nobody else includes this but migrate.c. A connection that was lost is NULL and opened again by the next call that needs it.
 */
#pragma once

#include "ticketing/core/db.h"

struct st_mysql;
struct st_mysql_stmt;

struct PnDb {
  struct st_mysql *mysql; /* NULL: lost */
  GHashTable *statements; /* literal's address -> PnDbStatement (owned) */
  GHashTable *built;      /* text -> the same, of those that were built (owned) */
  GPtrArray *later;       /* of PnDbLater, in the order in which they are to run */
  GHashTable *absent;     /* keys that the transaction did not find */
  char *host;
  char *socket;
  char *user;
  char *password;
  char *name;
  gboolean has_tls;
  char *ca_file; /* NULL: the system's */
  guint port;
  guint statement_seconds;
  guint savepoints; /* open ones */
  gboolean in_transaction;
  gboolean is_at_once;    /* what is put off goes with the COMMIT */
  gboolean has_snapshots; /* innodb_snapshot_isolation */
  GError *broken;         /* in a transaction: why it can only be rolled back and run again */
};

/* Rows for one statement that was put off. */
typedef struct {
  const char *sql;
  char *table;
  gboolean must_change;
  gsize n_args;
  GArray *values; /* of PnValue with bytes of its own, row after row */
  gsize size_bytes;
} PnDbLater;

/* Connects when the connection was lost. */
gboolean pn_db_connect (PnDb *db, GError **error);

/* Closes the connection and forgets its statements. */
void pn_db_drop (PnDb *db);

/* Runs a statement that takes no values and gives no rows: SET, START TRANSACTION, COMMIT, SAVEPOINT, and the schema's.
 * The connection must be there. */
gboolean pn_db_command (PnDb *db, const char *sql, GError **error);

/* Sets @error for the server's or client's error @number with @words, without the values that @words may quote. Drops
 * the connection when it is of no use any more, and marks the transaction as broken when it must run again. */
void pn_db_fail (PnDb *db, guint number, const char *words, GError **error);

/* Returns: (owned) an empty table of statements: by the address of their text, or by the text. */
GHashTable *pn_db_statements_new (gboolean is_by_text);

/* Returns: (borrowed) the prepared statement for the literal @sql, until the connection goes; NULL with @error set. */
struct st_mysql_stmt *pn_db_statement (PnDb *db, const char *sql, gsize n_args, GError **error);

/* Binds one value. */
struct st_mysql_bind;
void pn_db_bind (struct st_mysql_bind *bind, const PnValue *value);

/* Sets @error for what @handle says went wrong, as pn_db_fail (). Returns: FALSE. */
gboolean pn_db_fail_statement (PnDb *db, struct st_mysql_stmt *handle, GError **error);

/* Returns: (owned) an empty list of statements that are put off. */
GPtrArray *pn_db_later_new (void);

/* Returns: (owned) an empty set of keys. */
GHashTable *pn_db_absent_new (void);

/* Runs what was put off and COMMIT in one message; for a transaction that fits. */
gboolean pn_db_fits_at_once (const PnDb *db);
gboolean pn_db_commit_at_once (PnDb *db, GError **error);

/* As pn_db_exec () for text that was built. */
gboolean pn_db_exec_built (PnDb *db, const char *sql, const PnValue *args, gsize n_args,
                           GError **error);

/* Runs what was put off for tables that @sql names; NULL: all of it. */
gboolean pn_db_settle (PnDb *db, const char *sql, GError **error);
