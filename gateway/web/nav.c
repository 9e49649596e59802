#include "gateway/web/nav.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/show.h"
#include "gateway/web/show_due.h"
#include "ticketing/outbox.h"
#include "ticketing/presence.h"
#include "ticketing/queue.h"
#include "ticketing/spool.h"

static const char *const flashes[] = {
  "replied",  "noted",     "changed",   "tagged",       "undone",         "cancelled", "retried",
  "accepted", "released",  "discarded", "saved",        "password",       "sessions",  "solved",
  "reopened", "published", "scheduled", "review",       "archived",       "proposed",  "removed",
  "status",   "priority",  "queue",     "assignee",     "subject",        "untagged",  "bulk",
  "merged",   "unmerged",  "split",     "acknowledged", "unacknowledged", "person",
};

/* How long an answer can still be taken back. */
static gboolean
find_undo (PnCall *call, gint64 message_id, gint64 *seconds, GError **error)
{
  g_autoptr (GPtrArray) letters = NULL;
  PnTime left = 0;

  *seconds = 0;
  if (call->request->match.id == 0)
    return TRUE;
  letters = pn_outbox_of_ticket (call->db, call->request->match.id, error);
  if (letters == NULL)
    return FALSE;
  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];

    if (row->message_id == message_id && row->class == PN_CLASS_REPLY
        && row->state == PN_OUTBOX_WAITING)
      left = MAX (left, row->next_at - pn_clock_now ());
  }
  *seconds = left > 0 ? left / PN_SECOND : 0;
  return TRUE;
}

static json_t *
make_flash (PnCall *call, GError **error)
{
  const char *done = pn_call_query (call, "done");
  const char *message = pn_call_query (call, "message");
  gint64 message_id = 0;
  gint64 seconds = 0;

  for (gsize i = 0; done != NULL && i < G_N_ELEMENTS (flashes); i++) {
    if (strcmp (done, flashes[i]) != 0)
      continue;
    if (message != NULL && call->agent != NULL && pn_call_read_number (message, &message_id)
        && !find_undo (call, message_id, &seconds, error))
      return NULL;
    return json_pack ("{s:s, s:o, s:I}", "kind", flashes[i], "message", pn_json_id (message_id),
                      "undo_seconds", (json_int_t) seconds);
  }
  return json_null ();
}

static json_t *
make_view (PnCall *call, const char *name, gint64 count)
{
  const char *view = pn_call_query (call, "view");
  g_autofree char *url = g_strconcat ("/desk?view=", name, NULL);
  gboolean is_list = strcmp (call->request->path, "/desk") == 0;
  const char *shown = view != NULL ? view : pn_call_query (call, "query") != NULL ? "" : "mine";

  return json_pack ("{s:s, s:s, s:o, s:b}", "name", name, "url", url, "count",
                    count >= 0 ? json_integer (count) : json_null (), "is_current",
                    is_list && strcmp (shown, name) == 0);
}

static gint64
count_queue (const GArray *counts, gint64 queue_id)
{
  gint64 n = 0;

  for (guint i = 0; i < counts->len; i++) {
    const PnQueueCount *count = &g_array_index (counts, PnQueueCount, i);

    if (count->queue_id == queue_id && count->status < PN_STATUS_SOLVED)
      n += count->tickets;
  }
  return n;
}

static json_t *
make_queues (PnCall *call, const GArray *counts)
{
  json_t *list = json_array ();

  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];
    g_autofree char *url = g_strconcat ("/desk/queues/", queue->name, NULL);

    if (pn_access_may (call->access, PN_RIGHT_SEE, queue->id))
      json_array_append_new (
          list, json_pack ("{s:o, s:o, s:s, s:I, s:b}", "name", pn_json_text (queue->name), "title",
                           pn_json_text (queue->title), "url", url, "count",
                           (json_int_t) count_queue (counts, queue->id), "is_current",
                           strcmp (call->request->path, url) == 0));
  }
  return list;
}

static gboolean
add_held (PnCall *call, json_t *nav, GError **error)
{
  gint64 held = 0;
  gint64 spam = 0;
  const GArray *queues = pn_access_queues (call->access);

  if (call->agent->role < PN_ROLE_LEAD) {
    pn_json_set (nav, "held", json_null ());
    pn_json_set (nav, "spam", json_null ());
    return TRUE;
  }
  if (!pn_spool_count (call->db, PN_SPOOL_HELD, queues, &held, error)
      || !pn_spool_count (call->db, PN_SPOOL_SPAM, queues, &spam, error))
    return FALSE;
  pn_json_set (nav, "held", json_integer (held));
  pn_json_set (nav, "spam", json_integer (spam));
  return TRUE;
}

/* The part of the desk that a page belongs to: "manage" for /desk/manage/rules. */
static json_t *
make_section (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", 4);

  return pn_json_text (g_strv_length (parts) > 2 && strcmp (parts[1], "desk") == 0 ? parts[2] : "");
}

static json_t *
make_nav (PnCall *call, GError **error)
{
  gint64 mine = 0;
  gint64 unassigned = 0;
  gint64 due = 0;
  PnPresence presence;
  g_autoptr (json_t) nav = json_object ();
  g_autoptr (GArray) counts = pn_queue_counts (call->db, error);
  const char *query = pn_call_query (call, "query");

  if (counts == NULL || !pn_show_load (call, error)
      || !pn_ticket_count (call->db, call->agent->id, pn_access_queues (call->access), &mine,
                           &unassigned, error)
      || !pn_deadline_count_due (call->db, pn_clock_now () + PN_DUE_HORIZON,
                                 pn_access_queues (call->access), &due, error)
      || !add_held (call, nav, error))
    return NULL;
  pn_json_set (nav, "query", pn_json_text (query != NULL ? query : ""));
  pn_json_set (nav, "views",
               json_pack ("[o, o, o, o]", make_view (call, "mine", mine),
                          make_view (call, "unassigned", unassigned), make_view (call, "due", due),
                          make_view (call, "all", -1)));
  pn_json_set (nav, "queues", make_queues (call, counts));
  pn_json_set (nav, "section", make_section (call->request->path));
  if (!pn_presence_load (call->db, call->agent->id, pn_clock_now (), &presence, error))
    return NULL;
  pn_json_set (nav, "presence",
               json_pack ("{s:s, s:o}", "state", pn_presence_name (presence.state), "until",
                          pn_json_time (presence.until)));
  return json_incref (nav);
}

static json_t *
make_user (const PnAgent *agent)
{
  return json_pack ("{s:I, s:o, s:o, s:s, s:b, s:b}", "id", (json_int_t) agent->id, "login",
                    pn_json_text (agent->login), "name", pn_json_text (agent->name), "role",
                    pn_agent_role_name (agent->role), "is_lead", agent->role >= PN_ROLE_LEAD,
                    "is_admin", agent->role == PN_ROLE_ADMIN);
}

static json_t *
make_live (const PnCall *call)
{
  const char *path = call->request->path;
  g_autofree char *url = NULL;

  if (call->agent == NULL)
    return json_null ();
  if (g_str_has_prefix (path, "/desk/tickets/"))
    url = g_strdup_printf ("/desk/events?ticket=%" G_GINT64_FORMAT, call->request->match.id);
  else if (strcmp (path, "/desk") == 0 || strcmp (path, "/desk/floor") == 0
           || strcmp (path, "/desk/wall") == 0 || g_str_has_prefix (path, "/desk/queues/"))
    url = g_strdup ("/desk/events");
  return pn_json_text (url);
}

/* @flash and @live are taken. */
static gboolean
add_page (PnCall *call, json_t *document, json_t *flash, json_t *live, GError **error)
{
  g_autoptr (json_t) page = json_object ();
  g_autofree char *csrf = pn_auth_csrf (call);
  json_t *nav;

  pn_json_set (page, "flash", flash);
  pn_json_set (page, "live", live);
  nav = call->agent != NULL ? make_nav (call, error) : json_null ();
  if (nav == NULL)
    return FALSE;
  pn_json_set (page, "nav", nav);
  pn_json_set (page, "title", json_null ());
  pn_json_set (page, "language", pn_json_text (call->language));
  pn_json_set (page, "path", pn_json_text (call->request->path));
  pn_json_set (page, "csrf", pn_json_text (csrf));
  pn_json_set (page, "user", call->agent != NULL ? make_user (call->agent) : json_null ());
  pn_json_set (document, "page", json_incref (page));
  return TRUE;
}

gboolean
pn_nav_add_page (PnCall *call, json_t *document, GError **error)
{
  json_t *flash = make_flash (call, error);

  return flash != NULL && add_page (call, document, flash, make_live (call), error);
}

gboolean
pn_nav_add_problem_page (PnCall *call, json_t *document, GError **error)
{
  return add_page (call, document, json_null (), json_null (), error);
}
