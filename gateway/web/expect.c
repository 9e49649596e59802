#include "gateway/web/expect.h"

#include <math.h>
#include <string.h>

#include "ticketing/answering.h"
#include "ticketing/calendar.h"
#include "ticketing/core/log.h"
#include "ticketing/report.h"

#define DAYS 14
#define ANSWERS_MIN 5 /* fewer say nothing */
#define KEPT (10 * G_TIME_SPAN_MINUTE)

typedef struct {
  gint64 at; /* monotonic */
  gint64 seconds;
} Known;

struct PnExpect {
  GMutex lock;
  GHashTable *known; /* gint64: queue, below zero where office hours count -> Known */
};

PnExpect *
pn_expect_new (void)
{
  PnExpect *expect = g_new0 (PnExpect, 1);

  g_mutex_init (&expect->lock);
  expect->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return expect;
}

void
pn_expect_free (PnExpect *expect)
{
  if (expect == NULL)
    return;
  g_hash_table_unref (expect->known);
  g_mutex_clear (&expect->lock);
  g_free (expect);
}

static double
value_of (const PnReport *report, const char *column)
{
  for (guint i = 0; i < report->n_columns; i++) {
    if (strcmp (report->column[i].name, column) == 0)
      return report->total.value[i];
  }
  return NAN;
}

static gint64
count (PnDb *db, gint64 queue_id, gboolean is_business)
{
  g_autoptr (PnReportRequest) request = pn_report_request_new ("first-response", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (pn_clock_now () / PN_SECOND);
  g_autoptr (GDateTime) begin = g_date_time_add_days (now, -DAYS);
  g_autoptr (PnReport) report = NULL;
  g_autoptr (GError) error = NULL;
  double seconds;

  g_free (request->from);
  request->from = g_date_time_format (begin, "%Y-%m-%d");
  g_free (request->to);
  request->to = g_date_time_format (now, "%Y-%m-%d");
  request->is_business = is_business;
  request->filter[PN_BY_QUEUE] = queue_id;
  report = pn_report_run (db, request, &error);
  if (report == NULL) {
    pn_log_error (PN_LOG_WARNING, "expectation-unknown", error, "queue=%" G_GINT64_FORMAT,
                  queue_id);
    return 0;
  }
  seconds = value_of (report, "p90");
  return value_of (report, "answered") >= ANSWERS_MIN && !isnan (seconds) ? (gint64) seconds : 0;
}

static gboolean
find (PnExpect *expect, gint64 which, gint64 *seconds)
{
  const Known *known;
  gboolean is_known;

  g_mutex_lock (&expect->lock);
  known = g_hash_table_lookup (expect->known, &which);
  is_known = known != NULL && g_get_monotonic_time () - known->at < KEPT;
  if (is_known)
    *seconds = known->seconds;
  g_mutex_unlock (&expect->lock);
  return is_known;
}

static gint64
expect_seconds (PnExpect *expect, PnDb *db, gint64 queue_id, gboolean is_business)
{
  const gint64 which = is_business ? -queue_id : queue_id;
  gint64 seconds = 0;
  Known *known;
  gint64 *key;

  if (find (expect, which, &seconds))
    return seconds;
  seconds = count (db, queue_id, is_business);
  known = g_new (Known, 1);
  *known = (Known){ g_get_monotonic_time (), seconds };
  key = g_new (gint64, 1);
  *key = which;
  g_mutex_lock (&expect->lock);
  g_hash_table_insert (expect->known, key, known);
  g_mutex_unlock (&expect->lock);
  return seconds;
}

/* (owned) NULL: no calendar, or none that can be read. */
static PnHours *
load_hours (PnDb *db, const PnAnswering *answering, GError **error)
{
  g_autoptr (PnCalendar) calendar =
      answering->calendar_id != 0 ? pn_calendar_load (db, answering->calendar_id, error) : NULL;

  return calendar != NULL ? pn_calendar_hours (calendar, error) : NULL;
}

void
pn_expectation_clear (PnExpectation *expectation)
{
  g_clear_pointer (&expectation->note, g_free);
}

static void
fill (PnExpect *expect, PnDb *db, const PnAnswering *answering, PnExpectation *expectation,
      GError **error)
{
  const PnTime now = pn_clock_now ();
  const gboolean is_away = pn_answering_is_away (answering, now);
  g_autoptr (PnHours) hours = load_hours (db, answering, error);
  const PnTime start = is_away ? answering->away_until : now;
  const char *note = is_away ? answering->away_text : "";
  PnTime by = 0;

  expectation->seconds = expect_seconds (expect, db, answering->queue_id, hours != NULL);
  if (hours != NULL && !is_away && pn_hours_add (hours, now, 1) > now + 1)
    note = answering->closed_text;
  if (expectation->seconds > 0 && hours != NULL)
    by = pn_hours_add (hours, start, expectation->seconds * PN_SECOND);
  expectation->by = by == PN_HOURS_NEVER ? 0 : by;
  expectation->note = *note != '\0' ? g_strdup (note) : NULL;
}

void
pn_expect (PnExpect *expect, PnDb *db, gint64 queue_id, PnExpectation *expectation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAnswering) answering = pn_answering_load (db, queue_id, &error);

  *expectation = (PnExpectation){ 0 };
  if (answering != NULL)
    fill (expect, db, answering, expectation, &error);
  if (error != NULL)
    pn_log_error (PN_LOG_WARNING, "expectation-unknown", error, "queue=%" G_GINT64_FORMAT,
                  queue_id);
}
