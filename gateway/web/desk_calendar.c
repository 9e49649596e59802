#include "gateway/web/handlers.h"

#include <string.h>
#include <unistd.h>

#include "gateway/web/show_due.h"
#include "gateway/web/sla_form.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/holiday.h"
#include "ticketing/sla_document.h"

#define YEARS_BACK 1
#define YEARS_AHEAD 5
#define TRY_LINES_FROM 366 /* days: a trial further than that shows no ledger */

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static char *
url_of (const PnCalendar *calendar)
{
  return g_strdup_printf ("/desk/manage/calendars/%" G_GINT64_FORMAT, calendar->id);
}

static PnCalendar *
load_calendar (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnCalendar *calendar = pn_calendar_load (call->db, pn_call_id (call), &error);

  if (calendar == NULL)
    pn_call_fail (call, error);
  return calendar;
}

static json_t *
show_in_list (const PnCalendar *calendar)
{
  g_autofree char *url = url_of (calendar);
  json_t *shown = pn_sla_write_calendar (calendar);

  pn_json_set (shown, "url", pn_json_text (url));
  pn_json_set (shown, "holiday_count",
               json_integer ((json_int_t) json_array_size (
                   json_object_get (calendar->document, "holidays"))));
  return shown;
}

static void
show_list (PnCall *call, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) calendars = pn_calendar_list (call->db, &error);
  const char *name = pn_call_field (call, "name");
  const char *title = pn_call_field (call, "title");
  json_t *list;

  if (calendars == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < calendars->len; i++)
    json_array_append_new (list, show_in_list (calendars->pdata[i]));
  if (call->is_api) {
    pn_call_page (call, status, NULL, json_pack ("{s:o}", "calendars", list));
    return;
  }
  pn_call_page (call, status, "desk-calendars",
                json_pack ("{s:o, s:{s:o, s:o, s:o}}", "calendars", list, "form", "name",
                           pn_json_text (name != NULL ? name : ""), "title",
                           pn_json_text (title != NULL ? title : ""), "error",
                           pn_json_text (problem)));
}

void
pn_desk_calendars (PnCall *call)
{
  show_list (call, 200, NULL);
}

/* What stands in the fields: what was typed, or what is stored. */
static json_t *
show_fields (const PnCall *call, const PnCalendar *calendar)
{
  json_t *fields = json_object ();
  json_t *week = json_array ();
  g_autofree char *holidays = pn_sla_form_write_holidays (calendar->document);
  const char *typed = pn_call_field (call, "holidays");

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autofree char *name = g_strconcat ("week.", days[i], NULL);
    g_autofree char *stored = pn_sla_form_write_day (calendar->document, days[i]);
    const char *text = pn_call_field (call, name);

    json_array_append_new (week, json_pack ("{s:s, s:s, s:o}", "day", days[i], "field", name,
                                            "value", pn_json_text (text != NULL ? text : stored)));
  }
  pn_json_set (fields, "week", week);
  pn_json_set (fields, "holidays", pn_json_text (typed != NULL ? typed : holidays));
  typed = pn_call_field (call, "zone");
  pn_json_set (
      fields, "zone",
      pn_json_text (typed != NULL ? typed : pn_json_get_text (calendar->document, "zone")));
  typed = pn_call_field (call, "title");
  pn_json_set (fields, "title", pn_json_text (typed != NULL ? typed : calendar->title));
  typed = pn_call_field (call, "name");
  pn_json_set (fields, "name", pn_json_text (typed != NULL ? typed : calendar->name));
  return fields;
}

/* Reads a time of the calendar's zone ("2026-11-23T09:00"), or RFC 3339. */
static gboolean
read_start (const char *text, const char *zone, PnTime *start)
{
  g_autoptr (GTimeZone) tz = g_time_zone_new_identifier (zone);
  g_autofree char *whole = strlen (text) == 16 ? g_strconcat (text, ":00", NULL) : g_strdup (text);
  g_autoptr (GDateTime) local = tz != NULL ? g_date_time_new_from_iso8601 (whole, tz) : NULL;

  if (local != NULL)
    *start = g_date_time_to_unix (local) * PN_SECOND;
  return local != NULL;
}

static void
collect_piece (PnTime from, PnTime to, PnHoursKind kind, const char *name, gpointer data)
{
  static const PnLedgerKind kinds[] = {
    [PN_HOURS_OPEN] = PN_LEDGER_COUNTED,
    [PN_HOURS_CLOSED] = PN_LEDGER_CLOSED,
    [PN_HOURS_HOLIDAY] = PN_LEDGER_HOLIDAY,
  };
  GPtrArray *lines = data;
  const PnLedgerLine *last = lines->len > 0 ? lines->pdata[lines->len - 1] : NULL;
  PnLedgerLine *line = g_new0 (PnLedgerLine, 1);

  *line = (PnLedgerLine){ from,          to,
                          kinds[kind],   g_strdup (name),
                          PN_STATUS_NEW, last != NULL ? last->total : 0 };
  if (kind == PN_HOURS_OPEN)
    line->total += to - from;
  g_ptr_array_add (lines, line);
}

static void
free_line (gpointer line)
{
  pn_ledger_line_free (line);
}

static json_t *
show_due_time (const PnHours *hours, PnTime start, gint64 minutes, const char *zone)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (free_line);
  const PnTime due = pn_hours_add (hours, start, minutes * PN_MINUTE);
  g_autofree char *local = pn_show_local_time (due, zone);

  if (due != PN_HOURS_NEVER && due - start < TRY_LINES_FROM * PN_DAY)
    pn_hours_each (hours, start, due, collect_piece, lines);
  return json_pack ("{s:b, s:o, s:o, s:o}", "is_never", due == PN_HOURS_NEVER, "due_at",
                    due == PN_HOURS_NEVER ? json_null () : pn_json_time (due), "due_local",
                    pn_json_text (local), "ledger", pn_show_ledger (lines, zone));
}

/* A question at the calendar: ?start=…&duration=… */
static json_t *
show_trial (const PnCall *call, const PnCalendar *calendar)
{
  const char *zone = pn_json_get_text (calendar->document, "zone");
  const char *start_text = pn_call_query (call, "start");
  const char *span_text = pn_call_query (call, "duration");
  g_autoptr (PnHours) hours = pn_calendar_hours (calendar, NULL);
  g_autofree char *now = pn_show_local_time (pn_clock_now () / PN_MINUTE * PN_MINUTE, zone);
  json_t *trial;
  gint64 minutes = 0;
  PnTime start;

  g_strdelimit (now, " ", 'T');
  trial = json_pack ("{s:o, s:o, s:n, s:n}", "start",
                     pn_json_text (start_text != NULL ? start_text : now), "duration",
                     pn_json_text (span_text != NULL ? span_text : "4 h"), "error", "answer");
  if (start_text == NULL || span_text == NULL || hours == NULL || zone == NULL)
    return trial;
  if (!read_start (start_text, zone, &start))
    pn_json_set (trial, "error", json_string ("start"));
  else if (!pn_sla_form_read_minutes (span_text, &minutes))
    pn_json_set (trial, "error", json_string ("duration"));
  else
    pn_json_set (trial, "answer", show_due_time (hours, start, minutes, zone));
  return trial;
}

static void
show_with (PnCall *call, const PnCalendar *calendar, int status, const char *problem,
           const GPtrArray *left_out)
{
  g_autofree char *url = url_of (calendar);
  json_t *document = json_pack ("{s:o, s:o, s:[]}", "calendar", pn_sla_write_calendar (calendar),
                                "trial", show_trial (call, calendar), "left_out");

  for (guint i = 0; left_out != NULL && i < left_out->len; i++)
    json_array_append_new (json_object_get (document, "left_out"),
                           pn_json_text (left_out->pdata[i]));

  if (!call->is_api) {
    pn_json_set (json_object_get (document, "calendar"), "url", pn_json_text (url));
    pn_json_set (document, "fields", show_fields (call, calendar));
    pn_json_set (document, "error", pn_json_text (problem));
    pn_json_set (document, "can_remove", json_boolean (calendar->id != PN_CALENDAR_ALWAYS));
  }
  pn_call_page (call, status, "desk-calendar", document);
}

static void
show_calendar (PnCall *call, const PnCalendar *calendar, int status, const char *problem)
{
  show_with (call, calendar, status, problem, NULL);
}

void
pn_desk_calendar (PnCall *call)
{
  g_autoptr (PnCalendar) calendar = load_calendar (call);

  if (calendar != NULL)
    show_calendar (call, calendar, 200, NULL);
}

/* Answers: INVALID and CONFLICT with the page that was sent, so that nothing typed is lost. */
static void
fail (PnCall *call, const PnCalendar *calendar, const GError *error)
{
  const gboolean is_theirs =
      pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT);

  if (call->is_api || !is_theirs)
    pn_call_fail (call, error);
  else if (calendar->id == 0)
    show_list (call, pn_error_http_status (error), error->message);
  else
    show_calendar (call, calendar, pn_error_http_status (error), error->message);
}

/* FALSE: answered already. */
static gboolean
store (PnCall *call, PnCalendar *calendar, gint64 if_version)
{
  g_autoptr (GError) error = NULL;

  if (!pn_calendar_save (call->db, calendar, if_version, call->agent->id, &error)) {
    fail (call, calendar, error);
    return FALSE;
  }
  pn_log (PN_LOG_INFO, "calendar-saved", "calendar=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          calendar->id, call->agent->id);
  return TRUE;
}

static void
save (PnCall *call, PnCalendar *calendar, gint64 if_version, int status)
{
  g_autofree char *url = NULL;

  if (!store (call, calendar, if_version))
    return;
  url = url_of (calendar);
  pn_call_done (call, url, "saved", status,
                json_pack ("{s:o}", "calendar", pn_sla_write_calendar (calendar)));
}

/* @calendar gets what the call says. FALSE: answered already. */
static gboolean
read_calendar (PnCall *call, PnCalendar *calendar, gint64 *if_version)
{
  const char *version = pn_call_field (call, "if_version");
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) document = pn_sla_form_calendar (call, &error);

  *if_version = 0;
  if (version != NULL && !pn_call_read_number (version, if_version)) {
    pn_call_problem (call, 400, "if_version is a number");
    return FALSE;
  }
  if (document != NULL && pn_sla_read_calendar (document, calendar, &error))
    return TRUE;
  fail (call, calendar, error);
  return FALSE;
}

void
pn_desk_calendar_add (PnCall *call)
{
  g_autoptr (PnCalendar) calendar = pn_calendar_new ("");
  gint64 if_version;

  if (read_calendar (call, calendar, &if_version))
    save (call, calendar, 0, 201);
}

void
pn_desk_calendar_save (PnCall *call)
{
  g_autoptr (PnCalendar) calendar = load_calendar (call);
  gint64 if_version;

  if (calendar != NULL && read_calendar (call, calendar, &if_version))
    save (call, calendar, if_version, 200);
}

/* Returns: (owned) the bytes of the file that came; NULL with INVALID. */
static char *
read_upload (const PnCall *call, gsize *size, GError **error)
{
  const GPtrArray *uploads = call->request->form->uploads;
  const PnUpload *upload = uploads->len == 1 ? uploads->pdata[0] : NULL;
  g_autofree char *bytes = NULL;

  if (upload == NULL || upload->size_bytes > PN_HOLIDAY_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "choose one iCalendar file of up to %d bytes",
                  PN_HOLIDAY_BYTES);
    return NULL;
  }
  bytes = g_malloc ((gsize) upload->size_bytes + 1);
  if (pread (upload->fd, bytes, (gsize) upload->size_bytes, 0) != (ssize_t) upload->size_bytes) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "the uploaded file can't be read");
    return NULL;
  }
  *size = (gsize) upload->size_bytes;
  return g_steal_pointer (&bytes);
}

static int
this_year (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (pn_clock_now () / PN_SECOND);

  return g_date_time_get_year (now);
}

void
pn_desk_calendar_import (PnCall *call)
{
  g_autoptr (PnCalendar) calendar = load_calendar (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (json_t) found = NULL;
  g_autofree char *bytes = NULL;
  gsize size = 0;

  if (calendar == NULL)
    return;
  bytes = read_upload (call, &size, &error);
  if (bytes != NULL)
    found = pn_holiday_read (bytes, size, this_year () - YEARS_BACK, this_year () + YEARS_AHEAD,
                             left_out, &error);
  if (found == NULL) {
    fail (call, calendar, error);
    return;
  }
  pn_holiday_add (calendar->document, found);
  if (left_out->len == 0)
    save (call, calendar, calendar->version, 200);
  else if (store (call, calendar, calendar->version))
    show_with (call, calendar, 200, NULL, left_out); /* said at once: it is kept nowhere */
}

void
pn_desk_calendar_remove (PnCall *call)
{
  g_autoptr (PnCalendar) calendar = load_calendar (call);
  g_autoptr (GError) error = NULL;

  if (calendar == NULL)
    return;
  if (!pn_calendar_remove (call->db, calendar->id, &error)) {
    fail (call, calendar, error);
    return;
  }
  pn_log (PN_LOG_INFO, "calendar-removed", "calendar=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          calendar->id, call->agent->id);
  pn_call_done (call, "/desk/manage/calendars", "saved", 200, json_object ());
}
