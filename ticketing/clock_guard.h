/* Clock guard: nothing that is due fires while the clock is not to be trusted. Owns the table clock_leap.
 *
 * A clock that leaps by more than five minutes against the one that only goes on (a wrong time server, a machine that was
 * set by hand) would fire a month of promises at once, or none. So a leap is written down, said in the log, on the desk
 * and by the doctor, and firing pauses on all nodes, until
 *
 *   it comes back      the leaps of this node sum up to less than five minutes again
 *   it stays           the clock has been steady for an hour and the leap was no more than a day: a machine that slept
 *   somebody says so   an administrator confirms that the clock is right now
 *
 * What was due meanwhile fires then, late and in order.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_CLOCK_LEAP (5 * PN_MINUTE)
#define PN_CLOCK_STEADY PN_HOUR
#define PN_CLOCK_LEAP_TRUSTED PN_DAY

typedef struct PnClockGuard PnClockGuard; /* what one process saw last. One thread. */

PnClockGuard *pn_clock_guard_new (const char *node); /* (owned) (copied) */
void pn_clock_guard_free (PnClockGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnClockGuard, pn_clock_guard_free)

/* Looks at both clocks as pn_clock_look () gave them. @may_fire: no leap is open. */
gboolean pn_clock_guard_look (PnClockGuard *guard, PnDb *db, PnTime now, gint64 monotonic,
                              gboolean *may_fire, GError **error);

typedef struct {
  gint64 id; /* 0: none is open */
  PnTime noticed_at;
  gint64 by; /* microseconds; below 0 backwards */
  char node[101];
} PnClockLeap;

/* The newest open leap. */
gboolean pn_clock_leap_load (PnDb *db, PnClockLeap *leap, GError **error);

/* The clock is right: all leaps are settled, by @agent_id (0: a command). */
gboolean pn_clock_leap_settle (PnDb *db, gint64 agent_id, GError **error);
