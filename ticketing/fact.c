#include "ticketing/fact.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/fact_private.h"

#define PLACES_8 "?, ?, ?, ?, ?, ?, ?, ?"
#define PLACES_64                                                                                  \
  PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8     \
           ", " PLACES_8
#define MARKS 64
#define REBUILT 256 /* tickets at a time */
#define BEHIND 256  /* marks; a clerk makes as many in a round */

static const char mark_sql[] = "INSERT INTO fact_mark (ticket_id) VALUES (?)";

static const char marks_sql[] = "SELECT id, ticket_id FROM fact_mark ORDER BY id LIMIT ?";

/* By id: a range would lock the gap that filing inserts into. */
static const char unmark_sql[] = "DELETE FROM fact_mark WHERE id IN (" PLACES_64 ")";

static const char rebuild_sql[] =
    "INSERT INTO fact_rebuild (id, next_ticket, is_done) VALUES (1, 0, 0)"
    " ON DUPLICATE KEY UPDATE next_ticket = 0, is_done = 0";

static const char rebuild_state_sql[] =
    "SELECT next_ticket, is_done, (SELECT COALESCE(MAX(id), 0) FROM ticket)"
    " FROM fact_rebuild WHERE id = 1";

static const char waiting_sql[] =
    "SELECT COUNT(*) FROM (SELECT id FROM fact_mark ORDER BY id LIMIT ?) m";

static const char next_ticket_sql[] = "SELECT COALESCE(MIN(id), 0) FROM ticket WHERE id >= ?";

static const char rebuilt_sql[] = "UPDATE fact_rebuild SET next_ticket = ?, is_done = ?"
                                  " WHERE id = 1 AND next_ticket = ? AND is_done = 0";

static const char tag_names_sql[] = "SELECT tag FROM fact_tag ORDER BY tag LIMIT ?";

static const char tags_sql[] = "SELECT id, tag FROM fact_tag ORDER BY id LIMIT ?";

#define TAGS 100000

gboolean
pn_fact_mark (PnDb *db, gint64 ticket_id, GError **error)
{
  return pn_db_later (db, mark_sql, PN_ARGS (pn_int (ticket_id)), FALSE, error);
}

typedef struct {
  guint limit;
  guint done;
} Work;

static int
by_id (gconstpointer left, gconstpointer right)
{
  const gint64 a = *(const gint64 *) left;
  const gint64 b = *(const gint64 *) right;

  return (a > b) - (a < b);
}

/* Tickets that follow each other, as new ones do, are made at once. Sorts @tickets. */
static gboolean
make_each (PnDb *db, GArray *tickets, GError **error)
{
  guint i = 0;

  g_array_sort (tickets, by_id);
  while (i < tickets->len) {
    const gint64 first = g_array_index (tickets, gint64, i);
    gint64 last = first;

    for (; i < tickets->len && g_array_index (tickets, gint64, i) <= last + 1; i++)
      last = g_array_index (tickets, gint64, i);
    if (!pn_fact_make (db, first, last, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
refresh (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;
  PnValue marks[MARKS];
  g_autoptr (GArray) tickets = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PnRows) rows =
      pn_db_query (db, marks_sql, PN_ARGS (pn_int (MIN (work->limit, MARKS))), error);

  work->done = 0;
  if (rows == NULL)
    return FALSE;
  for (; pn_rows_next (rows); work->done++) {
    gint64 id = pn_rows_int (rows, 1);

    marks[work->done] = pn_int (pn_rows_int (rows, 0));
    g_array_append_val (tickets, id);
  }
  if (work->done == 0)
    return TRUE;
  for (guint i = work->done; i < MARKS; i++)
    marks[i] = marks[0];
  return make_each (db, tickets, error) && pn_db_exec (db, unmark_sql, marks, MARKS, NULL, error);
}

gboolean
pn_fact_refresh (PnDb *db, guint limit, guint *done, GError **error)
{
  Work work = { .limit = limit };

  *done = 0;
  do {
    if (!pn_db_run (db, refresh, &work, error))
      return FALSE;
    PN_CRASH_POINT ("clerk-facts-made");
    *done += work.done;
    work.limit -= MIN (work.done, work.limit);
  } while (work.done == MARKS && work.limit > 0);
  return TRUE;
}

gboolean
pn_fact_rebuild (PnDb *db, GError **error)
{
  return pn_db_exec (db, rebuild_sql, PN_NO_ARGS, NULL, error);
}

gboolean
pn_fact_rebuild_state (PnDb *db, gint64 *next, gint64 *last, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, rebuild_state_sql, PN_NO_ARGS, error);
  gboolean is_going;

  if (rows == NULL)
    return FALSE;
  is_going = pn_rows_next (rows) && pn_rows_int (rows, 1) == 0;
  *next = is_going ? MAX (pn_rows_int (rows, 0), 1) : 0;
  *last = is_going ? pn_rows_int (rows, 2) : 0;
  return TRUE;
}

gboolean
pn_fact_is_behind (PnDb *db, gboolean *answer, GError **error)
{
  gint64 next;
  gint64 last;
  g_autoptr (PnRows) rows = pn_db_query (db, waiting_sql, PN_ARGS (pn_int (BEHIND)), error);

  if (rows == NULL || !pn_fact_rebuild_state (db, &next, &last, error))
    return FALSE;
  *answer = next != 0 || (pn_rows_next (rows) && pn_rows_int (rows, 0) == BEHIND);
  return TRUE;
}

/* Two clerks may do the same portion; the compare-and-set lets one go on. */
static gboolean
rebuild_portion (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;
  gint64 next;
  gint64 first;
  g_autoptr (PnRows) state = pn_db_query (db, rebuild_state_sql, PN_NO_ARGS, error);
  g_autoptr (PnRows) rows = NULL;

  work->done = 0;
  if (state == NULL)
    return FALSE;
  if (!pn_rows_next (state) || pn_rows_int (state, 1) != 0)
    return TRUE;
  next = pn_rows_int (state, 0);
  rows = pn_db_query (db, next_ticket_sql, PN_ARGS (pn_int (next)), error);
  if (rows == NULL)
    return FALSE;
  first = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  if (first != 0 && !pn_fact_make (db, first, first + REBUILT - 1, error))
    return FALSE;
  work->done = first != 0 ? REBUILT : 0;
  return pn_db_exec (
      db, rebuilt_sql,
      PN_ARGS (pn_int (first != 0 ? first + REBUILT : next), pn_int (first == 0), pn_int (next)),
      NULL, error);
}

gboolean
pn_fact_rebuild_step (PnDb *db, guint *done, GError **error)
{
  Work work = { 0 };

  if (!pn_db_run (db, rebuild_portion, &work, error))
    return FALSE;
  *done = work.done;
  return TRUE;
}

GHashTable *
pn_fact_tags (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, tags_sql, PN_ARGS (pn_int (TAGS)), error);
  GHashTable *tags;

  if (rows == NULL)
    return NULL;
  tags = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  while (pn_rows_next (rows))
    g_hash_table_insert (tags, GUINT_TO_POINTER ((guint) pn_rows_int (rows, 0)),
                         g_strdup (pn_rows_text (rows, 1)));
  return tags;
}

GPtrArray *
pn_fact_tag_names (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, tag_names_sql, PN_ARGS (pn_int (limit)), error);
  GPtrArray *names;

  if (rows == NULL)
    return NULL;
  names = g_ptr_array_new_with_free_func (g_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (names, g_strdup (pn_rows_text (rows, 0)));
  return names;
}
