/* Holidays from an iCalendar file (RFC 5545), as public authorities and other programs give them away.
 *
 * Every event of whole days (from midnight to midnight is one, too) is a holiday on each of its days; one with times of day is
 * none, nor is a cancelled one. A plain yearly rule (FREQ=YEARLY and nothing else) becomes a holiday of every year; other
 * rules are written out for the years that were asked for, without their exceptions. A file may hold several calendars. The bytes come from a stranger and may be anything. Any thread may call.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/clock.h"

#define PN_HOLIDAY_BYTES (1024 * 1024)
#define PN_HOLIDAY_DAYS 5000 /* of a file */

/* Returns: (owned) [{"date": "2026-12-25" or "12-25", "name": "…"}…] by date, at most one a date; NULL with INVALID when
 * it is no iCalendar file, too large, or without a single holiday. @skipped (may be NULL) gets for each event that is
 * none a sentence with its line, (owned) char *. */
json_t *pn_holiday_read (const char *bytes, gsize size_bytes, int first_year, int last_year,
                         GPtrArray *skipped, GError **error);

/* Adds to @document's holidays (ticketing/hours.h) those of @holidays whose date it has not. Returns: how many. */
guint pn_holiday_add (json_t *document, const json_t *holidays);
