#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/desk_bulk.h"
#include "gateway/web/link.h"
#include "gateway/web/show.h"
#include "gateway/web/show_due.h"
#include "ticketing/core/error.h"
#include "ticketing/search.h"

#define PAGE 50
#define MAX_PAGE 200

typedef struct {
  const char *name;
  const char *query; /* what the view adds to the query that was typed */
} View;

static const View views[] = {
  { "mine", "assignee:me status:unsolved" },
  { "unassigned", "assignee:none status:unsolved" },
  { "all", "" },
};

/* Returns: (owned) this list's address with another order or page. */
static char *
make_url (PnCall *call, const char *order, const char *after)
{
  GString *url = g_string_new (call->request->path);

  pn_link_append (url, "view", pn_call_query (call, "view"));
  pn_link_append (url, "query", pn_call_query (call, "query"));
  pn_link_append (url, "order", order);
  pn_link_append (url, "after", after);
  return g_string_free (url, FALSE);
}

static gboolean
read_order (PnCall *call, PnSearchRequest *request)
{
  const char *order = pn_call_query (call, "order");

  request->is_oldest_first = g_strcmp0 (order, "oldest") == 0;
  request->is_urgent_first = g_strcmp0 (order, "urgent") == 0;
  return order == NULL || request->is_oldest_first || request->is_urgent_first
         || strcmp (order, "newest") == 0;
}

static const char *
order_name (const PnSearchRequest *request)
{
  if (request->is_urgent_first)
    return "urgent";
  return request->is_oldest_first ? "oldest" : "newest";
}

/* What the button leads to: newest, oldest, urgent, and round again. */
static const char *
next_order (const PnSearchRequest *request)
{
  if (request->is_urgent_first)
    return "newest";
  return request->is_oldest_first ? "urgent" : "oldest";
}

/* Rows of a result; an empty list where there is none. (owned) NULL: answered already. */
static json_t *
show_hits (PnCall *call, const PnSearchResult *result)
{
  g_autoptr (GError) error = NULL;
  json_t *tickets = result != NULL ? pn_show_hits (call, result->hits, &error) : json_array ();

  if (tickets == NULL)
    pn_call_fail (call, error);
  return tickets;
}

static void
show_list (PnCall *call, const char *view, const PnQueue *queue, const char *extra)
{
  const char *typed = pn_call_query (call, "query");
  g_autofree char *text = g_strconcat (extra, " ", typed, NULL);
  PnSearchRequest request = { .text = text, .after = pn_call_query (call, "after"), .limit = PAGE };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSearchResult) result = NULL;
  g_autofree char *url = NULL;
  g_autofree char *order_url = NULL;
  g_autofree char *next_url = NULL;
  g_autoptr (GError) trouble = NULL;
  json_t *document, *list, *tickets;

  if (!read_order (call, &request)) {
    pn_call_problem (call, 400, "the order is \"newest\", \"oldest\" or \"urgent\"");
    return;
  }
  if (!pn_show_load (call, &error)
      || ((result = pn_search_tickets (call->db, call->access, &request, &error)) == NULL
          && !pn_error_is (error, PN_ERROR_INVALID))) {
    pn_call_fail (call, error);
    return;
  }
  url = make_url (call, pn_call_query (call, "order"), NULL);
  order_url = make_url (call, next_order (&request), NULL);
  if (result != NULL && result->next != NULL)
    next_url = make_url (call, pn_call_query (call, "order"), result->next);
  tickets = show_hits (call, result);
  if (tickets == NULL)
    return;
  list = json_pack ("{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:b}", "view", view, "title",
                    pn_json_text (queue != NULL ? queue->title : NULL), "query",
                    pn_json_text (typed != NULL ? typed : ""), "order", order_name (&request),
                    "url", pn_json_text (url), "order_url", pn_json_text (order_url), "error",
                    pn_json_text (error != NULL ? error->message : NULL), "is_empty",
                    result == NULL || result->hits->len == 0);
  document = json_pack ("{s:o, s:o, s:o, s:o}", "list", list, "tickets", tickets, "next",
                        pn_json_text (result != NULL ? result->next : NULL), "next_url",
                        pn_json_text (next_url));
  if (pn_desk_bulk_choices (call, queue, document, &trouble)) {
    pn_call_page (call, error != NULL ? 400 : 200, "desk-list", document);
    return;
  }
  json_decref (document);
  pn_call_fail (call, trouble);
}

void
pn_desk_list (PnCall *call)
{
  const char *name = pn_call_query (call, "view");

  if (name == NULL && pn_call_query (call, "query") != NULL) {
    show_list (call, "search", NULL, "");
    return;
  }
  if (g_strcmp0 (name, "due") == 0) {
    pn_desk_due (call);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++) {
    if (strcmp (name != NULL ? name : "mine", views[i].name) == 0) {
      show_list (call, views[i].name, NULL, views[i].query);
      return;
    }
  }
  pn_call_problem (call, 400, "there is no such view; there are mine, unassigned, due and all");
}

void
pn_desk_queue (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  const PnQueue *queue;
  g_autofree char *extra = NULL;

  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  queue = pn_show_find_queue (call, call->request->match.name);
  if (queue == NULL || !pn_access_may (call->access, PN_RIGHT_SEE, queue->id)) {
    pn_call_not_found (call);
    return;
  }
  extra = g_strdup_printf ("queue:%s status:unsolved", queue->name);
  show_list (call, "queue", queue, extra);
}

static void
list_for_api (PnCall *call, const char *query)
{
  g_autofree char *text = g_strdup (query);
  PnSearchRequest request = { .text = text, .after = pn_call_query (call, "after"), .limit = PAGE };
  const char *limit = pn_call_query (call, "limit");
  gint64 number = PAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSearchResult) result = NULL;
  json_t *tickets;

  if (!read_order (call, &request)
      || (limit != NULL
          && (!pn_call_read_number (limit, &number) || number < 1 || number > MAX_PAGE))) {
    pn_call_problem (call, 400,
                     "order is \"newest\", \"oldest\" or \"urgent\", limit a number from 1 to 200");
    return;
  }
  request.limit = (guint) number;
  if (!pn_show_load (call, &error)
      || (result = pn_search_tickets (call->db, call->access, &request, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  tickets = show_hits (call, result);
  if (tickets != NULL)
    pn_call_page (
        call, 200, NULL,
        json_pack ("{s:o, s:o}", "tickets", tickets, "next", pn_json_text (result->next)));
}

void
pn_desk_tickets (PnCall *call)
{
  list_for_api (call, pn_call_query (call, "query"));
}

void
pn_desk_search (PnCall *call)
{
  list_for_api (call, pn_call_query (call, "q"));
}

void
pn_desk_events (PnCall *call)
{
  const char *text = pn_call_query (call, "ticket");
  gint64 ticket_id = 0;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnStream) stream = NULL;

  if (text != NULL && (!pn_call_read_number (text, &ticket_id) || ticket_id == 0)) {
    pn_call_problem (call, 400, "ticket is a number");
    return;
  }
  if (ticket_id != 0 && (ticket = pn_call_ticket (call, ticket_id, PN_RIGHT_SEE)) == NULL)
    return;
  stream = pn_live_listen (call->web->live, ticket_id);
  if (stream == NULL) {
    pn_call_problem (call, 503, "");
    return;
  }
  pn_response_set_stream (call->response, "text/event-stream; charset=utf-8", stream);
}
