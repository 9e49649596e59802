#include "ticketing/core/db_private.h"

/* Returns: (owned) @key of the kind @what, as one key. */
static GBytes *
join (const char *what, const void *key, gsize size_bytes)
{
  GByteArray *bytes = g_byte_array_sized_new ((guint) (sizeof what + size_bytes));

  g_byte_array_append (bytes, (const guint8 *) &what, sizeof what);
  g_byte_array_append (bytes, key, (guint) size_bytes);
  return g_byte_array_free_to_bytes (bytes);
}

GHashTable *
pn_db_absent_new (void)
{
  return g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
}

void
pn_db_absent_add (PnDb *db, const char *what, const void *key, gsize size_bytes)
{
  g_return_if_fail (db->in_transaction);
  g_hash_table_add (db->absent, join (what, key, size_bytes));
}

void
pn_db_absent_remove (PnDb *db, const char *what, const void *key, gsize size_bytes)
{
  g_autoptr (GBytes) joined = NULL;

  if (g_hash_table_size (db->absent) == 0)
    return;
  joined = join (what, key, size_bytes);
  g_hash_table_remove (db->absent, joined);
}

gboolean
pn_db_absent_has (const PnDb *db, const char *what, const void *key, gsize size_bytes)
{
  g_autoptr (GBytes) joined = NULL;

  if (g_hash_table_size (db->absent) == 0)
    return FALSE;
  joined = join (what, key, size_bytes);
  return g_hash_table_contains (db->absent, joined);
}

/* The last key stands in the places that are over. */
static PnRows *
ask (PnDb *db, const PnAhead *ahead, GBytes *const *keys, guint n, GError **error)
{
  PnValue args[PN_AHEAD_KEYS];

  for (guint i = 0; i < PN_AHEAD_KEYS; i++) {
    gsize size_bytes;
    const void *bytes = g_bytes_get_data (keys[MIN (i, n - 1)], &size_bytes);

    args[i] = (PnValue){ .kind = ahead->kind, .bytes = bytes, .size_bytes = size_bytes };
  }
  return pn_db_query (db, ahead->sql, args, PN_AHEAD_KEYS, error);
}

gboolean
pn_db_look_ahead (PnDb *db, const PnAhead *ahead, const GPtrArray *keys, GError **error)
{
  for (guint done = 0; db->has_snapshots && done < keys->len; done += PN_AHEAD_KEYS) {
    GBytes *const *some = (GBytes *const *) keys->pdata + done;
    const guint n = MIN (keys->len - done, PN_AHEAD_KEYS);
    g_autoptr (PnRows) rows = ask (db, ahead, some, n, error);

    if (rows == NULL)
      return FALSE;
    for (guint i = 0; i < n; i++)
      pn_db_absent_add (db, ahead->what, g_bytes_get_data (some[i], NULL),
                        g_bytes_get_size (some[i]));
    while (pn_rows_next (rows)) {
      gsize size_bytes;
      const void *found = pn_rows_bytes (rows, 0, &size_bytes);

      pn_db_absent_remove (db, ahead->what, found, size_bytes);
    }
  }
  return TRUE;
}
