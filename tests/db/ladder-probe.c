/* For ladder-oracle.py: lives a scenario that comes as JSON lines, against a database and by the house's own functions,
 * and says what fired.
 *
 *   {"start", "calendars": {name: document}, "queues": [name…], "agents": [login…], "teams": [{"name", "queues",
 *    "members": [{"agent", "is_lead", "on_call", "calendar"}]}], "policies": [sla_document.h], "ladders":
 *    [ladder_document.h]}
 *   [at, "open", ticket, queue, priority, tags]     [at, "customer", ticket]      [at, "answer", ticket]
 *   [at, "status", ticket, status]                  [at, "priority", ticket, p]   [at, "assign", ticket, login]
 *   [at, "hold", ticket, until]                     [at, "presence", login, state, until]
 *   [at, "tick"]                                    the clerk works
 *
 * A tick answers {"tick", "told": [[ticket, metric, round, step, address]…], "letters": {address: count}} when there is
 * anything; the end of the input {"fired": […], "deadlines": […]}. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/escalation.h"
#include "ticketing/ladder_document.h"
#include "ticketing/mailbox.h"
#include "ticketing/message.h"
#include "ticketing/presence.h"
#include "ticketing/queue.h"
#include "ticketing/sla_document.h"
#include "ticketing/team.h"

#define STEPS_OF 50 /* at a time, as the clerk does */

static const char told_sql[] =
    "SELECT ticket_id, metric, round, step, address FROM escalation_notice ORDER BY id";

static const char letters_sql[] =
    "SELECT recipient, COUNT(*), MAX(id) FROM outbox WHERE id > ? AND letter = 'escalation'"
    " GROUP BY recipient";

static const char fired_sql[] =
    "SELECT ticket_id, metric, round, step, ladder_id, reached_at, fired_at, deadline_at"
    " FROM escalation ORDER BY ticket_id, metric, round, step";

static const char deadlines_sql[] =
    "SELECT ticket_id, metric, round, state, due_at FROM deadline ORDER BY ticket_id, metric, round";

typedef struct {
  PnDb *db;
  GHashTable *agents; /* log-in to GINT_TO_POINTER (id) */
  GHashTable *queues;
  gint64 letters; /* the newest that was seen */
} Place;

/* One act of a scenario. */
typedef struct {
  const Place *place;
  const json_t *words;
} Act;

static void
insist (gboolean is_well, const GError *error)
{
  if (!is_well)
    g_error ("%s", error != NULL ? error->message : "it failed without a word");
}

static const char *
word (const json_t *list, gsize i)
{
  return json_string_value (json_array_get (list, i));
}

static gint64
number (const json_t *list, gsize i)
{
  return json_integer_value (json_array_get (list, i));
}

static gint64
id_of (GHashTable *names, const char *name)
{
  g_assert_true (g_hash_table_contains (names, name));
  return GPOINTER_TO_INT (g_hash_table_lookup (names, name));
}

static void
add_calendars (PnDb *db, const json_t *documents)
{
  const char *name;
  json_t *document;

  json_object_foreach ((json_t *) documents, name, document)
  {
    g_autoptr (PnCalendar) calendar = pn_calendar_new (name);
    g_autoptr (GError) error = NULL;

    insist (pn_sla_read_calendar (document, calendar, &error)
                && pn_calendar_save (db, calendar, 0, 0, &error),
            error);
  }
}

static void
add_mailbox (PnDb *db, gint64 queue_id, const char *name)
{
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new (name);
  g_autoptr (GError) error = NULL;

  mailbox->queue_id = queue_id;
  g_free (mailbox->address);
  mailbox->address = g_strconcat (name, "@demo.example", NULL);
  g_free (mailbox->smtp.host);
  mailbox->smtp.host = g_strdup ("127.0.0.1");
  mailbox->smtp.port = 25;
  insist (pn_mailbox_save (db, mailbox, &error), error);
}

static void
add_queues (Place *place, const json_t *names)
{
  const json_t *name;
  gsize i;

  json_array_foreach (names, i, name)
  {
    g_autoptr (PnQueue) queue = pn_queue_new (json_string_value (name));
    g_autoptr (GError) error = NULL;

    insist (pn_queue_save (place->db, queue, &error), error);
    g_hash_table_insert (place->queues, g_strdup (queue->name), GINT_TO_POINTER (queue->id));
    add_mailbox (place->db, queue->id, queue->name);
  }
}

/* Each may work in every queue. */
static void
add_agents (Place *place, const json_t *logins)
{
  const json_t *login;
  gsize i;

  json_array_foreach (logins, i, login)
  {
    const char *name = json_string_value (login);
    g_autofree char *address = g_strconcat (name, "@staff.example", NULL);
    const PnAgent agent = {
      .login = (char *) name, .name = (char *) name, .address = address, .is_enabled = TRUE
    };
    g_autoptr (GError) error = NULL;
    GHashTableIter queues;
    gpointer queue_id;
    gint64 id;

    insist (pn_agent_add (place->db, &agent, "x", &id, &error), error);
    g_hash_table_insert (place->agents, g_strdup (name), GINT_TO_POINTER (id));
    g_hash_table_iter_init (&queues, place->queues);
    while (g_hash_table_iter_next (&queues, NULL, &queue_id))
      insist (pn_agent_give_queue (place->db, id, GPOINTER_TO_INT (queue_id), &error), error);
  }
}

static PnTeamMember
read_member (const Place *place, const json_t *document)
{
  const char *calendar_name = pn_json_get_text (document, "calendar");
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (GError) error = NULL;

  if (calendar_name != NULL)
    insist (pn_calendar_find (place->db, calendar_name, &calendar, &error), error);
  return (PnTeamMember){
    .agent_id = id_of (place->agents, pn_json_get_text (document, "agent")),
    .is_lead = json_is_true (json_object_get (document, "is_lead")),
    .on_call = (int) json_integer_value (json_object_get (document, "on_call")),
    .calendar_id = calendar != NULL ? calendar->id : 0,
  };
}

static gboolean
save_team (PnDb *db, gpointer data, GError **error)
{
  return pn_team_save (db, data, error);
}

static gboolean
save_ladder (PnDb *db, gpointer data, GError **error)
{
  return pn_ladder_save (db, data, 0, 0, error);
}

static void
add_team (const Place *place, const json_t *document)
{
  g_autoptr (PnTeam) team = pn_team_new (pn_json_get_text (document, "name"));
  g_autoptr (GError) error = NULL;
  const json_t *each;
  gsize i;

  json_array_foreach (json_object_get (document, "queues"), i, each)
  {
    gint64 id = id_of (place->queues, json_string_value (each));

    g_array_append_val (team->queues, id);
  }
  json_array_foreach (json_object_get (document, "members"), i, each)
  {
    PnTeamMember member = read_member (place, each);

    g_array_append_val (team->members, member);
  }
  insist (pn_db_run (place->db, save_team, team, &error), error);
}

static void
set_up (Place *place, const json_t *document)
{
  g_autoptr (GError) error = NULL;
  const json_t *each;
  gsize i;

  pn_clock_freeze (json_integer_value (json_object_get (document, "start")));
  add_calendars (place->db, json_object_get (document, "calendars"));
  add_queues (place, json_object_get (document, "queues"));
  add_agents (place, json_object_get (document, "agents"));
  json_array_foreach (json_object_get (document, "teams"), i, each) add_team (place, each);
  json_array_foreach (json_object_get (document, "policies"), i, each)
  {
    g_autoptr (PnPolicy) policy = pn_policy_new ("x");

    insist (pn_sla_read_policy (place->db, each, policy, &error)
                && pn_sla_save (place->db, policy, 0, 0, &error),
            error);
  }
  json_array_foreach (json_object_get (document, "ladders"), i, each)
  {
    g_autoptr (PnLadder) ladder = pn_ladder_new ("x");

    insist (pn_ladder_read_document (place->db, each, ladder, &error)
                && pn_db_run (place->db, save_ladder, ladder, &error),
            error);
  }
}

static gboolean
open_ticket (const Act *act, GError **error)
{
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);
  const Place *place = act->place;
  const json_t *tag;
  gsize i;

  ticket->queue_id = id_of (place->queues, word (act->words, 3));
  pn_priority_read (word (act->words, 4), &ticket->priority);
  ticket->person_id = 1;
  ticket->subject = g_strdup ("The engine stops");
  if (!pn_ticket_open (place->db, ticket, PN_ACTOR_IS_SYSTEM, "A test wrote.", error))
    return FALSE;
  g_assert_cmpint (ticket->id, ==, number (act->words, 2));
  json_array_foreach (json_array_get (act->words, 5), i, tag)
  {
    if (!pn_ticket_tag (place->db, ticket->id, json_string_value (tag), TRUE, PN_ACTOR_IS_SYSTEM,
                        error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_message (const Act *act, gboolean is_answer, GError **error)
{
  const gint64 agent_id = is_answer ? 1 : 0;
  const PnActor actor = is_answer ? (PnActor){ PN_ACTOR_AGENT, agent_id } : PN_ACTOR_IS_SYSTEM;
  g_autoptr (PnMessage) message = pn_message_new ();
  PnDb *db = act->place->db;

  message->ticket_id = number (act->words, 2);
  message->direction = is_answer ? PN_DIRECTION_OUT : PN_DIRECTION_IN;
  message->agent_id = agent_id;
  message->text = g_strdup ("x");
  return pn_message_add (db, message, error)
         && pn_ticket_touch (db, message->ticket_id, is_answer ? PN_TOUCH_AGENT : PN_TOUCH_CUSTOMER,
                             NULL, actor, NULL, error);
}

static gboolean
change_ticket (const Act *act, GError **error)
{
  PnTicketChange change = PN_TICKET_CHANGE_NONE;
  const char *kind = word (act->words, 1);
  PnDb *db = act->place->db;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, number (act->words, 2), error);
  PnStatus status = PN_STATUS_NEW;
  PnPriority priority = PN_PRIORITY_LOW;

  if (strcmp (kind, "status") == 0 && pn_status_read (word (act->words, 3), &status))
    change.status = status;
  if (strcmp (kind, "priority") == 0 && pn_priority_read (word (act->words, 3), &priority))
    change.priority = priority;
  if (strcmp (kind, "assign") == 0)
    change.assignee_id = id_of (act->place->agents, word (act->words, 3));
  return ticket != NULL
         && pn_ticket_change (db, ticket, &change, (PnActor){ PN_ACTOR_AGENT, 1 }, error);
}

static gboolean
act_body (PnDb *db, gpointer data, GError **error)
{
  const Act *act = data;
  const char *kind = word (act->words, 1);
  PnPresenceState state = PN_PRESENCE_AVAILABLE;

  if (strcmp (kind, "open") == 0)
    return open_ticket (act, error);
  if (strcmp (kind, "customer") == 0 || strcmp (kind, "answer") == 0)
    return write_message (act, strcmp (kind, "answer") == 0, error);
  if (strcmp (kind, "hold") == 0)
    return pn_escalation_hold (db, number (act->words, 2), 1, number (act->words, 3), "", error);
  if (strcmp (kind, "presence") != 0)
    return change_ticket (act, error);
  pn_presence_read (word (act->words, 3), &state);
  return pn_presence_set (db, id_of (act->place->agents, word (act->words, 2)), state,
                          number (act->words, 4), error);
}

/* Acts of the clerk for one ticket: somebody who acknowledges sees what is owed now. */
static void
compute_one (PnDb *db, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSlaBook) book = pn_sla_book_load (db, &error);
  PnDeadlineCost cost;

  insist (book != NULL && pn_deadline_refresh_now (db, book, ticket_id, &cost, &error), error);
}

static void
run_act (Place *place, const json_t *words)
{
  Act act = { place, words };
  g_autoptr (GError) error = NULL;
  gboolean is_well;

  pn_clock_freeze (number (words, 0));
  if (strcmp (word (words, 1), "hold") == 0)
    compute_one (place->db, number (words, 2));
  is_well = pn_db_run (place->db, act_body, &act, &error);
  if (!is_well && strcmp (word (words, 1), "hold") == 0 && pn_error_is (error, PN_ERROR_INVALID))
    return; /* nothing is owed: the model knows */
  insist (is_well, error);
}

/* Returns: (owned) the rows as a list of lists. */
static json_t *
read_rows (PnDb *db, const char *sql, guint columns, gint text_column)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query_built (db, sql, PN_NO_ARGS, &error);
  json_t *list = json_array ();

  insist (rows != NULL, error);
  while (pn_rows_next (rows)) {
    json_t *row = json_array ();

    for (guint i = 0; i < columns; i++)
      json_array_append_new (row, (gint) i == text_column ? pn_json_text (pn_rows_text (rows, i))
                                                          : json_integer (pn_rows_int (rows, i)));
    json_array_append_new (list, row);
  }
  return list;
}

static void
print (json_t *document)
{
  g_autofree char *text = pn_json_write (document);

  puts (text);
  json_decref (document);
}

static json_t *
read_letters (Place *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows =
      pn_db_query_built (place->db, letters_sql, PN_ARGS (pn_int (place->letters)), &error);
  json_t *letters = json_object ();

  insist (rows != NULL, error);
  while (pn_rows_next (rows)) {
    json_object_set_new (letters, pn_rows_text (rows, 0), json_integer (pn_rows_int (rows, 1)));
    place->letters = MAX (place->letters, pn_rows_int (rows, 2));
  }
  return letters;
}

/* What the clerk does, as often as there is something to do: computes, plans, fires, tells. */
static void
tick (Place *place, PnTime at)
{
  g_autoptr (GError) error = NULL;
  gboolean has_fired = FALSE;
  guint done = 1, walked = 1, fired = 1;
  json_t *told;

  pn_clock_freeze (at);
  while (done + walked + fired > 0) {
    insist (
        pn_deadline_work (place->db, STEPS_OF, &done, &error)
            && pn_escalation_walk (place->db, STEPS_OF, PN_SECOND, &walked, &error)
            && (done > 0 || walked > 0 || pn_escalation_fire (place->db, STEPS_OF, &fired, &error)),
        error);
    fired = done > 0 || walked > 0 ? 1 : fired;
    has_fired = has_fired || (done + walked == 0 && fired > 0);
  }
  if (!has_fired)
    return;
  told = read_rows (place->db, told_sql, 5, 4);
  for (done = 1; done > 0;)
    insist (pn_escalation_tell (place->db, 100, &done, &error), error);
  print (json_pack ("{s:I, s:o, s:o}", "tick", (json_int_t) at, "told", told, "letters",
                    read_letters (place)));
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  Place place = { .agents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                  .queues = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  char *line = NULL;

  g_test_init (&argc, &argv, NULL);
  place.db = pn_testdb_open ();
  if (place.db == NULL) {
    puts ("{\"skipped\": true}");
    return 0;
  }
  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    g_autofree char *text = line;
    g_autoptr (json_t) document = json_loads (text, 0, NULL);

    g_assert (document != NULL);
    if (json_is_object (document))
      set_up (&place, document);
    else if (strcmp (word (document, 1), "tick") == 0)
      tick (&place, number (document, 0));
    else
      run_act (&place, document);
  }
  print (json_pack ("{s:o, s:o}", "fired", read_rows (place.db, fired_sql, 8, -1), "deadlines",
                    read_rows (place.db, deadlines_sql, 5, -1)));
  pn_db_close (place.db);
  g_hash_table_unref (place.agents);
  g_hash_table_unref (place.queues);
  return 0;
}
