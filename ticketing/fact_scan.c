#include "ticketing/core/error.h"
#include "ticketing/fact_private.h"

#define CHUNK 32 /* segments whose blocks are read at a time */

/* What is there, packed or not; the rows of what is not are read. */
static const char segments_sql[] =
    "SELECT segment, first_at, last_at, unsolved, 0 FROM fact_segment"
    " WHERE segment NOT IN (SELECT segment FROM fact_dirty)"
    " UNION ALL SELECT segment, 0, 0, 0, 1 FROM fact_dirty"
    " ORDER BY 1";

static const char blocks_sql[] = "SELECT segment, data FROM fact_block"
                                 " WHERE column_no = ? AND segment BETWEEN ? AND ?"
                                 " ORDER BY segment";

typedef struct {
  gint64 segment;
  gboolean is_dirty;
} Part;

typedef struct {
  const PnFactScan *scan;
  PnFactFunc func;
  gpointer data;
} Scan;

static gboolean
is_wanted (const PnFactScan *scan, const PnRows *rows)
{
  const PnTime first_at = pn_rows_int (rows, 1);
  const PnTime last_at = pn_rows_int (rows, 2);

  if (pn_rows_int (rows, 4) != 0)
    return TRUE;
  return first_at < scan->to * PN_SECOND
         && (last_at >= scan->from * PN_SECOND || (scan->with_open && pn_rows_int (rows, 3) > 0));
}

static GArray *
find_parts (PnDb *db, const PnFactScan *scan, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, segments_sql, PN_NO_ARGS, error);
  GArray *parts;

  if (rows == NULL)
    return NULL;
  parts = g_array_new (FALSE, FALSE, sizeof (Part));
  while (pn_rows_next (rows)) {
    Part part = { pn_rows_int (rows, 0), pn_rows_int (rows, 4) != 0 };

    if (is_wanted (scan, rows))
      g_array_append_val (parts, part);
  }
  return parts;
}

static void
set_counts (PnFactSegment *segment, const gsize counts[PN_FACT_COLUMNS])
{
  for (guint i = 0; i < PN_FACT_COLUMNS; i++) {
    if (segment->column[i] == NULL)
      continue;
    if (i < PN_FACT_FIRST_ANSWER)
      segment->n_tickets = counts[i];
    else if (i < PN_FACT_FIRST_DEADLINE)
      segment->n_answers = counts[i];
    else if (i < PN_FACT_FIRST_TAG)
      segment->n_deadlines = counts[i];
    else
      segment->n_tags = counts[i];
  }
}

static gboolean
give_rows (PnDb *db, const Scan *self, gint64 number, GError **error)
{
  g_autoptr (PnFactRows) rows = pn_fact_rows_load (db, number, error);
  PnFactSegment segment = { 0 };
  gsize counts[PN_FACT_COLUMNS] = { 0 };

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < PN_FACT_COLUMNS; i++) {
    if ((self->scan->columns & PN_FACT_BIT (i)) == 0)
      continue;
    segment.column[i] = (const guint32 *) (gpointer) rows->columns[i]->data;
    counts[i] = rows->columns[i]->len;
  }
  set_counts (&segment, counts);
  return self->func (&segment, self->data, error);
}

/* The blocks of some segments, a result a column; NULL where a column was not asked for. */
typedef struct {
  PnRows *rows[PN_FACT_COLUMNS];
} Blocks;

static void
blocks_clear (Blocks *blocks)
{
  for (guint i = 0; i < PN_FACT_COLUMNS; i++)
    g_clear_pointer (&blocks->rows[i], pn_rows_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Blocks, blocks_clear)

static gboolean
blocks_load (Blocks *blocks, PnDb *db, guint64 columns, gint64 first, gint64 last, GError **error)
{
  for (guint i = 0; i < PN_FACT_COLUMNS; i++) {
    if ((columns & PN_FACT_BIT (i)) == 0)
      continue;
    blocks->rows[i] =
        pn_db_query (db, blocks_sql, PN_ARGS (pn_int (i), pn_int (first), pn_int (last)), error);
    if (blocks->rows[i] == NULL || !pn_rows_next (blocks->rows[i])) {
      if (blocks->rows[i] != NULL)
        pn_error_set (error, PN_ERROR_PERMANENT,
                      "the figures of column %u are not packed; run: postern report rebuild", i);
      return FALSE;
    }
  }
  return TRUE;
}

/* Goes on to the block of segment @number. Returns: NULL when it is not there. */
static const guint32 *
find_block (PnRows *rows, gint64 number, gsize *n)
{
  gsize size_bytes;
  const void *bytes;

  while (pn_rows_int (rows, 0) < number) {
    if (!pn_rows_next (rows))
      return NULL;
  }
  bytes = pn_rows_bytes (rows, 1, &size_bytes);
  *n = size_bytes / sizeof (guint32);
  return bytes;
}

static gboolean
give_blocks (Blocks *blocks, const Scan *self, gint64 number, GError **error)
{
  PnFactSegment segment = { 0 };
  gsize counts[PN_FACT_COLUMNS] = { 0 };
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "blocks are read as they lie; turn them here"
#endif

  for (guint i = 0; i < PN_FACT_COLUMNS; i++) {
    if (blocks->rows[i] == NULL)
      continue;
    segment.column[i] = find_block (blocks->rows[i], number, &counts[i]);
    if (segment.column[i] == NULL) {
      pn_error_set (error, PN_ERROR_PERMANENT,
                    "segment %" G_GINT64_FORMAT " of the figures lacks a block", number);
      return FALSE;
    }
  }
  set_counts (&segment, counts);
  return self->func (&segment, self->data, error);
}

static gboolean
give_chunk (PnDb *db, const Scan *self, const Part *parts, guint n, GError **error)
{
  g_auto (Blocks) blocks = { 0 };
  gboolean has_packed = FALSE;

  for (guint i = 0; i < n; i++)
    has_packed = has_packed || !parts[i].is_dirty;
  if (has_packed
      && !blocks_load (&blocks, db, self->scan->columns, parts[0].segment, parts[n - 1].segment,
                       error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!(parts[i].is_dirty ? give_rows (db, self, parts[i].segment, error)
                            : give_blocks (&blocks, self, parts[i].segment, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_all (PnDb *db, gpointer data, GError **error)
{
  const Scan *self = data;
  g_autoptr (GArray) parts = find_parts (db, self->scan, error);

  if (parts == NULL)
    return FALSE;
  for (guint first = 0; first < parts->len; first += CHUNK) {
    if (!give_chunk (db, self, &g_array_index (parts, Part, first), MIN (CHUNK, parts->len - first),
                     error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_fact_scan (PnDb *db, const PnFactScan *scan, PnFactFunc func, gpointer data, GError **error)
{
  Scan self = { scan, func, data };

  return scan_all (db, &self, error);
}
