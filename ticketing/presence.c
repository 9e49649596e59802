#include "ticketing/presence.h"

#include <string.h>

#include "ticketing/core/error.h"

#define LIST_MAX "2000"

static const char *const names[] = {
  [PN_PRESENCE_AVAILABLE] = "available",
  [PN_PRESENCE_AWAY] = "away",
  [PN_PRESENCE_OFF] = "off",
};

static const char set_sql[] =
    "INSERT INTO presence (agent_id, state, until, set_at) VALUES (?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE state = VALUES(state), until = VALUES(until),"
    " set_at = VALUES(set_at)";

static const char load_sql[] = "SELECT agent_id, state, until, set_at"
                               " FROM presence"
                               " WHERE agent_id = ?";

static const char list_sql[] = "SELECT agent_id, state, until, set_at"
                               " FROM presence"
                               " WHERE state > 0 AND (until IS NULL OR until > ?)"
                               " LIMIT " LIST_MAX;

gboolean
pn_presence_set (PnDb *db, gint64 agent_id, PnPresenceState state, PnTime until, GError **error)
{
  const PnTime now = pn_clock_now ();
  const PnTime end = state == PN_PRESENCE_AVAILABLE ? 0 : until;

  if (end != 0 && end <= now) {
    g_autofree char *shown = pn_clock_write (end);

    pn_error_set (error, PN_ERROR_INVALID, "%s is over: nobody is %s until then", shown,
                  names[state]);
    return FALSE;
  }
  return pn_db_exec (
      db, set_sql, PN_ARGS (pn_int (agent_id), pn_int (state), pn_int_or_null (end), pn_int (now)),
      NULL, error);
}

static void
read_row (const PnRows *rows, PnTime at, PnPresence *presence)
{
  presence->agent_id = pn_rows_int (rows, 0);
  presence->state = (PnPresenceState) pn_rows_int (rows, 1);
  presence->until = pn_rows_int (rows, 2);
  presence->set_at = pn_rows_int (rows, 3);
  if (presence->until != 0 && presence->until <= at) {
    presence->state = PN_PRESENCE_AVAILABLE;
    presence->until = 0;
  }
}

gboolean
pn_presence_load (PnDb *db, gint64 agent_id, PnTime at, PnPresence *presence, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (agent_id)), error);

  if (rows == NULL)
    return FALSE;
  *presence = (PnPresence){ .agent_id = agent_id, .state = PN_PRESENCE_AVAILABLE };
  if (pn_rows_next (rows))
    read_row (rows, at, presence);
  return TRUE;
}

GHashTable *
pn_presence_list (PnDb *db, PnTime at, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (at)), error);
  GHashTable *list;

  if (rows == NULL)
    return NULL;
  list = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  while (pn_rows_next (rows)) {
    PnPresence *presence = g_new0 (PnPresence, 1);

    read_row (rows, at, presence);
    g_hash_table_insert (list, &presence->agent_id, presence);
  }
  return list;
}

const char *
pn_presence_name (PnPresenceState state)
{
  return names[state];
}

gboolean
pn_presence_read (const char *name, PnPresenceState *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (names[i], name) != 0)
      continue;
    *state = (PnPresenceState) i;
    return TRUE;
  }
  return FALSE;
}
