/* bare-client: how fast this database takes the rows of filed mails, and nothing else: the limit for filing.
 *
 *   bare-client SOCKET FROM TO CONNECTIONS MAILS_A_COMMIT      prints {"mails":N,"seconds":S}
 *
 * It reads what a gateway filed into the schema FROM, makes the same tables in TO, and inserts the rows mail by mail over
 * CONNECTIONS connections with prepared statements, committing durably after MAILS_A_COMMIT mails. Reading is not timed.
 */
#include <glib.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last column of each query is the message that the row came with. */
static const struct {
  const char *table;
  const char *query;
} sources[] = {
  { "spool", "SELECT t.*, t.message_id FROM spool t WHERE t.message_id IS NOT NULL" },
  { "ticket", "SELECT t.*, (SELECT MIN(id) FROM message WHERE ticket_id = t.id) FROM ticket t" },
  { "message", "SELECT t.*, t.id FROM message t" },
  { "attachment", "SELECT t.*, t.message_id FROM attachment t" },
  { "participant",
    "SELECT t.*, (SELECT MIN(id) FROM message WHERE ticket_id = t.ticket_id) FROM participant t" },
  { "event",
    "SELECT t.*, (SELECT MIN(id) FROM message WHERE ticket_id = t.ticket_id) FROM event t" },
  { "person",
    "SELECT t.*, m.id FROM person t"
    " JOIN (SELECT person_id, MIN(id) id FROM message GROUP BY person_id) m ON m.person_id = t.id" },
  { "address", "SELECT t.*, m.id FROM address t JOIN (SELECT person_id, MIN(id) id FROM message"
               " GROUP BY person_id) m ON m.person_id = t.person_id" },
  { "outbox", "SELECT t.*, t.message_id FROM outbox t WHERE t.message_id IS NOT NULL" },
  { "search_pending", "SELECT id, ticket_id, id FROM message" },
};

#define N_TABLES G_N_ELEMENTS (sources)

typedef struct {
  guint table;
  char **values; /* NULL: SQL's NULL */
  unsigned long *lengths;
} Row;

static struct {
  const char *socket;
  const char *target;
  guint columns[N_TABLES];
  GPtrArray *mails; /* of GPtrArray of Row */
  guint batch;
  gint next; /* atomic: the next mail */
} bench;

static MYSQL *
open_schema (const char *schema)
{
  MYSQL *mysql = mysql_init (NULL);

  mysql_options (mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect (mysql, NULL, g_get_user_name (), NULL, schema, 0, bench.socket, 0)
      == NULL)
    g_error ("%s", mysql_error (mysql));
  return mysql;
}

static void
run (MYSQL *mysql, const char *sql)
{
  if (mysql_query (mysql, sql) != 0)
    g_error ("%s: %s", sql, mysql_error (mysql));
}

static Row *
copy_row (guint table, MYSQL_ROW values, const unsigned long *lengths)
{
  Row *row = g_new0 (Row, 1);

  row->table = table;
  row->values = g_new0 (char *, bench.columns[table]);
  row->lengths = g_memdup2 (lengths, sizeof *lengths * bench.columns[table]);
  for (guint i = 0; i < bench.columns[table]; i++)
    row->values[i] = values[i] != NULL ? g_memdup2 (values[i], lengths[i] + 1) : NULL;
  return row;
}

static void
read_table (MYSQL *mysql, guint table, GHashTable *by_message)
{
  MYSQL_RES *result;
  MYSQL_ROW values;

  run (mysql, sources[table].query);
  result = mysql_use_result (mysql);
  bench.columns[table] = mysql_num_fields (result) - 1;
  while ((values = mysql_fetch_row (result)) != NULL) {
    const char *message = values[bench.columns[table]];
    GPtrArray *rows = message != NULL ? g_hash_table_lookup (by_message, message) : NULL;

    if (message == NULL)
      continue;
    if (rows == NULL) {
      rows = g_ptr_array_new ();
      g_hash_table_insert (by_message, g_strdup (message), rows);
      g_ptr_array_add (bench.mails, rows);
    }
    g_ptr_array_add (rows, copy_row (table, values, mysql_fetch_lengths (result)));
  }
  mysql_free_result (result);
}

static void
make_tables (MYSQL *mysql, const char *from)
{
  g_autofree char *drop = g_strdup_printf ("DROP DATABASE IF EXISTS %s", bench.target);
  g_autofree char *create = g_strdup_printf ("CREATE DATABASE %s", bench.target);

  run (mysql, drop);
  run (mysql, create);
  for (guint i = 0; i < N_TABLES; i++) {
    g_autofree char *like = g_strdup_printf ("CREATE TABLE %s.%s LIKE %s.%s", bench.target,
                                             sources[i].table, from, sources[i].table);

    run (mysql, like);
  }
}

static MYSQL_STMT *
prepare (MYSQL *mysql, guint table)
{
  MYSQL_STMT *statement = mysql_stmt_init (mysql);
  GString *sql = g_string_new (NULL);

  g_string_printf (sql, "INSERT INTO %s VALUES (?", sources[table].table);
  for (guint i = 1; i < bench.columns[table]; i++)
    g_string_append (sql, ", ?");
  g_string_append (sql, ")");
  if (mysql_stmt_prepare (statement, sql->str, sql->len) != 0)
    g_error ("%s: %s", sql->str, mysql_stmt_error (statement));
  g_string_free (sql, TRUE);
  return statement;
}

static void
insert (MYSQL_STMT *statement, const Row *row)
{
  MYSQL_BIND binds[64] = { 0 };

  for (guint i = 0; i < bench.columns[row->table]; i++) {
    binds[i].buffer_type = row->values[i] != NULL ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL;
    binds[i].buffer = row->values[i];
    binds[i].buffer_length = row->lengths[i];
    binds[i].length = &row->lengths[i];
  }
  if (mysql_stmt_bind_param (statement, binds) != 0 || mysql_stmt_execute (statement) != 0)
    g_error ("%s: %s", sources[row->table].table, mysql_stmt_error (statement));
}

static gpointer
work (gpointer data)
{
  MYSQL *mysql = open_schema (bench.target);
  MYSQL_STMT *statements[N_TABLES];
  guint first;

  run (mysql, "SET SESSION sql_mode = 'STRICT_TRANS_TABLES'");
  for (guint i = 0; i < N_TABLES; i++)
    statements[i] = bench.columns[i] > 0 ? prepare (mysql, i) : NULL;
  while ((first = (guint) g_atomic_int_add (&bench.next, (gint) bench.batch)) < bench.mails->len) {
    run (mysql, "START TRANSACTION");
    for (guint i = first; i < MIN (first + bench.batch, bench.mails->len); i++) {
      GPtrArray *rows = bench.mails->pdata[i];

      for (guint k = 0; k < rows->len; k++)
        insert (statements[((Row *) rows->pdata[k])->table], rows->pdata[k]);
    }
    run (mysql, "COMMIT");
  }
  mysql_close (mysql);
  mysql_thread_end ();
  return NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GHashTable) by_message = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  gint64 start;
  MYSQL *mysql;

  if (argc != 6) {
    fprintf (stderr, "usage: bare-client SOCKET FROM TO CONNECTIONS MAILS_A_COMMIT\n");
    return 64;
  }
  mysql_library_init (0, NULL, NULL);
  bench.socket = argv[1];
  bench.target = argv[3];
  bench.batch = (guint) strtoul (argv[5], NULL, 10);
  bench.mails = g_ptr_array_new ();
  mysql = open_schema (argv[2]);
  for (guint i = 0; i < N_TABLES; i++)
    read_table (mysql, i, by_message);
  make_tables (mysql, argv[2]);
  start = g_get_monotonic_time ();
  for (gulong i = 0; i < strtoul (argv[4], NULL, 10); i++)
    g_ptr_array_add (threads, g_thread_new ("bare", work, NULL));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
  printf ("{\"mails\":%u,\"seconds\":%.6f}\n", bench.mails->len,
          (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  mysql_close (mysql);
  return 0;
}
