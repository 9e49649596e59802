#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/core/mail.h"
#include "ticketing/fact_private.h"
#include "ticketing/message.h"
#include "ticketing/ticket.h"

/* The team is the assignee's where it answers for the queue, else the queue's first. */
static const char tickets_sql[] =
    "SELECT t.id, t.queue_id, t.status, t.priority, t.assignee_id, t.person_id, t.created_at,"
    " o.organisation_id,"
    " COALESCE((SELECT MIN(q.team_id) FROM team_queue q"
    " JOIN team_member m ON m.team_id = q.team_id"
    " WHERE q.queue_id = t.queue_id AND m.agent_id = t.assignee_id),"
    " (SELECT MIN(team_id) FROM team_queue WHERE queue_id = t.queue_id)),"
    " y.id, y.calendar_id, v.asked_at, v.answered_at, v.score"
    " FROM ticket t"
    " LEFT JOIN person p ON p.id = t.person_id"
    " LEFT JOIN organisation_person o ON o.person_id = COALESCE(p.merged_into, p.id)"
    " LEFT JOIN sla_match s ON s.ticket_id = t.id"
    " LEFT JOIN sla_policy y ON y.id = s.policy_id"
    " LEFT JOIN survey v ON v.ticket_id = t.id"
    " WHERE t.id BETWEEN ? AND ? AND t.merged_into IS NULL"
    " ORDER BY t.id";

static const char messages_sql[] =
    "SELECT ticket_id, id, direction, kind, channel, agent_id, is_stranger, created_at"
    " FROM message"
    " WHERE ticket_id BETWEEN ? AND ?"
    " ORDER BY ticket_id, id";

static const char events_sql[] = "SELECT ticket_id, at, old_value, new_value FROM event"
                                 " WHERE ticket_id BETWEEN ? AND ? AND kind = ?"
                                 " ORDER BY ticket_id, id";

static const char forget_tickets_sql[] = "DELETE FROM ticket_fact WHERE ticket_id BETWEEN ? AND ?";

static const char forget_answers_sql[] = "DELETE FROM answer_fact WHERE ticket_id BETWEEN ? AND ?";

static const char add_ticket_sql[] =
    "INSERT INTO ticket_fact (ticket_id, created_at, responded_at, first_solved_at, solved_at,"
    " queue_id, agent_id, team_id, organisation_id, person_id, policy_id, channel, priority, status,"
    " response_seconds, response_business_seconds, solve_seconds, solve_business_seconds, reopens,"
    " answers, questions, asked_at, scored_at, score)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char add_answer_sql[] =
    "INSERT INTO answer_fact (message_id, ticket_id, answered_at, waited_since, wait_seconds,"
    " wait_business_seconds, agent_id, is_first)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

static const char new_tags_sql[] = "SELECT DISTINCT t.tag FROM ticket_tag t"
                                   " LEFT JOIN fact_tag f ON f.tag = t.tag"
                                   " WHERE t.ticket_id BETWEEN ? AND ? AND f.id IS NULL";

static const char add_tag_sql[] = "INSERT IGNORE INTO fact_tag (tag) VALUES (?)";

static const char dirty_sql[] = "INSERT INTO fact_dirty (segment, changes) VALUES (?, 1)"
                                " ON DUPLICATE KEY UPDATE changes = changes + 1";

typedef struct {
  gint64 id;
  gint64 queue_id;
  gint64 status;
  gint64 priority;
  gint64 agent_id;
  gint64 person_id;
  gint64 organisation_id;
  gint64 team_id;
  gint64 policy_id;
  PnTime asked_at;
  PnTime scored_at;
  gint64 score;
  const PnHours *hours; /* in which business time counts; NULL: always */
  gint64 channel;
  PnTime created_at;
  PnTime responded_at;
  PnTime waiting_since; /* the customer's first message that nobody has answered; 0: none */
  PnTime first_solved_at;
  PnTime solved_at;
  gint64 reopens;
  gint64 answers;
  gint64 questions;
} Fact;

typedef struct {
  PnDb *db;
  gint64 first;
  gint64 last;
  GHashTable *hours; /* calendar -> PnHours */
} Range;

static gint64
seconds_between (PnTime from, PnTime to)
{
  return to > from ? (to - from) / PN_SECOND : 0;
}

static PnValue
span (PnTime from, PnTime to)
{
  return from != 0 && to != 0 ? pn_int (seconds_between (from, to)) : (PnValue){ PN_VALUE_NULL };
}

static PnValue
business_span (const Fact *fact, PnTime from, PnTime to)
{
  if (fact->hours == NULL || from == 0 || to == 0)
    return span (from, to);
  return pn_int (pn_hours_between (fact->hours, from, to) / PN_SECOND);
}

/* @hours: (borrowed) of the calendar @id; NULL for 0, and for one that was removed meanwhile. */
static gboolean
find_hours (const Range *range, gint64 id, const PnHours **hours, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  PnHours *read = NULL;

  *hours = NULL;
  if (id == 0 || id == PN_CALENDAR_ALWAYS)
    return TRUE;
  if (g_hash_table_lookup_extended (range->hours, GSIZE_TO_POINTER (id), NULL, (gpointer *) hours))
    return TRUE;
  calendar = pn_calendar_load (range->db, id, &problem);
  if (calendar != NULL)
    read = pn_calendar_hours (calendar, &problem);
  if (read == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  g_hash_table_insert (range->hours, GSIZE_TO_POINTER (id), read);
  *hours = read;
  return TRUE;
}

static void
read_ticket (const PnRows *rows, Fact *fact)
{
  *fact = (Fact){
    .id = pn_rows_int (rows, 0),
    .queue_id = pn_rows_int (rows, 1),
    .status = pn_rows_int (rows, 2),
    .priority = pn_rows_int (rows, 3),
    .agent_id = pn_rows_int (rows, 4),
    .person_id = pn_rows_int (rows, 5),
    .channel = -1,
    .created_at = pn_rows_int (rows, 6),
    .organisation_id = pn_rows_int (rows, 7),
    .team_id = pn_rows_int (rows, 8),
    .policy_id = pn_rows_int (rows, 9),
    .asked_at = pn_rows_int (rows, 11),
    .scored_at = pn_rows_int (rows, 12),
    .score = pn_rows_int (rows, 13),
  };
}

static gboolean
add_answer (const Range *range, const Fact *fact, const PnRows *rows, gboolean is_first,
            GError **error)
{
  PnTime at = pn_rows_int (rows, 7);

  return pn_db_later (range->db, add_answer_sql,
                      PN_ARGS (pn_int (pn_rows_int (rows, 1)), pn_int (fact->id), pn_int (at),
                               pn_int_or_null (fact->waiting_since), span (fact->waiting_since, at),
                               business_span (fact, fact->waiting_since, at),
                               pn_int_or_null (pn_rows_int (rows, 5)), pn_int (is_first)),
                      FALSE, error);
}

/* One message in its order: a question makes the customer wait, an answer ends that. */
static gboolean
take_message (const Range *range, Fact *fact, const PnRows *rows, GError **error)
{
  const gint64 direction = pn_rows_int (rows, 2);
  const PnTime at = pn_rows_int (rows, 7);
  gboolean is_first;

  if (direction == PN_DIRECTION_IN) {
    if (fact->channel < 0)
      fact->channel = pn_rows_int (rows, 4);
    if (pn_rows_int (rows, 3) != PN_MAIL_MESSAGE || pn_rows_int (rows, 6) != 0)
      return TRUE;
    fact->questions++;
    if (fact->waiting_since == 0)
      fact->waiting_since = at;
    return TRUE;
  }
  if (direction != PN_DIRECTION_OUT || pn_rows_int (rows, 5) == 0)
    return TRUE;
  if (fact->channel < 0)
    fact->channel = pn_rows_int (rows, 4);
  is_first = fact->responded_at == 0 && fact->waiting_since != 0;
  if (!add_answer (range, fact, rows, is_first, error))
    return FALSE;
  if (is_first)
    fact->responded_at = at;
  fact->answers++;
  fact->waiting_since = 0;
  return TRUE;
}

static gboolean
is_over (const char *status)
{
  PnStatus read;

  return pn_status_read (status, &read) && read >= PN_STATUS_SOLVED;
}

static void
take_event (Fact *fact, const PnRows *rows)
{
  const gboolean was_over = is_over (pn_rows_text (rows, 2));
  const gboolean is_now = is_over (pn_rows_text (rows, 3));
  const PnTime at = pn_rows_int (rows, 1);

  if (was_over == is_now)
    return;
  if (was_over)
    fact->reopens++;
  else if (fact->first_solved_at == 0)
    fact->first_solved_at = at;
  fact->solved_at = is_now ? at : 0;
}

typedef gboolean (*Taker) (const Range *range, Fact *fact, const PnRows *rows, GError **error);

static gboolean
take_status (const Range *range, Fact *fact, const PnRows *rows, GError **error)
{
  take_event (fact, rows);
  return TRUE;
}

/* Gives each row to its ticket: both are in the order of tickets. */
static gboolean
walk (const Range *range, GArray *facts, PnRows *rows, Taker take, GError **error)
{
  guint i = 0;

  while (pn_rows_next (rows)) {
    gint64 id = pn_rows_int (rows, 0);

    while (i < facts->len && g_array_index (facts, Fact, i).id < id)
      i++;
    if (i < facts->len && g_array_index (facts, Fact, i).id == id
        && !take (range, &g_array_index (facts, Fact, i), rows, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_fact (const Range *range, const Fact *fact, GError **error)
{
  return pn_db_later (
      range->db, add_ticket_sql,
      PN_ARGS (pn_int (fact->id), pn_int (fact->created_at), pn_int_or_null (fact->responded_at),
               pn_int_or_null (fact->first_solved_at), pn_int_or_null (fact->solved_at),
               pn_int (fact->queue_id), pn_int_or_null (fact->agent_id),
               pn_int_or_null (fact->team_id), pn_int_or_null (fact->organisation_id),
               pn_int (fact->person_id), pn_int_or_null (fact->policy_id),
               pn_int (MAX (fact->channel, 0)), pn_int (fact->priority), pn_int (fact->status),
               span (fact->created_at, fact->responded_at),
               business_span (fact, fact->created_at, fact->responded_at),
               span (fact->created_at, fact->solved_at),
               business_span (fact, fact->created_at, fact->solved_at), pn_int (fact->reopens),
               pn_int (fact->answers), pn_int (fact->questions), pn_int_or_null (fact->asked_at),
               pn_int_or_null (fact->scored_at), pn_int_or_null (fact->score)),
      FALSE, error);
}

static gboolean
learn_tags (const Range *range, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      range->db, new_tags_sql, PN_ARGS (pn_int (range->first), pn_int (range->last)), error);

  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    if (!pn_db_exec (range->db, add_tag_sql, PN_ARGS (pn_text (pn_rows_text (rows, 0))), NULL,
                     error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
forget (const Range *range, GError **error)
{
  const PnValue args[] = { pn_int (range->first), pn_int (range->last) };

  for (gint64 i = range->first / PN_FACT_SEGMENT; i <= range->last / PN_FACT_SEGMENT; i++) {
    if (!pn_db_exec (range->db, dirty_sql, PN_ARGS (pn_int (i)), NULL, error))
      return FALSE;
  }
  return pn_db_exec (range->db, forget_tickets_sql, args, G_N_ELEMENTS (args), NULL, error)
         && pn_db_exec (range->db, forget_answers_sql, args, G_N_ELEMENTS (args), NULL, error);
}

static GArray *
load_tickets (const Range *range, GError **error)
{
  GArray *facts;
  g_autoptr (PnRows) rows = pn_db_query (
      range->db, tickets_sql, PN_ARGS (pn_int (range->first), pn_int (range->last)), error);

  if (rows == NULL)
    return NULL;
  facts = g_array_new (FALSE, FALSE, sizeof (Fact));
  while (pn_rows_next (rows)) {
    Fact fact;

    read_ticket (rows, &fact);
    if (!find_hours (range, pn_rows_int (rows, 10), &fact.hours, error)) {
      g_array_unref (facts);
      return NULL;
    }
    g_array_append_val (facts, fact);
  }
  return facts;
}

gboolean
pn_fact_make (PnDb *db, gint64 first, gint64 last, GError **error)
{
  g_autoptr (GHashTable) hours =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pn_hours_free);
  const Range range = { db, first, last, hours };
  const PnValue args[] = { pn_int (first), pn_int (last), pn_int (PN_EVENT_STATUS) };
  g_autoptr (GArray) facts = load_tickets (&range, error);
  g_autoptr (PnRows) messages = NULL;
  g_autoptr (PnRows) events = NULL;

  if (facts == NULL || !forget (&range, error))
    return FALSE;
  messages = pn_db_query (db, messages_sql, args, 2, error);
  if (messages == NULL || !walk (&range, facts, messages, take_message, error))
    return FALSE;
  events = pn_db_query (db, events_sql, args, 3, error);
  if (events == NULL || !walk (&range, facts, events, take_status, error))
    return FALSE;
  for (guint i = 0; i < facts->len; i++) {
    if (!add_fact (&range, &g_array_index (facts, Fact, i), error))
      return FALSE;
  }
  return learn_tags (&range, error);
}
