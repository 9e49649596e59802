#include "gateway/web/desk_survey.h"

#include "gateway/web/handlers.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"

#define SHOWN 20
#define HOUR_MAX (PN_SURVEY_DELAY_MAX / PN_HOUR)

/* Returns: (owned) null for NULL. */
static json_t *
show_survey (const PnCall *call, const PnSurvey *survey)
{
  g_autofree char *url = NULL;
  json_t *shown;

  if (survey == NULL)
    return json_null ();
  url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, survey->ticket_id);
  shown = json_pack (
      "{s:I, s:s, s:s, s:o, s:o, s:o, s:o}", "ticket", (json_int_t) survey->ticket_id, "ticket_url",
      url, "state", pn_survey_state_name (survey->state), "score",
      pn_json_text (pn_score_name (survey->score)), "word", pn_json_text (survey->word), "asked_at",
      pn_json_time (survey->asked_at), "answered_at", pn_json_time (survey->answered_at));
  pn_reason_put (call, shown, "reason", survey->reason);
  return shown;
}

gboolean
pn_desk_add_survey (PnCall *call, gint64 ticket_id, json_t *document, GError **error)
{
  g_autoptr (PnSurvey) survey = NULL;

  if (!pn_survey_of_ticket (call->db, ticket_id, &survey, error))
    return FALSE;
  pn_json_set (document, "survey", show_survey (call, survey));
  return TRUE;
}

/* Only of tickets that may be seen. */
gboolean
pn_desk_add_surveys (PnCall *call, gint64 person_id, json_t *document, GError **error)
{
  g_autoptr (GPtrArray) list = pn_survey_of_person (call->db, person_id, SHOWN, error);
  json_t *surveys;

  if (list == NULL)
    return FALSE;
  surveys = json_array ();
  for (guint i = 0; i < list->len; i++) {
    const PnSurvey *survey = list->pdata[i];
    g_autoptr (PnTicket) ticket = pn_ticket_load (call->db, survey->ticket_id, NULL);

    if (ticket != NULL && pn_access_may (call->access, PN_RIGHT_SEE, ticket->queue_id))
      json_array_append_new (surveys, show_survey (call, survey));
  }
  pn_json_set (document, "surveys", surveys);
  return TRUE;
}

static gboolean
show_queue (PnCall *call, const PnQueue *queue, json_t *list, GError **error)
{
  PnSurveyQueue setting;

  if (!pn_survey_queue_load (call->db, queue->id, &setting, error))
    return FALSE;
  json_array_append_new (
      list, json_pack ("{s:o, s:o, s:b, s:I, s:i}", "queue", pn_json_text (queue->name), "title",
                       pn_json_text (queue->title), "is_on", setting.is_on, "delay_hours",
                       (json_int_t) (setting.delay / PN_HOUR), "pause_days", setting.pause_days));
  return TRUE;
}

static void
show_queues (PnCall *call, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  json_t *list = json_array ();
  gboolean is_fine = pn_show_load (call, &error);

  for (guint i = 0; is_fine && i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (pn_access_may (call->access, PN_RIGHT_RELEASE, queue->id))
      is_fine = show_queue (call, queue, list, &error);
  }
  if (!is_fine) {
    json_decref (list);
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (
      call, status, "desk-surveys",
      json_pack ("{s:{s:o, s:o}}", "surveys", "queues", list, "problem", pn_json_text (problem)));
}

void
pn_desk_surveys (PnCall *call)
{
  show_queues (call, 200, NULL);
}

static gboolean
read_setting (PnCall *call, PnSurveyQueue *setting)
{
  const char *hours = pn_call_field (call, "delay_hours");
  const char *days = pn_call_field (call, "pause_days");
  const char *is_on = pn_call_field (call, "is_on");
  gint64 number;

  setting->is_on = g_strcmp0 (is_on, "1") == 0 || g_strcmp0 (is_on, "true") == 0;
  if (hours != NULL) {
    if (!pn_call_read_number (hours, &number) || number > HOUR_MAX)
      return FALSE;
    setting->delay = number * PN_HOUR;
  }
  if (days != NULL) {
    if (!pn_call_read_number (days, &number) || number > PN_SURVEY_PAUSE_MAX)
      return FALSE;
    setting->pause_days = (int) number;
  }
  return TRUE;
}

static void
refuse (PnCall *call, const char *problem)
{
  if (call->is_api)
    pn_call_problem (call, 400, problem);
  else
    show_queues (call, 400, problem);
}

void
pn_desk_surveys_save (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  const PnQueue *queue;
  PnSurveyQueue setting;
  json_t *list;

  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  queue = pn_show_find_queue (call, pn_call_field (call, "queue"));
  if (queue == NULL || !pn_access_may (call->access, PN_RIGHT_RELEASE, queue->id)) {
    pn_call_not_found (call);
    return;
  }
  if (!pn_survey_queue_load (call->db, queue->id, &setting, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!read_setting (call, &setting)) {
    refuse (call, "hours are 0 to 720, days 0 to 365");
    return;
  }
  list = json_array ();
  if (!pn_survey_queue_save (call->db, &setting, &error)
      || !show_queue (call, queue, list, &error)) {
    json_decref (list);
    pn_call_fail (call, error);
    return;
  }
  pn_call_done (call, "/desk/manage/surveys", "saved", 200, json_pack ("{s:o}", "queues", list));
}
