#include "ticketing/core/db_private.h"

#include <mysql.h>
#include <string.h>

#include "ticketing/core/error.h"

#define ROWS_MOST 256
#define BYTES_MOST (1024 * 1024)

/* The values of one column, as the library takes them. */
typedef struct {
  union {
    gint64 *numbers;
    double *reals;
    const void **bytes;
    void *any;
  } of;
  unsigned long *lengths;
  char *indicators;
} Column;

static void
clear_value (gpointer data)
{
  g_free ((void *) ((PnValue *) data)->bytes);
}

static void
later_free (gpointer data)
{
  PnDbLater *later = data;

  g_array_unref (later->values);
  g_free (later->table);
  g_free (later);
}

GPtrArray *
pn_db_later_new (void)
{
  return g_ptr_array_new_with_free_func (later_free);
}

/* Returns: (owned) the table that the statement writes to. */
static char *
table_of (const char *sql)
{
  static const char *const starts[] = { "INSERT INTO ", "INSERT IGNORE INTO ", "UPDATE ",
                                        "DELETE FROM " };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++) {
    if (g_str_has_prefix (sql, starts[i])) {
      const char *name = sql + strlen (starts[i]);

      return g_strndup (name, strcspn (name, " ("));
    }
  }
  g_return_val_if_reached (g_strdup (""));
}

/* Where a row of @sql may go: what waits last for its table, when that has the same text. NULL: behind all. */
static PnDbLater *
find (PnDb *db, const char *sql)
{
  g_autofree char *table = table_of (sql);

  for (guint i = db->later->len; i-- > 0;) {
    PnDbLater *later = db->later->pdata[i];

    if (g_str_equal (later->table, table))
      return later->sql == sql ? later : NULL;
  }
  return NULL;
}

static void
add_row (PnDbLater *later, const PnValue *args)
{
  for (gsize i = 0; i < later->n_args; i++) {
    PnValue value = args[i];

    if (args[i].bytes != NULL) {
      char *copy = g_malloc (args[i].size_bytes + 1); /* never NULL, not even for "" */

      memcpy (copy, args[i].bytes, args[i].size_bytes);
      value.bytes = copy;
    }
    later->size_bytes += args[i].size_bytes;
    g_array_append_val (later->values, value);
  }
}

static guint
count_rows (const PnDbLater *later)
{
  return (guint) (later->values->len / later->n_args);
}

static const PnValue *
value_at (const PnDbLater *later, guint row, gsize column)
{
  return &g_array_index (later->values, PnValue, row * later->n_args + column);
}

/* Returns: what the column holds where it is not NULL. */
static PnValueKind
kind_of (const PnDbLater *later, gsize column)
{
  for (guint row = 0; row < count_rows (later); row++) {
    const PnValue *value = value_at (later, row, column);

    if (value->kind != PN_VALUE_NULL)
      return value->kind;
  }
  return PN_VALUE_INT;
}

static void
fill (Column *column, const PnDbLater *later, gsize number, PnValueKind kind)
{
  const guint n_rows = count_rows (later);

  column->of.any = g_new0 (gint64, n_rows);
  column->lengths = g_new0 (unsigned long, n_rows);
  column->indicators = g_new0 (char, n_rows);
  for (guint row = 0; row < n_rows; row++) {
    const PnValue *value = value_at (later, row, number);

    if (value->kind == PN_VALUE_NULL)
      column->indicators[row] = STMT_INDICATOR_NULL;
    else if (kind == PN_VALUE_INT)
      column->of.numbers[row] = value->number;
    else if (kind == PN_VALUE_REAL)
      column->of.reals[row] = value->real;
    else
      column->of.bytes[row] = value->bytes;
    column->lengths[row] = value->size_bytes;
  }
}

static void
column_clear (Column *column)
{
  g_free (column->of.any);
  g_free (column->lengths);
  g_free (column->indicators);
}

static gboolean
execute (MYSQL_STMT *handle, MYSQL_BIND *binds, guint n_rows)
{
  const guint none = 0;
  const gboolean is_done =
      mysql_stmt_attr_set (handle, STMT_ATTR_ARRAY_SIZE, n_rows > 1 ? &n_rows : &none) == 0
      && mysql_stmt_bind_param (handle, binds) == 0 && mysql_stmt_execute (handle) == 0;

  mysql_stmt_attr_set (handle, STMT_ATTR_ARRAY_SIZE, &none);
  return is_done;
}

/* Sends all rows in one packet: the server runs the statement for each. */
static gboolean
execute_all (MYSQL_STMT *handle, const PnDbLater *later)
{
  g_autofree Column *columns = g_new0 (Column, later->n_args);
  g_autofree MYSQL_BIND *binds = g_new0 (MYSQL_BIND, later->n_args);
  gboolean is_done;

  for (gsize i = 0; i < later->n_args; i++) {
    const PnValue kind = { .kind = kind_of (later, i) };

    fill (&columns[i], later, i, kind.kind);
    pn_db_bind (&binds[i], &kind);
    binds[i].buffer = columns[i].of.any;
    binds[i].length = columns[i].lengths;
    binds[i].u.indicator = columns[i].indicators;
  }
  is_done = execute (handle, binds, count_rows (later));
  for (gsize i = 0; i < later->n_args; i++)
    column_clear (&columns[i]);
  return is_done;
}

static gboolean
execute_one (MYSQL_STMT *handle, const PnDbLater *later)
{
  g_autofree MYSQL_BIND *binds = g_new0 (MYSQL_BIND, later->n_args);

  for (gsize i = 0; i < later->n_args; i++)
    pn_db_bind (&binds[i], value_at (later, 0, i));
  return execute (handle, binds, 1);
}

static gboolean
run (PnDb *db, const PnDbLater *later, GError **error)
{
  const guint n_rows = count_rows (later);
  MYSQL_STMT *handle;

  if (db->broken != NULL) {
    g_propagate_error (error, g_error_copy (db->broken));
    return FALSE;
  }
  handle = pn_db_statement (db, later->sql, later->n_args, error);
  if (handle == NULL)
    return FALSE;
  if (!(n_rows > 1 ? execute_all (handle, later) : execute_one (handle, later)))
    return pn_db_fail_statement (db, handle, error);
  if (!later->must_change || mysql_stmt_affected_rows (handle) == n_rows)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT, "a row of the table %s was changed by somebody else",
                later->table);
  return FALSE;
}

static gboolean
is_of_name (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* Does the statement name @table, and not only one whose name has it inside? */
static gboolean
names_table (const char *sql, const char *table)
{
  const gsize length = strlen (table);

  for (const char *at = strstr (sql, table); at != NULL; at = strstr (at + 1, table)) {
    if ((at == sql || !is_of_name (at[-1])) && !is_of_name (at[length]))
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_db_settle (PnDb *db, const char *sql, GError **error)
{
  for (guint i = 0; i < db->later->len;) {
    PnDbLater *later = db->later->pdata[i];
    gboolean is_done;

    if (sql != NULL && !names_table (sql, later->table)) {
      i++;
      continue;
    }
    g_ptr_array_steal_index (db->later, i);
    is_done = run (db, later, error);
    later_free (later);
    if (!is_done)
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_db_later (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gboolean must_change,
             GError **error)
{
  PnDbLater *later = find (db, sql);
  gint64 affected = 0;

  g_return_val_if_fail (n_args > 0, FALSE);
  if (!db->in_transaction) {
    if (!pn_db_exec (db, sql, args, n_args, &affected, error))
      return FALSE;
    if (!must_change || affected > 0)
      return TRUE;
    pn_error_set (error, PN_ERROR_CONFLICT, "the row was changed by somebody else");
    return FALSE;
  }
  if (later == NULL) {
    later = g_new0 (PnDbLater, 1);
    *later = (PnDbLater){ .sql = sql, .table = table_of (sql), .must_change = must_change };
    later->n_args = n_args;
    later->values = g_array_new (FALSE, FALSE, sizeof (PnValue));
    g_array_set_clear_func (later->values, clear_value);
    g_ptr_array_add (db->later, later);
  }
  g_return_val_if_fail (later->n_args == n_args, FALSE);
  add_row (later, args);
  return (count_rows (later) < ROWS_MOST && later->size_bytes < BYTES_MOST)
         || pn_db_settle (db, sql, error);
}
