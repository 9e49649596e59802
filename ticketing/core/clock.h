/* Clock: the time that decides, as UTC microseconds since 1970.
 *
 * It is the database's clock plus an offset: a role tells the clock now and then what the database says
 * (pn_clock_set_database_now), so several nodes agree. Before that, and where there is no database, it is this
 * machine's. In builds with --enable-demo-clock or --enable-test-hooks the file named by POSTERN_CLOCK holds seconds
 * to add, read again whenever it changes; all roles share it, and so a test runs a week in a second. Any thread may
 * ask.
 */
#pragma once

#include <glib.h>

typedef gint64 PnTime; /* UTC microseconds since 1970-01-01; 0 means "never" or "not set" */

#define PN_MILLISECOND G_GINT64_CONSTANT (1000)
#define PN_SECOND G_GINT64_CONSTANT (1000000)
#define PN_MINUTE (60 * PN_SECOND)
#define PN_HOUR (60 * PN_MINUTE)
#define PN_DAY (24 * PN_HOUR)

PnTime pn_clock_now (void);

/* Tells the clock that the database's clock shows @now. Differences below 5 ms are ignored. */
void pn_clock_set_database_now (PnTime now);

/* What the clock shows beside one that only goes on, also while the machine sleeps (microseconds); time that the file of
 * POSTERN_CLOCK adds has passed on both, but a second number in it is a leap of the clock alone. */
void pn_clock_look (PnTime *now, gint64 *monotonic);

/* Stops the clock at @now, for simulations that must not depend on how fast they run; 0 lets it go on. */
void pn_clock_freeze (PnTime now);

/* Returns: (owned) @time in UTC as RFC 3339 with seconds, "2026-11-22T10:42:05Z"; NULL for 0. */
char *pn_clock_write (PnTime time);

/* Reads an RFC 3339 time, or a date alone as its midnight in UTC.
 * Returns: FALSE with PN_ERROR_INVALID when @text is neither. */
gboolean pn_clock_read (const char *text, PnTime *time, GError **error);
