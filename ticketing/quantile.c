#include "ticketing/quantile.h"

#define DETAIL_BITS 7 /* buckets for each doubling: 128 */
#define DETAIL (1 << DETAIL_BITS)
#define BUCKETS ((32 - DETAIL_BITS + 1) * DETAIL)

struct PnQuantile {
  guint32 small[DETAIL]; /* how often each value below DETAIL came */
  gint64 n_small;
  GArray *values;  /* of guint32: the others; NULL once there is a histogram of them */
  gint64 *buckets; /* of BUCKETS; NULL while the values are kept */
  gboolean is_sorted;
  gint64 count;
};

PnQuantile *
pn_quantile_new (void)
{
  PnQuantile *self = g_new0 (PnQuantile, 1);

  self->values = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
pn_quantile_free (PnQuantile *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->values, g_array_unref);
  g_free (self->buckets);
  g_free (self);
}

/* From DETAIL on there are DETAIL buckets for each doubling. */
static guint
bucket_of (guint32 value)
{
  const guint shift = g_bit_storage (value) - 1 - DETAIL_BITS;

  return (shift + 1) * DETAIL + (value >> shift) - DETAIL;
}

/* Returns: the middle of a bucket. */
static guint32
value_of (guint bucket)
{
  const guint shift = bucket / DETAIL - 1;
  const guint64 low = (guint64) (bucket % DETAIL + DETAIL) << shift;

  return (guint32) (low + ((G_GUINT64_CONSTANT (1) << shift) - 1) / 2);
}

static void
turn_to_buckets (PnQuantile *self)
{
  self->buckets = g_new0 (gint64, BUCKETS);
  for (guint i = 0; i < self->values->len; i++)
    self->buckets[bucket_of (g_array_index (self->values, guint32, i))]++;
  g_clear_pointer (&self->values, g_array_unref);
}

void
pn_quantile_add (PnQuantile *self, guint32 value)
{
  self->count++;
  if (value < DETAIL) {
    self->small[value]++;
    self->n_small++;
    return;
  }
  if (self->values != NULL && self->values->len == PN_QUANTILE_EXACT)
    turn_to_buckets (self);
  if (self->values == NULL) {
    self->buckets[bucket_of (value)]++;
    return;
  }
  g_array_append_val (self->values, value);
  self->is_sorted = FALSE;
}

gboolean
pn_quantile_is_exact (const PnQuantile *self)
{
  return self->values != NULL;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a;
  guint32 y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

static guint32
small_at (const PnQuantile *self, gint64 rank)
{
  for (guint32 i = 0; i < DETAIL; i++) {
    rank -= self->small[i];
    if (rank <= 0)
      return i;
  }
  g_return_val_if_reached (0);
}

guint32
pn_quantile_at (PnQuantile *self, guint share)
{
  gint64 rank = MAX ((self->count * share + 999) / 1000, 1);

  if (self->count == 0)
    return 0;
  if (rank <= self->n_small)
    return small_at (self, rank);
  rank -= self->n_small;
  if (self->values != NULL) {
    if (!self->is_sorted)
      g_array_sort (self->values, compare);
    self->is_sorted = TRUE;
    return g_array_index (self->values, guint32, (guint) rank - 1);
  }
  for (guint i = DETAIL; i < BUCKETS; i++) {
    rank -= self->buckets[i];
    if (rank <= 0)
      return value_of (i);
  }
  g_return_val_if_reached (0);
}
