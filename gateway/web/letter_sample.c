#include "gateway/web/letter_sample.h"

#include <string.h>

#include "gateway/web/desk_articles.h"
#include "gateway/web/show.h"
#include "kb/article.h"
#include "kb/markdown.h"
#include "templates/sanitise.h"
#include "ticketing/message.h"

#define MESSAGES 500
#define TITLES 3
#define LINK "aaaabbbbccccddddeeeeffffgggghhhhiiiijjjj" /* leads nowhere */

/* What the letter is about. */
typedef struct {
  const PnTicket *ticket; /* NULL: invented */
  GPtrArray *messages;    /* of PnMessage; NULL */
  json_t *articles;       /* as pn_desk_suggest () gives them; NULL */
} Story;

static void
story_clear (Story *story)
{
  g_clear_pointer (&story->messages, g_ptr_array_unref);
  json_decref (story->articles);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Story, story_clear)

static gboolean
load_story (PnCall *call, const PnTicket *ticket, Story *story, GError **error)
{
  g_autofree char *question = NULL;

  story->ticket = ticket;
  if (ticket == NULL)
    return TRUE;
  story->messages = pn_message_list (call->db, ticket->id, 0, MESSAGES, error);
  if (story->messages == NULL)
    return FALSE;
  question = pn_desk_question (ticket, story->messages);
  story->articles = pn_desk_suggest (call, ticket, question, error);
  return story->articles != NULL;
}

static const PnMessage *
first_message (const Story *story)
{
  return story->messages != NULL && story->messages->len > 0 ? story->messages->pdata[0] : NULL;
}

static json_t *
write_ticket (const PnCall *call, const Story *story, gboolean has_subject)
{
  const PnTicket *ticket = story->ticket;
  g_autofree char *url = g_strconcat (call->web->config.url, "/my/" LINK, NULL);
  json_t *object = json_pack (
      "{s:I, s:s, s:s, s:s}", "number", ticket != NULL ? (json_int_t) ticket->id : 1042, "url", url,
      "priority", pn_priority_name (ticket != NULL ? ticket->priority : PN_PRIORITY_NORMAL),
      "status", pn_status_name (ticket != NULL ? ticket->status : PN_STATUS_NEW));

  if (has_subject)
    pn_json_set (object, "subject",
                 pn_json_text (ticket != NULL ? ticket->subject : "The engine stops"));
  return object;
}

static json_t *
write_person (const Story *story, gboolean is_bare)
{
  const PnMessage *message = first_message (story);
  const char *name = message != NULL ? message->from_name : "Ada Lovelace";

  return json_pack ("{s:o, s:o, s:s}", "name", pn_json_text (is_bare ? "" : name), "address",
                    pn_json_text (message != NULL ? message->from_address : "ada@customer.example"),
                    "verdict", "pass");
}

static json_t *
write_titles (const PnCall *call, const Story *story)
{
  g_autofree char *invented = g_strconcat (call->web->config.url, "/kb/1", NULL);
  json_t *list = json_array ();
  const json_t *article;
  size_t i;

  if (story->articles == NULL)
    json_array_append_new (
        list, json_pack ("{s:s, s:s}", "title", "Why does the engine stop?", "url", invented));
  json_array_foreach (story->articles, i, article)
  {
    g_autofree char *url =
        g_strconcat (call->web->config.url, pn_json_get_text (article, "url"), NULL);

    if (i < TITLES)
      json_array_append_new (
          list, json_pack ("{s:O, s:s}", "title", json_object_get (article, "title"), "url", url));
  }
  return list;
}

/* The likeliest article, or an invented one. */
static gboolean
write_article (PnCall *call, const Story *story, json_t **written, GError **error)
{
  const PnSanitiseOptions options = { 0 };
  const json_t *first = json_array_get (story->articles, 0);
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *url = NULL;
  g_autofree char *made = NULL;
  g_autofree char *html = NULL;
  const char *body;

  if (first != NULL
      && !pn_article_find (call->db, json_integer_value (json_object_get (first, "id")), &article,
                           error))
    return FALSE;
  body = article != NULL ? article->body : "Oil the **third gear** and turn the crank once.\n";
  made = pn_markdown_to_html (body, NULL);
  html = made != NULL ? pn_sanitise_html (made, strlen (made), &options) : NULL;
  url = g_strdup_printf ("%s/kb/%" G_GINT64_FORMAT, call->web->config.url,
                         article != NULL ? article->id : 1);
  *written =
      json_pack ("{s:o, s:s, s:o, s:o}", "title",
                 pn_json_text (article != NULL ? article->title : "Why does the engine stop?"),
                 "url", url, "text", pn_json_text (body), "html", pn_safe_html (html));
  return TRUE;
}

/* What may be missing. */
static void
add_extras (const PnCall *call, const Story *story, json_t *document)
{
  const PnMessage *message = first_message (story);
  const PnTime now = pn_clock_now ();

  pn_json_set (document, "quoted",
               json_pack ("{s:o, s:I, s:o}", "name",
                          pn_json_text (message != NULL ? message->from_name : "Ada Lovelace"),
                          "at", (json_int_t) now, "text",
                          pn_json_text (message != NULL ? message->text : "It stops at card 7.")));
  pn_json_set (document, "agent", json_pack ("{s:s}", "name", call->agent->name));
  pn_json_set (document, "actor", json_pack ("{s:s}", "name", call->agent->name));
  pn_json_set (document, "signature", json_string ("Analytical Engines\nFleet Street 7"));
  pn_json_set (document, "reason", json_string ("It is urgent."));
  pn_json_set (document, "notice", json_string ("We are at the seaside until Monday."));
  pn_json_set (document, "answer_by", json_integer (now + PN_DAY));
  pn_json_set (document, "suggestions", write_titles (call, story));
}

/* What happened to one ticket, as escalations and digests list it. */
static json_t *
write_item (const Story *story, const char *queue, gboolean is_bare)
{
  const PnTicket *ticket = story->ticket;
  const PnTime now = pn_clock_now ();

  return json_pack (
      "{s:I, s:o, s:s, s:s, s:s, s:s, s:s, s:{s:i, s:n, s:n, s:n}, s:o, s:I, s:o, s:o, s:o}",
      "number", ticket != NULL ? (json_int_t) ticket->id : 1042, "subject",
      pn_json_text (ticket != NULL ? ticket->subject : "The engine stops"), "priority",
      pn_priority_name (ticket != NULL ? ticket->priority : PN_PRIORITY_NORMAL), "status",
      pn_status_name (ticket != NULL ? ticket->status : PN_STATUS_NEW), "queue", queue, "metric",
      "first_response", "place", "75 %", "parts", "percent", 75, "hours", "minutes", "side",
      "due_at", is_bare ? json_null () : json_integer (now + PN_HOUR), "at", (json_int_t) now,
      "owner", is_bare ? json_null () : json_string ("Mary Somerville"), "seen_by",
      is_bare ? json_null () : json_string ("Mary Somerville"), "held_until",
      is_bare ? json_null () : json_integer (now + PN_HOUR));
}

/* What surveys, escalations and digests count on. */
static void
add_lists (const PnCall *call, const Story *story, const char *queue, gboolean is_bare,
           json_t *document)
{
  static const char *const rates[] = { "good_link", "okay_link", "bad_link", "stop_link" };
  g_autofree char *rate = g_strconcat (call->web->config.url, "/rate/" LINK, NULL);
  const PnTime now = pn_clock_now ();
  g_autoptr (json_t) lists = json_pack (
      "{s:[o], s:i, s:b, s:s, s:i, s:i, s:i, s:b, s:I, s:[{s:s, s:i, s:i, s:i, s:i, s:i, s:o}], "
      "s:[o], s:i}",
      "items", write_item (story, queue, is_bare), "count", 1, "is_single", TRUE, "title",
      "Every morning", "total", 7, "unassigned", 2, "broken", 1, "is_capped", FALSE, "at",
      (json_int_t) now, "queues", "title", queue, "new", 1, "open", 3, "waiting", 2, "on_hold", 1,
      "total", 7, "oldest_at", is_bare ? json_null () : json_integer (now - 2 * PN_DAY), "overdue",
      write_item (story, queue, FALSE), "more", 0);

  json_object_update (document, lists);
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    pn_json_set (document, rates[i], json_string (rate));
}

/* All that any of the letters counts on; what may be missing is null. */
static json_t *
write_frame (const PnCall *call, const Story *story, const char *letter, gboolean is_bare)
{
  const PnQueue *queue =
      story->ticket != NULL ? pn_show_queue (call, story->ticket->queue_id) : NULL;
  const gboolean is_unverified = strcmp (letter, "ack-unverified") == 0;
  g_autofree char *solved = g_strconcat (call->web->config.url, "/my/solved/" LINK, NULL);
  g_autofree char *person = g_strconcat (call->web->config.url, "/my/person/" LINK, NULL);
  g_autofree char *entry = g_strconcat (call->web->config.url, "/my/" LINK, NULL);
  const PnMessage *message = first_message (story);
  json_t *document = json_pack (
      "{s:{s:s, s:s}, s:{s:o}, s:o, s:o, s:s, s:s, s:s, s:s, s:i, s:i, s:b, s:I}", "site", "name",
      call->web->host != NULL ? call->web->host : "", "url", call->web->config.url, "queue",
      "title", pn_json_text (queue != NULL ? queue->title : "Mill team"), "ticket",
      write_ticket (call, story, !is_unverified), "person",
      is_unverified ? json_null () : write_person (story, is_bare), "solved_link", solved,
      "person_link", person, "link", entry, "confirm_link", entry, "minutes", 60, "hours", 72,
      "answers_by_mail", !is_bare, "due_at", (json_int_t) (pn_clock_now () + PN_DAY));
  static const char *const missing[] = { "html",      "quoted", "agent",  "actor",
                                         "signature", "reason", "notice", "answer_by" };

  for (gsize i = 0; i < G_N_ELEMENTS (missing); i++)
    pn_json_set (document, missing[i], json_null ());
  pn_json_set (document, "text", pn_json_text (message != NULL ? message->text : "Oil it."));
  pn_json_set (document, "suggestions", json_array ());
  add_lists (call, story, queue != NULL ? queue->title : "Mill team", is_bare, document);
  return document;
}

json_t *
pn_letter_sample (PnCall *call, const char *letter, const PnTicket *ticket, gboolean is_bare,
                  GError **error)
{
  g_auto (Story) story = { NULL };
  json_t *document;
  json_t *article;

  if (!pn_show_load (call, error) || !load_story (call, ticket, &story, error)
      || !write_article (call, &story, &article, error))
    return NULL;
  document = write_frame (call, &story, letter, is_bare);
  pn_json_set (document, "article", article);
  if (!is_bare)
    add_extras (call, &story, document);
  return document;
}
