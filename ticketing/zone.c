#include "ticketing/zone.h"

#define STRETCH_BITS 23 /* of 2^23 seconds, 97 days: hardly ever two changes in one */
#define STRETCHES 512   /* from 1970 on, up to 2106 */

/* What holds in a stretch, in which the clock changes once at most. Never changes. */
typedef struct {
  gboolean is_known; /* FALSE: it changes more often, GLib is asked */
  gint64 change;     /* the instant of it */
  gint64 before;
  gint64 after;
} Stretch;

struct PnZone {
  GTimeZone *zone;
  Stretch *stretches[STRETCHES]; /* NULL: not looked at yet; set once, atomically */
};

PnZone *
pn_zone_open (const char *identifier)
{
  GTimeZone *zone = g_time_zone_new_identifier (identifier);
  PnZone *self;

  if (zone == NULL)
    return NULL;
  self = g_new0 (PnZone, 1);
  self->zone = zone;
  return self;
}

void
pn_zone_free (PnZone *zone)
{
  if (zone == NULL)
    return;
  for (gsize i = 0; i < STRETCHES; i++)
    g_free (zone->stretches[i]);
  g_time_zone_unref (zone->zone);
  g_free (zone);
}

static int
interval_at (const PnZone *zone, gint64 instant)
{
  return g_time_zone_find_interval (zone->zone, G_TIME_TYPE_UNIVERSAL, instant);
}

static Stretch *
look (const PnZone *zone, gint64 number)
{
  gint64 low = number << STRETCH_BITS;
  gint64 high = ((number + 1) << STRETCH_BITS) - 1;
  const int first = interval_at (zone, low);
  const int last = interval_at (zone, high);
  Stretch *stretch = g_new0 (Stretch, 1);

  stretch->is_known = last - first <= 1;
  stretch->before = g_time_zone_get_offset (zone->zone, first);
  stretch->after = g_time_zone_get_offset (zone->zone, last);
  while (last != first && high - low > 1) { /* @low is before the change, @high is not */
    const gint64 middle = low + (high - low) / 2;

    if (interval_at (zone, middle) == first)
      low = middle;
    else
      high = middle;
  }
  stretch->change = high;
  return stretch;
}

gint64
pn_zone_offset (PnZone *zone, gint64 instant)
{
  const gint64 number = instant >> STRETCH_BITS;
  Stretch *stretch;

  if (number < 0 || number >= STRETCHES)
    return g_time_zone_get_offset (zone->zone, interval_at (zone, instant));
  stretch = g_atomic_pointer_get (&zone->stretches[number]);
  if (stretch == NULL) {
    stretch = look (zone, number);
    if (!g_atomic_pointer_compare_and_exchange (&zone->stretches[number], NULL, stretch)) {
      g_free (stretch);
      stretch = g_atomic_pointer_get (&zone->stretches[number]);
    }
  }
  if (!stretch->is_known)
    return g_time_zone_get_offset (zone->zone, interval_at (zone, instant));
  return instant < stretch->change ? stretch->before : stretch->after;
}
