/* The floor, for leads: who works on what, what waits, what is due; and taking or moving tickets from there. The wall is
 * the same in a few large numbers. */
#include <string.h>

#include "gateway/web/desk_escalation.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "gateway/web/show_due.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/floor.h"
#include "ticketing/notice.h"
#include "ticketing/presence.h"
#include "ticketing/report.h"
#include "ticketing/search_page.h"

#define TICKET_FIELD "tickets."

/* Rows as in a list, with what is due and who has seen it. */
static json_t *
show_ids (PnCall *call, const GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) hits = pn_search_page_load (call->db, ids, error);
  g_autoptr (GHashTable) holds =
      hits != NULL ? pn_escalation_load_holds (call->db, ids, error) : NULL;
  json_t *tickets = holds != NULL ? pn_show_hits (call, hits, error) : NULL;

  for (guint i = 0; tickets != NULL && i < hits->len; i++) {
    const PnSearchHit *hit = hits->pdata[i];

    pn_json_set (json_array_get (tickets, i), "hold",
                 pn_desk_show_hold (call, g_hash_table_lookup (holds, &hit->ticket->id)));
  }
  return tickets;
}

static json_t *
show_load (const PnFloorLoad *load)
{
  json_t *ages =
      json_pack ("{s:I, s:I, s:I, s:I, s:I}", "under_1h", (json_int_t) load->ages[0], "under_4h",
                 (json_int_t) load->ages[1], "under_1d", (json_int_t) load->ages[2], "under_3d",
                 (json_int_t) load->ages[3], "older", (json_int_t) load->ages[4]);
  json_t *longest = load->oldest_at == 0
                        ? json_null ()
                        : json_integer ((pn_clock_now () - load->oldest_at) / PN_SECOND);

  return json_pack ("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "open", (json_int_t) load->open,
                    "waiting", (json_int_t) load->waiting, "on_hold", (json_int_t) load->on_hold,
                    "turns", (json_int_t) load->turns, "over", (json_int_t) load->over, "ages",
                    ages, "oldest_at", pn_json_time (load->oldest_at), "longest_seconds", longest);
}

static const PnFloorAgent *
find_agent (const PnFloor *floor, gint64 id)
{
  for (guint i = 0; i < floor->agents->len; i++) {
    const PnFloorAgent *agent = floor->agents->pdata[i];

    if (agent->agent_id == id)
      return agent;
  }
  return NULL;
}

/* What a row a person of the floor needs, loaded once for all of them. */
typedef struct {
  const PnFloor *floor;
  GHashTable *away;    /* agent's id -> PnPresence */
  GHashTable *members; /* ids of agents of the caller's queues; NULL: all are */
  json_t *tickets;     /* number as text -> what it looks like */
} Crowd;

static void
crowd_clear (Crowd *crowd)
{
  g_clear_pointer (&crowd->away, g_hash_table_unref);
  g_clear_pointer (&crowd->members, g_hash_table_unref);
  g_clear_pointer (&crowd->tickets, json_decref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Crowd, crowd_clear)

/* The tickets that anybody works on. */
static gboolean
load_tickets (PnCall *call, Crowd *crowd, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (json_t) list = NULL;
  json_t *ticket;
  size_t i;

  for (guint n = 0; n < crowd->floor->agents->len; n++) {
    const PnFloorAgent *agent = crowd->floor->agents->pdata[n];

    g_array_append_vals (ids, agent->at_work->data, agent->at_work->len);
  }
  list = show_ids (call, ids, error);
  if (list == NULL)
    return FALSE;
  crowd->tickets = json_object ();
  json_array_foreach (list, i, ticket)
  {
    g_autofree char *number = g_strdup_printf (
        "%" JSON_INTEGER_FORMAT, json_integer_value (json_object_get (ticket, "number")));

    json_object_set (crowd->tickets, number, ticket);
  }
  return TRUE;
}

/* A query a queue of the caller's, not one a person. */
static gboolean
load_members (PnCall *call, Crowd *crowd, GError **error)
{
  const GArray *own = pn_access_queues (call->access);

  if (own == NULL)
    return TRUE;
  crowd->members = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < own->len; i++) {
    g_autoptr (GPtrArray) agents =
        pn_access_agents_of_queue (call->db, g_array_index (own, gint64, i), error);

    if (agents == NULL)
      return FALSE;
    for (guint j = 0; j < agents->len; j++)
      g_hash_table_add (crowd->members,
                        g_memdup2 (&((const PnAgent *) agents->pdata[j])->id, sizeof (gint64)));
  }
  return TRUE;
}

static json_t *
show_at_work (const Crowd *crowd, const PnFloorAgent *agent)
{
  json_t *list = json_array ();

  for (guint i = 0; agent != NULL && i < agent->at_work->len; i++) {
    g_autofree char *number =
        g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (agent->at_work, gint64, i));
    json_t *ticket = json_object_get (crowd->tickets, number);

    if (ticket != NULL)
      json_array_append (list, ticket);
  }
  return list;
}

static json_t *
show_agent (const Crowd *crowd, const PnAgent *agent)
{
  static const PnFloorLoad nothing = { 0 };
  const PnFloorAgent *at = find_agent (crowd->floor, agent->id);
  const PnPresence *presence = g_hash_table_lookup (crowd->away, &agent->id);
  g_autofree char *initials = pn_show_initials (agent->name, agent->address);
  g_autofree char *url =
      g_strdup_printf ("/desk?query=assignee%%3A%s%%20status%%3Aunsolved", agent->login);

  return json_pack (
      "{s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "login", pn_json_text (agent->login), "name",
      pn_json_text (agent->name), "initials", pn_json_text (initials), "url", url, "presence",
      pn_presence_name (presence != NULL ? presence->state : PN_PRESENCE_AVAILABLE), "until",
      pn_json_time (presence != NULL ? presence->until : 0), "load",
      show_load (at != NULL ? &at->load : &nothing), "at_work", show_at_work (crowd, at));
}

/* Who may work in the caller's queues, and whoever has tickets of them. */
static json_t *
show_agents (PnCall *call, const PnFloor *floor, gint64 *available, GError **error)
{
  g_auto (Crowd) crowd = { .floor = floor };
  json_t *agents;

  *available = 0;
  crowd.away = pn_presence_list (call->db, pn_clock_now (), error);
  if (crowd.away == NULL || !load_members (call, &crowd, error)
      || !load_tickets (call, &crowd, error))
    return NULL;
  agents = json_array ();
  for (guint i = 0; i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (!agent->is_enabled
        || (crowd.members != NULL && !g_hash_table_contains (crowd.members, &agent->id)
            && find_agent (floor, agent->id) == NULL))
      continue;
    *available += g_hash_table_contains (crowd.away, &agent->id) ? 0 : 1;
    json_array_append_new (agents, show_agent (&crowd, agent));
  }
  return agents;
}

static json_t *
show_choices (PnCall *call)
{
  json_t *agents = json_array ();
  json_t *queues = json_array ();

  for (guint i = 0; i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (agent->is_enabled)
      json_array_append_new (agents, json_pack ("{s:o, s:o}", "login", pn_json_text (agent->login),
                                                "name", pn_json_text (agent->name)));
  }
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (pn_access_may (call->access, PN_RIGHT_WORK, queue->id))
      json_array_append_new (queues, json_pack ("{s:o, s:o}", "name", pn_json_text (queue->name),
                                                "title", pn_json_text (queue->title)));
  }
  return json_pack ("{s:o, s:o}", "agents", agents, "queues", queues);
}

/* The tickets of both lists, once each: those that are due first. */
static GArray *
join_ids (const PnFloor *floor)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_vals (ids, floor->due->data, floor->due->len);
  for (guint i = 0; i < floor->longest->len; i++) {
    gboolean is_there = FALSE;

    for (guint j = 0; j < floor->due->len; j++)
      is_there =
          is_there
          || g_array_index (floor->due, gint64, j) == g_array_index (floor->longest, gint64, i);
    if (!is_there)
      g_array_append_val (ids, g_array_index (floor->longest, gint64, i));
  }
  return ids;
}

/* "moved" and "missed" of the query, after a change. */
static json_t *
show_result (PnCall *call)
{
  gint64 moved;
  gint64 missed;

  if (!pn_call_read_number (
          pn_call_query (call, "moved") != NULL ? pn_call_query (call, "moved") : "", &moved)
      || !pn_call_read_number (
          pn_call_query (call, "missed") != NULL ? pn_call_query (call, "missed") : "", &missed))
    return json_null ();
  return json_pack ("{s:I, s:I}", "moved", (json_int_t) moved, "missed", (json_int_t) missed);
}

/* Returns: (owned) the document of floor and wall; NULL: answered already. */
static json_t *
make_document (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnFloor) floor = NULL;
  g_autoptr (GArray) ids = NULL;
  json_t *tickets = NULL;
  json_t *agents = NULL;
  gint64 available;

  if (pn_show_load (call, &error))
    floor = pn_floor_load (call->db, call->access, &error);
  if (floor != NULL) {
    ids = join_ids (floor);
    tickets = show_ids (call, ids, &error);
  }
  if (tickets != NULL)
    agents = show_agents (call, floor, &available, &error);
  if (agents == NULL) {
    json_decref (tickets);
    pn_call_fail (call, error);
    return NULL;
  }
  return json_pack ("{s:{s:o, s:o, s:I, s:i, s:o}, s:o, s:o, s:o}", "floor", "all",
                    show_load (&floor->all), "unassigned",
                    show_load (find_agent (floor, 0) != NULL ? &find_agent (floor, 0)->load
                                                             : &(const PnFloorLoad){ 0 }),
                    "available", (json_int_t) available, "due", (int) floor->due->len, "result",
                    show_result (call), "agents", agents, "tickets", tickets, "choices",
                    show_choices (call));
}

void
pn_desk_floor (PnCall *call)
{
  json_t *document = make_document (call);

  if (document != NULL)
    pn_call_page (call, 200, "desk-floor", document);
}

/* What came and was solved today, in the zone of figures. */
static gboolean
add_today (PnCall *call, json_t *document, GError **error)
{
  g_autofree char *zone = pn_report_zone (call->db, error);
  g_autoptr (PnReportRequest) request =
      zone != NULL ? pn_report_request_new ("volume", zone) : NULL;
  g_autoptr (PnReport) report = NULL;

  if (request == NULL)
    return FALSE;
  request->queues = pn_access_queues (call->access);
  g_free (request->from);
  request->from = g_strdup (request->to);
  report = pn_report_run (call->db, request, error);
  if (report == NULL)
    return FALSE;
  pn_json_set (document, "today",
               json_pack ("{s:I, s:I}", "created", (json_int_t) report->total.value[0], "solved",
                          (json_int_t) report->total.value[1]));
  return TRUE;
}

void
pn_desk_wall (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  json_t *document = make_document (call);

  if (document == NULL)
    return;
  if (add_today (call, document, &error)) {
    pn_call_page (call, 200, "desk-wall", document);
    return;
  }
  json_decref (document);
  pn_call_fail (call, error);
}

typedef struct {
  gint64 id;
  gint64 version;
  PnTicketChange change;
  PnActor actor;
  const PnAccess *access;
} Move;

/* A ticket that changed since the page was made stays where it is. */
static gboolean
move_one (PnDb *db, gpointer data, GError **error)
{
  const Move *move = data;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, move->id, error);
  PnTicketChange change = move->change;
  gint64 old_assignee;

  if (ticket == NULL)
    return FALSE;
  if (!pn_access_may (move->access, PN_RIGHT_WORK, ticket->queue_id)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no ticket %" G_GINT64_FORMAT, move->id);
    return FALSE;
  }
  old_assignee = ticket->assignee_id;
  change.if_version = move->version;
  if (!pn_ticket_change (db, ticket, &change, move->actor, error))
    return FALSE;
  return ticket->assignee_id == 0 || ticket->assignee_id == old_assignee
         || pn_notice_assigned (db, NULL, ticket, move->actor, error);
}

static gboolean
refuse (PnCall *call, const char *detail)
{
  pn_call_problem (call, 400, detail);
  return FALSE;
}

static gboolean
read_move (PnCall *call, Move *move)
{
  const char *login = pn_call_field (call, "assignee");
  const char *queue_name = pn_call_field (call, "queue");
  const PnQueue *queue;

  if (queue_name != NULL && *queue_name != '\0') {
    queue = pn_show_find_queue (call, queue_name);
    if (queue == NULL || !pn_access_may (call->access, PN_RIGHT_WORK, queue->id))
      return refuse (call, "there is no such queue");
    move->change.queue_id = queue->id;
  }
  if (login == NULL || *login == '\0')
    return move->change.queue_id >= 0 || refuse (call, "choose an agent or a queue");
  if (strcmp (login, "none") == 0)
    move->change.assignee_id = 0;
  if (strcmp (login, "me") == 0)
    login = call->agent->login;
  for (guint i = 0; i < call->agents->len; i++) {
    const PnAgent *agent = call->agents->pdata[i];

    if (agent->is_enabled && strcmp (agent->login, login) == 0)
      move->change.assignee_id = agent->id;
  }
  return move->change.assignee_id >= 0 || refuse (call, "there is no such agent");
}

/* Nobody is given a ticket that they may not see. */
static gboolean
may_have (PnCall *call, const Move *move, GError **error)
{
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GPtrArray) agents = NULL;
  gint64 queue_id = move->change.queue_id;

  if (move->change.assignee_id <= 0)
    return TRUE;
  if (queue_id < 0) {
    ticket = pn_ticket_load (call->db, move->id, error);
    if (ticket == NULL)
      return FALSE;
    queue_id = ticket->queue_id;
  }
  agents = pn_access_agents_of_queue (call->db, queue_id, error);
  for (guint i = 0; agents != NULL && i < agents->len; i++) {
    if (((const PnAgent *) agents->pdata[i])->id == move->change.assignee_id)
      return TRUE;
  }
  if (agents != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "that agent may not see the queue");
  return FALSE;
}

/* Each ticket by itself: one that was changed meanwhile keeps no other from being moved. */
void
pn_desk_floor_move (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  Move move = { .change = PN_TICKET_CHANGE_NONE, .access = call->access };
  gint64 moved = 0;
  gint64 missed = 0;
  g_autofree char *location = NULL;

  move.actor = (PnActor){ PN_ACTOR_AGENT, call->agent->id };
  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!read_move (call, &move))
    return;
  for (guint i = 0; i < call->request->form->fields->len; i++) {
    const PnField *field = call->request->form->fields->pdata[i];
    g_autoptr (GError) problem = NULL;

    if (!g_str_has_prefix (field->name, TICKET_FIELD)
        || !pn_call_read_number (field->name + strlen (TICKET_FIELD), &move.id)
        || !pn_call_read_number (field->value, &move.version))
      continue;
    if (may_have (call, &move, &problem) && pn_db_run (call->db, move_one, &move, &problem))
      moved++;
    else if (pn_error_http_status (problem) < 500)
      missed++;
    else {
      pn_call_fail (call, problem);
      return;
    }
  }
  pn_live_nudge (call->web->live);
  location = g_strdup_printf ("/desk/floor?moved=%" G_GINT64_FORMAT "&missed=%" G_GINT64_FORMAT,
                              moved, missed);
  pn_call_done (
      call, location, NULL, 200,
      json_pack ("{s:I, s:I}", "moved", (json_int_t) moved, "missed", (json_int_t) missed));
}
