/* What goes: of the person, of their tickets, of their addresses. Each list is a table, so that one screen shows it. */
#include "ticketing/removal_private.h"

#include "ticketing/core/reason.h"
#include "ticketing/search.h"
#include "ticketing/ticket.h"

#define MESSAGES_OF 50 /* at a time */
#define LETTERS_OF "200"
#define PARTS_OF "1000"
#define FLIGHT PN_MINUTE /* until a letter that is being sent is looked at again */

static const char *const person_sql[] = {
  "UPDATE person SET name = '" PN_REMOVED "', language = NULL, note = '' WHERE id = ?",
  "DELETE FROM address WHERE person_id = ?",
  "DELETE FROM organisation_person WHERE person_id = ?",
};

static const char *const address_sql[] = {
  "DELETE FROM sender_rule WHERE pattern = ?",
  "DELETE FROM survey_stop WHERE address = ?",
  "DELETE FROM escalation_notice WHERE address = ?",
  "DELETE FROM participant WHERE address = ? LIMIT " PARTS_OF,
};

/* Of the messages of a ticket behind one and up to another; the first four remember files. */
static const char *const message_files_sql[] = {
  "INSERT IGNORE INTO removal_file (removal_id, sha)"
  " SELECT ?, a.sha FROM message m JOIN attachment a ON a.message_id = m.id"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ?",
  "INSERT IGNORE INTO removal_file (removal_id, sha)"
  " SELECT ?, m.raw_sha FROM message m"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ? AND m.raw_sha IS NOT NULL",
  "INSERT IGNORE INTO removal_file (removal_id, sha)"
  " SELECT ?, s.raw_sha FROM message m JOIN spool s ON s.message_id = m.id"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ?",
  "INSERT IGNORE INTO removal_file (removal_id, sha)"
  " SELECT ?, s.record_sha FROM message m JOIN spool s ON s.message_id = m.id"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ? AND s.record_sha IS NOT NULL",
};

/* The ingest key and the hash of the raw bytes stay: they tell the same mail when it comes again. */
static const char *const messages_sql[] = {
  "DELETE a FROM message m JOIN attachment a ON a.message_id = m.id"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ?",
  "DELETE r FROM message m JOIN message_ref r ON r.message_id = m.id"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ?",
  "DELETE f FROM message m JOIN form_answer f ON f.message_id = m.id"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ?",
  "UPDATE message m JOIN spool s ON s.message_id = m.id"
  " SET s.from_address = NULL, s.subject = NULL, s.reasons = NULL, s.record_sha = NULL"
  " WHERE m.ticket_id = ? AND m.id > ? AND m.id <= ?",
  "UPDATE message SET mid = NULL, mid_hash = NULL, from_name = IF(direction = 0, '', from_name),"
  " from_address = '', subject = '', text = '', reply = NULL, html = NULL, envelope = NULL,"
  " reasons = NULL, raw_sha = NULL, sent_at = NULL"
  " WHERE ticket_id = ? AND id > ? AND id <= ?",
};

static const char unnote_sql[] = "DELETE FROM search_pending WHERE message_id = ?";

static const char message_ids_sql[] = "SELECT id FROM message"
                                      " WHERE ticket_id = ? AND id > ?"
                                      " ORDER BY id"
                                      " LIMIT ?";

static const char next_ticket_sql[] = "SELECT id FROM ticket"
                                      " WHERE person_id = ? AND removed_at IS NULL"
                                      " ORDER BY id"
                                      " LIMIT 1";

static const char letter_files_sql[] = "INSERT IGNORE INTO removal_file (removal_id, sha)"
                                       " SELECT ?, raw_sha FROM outbox"
                                       " WHERE ticket_id = ? AND raw_sha IS NOT NULL";

/* What is left of a ticket when its messages are empty. Events keep what figures and clocks are computed from (status,
 * priority, queue, assignee, tag: 1 to 4, 6; rules, steps, scores: 14 to 16) and lose their words. */
static const char *const ticket_sql[] = {
  "DELETE FROM participant WHERE ticket_id = ?",
  "UPDATE outbox SET recipient = '', recipient_name = '', document = NULL, raw_sha = NULL,"
  " reply_text = NULL, bounce_text = NULL, is_rendered = 1,"
  " state = IF(state IN (0, 4, 7), 8, state)"
  " WHERE ticket_id = ?",
  "UPDATE event SET reason = NULL, old_value = IF(kind IN (1, 2, 3, 4, 6, 14, 15, 16), old_value, NULL),"
  " new_value = IF(kind IN (1, 2, 3, 4, 6, 14, 15, 16), new_value, NULL)"
  " WHERE ticket_id = ?",
  "UPDATE survey SET address = NULL, word = NULL, reason = NULL, state = IF(state = 0, 3, state)"
  " WHERE ticket_id = ?",
  "UPDATE rule_firing SET explanation = '', effects = '[]' WHERE ticket_id = ?",
  "DELETE FROM rule_replay_hit WHERE ticket_id = ?",
  "DELETE FROM sla_match WHERE ticket_id = ?",
  "UPDATE escalation_hold SET reason = '' WHERE ticket_id = ?",
  "DELETE FROM escalation_notice WHERE ticket_id = ?",
  "UPDATE ticket_link SET reason = '' WHERE ticket_id = ?",
  "UPDATE ticket_link SET reason = '' WHERE other_id = ?",
  "UPDATE ticket_merge SET added = '[]' WHERE ticket_id = ?",
  "UPDATE ticket_merge SET added = '[]' WHERE into_id = ?",
};

static const char removed_sql[] =
    "UPDATE ticket SET subject = '" PN_REMOVED "', preview = '', removed_at = ?,"
    " version = version + 1"
    " WHERE id = ?";

/* What the events of the removal itself asked rules for. */
static const char unask_sql[] = "DELETE FROM rule_event WHERE ticket_id = ?";

static const char flying_sql[] = "SELECT 1 FROM outbox"
                                 " WHERE ticket_id = ? AND state IN (1, 2)"
                                 " LIMIT 1";

static const char flying_to_sql[] = "SELECT 1 FROM outbox"
                                    " WHERE recipient = ? AND state IN (1, 2)"
                                    " LIMIT 1";

static const char files_to_sql[] = "INSERT IGNORE INTO removal_file (removal_id, sha)"
                                   " SELECT ?, raw_sha FROM outbox"
                                   " WHERE recipient = ? AND raw_sha IS NOT NULL"
                                   " AND state NOT IN (1, 2)"
                                   " ORDER BY id"
                                   " LIMIT " LETTERS_OF;

static const char letters_to_sql[] =
    "UPDATE outbox SET recipient = '', recipient_name = '', document = NULL, raw_sha = NULL,"
    " reply_text = NULL, bounce_text = NULL, is_rendered = 1,"
    " state = IF(state IN (0, 4, 7), 8, state)"
    " WHERE recipient = ? AND state NOT IN (1, 2)"
    " ORDER BY id"
    " LIMIT " LETTERS_OF;

static const char unmerge_sql[] = "UPDATE ticket_merge SET added = '[]' WHERE LOCATE(?, added) > 0";

static gboolean
run_all (PnDb *db, const char *const *statements, gsize n, PnValue value, GError **error)
{
  for (gsize i = 0; i < n; i++) {
    if (!pn_db_exec (db, statements[i], &value, 1, NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_removal_erase_person (PnDb *db, const PnRemoval *removal, GError **error)
{
  for (guint i = 0; i < removal->members->len; i++) {
    if (!run_all (db, person_sql, G_N_ELEMENTS (person_sql),
                  pn_int (g_array_index (removal->members, gint64, i)), error))
      return FALSE;
  }
  for (guint i = 0; i < removal->addresses->len; i++) {
    if (!run_all (db, address_sql, G_N_ELEMENTS (address_sql),
                  pn_text (removal->addresses->pdata[i]), error))
      return FALSE;
  }
  return TRUE;
}

/* The noted message's row first: who is indexing it now has to be done before its words are looked for. */
static gboolean
forget_words (PnDb *db, gint64 ticket_id, gint64 message_id, GError **error)
{
  return pn_db_exec (db, unnote_sql, PN_ARGS (pn_int (message_id)), NULL, error)
         && pn_search_forget (db, ticket_id, message_id, error);
}

gboolean
pn_removal_erase_messages (PnDb *db, const PnRemoval *removal, gint64 ticket_id, gint64 after_id,
                           gint64 last_id, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (message_files_sql); i++) {
    if (!pn_db_exec (
            db, message_files_sql[i],
            PN_ARGS (pn_int (removal->id), pn_int (ticket_id), pn_int (after_id), pn_int (last_id)),
            NULL, error))
      return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (messages_sql); i++) {
    if (!pn_db_exec (db, messages_sql[i],
                     PN_ARGS (pn_int (ticket_id), pn_int (after_id), pn_int (last_id)), NULL,
                     error))
      return FALSE;
  }
  return TRUE;
}

/* Whoever merged tickets finds the words on the other one. */
gboolean
pn_removal_forget_words (PnDb *db, const PnTicket *ticket, gint64 message_id, GError **error)
{
  return forget_words (db, ticket->id, message_id, error)
         && (ticket->merged_into == 0
             || pn_search_forget (db, ticket->merged_into, message_id, error));
}

static gboolean
is_there (PnDb *db, const char *sql, PnValue value, gboolean *answer, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, &value, 1, error);

  if (rows == NULL)
    return FALSE;
  *answer = pn_rows_next (rows);
  return TRUE;
}

static gboolean
close_ticket (PnDb *db, const PnRemoval *removal, PnTicket *ticket, GError **error)
{
  const PnActor actor =
      removal->agent_id != 0 ? (PnActor){ PN_ACTOR_AGENT, removal->agent_id } : PN_ACTOR_IS_SYSTEM;
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (ticket->status < PN_STATUS_SOLVED)
    change.status = PN_STATUS_CLOSED;
  return pn_ticket_change (db, ticket, &change, actor, error)
         && pn_event_add (db, ticket->id, PN_EVENT_SECURITY, actor, NULL, "removed",
                          pn_reason (PN_WHY_TICKET_PERSON_REMOVED), error);
}

static gboolean
erase_ticket (PnDb *db, PnRemoval *removal, PnTicket *ticket, GError **error)
{
  if (!pn_search_forget_subject (db, ticket->id, error)
      || !pn_db_exec (db, letter_files_sql, PN_ARGS (pn_int (removal->id), pn_int (ticket->id)),
                      NULL, error)
      || !run_all (db, ticket_sql, G_N_ELEMENTS (ticket_sql), pn_int (ticket->id), error)
      || !close_ticket (db, removal, ticket, error)
      || !pn_db_exec (db, removed_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_int (ticket->id)),
                      NULL, error)
      || !pn_db_exec (db, unask_sql, PN_ARGS (pn_int (ticket->id)), NULL, error))
    return FALSE;
  removal->tickets++;
  removal->ticket_id = 0;
  removal->after_id = 0;
  return TRUE;
}

/* Some messages of the ticket; with the last ones, the ticket. */
static gboolean
erase_some (PnDb *db, PnRemoval *removal, PnTicket *ticket, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, message_ids_sql,
      PN_ARGS (pn_int (ticket->id), pn_int (removal->after_id), pn_int (MESSAGES_OF)), error);
  gint64 last_id = removal->after_id;

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    last_id = pn_rows_int (rows, 0);
    if (!pn_removal_forget_words (db, ticket, last_id, error))
      return FALSE;
  }
  if (!pn_removal_erase_messages (db, removal, ticket->id, removal->after_id, last_id, error))
    return FALSE;
  removal->after_id = last_id;
  removal->messages += (gint64) pn_rows_count (rows);
  return pn_rows_count (rows) == MESSAGES_OF || erase_ticket (db, removal, ticket, error);
}

/* 0: there is none left. */
static gboolean
find_ticket (PnDb *db, const PnRemoval *removal, gint64 *id, GError **error)
{
  *id = 0;
  for (guint i = 0; i < removal->members->len && *id == 0; i++) {
    g_autoptr (PnRows) rows = pn_db_query (
        db, next_ticket_sql, PN_ARGS (pn_int (g_array_index (removal->members, gint64, i))), error);

    if (rows == NULL)
      return FALSE;
    if (pn_rows_next (rows))
      *id = pn_rows_int (rows, 0);
  }
  return TRUE;
}

gboolean
pn_removal_tickets (PnDb *db, PnRemoval *removal, GError **error)
{
  g_autoptr (PnTicket) ticket = NULL;
  gboolean is_flying = FALSE;

  if (removal->ticket_id == 0 && !find_ticket (db, removal, &removal->ticket_id, error))
    return FALSE;
  if (removal->ticket_id == 0) {
    pn_removal_go_on (removal);
    return TRUE;
  }
  ticket = pn_ticket_load (db, removal->ticket_id, error);
  if (ticket == NULL || !is_there (db, flying_sql, pn_int (ticket->id), &is_flying, error))
    return FALSE;
  if (is_flying) {
    removal->not_before = pn_clock_now () + FLIGHT;
    return TRUE;
  }
  return erase_some (db, removal, ticket, error);
}

/* @after_id counts addresses here. */
gboolean
pn_removal_address (PnDb *db, PnRemoval *removal, GError **error)
{
  const char *address;
  gboolean is_flying = FALSE;
  gint64 letters = 0;
  gint64 parts = 0;

  if (removal->after_id >= removal->addresses->len) {
    pn_removal_go_on (removal);
    return TRUE;
  }
  address = removal->addresses->pdata[removal->after_id];
  if (!pn_db_exec (db, files_to_sql, PN_ARGS (pn_int (removal->id), pn_text (address)), NULL, error)
      || !pn_db_exec (db, letters_to_sql, PN_ARGS (pn_text (address)), &letters, error)
      || !pn_db_exec (db, address_sql[G_N_ELEMENTS (address_sql) - 1], PN_ARGS (pn_text (address)),
                      &parts, error))
    return FALSE;
  removal->letters += letters;
  if (letters > 0 || parts > 0)
    return TRUE;
  if (!is_there (db, flying_to_sql, pn_text (address), &is_flying, error)
      || !pn_db_exec (db, unmerge_sql, PN_ARGS (pn_text (address)), NULL, error))
    return FALSE;
  if (is_flying)
    removal->not_before = pn_clock_now () + FLIGHT;
  else
    removal->after_id++;
  return TRUE;
}
