/* What is due soon: the tickets with a running deadline within a day, or over, the earliest first. */
#include "gateway/web/handlers.h"

#include <stdio.h>

#include "gateway/web/show.h"
#include "gateway/web/show_due.h"
#include "ticketing/core/error.h"
#include "ticketing/search.h"

#define PAGE 50
#define READ 60      /* deadlines at a time; no more than search takes at once */
#define READS_MAX 40 /* for one page: those of others' queues are passed over */

/* A page as it is being filled. */
typedef struct {
  PnDeadline last; /* the page ends behind it */
  gboolean is_begun;
  gboolean is_end;
  json_t *tickets; /* (owned) */
} Page;

/* The cursor is the last deadline: "due.ticket.metric.round". */
static gboolean
read_cursor (const char *text, Page *page)
{
  int metric, round;
  int length = 0;

  if (text == NULL)
    return TRUE;
  if (sscanf (text, "%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%d.%d%n", &page->last.due_at,
              &page->last.ticket_id, &metric, &round, &length)
          != 4
      || text[length] != '\0' || metric < 0 || metric > PN_METRIC_RESOLUTION)
    return FALSE;
  page->last.metric = (PnMetric) metric;
  page->last.round = round;
  page->is_begun = TRUE;
  return TRUE;
}

static char *
write_cursor (const Page *page)
{
  if (page->is_end)
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%d.%d", page->last.due_at,
                          page->last.ticket_id, (int) page->last.metric, page->last.round);
}

static const PnSearchHit *
find_hit (const GPtrArray *hits, gint64 ticket_id)
{
  for (guint i = 0; i < hits->len; i++) {
    const PnSearchHit *hit = hits->pdata[i];

    if (hit->ticket->id == ticket_id)
      return hit;
  }
  return NULL;
}

/* A ticket stands where its first deadline is, once. */
static void
add_ticket (PnCall *call, Page *page, const PnDeadline *deadline, const PnSearchHit *hit,
            const GArray *all)
{
  const PnDeadline *next =
      pn_deadline_next ((const PnDeadline *) all->data, all->len, deadline->ticket_id);
  json_t *shown;

  if (hit == NULL || next == NULL || next->metric != deadline->metric
      || next->round != deadline->round)
    return;
  shown = pn_show_ticket (call, hit->ticket, hit->person_name, hit->person_address, hit->tags);
  pn_show_due (shown, hit->ticket->id, all);
  json_array_append_new (page->tickets, shown);
}

static gboolean
add_portion (PnCall *call, Page *page, GError **error)
{
  g_autoptr (GArray) due = pn_deadline_due (call->db, pn_clock_now () + PN_DUE_HORIZON,
                                            page->is_begun ? &page->last : NULL, READ, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (GArray) all = NULL;

  if (due == NULL)
    return FALSE;
  page->is_end = due->len < READ;
  if (due->len == 0)
    return TRUE;
  for (guint i = 0; i < due->len; i++)
    g_array_append_val (ids, g_array_index (due, PnDeadline, i).ticket_id);
  hits = pn_search_hits (call->db, call->access, ids, error);
  all = hits != NULL
            ? pn_deadline_of_tickets (call->db, (const gint64 *) ids->data, ids->len, error)
            : NULL;
  if (all == NULL)
    return FALSE;
  page->is_begun = TRUE;
  for (guint i = 0; i < due->len; i++) {
    page->last = g_array_index (due, PnDeadline, i);
    add_ticket (call, page, &page->last, find_hit (hits, page->last.ticket_id), all);
    if (json_array_size (page->tickets) == PAGE) {
      page->is_end = page->is_end && i + 1 == due->len;
      break;
    }
  }
  return TRUE;
}

static void
answer (PnCall *call, Page *page)
{
  g_autofree char *next = write_cursor (page);
  g_autofree char *next_url =
      next != NULL ? g_strconcat ("/desk?view=due&after=", next, NULL) : NULL;
  json_t *list;

  if (call->is_api) {
    pn_call_page (call, 200, NULL,
                  json_pack ("{s:O, s:o}", "tickets", page->tickets, "next", pn_json_text (next)));
    return;
  }
  list = json_pack ("{s:s, s:n, s:s, s:s, s:n, s:n, s:b}", "view", "due", "title", "query", "",
                    "order", "due", "order_url", "error", "is_empty",
                    json_array_size (page->tickets) == 0);
  pn_call_page (call, 200, "desk-list",
                json_pack ("{s:o, s:O, s:o, s:o}", "list", list, "tickets", page->tickets, "next",
                           pn_json_text (next), "next_url", pn_json_text (next_url)));
}

void
pn_desk_due (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) tickets = json_array ();
  Page page = { .tickets = tickets };
  gboolean is_fine;

  if (!read_cursor (pn_call_query (call, "after"), &page)) {
    pn_call_problem (call, 400, "after is what the page before gave as next");
    return;
  }
  is_fine = pn_show_load (call, &error);
  for (guint i = 0; is_fine && i < READS_MAX && !page.is_end && json_array_size (tickets) < PAGE;
       i++)
    is_fine = add_portion (call, &page, &error);
  if (is_fine)
    answer (call, &page);
  else
    pn_call_fail (call, error);
}
