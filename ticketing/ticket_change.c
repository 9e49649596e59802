#include "ticketing/ticket.h"

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/deadline.h"
#include "ticketing/fact.h"
#include "ticketing/mailbox.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"
#include "ticketing/search.h"
#include "ticketing/survey.h"
#include "ticketing/ticket_private.h"

static const char update_sql[] =
    "UPDATE ticket"
    " SET queue_id = ?, status = ?, priority = ?, assignee_id = ?,"
    " subject = ?, closed_at = ?, updated_at = ?, waiting_at = ?, urgency_at = ?,"
    " version = version + 1"
    " WHERE id = ? AND version = ?";

static const char touch_sql[] = "UPDATE ticket"
                                " SET status = ?, preview = ?, customer_at = ?, agent_at = ?,"
                                " closed_at = ?, updated_at = ?, waiting_at = ?, urgency_at = ?,"
                                " message_count = message_count + 1,"
                                " version = version + 1"
                                " WHERE id = ? AND version = ?";

static const char looping_sql[] =
    "UPDATE ticket SET is_looping = 1, version = version + 1 WHERE id = ? AND is_looping = 0";

/* The row that an update with the version in its condition did not find was changed by somebody else. */
static gboolean
check_changed (gint64 affected, const PnTicket *ticket, GError **error)
{
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT,
                "ticket %" G_GINT64_FORMAT " was changed by somebody else meanwhile", ticket->id);
  return FALSE;
}

static gboolean
count_move (PnDb *db, const PnTicket *from, gint64 queue_id, PnStatus status, GError **error)
{
  if (from->queue_id == queue_id && from->status == status)
    return TRUE;
  return pn_queue_count_add (db, from->queue_id, (int) from->status, -1, error)
         && pn_queue_count_add (db, queue_id, (int) status, 1, error);
}

/* What the ticket will be: @change's values, or the ticket's own where it has none. */
typedef struct {
  PnStatus status;
  PnPriority priority;
  gint64 queue_id;
  gint64 assignee_id;
  char *subject;
} Wanted;

static void
wanted_clear (Wanted *wanted)
{
  g_free (wanted->subject);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

static gboolean
read_change (const PnTicket *ticket, const PnTicketChange *change, Wanted *wanted, GError **error)
{
  if (change->status < -1 || change->status >= PN_STATUS_COUNT || change->priority < -1
      || change->priority > PN_PRIORITY_URGENT) {
    pn_error_set (error, PN_ERROR_INVALID, "there is no status %d or no priority %d",
                  change->status, change->priority);
    return FALSE;
  }
  if (change->if_version != 0 && change->if_version != ticket->version) {
    pn_error_set (error, PN_ERROR_CONFLICT,
                  "ticket %" G_GINT64_FORMAT " was changed by somebody else meanwhile", ticket->id);
    return FALSE;
  }
  wanted->status = change->status >= 0 ? (PnStatus) change->status : ticket->status;
  wanted->priority = change->priority >= 0 ? (PnPriority) change->priority : ticket->priority;
  wanted->queue_id = change->queue_id >= 0 ? change->queue_id : ticket->queue_id;
  wanted->assignee_id = change->assignee_id >= 0 ? change->assignee_id : ticket->assignee_id;
  wanted->subject = pn_text_clean_line (change->subject != NULL ? change->subject : ticket->subject,
                                        PN_TICKET_SUBJECT_BYTES);
  return TRUE;
}

/* @name: (owned) the agent's log-in, NULL for nobody. */
static gboolean
load_agent_name (PnDb *db, gint64 id, char **name, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;

  *name = NULL;
  if (id == 0)
    return TRUE;
  agent = pn_agent_load (db, id, error);
  if (agent != NULL)
    *name = g_strdup (agent->login);
  return agent != NULL;
}

static gboolean
note_assignee (PnDb *db, const PnTicket *ticket, const Wanted *wanted, PnActor actor,
               const char *reason, GError **error)
{
  g_autofree char *old_name = NULL;
  g_autofree char *new_name = NULL;

  return load_agent_name (db, ticket->assignee_id, &old_name, error)
         && load_agent_name (db, wanted->assignee_id, &new_name, error)
         && pn_event_add (db, ticket->id, PN_EVENT_ASSIGNEE, actor, old_name, new_name, reason,
                          error);
}

/* Letters that wait leave by the new queue's mailbox; where it has none, by the old one's. */
static gboolean
move_letters (PnDb *db, gint64 ticket_id, gint64 queue_id, GError **error)
{
  g_autoptr (PnMailbox) mailbox = NULL;

  return pn_mailbox_for_queue (db, queue_id, &mailbox, error)
         && pn_outbox_move (db, ticket_id, mailbox != NULL ? mailbox->id : 0, error);
}

static gboolean
note_queue (PnDb *db, const PnTicket *ticket, const Wanted *wanted, PnActor actor,
            const char *reason, GError **error)
{
  g_autoptr (PnQueue) old_queue = pn_queue_load (db, ticket->queue_id, error);
  g_autoptr (PnQueue) new_queue =
      old_queue != NULL ? pn_queue_load (db, wanted->queue_id, error) : NULL;

  return new_queue != NULL
         && pn_event_add (db, ticket->id, PN_EVENT_QUEUE, actor, old_queue->name, new_queue->name,
                          reason, error)
         && move_letters (db, ticket->id, wanted->queue_id, error);
}

static gboolean
note_all (PnDb *db, const PnTicket *ticket, const Wanted *wanted, PnActor actor, const char *reason,
          GError **error)
{
  if (wanted->status != ticket->status
      && !pn_event_add (db, ticket->id, PN_EVENT_STATUS, actor, pn_status_name (ticket->status),
                        pn_status_name (wanted->status), reason, error))
    return FALSE;
  if (wanted->priority != ticket->priority
      && !pn_event_add (db, ticket->id, PN_EVENT_PRIORITY, actor,
                        pn_priority_name (ticket->priority), pn_priority_name (wanted->priority),
                        reason, error))
    return FALSE;
  if (g_strcmp0 (wanted->subject, ticket->subject) != 0
      && (!pn_event_add (db, ticket->id, PN_EVENT_SUBJECT, actor, ticket->subject, wanted->subject,
                         reason, error)
          || !pn_search_note_subject (db, ticket->id, error)))
    return FALSE;
  if (wanted->assignee_id != ticket->assignee_id
      && !note_assignee (db, ticket, wanted, actor, reason, error))
    return FALSE;
  return wanted->queue_id == ticket->queue_id
         || note_queue (db, ticket, wanted, actor, reason, error);
}

static gboolean
is_as_wanted (const PnTicket *ticket, const Wanted *wanted)
{
  return wanted->status == ticket->status && wanted->priority == ticket->priority
         && wanted->queue_id == ticket->queue_id && wanted->assignee_id == ticket->assignee_id
         && g_strcmp0 (wanted->subject, ticket->subject) == 0;
}

/* Nobody waits for what is solved, nor where it is the customer's turn. */
static PnTime
waiting_after (const PnTicket *ticket, PnStatus status)
{
  return status == PN_STATUS_NEW || status == PN_STATUS_OPEN || status == PN_STATUS_ON_HOLD
             ? ticket->waiting_at
             : 0;
}

/* How urgent @ticket will be. */
static PnTime
urgency_after (const PnTicket *ticket, PnPriority priority, PnTime waiting_at, PnTime now)
{
  PnTicket after = *ticket;

  after.priority = priority;
  after.waiting_at = waiting_at;
  after.updated_at = now;
  return pn_ticket_urgency (&after);
}

gboolean
pn_ticket_change (PnDb *db, PnTicket *ticket, const PnTicketChange *change, PnActor actor,
                  GError **error)
{
  const PnTime now = pn_clock_now ();
  g_auto (Wanted) wanted = { 0 };
  PnTime closed_at;
  PnTime waiting_at;
  gint64 affected;

  if (!pn_ticket_reload (db, ticket, error) || !read_change (ticket, change, &wanted, error))
    return FALSE;
  if (is_as_wanted (ticket, &wanted))
    return TRUE;
  closed_at = ticket->status == PN_STATUS_CLOSED ? ticket->closed_at : now;
  waiting_at = waiting_after (ticket, wanted.status);
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_int (wanted.queue_id), pn_int (wanted.status),
                            pn_int (wanted.priority), pn_int_or_null (wanted.assignee_id),
                            pn_text (wanted.subject),
                            pn_int_or_null (wanted.status == PN_STATUS_CLOSED ? closed_at : 0),
                            pn_int (now), pn_int_or_null (waiting_at),
                            pn_int (urgency_after (ticket, wanted.priority, waiting_at, now)),
                            pn_int (ticket->id), pn_int (ticket->version)),
                   &affected, error))
    return FALSE;
  return check_changed (affected, ticket, error) && pn_fact_mark (db, ticket->id, error)
         && (wanted.status < PN_STATUS_SOLVED || ticket->status >= PN_STATUS_SOLVED
             || pn_survey_plan (db, ticket->id, wanted.queue_id, error))
         && note_all (db, ticket, &wanted, actor, change->reason, error)
         && count_move (db, ticket, wanted.queue_id, wanted.status, error)
         && pn_deadline_mark (db, ticket->id, error) && pn_ticket_reload (db, ticket, error);
}

static PnStatus
status_after (const PnTicket *ticket, PnTouch touch)
{
  switch (touch) {
  case PN_TOUCH_CUSTOMER:
    return ticket->status == PN_STATUS_NEW || !pn_ticket_takes_replies (ticket) ? ticket->status
                                                                                : PN_STATUS_OPEN;
  case PN_TOUCH_AGENT: return ticket->status == PN_STATUS_NEW ? PN_STATUS_OPEN : ticket->status;
  case PN_TOUCH_NOTE:
  case PN_TOUCH_MACHINE: return ticket->status;
  }
  g_return_val_if_reached (ticket->status);
}

static const char *
touch_reason (PnTouch touch)
{
  return pn_reason (touch == PN_TOUCH_CUSTOMER ? PN_WHY_TICKET_CUSTOMER : PN_WHY_TICKET_AGENT);
}

/* The first message that was not answered counts. */
static PnTime
waiting_touched (const PnTicket *ticket, PnTouch touch, PnStatus status, PnTime now)
{
  if (touch == PN_TOUCH_AGENT)
    return 0;
  if (touch == PN_TOUCH_CUSTOMER && ticket->waiting_at == 0)
    return waiting_after (&(PnTicket){ .waiting_at = now }, status);
  return waiting_after (ticket, status);
}

gboolean
pn_ticket_touch (PnDb *db, gint64 id, PnTouch touch, const char *preview, PnActor actor,
                 gboolean *reopened, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, id, error);
  g_autofree char *line = NULL;
  const PnTime now = pn_clock_now ();
  PnTime waiting_at;
  PnStatus status;
  gint64 affected;

  if (ticket == NULL)
    return FALSE;
  status = status_after (ticket, touch);
  waiting_at = waiting_touched (ticket, touch, status, now);
  line = pn_text_clean_line (preview != NULL ? preview : ticket->preview, PN_TICKET_PREVIEW_BYTES);
  if (!pn_db_exec (db, touch_sql,
                   PN_ARGS (pn_int (status), pn_text (line),
                            pn_int_or_null (touch == PN_TOUCH_CUSTOMER ? now : ticket->customer_at),
                            pn_int_or_null (touch == PN_TOUCH_AGENT ? now : ticket->agent_at),
                            pn_int_or_null (status == PN_STATUS_CLOSED ? ticket->closed_at : 0),
                            pn_int (now), pn_int_or_null (waiting_at),
                            pn_int (urgency_after (ticket, ticket->priority, waiting_at, now)),
                            pn_int (id), pn_int (ticket->version)),
                   &affected, error)
      || !check_changed (affected, ticket, error) || !pn_deadline_mark (db, id, error)
      || !pn_fact_mark (db, id, error))
    return FALSE;
  if (reopened != NULL)
    *reopened = status != ticket->status
                && (ticket->status == PN_STATUS_SOLVED || ticket->status == PN_STATUS_CLOSED);
  if (status == ticket->status)
    return TRUE;
  return pn_event_add (db, id, PN_EVENT_STATUS, actor, pn_status_name (ticket->status),
                       pn_status_name (status), touch_reason (touch), error)
         && count_move (db, ticket, ticket->queue_id, status, error);
}

gboolean
pn_ticket_set_looping (PnDb *db, gint64 id, const char *reason, GError **error)
{
  gint64 affected;

  return pn_db_exec (db, looping_sql, PN_ARGS (pn_int (id)), &affected, error)
         && (affected == 0
             || pn_event_add (db, id, PN_EVENT_LOOP, PN_ACTOR_IS_SYSTEM, NULL, NULL, reason,
                              error));
}
