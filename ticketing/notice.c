#include "ticketing/notice.h"

#include "ticketing/access.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/mailbox.h"
#include "ticketing/outbox.h"
#include "ticketing/rate.h"

#define SAME_WINDOW (10 * PN_MINUTE)
#define FLOOD_WINDOW PN_HOUR

/* Who is told about a queue, and by which mailbox. */
typedef struct {
  GPtrArray *agents; /* of PnAgent */
  gint64 mailbox_id; /* 0: the queue can't send mail */
} Room;

struct PnNotices {
  GHashTable *rooms;   /* queue's id → Room */
  GHashTable *flooded; /* ids of agents who have had enough */
};

/* What is to be told. */
typedef struct {
  const char *letter;
  guint wish; /* PN_NOTICE_…; 0: whatever they wish */
  const PnTicket *ticket;
  gint64 message_id;
  gint64 firing_id;       /* of a rule; 0 */
  const json_t *document; /* extra fields for the letter; NULL */
} Story;

static void
room_free (Room *room)
{
  g_ptr_array_unref (room->agents);
  g_free (room);
}

PnNotices *
pn_notices_new (void)
{
  PnNotices *notices = g_new0 (PnNotices, 1);

  notices->rooms =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) room_free);
  notices->flooded = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return notices;
}

void
pn_notices_free (PnNotices *notices)
{
  if (notices == NULL)
    return;
  g_hash_table_unref (notices->rooms);
  g_hash_table_unref (notices->flooded);
  g_free (notices);
}

static gint64 *
copy_id (gint64 id)
{
  return g_memdup2 (&id, sizeof id);
}

static Room *
find_room (PnDb *db, PnNotices *notices, gint64 queue_id, GError **error)
{
  Room *room = g_hash_table_lookup (notices->rooms, &queue_id);
  g_autoptr (PnMailbox) mailbox = NULL;
  g_autoptr (GPtrArray) agents = NULL;

  if (room != NULL)
    return room;
  if (!pn_mailbox_for_queue (db, queue_id, &mailbox, error))
    return NULL;
  agents = pn_access_agents_of_queue (db, queue_id, error);
  if (agents == NULL)
    return NULL;
  room = g_new0 (Room, 1);
  room->agents = g_steal_pointer (&agents);
  room->mailbox_id = mailbox != NULL ? mailbox->id : 0;
  g_hash_table_insert (notices->rooms, copy_id (queue_id), room);
  return room;
}

/* @is_due: neither told the same a moment ago nor told too much. */
static gboolean
is_due (PnDb *db, PnNotices *notices, const Story *story, const PnAgent *agent, gboolean *is_due,
        GError **error)
{
  g_autofree char *same =
      g_strdup_printf ("%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                       story->letter, story->ticket->id, story->firing_id, agent->id);
  g_autofree char *flood = g_strdup_printf ("notice:%" G_GINT64_FORMAT, agent->id);

  *is_due = FALSE;
  if (g_hash_table_contains (notices->flooded, &agent->id))
    return TRUE;
  if (!pn_rate_hit (db, same, SAME_WINDOW, 1, is_due, error))
    return FALSE;
  if (!*is_due)
    return TRUE;
  if (!pn_rate_hit (db, flood, FLOOD_WINDOW, PN_NOTICE_LIMIT, is_due, error))
    return FALSE;
  if (!*is_due)
    g_hash_table_add (notices->flooded, copy_id (agent->id));
  return TRUE;
}

static gboolean
tell (PnDb *db, PnNotices *notices, const Room *room, const Story *story, const PnAgent *agent,
      GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                                          story->letter, story->ticket->id,
                                          story->firing_id != 0    ? story->firing_id
                                          : story->message_id != 0 ? story->message_id
                                                                   : story->ticket->version);
  const PnLetterOrder order = {
    .class = PN_CLASS_NOTICE,
    .letter = story->letter,
    .ticket_id = story->ticket->id,
    .message_id = story->message_id,
    .mailbox_id = room->mailbox_id,
    .agent_id = agent->id,
    .recipient = agent->address,
    .recipient_name = agent->name,
    .document = story->document,
    .reason_key = key,
  };
  gboolean is_wanted =
      (story->wish == 0 || (agent->notices & story->wish) != 0) && *agent->address != '\0';

  if (!is_wanted)
    return TRUE;
  if (!is_due (db, notices, story, agent, &is_wanted, error))
    return FALSE;
  return !is_wanted || pn_outbox_add (db, &order, NULL, error);
}

/* Tells @only, or with 0 everybody of the queue. */
static gboolean
tell_all (PnDb *db, PnNotices *notices, const Story *story, gint64 only, GError **error)
{
  g_autoptr (PnNotices) single = notices == NULL ? pn_notices_new () : NULL;
  PnNotices *known = notices != NULL ? notices : single;
  const Room *room = find_room (db, known, story->ticket->queue_id, error);

  if (room == NULL)
    return FALSE;
  if (room->mailbox_id == 0)
    return TRUE;
  for (guint i = 0; i < room->agents->len; i++) {
    const PnAgent *agent = room->agents->pdata[i];

    if ((only == 0 || agent->id == only) && !tell (db, known, room, story, agent, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_notice_new (PnDb *db, PnNotices *notices, const PnTicket *ticket, gint64 message_id,
               GError **error)
{
  const Story story = { "notice-new", PN_NOTICE_NEW, ticket, message_id, 0, NULL };

  return tell_all (db, notices, &story, 0, error);
}

gboolean
pn_notice_reply (PnDb *db, PnNotices *notices, const PnTicket *ticket, gint64 message_id,
                 GError **error)
{
  const Story story = { "notice-replied", PN_NOTICE_REPLY, ticket, message_id, 0, NULL };

  return tell_all (db, notices, &story, ticket->assignee_id, error);
}

gboolean
pn_notice_assigned (PnDb *db, PnNotices *notices, const PnTicket *ticket, PnActor actor,
                    GError **error)
{
  const Story story = { "notice-assigned", PN_NOTICE_ASSIGNED, ticket, 0, 0, NULL };

  if (ticket->assignee_id == 0 || (actor.kind == PN_ACTOR_AGENT && actor.id == ticket->assignee_id))
    return TRUE;
  return tell_all (db, notices, &story, ticket->assignee_id, error);
}

gboolean
pn_notice_rule (PnDb *db, PnNotices *notices, const PnNoticeOfRule *notice, GError **error)
{
  g_autoptr (json_t) document = json_pack ("{s:o, s:o}", "rule", pn_json_text (notice->rule),
                                           "reason", pn_reason_read (notice->reason));
  const Story story = { "notice-rule", 0, notice->ticket, 0, notice->firing_id, document };

  if (notice->readers == NULL)
    return tell_all (db, notices, &story, 0, error);
  for (guint i = 0; i < notice->readers->len; i++) {
    if (!tell_all (db, notices, &story, g_array_index (notice->readers, gint64, i), error))
      return FALSE;
  }
  return TRUE;
}

/* Also to who may not see the ticket any more: they sent something and think that it arrived. */
gboolean
pn_notice_unsent (PnDb *db, PnNotices *notices, const PnNoticeUnsent *notice, GError **error)
{
  g_autoptr (PnNotices) single = notices == NULL ? pn_notices_new () : NULL;
  PnNotices *known = notices != NULL ? notices : single;
  g_autoptr (json_t) document = json_pack ("{s:o}", "reason", pn_reason_read (notice->reason));
  const Story story = { "notice-unsent", 0, notice->ticket, notice->message_id, 0, document };
  const Room *room = find_room (db, known, notice->ticket->queue_id, error);
  g_autoptr (PnAgent) agent = room != NULL ? pn_agent_load (db, notice->agent_id, error) : NULL;

  if (agent == NULL)
    return FALSE;
  return room->mailbox_id == 0 || tell (db, known, room, &story, agent, error);
}
