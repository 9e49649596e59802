#include "ticketing/survey.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/fact.h"

#define DELAY PN_DAY
#define PAUSE_DAYS 30
#define NEVER G_MAXINT64 /* until the ticket is solved again */

#define COLUMNS                                                                                    \
  " id, ticket_id, person_id, address, state, reason, due_at, asked_at, score, word, answered_at"

static const char load_queue_sql[] =
    "SELECT is_on, delay_seconds, pause_days FROM survey_queue WHERE queue_id = ?";

static const char save_queue_sql[] =
    "INSERT INTO survey_queue (queue_id, is_on, delay_seconds, pause_days, updated_at)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE is_on = VALUES(is_on), delay_seconds = VALUES(delay_seconds),"
    " pause_days = VALUES(pause_days), updated_at = VALUES(updated_at)";

static const char plan_sql[] =
    "INSERT INTO survey (ticket_id, state, due_at, created_at)"
    " SELECT ?, ?, ? + delay_seconds * 1000000, ? FROM survey_queue"
    " WHERE queue_id = ? AND is_on = 1"
    " ON DUPLICATE KEY UPDATE due_at = IF(state = ?, VALUES(due_at), due_at)";

static const char due_sql[] = "SELECT" COLUMNS " FROM survey"
                              " WHERE state = ? AND due_at <= ?"
                              " ORDER BY due_at, id"
                              " LIMIT ?";

static const char was_asked_sql[] =
    "SELECT 1 FROM survey WHERE person_id = ? AND asked_at >= ? LIMIT 1";

static const char has_stopped_sql[] = "SELECT 1 FROM survey_stop WHERE address = ?";

static const char asked_sql[] =
    "UPDATE survey SET state = ?, person_id = ?, address = ?, asked_at = ?"
    " WHERE id = ? AND state = ?";

static const char not_asked_sql[] =
    "UPDATE survey SET state = ?, reason = ? WHERE id = ? AND state = ?";

static const char later_sql[] = "UPDATE survey SET due_at = ? WHERE id = ? AND state = ?";

static const char load_sql[] = "SELECT" COLUMNS " FROM survey WHERE id = ?";

static const char of_ticket_sql[] = "SELECT" COLUMNS " FROM survey WHERE ticket_id = ?";

static const char of_person_sql[] = "SELECT" COLUMNS " FROM survey"
                                    " WHERE person_id = ? AND answered_at IS NOT NULL"
                                    " ORDER BY asked_at DESC"
                                    " LIMIT ?";

static const char answer_sql[] = "UPDATE survey"
                                 " SET state = ?, score = ?, word = ?,"
                                 " answered_at = COALESCE(answered_at, ?), changed_at = ?"
                                 " WHERE id = ? AND state IN (?, ?)";

static const char stop_sql[] = "INSERT IGNORE INTO survey_stop (address, created_at) VALUES (?, ?)";

static const char *const score_names[] = {
  [PN_SCORE_BAD] = "bad",
  [PN_SCORE_OKAY] = "okay",
  [PN_SCORE_GOOD] = "good",
};

void
pn_survey_free (PnSurvey *survey)
{
  if (survey == NULL)
    return;
  g_free (survey->address);
  g_free (survey->reason);
  g_free (survey->word);
  g_free (survey);
}

gboolean
pn_survey_queue_load (PnDb *db, gint64 queue_id, PnSurveyQueue *setting, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_queue_sql, PN_ARGS (pn_int (queue_id)), error);

  if (rows == NULL)
    return FALSE;
  *setting = (PnSurveyQueue){ queue_id, FALSE, DELAY, PAUSE_DAYS };
  if (pn_rows_next (rows))
    *setting = (PnSurveyQueue){ queue_id, pn_rows_int (rows, 0) != 0,
                                pn_rows_int (rows, 1) * PN_SECOND, (int) pn_rows_int (rows, 2) };
  return TRUE;
}

gboolean
pn_survey_queue_save (PnDb *db, const PnSurveyQueue *setting, GError **error)
{
  if (setting->delay < 0 || setting->delay > PN_SURVEY_DELAY_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "customers are asked 0 to 720 hours after the solution");
    return FALSE;
  }
  if (setting->pause_days < 0 || setting->pause_days > PN_SURVEY_PAUSE_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "a person is left alone for 0 to 365 days, not %d",
                  setting->pause_days);
    return FALSE;
  }
  return pn_db_exec (db, save_queue_sql,
                     PN_ARGS (pn_int (setting->queue_id), pn_int (setting->is_on),
                              pn_int (setting->delay / PN_SECOND), pn_int (setting->pause_days),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

gboolean
pn_survey_plan (PnDb *db, gint64 ticket_id, gint64 queue_id, GError **error)
{
  const PnTime now = pn_clock_now ();

  return pn_db_exec (db, plan_sql,
                     PN_ARGS (pn_int (ticket_id), pn_int (PN_SURVEY_WAITING), pn_int (now),
                              pn_int (now), pn_int (queue_id), pn_int (PN_SURVEY_WAITING)),
                     NULL, error);
}

static PnSurvey *
read_row (const PnRows *rows)
{
  PnSurvey *survey = g_new0 (PnSurvey, 1);

  survey->id = pn_rows_int (rows, 0);
  survey->ticket_id = pn_rows_int (rows, 1);
  survey->person_id = pn_rows_int (rows, 2);
  survey->address = g_strdup (pn_rows_text (rows, 3));
  survey->state = (PnSurveyState) CLAMP (pn_rows_int (rows, 4), 0, PN_SURVEY_NOT_ASKED);
  survey->reason = g_strdup (pn_rows_text (rows, 5));
  survey->due_at = pn_rows_int (rows, 6);
  survey->asked_at = pn_rows_int (rows, 7);
  survey->score = (int) CLAMP (pn_rows_int (rows, 8), 0, PN_SCORE_GOOD);
  survey->word = g_strdup (pn_rows_text (rows, 9));
  survey->answered_at = pn_rows_int (rows, 10);
  return survey;
}

static GPtrArray *
read_rows (PnRows *rows)
{
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_survey_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

GPtrArray *
pn_survey_due (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, due_sql, PN_ARGS (pn_int (PN_SURVEY_WAITING), pn_int (pn_clock_now ()), pn_int (limit)),
      error);

  return read_rows (rows);
}

static gboolean
is_there (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gboolean *answer,
          GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, error);

  if (rows == NULL)
    return FALSE;
  *answer = pn_rows_next (rows);
  return TRUE;
}

gboolean
pn_survey_was_asked (PnDb *db, gint64 person_id, PnTime since, gboolean *answer, GError **error)
{
  const PnValue args[] = { pn_int (person_id), pn_int (since) };

  return is_there (db, was_asked_sql, args, G_N_ELEMENTS (args), answer, error);
}

gboolean
pn_survey_has_stopped (PnDb *db, const char *address, gboolean *answer, GError **error)
{
  const PnValue args[] = { pn_text (address) };

  return is_there (db, has_stopped_sql, args, G_N_ELEMENTS (args), answer, error);
}

static gboolean
check_one (gint64 affected, gint64 id, GError **error)
{
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT, "survey %" G_GINT64_FORMAT " is no longer what it was",
                id);
  return FALSE;
}

gboolean
pn_survey_set_asked (PnDb *db, gint64 id, gint64 person_id, const char *address, GError **error)
{
  gint64 affected;

  return pn_db_exec (db, asked_sql,
                     PN_ARGS (pn_int (PN_SURVEY_ASKED), pn_int (person_id), pn_text (address),
                              pn_int (pn_clock_now ()), pn_int (id), pn_int (PN_SURVEY_WAITING)),
                     &affected, error)
         && check_one (affected, id, error);
}

gboolean
pn_survey_set_not_asked (PnDb *db, gint64 id, const char *reason, GError **error)
{
  gint64 affected;

  return pn_db_exec (db, not_asked_sql,
                     PN_ARGS (pn_int (PN_SURVEY_NOT_ASKED), pn_text (reason), pn_int (id),
                              pn_int (PN_SURVEY_WAITING)),
                     &affected, error)
         && check_one (affected, id, error);
}

gboolean
pn_survey_set_later (PnDb *db, gint64 id, GError **error)
{
  return pn_db_exec (db, later_sql,
                     PN_ARGS (pn_int (NEVER), pn_int (id), pn_int (PN_SURVEY_WAITING)), NULL,
                     error);
}

PnSurvey *
pn_survey_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no survey %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_row (rows);
}

gboolean
pn_survey_of_ticket (PnDb *db, gint64 ticket_id, PnSurvey **survey, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, of_ticket_sql, PN_ARGS (pn_int (ticket_id)), error);

  if (rows == NULL)
    return FALSE;
  *survey = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_survey_of_person (PnDb *db, gint64 person_id, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, of_person_sql, PN_ARGS (pn_int (person_id), pn_int (limit)), error);

  return read_rows (rows);
}

gboolean
pn_survey_takes_answers (const PnSurvey *survey)
{
  const PnTime now = pn_clock_now ();

  if (survey->state == PN_SURVEY_ANSWERED)
    return now - survey->answered_at <= PN_SURVEY_CHANGES;
  return survey->state == PN_SURVEY_ASKED && now - survey->asked_at <= PN_SURVEY_LIFE;
}

static gboolean
note_answer (PnDb *db, const PnSurvey *survey, int score, const char *word, GError **error)
{
  const PnActor person = { PN_ACTOR_PERSON, survey->person_id };
  g_autofree char *said = pn_reason_said (word);

  if (survey->score == score && g_strcmp0 (survey->word != NULL ? survey->word : "", word) == 0)
    return TRUE;
  return pn_event_add (db, survey->ticket_id, PN_EVENT_SURVEY, person,
                       pn_score_name (survey->score), pn_score_name (score), said, error)
         && pn_fact_mark (db, survey->ticket_id, error);
}

gboolean
pn_survey_answer (PnDb *db, gint64 id, int score, const char *word, GError **error)
{
  g_autoptr (PnSurvey) survey = pn_survey_load (db, id, error);
  g_autofree char *line = pn_text_clean_line (word, PN_SURVEY_WORD_BYTES);
  const PnTime now = pn_clock_now ();
  gint64 affected;

  if (survey == NULL)
    return FALSE;
  if (score < PN_SCORE_BAD || score > PN_SCORE_GOOD) {
    pn_error_set (error, PN_ERROR_INVALID, "please choose good, okay or bad");
    return FALSE;
  }
  if (!pn_survey_takes_answers (survey)) {
    pn_error_set (error, PN_ERROR_CONFLICT, "this answer can't be given or changed any more");
    return FALSE;
  }
  return pn_db_exec (db, answer_sql,
                     PN_ARGS (pn_int (PN_SURVEY_ANSWERED), pn_int (score), pn_text (line),
                              pn_int (now), pn_int (now), pn_int (id), pn_int (PN_SURVEY_ASKED),
                              pn_int (PN_SURVEY_ANSWERED)),
                     &affected, error)
         && note_answer (db, survey, score, line, error);
}

gboolean
pn_survey_stop (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnSurvey) survey = pn_survey_load (db, id, error);

  if (survey == NULL)
    return FALSE;
  return survey->address == NULL
         || pn_db_exec (db, stop_sql, PN_ARGS (pn_text (survey->address), pn_int (pn_clock_now ())),
                        NULL, error);
}

const char *
pn_score_name (int score)
{
  return score >= PN_SCORE_BAD && score <= PN_SCORE_GOOD ? score_names[score] : NULL;
}

gboolean
pn_score_read (const char *name, int *score)
{
  for (int i = PN_SCORE_BAD; i <= PN_SCORE_GOOD; i++) {
    if (g_strcmp0 (name, score_names[i]) == 0) {
      *score = i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
pn_survey_state_name (PnSurveyState state)
{
  static const char *const names[] = {
    [PN_SURVEY_WAITING] = "waiting",
    [PN_SURVEY_ASKED] = "asked",
    [PN_SURVEY_ANSWERED] = "answered",
    [PN_SURVEY_NOT_ASKED] = "not_asked",
  };

  return names[state];
}
