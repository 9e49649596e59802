#include "ticketing/search_page.h"

#include "ticketing/core/ids.h"
#include "ticketing/deadline.h"
#include "ticketing/ticket_private.h"

#define PLACES_8 "?, ?, ?, ?, ?, ?, ?, ?"
#define PLACES_64                                                                                  \
  PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8 ", " PLACES_8     \
           ", " PLACES_8

static const char deciding_sql[] =
    "SELECT id, queue_id, status, priority, assignee_id, updated_at, is_looping, merged_into,"
    " due_at"
    " FROM ticket FORCE INDEX (PRIMARY)"
    " WHERE id IN (" PLACES_64 ")";

static const char orders_sql[] = "SELECT id, updated_at, urgency_at"
                                 " FROM ticket FORCE INDEX (PRIMARY)"
                                 " WHERE id IN (" PLACES_64 ")";

static const char organisations_sql[] =
    "SELECT t.id, o.organisation_id"
    " FROM ticket t FORCE INDEX (PRIMARY)"
    " JOIN person p ON p.id = t.person_id"
    " LEFT JOIN organisation_person o ON o.person_id = COALESCE(p.merged_into, p.id)"
    " WHERE t.id IN (" PLACES_64 ")";

/* The address that wrote; where there is none, the first one of the person. */
static const char shown_sql[] =
    "SELECT" PN_TICKET_COLUMNS ", COALESCE(m.name, p.name),"
    " COALESCE((SELECT address FROM participant"
    " WHERE ticket_id = t.id AND role = 0 ORDER BY added_at LIMIT 1),"
    " (SELECT address FROM address WHERE person_id = t.person_id ORDER BY created_at LIMIT 1)),"
    " a.name"
    " FROM ticket t FORCE INDEX (PRIMARY)"
    " LEFT JOIN person p ON p.id = t.person_id"
    " LEFT JOIN person m ON m.id = p.merged_into"
    " LEFT JOIN agent a ON a.id = t.assignee_id"
    " WHERE t.id IN (" PLACES_64 ")";

static const char tags_sql[] = "SELECT ticket_id, tag FROM ticket_tag FORCE INDEX (PRIMARY)"
                               " WHERE ticket_id IN (" PLACES_64 ")"
                               " ORDER BY ticket_id, tag";

static PnRows *
query_batch (PnDb *db, const char *sql, const GArray *ids, guint first, GError **error)
{
  PnValue args[PN_SEARCH_BATCH];

  for (guint i = 0; i < PN_SEARCH_BATCH; i++)
    args[i] = pn_int (g_array_index (ids, gint64, MIN (first + i, ids->len - 1)));
  return pn_db_query (db, sql, args, PN_SEARCH_BATCH, error);
}

PnRows *
pn_search_page_orders (PnDb *db, const GArray *ids, guint first, GError **error)
{
  return query_batch (db, orders_sql, ids, first, error);
}

/* Sets of ids of tickets, for what their own rows don't say; NULL: nobody asks. */
typedef struct {
  GHashTable *placed; /* whose organisation is wanted */
  GHashTable *paused; /* which have promises that are paused */
} Beside;

static void
beside_clear (Beside *beside)
{
  g_clear_pointer (&beside->placed, g_hash_table_unref);
  g_clear_pointer (&beside->paused, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Beside, beside_clear)

static void
add_id (GHashTable *set, gint64 id)
{
  g_hash_table_add (set, g_memdup2 (&id, sizeof id));
}

static gboolean
load_placed (PnDb *db, const PnSearchScope *scope, const GArray *ids, Beside *beside,
             GError **error)
{
  g_autoptr (PnRows) rows = query_batch (db, organisations_sql, ids, 0, error);

  if (rows == NULL)
    return FALSE;
  beside->placed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  while (pn_rows_next (rows)) {
    if (pn_ids_allow (scope->organisations, pn_rows_int (rows, 1)))
      add_id (beside->placed, pn_rows_int (rows, 0));
  }
  return TRUE;
}

static gboolean
load_paused (PnDb *db, const GArray *ids, Beside *beside, GError **error)
{
  g_autoptr (GArray) deadlines =
      pn_deadline_of_tickets (db, (const gint64 *) ids->data, ids->len, error);

  if (deadlines == NULL)
    return FALSE;
  beside->paused = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < deadlines->len; i++) {
    const PnDeadline *deadline = &g_array_index (deadlines, PnDeadline, i);

    if (deadline->state == PN_DEADLINE_PAUSED)
      add_id (beside->paused, deadline->ticket_id);
  }
  return TRUE;
}

static gboolean
is_due (const PnSearchScope *scope, const Beside *beside, gint64 id, PnTime due_at)
{
  return scope->query->due == NULL
         || pn_search_due_has (scope->query->due, scope->now, due_at,
                               g_hash_table_contains (beside->paused, &id));
}

static gboolean
is_wanted (const PnSearchScope *scope, const Beside *beside, const PnRows *rows)
{
  const PnSearchQuery *query = scope->query;
  const gint64 id = pn_rows_int (rows, 0);
  PnTime updated_at = pn_rows_int (rows, 5);

  return pn_access_may (scope->access, PN_RIGHT_SEE, pn_rows_int (rows, 1))
         && pn_ids_allow (scope->queues, pn_rows_int (rows, 1))
         && (query->statuses >> pn_rows_int (rows, 2) & 1) != 0
         && (query->priorities >> pn_rows_int (rows, 3) & 1) != 0
         && pn_ids_allow (scope->assignees, pn_rows_int (rows, 4))
         && (query->before == 0 || updated_at < query->before)
         && (query->after == 0 || updated_at >= query->after)
         && (!query->is_looping || pn_rows_int (rows, 6) != 0) && pn_rows_int (rows, 7) == 0
         && is_due (scope, beside, id, pn_rows_int (rows, 8))
         && (beside->placed == NULL || g_hash_table_contains (beside->placed, &id));
}

gboolean
pn_search_page_filter (PnDb *db, const PnSearchScope *scope, GArray *ids, GError **error)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (Beside) beside = { NULL };
  g_autoptr (PnRows) rows = NULL;

  g_return_val_if_fail (ids->len <= PN_SEARCH_BATCH, FALSE);
  if (ids->len == 0)
    return TRUE;
  if ((scope->organisations != NULL && !load_placed (db, scope, ids, &beside, error))
      || (scope->query->due != NULL && !load_paused (db, ids, &beside, error)))
    return FALSE;
  rows = query_batch (db, deciding_sql, ids, 0, error);
  if (rows == NULL)
    return FALSE;
  g_array_set_size (kept, (guint) pn_rows_count (rows)); /* the keys must not move */
  for (guint i = 0; pn_rows_next (rows); i++) {
    g_array_index (kept, gint64, i) = pn_rows_int (rows, 0);
    if (is_wanted (scope, &beside, rows))
      g_hash_table_add (wanted, &g_array_index (kept, gint64, i));
  }
  for (guint i = 0; i < ids->len;) {
    if (g_hash_table_contains (wanted, &g_array_index (ids, gint64, i)))
      i++;
    else
      g_array_remove_index (ids, i);
  }
  return TRUE;
}

static void
free_hit (gpointer data)
{
  PnSearchHit *hit = data;

  if (hit == NULL)
    return;
  pn_ticket_free (hit->ticket);
  g_free (hit->person_name);
  g_free (hit->person_address);
  g_free (hit->assignee_name);
  g_ptr_array_unref (hit->tags);
  g_free (hit);
}

static PnSearchHit *
read_hit (const PnRows *rows)
{
  PnSearchHit *hit = g_new0 (PnSearchHit, 1);
  const char *name = pn_rows_text (rows, PN_TICKET_COLUMN_COUNT);
  const char *address = pn_rows_text (rows, PN_TICKET_COLUMN_COUNT + 1);

  hit->ticket = g_new0 (PnTicket, 1);
  pn_ticket_read_row (rows, hit->ticket);
  hit->person_name = g_strdup (name != NULL ? name : "");
  hit->person_address = g_strdup (address != NULL ? address : "");
  hit->assignee_name = g_strdup (pn_rows_text (rows, PN_TICKET_COLUMN_COUNT + 2));
  hit->tags = g_ptr_array_new_with_free_func (g_free);
  return hit;
}

static gboolean
load_batch (PnDb *db, const GArray *ids, guint first, GHashTable *hits, GError **error)
{
  g_autoptr (PnRows) rows = query_batch (db, shown_sql, ids, first, error);
  g_autoptr (PnRows) tags = rows != NULL ? query_batch (db, tags_sql, ids, first, error) : NULL;

  if (tags == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    PnSearchHit *hit = read_hit (rows);

    g_hash_table_insert (hits, &hit->ticket->id, hit);
  }
  while (pn_rows_next (tags)) {
    gint64 id = pn_rows_int (tags, 0);
    PnSearchHit *hit = g_hash_table_lookup (hits, &id);

    if (hit != NULL)
      g_ptr_array_add (hit->tags, g_strdup (pn_rows_text (tags, 1)));
  }
  return TRUE;
}

GPtrArray *
pn_search_page_load (PnDb *db, const GArray *ids, GError **error)
{
  g_autoptr (GHashTable) by_id =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_hit);
  GPtrArray *hits;

  for (guint first = 0; first < ids->len; first += PN_SEARCH_BATCH) {
    if (!load_batch (db, ids, first, by_id, error))
      return NULL;
  }
  hits = g_ptr_array_new_with_free_func (free_hit);
  for (guint i = 0; i < ids->len; i++) {
    gpointer hit = NULL;

    if (g_hash_table_steal_extended (by_id, &g_array_index (ids, gint64, i), NULL, &hit))
      g_ptr_array_add (hits, hit);
  }
  return hits;
}

GPtrArray *
pn_search_hits (PnDb *db, const PnAccess *access, const GArray *ids, GError **error)
{
  GPtrArray *hits;

  g_return_val_if_fail (ids->len <= PN_SEARCH_BATCH, NULL);
  if (ids->len == 0)
    return g_ptr_array_new ();
  hits = pn_search_page_load (db, ids, error);
  for (guint i = hits != NULL ? hits->len : 0; i-- > 0;) {
    const PnSearchHit *hit = hits->pdata[i];

    if (!pn_access_may (access, PN_RIGHT_SEE, hit->ticket->queue_id))
      g_ptr_array_remove_index (hits, i);
  }
  return hits;
}
