#include "ticketing/deadline.h"
#include "ticketing/search_scope.h"

/* Persons that were merged into another are where that one is, so both are looked through. */
static const char organisation_sql[] = "SELECT STRAIGHT_JOIN t.id"
                                       " FROM organisation_person o"
                                       " FORCE INDEX (person_organisation)"
                                       " JOIN ticket t FORCE INDEX (ticket_person)"
                                       " ON t.person_id = o.person_id"
                                       " WHERE o.organisation_id = ?"
                                       " LIMIT ?";

static const char merged_sql[] = "SELECT STRAIGHT_JOIN t.id"
                                 " FROM organisation_person o FORCE INDEX (person_organisation)"
                                 " JOIN person p ON p.merged_into = o.person_id"
                                 " JOIN ticket t FORCE INDEX (ticket_person)"
                                 " ON t.person_id = p.id"
                                 " WHERE o.organisation_id = ?"
                                 " LIMIT ?";

static gboolean
add_due (PnDb *db, const PnSearchScope *scope, const PnSearchDue *due, GArray *ids, GError **error)
{
  const PnDeadline before = { .due_at = scope->now + due->from - 1, .ticket_id = G_MAXINT64 };
  g_autoptr (GArray) deadlines = pn_deadline_due (db, scope->now + due->until, &before,
                                                  PN_SEARCH_SET_MAX + 1 - ids->len, error);

  if (deadlines == NULL)
    return FALSE;
  for (guint i = 0; i < deadlines->len; i++)
    g_array_append_val (ids, g_array_index (deadlines, PnDeadline, i).ticket_id);
  return TRUE;
}

gboolean
pn_search_set_due (PnDb *db, const PnSearchScope *scope, GArray **ids, GError **error)
{
  const GArray *dues = scope->query->due;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));

  *ids = NULL;
  if (dues == NULL)
    return TRUE;
  for (guint i = 0; i < dues->len; i++) {
    const PnSearchDue *due = &g_array_index (dues, PnSearchDue, i);

    if (due->kind != PN_SEARCH_DUE_WITHIN)
      return TRUE;
    if (!add_due (db, scope, due, found, error))
      return FALSE;
    if (found->len > PN_SEARCH_SET_MAX)
      return TRUE;
  }
  *ids = g_steal_pointer (&found);
  return TRUE;
}

static gboolean
add_organisation (PnDb *db, const char *sql, gint64 id, GArray *ids, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, sql, PN_ARGS (pn_int (id), pn_int (PN_SEARCH_SET_MAX + 1 - ids->len)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    const gint64 ticket_id = pn_rows_int (rows, 0);

    g_array_append_val (ids, ticket_id);
  }
  return TRUE;
}

gboolean
pn_search_set_organisations (PnDb *db, const PnSearchScope *scope, GArray **ids, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));

  *ids = NULL;
  if (scope->organisations == NULL)
    return TRUE;
  for (guint i = 0; i < scope->organisations->len; i++) {
    const gint64 id = g_array_index (scope->organisations, gint64, i);

    if (id == 0)
      return TRUE;
    if (!add_organisation (db, organisation_sql, id, found, error))
      return FALSE;
    if (found->len <= PN_SEARCH_SET_MAX && !add_organisation (db, merged_sql, id, found, error))
      return FALSE;
    if (found->len > PN_SEARCH_SET_MAX)
      return TRUE;
  }
  *ids = g_steal_pointer (&found);
  return TRUE;
}

GArray *
pn_search_set_keys (const GArray *ids, int sign)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (PnSearchKey));

  for (guint i = 0; i < ids->len; i++) {
    const PnSearchKey key = { 0, sign * g_array_index (ids, gint64, i) };

    g_array_append_val (keys, key);
  }
  return keys;
}

GArray *
pn_search_set_load_keys (PnDb *db, const GArray *ids, gboolean is_urgent, int sign, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (PnSearchKey));

  for (guint first = 0; first < ids->len; first += PN_SEARCH_BATCH) {
    g_autoptr (PnRows) rows = pn_search_page_orders (db, ids, first, error);

    if (rows == NULL)
      return NULL;
    while (pn_rows_next (rows)) {
      const PnSearchKey key = { sign * pn_rows_int (rows, is_urgent ? 2 : 1),
                                sign * pn_rows_int (rows, 0) };

      g_array_append_val (keys, key);
    }
  }
  return g_steal_pointer (&keys);
}
