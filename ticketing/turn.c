#include "ticketing/turn.h"

#define WORKS "32"

static const char look_sql[] = "SELECT name, owner, until_at FROM turn LIMIT " WORKS;

/* The owner is decided on while the old row is still there, the time by who it is then. */
static const char take_sql[] = "INSERT INTO turn (name, owner, until_at) VALUES (?, ?, ?)"
                               " ON DUPLICATE KEY UPDATE"
                               " owner = IF(until_at <= ?, VALUES(owner), owner),"
                               " until_at = IF(owner = VALUES(owner), VALUES(until_at), until_at)";

static const char give_back_sql[] = "UPDATE turn SET until_at = 0 WHERE name = ? AND owner = ?";

struct PnTurns {
  char *owner;
  GHashTable *others; /* works whose turn is somebody else's */
  GHashTable *own;    /* work -> until when, (owned) PnTime */
};

PnTurns *
pn_turns_new (const char *owner)
{
  PnTurns *self = g_new0 (PnTurns, 1);

  self->owner = g_strdup (owner);
  self->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
pn_turns_free (PnTurns *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->others);
  g_hash_table_unref (self->own);
  g_free (self->owner);
  g_free (self);
}

static void
note_own (PnTurns *self, const char *work, PnTime until)
{
  g_hash_table_insert (self->own, g_strdup (work), g_memdup2 (&until, sizeof until));
}

gboolean
pn_turns_look (PnTurns *self, PnDb *db, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = pn_db_query (db, look_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  g_hash_table_remove_all (self->others);
  g_hash_table_remove_all (self->own);
  while (pn_rows_next (rows)) {
    const char *work = pn_rows_text (rows, 0);
    const PnTime until = pn_rows_int (rows, 2);

    /* A turn that ends far from now was taken by a clock that was set back since. */
    if (until <= now || until > now + PN_TURN_LIFE)
      continue;
    if (g_str_equal (pn_rows_text (rows, 1), self->owner))
      note_own (self, work, until);
    else
      g_hash_table_add (self->others, g_strdup (work));
  }
  return TRUE;
}

gboolean
pn_turns_may (const PnTurns *self, const char *work)
{
  return !g_hash_table_contains (self->others, work);
}

static gboolean
take (PnTurns *self, PnDb *db, const char *work, GError **error)
{
  const PnTime now = pn_clock_now ();
  gint64 affected;

  if (!pn_db_exec (db, take_sql,
                   PN_ARGS (pn_text (work), pn_text (self->owner), pn_int (now + PN_TURN_LIFE),
                            pn_int (now)),
                   &affected, error))
    return FALSE;
  if (affected > 0)
    note_own (self, work, now + PN_TURN_LIFE);
  else
    g_hash_table_add (self->others, g_strdup (work));
  return TRUE;
}

gboolean
pn_turns_done (PnTurns *self, PnDb *db, const char *work, gboolean is_large, GError **error)
{
  const PnTime *until = g_hash_table_lookup (self->own, work);

  if (is_large)
    return (until != NULL && *until - pn_clock_now () > PN_TURN_LIFE / 2)
           || take (self, db, work, error);
  if (until == NULL)
    return TRUE;
  g_hash_table_remove (self->own, work);
  return pn_db_exec (db, give_back_sql, PN_ARGS (pn_text (work), pn_text (self->owner)), NULL,
                     error);
}
