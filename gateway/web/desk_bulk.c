#include "gateway/web/desk_bulk.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/notice.h"
#include "ticketing/ticket_merge.h"

#define TICKETS_MAX 200
#define TAG_BYTES 64
#define FIELD "t." /* t.1042=3: ticket and the version that the list showed */

/* One ticket that was chosen. */
typedef struct {
  gint64 id;
  gint64 version; /* 0: whatever it has */
} Chosen;

/* What is to be done to each. */
typedef struct {
  PnTicketChange change;
  const char *assignee; /* a login; NULL: stays */
  const char *tag;      /* "" : none */
  gint64 into_id;       /* to be merged into it; 0: no */
  PnActor actor;
  PnNotices *notices;
} Plan;

static gboolean
add_chosen (GArray *chosen, const char *number, const char *version)
{
  Chosen one = { 0 };

  if (!pn_call_read_number (number, &one.id) || one.id <= 0
      || (version != NULL && !pn_call_read_number (version, &one.version)))
    return FALSE;
  g_array_append_val (chosen, one);
  return chosen->len <= TICKETS_MAX;
}

static int
by_id (gconstpointer a, gconstpointer b)
{
  const Chosen *first = a;
  const Chosen *second = b;

  return (first->id > second->id) - (first->id < second->id);
}

/* From the boxes of a list, or a program's "tickets": [1042, 1043]. (owned) NULL: answered already. */
static GArray *
read_chosen (PnCall *call)
{
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (Chosen));
  const GPtrArray *fields = call->request->form->fields;
  const char *list = pn_call_field (call, "tickets");
  g_autofree char *plain = g_strdelimit (g_strdup (list != NULL ? list : ""), "[]\" ", ',');
  g_auto (GStrv) numbers = g_strsplit (plain, ",", 4 * TICKETS_MAX);
  gboolean is_good = TRUE;

  for (guint i = 0; i < fields->len && is_good; i++) {
    const PnField *field = fields->pdata[i];

    if (g_str_has_prefix (field->name, FIELD))
      is_good = add_chosen (chosen, field->name + strlen (FIELD), field->value);
  }
  for (gsize i = 0; numbers[i] != NULL && is_good; i++)
    is_good = *numbers[i] == '\0' || add_chosen (chosen, numbers[i], NULL);
  if (!is_good || chosen->len == 0) {
    pn_call_problem (call, 400,
                     is_good ? "no ticket was chosen" : "at most 200 numbers of tickets");
    return NULL;
  }
  g_array_sort (chosen, by_id);
  return g_steal_pointer (&chosen);
}

static gboolean
read_plan (PnCall *call, Plan *plan)
{
  const char *status = pn_call_field (call, "status");
  const char *priority = pn_call_field (call, "priority");
  const char *queue_name = pn_call_field (call, "queue");
  const PnQueue *queue = NULL;
  PnStatus new_status;
  PnPriority new_priority;

  if (status != NULL && *status != '\0') {
    if (!pn_status_read (status, &new_status)) {
      pn_call_problem (call, 400, "there is no such status");
      return FALSE;
    }
    plan->change.status = (int) new_status;
  }
  if (priority != NULL && *priority != '\0') {
    if (!pn_priority_read (priority, &new_priority)) {
      pn_call_problem (call, 400, "there is no such priority");
      return FALSE;
    }
    plan->change.priority = (int) new_priority;
  }
  if (queue_name != NULL && *queue_name != '\0') {
    queue = pn_show_find_queue (call, queue_name);
    if (queue == NULL || !pn_access_may (call->access, PN_RIGHT_WORK, queue->id)) {
      pn_call_problem (call, 400, "there is no such queue");
      return FALSE;
    }
    plan->change.queue_id = queue->id;
  }
  plan->assignee = pn_call_field (call, "assignee");
  if (plan->assignee != NULL && *plan->assignee == '\0')
    plan->assignee = NULL;
  if (g_strcmp0 (plan->assignee, "me") == 0)
    plan->assignee = call->agent->login;
  return TRUE;
}

/* Somebody who may not see the queue that the ticket will be in can't be given it. */
static gboolean
find_assignee (PnDb *db, const Plan *plan, const PnTicket *ticket, gint64 *agent_id, GError **error)
{
  const gint64 queue_id = plan->change.queue_id >= 0 ? plan->change.queue_id : ticket->queue_id;
  g_autoptr (GPtrArray) agents = NULL;

  *agent_id = -1;
  if (plan->assignee == NULL)
    return TRUE;
  if (strcmp (plan->assignee, "none") == 0) {
    *agent_id = 0;
    return TRUE;
  }
  agents = pn_access_agents_of_queue (db, queue_id, error);
  for (guint i = 0; agents != NULL && i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    if (strcmp (agent->login, plan->assignee) == 0)
      *agent_id = agent->id;
  }
  if (agents != NULL && *agent_id < 0)
    pn_error_set (error, PN_ERROR_INVALID, "there is no agent \"%s\" of its queue", plan->assignee);
  return *agent_id >= 0;
}

typedef struct {
  const Plan *plan;
  const Chosen *chosen;
} Deed;

static gboolean
change_one (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;
  const Plan *plan = deed->plan;
  PnTicketChange change = plan->change;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, deed->chosen->id, error);
  gint64 old_assignee;

  if (ticket == NULL || !find_assignee (db, plan, ticket, &change.assignee_id, error))
    return FALSE;
  change.if_version = deed->chosen->version;
  old_assignee = ticket->assignee_id;
  if (!pn_ticket_change (db, ticket, &change, plan->actor, error)
      || (*plan->tag != '\0'
          && !pn_ticket_tag (db, ticket->id, plan->tag, TRUE, plan->actor, error)))
    return FALSE;
  if (ticket->assignee_id != 0 && ticket->assignee_id != old_assignee
      && !pn_notice_assigned (db, plan->notices, ticket, plan->actor, error))
    return FALSE;
  return plan->into_id == 0 || plan->into_id == ticket->id
         || pn_ticket_merge (db, ticket->id, plan->into_id, plan->actor, error);
}

/* Each ticket by itself: one that can't be changed holds up no other. (owned) what stands against it; NULL: done. */
static json_t *
work_on (PnCall *call, const Plan *plan, const Chosen *chosen)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (call->db, chosen->id, &error);
  g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, chosen->id);
  Deed deed = { plan, chosen };
  const char *words = NULL;
  int status = 409;

  if (ticket == NULL || !pn_access_may (call->access, PN_RIGHT_WORK, ticket->queue_id)) {
    status = 404;
    words = "there is no such ticket";
  } else if (ticket->merged_into != 0) {
    words = "it was merged into another ticket";
  } else if (!pn_db_run (call->db, change_one, &deed, &error)) {
    status = pn_error_http_status (error);
    words = error->message;
  }
  if (words == NULL)
    return NULL;
  return json_pack ("{s:I, s:s, s:i, s:o, s:o}", "number", (json_int_t) chosen->id, "url", url,
                    "status", status, "detail", pn_json_text (words), "subject",
                    pn_json_text (status != 404 ? ticket->subject : NULL));
}

static void
answer (PnCall *call, json_t *changed, json_t *problems)
{
  g_autofree char *next = pn_auth_safe_next (pn_call_field (call, "next"));
  json_t *document;

  if (!call->is_api && json_array_size (problems) == 0) {
    g_autofree char *location =
        g_strdup_printf ("%s%smessage=%u", next, strchr (next, '?') != NULL ? "&" : "?",
                         (guint) json_array_size (changed));

    json_decref (changed);
    json_decref (problems);
    pn_call_done (call, location, "bulk", 200, NULL);
    return;
  }
  document = json_pack ("{s:o, s:o}", "changed", changed, "problems", problems);
  if (!call->is_api) {
    pn_json_set (document, "next", pn_json_text (next));
    pn_json_set (document, "count", json_integer ((json_int_t) json_array_size (changed)));
  }
  pn_call_page (call, call->is_api ? 200 : 409, "desk-bulk", document);
}

void
pn_desk_bulk (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnNotices) notices = pn_notices_new ();
  g_autoptr (GArray) chosen = NULL;
  g_autofree char *tag = pn_call_line (call, "tag", TAG_BYTES);
  Plan plan = { .change = PN_TICKET_CHANGE_NONE,
                .tag = tag,
                .actor = { PN_ACTOR_AGENT, call->agent->id },
                .notices = notices };
  json_t *changed, *problems;

  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!read_plan (call, &plan) || (chosen = read_chosen (call)) == NULL)
    return;
  if (g_strcmp0 (pn_call_field (call, "merge"), "1") == 0)
    plan.into_id = g_array_index (chosen, Chosen, 0).id;
  changed = json_array ();
  problems = json_array ();
  for (guint i = 0; i < chosen->len; i++) {
    const Chosen *one = &g_array_index (chosen, Chosen, i);
    json_t *problem = work_on (call, &plan, one);

    if (problem != NULL)
      json_array_append_new (problems, problem);
    else
      json_array_append_new (changed, json_integer ((json_int_t) one->id));
  }
  pn_log (PN_LOG_INFO, "bulk-changed", "agent=%" G_GINT64_FORMAT " tickets=%u problems=%zu",
          call->agent->id, chosen->len, json_array_size (problems));
  pn_live_nudge (call->web->live);
  answer (call, changed, problems);
}

static json_t *
show_agents (PnCall *call, const PnQueue *queue, GError **error)
{
  g_autoptr (GPtrArray) agents =
      queue != NULL ? pn_access_agents_of_queue (call->db, queue->id, error) : NULL;
  json_t *list;

  if (queue != NULL && agents == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; agents != NULL && i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    json_array_append_new (list, json_pack ("{s:o, s:o}", "login", pn_json_text (agent->login),
                                            "name", pn_json_text (agent->name)));
  }
  return list;
}

gboolean
pn_desk_bulk_choices (PnCall *call, const PnQueue *queue, json_t *document, GError **error)
{
  json_t *assignees = show_agents (call, queue, error);
  json_t *statuses = json_array ();
  json_t *priorities = json_array ();
  json_t *queues = json_array ();

  for (int i = 0; i < PN_STATUS_COUNT; i++)
    json_array_append_new (statuses, json_pack ("{s:s}", "name", pn_status_name ((PnStatus) i)));
  for (int i = PN_PRIORITY_LOW; i <= PN_PRIORITY_URGENT; i++)
    json_array_append_new (priorities,
                           json_pack ("{s:s}", "name", pn_priority_name ((PnPriority) i)));
  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *other = call->queues->pdata[i];

    if (pn_access_may (call->access, PN_RIGHT_WORK, other->id))
      json_array_append_new (queues, json_pack ("{s:o, s:o}", "name", pn_json_text (other->name),
                                                "title", pn_json_text (other->title)));
  }
  pn_json_set (document, "bulk",
               json_pack ("{s:o, s:o, s:o, s:o}", "statuses", statuses, "priorities", priorities,
                          "queues", queues, "assignees",
                          assignees != NULL ? assignees : json_array ()));
  return assignees != NULL;
}
