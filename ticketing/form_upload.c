#include "ticketing/form.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"
#include "ticketing/core/file.h"

#define SWEPT 20 /* uploads a call */
#define FINISHED_LIFE (10 * PN_MINUTE)

static const char sum_sql[] = "SELECT COALESCE(SUM(size_bytes), 0), COALESCE(SUM(form_key = ?), 0)"
                              " FROM form_upload";

static const char insert_sql[] =
    "INSERT INTO form_upload (form_key, digest, name, type, declared_type, size_bytes, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)";

static const char chunk_sql[] = "INSERT IGNORE INTO form_upload_chunk (upload_id, seq, data)"
                                " VALUES (?, ?, ?)";

static const char whole_sql[] = "UPDATE form_upload SET is_whole = 1 WHERE id = ?";

static const char list_sql[] = "SELECT id, name, type, declared_type, size_bytes FROM form_upload"
                               " WHERE form_key = ? AND is_whole = 1"
                               " ORDER BY id"
                               " LIMIT 20";

static const char read_sql[] = "SELECT data FROM form_upload_chunk WHERE upload_id = ? AND seq = ?";

static const char old_sql[] = "SELECT id FROM form_upload WHERE created_at < ? LIMIT 20";

static const char own_sql[] = "SELECT id FROM form_upload WHERE form_key = ? LIMIT 20";

static const char finish_sql[] = "UPDATE form_upload SET created_at = LEAST(created_at, ?)"
                                 " WHERE form_key = ?";

static const char find_sql[] = "SELECT id FROM form_upload WHERE form_key = ? AND id = ?";

static const char remove_chunks_sql[] = "DELETE FROM form_upload_chunk WHERE upload_id = ?";

static const char remove_sql[] = "DELETE FROM form_upload WHERE id = ?";

static void
upload_free (gpointer data)
{
  PnFormUpload *upload = data;

  g_free (upload->name);
  g_free (upload->type);
  g_free (upload->declared_type);
  g_free (upload);
}

static gboolean
check_room (PnDb *db, const guint8 *key_hash, gint64 size_bytes, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, sum_sql, PN_ARGS (pn_bytes (key_hash, PN_SHA256_BYTES)), error);

  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  if (pn_rows_int (rows, 0) + size_bytes <= PN_FORM_UPLOADS_LIMIT_BYTES
      && pn_rows_int (rows, 1) < 2 * PN_FORM_FILES_MAX)
    return TRUE;
  pn_error_set (error, PN_ERROR_TEMPORARY, "too many files wait for forms that are not sent");
  return FALSE;
}

/* Returns: the bytes read at @at, 0 at the end, -1 with an error. */
static ssize_t
read_part (int fd, guint8 *buffer, off_t at, GError **error)
{
  ssize_t n;

  do
    n = pread (fd, buffer, PN_BLOB_CHUNK_BYTES, at);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't read an upload: %s", g_strerror (errno));
  return n;
}

/* Small writes of their own: a Galera node takes them one by one. */
static gboolean
write_chunks (PnDb *db, gint64 id, int fd, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (PN_BLOB_CHUNK_BYTES);
  off_t at = 0;
  ssize_t n;

  for (gint64 seq = 0; (n = read_part (fd, buffer, at, error)) > 0; seq++) {
    at += n;
    if (!pn_db_exec (db, chunk_sql,
                     PN_ARGS (pn_int (id), pn_int (seq), pn_bytes (buffer, (gsize) n)), NULL,
                     error))
      return FALSE;
  }
  return n == 0;
}

static gboolean
make_digest (const PnFormUpload *upload, int fd, guint8 digest[PN_SHA256_BYTES], GError **error)
{
  g_autoptr (PnSha256) sum = pn_sha256_new ();
  g_autofree guint8 *buffer = g_malloc (PN_BLOB_CHUNK_BYTES);
  off_t at = 0;
  ssize_t n;

  pn_sha256_add (sum, upload->name, strlen (upload->name) + 1);
  while ((n = read_part (fd, buffer, at, error)) > 0) {
    pn_sha256_add (sum, buffer, (gsize) n);
    at += n;
  }
  pn_sha256_end (sum, digest);
  return n == 0;
}

gboolean
pn_form_upload_add (PnDb *db, const guint8 key_hash[32], const PnFormUpload *upload, int fd,
                    GError **error)
{
  guint8 digest[PN_SHA256_BYTES];
  gint64 id;

  return make_digest (upload, fd, digest, error)
         && check_room (db, key_hash, upload->size_bytes, error)
         && pn_db_insert (db, insert_sql,
                          PN_ARGS (pn_bytes (key_hash, PN_SHA256_BYTES),
                                   pn_bytes (digest, PN_SHA256_BYTES), pn_text (upload->name),
                                   pn_text (upload->type), pn_text (upload->declared_type),
                                   pn_int (upload->size_bytes), pn_int (pn_clock_now ())),
                          &id, error)
         && write_chunks (db, id, fd, error)
         && pn_db_exec (db, whole_sql, PN_ARGS (pn_int (id)), NULL, error);
}

GPtrArray *
pn_form_upload_list (PnDb *db, const guint8 key_hash[32], GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, list_sql, PN_ARGS (pn_bytes (key_hash, PN_SHA256_BYTES)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (upload_free);
  while (pn_rows_next (rows)) {
    PnFormUpload *upload = g_new0 (PnFormUpload, 1);

    upload->id = pn_rows_int (rows, 0);
    upload->name = g_strdup (pn_rows_text (rows, 1));
    upload->type = g_strdup (pn_rows_text (rows, 2));
    upload->declared_type = g_strdup (pn_rows_text (rows, 3));
    upload->size_bytes = pn_rows_int (rows, 4);
    g_ptr_array_add (list, upload);
  }
  return list;
}

gboolean
pn_form_upload_read (PnDb *db, gint64 id, int fd, GError **error)
{
  for (gint64 seq = 0;; seq++) {
    g_autoptr (PnRows) rows =
        pn_db_query (db, read_sql, PN_ARGS (pn_int (id), pn_int (seq)), error);
    const guint8 *bytes;
    gsize size = 0;

    if (rows == NULL)
      return FALSE;
    if (!pn_rows_next (rows))
      return TRUE;
    bytes = pn_rows_bytes (rows, 0, &size);
    if (!pn_file_write (fd, bytes, size, "an upload", error))
      return FALSE;
  }
}

static gboolean
remove_upload (PnDb *db, gint64 id, GError **error)
{
  return pn_db_exec (db, remove_chunks_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_db_exec (db, remove_sql, PN_ARGS (pn_int (id)), NULL, error);
}

gboolean
pn_form_upload_remove (PnDb *db, const guint8 key_hash[32], gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, find_sql, PN_ARGS (pn_bytes (key_hash, PN_SHA256_BYTES), pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  return !pn_rows_next (rows) || remove_upload (db, id, error);
}

gboolean
pn_form_upload_finish (PnDb *db, const guint8 key_hash[32], GError **error)
{
  return pn_db_exec (db, finish_sql,
                     PN_ARGS (pn_int (pn_clock_now () - PN_FORM_UPLOAD_LIFE + FINISHED_LIFE),
                              pn_bytes (key_hash, PN_SHA256_BYTES)),
                     NULL, error);
}

gboolean
pn_form_upload_sweep (PnDb *db, const guint8 *key_hash, GError **error)
{
  g_autoptr (PnRows) rows =
      key_hash != NULL
          ? pn_db_query (db, own_sql, PN_ARGS (pn_bytes (key_hash, PN_SHA256_BYTES)), error)
          : pn_db_query (db, old_sql, PN_ARGS (pn_int (pn_clock_now () - PN_FORM_UPLOAD_LIFE)),
                         error);
  gint64 ids[SWEPT];
  guint n = 0;

  if (rows == NULL)
    return FALSE;
  while (n < SWEPT && pn_rows_next (rows))
    ids[n++] = pn_rows_int (rows, 0);
  for (guint i = 0; i < n; i++) {
    if (!remove_upload (db, ids[i], error))
      return FALSE;
  }
  return TRUE;
}
