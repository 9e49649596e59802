#include "ticketing/deadline.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/form.h"
#include "ticketing/message.h"
#include "ticketing/organisation.h"
#include "ticketing/queue.h"
#include "ticketing/ticket_merge.h"

/* What policies call the form of a ticket from the help centre that has no name. */
#define CONTACT_FORM "contact"

typedef struct {
  PnDb *db;
  GPtrArray *queues; /* of PnQueue; loaded when a ticket was moved */
} Names;

/* A queue that is gone or renamed is one that no policy names. */
static gboolean
find_queue (Names *names, const char *name, gint64 *id, GError **error)
{
  *id = 0;
  if (names->queues == NULL)
    names->queues = pn_queue_list (names->db, error);
  if (names->queues == NULL)
    return FALSE;
  for (guint i = 0; i < names->queues->len; i++) {
    const PnQueue *queue = names->queues->pdata[i];

    if (g_strcmp0 (queue->name, name) == 0)
      *id = queue->id;
  }
  return TRUE;
}

static gboolean
add_event (PnSlaHistory *history, Names *names, const PnEvent *event, GError **error)
{
  PnStatus status;
  PnPriority priority;
  gint64 queue_id;

  if (event->kind == PN_EVENT_STATUS && pn_status_read (event->new_value, &status))
    pn_sla_history_add (history, event->at, PN_SLA_STATUS, status, NULL);
  else if (event->kind == PN_EVENT_PRIORITY && pn_priority_read (event->new_value, &priority))
    pn_sla_history_add (history, event->at, PN_SLA_PRIORITY, priority, NULL);
  else if (event->kind == PN_EVENT_QUEUE) {
    if (!find_queue (names, event->new_value, &queue_id, error))
      return FALSE;
    pn_sla_history_add (history, event->at, PN_SLA_QUEUE, queue_id, NULL);
  } else if (event->kind == PN_EVENT_TAG && event->new_value != NULL)
    pn_sla_history_add (history, event->at, PN_SLA_TAG, 0, event->new_value);
  else if (event->kind == PN_EVENT_TAG && event->old_value != NULL)
    pn_sla_history_add (history, event->at, PN_SLA_UNTAG, 0, event->old_value);
  return TRUE;
}

/* Automatic mail and strangers do not ask; automatic letters do not answer. */
static void
add_turn (PnSlaHistory *history, const PnMessageTurn *turn)
{
  if (turn->direction == PN_DIRECTION_IN && turn->kind == PN_MAIL_MESSAGE && !turn->is_stranger)
    pn_sla_history_add (history, turn->at, PN_SLA_CUSTOMER, 0, NULL);
  else if (turn->direction == PN_DIRECTION_OUT && turn->agent_id != 0)
    pn_sla_history_add (history, turn->at, PN_SLA_ANSWER, 0, NULL);
}

/* Both are in order of time; of the same instant, the message was first: it is what changed the ticket. */
static gboolean
merge (PnSlaHistory *history, Names *names, const GPtrArray *events, const GArray *turns,
       GError **error)
{
  guint e = 0;
  guint t = 0;

  while (e < events->len || t < turns->len) {
    const PnEvent *event = e < events->len ? events->pdata[e] : NULL;
    const PnMessageTurn *turn = t < turns->len ? &g_array_index (turns, PnMessageTurn, t) : NULL;

    if (turn != NULL && (event == NULL || turn->at <= event->at)) {
      add_turn (history, turn);
      t++;
    } else {
      if (!add_event (history, names, event, error))
        return FALSE;
      e++;
    }
  }
  return TRUE;
}

static gboolean
load_member (PnDb *db, gint64 id, PnSlaHistory *history, GError **error)
{
  g_autoptr (PnTicket) member = pn_ticket_load (db, id, error);
  g_autoptr (GArray) turns = member != NULL ? pn_message_turns (db, id, error) : NULL;
  g_autoptr (PnSlaHistory) own = pn_sla_history_new ();
  const PnSlaChange *last = NULL;

  if (turns == NULL)
    return FALSE;
  for (guint i = 0; i < turns->len; i++)
    add_turn (own, &g_array_index (turns, PnMessageTurn, i));
  if (own->changes->len > 0)
    last = own->changes->pdata[own->changes->len - 1];
  if (last != NULL && last->kind == PN_SLA_CUSTOMER)
    pn_sla_history_add (history, MAX (member->closed_at, last->at), PN_SLA_CUSTOMER, 0, NULL);
  return TRUE;
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const PnSlaChange *one = *(PnSlaChange *const *) a;
  const PnSlaChange *other = *(PnSlaChange *const *) b;

  return one->at < other->at ? -1 : one->at > other->at;
}

/* What was asked on a ticket that became a part of this one, and not answered there, is asked here from then on. */
static gboolean
add_members (PnDb *db, PnSlaHistory *history, GError **error)
{
  g_autoptr (GArray) ids = pn_ticket_members (db, history->ticket_id, error);
  const guint before = history->changes->len;

  for (guint i = 1; ids != NULL && i < ids->len; i++) {
    if (!load_member (db, g_array_index (ids, gint64, i), history, error))
      return FALSE;
  }
  if (history->changes->len > before)
    g_ptr_array_sort (history->changes, compare_changes); /* it keeps the order of equals */
  return ids != NULL;
}

static PnTime
find_merge (const PnTicket *ticket, const GPtrArray *events)
{
  for (guint i = ticket->merged_into != 0 ? events->len : 0; i-- > 0;) {
    const PnEvent *event = events->pdata[i];

    if (event->kind == PN_EVENT_STATUS)
      return event->at;
  }
  return 0;
}

static void
set_tag (GPtrArray *tags, const char *tag, gboolean is_set)
{
  for (guint i = 0; i < tags->len; i++) {
    if (strcmp (tags->pdata[i], tag) == 0) {
      g_ptr_array_remove_index (tags, i);
      break;
    }
  }
  if (is_set)
    g_ptr_array_add (tags, g_strdup (tag));
}

/* What the ticket was when it was opened: what it is now, with every change taken back. */
static gboolean
rewind_facts (PnSlaHistory *history, Names *names, const GPtrArray *events, GError **error)
{
  for (guint i = events->len; i-- > 0;) {
    const PnEvent *event = events->pdata[i];

    if (event->kind == PN_EVENT_STATUS)
      pn_status_read (event->old_value, &history->status);
    else if (event->kind == PN_EVENT_PRIORITY)
      pn_priority_read (event->old_value, &history->priority);
    else if (event->kind == PN_EVENT_TAG && event->new_value != NULL)
      set_tag (history->tags, event->new_value, FALSE);
    else if (event->kind == PN_EVENT_TAG && event->old_value != NULL)
      set_tag (history->tags, event->old_value, TRUE);
    else if (event->kind == PN_EVENT_QUEUE
             && !find_queue (names, event->old_value, &history->queue_id, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
load_facts (PnDb *db, const PnTicket *ticket, PnSlaHistory *history, GError **error)
{
  GPtrArray *tags = pn_ticket_tags (db, ticket->id, error);

  if (tags == NULL)
    return FALSE;
  g_ptr_array_unref (history->tags);
  history->tags = tags;
  history->ticket_id = ticket->id;
  history->opened_at = ticket->created_at;
  history->status = ticket->status;
  history->priority = ticket->priority;
  history->queue_id = ticket->queue_id;
  history->language = g_strdup (ticket->language);
  return TRUE;
}

static gboolean
load_organisation (PnDb *db, gint64 person_id, PnSlaHistory *history, GError **error)
{
  g_autoptr (PnOrganisation) organisation = NULL;

  if (!pn_organisation_of_person (db, person_id, &organisation, NULL, error))
    return FALSE;
  if (organisation != NULL) {
    history->organisation_id = organisation->id;
    history->level =
        *organisation->service_level != '\0' ? g_strdup (organisation->service_level) : NULL;
  }
  return TRUE;
}

static gboolean
load_form (PnDb *db, const GArray *turns, PnSlaHistory *history, GError **error)
{
  if (turns->len == 0 || g_array_index (turns, PnMessageTurn, 0).channel != PN_CHANNEL_FORM)
    return TRUE;
  if (!pn_form_of_ticket (db, history->ticket_id, &history->form, error))
    return FALSE;
  if (history->form == NULL)
    history->form = g_strdup (CONTACT_FORM);
  return TRUE;
}

PnSlaHistory *
pn_sla_history_load (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, ticket_id, error);
  g_autoptr (PnSlaHistory) history = pn_sla_history_new ();
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GArray) turns = NULL;
  g_autoptr (GPtrArray) queues = NULL;
  Names names = { db, NULL };
  gboolean is_fine;

  if (ticket == NULL || !load_facts (db, ticket, history, error)
      || (events = pn_event_changes (db, ticket_id, error)) == NULL
      || (turns = pn_message_turns (db, ticket_id, error)) == NULL
      || !load_organisation (db, ticket->person_id, history, error)
      || !load_form (db, turns, history, error))
    return NULL;
  is_fine = rewind_facts (history, &names, events, error)
            && merge (history, &names, events, turns, error) && add_members (db, history, error);
  history->merged_at = find_merge (ticket, events);
  queues = names.queues;
  return is_fine ? g_steal_pointer (&history) : NULL;
}
