#include "ticketing/blob_sweep.h"

#include <string.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/spool.h"

#define PORTION 500
#define RECORD_BYTES (64 * 1024 * 1024) /* of a mail that waits, without its files */
#define FILTER_ROWS_MIN (64 * 1024)
#define FILTER_ROWS_MAX (64 * 1024 * 1024)
#define BITS_OF_ROW 16
#define HASHES 4

struct PnBlobSweep {
  PnBlobSweepOthers others;
  PnTime began_at; /* 0: none is going on */
  gsize place;     /* the source that is marked; G_N_ELEMENTS (sources): blobs are freed */
  gint64 after_id;
  guint8 after_sha[PN_SHA256_BYTES];
  guint32 salt;
  guint32 *filter;
  guint64 n_bits;
  gint64 blobs;
  gint64 size_bytes;
};

static const char claim_sql[] = "UPDATE blob_sweep SET next_at = ?"
                                " WHERE id = 1 AND next_at <= ?";
static const char size_sql[] = "SELECT (SELECT COALESCE(MAX(id), 0) FROM spool)"
                               " + (SELECT COALESCE(MAX(id), 0) FROM message)"
                               " + (SELECT COALESCE(MAX(id), 0) FROM attachment)"
                               " + (SELECT COALESCE(MAX(id), 0) FROM outbox)";
static const char blobs_sql[] = "SELECT sha, created_at, GREATEST(size_bytes, 0) FROM `blob`"
                                " WHERE sha > ?"
                                " ORDER BY sha"
                                " LIMIT ?";
static const char free_sql[] = "DELETE FROM `blob` WHERE sha = ? AND created_at = ?";
static const char chunks_sql[] = "DELETE FROM blob_chunk WHERE sha = ?";
static const char count_sql[] =
    "UPDATE blob_sweep SET blobs = blobs + 1, size_bytes = size_bytes + ?"
    " WHERE id = 1";
static const char done_sql[] = "UPDATE blob_sweep SET finished_at = ? WHERE id = 1";
static const char figures_sql[] =
    "SELECT COALESCE(finished_at, 0), blobs, size_bytes FROM blob_sweep WHERE id = 1";

/* The bits that stand for a name. Names are evenly spread already; the salt makes chance meetings others each time. */
static guint64
bit_of (const PnBlobSweep *self, const guint8 *sha, guint i)
{
  guint64 word;

  memcpy (&word, sha + i * sizeof word, sizeof word);
  return (word ^ ((guint64) self->salt << 17)) % self->n_bits;
}

void
pn_blob_sweep_keep (PnBlobSweep *self, const guint8 sha[PN_SHA256_BYTES])
{
  for (guint i = 0; i < HASHES; i++) {
    const guint64 bit = bit_of (self, sha, i);

    self->filter[bit / 32] |= 1U << bit % 32;
  }
}

static gboolean
is_kept (const PnBlobSweep *self, const guint8 *sha)
{
  for (guint i = 0; i < HASHES; i++) {
    const guint64 bit = bit_of (self, sha, i);

    if ((self->filter[bit / 32] & 1U << bit % 32) == 0)
      return FALSE;
  }
  return TRUE;
}

static void
keep_column (PnBlobSweep *self, const PnRows *rows, guint column)
{
  gsize size = 0;
  const guint8 *sha = pn_rows_bytes (rows, column, &size);

  if (sha != NULL && size == PN_SHA256_BYTES)
    pn_blob_sweep_keep (self, sha);
}

static gboolean
mark_names (PnBlobSweep *self, PnDb *db, const PnRows *rows, GError **error)
{
  keep_column (self, rows, 1);
  return TRUE;
}

static void
keep_hex (PnBlobSweep *self, const char *hex)
{
  guint8 sha[PN_SHA256_BYTES];

  if (hex != NULL && pn_hex_read (hex, sha, sizeof sha))
    pn_blob_sweep_keep (self, sha);
}

/* What a letter is ordered with: {"files": [{"sha"}]}. */
static gboolean
mark_document (PnBlobSweep *self, PnDb *db, const PnRows *rows, GError **error)
{
  const char *text = pn_rows_text (rows, 1);
  g_autoptr (json_t) document = text != NULL ? json_loads (text, 0, NULL) : NULL;
  const json_t *file;
  size_t i;

  json_array_foreach (json_object_get (document, "files"), i, file)
      keep_hex (self, pn_json_get_text (file, "sha"));
  return TRUE;
}

/* The raw bytes, the record; and, of what waits or is held, the files that stand in its record alone. */
static gboolean
mark_delivery (PnBlobSweep *self, PnDb *db, const PnRows *rows, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) problem = NULL;
  const guint8 *record;
  gsize size;

  keep_column (self, rows, 1);
  keep_column (self, rows, 2);
  record = pn_rows_bytes (rows, 3, &size);
  if (record == NULL)
    return TRUE;
  bytes = pn_blob_load (db, record, RECORD_BYTES, &problem);
  if (bytes == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  names = bytes != NULL ? pn_spool_record_blobs (bytes) : NULL;
  for (guint i = 0; names != NULL && i < names->len; i++)
    pn_blob_sweep_keep (self, g_bytes_get_data (names->pdata[i], NULL));
  return TRUE;
}

/* Every place that names a blob. A place comes before the one that takes names over from it. A row: the id, then what
 * the function reads. tests/lint/test-blobs.py compares the list with the schema. */
static const struct {
  const char *columns; /* "table.column", with spaces between */
  const char *sql;     /* NULL: not here */
  gboolean (*mark) (PnBlobSweep *self, PnDb *db, const PnRows *rows, GError **error);
} sources[] = {
  { "outbox.document",
    "SELECT id, IF(LOCATE('\"files\"', document) > 0, document, NULL) FROM outbox"
    " WHERE id > ?"
    " ORDER BY id LIMIT ?",
    mark_document },
  { "spool.raw_sha spool.record_sha",
    "SELECT id, raw_sha, record_sha, IF(state IN (0, 2, 3) AND (record_sha IS NOT NULL OR format = 1),"
    " COALESCE(record_sha, raw_sha), NULL) FROM spool"
    " WHERE id > ?"
    " ORDER BY id LIMIT ?",
    mark_delivery },
  { "message.raw_sha",
    "SELECT id, raw_sha FROM message"
    " WHERE id > ? AND raw_sha IS NOT NULL"
    " ORDER BY id LIMIT ?",
    mark_names },
  { "attachment.sha", "SELECT id, sha FROM attachment WHERE id > ? ORDER BY id LIMIT ?",
    mark_names },
  { "outbox.raw_sha",
    "SELECT id, raw_sha FROM outbox"
    " WHERE id > ? AND raw_sha IS NOT NULL"
    " ORDER BY id LIMIT ?",
    mark_names },
  { "kb_image.sha", NULL, NULL },            /* others () */
  { "blob.sha blob_chunk.sha", NULL, NULL }, /* themselves */
  { "removal_file.sha", NULL, NULL },        /* a removal's own to free */
};

PnBlobSweep *
pn_blob_sweep_new (PnBlobSweepOthers others)
{
  PnBlobSweep *self = g_new0 (PnBlobSweep, 1);

  self->others = others;
  return self;
}

static void
end (PnBlobSweep *self)
{
  g_clear_pointer (&self->filter, g_free);
  *self = (PnBlobSweep){ .others = self->others };
}

void
pn_blob_sweep_free (PnBlobSweep *self)
{
  if (self == NULL)
    return;
  end (self);
  g_free (self);
}

/* When it is time, and nobody else did. */
static gboolean
begin (PnBlobSweep *self, PnDb *db, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = NULL;
  gint64 claimed = 0;
  gint64 n_rows;

  if (!pn_db_exec (db, claim_sql, PN_ARGS (pn_int (now + PN_BLOB_SWEEP_PERIOD), pn_int (now)),
                   &claimed, error))
    return FALSE;
  if (claimed == 0)
    return TRUE;
  rows = pn_db_query (db, size_sql, PN_NO_ARGS, error);
  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  n_rows = CLAMP (pn_rows_int (rows, 0), FILTER_ROWS_MIN, FILTER_ROWS_MAX);
  self->n_bits = (guint64) n_rows * BITS_OF_ROW;
  self->filter = g_new0 (guint32, self->n_bits / 32 + 1);
  self->salt = g_random_int ();
  self->began_at = now;
  return TRUE;
}

static gboolean
mark (PnBlobSweep *self, PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = NULL;

  if (sources[self->place].sql != NULL) {
    rows = pn_db_query (db, sources[self->place].sql,
                        PN_ARGS (pn_int (self->after_id), pn_int (PORTION)), error);
    if (rows == NULL)
      return FALSE;
    while (pn_rows_next (rows)) {
      self->after_id = pn_rows_int (rows, 0);
      if (!sources[self->place].mark (self, db, rows, error))
        return FALSE;
    }
    if (pn_rows_count (rows) == PORTION)
      return TRUE;
  }
  self->place++;
  self->after_id = 0;
  return self->place < G_N_ELEMENTS (sources) || self->others (self, db, error);
}

typedef struct {
  const guint8 *sha;
  gint64 created_at;
  gint64 size_bytes;
  gboolean is_freed;
} Freeing;

/* What was stored again meanwhile stays. */
static gboolean
free_blob (PnDb *db, gpointer data, GError **error)
{
  Freeing *freeing = data;
  const PnValue name = pn_bytes (freeing->sha, PN_SHA256_BYTES);
  gint64 freed = 0;

  if (!pn_db_exec (db, free_sql, PN_ARGS (name, pn_int (freeing->created_at)), &freed, error))
    return FALSE;
  freeing->is_freed = freed > 0;
  if (freed == 0)
    return TRUE;
  if (!pn_db_exec (db, chunks_sql, PN_ARGS (name), NULL, error)
      || !pn_db_exec (db, count_sql, PN_ARGS (pn_int (freeing->size_bytes)), NULL, error))
    return FALSE;
  PN_CRASH_POINT ("blob-sweep");
  return TRUE;
}

static gboolean
free_one (PnBlobSweep *self, PnDb *db, const PnRows *rows, GError **error)
{
  Freeing freeing = { self->after_sha, pn_rows_int (rows, 1), pn_rows_int (rows, 2), FALSE };

  if (freeing.created_at >= self->began_at - PN_BLOB_GRACE || is_kept (self, self->after_sha))
    return TRUE;
  if (!pn_db_run (db, free_blob, &freeing, error))
    return FALSE;
  self->blobs += freeing.is_freed ? 1 : 0;
  self->size_bytes += freeing.is_freed ? freeing.size_bytes : 0;
  return TRUE;
}

static gboolean
free_portion (PnBlobSweep *self, PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, blobs_sql,
                   PN_ARGS (pn_bytes (self->after_sha, PN_SHA256_BYTES), pn_int (PORTION)), error);
  gsize size;

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    memcpy (self->after_sha, pn_rows_bytes (rows, 0, &size), PN_SHA256_BYTES);
    if (!free_one (self, db, rows, error))
      return FALSE;
  }
  if (pn_rows_count (rows) == PORTION)
    return TRUE;
  if (!pn_db_exec (db, done_sql, PN_ARGS (pn_int (pn_clock_now ())), NULL, error))
    return FALSE;
  if (self->blobs > 0)
    pn_log (PN_LOG_INFO, "blobs-freed", "blobs=%" G_GINT64_FORMAT " size_bytes=%" G_GINT64_FORMAT,
            self->blobs, self->size_bytes);
  end (self);
  return TRUE;
}

gboolean
pn_blob_sweep_work (PnBlobSweep *self, PnDb *db, gboolean *is_working, GError **error)
{
  const gboolean is_good = self->began_at == 0                    ? begin (self, db, error)
                           : self->place < G_N_ELEMENTS (sources) ? mark (self, db, error)
                                                                  : free_portion (self, db, error);

  if (!is_good)
    end (self);
  *is_working = self->began_at != 0;
  return is_good;
}

gboolean
pn_blob_sweep_is_marked (const PnBlobSweep *self)
{
  return self->began_at != 0 && self->place == G_N_ELEMENTS (sources);
}

gboolean
pn_blob_sweep_load (PnDb *db, PnBlobSweepFigures *figures, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, figures_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *figures = (PnBlobSweepFigures){ 0 };
  if (pn_rows_next (rows))
    *figures =
        (PnBlobSweepFigures){ pn_rows_int (rows, 0), pn_rows_int (rows, 1), pn_rows_int (rows, 2) };
  return TRUE;
}
