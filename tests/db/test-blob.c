#include "ticketing/core/blob.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

#define MIB (1024 * 1024)
#define LIMIT (10 * MIB)

static const gsize sizes[] = { 0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB };

static GBytes *
make_bytes (gsize size, guint seed)
{
  guint8 *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++) {
    seed = seed * 1103515245 + 12345;
    data[i] = (guint8) (seed >> 16);
  }
  return g_bytes_new_take (data, size);
}

static void
assert_stored (PnDb *db, const guint8 *sha, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) loaded = pn_blob_load (db, sha, LIMIT, &error);

  pn_assert_no_error (error);
  g_assert_nonnull (loaded);
  g_assert_true (g_bytes_equal (loaded, bytes));
}

static gint64
count (PnDb *db, const char *sql)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, NULL);

  g_assert_true (pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

/* Returns: (owned) the name of @size bytes, stored. */
static GBytes *
store_sized (PnDb *db, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  g_autoptr (GError) error = NULL;
  guint8 sha[PN_SHA256_BYTES];

  g_assert_true (pn_blob_store (db, bytes, sha, &error));
  pn_assert_no_error (error);
  return g_bytes_new (sha, sizeof sha);
}

/* Many at once: what is small, there and whole. There are more than one statement asks for. */
static void
test_small (void)
{
  static const gsize small_sizes[] = { 1, PN_BLOB_TINY_BYTES, PN_BLOB_TINY_BYTES + 1, 0,
                                       PN_BLOB_CHUNK_BYTES + 1 };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GHashTable) found = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (small_sizes); i++)
    g_ptr_array_add (names, store_sized (db, small_sizes[i]));
  for (guint i = 0; i < 2 * PN_AHEAD_KEYS; i++)
    g_ptr_array_add (names, store_sized (db, 100 + i));
  g_ptr_array_add (names, g_bytes_new_take (g_malloc0 (PN_SHA256_BYTES), PN_SHA256_BYTES));
  g_assert_true (pn_db_exec (db, "UPDATE blob_chunk SET data = 'damaged' WHERE LENGTH(data) = 100",
                             PN_NO_ARGS, NULL, &error));
  found = pn_blob_load_small (db, names, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (found), ==, 2 + 2 * PN_AHEAD_KEYS - 1);
  for (guint i = 0; i < names->len; i++) {
    GBytes *bytes = g_hash_table_lookup (found, names->pdata[i]);
    const gsize size =
        i < G_N_ELEMENTS (small_sizes) ? small_sizes[i] : 100 + i - G_N_ELEMENTS (small_sizes);
    const gboolean is_wanted =
        i + 1 < names->len && size > 0 && size <= PN_BLOB_TINY_BYTES && size != 100;

    g_assert_cmpuint (bytes != NULL, ==, is_wanted);
    if (bytes != NULL)
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, size);
  }
}

static void
test_hex (void)
{
  guint8 sha[PN_SHA256_BYTES];
  guint8 back[PN_SHA256_BYTES];
  g_autofree char *text = NULL;

  pn_sha256 ("abc", 3, sha);
  text = pn_hex (sha, sizeof sha);
  g_assert_cmpstr (text, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true (pn_hex_read (text, back, sizeof back));
  g_assert_cmpmem (back, sizeof back, sha, sizeof sha);
  g_assert_false (pn_hex_read ("ba78", back, sizeof back));
  text[3] = 'g';
  g_assert_false (pn_hex_read (text, back, sizeof back));
}

static void
test_sizes (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = make_bytes (sizes[i], (guint) i);
    guint8 sha[PN_SHA256_BYTES];
    gint64 size = -1;

    for (int round = 0; round < 2; round++) {
      g_assert_true (pn_blob_store (db, bytes, sha, &error));
      pn_assert_no_error (error);
    }
    assert_stored (db, sha, bytes);
    g_assert_true (pn_blob_size (db, sha, &size, NULL));
    g_assert_cmpint (size, ==, (gint64) sizes[i]);
  }
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM `blob`"), ==, G_N_ELEMENTS (sizes));
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM blob_chunk"), ==, 0 + 1 + 1 + 1 + 2 + 5);
}

static void
test_stream (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = make_bytes (sizes[i], 100 + (guint) i);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp ("pn-blob-XXXXXX", &path, NULL);
    guint8 sha[PN_SHA256_BYTES];
    gint64 size = -1;

    g_unlink (path);
    g_assert_cmpint (write (fd, g_bytes_get_data (bytes, NULL), sizes[i]), ==, (gssize) sizes[i]);
    g_assert_true (pn_blob_store_fd (db, fd, (gint64) sizes[i], sha, &size, &error));
    pn_assert_no_error (error);
    g_assert_cmpint (size, ==, (gint64) sizes[i]);
    assert_stored (db, sha, bytes);
    if (sizes[i] > 0) {
      g_assert_false (pn_blob_store_fd (db, fd, (gint64) sizes[i] - 1, sha, &size, &error));
      g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
    }
    close (fd);
  }
}

static void
test_pipe (void)
{
  static const char text[] = "From: a@customer.example\r\n\r\nhello\r\n";
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  if (db == NULL)
    return;
  for (gint64 limit = (gint64) strlen (text) - 1; limit <= (gint64) strlen (text); limit++) {
    g_autoptr (GError) error = NULL;
    guint8 sha[PN_SHA256_BYTES];
    gint64 size = -1;
    int ends[2];
    gboolean fits = limit >= (gint64) strlen (text);

    g_assert_cmpint (pipe (ends), ==, 0);
    g_assert_cmpint (write (ends[1], text, strlen (text)), ==, (gssize) strlen (text));
    close (ends[1]);
    g_assert_cmpint (pn_blob_store_fd (db, ends[0], limit, sha, &size, &error), ==, fits);
    close (ends[0]);
    if (fits)
      assert_stored (db, sha, bytes);
    else
      g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
  }
}

static void
test_limits (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GBytes) bytes = make_bytes (1000, 7);
  g_autoptr (GError) large = NULL;
  g_autoptr (GError) absent = NULL;
  guint8 sha[PN_SHA256_BYTES];

  if (db == NULL)
    return;
  g_assert_true (pn_blob_store (db, bytes, sha, NULL));
  g_assert_null (pn_blob_load (db, sha, 999, &large));
  g_assert_error (large, PN_ERROR, PN_ERROR_INVALID);
  sha[0] ^= 1;
  g_assert_null (pn_blob_load (db, sha, 1000, &absent));
  g_assert_error (absent, PN_ERROR, PN_ERROR_NOT_FOUND);
}

/* A process died between chunks, and what it left is even wrong: nobody sees a blob; storing again mends it. */
static void
test_half (void)
{
  static const char litter_sql[] =
      "INSERT INTO blob_chunk (sha, seq, data) VALUES (?, 0, 'litter')";
  static const char spoil_sql[] = "UPDATE blob_chunk SET data = 'litter' WHERE sha = ? AND seq = 1";
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GBytes) bytes = make_bytes (2 * MIB, 8);
  g_autoptr (GError) absent = NULL;
  g_autoptr (GError) damaged = NULL;
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  guint8 sha[PN_SHA256_BYTES];

  if (db == NULL)
    return;
  pn_sha256 (data, size, sha);
  g_assert_true (pn_db_exec (db, litter_sql, PN_ARGS (pn_bytes (sha, sizeof sha)), NULL, NULL));
  g_assert_null (pn_blob_load (db, sha, LIMIT, &absent));
  g_assert_error (absent, PN_ERROR, PN_ERROR_NOT_FOUND);
  g_assert_true (pn_blob_store (db, bytes, sha, NULL));
  assert_stored (db, sha, bytes);
  g_assert_true (pn_db_exec (db, spoil_sql, PN_ARGS (pn_bytes (sha, sizeof sha)), NULL, NULL));
  g_assert_null (pn_blob_load (db, sha, LIMIT, &damaged));
  g_assert_error (damaged, PN_ERROR, PN_ERROR_PERMANENT);
}

static gpointer
store_in_thread (gpointer data)
{
  g_autoptr (PnDb) db = pn_db_open (pn_testdb_target (), NULL);
  g_autoptr (GError) error = NULL;
  guint8 sha[PN_SHA256_BYTES];

  g_assert_nonnull (db);
  g_assert_true (pn_blob_store (db, data, sha, &error));
  pn_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static void
test_together (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GBytes) bytes = make_bytes (3 * MIB + 5, 9);
  GThread *threads[4];
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  guint8 sha[PN_SHA256_BYTES];

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("store", store_in_thread, bytes);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  pn_sha256 (data, size, sha);
  assert_stored (db, sha, bytes);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM blob_chunk"), ==, 4);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/blob/small", test_small);
  g_test_add_func ("/blob/hex", test_hex);
  g_test_add_func ("/blob/sizes", test_sizes);
  g_test_add_func ("/blob/stream", test_stream);
  g_test_add_func ("/blob/pipe", test_pipe);
  g_test_add_func ("/blob/limits", test_limits);
  g_test_add_func ("/blob/half", test_half);
  g_test_add_func ("/blob/together", test_together);
  return g_test_run ();
}
