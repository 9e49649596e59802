#include <stdio.h>
#include <string.h>

#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/report_private.h"

#define DAYS_BEFORE 29 /* of the span when none is given */

/* Returns: (owned) NULL with INVALID. */
static GDateTime *
read_day (const char *text, GTimeZone *zone, GError **error)
{
  int year;
  int month;
  int day;
  int length = 0;
  GDateTime *time = NULL;

  if (text != NULL && sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &length) == 3
      && (gsize) length == strlen (text) && year >= 1970 && year <= 2105)
    time = g_date_time_new (zone, year, month, day, 0, 0, 0);
  if (time == NULL)
    pn_error_set (error, PN_ERROR_INVALID, "\"%.32s\" is no day such as 2026-11-22",
                  text != NULL ? text : "");
  return time;
}

static GDateTime *
next_day (GDateTime *time, GTimeZone *zone, int days)
{
  int year;
  int month;
  int day;
  g_autoptr (GDateTime) noon = NULL;
  g_autoptr (GDateTime) later = NULL;

  g_date_time_get_ymd (time, &year, &month, &day);
  noon = g_date_time_new (zone, year, month, day, 12, 0, 0);
  later = g_date_time_add_days (noon, days);
  g_date_time_get_ymd (later, &year, &month, &day);
  return g_date_time_new (zone, year, month, day, 0, 0, 0);
}

/* Returns: (owned) the beginning of the period that follows the one of @time. */
static GDateTime *
next_period (GDateTime *time, GTimeZone *zone, PnReportBy by)
{
  int year = g_date_time_get_year (time);
  int month = g_date_time_get_month (time);

  if (by == PN_BY_MONTH)
    return g_date_time_new (zone, month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, 0,
                            0, 0);
  if (by == PN_BY_WEEK)
    return next_day (time, zone, 8 - g_date_time_get_day_of_week (time));
  return next_day (time, zone, 1);
}

static gboolean
make_periods (PnReportSpan *span, GDateTime *first, GTimeZone *zone, PnReportBy by, GError **error)
{
  g_autoptr (GDateTime) time = g_date_time_ref (first);

  while (g_date_time_to_unix (time) < span->to) {
    gint64 start = g_date_time_to_unix (time);
    GDateTime *next = next_period (time, zone, by);

    if (span->starts->len == PN_REPORT_PERIODS) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "from %d periods on it is too long; choose a shorter time or longer periods",
                    PN_REPORT_PERIODS);
      g_date_time_unref (next);
      return FALSE;
    }
    g_array_append_val (span->starts, start);
    g_date_time_unref (time);
    time = next;
  }
  span->density = span->starts->len / (double) (span->to - span->from);
  g_array_append_val (span->starts, span->to);
  return TRUE;
}

void
pn_report_span_clear (PnReportSpan *span)
{
  g_clear_pointer (&span->starts, g_array_unref);
}

gboolean
pn_report_span_read (const PnReportRequest *request, PnReportSpan *span, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (request->zone);
  g_autoptr (GDateTime) from = NULL;
  g_autoptr (GDateTime) to = NULL;
  g_autoptr (GDateTime) end = NULL;

  if (zone == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no time zone \"%.64s\"", request->zone);
    return FALSE;
  }
  from = read_day (request->from, zone, error);
  to = from != NULL ? read_day (request->to, zone, error) : NULL;
  if (to == NULL)
    return FALSE;
  end = next_day (to, zone, 1);
  span->from = g_date_time_to_unix (from);
  span->to = g_date_time_to_unix (end);
  if (span->to <= span->from) {
    pn_error_set (error, PN_ERROR_INVALID, "the last day %s is before the first, %s", request->to,
                  request->from);
    return FALSE;
  }
  span->starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  return request->by < PN_BY_DAY || make_periods (span, from, zone, request->by, error);
}

guint
pn_report_span_find (const PnReportSpan *span, gint64 time)
{
  const gint64 *starts = (const gint64 *) (gpointer) span->starts->data;
  const guint last = span->starts->len - 2;
  guint i = MIN ((guint) ((double) (time - span->from) * span->density), last);

  while (i > 0 && starts[i] > time)
    i--;
  while (i < last && starts[i + 1] <= time)
    i++;
  return i;
}

PnReportRequest *
pn_report_request_new (const char *name, const char *zone)
{
  PnReportRequest *request = g_new0 (PnReportRequest, 1);
  const PnReportKind *kind = pn_report_kind (name);
  g_autoptr (GTimeZone) in = g_time_zone_new_identifier (zone != NULL ? zone : "UTC");
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) there = NULL;
  g_autoptr (GDateTime) first = NULL;

  now = g_date_time_new_from_unix_utc (pn_clock_now () / PN_SECOND);
  there = in != NULL ? g_date_time_to_timezone (now, in) : g_date_time_ref (now);
  first = g_date_time_add_days (there, -DAYS_BEFORE);
  request->name = kind != NULL ? kind->name : NULL;
  request->by = PN_BY_QUEUE;
  request->zone = g_strdup (zone != NULL ? zone : "UTC");
  request->from = g_date_time_format (first, "%Y-%m-%d");
  request->to = g_date_time_format (there, "%Y-%m-%d");
  for (guint i = 0; i < PN_BY_DIMENSIONS; i++)
    request->filter[i] = -1;
  return request;
}

char *
pn_report_zone (PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) calendars = pn_calendar_list (db, error);
  const PnCalendar *first = NULL;
  const char *zone = NULL;

  if (calendars == NULL)
    return NULL;
  for (guint i = 0; i < calendars->len; i++) {
    const PnCalendar *calendar = calendars->pdata[i];

    if (calendar->id != PN_CALENDAR_ALWAYS && (first == NULL || calendar->id < first->id))
      first = calendar;
  }
  if (first != NULL)
    zone = json_string_value (json_object_get (first->document, "zone"));
  return g_strdup (zone != NULL ? zone : "UTC");
}

void
pn_report_request_free (PnReportRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->from);
  g_free (request->to);
  g_free (request->zone);
  g_free (request);
}
