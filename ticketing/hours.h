/* Hours: when time counts. A calendar is a week of intervals in a time zone, without its holidays.
 *
 *   {"zone": "Europe/Berlin", "week": {"mon": [["09:00", "12:00"], ["13:00", "17:30"]], …},
 *    "holidays": ["2026-12-25", "05-01", {"date": "12-24", "name": "Christmas Eve"}, …]}
 *
 * A holiday without a year comes every year; "02-29" in leap years alone. "title" may be there and is not read here.
 * Times are local, HH:MM or HH:MM:SS, "24:00" is the day's end. An interval that ends before it starts crosses midnight
 * and belongs to the day on which it starts; a holiday takes away the intervals that start on it. What overlaps counts
 * once. A local time that the clock skips means the instant of the change; one that occurs twice its first occurrence.
 * Between two instants real seconds are counted, so an interval over a change is shorter or longer by it.
 *
 * A calendar never changes after it was read: any thread may ask it.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/clock.h"

#define PN_HOURS_NEVER G_MAXINT64

typedef struct PnHours PnHours;

/* Returns: (owned) the calendar; NULL with INVALID that names what is wrong: an unknown zone, key, time or date. */
PnHours *pn_hours_read (const json_t *document, GError **error);
void pn_hours_free (PnHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnHours, pn_hours_free)

/* Returns: the earliest instant at which @duration (in microseconds, 0 or more) has counted since @start: 12:00 and not
 * 13:00 after the break. 0 gives @start. PN_HOURS_NEVER when nothing counts, or not before the year 9999. */
PnTime pn_hours_add (const PnHours *hours, PnTime start, gint64 duration);

/* Returns: the microseconds between @from and @to that count; 0 when @to is not later. */
gint64 pn_hours_between (const PnHours *hours, PnTime from, PnTime to);

typedef enum { PN_HOURS_OPEN, PN_HOURS_CLOSED, PN_HOURS_HOLIDAY } PnHoursKind;

/* @name: of the holiday, borrowed; "" for one without a name; NULL unless it is one. */
typedef void (*PnHoursFunc) (PnTime from, PnTime to, PnHoursKind kind, const char *name,
                             gpointer data);

/* Cuts the time between @from and @to into what counts (open) and what does not, and why: no gaps, in order. */
void pn_hours_each (const PnHours *hours, PnTime from, PnTime to, PnHoursFunc func, gpointer data);
