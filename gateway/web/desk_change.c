#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/desk_ticket.h"
#include "gateway/web/once.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/notice.h"

#define SUBJECT_BYTES 500
#define REASON_BYTES 500

typedef struct {
  PnTicket *ticket;
  PnTicketChange change;
  PnActor actor;
  gint64 old_assignee;
} Change;

static gboolean
change_ticket (PnDb *db, gpointer data, GError **error)
{
  Change *change = data;
  g_autoptr (PnTicket) fresh = pn_ticket_load (db, change->ticket->id, error);

  if (fresh == NULL)
    return FALSE;
  change->old_assignee = fresh->assignee_id;
  if (!pn_ticket_change (db, fresh, &change->change, change->actor, error))
    return FALSE;
  return fresh->assignee_id == 0 || fresh->assignee_id == change->old_assignee
         || pn_notice_assigned (db, NULL, fresh, change->actor, error);
}

static gboolean
refuse_value (PnCall *call, const char *field, const char *value)
{
  g_autofree char *shown = pn_text_clean_line (value, 64);
  g_autofree char *detail = g_strdup_printf ("there is no %s \"%s\"", field, shown);

  pn_call_problem (call, 400, detail);
  return FALSE;
}

static gboolean
refuse_agent (PnCall *call, const char *login)
{
  g_autofree char *shown = pn_text_clean_line (login, 64);
  g_autofree char *detail = g_strdup_printf ("there is no agent \"%s\" of its queue", shown);

  pn_call_problem (call, 400, detail);
  return FALSE;
}

static gboolean
read_queue (PnCall *call, PnTicketChange *change)
{
  const char *name = pn_call_field (call, "queue");
  const PnQueue *queue;

  if (name == NULL)
    return TRUE;
  queue = pn_show_find_queue (call, name);
  if (queue == NULL || !pn_access_may (call->access, PN_RIGHT_WORK, queue->id))
    return refuse_value (call, "queue", name);
  change->queue_id = queue->id;
  return TRUE;
}

/* Somebody who may not see the ticket's queue can't be given the ticket. */
static gboolean
read_assignee (PnCall *call, const PnTicket *ticket, PnTicketChange *change)
{
  const char *login = pn_call_field (call, "assignee");
  gint64 queue_id = change->queue_id >= 0 ? change->queue_id : ticket->queue_id;
  g_autoptr (GPtrArray) agents = NULL;
  g_autoptr (GError) error = NULL;

  if (login == NULL)
    return TRUE;
  if (*login == '\0' || strcmp (login, "none") == 0) {
    change->assignee_id = 0;
    return TRUE;
  }
  if (strcmp (login, "me") == 0)
    login = call->agent->login;
  agents = pn_access_agents_of_queue (call->db, queue_id, &error);
  if (agents == NULL) {
    pn_call_fail (call, error);
    return FALSE;
  }
  for (guint i = 0; i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    if (strcmp (agent->login, login) == 0) {
      change->assignee_id = agent->id;
      return TRUE;
    }
  }
  return refuse_agent (call, login);
}

static gboolean
read_change (PnCall *call, const PnTicket *ticket, PnTicketChange *change)
{
  const char *status = pn_call_field (call, "status");
  const char *priority = pn_call_field (call, "priority");
  const char *version = pn_call_field (call, "if_version");
  PnStatus new_status;
  PnPriority new_priority;

  if (status != NULL && !pn_status_read (status, &new_status))
    return refuse_value (call, "status", status);
  if (priority != NULL && !pn_priority_read (priority, &new_priority))
    return refuse_value (call, "priority", priority);
  if (version != NULL && !pn_call_read_number (version, &change->if_version))
    return refuse_value (call, "version", version);
  if (status != NULL)
    change->status = (int) new_status;
  if (priority != NULL)
    change->priority = (int) new_priority;
  return read_queue (call, change) && read_assignee (call, ticket, change);
}

/* The page with what is new; an API call is given the ticket as it is now. */
static void
show_conflict (PnCall *call, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) fresh = pn_ticket_load (call->db, ticket_id, &error);
  PnComposer composer = { .is_conflict = TRUE };

  if (fresh == NULL) {
    pn_call_fail (call, error);
  } else if (call->is_api) {
    pn_call_problem (call, 409, "the ticket has changed since that version");
  } else {
    pn_desk_read_seen (call, &composer);
    pn_desk_show_ticket (call, fresh, 409, &composer);
  }
}

/* What the toast says: of one thing its new value, which the page knows. */
static const char *
name_change (const PnCall *call)
{
  static const char *const fields[] = { "status", "priority", "queue", "assignee", "subject" };
  const char *name = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (pn_call_field (call, fields[i]) == NULL)
      continue;
    if (name != NULL)
      return "changed";
    name = fields[i];
  }
  return name != NULL ? name : "changed";
}

static void
show_changed (PnCall *call, gint64 ticket_id, const char *flash)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *location = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, ticket_id);
  PnComposer composer = { FALSE };
  g_autoptr (PnTicket) ticket = NULL;

  pn_live_nudge (call->web->live);
  if (!call->is_api) {
    pn_call_done (call, location, flash, 200, NULL);
    return;
  }
  ticket = pn_ticket_load (call->db, ticket_id, &error);
  if (ticket == NULL)
    pn_call_fail (call, error);
  else
    pn_desk_show_ticket (call, ticket, 200, &composer);
}

void
pn_desk_change (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_WORK);
  g_autoptr (GError) error = NULL;
  g_autofree char *subject = pn_call_line (call, "subject", SUBJECT_BYTES);
  g_autofree char *reason = pn_call_line (call, "reason", REASON_BYTES);
  g_autofree char *said = pn_reason_said (reason);
  Change change = { ticket, PN_TICKET_CHANGE_NONE, { PN_ACTOR_AGENT, call->agent->id }, 0 };

  if (ticket == NULL)
    return;
  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (!read_change (call, ticket, &change.change))
    return;
  if (pn_call_field (call, "subject") != NULL)
    change.change.subject = subject;
  change.change.reason = said;
  if (pn_db_run (call->db, change_ticket, &change, &error))
    show_changed (call, ticket->id, name_change (call));
  else if (pn_error_is (error, PN_ERROR_CONFLICT))
    show_conflict (call, ticket->id);
  else
    pn_call_fail (call, error);
}

typedef struct {
  gint64 ticket_id;
  const char *tag;
  gboolean is_set;
  PnActor actor;
} Tag;

static gboolean
change_tag (PnDb *db, gpointer data, GError **error)
{
  const Tag *tag = data;

  return pn_ticket_tag (db, tag->ticket_id, tag->tag, tag->is_set, tag->actor, error);
}

void
pn_desk_tag (PnCall *call)
{
  g_autoptr (PnTicket) ticket = pn_call_ticket (call, pn_call_id (call), PN_RIGHT_WORK);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = pn_call_line (call, "tag", 64);
  const char *is_set = pn_call_field (call, "is_set");
  Tag tag;

  if (ticket == NULL)
    return;
  if (*name == '\0') {
    pn_call_problem (call, 400, "the tag is empty");
    return;
  }
  tag =
      (Tag){ ticket->id, name, g_strcmp0 (is_set, "0") != 0, { PN_ACTOR_AGENT, call->agent->id } };
  if (pn_db_run (call->db, change_tag, &tag, &error))
    show_changed (call, ticket->id, tag.is_set ? "tagged" : "untagged");
  else
    pn_call_fail (call, error);
}
