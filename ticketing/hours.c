#include "ticketing/hours.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/zone.h"

#define DAY_SECONDS 86400
#define LAST_SECOND G_GINT64_CONSTANT (253402300799) /* the end of the year 9999 */
#define EPOCH_JULIAN 719163                          /* 1970-01-01, as GDate counts days */
#define ZONE_REACH (2 * DAY_SECONDS) /* no change of a zone's offset moves the clock farther */

/* Local seconds of the day. @end is above a day's length when it crosses midnight. */
typedef struct {
  int start;
  int end;
} Interval;

struct PnHours {
  PnZone *zone;
  GArray *week[7]; /* of Interval by start, Monday first */
  GHashTable
      *holidays; /* day number since 1970-01-01, as GINT_TO_POINTER → its name, "" for none */
  GHashTable *yearly; /* month * 32 + day → likewise */
};

/* A span of instants, in UTC seconds. */
typedef struct {
  gint64 from;
  gint64 to;
} Span;

static const char *const day_names[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

void
pn_hours_free (PnHours *hours)
{
  if (hours == NULL)
    return;
  g_clear_pointer (&hours->zone, pn_zone_free);
  for (gsize i = 0; i < G_N_ELEMENTS (hours->week); i++)
    g_clear_pointer (&hours->week[i], g_array_unref);
  g_clear_pointer (&hours->holidays, g_hash_table_unref);
  g_clear_pointer (&hours->yearly, g_hash_table_unref);
  g_free (hours);
}

/* Reads two digits at @text. Returns: the number, or -1. */
static int
two_digits (const char *text)
{
  if (!g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1]))
    return -1;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

static gboolean
read_time (const char *text, int *second, GError **error)
{
  gsize length = text != NULL ? strlen (text) : 0;
  int hour = length >= 5 && text[2] == ':' ? two_digits (text) : -1;
  int minute = hour >= 0 ? two_digits (text + 3) : -1;
  int seconds = 0;

  if (length == 8)
    seconds = text[5] == ':' ? two_digits (text + 6) : -1;
  else if (length != 5)
    seconds = -1;
  *second = hour * 3600 + minute * 60 + seconds;
  if (hour < 0 || minute < 0 || minute > 59 || seconds < 0 || seconds > 59
      || *second > DAY_SECONDS) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%s\" is no time of a day; write 09:00, 09:00:30 or 24:00",
                  text != NULL ? text : "null");
    return FALSE;
  }
  return TRUE;
}

static int
compare_intervals (gconstpointer a, gconstpointer b)
{
  return ((const Interval *) a)->start - ((const Interval *) b)->start;
}

static gboolean
read_day (GArray *day, const char *name, const json_t *list, GError **error)
{
  gsize i;
  json_t *pair;

  if (!json_is_array (list)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" must be a list of intervals", name);
    return FALSE;
  }
  json_array_foreach (list, i, pair)
  {
    Interval interval;

    if (json_array_size (pair) != 2) {
      pn_error_set (error, PN_ERROR_INVALID, "\"%s\" has an interval that is no pair of times",
                    name);
      return FALSE;
    }
    if (!read_time (json_string_value (json_array_get (pair, 0)), &interval.start, error)
        || !read_time (json_string_value (json_array_get (pair, 1)), &interval.end, error)) {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
    if (interval.end < interval.start)
      interval.end += DAY_SECONDS;
    g_array_append_val (day, interval);
  }
  g_array_sort (day, compare_intervals);
  return TRUE;
}

static gboolean
read_week (PnHours *hours, const json_t *week, GError **error)
{
  const char *key;
  json_t *list;

  if (!json_is_object (week)) {
    pn_error_set (error, PN_ERROR_INVALID, "the calendar has no \"week\"");
    return FALSE;
  }
  json_object_foreach ((json_t *) week, key, list)
  {
    gsize day = 0;

    while (day < G_N_ELEMENTS (day_names) && strcmp (day_names[day], key) != 0)
      day++;
    if (day == G_N_ELEMENTS (day_names)) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "\"%s\" is no day; there are mon tue wed thu fri sat sun", key);
      return FALSE;
    }
    if (!read_day (hours->week[day], key, list, error))
      return FALSE;
  }
  return TRUE;
}

/* Reads "12-25". Returns: month * 32 + day, or -1. */
static int
read_yearly (const char *text)
{
  const int month = strlen (text) == 5 && text[2] == '-' ? two_digits (text) : -1;
  const int day = month > 0 ? two_digits (text + 3) : -1;

  /* 2024 has every day that a year can have. */
  if (month < 1 || month > 12 || day < 1 || !g_date_valid_dmy (day, month, 2024))
    return -1;
  return month * 32 + day;
}

static gboolean
read_holiday (PnHours *hours, const char *date, const char *name, GError **error)
{
  const int yearly = date != NULL ? read_yearly (date) : -1;
  PnTime midnight;

  if (yearly >= 0) {
    g_hash_table_insert (hours->yearly, GINT_TO_POINTER (yearly), g_strdup (name));
    return TRUE;
  }
  if (date == NULL || strlen (date) != 10 || !pn_clock_read (date, &midnight, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%s\" is no date for a holiday; write 2026-12-25, or 12-25 for every year",
                  date != NULL ? date : "null");
    return FALSE;
  }
  g_hash_table_insert (hours->holidays, GINT_TO_POINTER ((int) (midnight / PN_DAY)),
                       g_strdup (name));
  return TRUE;
}

static gboolean
read_holidays (PnHours *hours, const json_t *list, GError **error)
{
  gsize i;
  json_t *item;

  if (list != NULL && !json_is_array (list)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"holidays\" must be a list of dates");
    return FALSE;
  }
  json_array_foreach (list, i, item)
  {
    const char *name = json_string_value (json_object_get (item, "name"));
    const json_t *date = json_is_object (item) ? json_object_get (item, "date") : item;

    if (!read_holiday (hours, json_string_value (date), name != NULL ? name : "", error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_keys (const json_t *document, GError **error)
{
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *) document, key, value)
  {
    if (strcmp (key, "zone") != 0 && strcmp (key, "week") != 0 && strcmp (key, "holidays") != 0
        && strcmp (key, "name") != 0 && strcmp (key, "title") != 0) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "a calendar has no \"%s\"; there are zone, week, holidays, name, title", key);
      return FALSE;
    }
  }
  return TRUE;
}

PnHours *
pn_hours_read (const json_t *document, GError **error)
{
  g_autoptr (PnHours) hours = NULL;
  const char *zone = json_string_value (json_object_get (document, "zone"));

  if (!json_is_object (document)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "a calendar is a JSON object with zone, week and holidays");
    return NULL;
  }
  if (!check_keys (document, error))
    return NULL;
  hours = g_new0 (PnHours, 1);
  hours->zone = zone != NULL && *zone != '\0' ? pn_zone_open (zone) : NULL;
  hours->holidays = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  hours->yearly = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (hours->week); i++)
    hours->week[i] = g_array_new (FALSE, FALSE, sizeof (Interval));
  if (hours->zone == NULL) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%s\" is no time zone; write one like Europe/Berlin or UTC",
                  zone != NULL ? zone : "null");
    return NULL;
  }
  if (!read_week (hours, json_object_get (document, "week"), error)
      || !read_holidays (hours, json_object_get (document, "holidays"), error))
    return NULL;
  return g_steal_pointer (&hours);
}

/* The first instant at which the zone's clock shows @local (seconds since 1970 as if it were UTC) or, where that is
 * skipped, a later time: the instant of the change. */
static gint64
instant_of (PnZone *zone, gint64 local)
{
  gint64 before = pn_zone_offset (zone, local - ZONE_REACH);
  gint64 after = pn_zone_offset (zone, local + ZONE_REACH);
  gint64 low, high;

  if (before == after && pn_zone_offset (zone, local - before) == before)
    return local - before;
  if (pn_zone_offset (zone, local - before) == before)
    return local - before;
  /* The clock shows less than @local at @low and at least that at @high; it jumps over it only by a change. */
  low = local - ZONE_REACH;
  high = local + ZONE_REACH;
  while (high - low > 1) {
    gint64 middle = low + (high - low) / 2;

    if (middle + pn_zone_offset (zone, middle) >= local)
      high = middle;
    else
      low = middle;
  }
  return high;
}

/* Returns: the name of the holiday that @day is, "" for one without a name, NULL for none. */
static const char *
holiday_on (const PnHours *hours, gint64 day)
{
  const char *name = g_hash_table_lookup (hours->holidays, GINT_TO_POINTER ((int) day));
  GDate date;

  if (name != NULL || g_hash_table_size (hours->yearly) == 0)
    return name;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + EPOCH_JULIAN));
  return g_hash_table_lookup (
      hours->yearly, GINT_TO_POINTER (g_date_get_month (&date) * 32 + g_date_get_day (&date)));
}

/* The next span of @day (days since 1970 in the zone), not before @covered. @index walks through the day's intervals.
 * Returns: FALSE at the day's end. */
static gboolean
next_span (const PnHours *hours, gint64 day, guint *index, gint64 covered, Span *span)
{
  /* 1970-01-01 was a Thursday. */
  const GArray *intervals = hours->week[((day + 3) % 7 + 7) % 7];

  if (holiday_on (hours, day) != NULL)
    return FALSE;
  while (*index < intervals->len) {
    const Interval *interval = &g_array_index (intervals, Interval, (*index)++);

    span->from = MAX (instant_of (hours->zone, day * DAY_SECONDS + interval->start), covered);
    span->to = instant_of (hours->zone, day * DAY_SECONDS + interval->end);
    if (span->from < span->to)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_intervals (const PnHours *hours)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hours->week); i++) {
    for (guint k = 0; k < hours->week[i]->len; k++) {
      const Interval *interval = &g_array_index (hours->week[i], Interval, k);

      if (interval->start < interval->end)
        return TRUE;
    }
  }
  return FALSE;
}

/* The day before the one on which an interval can start that still counts at @instant. */
static gint64
first_day (const PnHours *hours, gint64 instant)
{
  gint64 local = instant + pn_zone_offset (hours->zone, instant);

  return (local >= 0 ? local / DAY_SECONDS : (local - DAY_SECONDS + 1) / DAY_SECONDS) - 3;
}

static gint64
floor_seconds (PnTime time)
{
  return time >= 0 ? time / PN_SECOND : (time - PN_SECOND + 1) / PN_SECOND;
}

PnTime
pn_hours_add (const PnHours *hours, PnTime start, gint64 duration)
{
  gint64 covered = G_MININT64;
  gint64 left = duration;

  g_return_val_if_fail (duration >= 0, PN_HOURS_NEVER);
  if (duration == 0)
    return start;
  if (!has_intervals (hours))
    return PN_HOURS_NEVER;
  for (gint64 day = first_day (hours, floor_seconds (start)); day * DAY_SECONDS < LAST_SECOND;
       day++) {
    guint index = 0;
    Span span;

    while (next_span (hours, day, &index, covered, &span)) {
      PnTime from = MAX (span.from * PN_SECOND, start);
      PnTime to = span.to * PN_SECOND;

      covered = span.to;
      if (from >= to)
        continue;
      if (left <= to - from)
        return from + left;
      left -= to - from;
    }
  }
  return PN_HOURS_NEVER;
}

gint64
pn_hours_between (const PnHours *hours, PnTime from, PnTime to)
{
  gint64 covered = G_MININT64;
  gint64 counted = 0;

  if (to <= from || !has_intervals (hours))
    return 0;
  for (gint64 day = first_day (hours, floor_seconds (from));
       day <= first_day (hours, floor_seconds (to)) + 6; day++) {
    guint index = 0;
    Span span;

    while (next_span (hours, day, &index, covered, &span)) {
      PnTime start = MAX (span.from * PN_SECOND, from);
      PnTime end = MIN (span.to * PN_SECOND, to);

      covered = span.to;
      if (start < end)
        counted += end - start;
    }
  }
  return counted;
}

/* The piece that was found last, told when the next one is of another kind. */
typedef struct {
  PnTime from;
  PnTime to;
  PnHoursKind kind;
  const char *name;
  PnHoursFunc func;
  gpointer data;
} Pieces;

static void
flush_piece (Pieces *pieces)
{
  if (pieces->from < pieces->to)
    pieces->func (pieces->from, pieces->to, pieces->kind, pieces->name, pieces->data);
}

static void
add_piece (Pieces *pieces, PnTime to, PnHoursKind kind, const char *name)
{
  if (to <= pieces->to)
    return;
  if (pieces->kind != kind || g_strcmp0 (pieces->name, name) != 0) {
    flush_piece (pieces);
    pieces->from = pieces->to;
    pieces->kind = kind;
    pieces->name = name;
  }
  pieces->to = to;
}

/* What does not count, up to @until: the holidays in it, day by day, and what is between. */
static void
add_gap (const PnHours *hours, Pieces *pieces, PnTime until)
{
  gint64 day = first_day (hours, floor_seconds (pieces->to)) + 2;

  while (pieces->to < until) {
    const char *name = holiday_on (hours, day);
    PnTime start = instant_of (hours->zone, day * DAY_SECONDS) * PN_SECOND;
    PnTime end = instant_of (hours->zone, (day + 1) * DAY_SECONDS) * PN_SECOND;

    add_piece (pieces, MIN (start, until), PN_HOURS_CLOSED, NULL);
    add_piece (pieces, MIN (end, until), name != NULL ? PN_HOURS_HOLIDAY : PN_HOURS_CLOSED, name);
    day++;
  }
}

void
pn_hours_each (const PnHours *hours, PnTime from, PnTime to, PnHoursFunc func, gpointer data)
{
  Pieces pieces = { from, from, PN_HOURS_CLOSED, NULL, func, data };
  gint64 covered = G_MININT64;

  for (gint64 day = first_day (hours, floor_seconds (from));
       from < to && day <= first_day (hours, floor_seconds (to)) + 6; day++) {
    guint index = 0;
    Span span;

    while (next_span (hours, day, &index, covered, &span)) {
      covered = span.to;
      if (span.to * PN_SECOND <= from || span.from * PN_SECOND >= to)
        continue;
      add_gap (hours, &pieces, MAX (span.from * PN_SECOND, from));
      add_piece (&pieces, MIN (span.to * PN_SECOND, to), PN_HOURS_OPEN, NULL);
    }
  }
  add_gap (hours, &pieces, to);
  flush_piece (&pieces);
}
