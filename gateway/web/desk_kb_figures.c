/* What the knowledge base is worth: how many questions it answered, where it was wrong, and what it does not know. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/show.h"
#include "kb/article.h"
#include "kb/article_public.h"
#include "kb/asked.h"
#include "kb/cluster.h"
#include "kb/feedback_figures.h"
#include "kb/given.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/message.h"

#define DAYS 30
#define DAYS_MAX 365
#define TICKETS 200
#define QUESTIONS 500
#define CLUSTERS 20
#define MEMBERS 10
#define ARTICLES 50
#define SEARCHES 30
#define TITLE_BYTES 160

typedef struct {
  PnTime from;
  PnTime to;
  gint64 days;
} Span;

/* What can be opened to its tickets. */
static const struct {
  const char *name;
  gboolean is_answer;
  int outcome; /* -1: any */
} lists[] = {
  { "given", TRUE, -1 },
  { "answered", TRUE, PN_OUTCOME_SOLVED },
  { "wrong", TRUE, PN_OUTCOME_REFUSED },
  { "suggested", FALSE, PN_OUTCOME_SOLVED },
};

static Span
read_span (const PnCall *call)
{
  const char *typed = pn_call_query (call, "days");
  Span span = { .to = pn_clock_now () + 1, .days = DAYS };
  gint64 days;

  if (typed != NULL && pn_call_read_number (typed, &days) && days >= 1 && days <= DAYS_MAX)
    span.days = days;
  span.from = span.to - span.days * PN_DAY;
  return span;
}

/* NULL: it has no ticket, or one that the reader may not see. */
static json_t *
show_ticket (PnCall *call, gint64 id)
{
  g_autoptr (PnTicket) ticket = id != 0 ? pn_ticket_load (call->db, id, NULL) : NULL;

  if (ticket == NULL || !pn_access_may (call->access, PN_RIGHT_SEE, ticket->queue_id))
    return NULL;
  return pn_show_ticket (call, ticket, "", "", NULL);
}

static gboolean
has_list (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (g_strcmp0 (lists[i].name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static json_t *
show_tickets (PnCall *call, const Span *span, const char *name, GError **error)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (GArray) ids = NULL;

    if (strcmp (lists[i].name, name) != 0)
      continue;
    ids = pn_given_tickets (call->db, lists[i].is_answer, lists[i].outcome, span->from, span->to,
                            TICKETS, error);
    if (ids == NULL) {
      json_decref (list);
      return NULL;
    }
    for (guint j = 0; j < ids->len; j++) {
      json_t *shown = show_ticket (call, g_array_index (ids, gint64, j));

      if (shown != NULL)
        json_array_append_new (list, shown);
    }
  }
  return list;
}

/* What visitors read instead of sending their form: there is no ticket, but what they were about to ask. */
static json_t *
show_deflected (PnCall *call, const Span *span, GError **error)
{
  g_autoptr (GPtrArray) entries =
      pn_feedback_entries (call->db, PN_FEEDBACK_FORM, span->from, span->to, TICKETS, error);
  json_t *list;

  if (entries == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < entries->len; i++) {
    const PnFeedbackEntry *entry = entries->pdata[i];
    g_autofree char *url = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, entry->article_id);
    g_autoptr (PnArticle) article = NULL;

    if (!pn_article_find (call->db, entry->article_id, &article, error)) {
      json_decref (list);
      return NULL;
    }
    json_array_append_new (list, json_pack ("{s:o, s:o, s:o}", "question",
                                            pn_json_text (entry->question), "title",
                                            pn_json_text (article != NULL ? article->title : NULL),
                                            "url", pn_json_text (article != NULL ? url : NULL)));
  }
  return list;
}

static gint64
ticket_of (PnCall *call, gint64 message_id)
{
  g_autoptr (PnMessage) message =
      message_id != 0 ? pn_message_load (call->db, message_id, NULL) : NULL;

  return message != NULL ? message->ticket_id : 0;
}

static json_t *
show_question (PnCall *call, const PnFeedbackEntry *entry)
{
  gint64 ticket_id = ticket_of (call, entry->message_id);
  json_t *ticket = show_ticket (call, ticket_id);
  json_t *shown = json_pack ("{s:o}", "question", pn_json_text (entry->question));

  /* words of a ticket that the reader may not see are not theirs to read */
  if (ticket_id != 0 && ticket == NULL)
    pn_json_set (shown, "question", json_null ());
  pn_json_set (shown, "ticket", ticket != NULL ? ticket : json_null ());
  return shown;
}

/* Returns: (owned) the first line of a question that says something, for a heading. */
static char *
title_of (const json_t *members)
{
  const char *question = pn_json_get_text (json_array_get (members, 0), "question");
  g_auto (GStrv) lines = g_strsplit (question != NULL ? question : "", "\n", 20);

  for (char **line = lines; *line != NULL; line++) {
    if (*g_strstrip (*line) != '\0')
      return pn_text_clean_line (*line, TITLE_BYTES);
  }
  return NULL;
}

static json_t *
show_cluster (PnCall *call, const PnCluster *cluster, const GPtrArray *entries)
{
  json_t *members = json_array ();
  g_autofree char *title = NULL;

  for (guint i = 0; i < MIN (cluster->members->len, MEMBERS); i++) {
    json_t *shown =
        show_question (call, entries->pdata[g_array_index (cluster->members, guint, i)]);

    if (json_is_string (json_object_get (shown, "question")))
      json_array_append (members, shown);
    json_decref (shown);
  }
  title = title_of (members);
  return json_pack ("{s:i, s:o, s:o, s:o}", "times", (int) cluster->members->len, "title",
                    pn_json_text (title), "words", pn_json_texts (cluster->words), "questions",
                    members);
}

/* Questions that staff answered without any article, alike ones together. */
static json_t *
show_unknown (PnCall *call, const Span *span, GError **error)
{
  g_autoptr (GPtrArray) entries =
      pn_feedback_entries (call->db, PN_FEEDBACK_NONE, span->from, span->to, QUESTIONS, error);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_autoptr (GPtrArray) clusters = NULL;
  json_t *list;

  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++) {
    const PnFeedbackEntry *entry = entries->pdata[i];

    if (entry->question == NULL)
      continue;
    g_ptr_array_add (texts, entry->question);
    g_ptr_array_add (kept, entries->pdata[i]);
  }
  clusters = pn_cluster_texts (texts, call->language);
  list = json_array ();
  for (guint i = 0; i < MIN (clusters->len, CLUSTERS); i++) {
    json_t *shown = show_cluster (call, clusters->pdata[i], kept);

    if (json_array_size (json_object_get (shown, "questions")) > 0)
      json_array_append (list, shown);
    json_decref (shown);
  }
  return list;
}

static json_t *
show_searches (PnCall *call, const Span *span, gint64 *total, GError **error)
{
  g_autoptr (GPtrArray) asked = pn_asked_list (call->db, span->from, SEARCHES, total, error);
  json_t *list;

  if (asked == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < asked->len; i++) {
    const PnAsked *one = asked->pdata[i];

    json_array_append_new (list, json_pack ("{s:o, s:I}", "text", pn_json_text (one->text), "times",
                                            (json_int_t) one->times));
  }
  return list;
}

/* Good words of all words; -1: nobody said anything. */
static double
share_of (const PnFeedbackArticle *article)
{
  gint64 good = article->counts[PN_FEEDBACK_HELPFUL] + article->counts[PN_FEEDBACK_SOLVED];
  gint64 bad = article->counts[PN_FEEDBACK_UNHELPFUL] + article->counts[PN_FEEDBACK_REFUSED];

  return good + bad > 0 ? (double) good / (double) (good + bad) : -1;
}

static int
worst_first (gconstpointer a, gconstpointer b)
{
  const PnFeedbackArticle *first = a;
  const PnFeedbackArticle *second = b;
  double one = share_of (first) < 0 ? 2 : share_of (first);
  double two = share_of (second) < 0 ? 2 : share_of (second);

  if (one != two)
    return one < two ? -1 : 1;
  return (first->article_id > second->article_id) - (first->article_id < second->article_id);
}

static json_t *
show_article (PnCall *call, const PnFeedbackArticle *row, GError **error)
{
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *url = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, row->article_id);
  double share = share_of (row);
  gint64 readings = 0;

  if (!pn_article_find (call->db, row->article_id, &article, error)
      || !pn_article_readings (call->db, row->article_id, &readings, error))
    return NULL;
  if (article == NULL)
    return json_null ();
  return json_pack (
      "{s:I, s:I, s:o, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:b}", "id",
      (json_int_t) row->article_id, "readings", (json_int_t) readings, "title",
      pn_json_text (article->title), "language", pn_json_text (article->language), "url", url,
      "by_staff", (json_int_t) row->counts[PN_FEEDBACK_STAFF], "deflected",
      (json_int_t) row->counts[PN_FEEDBACK_FORM], "solved",
      (json_int_t) (row->counts[PN_FEEDBACK_SOLVED] + row->counts[PN_FEEDBACK_HELPFUL]), "wrong",
      (json_int_t) (row->counts[PN_FEEDBACK_REFUSED] + row->counts[PN_FEEDBACK_UNHELPFUL]),
      "searched", (json_int_t) row->counts[PN_FEEDBACK_SEARCH], "percent",
      share >= 0 ? json_integer ((json_int_t) (share * 100 + 0.5)) : json_null (), "is_poor",
      share >= 0 && share < 0.5);
}

static json_t *
show_articles (PnCall *call, const Span *span, GError **error)
{
  g_autoptr (GArray) rows = pn_feedback_articles (call->db, span->from, span->to, error);
  json_t *list;

  if (rows == NULL)
    return NULL;
  g_array_sort (rows, worst_first);
  list = json_array ();
  for (guint i = 0; i < MIN (rows->len, ARTICLES); i++) {
    json_t *shown = show_article (call, &g_array_index (rows, PnFeedbackArticle, i), error);

    if (shown == NULL) {
      json_decref (list);
      return NULL;
    }
    if (json_is_object (shown))
      json_array_append (list, shown);
    json_decref (shown);
  }
  return list;
}

static json_t *
make_figure (const Span *span, const char *name, gint64 count, const char *place)
{
  g_autofree char *url = g_strdup_printf ("/desk/kb/figures?days=%" G_GINT64_FORMAT "&show=%s#%s",
                                          span->days, name, place);

  return json_pack ("{s:s, s:I, s:o}", "name", name, "count", (json_int_t) count, "url",
                    pn_json_text (count > 0 ? url : NULL));
}

static json_t *
show_numbers (PnCall *call, const Span *span, gint64 searches, GError **error)
{
  gint64 counts[PN_FEEDBACK_KINDS];
  PnGivenCounts given;

  if (!pn_feedback_figures (call->db, span->from, span->to, counts, error)
      || !pn_given_count (call->db, span->from, span->to, &given, error))
    return NULL;
  return json_pack ("[o, o, o, o, o, o, o]", make_figure (span, "given", given.answers, "tickets"),
                    make_figure (span, "answered", given.answers_solved, "tickets"),
                    make_figure (span, "deflected", counts[PN_FEEDBACK_FORM], "deflections"),
                    make_figure (span, "suggested", given.suggestions_solved, "tickets"),
                    make_figure (span, "wrong", given.answers_refused, "tickets"),
                    make_figure (span, "unknown", counts[PN_FEEDBACK_NONE], "unknown"),
                    make_figure (span, "searches", searches, "searches"));
}

static json_t *
make_document (PnCall *call, const Span *span, GError **error)
{
  g_autoptr (json_t) document = json_pack ("{s:{s:I}}", "span", "days", (json_int_t) span->days);
  const char *show = pn_call_query (call, "show");
  gint64 searches = 0;
  json_t *part;

  if (!pn_show_load (call, error) || (part = show_searches (call, span, &searches, error)) == NULL)
    return NULL;
  pn_json_set (document, "searches", part);
  if ((part = show_numbers (call, span, searches, error)) == NULL)
    return NULL;
  pn_json_set (document, "figures", part);
  if ((part = show_unknown (call, span, error)) == NULL)
    return NULL;
  pn_json_set (document, "unknown", part);
  if ((part = show_articles (call, span, error)) == NULL)
    return NULL;
  pn_json_set (document, "articles", part);
  part = show != NULL ? show_tickets (call, span, show, error) : json_array ();
  if (part == NULL)
    return NULL;
  pn_json_set (document, "tickets", part);
  pn_json_set (document, "is_hidden",
               json_boolean (has_list (show) && json_array_size (part) == 0));
  part = g_strcmp0 (show, "deflected") == 0 ? show_deflected (call, span, error) : json_array ();
  if (part == NULL)
    return NULL;
  pn_json_set (document, "deflected", part);
  pn_json_set (document, "show", pn_json_text (show));
  return json_incref (document);
}

void
pn_desk_kb_figures (PnCall *call)
{
  const Span span = read_span (call);
  g_autoptr (GError) error = NULL;
  json_t *document = make_document (call, &span, &error);

  if (document == NULL)
    pn_call_fail (call, error);
  else
    pn_call_page (call, 200, "desk-kb-figures", document);
}
