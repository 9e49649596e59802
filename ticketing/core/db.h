/* Database: connections to MariaDB, prepared statements with bound values, and transactions that may run again.
 *
 *   PnDb    one connection; belongs to one thread at a time
 *   PnRows  a whole result, read into memory (every growing query has a LIMIT)
 *
 * SQL is a string literal owned by the module that owns the table. Statements are prepared once a connection and
 * kept, found again by the literal's address, so never pass text that was built (core/db_where alone does, through
 * pn_db_query_built). Sessions run REPEATABLE READ with innodb_snapshot_isolation, strict mode, UTC, utf8mb4.
 *
 * Errors: CONFLICT for a duplicate key; TEMPORARY for a lost connection, a deadlock, a full disk and the like;
 * INVALID for a value that is too long; PERMANENT for everything else; UNCERTAIN when COMMIT's answer was lost.
 */
#pragma once

#include <glib.h>

#include "ticketing/core/clock.h"

typedef struct PnDb PnDb;
typedef struct PnRows PnRows;

typedef struct {
  const char *host; /* NULL: @socket is used */
  guint port;       /* 0: 3306 */
  const char *socket;
  const char *user;
  const char *password; /* NULL: the socket tells who we are */
  const char *name;     /* the schema; NULL selects none */
  gboolean
      has_tls; /* of @host: encrypted, its certificate and host name verified, or no connection */
  const char *ca_file; /* PEM; NULL trusts what the system trusts */
} PnDbTarget;

typedef enum {
  PN_VALUE_NULL,
  PN_VALUE_INT,
  PN_VALUE_REAL,
  PN_VALUE_TEXT,
  PN_VALUE_BYTES
} PnValueKind;

/* A bound value; its bytes are borrowed until the call returns. */
typedef struct {
  PnValueKind kind;
  gint64 number;
  double real;
  const void *bytes;
  gsize size_bytes;
} PnValue;

static inline PnValue
pn_int (gint64 number)
{
  return (PnValue){ .kind = PN_VALUE_INT, .number = number };
}

static inline PnValue
pn_real (double real)
{
  return (PnValue){ .kind = PN_VALUE_REAL, .real = real };
}

/* 0 means "none" here and becomes NULL: for times that are not set and ids of nobody. */
static inline PnValue
pn_int_or_null (gint64 number)
{
  return (PnValue){ .kind = number != 0 ? PN_VALUE_INT : PN_VALUE_NULL, .number = number };
}

PnValue pn_text (const char *text);                     /* NULL becomes SQL's NULL */
PnValue pn_bytes (const void *bytes, gsize size_bytes); /* NULL becomes SQL's NULL */
PnValue pn_gbytes (GBytes *bytes);                      /* NULL becomes SQL's NULL */

#define PN_ARGS(...)                                                                               \
  (const PnValue[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const PnValue[]){ __VA_ARGS__ }))
#define PN_NO_ARGS NULL, 0

/* Once a process, before any connection and any thread. */
void pn_db_library_start (void);

/* Once at the end of each thread that used a connection, the main thread excepted. */
void pn_db_thread_end (void);

/* Opens a connection and prepares the session.
 * Returns: (owned) NULL with TEMPORARY when nothing answers, DENIED when it refuses us. */
PnDb *pn_db_open (const PnDbTarget *target, GError **error);
void pn_db_close (PnDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnDb, pn_db_close)

/* Statements of this connection may take @seconds (25 when never said): for migrations and rebuilt indexes. Opens the
 * connection anew; not inside a transaction. */
gboolean pn_db_set_patience (PnDb *db, guint seconds, GError **error);

/* Asks the database for its time and tells core/clock. Cheap; roles do so once a minute. */
gboolean pn_db_sync_clock (PnDb *db, GError **error);

/* Returns: (owned) the rows, before the first one. */
PnRows *pn_db_query (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GError **error);

/* As pn_db_query () for a query of ids: its first column is appended to @ids, gint64 each. */
gboolean pn_db_append_ids (PnDb *db, const char *sql, const PnValue *args, gsize n_args,
                           GArray *ids, GError **error);

/* As pn_db_append_ids (). Returns: (owned) the ids. */
GArray *pn_db_query_ids (PnDb *db, const char *sql, const PnValue *args, gsize n_args,
                         GError **error);

/* As pn_db_query () for a query of words. Returns: (owned) its first column, (owned) strings. */
GPtrArray *pn_db_query_texts (PnDb *db, const char *sql, const PnValue *args, gsize n_args,
                              GError **error);

/* As pn_db_query () for text from core/db_where: found again by the text, and only so many are kept. */
PnRows *pn_db_query_built (PnDb *db, const char *sql, const PnValue *args, gsize n_args,
                           GError **error);

/* @affected (may be NULL): rows that were changed (an UPDATE that sets what is there already counts as 0 rows). */
gboolean pn_db_exec (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 *affected,
                     GError **error);

/* @id (may be NULL): the AUTO_INCREMENT value. */
gboolean pn_db_insert (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 *id,
                       GError **error);

/* As pn_db_exec (), but put off inside a transaction: until it commits, or until a statement that names the same table is
 * run, so that nobody sees the difference but by speed. What waits with the same text goes to the server at once. For
 * INSERT, UPDATE and DELETE of one table, with values that keep their types. @must_change: each has to change a row, or the
 * transaction fails with CONFLICT. The values are (copied). */
gboolean pn_db_later (PnDb *db, const char *sql, const PnValue *args, gsize n_args,
                      gboolean must_change, GError **error);

/* What still waits when the transaction's body returns goes to the server in one message with COMMIT: from the first row that
 * is locked to the last that is freed nobody waits for us, however rarely we get to run. What has to change a row and does not
 * makes the body run again. More than fits (4,000 values) goes as ever. */
void pn_db_finish_at_once (PnDb *db);

/* For how many microseconds the newest transaction that ended so held rows, up to COMMIT, which frees them before it waits
 * for the disk, as the server says; 0: it can't be told. */
gint64 pn_db_held (PnDb *db);

/* What this transaction has looked for and not found, so that nobody need ask again: a transaction reads one state of the
 * database, so only its own statements change that. Whoever reads many keys at once adds those that are not there; whoever
 * inserts a row removes its key. Who inserts what somebody else has inserted meanwhile is told (a duplicate, or error 1020 and
 * the transaction runs again). It ends with the transaction. @what tells kinds of keys apart by its address: a literal of
 * the module that owns the table. */
void pn_db_absent_add (PnDb *db, const char *what, const void *key, gsize size_bytes);
void pn_db_absent_remove (PnDb *db, const char *what, const void *key, gsize size_bytes);
gboolean pn_db_absent_has (const PnDb *db, const char *what, const void *key, gsize size_bytes);

#define PN_AHEAD_KEYS 32
#define PN_AHEAD_PLACES                                                                            \
  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

typedef struct {
  const char *what;
  PnValueKind kind; /* TEXT or BYTES, as the column is: else the server finds no index */
  const char *sql;  /* gives those keys that are there, of PN_AHEAD_KEYS in PN_AHEAD_PLACES */
} PnAhead;

/* Asks for many keys at once; those that are not there are added as absent. @keys: of GBytes, not empty ones. Does nothing where
 * the server has no innodb_snapshot_isolation. */
gboolean pn_db_look_ahead (PnDb *db, const PnAhead *ahead, const GPtrArray *keys, GError **error);

/* Goes to the next row. Returns: FALSE after the last. */
gboolean pn_rows_next (PnRows *rows);
gsize pn_rows_count (const PnRows *rows);
gboolean pn_rows_is_null (const PnRows *rows, guint column);
gint64 pn_rows_int (const PnRows *rows, guint column); /* 0 for NULL */
double pn_rows_real (const PnRows *rows, guint column);
const char *pn_rows_text (const PnRows *rows, guint column); /* NULL for NULL; NUL-terminated */
const void *pn_rows_bytes (const PnRows *rows, guint column, gsize *size_bytes); /* NULL for NULL */
GBytes *pn_rows_gbytes (const PnRows *rows, guint column); /* (owned) NULL for NULL */

/* For values of a fixed size, as hashes. Returns: FALSE, @bytes untouched, for NULL and for any other size. */
gboolean pn_rows_copy (const PnRows *rows, guint column, void *bytes, gsize size_bytes);

void pn_rows_free (PnRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRows, pn_rows_free)

/* The body of a transaction. It may be run several times, from its first read on, so it has no effect outside the
 * database and resets what it writes to @data. */
typedef gboolean (*PnTxFunc) (PnDb *db, gpointer data, GError **error);

/* Runs @body in a transaction and commits; rolls back when it returns FALSE. Runs it again (up to 10 times, with
 * jitter) on transient errors, reconnecting when the connection was lost. An error of COMMIT itself is "unknown": the
 * body runs again and must find its own unique key (then it returns TRUE or CONFLICT as it sees fit).
 * Inside a transaction it is an error to start another. */
gboolean pn_db_run (PnDb *db, PnTxFunc body, gpointer data, GError **error);

/* Inside a transaction: runs @body between a savepoint and its release; when it returns FALSE, only what it did is
 * undone (a transient error ends the whole transaction all the same). */
gboolean pn_db_try (PnDb *db, PnTxFunc body, gpointer data, GError **error);

gboolean pn_db_in_transaction (const PnDb *db);
