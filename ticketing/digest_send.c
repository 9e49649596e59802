#include "ticketing/digest.h"

#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/escalation.h"
#include "ticketing/mailbox.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"
#include "ticketing/team.h"

#define LOOKED_AT 500 /* broken promises; more are "500+" */
#define SHOWN 20

static const char due_sql[] =
    "SELECT id, gen FROM digest WHERE is_enabled = 1 AND next_at > 0 AND next_at <= ?"
    " ORDER BY next_at"
    " LIMIT 1";

static const char claim_sql[] = "UPDATE digest SET gen = gen + 1, next_at = ?, sent_at = ?"
                                " WHERE id = ? AND gen = ?";

/* The queues that a digest is about, with what they hold. */
typedef struct {
  GPtrArray *queues; /* of PnQueue */
  GArray *counts;    /* of PnQueueCount */
} Room;

static void
room_clear (Room *room)
{
  g_clear_pointer (&room->queues, g_ptr_array_unref);
  g_clear_pointer (&room->counts, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Room, room_clear)

static gboolean
enter (PnDb *db, const PnDigest *digest, Room *room, GError **error)
{
  g_autoptr (PnTeam) team = NULL;
  g_autoptr (GError) problem = NULL;

  room->queues = pn_queue_list (db, error);
  room->counts = room->queues != NULL ? pn_queue_counts (db, error) : NULL;
  if (room->counts == NULL)
    return FALSE;
  if (digest->team_id != 0) {
    team = pn_team_load (db, digest->team_id, &problem);
    if (team == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  if (digest->queues->len == 0 && digest->team_id == 0)
    return TRUE;
  for (guint i = room->queues->len; i > 0; i--) {
    gint64 id = ((const PnQueue *) room->queues->pdata[i - 1])->id;

    if (!pn_ids_have (digest->queues, id) && (team == NULL || !pn_ids_have (team->queues, id)))
      g_ptr_array_remove_index (room->queues, i - 1);
  }
  return TRUE;
}

static const PnQueue *
find_queue (const Room *room, gint64 id)
{
  for (guint i = 0; i < room->queues->len; i++) {
    const PnQueue *queue = room->queues->pdata[i];

    if (queue->id == id)
      return queue;
  }
  return NULL;
}

static gint64
count_of (const Room *room, gint64 queue_id, PnStatus status)
{
  gint64 n = 0;

  for (guint i = 0; i < room->counts->len; i++) {
    const PnQueueCount *count = &g_array_index (room->counts, PnQueueCount, i);

    if (count->queue_id == queue_id && count->status == (int) status)
      n += count->tickets;
  }
  return n;
}

static gboolean
write_queues (PnDb *db, const Room *room, json_t *list, gint64 *total, GError **error)
{
  for (guint i = 0; i < room->queues->len; i++) {
    const PnQueue *queue = room->queues->pdata[i];
    json_t *row = json_pack ("{s:o}", "title", pn_json_text (queue->title));
    gint64 sum = 0;
    PnTime oldest_at = 0;

    json_array_append_new (list, row);
    for (int status = PN_STATUS_NEW; status < PN_STATUS_SOLVED; status++) {
      gint64 n = count_of (room, queue->id, (PnStatus) status);

      pn_json_set (row, pn_status_name ((PnStatus) status), json_integer (n));
      sum += n;
    }
    if (sum > 0 && !pn_ticket_oldest (db, queue->id, &oldest_at, error))
      return FALSE;
    pn_json_set (row, "total", json_integer (sum));
    pn_json_set (row, "oldest_at", pn_json_time (oldest_at));
    *total += sum;
  }
  return TRUE;
}

static gboolean
write_overdue (PnDb *db, const Room *room, const PnDeadline *deadline, json_t *list, gint64 *broken,
               GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, deadline->ticket_id, error);
  const PnQueue *queue = ticket != NULL ? find_queue (room, ticket->queue_id) : NULL;
  g_autoptr (PnAgent) owner = NULL;
  g_autoptr (PnAgent) holder = NULL;
  g_auto (PnEscalationHold) hold = { 0 };

  if (ticket == NULL || queue == NULL)
    return ticket != NULL;
  *broken += 1;
  if (json_array_size (list) >= SHOWN)
    return TRUE;
  if (ticket->assignee_id != 0 && (owner = pn_agent_load (db, ticket->assignee_id, error)) == NULL)
    return FALSE;
  if (!pn_escalation_load_hold (db, ticket->id, &hold, error)
      || (hold.agent_id != 0 && (holder = pn_agent_load (db, hold.agent_id, error)) == NULL))
    return FALSE;
  json_array_append_new (
      list,
      json_pack ("{s:I, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "number", (json_int_t) ticket->id,
                 "subject", pn_json_text (ticket->subject), "queue", pn_json_text (queue->title),
                 "priority", pn_priority_name (ticket->priority), "metric",
                 pn_metric_name (deadline->metric), "due_at", pn_json_time (deadline->due_at),
                 "owner", pn_json_text (owner != NULL ? owner->name : NULL), "seen_by",
                 pn_json_text (holder != NULL ? holder->name : NULL), "held_until",
                 pn_json_time (hold.until)));
  return TRUE;
}

json_t *
pn_digest_write (PnDb *db, const PnDigest *digest, GError **error)
{
  g_auto (Room) room = { NULL };
  g_autoptr (json_t) queues = json_array ();
  g_autoptr (json_t) overdue = json_array ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) deadlines = NULL;
  gint64 total = 0;
  gint64 broken = 0;
  gint64 unassigned = 0;
  gint64 mine = 0;

  if (!enter (db, digest, &room, error) || !write_queues (db, &room, queues, &total, error))
    return NULL;
  for (guint i = 0; i < room.queues->len; i++)
    g_array_append_val (ids, ((const PnQueue *) room.queues->pdata[i])->id);
  deadlines = pn_deadline_due (db, pn_clock_now (), NULL, LOOKED_AT, error);
  if (deadlines == NULL || !pn_ticket_count (db, 0, ids, &mine, &unassigned, error))
    return NULL;
  for (guint i = 0; i < deadlines->len; i++) {
    if (!write_overdue (db, &room, &g_array_index (deadlines, PnDeadline, i), overdue, &broken,
                        error))
      return NULL;
  }
  return json_pack ("{s:o, s:I, s:I, s:I, s:b, s:O, s:O, s:I, s:o}", "title",
                    pn_json_text (digest->title), "total", (json_int_t) total, "unassigned",
                    (json_int_t) unassigned, "broken", (json_int_t) broken, "is_capped",
                    deadlines->len == LOOKED_AT, "queues", queues, "overdue", overdue, "more",
                    (json_int_t) (broken - (gint64) json_array_size (overdue)), "at",
                    pn_json_time (pn_clock_now ()));
}

/* The first queue of the digest that can send, else any. 0: none can. */
static gboolean
find_mailbox (PnDb *db, const PnDigest *digest, gint64 *mailbox_id, GError **error)
{
  g_autoptr (GPtrArray) all = pn_queue_list (db, error);

  *mailbox_id = 0;
  for (guint pass = 0; all != NULL && pass < 2; pass++) {
    for (guint i = 0; i < all->len && *mailbox_id == 0; i++) {
      gint64 id = ((const PnQueue *) all->pdata[i])->id;
      g_autoptr (PnMailbox) mailbox = NULL;

      if (pass == 0 && !pn_ids_have (digest->queues, id))
        continue;
      if (!pn_mailbox_for_queue (db, id, &mailbox, error))
        return FALSE;
      *mailbox_id = mailbox != NULL ? mailbox->id : 0;
    }
  }
  return all != NULL;
}

static gboolean
order (PnDb *db, const PnDigest *digest, const PnLetterOrder *like, const PnAgent *agent,
       const char *address, GError **error)
{
  PnLetterOrder letter = *like;

  letter.agent_id = agent != NULL ? agent->id : 0;
  letter.recipient = agent != NULL ? agent->address : address;
  letter.recipient_name = agent != NULL ? agent->name : NULL;
  pn_log (PN_LOG_INFO, "digest-ordered", "digest=%" G_GINT64_FORMAT, digest->id);
  return pn_outbox_add (db, &letter, NULL, error);
}

static gboolean
order_all (PnDb *db, const PnDigest *digest, GError **error)
{
  g_autoptr (json_t) document = pn_digest_write (db, digest, error);
  g_autofree char *key =
      g_strdup_printf ("digest:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, digest->id, digest->gen);
  PnLetterOrder letter = {
    .class = PN_CLASS_NOTICE, .letter = "digest", .document = document, .reason_key = key
  };

  if (document == NULL || !find_mailbox (db, digest, &letter.mailbox_id, error))
    return FALSE;
  if (letter.mailbox_id == 0)
    return TRUE;
  for (guint i = 0; i < digest->agents->len; i++) {
    g_autoptr (PnAgent) agent = NULL;

    if (!pn_agent_find (db, digest->agents->pdata[i], &agent, error))
      return FALSE;
    if (agent != NULL && agent->is_enabled && *agent->address != '\0'
        && !order (db, digest, &letter, agent, NULL, error))
      return FALSE;
  }
  for (guint i = 0; i < digest->addresses->len; i++) {
    if (!order (db, digest, &letter, NULL, digest->addresses->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

typedef struct {
  gint64 id;
  gint64 gen;
} Due;

static gboolean
send_in_transaction (PnDb *db, gpointer data, GError **error)
{
  const Due *due = data;
  const PnTime now = pn_clock_now ();
  g_autoptr (PnDigest) digest = pn_digest_load (db, due->id, error);
  gint64 affected = 0;

  if (digest == NULL)
    return FALSE;
  if (!pn_db_exec (db, claim_sql,
                   PN_ARGS (pn_int (pn_digest_next (digest, now)), pn_int (now), pn_int (due->id),
                            pn_int (due->gen)),
                   &affected, error))
    return FALSE;
  return affected == 0 || order_all (db, digest, error); /* 0: another node was faster */
}

gboolean
pn_digest_send (PnDb *db, guint *done, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, due_sql, PN_ARGS (pn_int (pn_clock_now ())), error);
  Due due;

  *done = 0;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  due = (Due){ pn_rows_int (rows, 0), pn_rows_int (rows, 1) };
  if (!pn_db_run (db, send_in_transaction, &due, error))
    return FALSE;
  PN_CRASH_POINT ("digest-ordered");
  *done = 1;
  return TRUE;
}
