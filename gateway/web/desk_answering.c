/* /desk/manage/answers: what each queue answers by itself, and how sure the knowledge base is. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "kb/given.h"
#include "kb/trust.h"
#include "ticketing/answering.h"
#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"

#define DATE_BYTES 10
#define RECENT (30 * PN_DAY)

static const PnAnsweringMode modes[] = { PN_ANSWERING_OFF, PN_ANSWERING_SUGGEST,
                                         PN_ANSWERING_ANSWER };
static const PnAnsweringHours hours[] = { PN_ANSWERING_ALWAYS, PN_ANSWERING_CLOSED,
                                          PN_ANSWERING_OPEN };

static json_t *
show_choice (const char *name, gboolean is_current)
{
  return json_pack ("{s:s, s:b}", "name", name, "is_current", is_current);
}

/* Returns: (owned) the day as "2026-12-24"; "" for none. */
static char *
write_date (PnTime time)
{
  g_autofree char *text = time != 0 ? pn_clock_write (time) : g_strdup ("");

  return g_strndup (text, DATE_BYTES);
}

static json_t *
show_calendars (const GPtrArray *calendars, gint64 current)
{
  json_t *list = json_array ();

  for (guint i = 0; i < calendars->len; i++) {
    const PnCalendar *calendar = calendars->pdata[i];

    json_array_append_new (
        list, json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (calendar->name), "title",
                         pn_json_text (calendar->title), "is_current", calendar->id == current));
  }
  return list;
}

static json_t *
show_queue (const PnQueue *queue, const PnAnswering *answering, const GPtrArray *calendars)
{
  g_autofree char *from = write_date (answering->away_from);
  g_autofree char *until =
      write_date (answering->away_until != 0 ? answering->away_until - PN_DAY : 0);
  json_t *mode_list = json_array ();
  json_t *hours_list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    json_array_append_new (
        mode_list, show_choice (pn_answering_mode_name (modes[i]), modes[i] == answering->mode));
  for (gsize i = 0; i < G_N_ELEMENTS (hours); i++)
    json_array_append_new (
        hours_list, show_choice (pn_answering_hours_name (hours[i]), hours[i] == answering->hours));
  return json_pack (
      "{s:s, s:o, s:b, s:s, s:o, s:i, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "name", queue->name,
      "title", pn_json_text (queue->title), "acknowledges", queue->acknowledges, "mode",
      pn_answering_mode_name (answering->mode), "modes", mode_list, "threshold",
      (int) (answering->threshold * 100 + 0.5), "languages", answering->languages, "hours",
      pn_answering_hours_name (answering->hours), "hours_choices", hours_list, "calendars",
      show_calendars (calendars, answering->calendar_id), "closed_text", answering->closed_text,
      "away_from", from, "away_until", until, "away_text", answering->away_text);
}

static json_t *
show_trust (const PnCall *call, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnTrust) trust = pn_trust_load (call->db, error);
  PnGivenCounts counts;
  json_t *shown;

  if (trust == NULL || !pn_given_count (call->db, now - RECENT, now, &counts, error))
    return NULL;
  shown = json_pack (
      "{s:b, s:b, s:b, s:i, s:i, s:i, s:i, s:I, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "is_off",
      trust->off_at != 0, "is_learned", trust->is_learned, "answers_never", trust->threshold > 1,
      "threshold", (int) (MIN (trust->threshold, 1) * 100 + 0.5), "precision",
      (int) (trust->precision * 100 + 0.5), "coverage", (int) (trust->coverage * 100 + 0.5),
      "error", (int) (trust->error * 100 + 0.5), "samples", (json_int_t) trust->samples,
      "learned_at", pn_json_time (trust->learned_at), "off_at", pn_json_time (trust->off_at),
      "month", "answers", (json_int_t) counts.answers, "solved", (json_int_t) counts.answers_solved,
      "refused", (json_int_t) counts.answers_refused, "suggestions",
      (json_int_t) counts.suggestions, "suggestions_solved",
      (json_int_t) counts.suggestions_solved);
  pn_reason_put (call, shown, "off_reason", trust->off_reason);
  return shown;
}

static gboolean
may_change (const PnCall *call, gint64 queue_id)
{
  return pn_access_may (call->access, PN_RIGHT_RELEASE, queue_id);
}

static gboolean
show_queues (PnCall *call, json_t *list, GError **error)
{
  g_autoptr (GPtrArray) calendars = pn_calendar_list (call->db, error);

  if (calendars == NULL || !pn_show_load (call, error))
    return FALSE;
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];
    g_autoptr (PnAnswering) answering = NULL;

    if (!may_change (call, queue->id))
      continue;
    answering = pn_answering_load (call->db, queue->id, error);
    if (answering == NULL)
      return FALSE;
    json_array_append_new (list, show_queue (queue, answering, calendars));
  }
  return TRUE;
}

static void
show_page (PnCall *call, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) queues = json_array ();
  json_t *trust;

  if (!show_queues (call, queues, &error) || (trust = show_trust (call, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, status, "desk-answering",
                json_pack ("{s:o, s:O, s:o, s:b}", "trust", trust, "queues", queues, "problem",
                           pn_json_text (problem), "may_switch",
                           pn_access_is_admin (call->access)));
}

void
pn_desk_answering (PnCall *call)
{
  show_page (call, 200, NULL);
}

static gboolean
read_date (const char *name, const char *text, PnTime *time, GError **error)
{
  g_autofree char *whole = NULL;

  *time = 0;
  if (text == NULL || *text == '\0')
    return TRUE;
  whole = g_strconcat (text, "T00:00:00Z", NULL);
  if (strlen (text) == DATE_BYTES && pn_clock_read (whole, time, NULL))
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "%s \"%s\" is no day such as 2026-12-24", name, text);
  return FALSE;
}

/* Percent, or nothing for the learned one. */
static gboolean
read_threshold (const char *text, double *threshold, GError **error)
{
  gint64 percent = 0;

  if (text != NULL && *text != '\0' && !pn_call_read_number (text, &percent)) {
    pn_error_set (error, PN_ERROR_INVALID, "threshold \"%s\" is no number of percent", text);
    return FALSE;
  }
  *threshold = (double) percent / 100;
  return TRUE;
}

static gboolean
read_calendar (PnCall *call, gint64 *calendar_id, GError **error)
{
  const char *name = pn_call_field (call, "calendar");
  g_autoptr (PnCalendar) calendar = NULL;

  *calendar_id = 0;
  if (name == NULL || *name == '\0')
    return TRUE;
  if (!pn_calendar_find (call->db, name, &calendar, error))
    return FALSE;
  if (calendar == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no calendar \"%s\"", name);
    return FALSE;
  }
  *calendar_id = calendar->id;
  return TRUE;
}

static char *
read_text (const PnCall *call, const char *name)
{
  const char *text = pn_call_field (call, name);

  return g_strstrip (g_strdup (text != NULL ? text : ""));
}

static gboolean
read_answering (PnCall *call, PnAnswering *answering, GError **error)
{
  const char *mode = pn_call_field (call, "mode");
  const char *when = pn_call_field (call, "hours");

  if (mode != NULL && !pn_answering_mode_read (mode, &answering->mode)) {
    pn_error_set (error, PN_ERROR_INVALID, "mode \"%s\": off, suggest or answer", mode);
    return FALSE;
  }
  if (when != NULL && !pn_answering_hours_read (when, &answering->hours)) {
    pn_error_set (error, PN_ERROR_INVALID, "hours \"%s\": always, closed or open", when);
    return FALSE;
  }
  g_free (answering->languages);
  answering->languages = pn_call_line (call, "languages", 200);
  g_free (answering->closed_text);
  answering->closed_text = read_text (call, "closed_text");
  g_free (answering->away_text);
  answering->away_text = read_text (call, "away_text");
  if (!read_date ("away_from", pn_call_field (call, "away_from"), &answering->away_from, error)
      || !read_date ("away_until", pn_call_field (call, "away_until"), &answering->away_until,
                     error))
    return FALSE;
  if (answering->away_until != 0)
    answering->away_until += PN_DAY; /* the last day counts */
  return read_threshold (pn_call_field (call, "threshold"), &answering->threshold, error)
         && read_calendar (call, &answering->calendar_id, error);
}

void
pn_desk_answering_save (PnCall *call)
{
  g_autofree char *name = pn_call_line (call, "queue", 64);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAnswering) answering = NULL;
  const PnQueue *queue;

  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  queue = pn_show_find_queue (call, name);
  if (queue == NULL || !may_change (call, queue->id)) {
    pn_call_not_found (call);
    return;
  }
  answering = pn_answering_load (call->db, queue->id, &error);
  if (answering != NULL && read_answering (call, answering, &error)
      && pn_answering_save (call->db, answering, &error)) {
    pn_call_done (call, "/desk/manage/answers", "saved", 200, json_object ());
    return;
  }
  if (pn_error_is (error, PN_ERROR_INVALID) && !call->is_api)
    show_page (call, 400, error->message);
  else
    pn_call_fail (call, error);
}

void
pn_desk_answering_switch (PnCall *call)
{
  const char *is_on = pn_call_field (call, "is_on");
  g_autofree char *reason =
      pn_reason_make (PN_WHY_TRUST_AGENT, "{s:o}", "name", pn_json_text (call->agent->name));
  g_autoptr (GError) error = NULL;
  gboolean is_news;

  if (g_strcmp0 (is_on, "1") == 0 ? pn_trust_switch_on (call->db, &error)
                                  : pn_trust_switch_off (call->db, reason, &is_news, &error))
    pn_call_done (call, "/desk/manage/answers", "saved", 200, json_object ());
  else
    pn_call_fail (call, error);
}
