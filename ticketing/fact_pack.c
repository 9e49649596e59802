#include "ticketing/core/error.h"
#include "ticketing/deadline.h"
#include "ticketing/fact_private.h"
#include "ticketing/ticket.h"

/* In the order of PnFactColumn; times and durations as they are stored. */
static const char tickets_sql[] =
    "SELECT ticket_id, created_at, responded_at, first_solved_at, solved_at, queue_id, agent_id,"
    " team_id, organisation_id, policy_id, channel, priority, response_seconds,"
    " response_business_seconds, solve_seconds, solve_business_seconds, reopens, answers,"
    " asked_at, scored_at, score, status"
    " FROM ticket_fact"
    " WHERE ticket_id >= ? AND ticket_id < ?"
    " ORDER BY ticket_id";

static const char answers_sql[] =
    "SELECT ticket_id, answered_at, waited_since, wait_seconds, wait_business_seconds, agent_id,"
    " is_first"
    " FROM answer_fact"
    " WHERE ticket_id >= ? AND ticket_id < ?"
    " ORDER BY ticket_id, message_id";

static const char deadlines_sql[] =
    "SELECT ticket_id, metric, due_at, done_at, policy_id FROM deadline"
    " WHERE ticket_id >= ? AND ticket_id < ? AND due_at < ? AND state <> ?"
    " ORDER BY ticket_id, metric, round";

static const char tags_sql[] = "SELECT t.ticket_id, f.id FROM ticket_tag t"
                               " JOIN fact_tag f ON f.tag = t.tag"
                               " WHERE t.ticket_id >= ? AND t.ticket_id < ?"
                               " ORDER BY t.ticket_id, f.id";

static const char dirty_sql[] = "SELECT segment, changes FROM fact_dirty"
                                " ORDER BY changes DESC, segment"
                                " LIMIT ?";

static const char clean_sql[] = "DELETE FROM fact_dirty WHERE segment = ? AND changes = ?";

static const char block_sql[] =
    "REPLACE INTO fact_block (column_no, segment, data) VALUES (?, ?, ?)";

static const char segment_sql[] =
    "REPLACE INTO fact_segment (segment, first_at, last_at, unsolved) VALUES (?, ?, ?, ?)";

#define STATUS_COLUMN 21

/* Times are kept in microseconds and packed in seconds. */
#define TIMES                                                                                      \
  (PN_FACT_BIT (PN_FACT_CREATED) | PN_FACT_BIT (PN_FACT_RESPONDED)                                 \
   | PN_FACT_BIT (PN_FACT_FIRST_SOLVED) | PN_FACT_BIT (PN_FACT_SOLVED)                             \
   | PN_FACT_BIT (PN_FACT_ASKED) | PN_FACT_BIT (PN_FACT_SCORED) | PN_FACT_BIT (PN_FACT_ANSWERED)   \
   | PN_FACT_BIT (PN_FACT_WAITED_SINCE) | PN_FACT_BIT (PN_FACT_DUE) | PN_FACT_BIT (PN_FACT_DONE))

void
pn_fact_rows_free (PnFactRows *rows)
{
  if (rows == NULL)
    return;
  for (guint i = 0; i < PN_FACT_COLUMNS; i++)
    g_array_unref (rows->columns[i]);
  g_free (rows);
}

static gboolean
append (PnFactRows *self, PnFactColumn column, gint64 value, GError **error)
{
  guint32 packed;

  if ((TIMES & PN_FACT_BIT (column)) != 0) {
    self->last_at = MAX (self->last_at, value);
    value /= PN_SECOND;
  }
  if (value < 0 || value > G_MAXUINT32) {
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "fact %d has the value %" G_GINT64_FORMAT ", which can't be packed", (int) column,
                  value);
    return FALSE;
  }
  packed = (guint32) value;
  g_array_append_val (self->columns[column], packed);
  return TRUE;
}

static gboolean
read_tickets (PnFactRows *self, PnRows *rows, GError **error)
{
  while (pn_rows_next (rows)) {
    PnTime created_at = pn_rows_int (rows, PN_FACT_CREATED);

    for (guint i = 0; i < PN_FACT_FIRST_ANSWER; i++) {
      if (!append (self, (PnFactColumn) i, pn_rows_int (rows, i), error))
        return FALSE;
    }
    if (self->first_at == 0 || created_at < self->first_at)
      self->first_at = created_at;
    self->unsolved += pn_rows_int (rows, STATUS_COLUMN) < PN_STATUS_SOLVED ? 1 : 0;
  }
  return TRUE;
}

/* @rows are in the order of tickets. @first: the column of the ticket's row; the others follow. */
static gboolean
read_details (PnFactRows *self, PnRows *rows, PnFactColumn first, guint n_columns, GError **error)
{
  const GArray *tickets = self->columns[PN_FACT_TICKET];
  guint row = 0;

  while (pn_rows_next (rows)) {
    gint64 id = pn_rows_int (rows, 0);

    while (row < tickets->len && g_array_index (tickets, guint32, row) < id)
      row++;
    if (row == tickets->len || g_array_index (tickets, guint32, row) != id)
      continue;
    if (!append (self, first, row, error))
      return FALSE;
    for (guint i = 1; i < n_columns; i++) {
      if (!append (self, (PnFactColumn) (first + i), pn_rows_int (rows, i), error))
        return FALSE;
    }
  }
  return TRUE;
}

PnFactRows *
pn_fact_rows_load (PnDb *db, gint64 segment, GError **error)
{
  const PnValue args[] = { pn_int (segment * PN_FACT_SEGMENT),
                           pn_int ((segment + 1) * PN_FACT_SEGMENT), pn_int (PN_HOURS_NEVER),
                           pn_int (PN_DEADLINE_DROPPED) };
  g_autoptr (PnFactRows) self = g_new0 (PnFactRows, 1);
  g_autoptr (PnRows) tickets = pn_db_query (db, tickets_sql, args, 2, error);
  g_autoptr (PnRows) answers =
      tickets != NULL ? pn_db_query (db, answers_sql, args, 2, error) : NULL;
  g_autoptr (PnRows) deadlines =
      answers != NULL ? pn_db_query (db, deadlines_sql, args, 4, error) : NULL;
  g_autoptr (PnRows) tags = deadlines != NULL ? pn_db_query (db, tags_sql, args, 2, error) : NULL;

  for (guint i = 0; i < PN_FACT_COLUMNS; i++)
    self->columns[i] = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (tags == NULL || !read_tickets (self, tickets, error)
      || !read_details (self, answers, PN_FACT_FIRST_ANSWER,
                        PN_FACT_FIRST_DEADLINE - PN_FACT_FIRST_ANSWER, error)
      || !read_details (self, deadlines, PN_FACT_FIRST_DEADLINE,
                        PN_FACT_FIRST_TAG - PN_FACT_FIRST_DEADLINE, error)
      || !read_details (self, tags, PN_FACT_FIRST_TAG, PN_FACT_COLUMNS - PN_FACT_FIRST_TAG, error))
    return NULL;
  return g_steal_pointer (&self);
}

typedef struct {
  gint64 segment;
  gint64 changes;
} Dirty;

/* Blocks are in the order of this machine's bytes where that is the little end first; see pn_fact_scan (). */
static gboolean
write_block (PnDb *db, gint64 segment, guint column, const GArray *values, GError **error)
{
  g_autofree guint32 *packed = g_new (guint32, values->len + 1);

  for (guint i = 0; i < values->len; i++)
    packed[i] = GUINT32_TO_LE (g_array_index (values, guint32, i));
  return pn_db_exec (db, block_sql,
                     PN_ARGS (pn_int (column), pn_int (segment),
                              pn_bytes (packed, values->len * sizeof (guint32))),
                     NULL, error);
}

/* Whoever changes the segment meanwhile raises its number of changes, and it stays unpacked. */
static gboolean
pack (PnDb *db, gpointer data, GError **error)
{
  const Dirty *dirty = data;
  gint64 affected;
  g_autoptr (PnFactRows) rows = NULL;

  if (!pn_db_exec (db, clean_sql, PN_ARGS (pn_int (dirty->segment), pn_int (dirty->changes)),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    return TRUE;
  rows = pn_fact_rows_load (db, dirty->segment, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < PN_FACT_COLUMNS; i++) {
    if (!write_block (db, dirty->segment, i, rows->columns[i], error))
      return FALSE;
  }
  return pn_db_exec (db, segment_sql,
                     PN_ARGS (pn_int (dirty->segment), pn_int (rows->first_at),
                              pn_int (rows->last_at), pn_int (rows->unsolved)),
                     NULL, error);
}

gboolean
pn_fact_pack (PnDb *db, guint limit, guint *done, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, dirty_sql, PN_ARGS (pn_int (limit)), error);

  *done = 0;
  if (rows == NULL)
    return FALSE;
  for (; pn_rows_next (rows); (*done)++) {
    Dirty dirty = { pn_rows_int (rows, 0), pn_rows_int (rows, 1) };

    if (!pn_db_run (db, pack, &dirty, error))
      return FALSE;
  }
  return TRUE;
}
