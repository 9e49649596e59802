#include "gateway/clerk/survey.h"

#include "gateway/clerk/answer.h"
#include "gateway/clerk/book.h"
#include "gateway/mail/auto.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/token.h"
#include "ticketing/fact.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"
#include "ticketing/survey.h"

/* One question on its way. */
typedef struct {
  const PnSurveyClerk *clerk;
  const PnBook *book;
  const PnSurvey *survey;
  PnTicket *ticket;
  char *address; /* of the requester; NULL: there is none */
  char *name;
  gboolean is_verified;
  const char *refusal; /* NULL: ask */
} Question;

static void
question_clear (Question *question)
{
  g_clear_pointer (&question->ticket, pn_ticket_free);
  g_clear_pointer (&question->address, g_free);
  g_clear_pointer (&question->name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static gboolean
find_reader (Question *question, PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) participants = pn_participant_list (db, question->ticket->id, error);
  g_autoptr (PnMessage) message = NULL;

  if (participants == NULL
      || !pn_message_newest (db, question->ticket->id, PN_DIRECTION_IN, &message, error))
    return FALSE;
  if (participants->len > 0) {
    const PnParticipant *first = participants->pdata[0];

    if (first->role == PN_PARTICIPANT_REQUESTER) {
      question->address = pn_person_fold (first->address);
      question->name = g_strdup (first->name);
    }
  }
  question->is_verified = message != NULL && message->verdict == PN_VERDICT_PASS
                          && question->address != NULL
                          && g_ascii_strcasecmp (message->from_address, question->address) == 0;
  return TRUE;
}

/* Sets the refusal that needs no counting. */
static gboolean
check_reader (Question *question, PnDb *db, GError **error)
{
  gboolean is_suspended = FALSE;
  gboolean has_stopped = FALSE;

  if (*question->clerk->site_url == '\0')
    question->refusal = pn_reason (PN_WHY_SURVEY_NO_SITE);
  else if (question->address == NULL)
    question->refusal = pn_reason (PN_WHY_SURVEY_NOBODY);
  else if (pn_auto_is_robot_address (question->address))
    question->refusal = pn_reason (PN_WHY_SURVEY_ROBOT);
  else if (pn_book_owns (question->book, question->address)
           || pn_book_is_agent (question->book, question->address))
    question->refusal = pn_reason (PN_WHY_SURVEY_OURS);
  else if (pn_book_sender (question->book, question->ticket->queue_id, question->ticket->mailbox_id)
           == NULL)
    question->refusal = pn_reason (PN_WHY_SURVEY_NO_MAILBOX);
  if (question->refusal != NULL)
    return TRUE;
  if (!pn_person_is_suspended (db, question->address, &is_suspended, error)
      || !pn_survey_has_stopped (db, question->address, &has_stopped, error))
    return FALSE;
  if (is_suspended)
    question->refusal = pn_reason (PN_WHY_SURVEY_SUSPENDED);
  else if (has_stopped)
    question->refusal = pn_reason (PN_WHY_SURVEY_STOPPED);
  return TRUE;
}

/* A person is left alone after a question; and counts against the limits of automatic letters. */
static gboolean
check_limits (Question *question, PnDb *db, GError **error)
{
  g_autofree char *unverified = g_strconcat ("unverified:", question->address, NULL);
  g_autofree char *automatic = g_strconcat ("automatic:", question->address, NULL);
  PnSurveyQueue setting;
  gboolean was_asked = FALSE;
  gboolean is_allowed = TRUE;

  if (!pn_survey_queue_load (db, question->ticket->queue_id, &setting, error)
      || !pn_survey_was_asked (db, question->ticket->person_id,
                               pn_clock_now () - setting.pause_days * PN_DAY, &was_asked, error))
    return FALSE;
  if (!setting.is_on)
    question->refusal = pn_reason (PN_WHY_SURVEY_QUEUE_OFF);
  else if (was_asked)
    question->refusal = pn_reason (PN_WHY_SURVEY_RECENT);
  if (question->refusal == NULL && !question->is_verified
      && !pn_rate_hit (db, unverified, PN_DAY, 1, &is_allowed, error))
    return FALSE;
  if (question->refusal == NULL && is_allowed
      && !pn_rate_hit (db, automatic, PN_DAY, PN_ANSWER_DAILY_MAX, &is_allowed, error))
    return FALSE;
  if (question->refusal == NULL && !is_allowed)
    question->refusal = pn_reason (PN_WHY_SURVEY_LIMIT);
  return TRUE;
}

static json_t *
write_links (const Question *question)
{
  g_autofree char *token =
      pn_token_make (question->clerk->key, PN_TOKEN_SURVEY, question->survey->id,
                     pn_clock_now () + PN_SURVEY_LIFE + PN_SURVEY_CHANGES);
  g_autofree char *url = g_strdup_printf ("%s/rate/%s", question->clerk->site_url, token);
  g_autofree char *good = g_strconcat (url, "?score=good", NULL);
  g_autofree char *okay = g_strconcat (url, "?score=okay", NULL);
  g_autofree char *bad = g_strconcat (url, "?score=bad", NULL);
  g_autofree char *stop = g_strconcat (url, "/stop", NULL);

  return json_pack ("{s:s, s:s, s:s, s:s}", "good_link", good, "okay_link", okay, "bad_link", bad,
                    "stop_link", stop);
}

static gboolean
order (const Question *question, PnDb *db, GError **error)
{
  const PnTicket *ticket = question->ticket;
  const PnMailbox *mailbox = pn_book_sender (question->book, ticket->queue_id, ticket->mailbox_id);
  json_t *links = write_links (question);
  g_autofree char *key = g_strdup_printf ("survey:%" G_GINT64_FORMAT, question->survey->id);
  const PnLetterOrder letter = {
    .class = PN_CLASS_AUTOMATIC,
    .letter = "survey",
    .ticket_id = ticket->id,
    .mailbox_id = mailbox->id,
    .recipient = question->address,
    .recipient_name = question->is_verified ? question->name : NULL,
    .document = links,
    .reason_key = key,
  };
  gboolean is_done = pn_outbox_add (db, &letter, NULL, error);

  json_decref (links);
  return is_done
         && pn_survey_set_asked (db, question->survey->id, ticket->person_id, question->address,
                                 error)
         && pn_event_add (db, ticket->id, PN_EVENT_ANSWER, PN_ACTOR_IS_SYSTEM, NULL, "survey",
                          pn_reason (PN_WHY_SURVEY_ASKED), error)
         && pn_fact_mark (db, ticket->id, error);
}

static gboolean
decide (PnDb *db, gpointer data, GError **error)
{
  Question *question = data;

  question_clear (question);
  question->refusal = NULL;
  question->ticket = pn_ticket_load (db, question->survey->ticket_id, error);
  if (question->ticket == NULL)
    return FALSE;
  if (question->ticket->status < PN_STATUS_SOLVED)
    return pn_survey_set_later (db, question->survey->id, error);
  if (!find_reader (question, db, error) || !check_reader (question, db, error)
      || (question->refusal == NULL && !check_limits (question, db, error)))
    return FALSE;
  return question->refusal != NULL
             ? pn_survey_set_not_asked (db, question->survey->id, question->refusal, error)
             : order (question, db, error);
}

gboolean
pn_survey_round (const PnSurveyClerk *clerk, guint limit, guint *done, GError **error)
{
  g_autoptr (GPtrArray) due = pn_survey_due (clerk->db, limit, error);
  g_autoptr (PnBook) book = NULL;

  *done = 0;
  if (due == NULL)
    return FALSE;
  if (due->len == 0)
    return TRUE;
  book = pn_book_load (clerk->db, error);
  for (guint i = 0; book != NULL && i < due->len; i++) {
    g_auto (Question) question = { .clerk = clerk, .book = book, .survey = due->pdata[i] };
    g_autoptr (GError) problem = NULL;

    if (!pn_db_run (clerk->db, decide, &question, &problem)
        && !pn_error_is (problem, PN_ERROR_CONFLICT)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    PN_CRASH_POINT ("clerk-survey-decided");
    (*done)++;
  }
  return book != NULL;
}
