/* The page behind the links of a survey's letter. Opening a link (a mail scanner does it, too) changes nothing: the page
 * asks, its button answers. The token names the survey. */
#include "gateway/web/handlers.h"

#include "ticketing/core/error.h"
#include "ticketing/core/token.h"
#include "ticketing/survey.h"

static void
show_expired (PnCall *call)
{
  pn_limit_take (call->web->limit, PN_LIMIT_TOKEN, call->request->client);
  pn_call_page (call, 404, "my-expired", json_pack ("{s:s}", "contact_url", "/contact"));
}

/* (owned) NULL: answered already. */
static PnSurvey *
open_link (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnSurvey *survey;
  gint64 id;

  if (!pn_limit_has (call->web->limit, PN_LIMIT_TOKEN, call->request->client)) {
    pn_call_problem (call, 429, "");
    return NULL;
  }
  if (!pn_token_read (call->web->config.token_key, PN_TOKEN_SURVEY, call->request->match.name,
                      pn_clock_now (), &id)) {
    show_expired (call);
    return NULL;
  }
  survey = pn_survey_load (call->db, id, &error);
  if (survey == NULL && pn_error_is (error, PN_ERROR_NOT_FOUND))
    show_expired (call);
  else if (survey == NULL)
    pn_call_fail (call, error);
  return survey;
}

static json_t *
show_scores (int chosen)
{
  json_t *scores = json_array ();

  for (int i = PN_SCORE_GOOD; i >= PN_SCORE_BAD; i--)
    json_array_append_new (
        scores, json_pack ("{s:s, s:b}", "name", pn_score_name (i), "is_current", i == chosen));
  return scores;
}

static void
show_page (PnCall *call, int status, const PnSurvey *survey, int chosen, const char *problem)
{
  g_autofree char *action = g_strconcat ("/rate/", call->request->match.name, NULL);
  g_autofree char *stop = g_strconcat (action, "/stop", NULL);
  const gboolean is_done = g_strcmp0 (pn_call_query (call, "done"), "rated") == 0;

  pn_call_page (call, status, "public-rate",
                json_pack ("{s:{s:s, s:s, s:o, s:o, s:b, s:b, s:I, s:o}}", "rate", "action", action,
                           "stop", stop, "scores", show_scores (chosen), "word",
                           pn_json_text (survey->word != NULL ? survey->word : ""), "is_done",
                           is_done, "is_open", pn_survey_takes_answers (survey), "number",
                           (json_int_t) survey->ticket_id, "problem", pn_json_text (problem)));
}

void
pn_public_rate (PnCall *call)
{
  g_autoptr (PnSurvey) survey = open_link (call);
  int chosen;

  if (survey == NULL)
    return;
  chosen = survey->score;
  pn_score_read (pn_call_query (call, "score"), &chosen);
  show_page (call, 200, survey, chosen, NULL);
}

typedef struct {
  gint64 id;
  int score;
  const char *word;
} Answer;

static gboolean
take_answer (PnDb *db, gpointer data, GError **error)
{
  const Answer *answer = data;

  return pn_survey_answer (db, answer->id, answer->score, answer->word, error);
}

void
pn_public_rate_send (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSurvey) survey = open_link (call);
  g_autofree char *word = NULL;
  g_autofree char *location = NULL;
  Answer answer = { 0 };

  if (survey == NULL)
    return;
  if (!pn_limit_take (call->web->limit, PN_LIMIT_FORM, call->request->client)) {
    pn_call_problem (call, 429, "too many answers came from your connection");
    return;
  }
  word = pn_call_line (call, "word", PN_SURVEY_WORD_BYTES);
  answer = (Answer){ survey->id, 0, word };
  pn_score_read (pn_call_field (call, "score"), &answer.score);
  if (answer.score == 0) {
    show_page (call, 400, survey, 0, "score");
    return;
  }
  if (!pn_db_run (call->db, take_answer, &answer, &error)) {
    if (pn_error_is (error, PN_ERROR_CONFLICT))
      show_page (call, 409, survey, survey->score, NULL);
    else
      pn_call_fail (call, error);
    return;
  }
  pn_live_nudge (call->web->live);
  location = g_strdup_printf ("/rate/%s?done=rated", call->request->match.name);
  pn_response_set_redirect (call->response, location);
}

static void
show_stop (PnCall *call, gboolean is_done)
{
  g_autofree char *action = g_strconcat ("/rate/", call->request->match.name, "/stop", NULL);

  pn_call_page (call, 200, "public-rate-stop",
                json_pack ("{s:{s:s, s:b}}", "stop", "action", action, "is_done", is_done));
}

void
pn_public_rate_stop (PnCall *call)
{
  g_autoptr (PnSurvey) survey = open_link (call);

  if (survey != NULL)
    show_stop (call, FALSE);
}

/* Also what a mail program posts by itself when its reader unsubscribes (RFC 8058). */
void
pn_public_rate_stopped (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSurvey) survey = open_link (call);

  if (survey == NULL)
    return;
  if (pn_survey_stop (call->db, survey->id, &error))
    show_stop (call, TRUE);
  else
    pn_call_fail (call, error);
}
