/* The links in automatic letters: "this solved it" and "no, a person please". Whoever opens one (a mail scanner, too) gets
 * a page that asks; its button does something, once. The link names the message that was answered. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "kb/article.h"
#include "kb/feedback.h"
#include "kb/given.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/token.h"
#include "ticketing/core/wake.h"
#include "ticketing/message.h"
#include "ticketing/notice.h"

/* What was answered, and the word on it. */
typedef struct {
  PnOutcome outcome; /* that the link is for */
  gint64 message_id;
  gint64 ticket_id;
  gint64 article_id; /* that was chosen among several; 0: all that went out */
  GArray *given;     /* of PnGiven, the surest first */
} Word;

static void
word_clear (Word *word)
{
  g_clear_pointer (&word->given, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Word, word_clear)

static void
show_expired (PnCall *call)
{
  pn_limit_take (call->web->limit, PN_LIMIT_TOKEN, call->request->client);
  pn_call_page (call, 404, "my-expired", json_pack ("{s:s}", "contact_url", "/contact"));
}

static PnTokenPurpose
purpose_of (PnOutcome outcome)
{
  return outcome == PN_OUTCOME_SOLVED ? PN_TOKEN_SOLVED : PN_TOKEN_PERSON_PLEASE;
}

/* FALSE: answered already. */
static gboolean
open_link (PnCall *call, PnOutcome outcome, Word *word)
{
  g_autoptr (GError) error = NULL;

  word->outcome = outcome;
  if (!pn_limit_has (call->web->limit, PN_LIMIT_TOKEN, call->request->client)) {
    pn_call_problem (call, 429, "");
    return FALSE;
  }
  if (!pn_token_read (call->web->config.token_key, purpose_of (outcome), call->request->match.name,
                      pn_clock_now (), &word->message_id)) {
    show_expired (call);
    return FALSE;
  }
  word->given = pn_given_list (call->db, word->message_id, &error);
  if (word->given == NULL) {
    pn_call_fail (call, error);
    return FALSE;
  }
  if (word->given->len == 0) {
    show_expired (call);
    return FALSE;
  }
  word->ticket_id = g_array_index (word->given, PnGiven, 0).ticket_id;
  return TRUE;
}

/* The word that was given last; PN_OUTCOME_NONE: none. */
static PnOutcome
last_outcome (const Word *word)
{
  const PnGiven *newest = &g_array_index (word->given, PnGiven, 0);

  for (guint i = 1; i < word->given->len; i++) {
    const PnGiven *given = &g_array_index (word->given, PnGiven, i);

    if (given->outcome_at > newest->outcome_at)
      newest = given;
  }
  return newest->outcome;
}

/* Articles that are gone meanwhile have no title any more and are left out. */
static gboolean
list_articles (PnCall *call, const Word *word, json_t *list, GError **error)
{
  for (guint i = 0; i < word->given->len; i++) {
    const PnGiven *given = &g_array_index (word->given, PnGiven, i);
    g_autofree char *url = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, given->article_id);
    g_autoptr (PnArticle) article = NULL;

    if (!pn_article_find (call->db, given->article_id, &article, error))
      return FALSE;
    if (article != NULL && pn_article_is_public (article))
      json_array_append_new (list, json_pack ("{s:I, s:o, s:s, s:b}", "id",
                                              (json_int_t) given->article_id, "title",
                                              pn_json_text (article->title), "url", url, "is_first",
                                              json_array_size (list) == 0));
  }
  return TRUE;
}

static char *
make_path (const PnCall *call, PnOutcome outcome, gint64 message_id)
{
  g_autofree char *token = pn_token_make (call->web->config.token_key, purpose_of (outcome),
                                          message_id, pn_clock_now () + PN_DAY);

  return g_strconcat (outcome == PN_OUTCOME_SOLVED ? "/my/solved/" : "/my/person/", token, NULL);
}

static void
show_link (PnCall *call, PnOutcome outcome)
{
  g_auto (Word) word = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *here = NULL;
  g_autofree char *other = NULL;
  json_t *articles;

  if (!open_link (call, outcome, &word))
    return;
  articles = json_array ();
  if (!list_articles (call, &word, articles, &error)) {
    json_decref (articles);
    pn_call_fail (call, error);
    return;
  }
  here = make_path (call, outcome, word.message_id);
  other = make_path (call, outcome == PN_OUTCOME_SOLVED ? PN_OUTCOME_REFUSED : PN_OUTCOME_SOLVED,
                     word.message_id);
  pn_call_page (call, 200, "my-answer",
                json_pack ("{s:{s:s, s:b, s:s, s:s, s:I, s:b, s:o}}", "answer", "kind",
                           outcome == PN_OUTCOME_SOLVED ? "solved" : "person", "is_done",
                           last_outcome (&word) == outcome, "action", here, "other_url", other,
                           "number", (json_int_t) word.ticket_id, "has_several",
                           json_array_size (articles) > 1, "articles", articles));
}

void
pn_my_solve (PnCall *call)
{
  show_link (call, PN_OUTCOME_SOLVED);
}

void
pn_my_person (PnCall *call)
{
  show_link (call, PN_OUTCOME_REFUSED);
}

/* The question and the word on each article it was answered with, for learning. */
static gboolean
add_feedback (PnDb *db, const Word *word, const PnTicket *ticket, GError **error)
{
  g_autoptr (PnMessage) message = pn_message_load (db, word->message_id, error);
  g_autofree char *question = NULL;

  if (message == NULL)
    return FALSE;
  question = g_strdup_printf ("%s\n%s", message->subject,
                              message->reply != NULL ? message->reply : message->text);
  for (guint i = 0; i < word->given->len; i++) {
    const PnGiven *given = &g_array_index (word->given, PnGiven, i);
    g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                                            word->message_id, given->article_id);
    const PnFeedback feedback = {
      .kind = word->outcome == PN_OUTCOME_SOLVED ? PN_FEEDBACK_SOLVED : PN_FEEDBACK_REFUSED,
      .article_id = given->article_id,
      .question = question,
      .language = ticket->language,
      .person_id = ticket->person_id,
      .message_id = word->message_id,
    };

    if ((word->article_id == 0 || word->article_id == given->article_id)
        && !pn_feedback_add (db, &feedback, key, error))
      return FALSE;
  }
  return TRUE;
}

/* A person is wanted: the ticket opens again if need be and moves up, and its staff hear of it. */
static gboolean
call_person (PnDb *db, PnTicket *ticket, gint64 message_id, GError **error)
{
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (ticket->status >= PN_STATUS_WAITING && pn_ticket_takes_replies (ticket))
    change.status = PN_STATUS_OPEN;
  if (ticket->priority < PN_PRIORITY_HIGH)
    change.priority = PN_PRIORITY_HIGH;
  change.reason = pn_reason (PN_WHY_CUSTOMER_ARTICLE_FAILED);
  return pn_ticket_change (db, ticket, &change, (PnActor){ PN_ACTOR_PERSON, ticket->person_id },
                           error)
         && pn_notice_reply (db, NULL, ticket, message_id, error);
}

static gboolean
solve (PnDb *db, PnTicket *ticket, GError **error)
{
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (ticket->status >= PN_STATUS_SOLVED)
    return TRUE;
  change.status = PN_STATUS_SOLVED;
  change.reason = pn_reason (PN_WHY_CUSTOMER_ARTICLE_SOLVED);
  return pn_ticket_change (db, ticket, &change, (PnActor){ PN_ACTOR_PERSON, ticket->person_id },
                           error);
}

/* In a transaction that may run twice: what was said before is found and not done again. */
static gboolean
take_word (PnDb *db, gpointer data, GError **error)
{
  Word *word = data;
  const gboolean is_solved = word->outcome == PN_OUTCOME_SOLVED;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, word->ticket_id, error);
  g_autoptr (GArray) given = NULL;

  if (ticket == NULL)
    return FALSE;
  given = pn_given_list (db, word->message_id, error);
  if (given == NULL)
    return FALSE;
  g_array_unref (word->given);
  word->given = g_steal_pointer (&given);
  if (last_outcome (word) == word->outcome)
    return TRUE;
  return pn_given_set_outcome (db, word->message_id, word->article_id, word->outcome, error)
         && add_feedback (db, word, ticket, error)
         && pn_event_add (
             db, ticket->id, PN_EVENT_ANSWER, (PnActor){ PN_ACTOR_PERSON, ticket->person_id }, NULL,
             is_solved ? "solved" : "refused",
             is_solved ? pn_reason (PN_WHY_CUSTOMER_YES) : pn_reason (PN_WHY_CUSTOMER_NO), error)
         && (is_solved ? solve (db, ticket, error)
                       : call_person (db, ticket, word->message_id, error));
}

/* Is it one of those that went out? */
static gboolean
is_given (const Word *word, gint64 article_id)
{
  for (guint i = 0; i < word->given->len; i++) {
    if (g_array_index (word->given, PnGiven, i).article_id == article_id)
      return TRUE;
  }
  return FALSE;
}

static void
take_link (PnCall *call, PnOutcome outcome)
{
  g_auto (Word) word = { 0 };
  g_autoptr (GError) error = NULL;
  const char *article = pn_call_field (call, "article");

  if (!open_link (call, outcome, &word))
    return;
  if (article != NULL && *article != '\0'
      && (!pn_call_read_number (article, &word.article_id) || !is_given (&word, word.article_id))) {
    pn_call_problem (call, 400, "article is not one of those that we sent");
    return;
  }
  PN_CRASH_POINT ("web-before-commit");
  if (!pn_db_run (call->db, take_word, &word, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, outcome == PN_OUTCOME_SOLVED ? "answer-solved" : "answer-refused",
          "ticket=%" G_GINT64_FORMAT " message=%" G_GINT64_FORMAT, word.ticket_id, word.message_id);
  if (call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "clerk");
  pn_live_nudge (call->web->live);
  pn_response_set_redirect (call->response, call->request->path);
}

void
pn_my_solve_take (PnCall *call)
{
  take_link (call, PN_OUTCOME_SOLVED);
}

void
pn_my_person_take (PnCall *call)
{
  take_link (call, PN_OUTCOME_REFUSED);
}
