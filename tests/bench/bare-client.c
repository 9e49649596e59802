/* bare-client: how fast this database takes the rows of filed mails, and nothing else: the limit for filing.
 *
 *   bare-client SOCKET FROM TO CONNECTIONS MAILS_A_COMMIT AFTER      prints
 *                                                          {"mails":N,"rows":R,"bytes":B,"seconds":S}
 *
 * It reads what a gateway filed into the schema FROM, for messages whose id is above AFTER, makes the same tables in TO, and
 * inserts the rows mail by mail over CONNECTIONS connections with prepared statements, committing durably after
 * MAILS_A_COMMIT mails. Reading is not timed.
 *
 * A mail's rows: its spool row (in the place of those changes that lease and finish it), the message with its references,
 * attachments and their blobs, the ticket, participants, events, person and address where they are new, the order for the
 * letter, the hits of the limits (one for the text, two for a letter), the queue's count and the marks for deadlines,
 * figures and words. Not its raw bytes, which are stored before it is filed, nor what comes of the marks and orders later: the
 * clerk makes that besides.
 */
#include <glib.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the rows of a table come from: in the tables of FROM `t` is their own; @message is the message they came with. Marks
 * and counters that others have worked off since are made again, in the same shape. */
static const struct {
  const char *table;
  const char *columns; /* what is read for the table's columns; NULL: all that are stored */
  const char *message;
  const char *from;
  const char *ending; /* of the INSERT */
} sources[] = {
  { "spool", NULL, "t.message_id", "%s t WHERE t.message_id IS NOT NULL", "" },
  { "ticket", NULL, "(SELECT MIN(id) FROM message WHERE ticket_id = t.id)", "%s t", "" },
  { "message", NULL, "t.id", "%s t", "" },
  { "message_ref", NULL, "t.message_id", "%s t", "" },
  { "attachment", NULL, "t.message_id", "%s t", "" },
  { "`blob`", NULL, "m.id",
    "%s t JOIN (SELECT sha, MIN(message_id) id FROM attachment GROUP BY sha) m ON m.sha = t.sha",
    "" },
  { "blob_chunk", NULL, "m.id",
    "%s t JOIN (SELECT sha, MIN(message_id) id FROM attachment GROUP BY sha) m ON m.sha = t.sha",
    "" },
  { "participant", NULL, "(SELECT MIN(id) FROM message WHERE ticket_id = t.ticket_id)", "%s t",
    "" },
  { "event", NULL, "(SELECT MIN(id) FROM message WHERE ticket_id = t.ticket_id)", "%s t", "" },
  { "person", NULL, "m.id",
    "%s t JOIN (SELECT person_id, MIN(id) id FROM message GROUP BY person_id) m"
    " ON m.person_id = t.id",
    "" },
  { "address", NULL, "m.id",
    "%s t JOIN (SELECT person_id, MIN(id) id FROM message GROUP BY person_id) m"
    " ON m.person_id = t.person_id",
    "" },
  { "outbox", NULL, "t.message_id", "%s t WHERE t.message_id IS NOT NULL", "" },
  { "rate", "t.ingest_key, t.created_at, 1", "t.id", "message t WHERE t.ingest_key IS NOT NULL",
    "" },
  { "rate", "UNHEX(SHA2(CONCAT('queue', t.id), 256)), t.created_at, 1", "t.message_id",
    "outbox t WHERE t.message_id IS NOT NULL", "" },
  { "rate", "UNHEX(SHA2(CONCAT('all', t.id), 256)), t.created_at, 1", "t.message_id",
    "outbox t WHERE t.message_id IS NOT NULL", "" },
  { "queue_count", "k.queue_id, 0, 0, 1", "MIN(t.id)",
    "ticket k JOIN message t ON t.ticket_id = k.id GROUP BY k.id",
    " ON DUPLICATE KEY UPDATE tickets = tickets + 1" },
  { "sla_mark", "t.ticket_id, 1", "t.id", "message t", " ON DUPLICATE KEY UPDATE gen = gen + 1" },
  { "fact_mark", "t.id, t.ticket_id", "t.id", "message t", "" },
  { "search_pending", "t.id, t.ticket_id", "t.id", "message t", "" },
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
  char *names[N_TABLES]; /* of the columns */
  char *values[N_TABLES];
  GPtrArray *mails; /* of GPtrArray of Row */
  guint rows;
  guint64 bytes; /* of their values */
  gint64 after;
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
  for (guint i = 0; i < bench.columns[table]; i++) {
    row->values[i] = values[i] != NULL ? g_memdup2 (values[i], lengths[i] + 1) : NULL;
    bench.bytes += lengths[i];
  }
  return row;
}

/* Generated columns are the server's. */
static void
find_columns (MYSQL *mysql, guint table)
{
  g_autofree char *sql = g_strdup_printf (
      "SHOW COLUMNS FROM %s WHERE Extra NOT LIKE '%%GENERATED%%'", sources[table].table);
  GString *names = g_string_new (NULL);
  GString *values = g_string_new (NULL);
  MYSQL_RES *result;
  MYSQL_ROW row;

  run (mysql, sql);
  result = mysql_store_result (mysql);
  while ((row = mysql_fetch_row (result)) != NULL) {
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", row[0]);
    g_string_append_printf (values, "%st.%s", values->len > 0 ? ", " : "", row[0]);
    bench.columns[table]++;
  }
  mysql_free_result (result);
  bench.names[table] = g_string_free (names, FALSE);
  bench.values[table] = g_string_free (values, FALSE);
}

/* Returns: (owned) the query for the rows of @table; the last column is their message. */
static char *
write_query (guint table)
{
  const char *columns =
      sources[table].columns != NULL ? sources[table].columns : bench.values[table];
  g_auto (GStrv) parts = g_strsplit (sources[table].from, "%s", 2);
  g_autofree char *from = g_strjoinv (sources[table].table, parts);

  return g_strdup_printf (
      "SELECT %s, %s AS bare_message FROM %s HAVING bare_message > %" G_GINT64_FORMAT, columns,
      sources[table].message, from, bench.after);
}

static void
read_table (MYSQL *mysql, guint table, GHashTable *by_message)
{
  g_autofree char *sql = NULL;
  MYSQL_RES *result;
  MYSQL_ROW values;

  find_columns (mysql, table);
  sql = write_query (table);
  run (mysql, sql);
  result = mysql_use_result (mysql);
  if (mysql_num_fields (result) != bench.columns[table] + 1)
    g_error ("the table %s has other columns now", sources[table].table);
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
    bench.rows++;
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
    g_autofree char *like =
        g_strdup_printf ("CREATE TABLE IF NOT EXISTS %s.%s LIKE %s.%s", bench.target,
                         sources[i].table, from, sources[i].table);

    run (mysql, like);
  }
}

static MYSQL_STMT *
prepare (MYSQL *mysql, guint table)
{
  MYSQL_STMT *statement = mysql_stmt_init (mysql);
  GString *sql = g_string_new (NULL);

  g_string_printf (sql, "INSERT INTO %s (%s) VALUES (?", sources[table].table, bench.names[table]);
  for (guint i = 1; i < bench.columns[table]; i++)
    g_string_append (sql, ", ?");
  g_string_append_printf (sql, ")%s", sources[table].ending);
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
    statements[i] = prepare (mysql, i);
  while ((first = (guint) g_atomic_int_add (&bench.next, (gint) bench.batch)) < bench.mails->len) {
    run (mysql, "START TRANSACTION");
    for (guint i = first; i < MIN (first + bench.batch, bench.mails->len); i++) {
      GPtrArray *rows = bench.mails->pdata[i];

      for (guint k = 0; k < rows->len; k++)
        insert (statements[((Row *) rows->pdata[k])->table], rows->pdata[k]);
    }
    run (mysql, "COMMIT");
  }
  for (guint i = 0; i < N_TABLES; i++)
    mysql_stmt_close (statements[i]);
  mysql_close (mysql);
  mysql_thread_end ();
  return NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GHashTable) by_message = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  gint64 start;
  MYSQL *mysql;

  if (argc != 7) {
    fprintf (stderr, "usage: bare-client SOCKET FROM TO CONNECTIONS MAILS_A_COMMIT AFTER\n");
    return 64;
  }
  mysql_library_init (0, NULL, NULL);
  bench.socket = argv[1];
  bench.target = argv[3];
  bench.batch = (guint) strtoul (argv[5], NULL, 10);
  bench.after = g_ascii_strtoll (argv[6], NULL, 10);
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
  printf ("{\"mails\":%u,\"rows\":%u,\"bytes\":%" G_GUINT64_FORMAT ",\"seconds\":%.6f}\n",
          bench.mails->len, bench.rows, bench.bytes,
          (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  mysql_close (mysql);
  return 0;
}
