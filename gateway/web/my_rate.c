#include "gateway/web/my_rate.h"

#include "gateway/web/handlers.h"
#include "ticketing/core/error.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/survey.h"

/* The requester is asked, as by the letter; who is in Cc is not. */
static gboolean
is_requester (PnDb *db, gint64 ticket_id, const char *address, gboolean *answer, GError **error)
{
  g_autoptr (GPtrArray) participants = pn_participant_list (db, ticket_id, error);

  *answer = FALSE;
  if (participants == NULL)
    return FALSE;
  for (guint i = 0; i < participants->len; i++) {
    const PnParticipant *participant = participants->pdata[i];
    g_autofree char *theirs = pn_person_fold (participant->address);
    g_autofree char *mine = pn_person_fold (address);

    *answer =
        *answer || (participant->role == PN_PARTICIPANT_REQUESTER && g_strcmp0 (theirs, mine) == 0);
  }
  return TRUE;
}

/* NULL without error: this customer is not asked, or too late. */
static gboolean
find_survey (PnDb *db, const PnTicket *ticket, const char *address, PnSurvey **survey,
             GError **error)
{
  g_autoptr (PnSurvey) found = NULL;
  PnSurveyQueue setting;
  gboolean is_theirs = FALSE;

  *survey = NULL;
  if (ticket->status < PN_STATUS_SOLVED || ticket->removed_at != 0)
    return TRUE;
  if (!is_requester (db, ticket->id, address, &is_theirs, error)
      || !pn_survey_queue_load (db, ticket->queue_id, &setting, error)
      || !pn_survey_of_ticket (db, ticket->id, &found, error))
    return FALSE;
  if (found == NULL || !is_theirs)
    return TRUE;
  if (found->state == PN_SURVEY_WAITING ? setting.is_on : pn_survey_takes_answers (found))
    *survey = g_steal_pointer (&found);
  return TRUE;
}

json_t *
pn_my_show_rating (const PnCall *call, const PnTicket *ticket, GError **error)
{
  g_autoptr (PnSurvey) survey = NULL;
  json_t *scores;

  if (!find_survey (call->db, ticket, call->customer_address, &survey, error))
    return NULL;
  if (survey == NULL)
    return json_null ();
  scores = json_array ();
  for (int i = PN_SCORE_GOOD; i >= PN_SCORE_BAD; i--)
    json_array_append_new (scores, json_pack ("{s:s, s:b}", "name", pn_score_name (i), "is_current",
                                              i == survey->score));
  return json_pack ("{s:o, s:o, s:b}", "scores", scores, "word",
                    pn_json_text (survey->word != NULL ? survey->word : ""), "is_done",
                    survey->score != 0);
}

typedef struct {
  const PnCall *call;
  int score;
  const char *word;
} Answer;

/* Where the letter was not sent yet, it need not be: the answer is here, once. */
static gboolean
take_answer (PnDb *db, gpointer data, GError **error)
{
  const Answer *answer = data;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, answer->call->customer_ticket, error);
  g_autoptr (PnSurvey) survey = NULL;

  if (ticket == NULL || !find_survey (db, ticket, answer->call->customer_address, &survey, error))
    return FALSE;
  if (survey == NULL) {
    pn_error_set (error, PN_ERROR_CONFLICT, "this answer can't be given or changed any more");
    return FALSE;
  }
  return (survey->state != PN_SURVEY_WAITING
          || pn_survey_set_asked (db, survey->id, ticket->person_id, answer->call->customer_address,
                                  error))
         && pn_survey_answer (db, survey->id, answer->score, answer->word, error);
}

void
pn_my_rate (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *word = pn_call_line (call, "word", PN_SURVEY_WORD_BYTES);
  g_autofree char *location = NULL;
  Answer answer = { call, 0, word };

  if (pn_call_id (call) != call->customer_ticket) {
    pn_call_not_found (call);
    return;
  }
  pn_score_read (pn_call_field (call, "score"), &answer.score);
  if (answer.score == 0) {
    pn_call_problem (call, 400, "please choose good, okay or bad");
    return;
  }
  if (!pn_db_run (call->db, take_answer, &answer, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_live_nudge (call->web->live);
  location = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, call->customer_ticket);
  pn_call_done (call, location, "rated", 200, NULL);
}
