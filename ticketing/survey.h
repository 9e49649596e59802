/* Surveys: how satisfied customers are, asked once a ticket after it was solved. Owns the tables survey, survey_queue and
 * survey_stop.
 *
 *   (ticket solved) ──► waiting ──due──► asked ──► answered ──► (changed, for PN_SURVEY_CHANGES)
 *                          └─────────► not asked, with the reason
 *
 * Each queue says whether it asks, how long after the solution, and how long a person is left alone afterwards. A ticket
 * that is opened again before it is due waits for its next solution. Whoever does not want to be asked is not asked by
 * any queue. The clerk decides and orders the letter (gateway/clerk/survey.h); the page behind the letter answers.
 */
#pragma once

#include "ticketing/ticket.h"

typedef enum { PN_SCORE_BAD = 1, PN_SCORE_OKAY, PN_SCORE_GOOD } PnScore;

typedef enum {
  PN_SURVEY_WAITING,
  PN_SURVEY_ASKED,
  PN_SURVEY_ANSWERED,
  PN_SURVEY_NOT_ASKED,
} PnSurveyState;

#define PN_SURVEY_LIFE (30 * PN_DAY)   /* of the link in the letter */
#define PN_SURVEY_CHANGES (7 * PN_DAY) /* an answer can be changed */
#define PN_SURVEY_WORD_BYTES 2000
#define PN_SURVEY_DELAY_MAX (30 * PN_DAY)
#define PN_SURVEY_PAUSE_MAX 365

typedef struct {
  gint64 queue_id;
  gboolean is_on;
  PnTime delay;   /* after the solution */
  int pause_days; /* in which a person is asked once; 0: always */
} PnSurveyQueue;

typedef struct {
  gint64 id;
  gint64 ticket_id;
  gint64 person_id; /* 0: not decided yet */
  char *address;    /* NULL: likewise */
  PnSurveyState state;
  char *reason; /* why it is not asked; NULL */
  PnTime due_at;
  PnTime asked_at;
  int score; /* PnScore; 0: none */
  char *word;
  PnTime answered_at;
} PnSurvey;

void pn_survey_free (PnSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSurvey, pn_survey_free)

/* Off, a day later, thirty days in between where nothing was set. */
gboolean pn_survey_queue_load (PnDb *db, gint64 queue_id, PnSurveyQueue *setting, GError **error);
/* INVALID for times out of range. */
gboolean pn_survey_queue_save (PnDb *db, const PnSurveyQueue *setting, GError **error);

/* In the transaction that solves the ticket: plans the question where the queue asks. One statement. */
gboolean pn_survey_plan (PnDb *db, gint64 ticket_id, gint64 queue_id, GError **error);

/* Those that are due: (owned) of PnSurvey, the oldest first. */
GPtrArray *pn_survey_due (PnDb *db, guint limit, GError **error);

/* Has any of the person's surveys been asked since @since? */
gboolean pn_survey_was_asked (PnDb *db, gint64 person_id, PnTime since, gboolean *answer,
                              GError **error);
gboolean pn_survey_has_stopped (PnDb *db, const char *address, gboolean *answer, GError **error);

/* In the caller's transaction, each from waiting; CONFLICT when another did something. The event is the caller's. */
gboolean pn_survey_set_asked (PnDb *db, gint64 id, gint64 person_id, const char *address,
                              GError **error);
gboolean pn_survey_set_not_asked (PnDb *db, gint64 id, const char *reason, GError **error);
gboolean pn_survey_set_later (PnDb *db, gint64 id, GError **error); /* until it is solved again */

PnSurvey *pn_survey_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
/* (owned) NULL: none. */
gboolean pn_survey_of_ticket (PnDb *db, gint64 ticket_id, PnSurvey **survey, GError **error);
/* The newest answers of a person: (owned) of PnSurvey. */
GPtrArray *pn_survey_of_person (PnDb *db, gint64 person_id, guint limit, GError **error);

/* In the caller's transaction: takes or changes the answer, with an event of the customer. CONFLICT when it was not
 * asked, or is too old to be changed; INVALID for a score that is none. */
gboolean pn_survey_answer (PnDb *db, gint64 id, int score, const char *word, GError **error);
gboolean pn_survey_takes_answers (const PnSurvey *survey);

/* The survey's address is not asked again, by any queue. */
gboolean pn_survey_stop (PnDb *db, gint64 id, GError **error);

const char *pn_score_name (int score); /* "good"; NULL for none */
gboolean pn_score_read (const char *name, int *score);
const char *pn_survey_state_name (PnSurveyState state);
