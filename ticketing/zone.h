/* Zone: a time zone that is asked for its offset again and again, which GLib answers by looking through all changes since
 * the first railways. Here the answer is kept for a stretch of about three months at a time.
 *
 * Any thread may ask.
 */
#pragma once

#include <glib.h>

typedef struct PnZone PnZone;

PnZone *pn_zone_open (const char *identifier); /* (owned) "Europe/Berlin"; NULL: there is none */
void pn_zone_free (PnZone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnZone, pn_zone_free)

/* @instant: seconds since 1970. Returns: the seconds by which the zone's clock is ahead of UTC then. */
gint64 pn_zone_offset (PnZone *zone, gint64 instant);
