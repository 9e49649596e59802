#include "gateway/web/desk_articles.h"

#include <string.h>

#include "gateway/web/handlers.h"
#include "kb/article_public.h"
#include "kb/feedback.h"
#include "kb/given.h"
#include "kb/suggest.h"
#include "kb/trust.h"
#include "ticketing/core/error.h"
#include "ticketing/message.h"

#define WORDS_SHOWN 4
#define SURE 0.5
#define PERHAPS 0.2
#define ARTICLES_OF_AN_ANSWER 10
#define QUERY_MAX_CHARS 500
#define MESSAGES 500

static const PnMessage *
newest_in (const GPtrArray *messages)
{
  for (guint i = messages->len; i > 0; i--) {
    const PnMessage *message = messages->pdata[i - 1];

    if (message->direction == PN_DIRECTION_IN && !message->is_stranger)
      return message;
  }
  return NULL;
}

char *
pn_desk_question (const PnTicket *ticket, const GPtrArray *messages)
{
  const PnMessage *message = newest_in (messages);

  if (message == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%s\n%s", ticket->subject,
                          message->reply != NULL ? message->reply : message->text);
}

/* How many questions like those of customers it was answered with; told where there are some. */
static gboolean
count_answered (PnDb *db, gint64 article_id, gint64 *count, GError **error)
{
  gint64 counts[PN_FEEDBACK_KINDS];

  if (!pn_feedback_count (db, article_id, counts, error))
    return FALSE;
  *count = 0;
  for (int kind = 0; kind < PN_FEEDBACK_KINDS; kind++)
    *count += pn_feedback_is_good ((PnFeedbackKind) kind) ? counts[kind] : 0;
  return TRUE;
}

static json_t *
show_words (const PnKbHit *hit)
{
  json_t *words = json_array ();

  for (guint i = 0; hit->why != NULL && i < MIN (hit->why->len, WORDS_SHOWN); i++)
    json_array_append_new (words, pn_json_text (g_array_index (hit->why, PnKbReason, i).text));
  return words;
}

/* Figures are for what is sure enough to be told apart by them. */
static const char *
fit_of (const PnKbHit *hit)
{
  return hit->confidence >= SURE ? "sure" : hit->confidence >= PERHAPS ? "perhaps" : "weak";
}

static json_t *
show_hit (const PnTicket *ticket, const PnKbHit *hit, guint number, gint64 answered)
{
  g_autofree char *url = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, hit->id);
  g_autofree char *insert_url = g_strdup_printf (
      "/desk/tickets/%" G_GINT64_FORMAT "?insert=%" G_GINT64_FORMAT, ticket->id, hit->id);

  json_t *words = show_words (hit);
  const gboolean has_why = json_array_size (words) > 0 || hit->known_as != NULL;

  return json_pack ("{s:I, s:i, s:o, s:s, s:s, s:f, s:i, s:s, s:b, s:o, s:o, s:I, s:o}", "id",
                    (json_int_t) hit->id, "position", (int) number, "title",
                    pn_json_text (hit->title), "url", url, "insert_url", insert_url, "confidence",
                    hit->confidence, "percent", (int) (hit->confidence * 100), "fit", fit_of (hit),
                    "has_why", has_why, "words", words, "known_as", pn_json_text (hit->known_as),
                    "answered", (json_int_t) answered, "language", pn_json_text (hit->language));
}

json_t *
pn_desk_suggest (PnCall *call, const PnTicket *ticket, const char *question, GError **error)
{
  const PnKbQuery query = { .text = question,
                            .language = ticket->language,
                            .limit = PN_DESK_ARTICLES,
                            .with_internal = TRUE,
                            .wants_why = TRUE };
  g_autoptr (GPtrArray) hits = NULL;
  json_t *list = json_array ();

  if (*question == '\0')
    return list;
  hits = pn_kb_search (call->db, &query, error);
  for (guint i = 0; hits != NULL && i < hits->len; i++) {
    const PnKbHit *hit = hits->pdata[i];
    gint64 answered;

    if (!count_answered (call->db, hit->id, &answered, error))
      break;
    json_array_append_new (list, show_hit (ticket, hit, i + 1, answered));
  }
  if (hits != NULL && json_array_size (list) == hits->len)
    return list;
  json_decref (list);
  return NULL;
}

char *
pn_desk_article_text (PnCall *call, gint64 id, GError **error)
{
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *outside = NULL;
  GString *text;

  if (!pn_article_find (call->db, id, &article, error))
    return NULL;
  if (article == NULL) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no such article");
    return NULL;
  }
  outside = pn_article_write_outside (call->db, article, call->web->config.url, error);
  if (outside == NULL)
    return NULL;
  text = g_string_new (outside);
  if (pn_article_is_public (article))
    g_string_append_printf (text, "\n%s/kb/%" G_GINT64_FORMAT "\n", call->web->config.url, id);
  return g_string_free (text, FALSE);
}

static gboolean
note_one (PnDb *db, const PnTicket *ticket, const PnMessage *question, gint64 article_id,
          gint64 reply_id, GError **error)
{
  g_autofree char *text =
      question != NULL ? g_strdup_printf (
          "%s\n%s", ticket->subject, question->reply != NULL ? question->reply : question->text)
                       : NULL;
  g_autofree char *key =
      article_id != 0
          ? g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, reply_id, article_id)
          : g_strdup_printf ("ticket:%" G_GINT64_FORMAT, ticket->id);
  const PnFeedback feedback = {
    .kind = article_id != 0 ? PN_FEEDBACK_STAFF : PN_FEEDBACK_NONE,
    .article_id = article_id,
    .question = text,
    .language = ticket->language,
    .person_id = ticket->person_id,
    .message_id = question != NULL ? question->id : 0,
  };

  return pn_feedback_add (db, &feedback, key, error);
}

static gboolean
note_list (PnDb *db, const PnTicket *ticket, const PnMessage *question, const char *articles,
           gint64 reply_id, GError **error)
{
  g_auto (GStrv) ids = g_strsplit (articles, " ", ARTICLES_OF_AN_ANSWER + 1);

  for (gsize i = 0; ids[i] != NULL && i < ARTICLES_OF_AN_ANSWER; i++) {
    g_autoptr (PnArticle) article = NULL;
    gint64 id;

    if (*ids[i] == '\0')
      continue;
    if (!pn_call_read_number (ids[i], &id)) {
      pn_error_set (error, PN_ERROR_INVALID, "articles is a list of numbers");
      return FALSE;
    }
    if (!pn_article_find (db, id, &article, error))
      return FALSE;
    if (article != NULL && !note_one (db, ticket, question, id, reply_id, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_desk_note_articles (PnDb *db, gint64 ticket_id, gint64 reply_id, const char *articles,
                       gboolean is_first, GError **error)
{
  const gboolean has_articles = articles != NULL && *articles != '\0';
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GPtrArray) messages = NULL;

  if (!has_articles && !is_first)
    return TRUE;
  ticket = pn_ticket_load (db, ticket_id, error);
  if (ticket == NULL)
    return FALSE;
  messages = pn_message_list (db, ticket_id, 0, MESSAGES, error);
  if (messages == NULL)
    return FALSE;
  if (has_articles)
    return note_list (db, ticket, newest_in (messages), articles, reply_id, error);
  return newest_in (messages) == NULL
         || note_one (db, ticket, newest_in (messages), 0, reply_id, error);
}

/* The suggestions alone, or what a search of the knowledge base finds, to be inserted. */
void
pn_desk_articles (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_SEE);
  const char *typed = pn_call_query (call, "q");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  g_autofree char *question = NULL;
  json_t *list;

  if (ticket == NULL)
    return;
  if (typed != NULL && g_utf8_strlen (typed, -1) > QUERY_MAX_CHARS) {
    pn_call_problem (call, 400, "q is at most 500 characters");
    return;
  }
  messages = pn_message_list (call->db, ticket->id, 0, MESSAGES, &error);
  if (messages == NULL) {
    pn_call_fail (call, error);
    return;
  }
  question =
      typed != NULL && *typed != '\0' ? g_strdup (typed) : pn_desk_question (ticket, messages);
  list = pn_desk_suggest (call, ticket, question, &error);
  if (list == NULL)
    pn_call_fail (call, error);
  else
    pn_call_page (call, 200, "desk-articles",
                  json_pack ("{s:{s:I, s:o}, s:o, s:o}", "ticket", "number",
                             (json_int_t) ticket->id, "subject", pn_json_text (ticket->subject),
                             "query", pn_json_text (typed != NULL ? typed : ""), "articles", list));
}
