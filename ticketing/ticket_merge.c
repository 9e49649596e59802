#include "ticketing/ticket_merge.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/deadline.h"
#include "ticketing/message.h"
#include "ticketing/participant.h"
#include "ticketing/person_merge.h"
#include "ticketing/search.h"
#include "ticketing/ticket_private.h"

#define MEMBERS_MAX 200

static const char target_sql[] = "SELECT COALESCE(merged_into, id) FROM ticket WHERE id = ?";

static const char lock_sql[] =
    "SELECT merged_into IS NULL FROM ticket WHERE id IN (?, ?) ORDER BY id FOR UPDATE";

static const char members_sql[] = "SELECT id FROM ticket WHERE merged_into = ? ORDER BY id LIMIT ?";

static const char parts_sql[] =
    "SELECT ticket_id FROM ticket_merge WHERE into_id = ? ORDER BY ticket_id LIMIT ?";

static const char insert_sql[] =
    "INSERT INTO ticket_merge (ticket_id, into_id, agent_id, status_before, added, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)";

static const char merge_sql[] =
    "SELECT into_id, status_before, added, created_at FROM ticket_merge WHERE ticket_id = ?";

static const char delete_sql[] = "DELETE FROM ticket_merge WHERE ticket_id = ?";

static const char adopt_sql[] = "UPDATE ticket SET merged_into = ?, version = version + 1"
                                " WHERE id = ? OR merged_into = ?";

static const char set_target_sql[] =
    "UPDATE ticket SET merged_into = ?, version = version + 1 WHERE id = ?";

gboolean
pn_ticket_target (PnDb *db, gint64 id, gint64 *target_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, target_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no ticket %" G_GINT64_FORMAT, id);
    return FALSE;
  }
  *target_id = pn_rows_int (rows, 0);
  return TRUE;
}

GArray *
pn_ticket_members (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (ids, id);
  return pn_db_append_ids (db, members_sql, PN_ARGS (pn_int (id), pn_int (MEMBERS_MAX)), ids, error)
             ? g_steal_pointer (&ids)
             : NULL;
}

/* Holds both tickets to the end of the transaction: two who merge crosswise come one after the other. */
static gboolean
lock_targets (PnDb *db, gint64 id, gint64 other_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, lock_sql, PN_ARGS (pn_int (id), pn_int (other_id)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    if (pn_rows_int (rows, 0) != 0)
      continue;
    pn_error_set (error, PN_ERROR_CONFLICT, "one of them was merged by somebody else meanwhile");
    return FALSE;
  }
  return TRUE;
}

/* @added: the addresses of @from that take part in @into from now on; who does so already is left alone. */
static gboolean
bring_participants (PnDb *db, const PnTicket *from, const PnTicket *into, json_t *added,
                    GError **error)
{
  g_autoptr (GPtrArray) list = pn_participant_list (db, from->id, error);
  g_autoptr (GPtrArray) there = list != NULL ? pn_participant_list (db, into->id, error) : NULL;
  g_autoptr (PnPerson) person = there != NULL ? pn_person_load (db, into->person_id, error) : NULL;
  g_autofree char *why =
      pn_reason_make (PN_WHY_PART_MERGED, "{s:I}", "ticket", (json_int_t) from->id);

  if (person == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const PnParticipant *participant = list->pdata[i];
    const gboolean is_own = g_ptr_array_find_with_equal_func (
        person->addresses, participant->address, g_str_equal, NULL);
    gboolean is_there = FALSE;

    for (guint j = 0; j < there->len && !is_there; j++)
      is_there = strcmp (((PnParticipant *) there->pdata[j])->address, participant->address) == 0;
    if (is_there)
      continue;
    if (!pn_participant_add (db, into->id, participant->address, participant->name,
                             is_own && participant->role != PN_PARTICIPANT_STRANGER
                                 ? PN_PARTICIPANT_CC
                                 : PN_PARTICIPANT_STRANGER,
                             why, error))
      return FALSE;
    json_array_append_new (added, json_string (participant->address));
  }
  return TRUE;
}

static gboolean
note (PnDb *db, const PnTicket *ticket, gint64 other_id, PnActor actor, gboolean is_merged,
      const char *reason, GError **error)
{
  g_autofree char *number = g_strdup_printf ("#%" G_GINT64_FORMAT, other_id);

  return pn_event_add (db, ticket->id, PN_EVENT_MERGE, actor, is_merged ? NULL : number,
                       is_merged ? number : NULL, reason, error);
}

static gboolean
set_status (PnDb *db, PnTicket *ticket, PnStatus status, const char *reason, PnActor actor,
            GError **error)
{
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  change.status = (int) status;
  change.reason = reason;
  return pn_ticket_change (db, ticket, &change, actor, error);
}

/* The words of @ids' messages are found on @target_id from now on. */
static gboolean
index_on (PnDb *db, const GArray *ids, gint64 target_id, GError **error)
{
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GArray) messages = pn_message_ids (db, g_array_index (ids, gint64, i), error);

    if (messages == NULL)
      return FALSE;
    for (guint j = 0; j < messages->len; j++) {
      if (!pn_search_note (db, target_id, g_array_index (messages, gint64, j), error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
write_merge (PnDb *db, PnTicket *from, PnTicket *into, PnActor actor, GError **error)
{
  g_autoptr (json_t) added = json_array ();
  g_autofree char *text = NULL;

  if (!bring_participants (db, from, into, added, error))
    return FALSE;
  text = pn_json_write (added);
  return pn_db_exec (db, insert_sql,
                     PN_ARGS (pn_int (from->id), pn_int (into->id),
                              pn_int_or_null (actor.kind == PN_ACTOR_AGENT ? actor.id : 0),
                              pn_int (from->status), pn_text (text), pn_int (pn_clock_now ())),
                     NULL, error)
         && pn_db_exec (db, adopt_sql,
                        PN_ARGS (pn_int (into->id), pn_int (from->id), pn_int (from->id)), NULL,
                        error);
}

gboolean
pn_ticket_merge (PnDb *db, gint64 id, gint64 into_id, PnActor actor, GError **error)
{
  g_autoptr (PnTicket) from = NULL;
  g_autoptr (PnTicket) into = NULL;
  g_autoptr (GArray) ids = NULL;
  gint64 from_id;
  gint64 target_id;

  if (!pn_ticket_target (db, id, &from_id, error)
      || !pn_ticket_target (db, into_id, &target_id, error))
    return FALSE;
  if (from_id == target_id) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "#%" G_GINT64_FORMAT " and #%" G_GINT64_FORMAT " are one ticket already", id,
                  into_id);
    return FALSE;
  }
  if (!lock_targets (db, from_id, target_id, error)
      || (from = pn_ticket_load (db, from_id, error)) == NULL
      || (into = pn_ticket_load (db, target_id, error)) == NULL
      || (ids = pn_ticket_members (db, from_id, error)) == NULL
      || !write_merge (db, from, into, actor, error))
    return FALSE;
  return set_status (db, from, PN_STATUS_CLOSED, pn_reason (PN_WHY_TICKET_MERGED_AWAY), actor,
                     error)
         && note (db, from, target_id, actor, TRUE, pn_reason (PN_WHY_TICKET_MERGED_INTO), error)
         && note (db, into, from_id, actor, TRUE, pn_reason (PN_WHY_TICKET_MERGED_HERE), error)
         && pn_deadline_mark (db, target_id, error) && index_on (db, ids, target_id, error);
}

typedef struct {
  gint64 into_id;
  PnStatus status;
  json_t *added; /* (owned) */
  PnTime at;
} Merge;

static void
merge_clear (Merge *merge)
{
  json_decref (merge->added);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Merge, merge_clear)

static gboolean
load_merge (PnDb *db, gint64 id, Merge *merge, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, merge_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_INVALID, "#%" G_GINT64_FORMAT " is not merged", id);
    return FALSE;
  }
  merge->into_id = pn_rows_int (rows, 0);
  merge->status = (PnStatus) CLAMP (pn_rows_int (rows, 1), 0, PN_STATUS_CLOSED);
  merge->added = json_loads (pn_rows_text (rows, 2), 0, NULL);
  merge->at = pn_rows_int (rows, 3);
  return TRUE;
}

/* Whom the merge brought leaves again, unless they have written there since. */
static gboolean
take_participants (PnDb *db, gint64 target_id, const Merge *merge, GError **error)
{
  json_t *address;
  gsize i;

  json_array_foreach (merge->added, i, address)
  {
    const char *words = json_string_value (address);
    gint64 written = 0;

    if (words == NULL)
      continue;
    if (!pn_message_count_since (db, target_id, words, merge->at, &written, error)
        || (written == 0 && !pn_participant_remove (db, target_id, words, error)))
      return FALSE;
  }
  return TRUE;
}

/* What is found on @target_id by words of @ids' messages alone is not any more. */
static gboolean
index_apart (PnDb *db, const GArray *ids, gint64 target_id, GError **error)
{
  g_autoptr (GArray) rest = pn_ticket_members (db, target_id, error);

  if (rest == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GArray) messages = pn_message_ids (db, g_array_index (ids, gint64, i), error);

    if (messages == NULL)
      return FALSE;
    for (guint j = 0; j < messages->len; j++) {
      if (!pn_search_forget (db, target_id, g_array_index (messages, gint64, j), error))
        return FALSE;
    }
  }
  return index_on (db, rest, target_id, error) && pn_search_note_subject (db, target_id, error);
}

/* @id and all that hang on it, by merges that stand, form a ticket of their own again. */
static gboolean
separate (PnDb *db, gint64 id, GArray *ids, GError **error)
{
  g_array_append_val (ids, id);
  for (guint i = 0; i < ids->len && ids->len <= MEMBERS_MAX; i++) {
    if (!pn_db_append_ids (db, parts_sql,
                           PN_ARGS (pn_int (g_array_index (ids, gint64, i)), pn_int (MEMBERS_MAX)),
                           ids, error))
      return FALSE;
  }
  for (guint i = 0; i < ids->len; i++) {
    if (!pn_db_exec (
            db, set_target_sql,
            PN_ARGS (pn_int_or_null (i == 0 ? 0 : id), pn_int (g_array_index (ids, gint64, i))),
            NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_ticket_unmerge (PnDb *db, gint64 id, PnActor actor, GError **error)
{
  g_auto (Merge) merge = { 0 };
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PnTicket) from = NULL;
  g_autoptr (PnTicket) into = NULL;
  gint64 target_id;
  gint64 affected;

  if (!pn_ticket_target (db, id, &target_id, error) || !load_merge (db, id, &merge, error)
      || !pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_CONFLICT, "#%" G_GINT64_FORMAT " was taken out meanwhile", id);
    return FALSE;
  }
  if (!separate (db, id, ids, error) || !take_participants (db, merge.into_id, &merge, error)
      || (from = pn_ticket_load (db, id, error)) == NULL
      || (into = pn_ticket_load (db, target_id, error)) == NULL)
    return FALSE;
  return (from->status != PN_STATUS_CLOSED
          || set_status (db, from, merge.status, pn_reason (PN_WHY_TICKET_APART), actor, error))
         && note (db, from, target_id, actor, FALSE, pn_reason (PN_WHY_TICKET_APART), error)
         && note (db, into, id, actor, FALSE, pn_reason (PN_WHY_TICKET_APART_HERE), error)
         && pn_deadline_mark (db, id, error) && pn_deadline_mark (db, target_id, error)
         && index_apart (db, ids, target_id, error) && index_on (db, ids, id, error);
}
