#include "ticketing/core/blob.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"

/* One row of blob_chunk, as a transaction. */
typedef struct {
  const guint8 *sha;
  guint seq;
  const void *bytes;
  gsize size_bytes;
} Chunk;

/* The row of blob, as a transaction. */
typedef struct {
  const guint8 *sha;
  gint64 size_bytes;
} Entry;

/* Whoever only reads takes no notice of a row that somebody began. */
#define IS_WHOLE "size_bytes >= 0"

static const char size_sql[] = "SELECT size_bytes FROM `blob` WHERE sha = ? AND " IS_WHOLE;

static const char stored_sql[] = "SELECT created_at FROM `blob` WHERE sha = ? AND " IS_WHOLE;

static const char touch_sql[] = "UPDATE `blob` SET created_at = ? WHERE sha = ? AND created_at = ?";

static const char load_sql[] = "SELECT data FROM blob_chunk WHERE sha = ? AND seq = ?";

/* Most blobs are one chunk. */
static const char head_sql[] = "SELECT b.size_bytes, c.data"
                               " FROM `blob` b"
                               " LEFT JOIN blob_chunk c ON c.sha = b.sha AND c.seq = 0"
                               " WHERE b.sha = ? AND b." IS_WHOLE;

/* Those that many of can be read at once. */
static const char small_sql[] = "SELECT b.sha, c.data"
                                " FROM `blob` b"
                                " JOIN blob_chunk c ON c.sha = b.sha AND c.seq = 0"
                                " WHERE b.sha IN (" PN_AHEAD_PLACES ")"
                                " AND b.size_bytes BETWEEN 1 AND ?";

/* What an earlier attempt left may not be trusted until the blob's own row says so: it is written over. */
static const char chunk_sql[] = "INSERT INTO blob_chunk (sha, seq, data)"
                                " VALUES (?, ?, ?)"
                                " ON DUPLICATE KEY UPDATE data = VALUES(data)";

/* Who stores the same at the same time may have finished: then it stays whole. */
static const char begin_sql[] = "INSERT INTO `blob` (sha, size_bytes, created_at)"
                                " VALUES (?, -1, ?)"
                                " ON DUPLICATE KEY UPDATE created_at = VALUES(created_at)";

/* Stored anew: it is as young as if it were. */
static const char entry_sql[] = "INSERT INTO `blob` (sha, size_bytes, created_at)"
                                " VALUES (?, ?, ?)"
                                " ON DUPLICATE KEY UPDATE size_bytes = VALUES(size_bytes),"
                                " created_at = VALUES(created_at)";

char *
pn_hex (const guint8 *bytes, gsize size_bytes)
{
  static const char digits[] = "0123456789abcdef";
  char *text = g_malloc (size_bytes * 2 + 1);

  for (gsize i = 0; i < size_bytes; i++) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  text[size_bytes * 2] = '\0';
  return text;
}

gboolean
pn_hex_read (const char *text, guint8 *bytes, gsize size_bytes)
{
  if (strlen (text) != size_bytes * 2)
    return FALSE;
  for (gsize i = 0; i < size_bytes * 2; i++) {
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  }
  for (gsize i = 0; i < size_bytes; i++)
    bytes[i] =
        (guint8) (g_ascii_xdigit_value (text[2 * i]) * 16 + g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}

static void
no_such_blob (const guint8 *sha, GError **error)
{
  g_autofree char *name = pn_hex (sha, PN_SHA256_BYTES);

  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no blob %s", name);
}

gboolean
pn_blob_size (PnDb *db, const guint8 sha[PN_SHA256_BYTES], gint64 *size_bytes, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, size_sql, PN_ARGS (pn_bytes (sha, PN_SHA256_BYTES)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    no_such_blob (sha, error);
    return FALSE;
  }
  *size_bytes = pn_rows_int (rows, 0);
  return TRUE;
}

/* Is it there, and stays for a while? Else it has to be stored: also where it was freed between the two statements. */
static gboolean
is_stored (PnDb *db, const guint8 *sha, gboolean *is_there, GError **error)
{
  const PnValue name = pn_bytes (sha, PN_SHA256_BYTES);
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = pn_db_query (db, stored_sql, PN_ARGS (name), error);
  gint64 touched = 0;
  PnTime at;

  *is_there = FALSE;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  at = pn_rows_int (rows, 0);
  if (at <= now - PN_BLOB_FRESH
      && !pn_db_exec (db, touch_sql, PN_ARGS (pn_int (now), name, pn_int (at)), &touched, error))
    return FALSE;
  *is_there = at > now - PN_BLOB_FRESH || touched > 0;
  return TRUE;
}

static gboolean
write_chunk (PnDb *db, gpointer data, GError **error)
{
  const Chunk *chunk = data;

  return pn_db_exec (db, chunk_sql,
                     PN_ARGS (pn_bytes (chunk->sha, PN_SHA256_BYTES), pn_int (chunk->seq),
                              pn_bytes (chunk->bytes, chunk->size_bytes)),
                     NULL, error);
}

/* Before the first of many chunks, so that those of a process that dies are found. */
static gboolean
begin_entry (PnDb *db, gpointer data, GError **error)
{
  const Entry *entry = data;

  return pn_db_exec (db, begin_sql,
                     PN_ARGS (pn_bytes (entry->sha, PN_SHA256_BYTES), pn_int (pn_clock_now ())),
                     NULL, error);
}

static gboolean
write_entry (PnDb *db, gpointer data, GError **error)
{
  const Entry *entry = data;

  return pn_db_exec (db, entry_sql,
                     PN_ARGS (pn_bytes (entry->sha, PN_SHA256_BYTES), pn_int (entry->size_bytes),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

static gboolean
store_chunk (PnDb *db, Chunk *chunk, GError **error)
{
  if (!pn_db_run (db, write_chunk, chunk, error))
    return FALSE;
  PN_CRASH_POINT ("blob-chunk");
  return TRUE;
}

/* A blob of one chunk: both rows at once. */
typedef struct {
  Chunk chunk;
  Entry entry;
} Small;

static gboolean
write_small (PnDb *db, gpointer data, GError **error)
{
  Small *small = data;

  return (small->chunk.size_bytes == 0 || write_chunk (db, &small->chunk, error))
         && write_entry (db, &small->entry, error);
}

static gboolean
store_small (PnDb *db, const guint8 *name, GBytes *bytes, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Small small = { .chunk = { .sha = name, .bytes = data, .size_bytes = size },
                  .entry = { .sha = name, .size_bytes = (gint64) size } };

  return pn_db_in_transaction (db) ? write_small (db, &small, error)
                                   : pn_db_run (db, write_small, &small, error);
}

static gboolean
store_large (PnDb *db, const guint8 *name, GBytes *bytes, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Entry entry = { .sha = name, .size_bytes = (gint64) size };

  if (!pn_db_run (db, begin_entry, &entry, error))
    return FALSE;
  for (gsize at = 0; at < size; at += PN_BLOB_CHUNK_BYTES) {
    Chunk chunk = { .sha = name,
                    .seq = (guint) (at / PN_BLOB_CHUNK_BYTES),
                    .bytes = data + at,
                    .size_bytes = MIN (size - at, PN_BLOB_CHUNK_BYTES) };

    if (!store_chunk (db, &chunk, error))
      return FALSE;
  }
  return pn_db_run (db, write_entry, &entry, error);
}

gboolean
pn_blob_store (PnDb *db, GBytes *bytes, guint8 sha[PN_SHA256_BYTES], GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const gboolean is_small = size <= PN_BLOB_CHUNK_BYTES;
  guint8 name[PN_SHA256_BYTES];
  gboolean is_there;

  g_return_val_if_fail (is_small || !pn_db_in_transaction (db), FALSE);
  pn_sha256 (data, size, name);
  if (!is_stored (db, name, &is_there, error))
    return FALSE;
  if (!is_there
      && !(is_small ? store_small (db, name, bytes, error) : store_large (db, name, bytes, error)))
    return FALSE;
  memcpy (sha, name, PN_SHA256_BYTES);
  return TRUE;
}

gboolean
pn_blob_store_new (PnDb *db, GBytes *bytes, guint8 sha[PN_SHA256_BYTES], GError **error)
{
  gsize size = 0;
  const void *data = g_bytes_get_data (bytes, &size);
  guint8 name[PN_SHA256_BYTES];
  const PnValue key = pn_bytes (name, sizeof name);

  if (size == 0 || size > PN_BLOB_TINY_BYTES || !pn_db_in_transaction (db))
    return pn_blob_store (db, bytes, sha, error);
  pn_sha256 (data, size, name);
  if (!pn_db_later (db, chunk_sql, PN_ARGS (key, pn_int (0), pn_bytes (data, size)), FALSE, error)
      || !pn_db_later (db, entry_sql,
                       PN_ARGS (key, pn_int ((gint64) size), pn_int (pn_clock_now ())), FALSE,
                       error))
    return FALSE;
  memcpy (sha, name, sizeof name);
  return TRUE;
}

/* Reads until @buffer is full or the end is there.
 * @at: where in the file, or -1 to read on from where a pipe is. Returns: how many bytes; -1 with @error set. */
static gssize
read_full (int fd, guint8 *buffer, gint64 at, GError **error)
{
  gsize filled = 0;

  while (filled < PN_BLOB_CHUNK_BYTES) {
    gsize room = PN_BLOB_CHUNK_BYTES - filled;
    gssize n = at < 0 ? read (fd, buffer + filled, room)
                      : pread (fd, buffer + filled, room, (off_t) at + (off_t) filled);

    if (n == 0)
      break;
    if (n > 0)
      filled += (gsize) n;
    else if (errno != EINTR) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "can't read what shall be stored: %s",
                    g_strerror (errno));
      return -1;
    }
  }
  return (gssize) filled;
}

static gboolean
too_large (gint64 limit_bytes, GError **error)
{
  pn_error_set (error, PN_ERROR_INVALID, "larger than the limit of %" G_GINT64_FORMAT " bytes",
                limit_bytes);
  return FALSE;
}

/* Returns: (owned) a file without a name that holds what comes out of the pipe @fd. */
static FILE *
copy_pipe (int fd, guint8 *buffer, gint64 limit_bytes, GError **error)
{
  FILE *copy = tmpfile ();
  gint64 size = 0;
  gssize n = 0;

  if (copy != NULL) {
    while (size <= limit_bytes && (n = read_full (fd, buffer, -1, error)) > 0) {
      size += n;
      if (fwrite (buffer, 1, (gsize) n, copy) != (gsize) n)
        break;
    }
    if (n == 0 && fflush (copy) == 0)
      return copy;
    if (size > limit_bytes)
      too_large (limit_bytes, error);
  }
  if (error != NULL && *error == NULL)
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't keep what shall be stored: %s",
                  g_strerror (errno));
  if (copy != NULL)
    fclose (copy);
  return NULL;
}

/* Names what is in @fd and, with @db, stores its chunks under @name. */
static gboolean
pass_over (PnDb *db, int fd, const guint8 *name, PnSha256 *sum, Entry *entry, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (PN_BLOB_CHUNK_BYTES);
  gint64 limit_bytes = entry->size_bytes;
  gint64 at = 0;
  gssize n;

  while ((n = read_full (fd, buffer, at, error)) > 0) {
    Chunk chunk = { .sha = name,
                    .seq = (guint) (at / PN_BLOB_CHUNK_BYTES),
                    .bytes = buffer,
                    .size_bytes = (gsize) n };

    at += n;
    if (at > limit_bytes)
      return too_large (limit_bytes, error);
    pn_sha256_add (sum, buffer, (gsize) n);
    if (db != NULL && !store_chunk (db, &chunk, error))
      return FALSE;
  }
  entry->size_bytes = at;
  return n == 0;
}

static gboolean
store_file (PnDb *db, int fd, Entry *entry, guint8 *name, GError **error)
{
  g_autoptr (PnSha256) first = pn_sha256_new ();
  g_autoptr (PnSha256) second = pn_sha256_new ();
  guint8 again[PN_SHA256_BYTES];
  gint64 limit_bytes = entry->size_bytes;
  gboolean is_there;

  if (!pass_over (NULL, fd, NULL, first, entry, error))
    return FALSE;
  pn_sha256_end (first, name);
  if (!is_stored (db, name, &is_there, error))
    return FALSE;
  if (is_there)
    return TRUE;
  /* A file that has grown since is told from one that is too large. */
  entry->size_bytes = limit_bytes;
  if (!pn_db_run (db, begin_entry, entry, error) || !pass_over (db, fd, name, second, entry, error))
    return FALSE;
  pn_sha256_end (second, again);
  if (memcmp (again, name, sizeof again) != 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "the file changed while it was stored");
    return FALSE;
  }
  return pn_db_run (db, write_entry, entry, error);
}

gboolean
pn_blob_store_fd (PnDb *db, int fd, gint64 limit_bytes, guint8 sha[PN_SHA256_BYTES],
                  gint64 *size_bytes, GError **error)
{
  guint8 name[PN_SHA256_BYTES];
  Entry entry = { .sha = name, .size_bytes = limit_bytes };
  FILE *copy = NULL;
  gboolean is_done;

  g_return_val_if_fail (!pn_db_in_transaction (db), FALSE);
  if (lseek (fd, 0, SEEK_CUR) < 0 && errno == ESPIPE) {
    g_autofree guint8 *buffer = g_malloc (PN_BLOB_CHUNK_BYTES);

    copy = copy_pipe (fd, buffer, limit_bytes, error);
    if (copy == NULL)
      return FALSE;
    fd = fileno (copy);
  }
  is_done = store_file (db, fd, &entry, name, error);
  if (copy != NULL)
    fclose (copy);
  if (!is_done)
    return FALSE;
  memcpy (sha, name, PN_SHA256_BYTES);
  *size_bytes = entry.size_bytes;
  return TRUE;
}

GBytes *
pn_blob_load_chunk (PnDb *db, const guint8 sha[PN_SHA256_BYTES], guint seq, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, load_sql, PN_ARGS (pn_bytes (sha, PN_SHA256_BYTES), pn_int (seq)), error);
  const void *data;
  gsize size = 0;

  if (rows == NULL || !pn_rows_next (rows))
    return NULL;
  data = pn_rows_bytes (rows, 0, &size);
  return g_bytes_new (data, size);
}

/* Those behind the first. */
static gboolean
append_chunks (PnDb *db, const guint8 *sha, GByteArray *whole, gint64 size_bytes, GError **error)
{
  for (guint seq = 1; (gint64) whole->len < size_bytes; seq++) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (GBytes) chunk = pn_blob_load_chunk (db, sha, seq, &problem);
    gsize size = 0;
    const void *data;

    if (problem != NULL) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (chunk == NULL)
      return TRUE; /* the caller sees that it is not whole */
    data = g_bytes_get_data (chunk, &size);
    g_byte_array_append (whole, data, (guint) size);
  }
  return TRUE;
}

/* Returns: (owned) the first chunk, with room for all; NULL with @error set. */
static GByteArray *
load_head (PnDb *db, const guint8 *sha, gint64 limit_bytes, gint64 *size_bytes, GError **error)
{
  g_autofree char *name = pn_hex (sha, PN_SHA256_BYTES);
  g_autoptr (PnRows) rows =
      pn_db_query (db, head_sql, PN_ARGS (pn_bytes (sha, PN_SHA256_BYTES)), error);
  GByteArray *whole;
  const void *data;
  gsize size = 0;

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    no_such_blob (sha, error);
    return NULL;
  }
  *size_bytes = pn_rows_int (rows, 0);
  if (*size_bytes > MIN (limit_bytes, G_MAXINT32)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "the blob %s has %" G_GINT64_FORMAT " bytes, %" G_GINT64_FORMAT " are allowed",
                  name, *size_bytes, limit_bytes);
    return NULL;
  }
  whole = g_byte_array_sized_new ((guint) *size_bytes);
  data = pn_rows_bytes (rows, 1, &size);
  if (data != NULL)
    g_byte_array_append (whole, data, (guint) size);
  return whole;
}

GBytes *
pn_blob_load (PnDb *db, const guint8 sha[PN_SHA256_BYTES], gint64 limit_bytes, GError **error)
{
  gint64 size = 0;
  g_autoptr (GByteArray) whole = load_head (db, sha, limit_bytes, &size, error);
  guint8 found[PN_SHA256_BYTES];

  if (whole == NULL || !append_chunks (db, sha, whole, size, error))
    return NULL;
  pn_sha256 (whole->data, whole->len, found);
  if (memcmp (found, sha, PN_SHA256_BYTES) != 0) {
    g_autofree char *name = pn_hex (sha, PN_SHA256_BYTES);

    pn_error_set (error, PN_ERROR_PERMANENT, "the blob %s is damaged in the database", name);
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&whole));
}

/* Adds those rows whose bytes are what their name says. */
static void
add_small (PnRows *rows, GHashTable *found)
{
  while (pn_rows_next (rows)) {
    g_autoptr (GBytes) name = pn_rows_gbytes (rows, 0);
    g_autoptr (GBytes) bytes = pn_rows_gbytes (rows, 1);
    gsize size;
    const void *data = g_bytes_get_data (bytes, &size);
    guint8 sha[PN_SHA256_BYTES];

    pn_sha256 (data, size, sha);
    if (g_bytes_get_size (name) == sizeof sha
        && memcmp (g_bytes_get_data (name, NULL), sha, sizeof sha) == 0)
      g_hash_table_replace (found, g_steal_pointer (&name), g_steal_pointer (&bytes));
  }
}

GHashTable *
pn_blob_load_small (PnDb *db, const GPtrArray *names, GError **error)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (
      g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, (GDestroyNotify) g_bytes_unref);

  for (guint done = 0; done < names->len; done += PN_AHEAD_KEYS) {
    PnValue args[PN_AHEAD_KEYS + 1];
    g_autoptr (PnRows) rows = NULL;

    for (guint i = 0; i < PN_AHEAD_KEYS; i++)
      args[i] = pn_gbytes (names->pdata[MIN (done + i, names->len - 1)]);
    args[PN_AHEAD_KEYS] = pn_int (PN_BLOB_TINY_BYTES);
    rows = pn_db_query (db, small_sql, args, G_N_ELEMENTS (args), error);
    if (rows == NULL)
      return NULL;
    add_small (rows, found);
  }
  return g_steal_pointer (&found);
}
