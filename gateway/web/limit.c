#include "gateway/web/limit.h"

#include <string.h>

/* Beyond so many buckets those that are full again are forgotten. */
#define BUCKETS_LIMIT 20000

static const struct {
  double size;
  double per_second;
} rates[PN_LIMIT_KINDS] = {
  [PN_LIMIT_ANY] = { 2000, 200 },     [PN_LIMIT_LOGIN] = { 30, 0.1 },
  [PN_LIMIT_FORM] = { 20, 1.0 / 30 }, [PN_LIMIT_UPLOAD] = { 60, 0.2 },
  [PN_LIMIT_TOKEN] = { 300, 1 },      [PN_LIMIT_UNPROVEN] = { 12, 1.0 / 300 },
};

typedef struct {
  double level;
  gint64 at; /* monotonic */
} Bucket;

struct PnLimit {
  GMutex lock;
  GHashTable *buckets[PN_LIMIT_KINDS]; /* char * -> Bucket * */
};

PnLimit *
pn_limit_new (void)
{
  PnLimit *limit = g_new0 (PnLimit, 1);

  g_mutex_init (&limit->lock);
  for (int i = 0; i < PN_LIMIT_KINDS; i++)
    limit->buckets[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return limit;
}

void
pn_limit_free (PnLimit *limit)
{
  if (limit == NULL)
    return;
  for (int i = 0; i < PN_LIMIT_KINDS; i++)
    g_hash_table_unref (limit->buckets[i]);
  g_mutex_clear (&limit->lock);
  g_free (limit);
}

/* A network of IPv6 is one client: whoever has an address has 2^64 of them. */
static char *
key_of (const char *client)
{
  const char *c = client;

  if (strchr (client, ':') == NULL)
    return g_strdup (client);
  for (int groups = 0; *c != '\0'; c++) {
    if (*c == ':' && ++groups == 4)
      break;
  }
  return g_strndup (client, (gsize) (c - client));
}

static void
fill (Bucket *bucket, PnLimitKind kind, gint64 now)
{
  double level =
      bucket->level + rates[kind].per_second * (double) (now - bucket->at) / G_TIME_SPAN_SECOND;

  bucket->level = MIN (level, rates[kind].size);
  bucket->at = now;
}

static gboolean
is_full (gpointer key, gpointer value, gpointer data)
{
  PnLimitKind kind = (PnLimitKind) GPOINTER_TO_INT (data);

  fill (value, kind, g_get_monotonic_time ());
  return ((Bucket *) value)->level >= rates[kind].size;
}

static gboolean
use (PnLimit *limit, PnLimitKind kind, const char *client, double amount)
{
  GHashTable *buckets = limit->buckets[kind];
  g_autofree char *key = key_of (client);
  gint64 now = g_get_monotonic_time ();
  Bucket *bucket;
  gboolean has_some;

  g_mutex_lock (&limit->lock);
  if (g_hash_table_size (buckets) > BUCKETS_LIMIT)
    g_hash_table_foreach_remove (buckets, is_full, GINT_TO_POINTER ((int) kind));
  bucket = g_hash_table_lookup (buckets, key);
  if (bucket == NULL) {
    bucket = g_new0 (Bucket, 1);
    *bucket = (Bucket){ rates[kind].size, now };
    g_hash_table_insert (buckets, g_steal_pointer (&key), bucket);
  }
  fill (bucket, kind, now);
  has_some = bucket->level >= 1;
  if (has_some)
    bucket->level -= amount;
  g_mutex_unlock (&limit->lock);
  return has_some;
}

gboolean
pn_limit_take (PnLimit *limit, PnLimitKind kind, const char *client)
{
  return use (limit, kind, client, 1);
}

gboolean
pn_limit_has (PnLimit *limit, PnLimitKind kind, const char *client)
{
  return use (limit, kind, client, 0);
}
