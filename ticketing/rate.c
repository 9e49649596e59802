#include "ticketing/rate.h"

#include <string.h>

#include "ticketing/core/blob.h"

#define STEPS 10 /* a window slides in so many steps */
#define KEPT (8 * PN_DAY)

/* bucket: when the step began. The hit is counted first, because this makes every other hit of the key wait until
 * this transaction ends: what is read then is exact. */
static const char count_sql[] = "INSERT INTO rate (rate_key, bucket, hits)"
                                " VALUES (?, ?, 1)"
                                " ON DUPLICATE KEY UPDATE hits = hits + 1";

static const char sum_sql[] = "SELECT SUM(hits)"
                              " FROM rate"
                              " WHERE rate_key = ? AND bucket > ? AND bucket <= ?";

static const char take_back_sql[] = "UPDATE rate"
                                    " SET hits = hits - 1"
                                    " WHERE rate_key = ? AND bucket = ?";

static const char sweep_sql[] = "DELETE FROM rate"
                                " WHERE bucket < ?"
                                " LIMIT 1000";

static const char ahead_sql[] = "SELECT rate_key FROM rate"
                                " WHERE rate_key IN (" PN_AHEAD_PLACES ")";

/* A kind of key of which a transaction may know that it is absent (core/db.h). */
static const char key_rate[] = "rate";

typedef struct {
  guint8 key[PN_SHA256_BYTES];
  PnTime window;
  gint64 limit;
  gboolean is_allowed;
} Hit;

/* Nobody has hit it yet, as far as this transaction can see; whoever does so at the same time makes it run again. */
static gboolean
count_first_hit (PnDb *db, Hit *hit, PnTime bucket, GError **error)
{
  pn_db_absent_remove (db, key_rate, hit->key, sizeof hit->key);
  hit->is_allowed = TRUE;
  return pn_db_later (
      db, count_sql, PN_ARGS (pn_bytes (hit->key, sizeof hit->key), pn_int (bucket)), FALSE, error);
}

static gboolean
count_hit (PnDb *db, gpointer data, GError **error)
{
  Hit *hit = data;
  PnTime step = hit->window / STEPS;
  PnTime bucket = pn_clock_now () / step * step;
  const PnValue key = pn_bytes (hit->key, sizeof hit->key);
  g_autoptr (PnRows) rows = NULL;

  if (hit->limit > 0 && pn_db_absent_has (db, key_rate, hit->key, sizeof hit->key))
    return count_first_hit (db, hit, bucket, error);
  if (!pn_db_exec (db, count_sql, PN_ARGS (key, pn_int (bucket)), NULL, error))
    return FALSE;
  rows = pn_db_query (db, sum_sql, PN_ARGS (key, pn_int (bucket - STEPS * step), pn_int (bucket)),
                      error);
  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  hit->is_allowed = pn_rows_int (rows, 0) <= hit->limit;
  return hit->is_allowed
         || pn_db_exec (db, take_back_sql, PN_ARGS (key, pn_int (bucket)), NULL, error);
}

void
pn_rate_key (const char *key, PnTime window, guint8 hash[PN_SHA256_BYTES])
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", window, key);

  pn_sha256 (name, strlen (name), hash);
}

gboolean
pn_rate_look_ahead (PnDb *db, const GPtrArray *keys, GError **error)
{
  static const PnAhead ahead = { key_rate, PN_VALUE_BYTES, ahead_sql };

  return pn_db_look_ahead (db, &ahead, keys, error);
}

gboolean
pn_rate_hit (PnDb *db, const char *key, PnTime window, gint64 limit, gboolean *is_allowed,
             GError **error)
{
  Hit hit = { .window = window, .limit = limit };

  g_return_val_if_fail (window >= STEPS, FALSE);
  pn_rate_key (key, window, hit.key);
  if (!(pn_db_in_transaction (db) ? count_hit (db, &hit, error)
                                  : pn_db_run (db, count_hit, &hit, error)))
    return FALSE;
  *is_allowed = hit.is_allowed;
  return TRUE;
}

gboolean
pn_rate_sweep (PnDb *db, GError **error)
{
  return pn_db_exec (db, sweep_sql, PN_ARGS (pn_int (pn_clock_now () - KEPT)), NULL, error);
}
