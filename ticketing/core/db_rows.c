#include "ticketing/core/db_private.h"

#include <mysql.h>
#include <string.h>

#include "ticketing/core/error.h"

/* Lists of one length, and views, are asked for again and again; more of them are started anew. */
#define BUILT_MAX 32

typedef struct {
  PnValueKind kind; /* REAL, INT, BYTES (texts too: they end with a NUL), NULL */
  gint64 number;
  double real;
  char *bytes; /* (owned) */
  gsize size_bytes;
} Cell;

struct PnRows {
  GArray *cells; /* of Cell, row after row */
  guint n_columns;
  gsize n_rows;
  gsize next;
};

typedef struct {
  MYSQL_STMT *handle;
  char *text; /* proves that the address still means the same text */
} Statement;

/* What a statement is run for. */
typedef struct {
  const PnValue *args;
  gsize n_args;
  gint64 affected;
  gint64 id;
  PnRows *rows; /* (owned) NULL where there is no result */
} Call;

/* Where the library writes a row to. */
typedef struct {
  MYSQL_BIND bind;
  PnValueKind kind;
  gint64 number;
  double real;
  unsigned long length;
  my_bool is_null;
} Column;

static void
cell_clear (gpointer data)
{
  g_free (((Cell *) data)->bytes);
}

static void
statement_free (gpointer data)
{
  Statement *statement = data;

  mysql_stmt_close (statement->handle);
  g_free (statement->text);
  g_free (statement);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, statement_free)

GHashTable *
pn_db_statements_new (gboolean is_by_text)
{
  return is_by_text ? g_hash_table_new_full (g_str_hash, g_str_equal, NULL, statement_free)
                    : g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, statement_free);
}

static PnValueKind
kind_of (const MYSQL_FIELD *field)
{
  switch (field->type) {
  case MYSQL_TYPE_TINY:
  case MYSQL_TYPE_SHORT:
  case MYSQL_TYPE_INT24:
  case MYSQL_TYPE_LONG:
  case MYSQL_TYPE_LONGLONG:
  case MYSQL_TYPE_YEAR: return PN_VALUE_INT;
  case MYSQL_TYPE_FLOAT:
  case MYSQL_TYPE_DOUBLE: return PN_VALUE_REAL;
  case MYSQL_TYPE_DECIMAL:
  case MYSQL_TYPE_NEWDECIMAL: /* SUM () of whole numbers is one */
    return field->decimals == 0 ? PN_VALUE_INT : PN_VALUE_REAL;
  default: /* the library's enum: everything else comes as text or bytes */ return PN_VALUE_BYTES;
  }
}

static void
column_init (Column *column, const MYSQL_FIELD *field)
{
  column->kind = kind_of (field);
  column->bind.is_null = &column->is_null;
  column->bind.length = &column->length;
  if (column->kind == PN_VALUE_INT) {
    column->bind.buffer_type = MYSQL_TYPE_LONGLONG;
    column->bind.buffer = &column->number;
  } else if (column->kind == PN_VALUE_REAL) {
    column->bind.buffer_type = MYSQL_TYPE_DOUBLE;
    column->bind.buffer = &column->real;
  } else {
    column->bind.buffer_type = MYSQL_TYPE_BLOB; /* of length 0: only the size is told */
  }
}

static Cell
read_cell (MYSQL_STMT *handle, const Column *column, guint index)
{
  Cell cell = { .kind = column->is_null ? PN_VALUE_NULL : column->kind,
                .number = column->number,
                .real = column->real };
  unsigned long length = 0;
  my_bool is_null = FALSE;
  MYSQL_BIND bind = { .buffer_type = MYSQL_TYPE_BLOB, .length = &length, .is_null = &is_null };

  if (cell.kind != PN_VALUE_BYTES)
    return cell;
  cell.size_bytes = column->length;
  cell.bytes = g_malloc (cell.size_bytes + 1);
  cell.bytes[cell.size_bytes] = '\0';
  bind.buffer = cell.bytes;
  bind.buffer_length = cell.size_bytes;
  if (cell.size_bytes > 0)
    mysql_stmt_fetch_column (handle, &bind, index, 0);
  return cell;
}

static gboolean
read_rows (MYSQL_STMT *handle, MYSQL_RES *metadata, Call *call)
{
  guint n_columns = mysql_num_fields (metadata);
  const MYSQL_FIELD *fields = mysql_fetch_fields (metadata);
  g_autofree Column *columns = g_new0 (Column, n_columns);
  g_autofree MYSQL_BIND *binds = g_new0 (MYSQL_BIND, n_columns);
  g_autoptr (PnRows) rows = g_new0 (PnRows, 1);
  int state;

  rows->n_columns = n_columns;
  rows->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (rows->cells, cell_clear);
  for (guint i = 0; i < n_columns; i++) {
    column_init (&columns[i], &fields[i]);
    binds[i] = columns[i].bind;
  }
  if (mysql_stmt_bind_result (handle, binds) != 0 || mysql_stmt_store_result (handle) != 0)
    return FALSE;
  while ((state = mysql_stmt_fetch (handle)) == 0 || state == MYSQL_DATA_TRUNCATED) {
    for (guint i = 0; i < n_columns; i++) {
      Cell cell = read_cell (handle, &columns[i], i);

      g_array_append_val (rows->cells, cell);
    }
    rows->n_rows++;
  }
  if (state != MYSQL_NO_DATA)
    return FALSE;
  call->rows = g_steal_pointer (&rows);
  return TRUE;
}

void
pn_db_bind (MYSQL_BIND *bind, const PnValue *value)
{
  switch (value->kind) {
  case PN_VALUE_NULL: bind->buffer_type = MYSQL_TYPE_NULL; return;
  case PN_VALUE_INT:
    bind->buffer_type = MYSQL_TYPE_LONGLONG;
    bind->buffer = (void *) &value->number;
    return;
  case PN_VALUE_REAL:
    bind->buffer_type = MYSQL_TYPE_DOUBLE;
    bind->buffer = (void *) &value->real;
    return;
  case PN_VALUE_TEXT: bind->buffer_type = MYSQL_TYPE_STRING; break;
  case PN_VALUE_BYTES: bind->buffer_type = MYSQL_TYPE_BLOB; break;
  }
  bind->buffer = (void *) value->bytes;
  bind->buffer_length = value->size_bytes;
}

/* Returns: FALSE when the handle knows what went wrong. */
static gboolean
run_handle (MYSQL_STMT *handle, Call *call)
{
  g_autofree MYSQL_BIND *binds = g_new0 (MYSQL_BIND, call->n_args + 1);
  MYSQL_RES *metadata;
  gboolean is_read;

  for (gsize i = 0; i < call->n_args; i++)
    pn_db_bind (&binds[i], &call->args[i]);
  if (call->n_args > 0 && mysql_stmt_bind_param (handle, binds) != 0)
    return FALSE;
  if (mysql_stmt_execute (handle) != 0)
    return FALSE;
  metadata = mysql_stmt_result_metadata (handle);
  if (metadata == NULL) {
    call->affected = (gint64) mysql_stmt_affected_rows (handle);
    call->id = (gint64) mysql_stmt_insert_id (handle);
    return mysql_stmt_errno (handle) == 0;
  }
  is_read = read_rows (handle, metadata, call);
  mysql_free_result (metadata);
  return is_read;
}

gboolean
pn_db_fail_statement (PnDb *db, MYSQL_STMT *handle, GError **error)
{
  guint number = mysql_stmt_errno (handle);
  g_autofree char *words =
      g_strdup (mysql_stmt_error (handle)); /* the handle goes with the connection */

  mysql_stmt_free_result (handle);
  pn_db_fail (db, number, words, error);
  return FALSE;
}

/* Returns: (owned) NULL with @error set. */
static Statement *
prepare (PnDb *db, const char *sql, gsize n_args, GError **error)
{
  g_autoptr (Statement) statement = g_new0 (Statement, 1);
  guint number;
  g_autofree char *words = NULL;

  statement->handle = mysql_stmt_init (db->mysql);
  statement->text = g_strdup (sql);
  g_assert (statement->handle != NULL);
  if (mysql_stmt_prepare (statement->handle, sql, strlen (sql)) != 0) {
    number = mysql_stmt_errno (statement->handle);
    words = g_strdup (mysql_stmt_error (statement->handle));
    g_clear_pointer (&statement, statement_free); /* before the connection goes */
    pn_db_fail (db, number, words, error);
    return NULL;
  }
  if (mysql_stmt_param_count (statement->handle) != n_args) {
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "the statement takes %lu values and got %" G_GSIZE_FORMAT,
                  mysql_stmt_param_count (statement->handle), n_args);
    return NULL;
  }
  return g_steal_pointer (&statement);
}

static Statement *
find_statement (PnDb *db, const char *sql, gsize n_args, GError **error)
{
  Statement *statement = g_hash_table_lookup (db->statements, sql);

  if (statement != NULL && strcmp (statement->text, sql) == 0) {
    g_return_val_if_fail (mysql_stmt_param_count (statement->handle) == n_args, NULL);
    return statement;
  }
  g_warn_if_fail (statement == NULL); /* built text belongs to pn_db_query_built () */
  statement = prepare (db, sql, n_args, error);
  if (statement != NULL)
    g_hash_table_insert (db->statements, (gpointer) sql, statement);
  return statement;
}

MYSQL_STMT *
pn_db_statement (PnDb *db, const char *sql, gsize n_args, GError **error)
{
  Statement *statement = pn_db_connect (db, error) ? find_statement (db, sql, n_args, error) : NULL;

  return statement != NULL ? statement->handle : NULL;
}

static gboolean
call_once (PnDb *db, const char *sql, Call *call, GError **error)
{
  MYSQL_STMT *handle = pn_db_statement (db, sql, call->n_args, error);
  gboolean has_rows;

  if (handle == NULL)
    return FALSE;
  if (run_handle (handle, call)) {
    mysql_stmt_free_result (handle);
    return TRUE;
  }
  has_rows = mysql_stmt_field_count (handle) > 0;
  pn_db_fail_statement (db, handle, error);
  /* When the server refuses it between rows, the library would wait for the rest of them as soon as it is run again. */
  if (has_rows)
    g_hash_table_remove (db->statements, sql);
  return FALSE;
}

static Statement *
find_built (PnDb *db, const char *sql, gsize n_args, GError **error)
{
  Statement *statement = g_hash_table_lookup (db->built, sql);

  if (statement != NULL) {
    g_return_val_if_fail (mysql_stmt_param_count (statement->handle) == n_args, NULL);
    return statement;
  }
  statement = prepare (db, sql, n_args, error);
  if (statement == NULL)
    return NULL;
  if (g_hash_table_size (db->built) >= BUILT_MAX)
    g_hash_table_remove_all (db->built);
  g_hash_table_insert (db->built, statement->text, statement);
  return statement;
}

/* Only what reads is asked for again, and what failed may have left rows behind. */
static gboolean
call_built (PnDb *db, const char *sql, Call *call, GError **error)
{
  Statement *statement =
      pn_db_connect (db, error) ? find_built (db, sql, call->n_args, error) : NULL;
  gboolean is_done;

  if (statement == NULL)
    return FALSE;
  is_done = run_handle (statement->handle, call);
  if (is_done)
    mysql_stmt_free_result (statement->handle);
  else
    pn_db_fail_statement (db, statement->handle, error);
  if (!is_done || !g_str_has_prefix (sql, "SELECT"))
    g_hash_table_remove (db->built, sql);
  return is_done;
}

static gboolean
call (PnDb *db, const char *sql, gboolean is_built, Call *what, GError **error)
{
  gboolean (*run) (PnDb *, const char *, Call *, GError **) = is_built ? call_built : call_once;
  g_autoptr (GError) problem = NULL;

  if (db->broken != NULL) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "the transaction is lost already: %s",
                  db->broken->message);
    return FALSE;
  }
  if (db->later->len > 0 && !pn_db_settle (db, sql, error))
    return FALSE;
  if (run (db, sql, what, &problem))
    return TRUE;
  /* An idle connection may have died long ago. Only reading may simply be done again. */
  if (db->mysql == NULL && !db->in_transaction && g_str_has_prefix (sql, "SELECT")
      && pn_db_connect (db, NULL))
    return run (db, sql, what, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static PnRows *
query (PnDb *db, const char *sql, gboolean is_built, Call *what, GError **error)
{
  if (!call (db, sql, is_built, what, error))
    return NULL;
  if (what->rows == NULL)
    pn_error_set (error, PN_ERROR_PERMANENT, "the statement gives no rows");
  return what->rows;
}

PnRows *
pn_db_query (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GError **error)
{
  return query (db, sql, FALSE, &(Call){ .args = args, .n_args = n_args }, error);
}

PnRows *
pn_db_query_built (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GError **error)
{
  return query (db, sql, TRUE, &(Call){ .args = args, .n_args = n_args }, error);
}

gboolean
pn_db_exec (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 *affected,
            GError **error)
{
  Call what = { .args = args, .n_args = n_args };

  if (!call (db, sql, FALSE, &what, error))
    return FALSE;
  pn_rows_free (what.rows);
  if (affected != NULL)
    *affected = what.affected;
  return TRUE;
}

gboolean
pn_db_exec_built (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GError **error)
{
  return call (db, sql, TRUE, &(Call){ .args = args, .n_args = n_args }, error);
}

gboolean
pn_db_insert (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 *id,
              GError **error)
{
  Call what = { .args = args, .n_args = n_args };

  if (!call (db, sql, FALSE, &what, error))
    return FALSE;
  pn_rows_free (what.rows);
  if (id != NULL)
    *id = what.id;
  return TRUE;
}

gboolean
pn_rows_next (PnRows *rows)
{
  if (rows->next >= rows->n_rows)
    return FALSE;
  rows->next++;
  return TRUE;
}

gsize
pn_rows_count (const PnRows *rows)
{
  return rows->n_rows;
}

static const Cell *
cell_at (const PnRows *rows, guint column)
{
  static const Cell none = { .kind = PN_VALUE_NULL };

  g_return_val_if_fail (rows->next > 0 && column < rows->n_columns, &none);
  return &g_array_index (rows->cells, Cell, (rows->next - 1) * rows->n_columns + column);
}

gboolean
pn_rows_is_null (const PnRows *rows, guint column)
{
  return cell_at (rows, column)->kind == PN_VALUE_NULL;
}

gint64
pn_rows_int (const PnRows *rows, guint column)
{
  const Cell *cell = cell_at (rows, column);

  g_return_val_if_fail (cell->kind == PN_VALUE_INT || cell->kind == PN_VALUE_NULL, 0);
  return cell->kind == PN_VALUE_INT ? cell->number : 0;
}

gboolean
pn_db_append_ids (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GArray *ids,
                  GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    const gint64 id = pn_rows_int (rows, 0);

    g_array_append_val (ids, id);
  }
  return TRUE;
}

GArray *
pn_db_query_ids (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  return pn_db_append_ids (db, sql, args, n_args, ids, error) ? g_steal_pointer (&ids) : NULL;
}

GPtrArray *
pn_db_query_texts (PnDb *db, const char *sql, const PnValue *args, gsize n_args, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, error);
  GPtrArray *texts;

  if (rows == NULL)
    return NULL;
  texts = g_ptr_array_new_with_free_func (g_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (texts, g_strdup (pn_rows_text (rows, 0)));
  return texts;
}

double
pn_rows_real (const PnRows *rows, guint column)
{
  const Cell *cell = cell_at (rows, column);

  g_return_val_if_fail (cell->kind != PN_VALUE_BYTES, 0);
  return cell->kind == PN_VALUE_INT    ? (double) cell->number
         : cell->kind == PN_VALUE_REAL ? cell->real
                                       : 0;
}

const char *
pn_rows_text (const PnRows *rows, guint column)
{
  const Cell *cell = cell_at (rows, column);

  g_return_val_if_fail (cell->kind == PN_VALUE_BYTES || cell->kind == PN_VALUE_NULL, NULL);
  return cell->bytes;
}

const void *
pn_rows_bytes (const PnRows *rows, guint column, gsize *size_bytes)
{
  *size_bytes = cell_at (rows, column)->size_bytes;
  return pn_rows_text (rows, column);
}

GBytes *
pn_rows_gbytes (const PnRows *rows, guint column)
{
  gsize size_bytes;
  const void *bytes = pn_rows_bytes (rows, column, &size_bytes);

  return bytes != NULL ? g_bytes_new (bytes, size_bytes) : NULL;
}

gboolean
pn_rows_copy (const PnRows *rows, guint column, void *bytes, gsize size_bytes)
{
  gsize there_bytes;
  const void *there = pn_rows_bytes (rows, column, &there_bytes);

  if (there == NULL || there_bytes != size_bytes)
    return FALSE;
  memcpy (bytes, there, size_bytes);
  return TRUE;
}

void
pn_rows_free (PnRows *rows)
{
  if (rows == NULL)
    return;
  g_array_unref (rows->cells);
  g_free (rows);
}
