/* For tests/db/ladder-oracle.py: lives a scenario in memory (month.h).
 *
 *   {"calendars": {id: hours.h}, "queues": {name: id}, "agents": {login: id}, "policies": [{"id", sla.h with ids}],
 *    "teams": [{"name", "queues": [id…], "members": [{"agent": id, "is_lead", "on_call", "calendar": id or 0}]}],
 *    "ladders": [ladder.h with ids]}
 *
 * Acts and answers are those of tests/db/ladder-probe.c. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/month.h"
#include "ticketing/core/json.h"
#include "ticketing/presence.h"

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
number_at (const json_t *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

static void
insist (gboolean is_well, const GError *error)
{
  if (!is_well)
    g_error ("%s", error != NULL ? error->message : "it failed without a word");
}

static void
add_policy (PnMonth *month, const json_t *document)
{
  g_autoptr (PnPolicy) policy = pn_policy_new ("x");
  g_autoptr (GError) error = NULL;

  insist (pn_policy_read (policy, document, &error), error);
  policy->id = number_at (document, "id");
  policy->calendar_id = number_at (document, "calendar");
  pn_sla_book_add_policy (month->book, g_steal_pointer (&policy));
}

static void
add_calendar (PnMonth *month, const char *id, const json_t *document)
{
  g_autoptr (GError) error = NULL;
  PnHours *hours = pn_hours_read (document, &error);

  insist (hours != NULL, error);
  pn_sla_book_add_calendar (month->book, g_ascii_strtoll (id, NULL, 10), hours);
}

static PnTeam *
read_team (const json_t *document)
{
  PnTeam *team = pn_team_new (pn_json_get_text (document, "name"));
  const json_t *each;
  gsize i;

  json_array_foreach (json_object_get (document, "members"), i, each)
  {
    const PnTeamMember member = { number_at (each, "agent"),
                                  json_is_true (json_object_get (each, "is_lead")),
                                  (int) number_at (each, "on_call"), number_at (each, "calendar") };

    g_array_append_val (team->members, member);
  }
  return team;
}

static gboolean
answers_for (const json_t *team, gint64 queue_id)
{
  const json_t *each;
  gsize i;

  json_array_foreach (json_object_get (team, "queues"), i, each)
  {
    if (json_integer_value (each) == queue_id)
      return TRUE;
  }
  return FALSE;
}

static void
add_room (PnMonth *month, gint64 queue_id, const json_t *setup)
{
  PnTeamRoom *room = pn_team_room_new (queue_id);
  const char *key;
  json_t *each;
  gsize i;

  json_array_foreach (json_object_get (setup, "teams"), i, each)
  {
    if (answers_for (each, queue_id))
      g_ptr_array_add (room->teams, read_team (each));
  }
  json_object_foreach (month->agents, key, each)
  {
    PnAgent *agent = g_new0 (PnAgent, 1);

    agent->id = json_integer_value (each);
    agent->login = g_strdup (key);
    g_ptr_array_add (room->agents, agent);
  }
  json_object_foreach (json_object_get (setup, "calendars"), key, each)
  {
    const gint64 id = g_ascii_strtoll (key, NULL, 10);

    g_hash_table_insert (room->hours, g_memdup2 (&id, sizeof id), pn_hours_read (each, NULL));
  }
  g_hash_table_insert (month->rooms, &room->queue_id, room);
}

static void
add_ladder (PnMonth *month, const json_t *document)
{
  PnLadder *ladder = pn_ladder_new ("x");
  g_autoptr (GError) error = NULL;

  insist (pn_ladder_read (ladder, document, &error), error);
  g_ptr_array_add (month->ladders, ladder);
}

static void
set_up (PnMonth *month, const json_t *setup)
{
  const char *key;
  json_t *each;
  gsize i;

  month->queues = json_incref (json_object_get (setup, "queues"));
  month->agents = json_incref (json_object_get (setup, "agents"));
  json_object_foreach (json_object_get (setup, "calendars"), key, each)
      add_calendar (month, key, each);
  json_array_foreach (json_object_get (setup, "policies"), i, each) add_policy (month, each);
  json_array_foreach (json_object_get (setup, "ladders"), i, each) add_ladder (month, each);
  json_object_foreach (month->queues, key, each) add_room (month, json_integer_value (each), setup);
}

static void
free_ticket (gpointer data)
{
  PnMonthTicket *ticket = data;

  pn_sla_history_free (ticket->history);
  g_ptr_array_unref (ticket->tags);
  g_array_unref (ticket->deadlines);
  g_ptr_array_unref (ticket->due);
  g_array_unref (ticket->fired);
  g_free (ticket);
}

static void
open_ticket (PnMonth *month, const json_t *act)
{
  PnMonthTicket *ticket = g_new0 (PnMonthTicket, 1);
  const json_t *tag;
  gsize i;

  ticket->history = pn_sla_history_new ();
  ticket->tags = g_ptr_array_new_with_free_func (g_free);
  ticket->deadlines = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  ticket->due = g_ptr_array_new_with_free_func (g_free);
  ticket->fired = g_array_new (FALSE, FALSE, sizeof (PnEscalation));
  ticket->queue_id = json_integer_value (json_object_get (month->queues, word (act, 3)));
  pn_priority_read (word (act, 4), &ticket->priority);
  ticket->history->ticket_id = number (act, 2);
  ticket->history->opened_at = number (act, 0);
  ticket->history->priority = ticket->priority;
  ticket->history->queue_id = ticket->queue_id;
  json_array_foreach (json_array_get (act, 5), i, tag)
  {
    g_ptr_array_add (ticket->tags, g_strdup (json_string_value (tag)));
    pn_sla_history_add (ticket->history, number (act, 0), PN_SLA_TAG, 0, json_string_value (tag));
  }
  g_ptr_array_add (month->tickets, ticket);
  g_assert_cmpint (month->tickets->len, ==, number (act, 2));
}

static void
change (PnMonthTicket *ticket, const json_t *act, const PnMonth *month)
{
  const PnTime at = number (act, 0);
  const char *kind = word (act, 1);
  PnStatus status = PN_STATUS_NEW;
  PnPriority priority = PN_PRIORITY_LOW;

  if (strcmp (kind, "customer") == 0) {
    pn_sla_history_add (ticket->history, at, PN_SLA_CUSTOMER, 0, NULL);
    if (ticket->status != PN_STATUS_NEW)
      pn_month_set_status (ticket, at, PN_STATUS_OPEN);
  } else if (strcmp (kind, "answer") == 0) {
    pn_sla_history_add (ticket->history, at, PN_SLA_ANSWER, 0, NULL);
    if (ticket->status == PN_STATUS_NEW)
      pn_month_set_status (ticket, at, PN_STATUS_OPEN);
  } else if (strcmp (kind, "status") == 0 && pn_status_read (word (act, 3), &status)) {
    pn_month_set_status (ticket, at, status);
  } else if (strcmp (kind, "priority") == 0 && pn_priority_read (word (act, 3), &priority)) {
    pn_month_set_priority (ticket, at, priority);
  } else if (strcmp (kind, "assign") == 0) {
    ticket->owner_id = json_integer_value (json_object_get (month->agents, word (act, 3)));
  } else {
    g_error ("no such act: %s", kind);
  }
}

static void
mark (PnMonth *month, PnMonthTicket *ticket)
{
  if (!ticket->is_marked)
    g_ptr_array_add (month->marked, ticket);
  ticket->is_marked = TRUE;
}

static void
run_act (PnMonth *month, const json_t *act)
{
  const char *kind = word (act, 1);
  PnMonthTicket *ticket;

  if (strcmp (kind, "presence") == 0) {
    PnPresence *said = g_new0 (PnPresence, 1);

    pn_presence_read (word (act, 3), &said->state);
    said->until = number (act, 4);
    g_hash_table_replace (month->absences, g_strdup (word (act, 2)), said);
    return;
  }
  if (strcmp (kind, "open") == 0)
    open_ticket (month, act);
  ticket = month->tickets->pdata[number (act, 2) - 1];
  if (strcmp (kind, "hold") == 0)
    pn_month_hold (month, ticket, number (act, 0), number (act, 3));
  else if (strcmp (kind, "open") != 0)
    change (ticket, act, month);
  mark (month, ticket);
}

static void
set_absent (const PnMonth *month, PnTime at)
{
  GHashTableIter rooms, said;
  gpointer room, login, value;

  g_hash_table_iter_init (&rooms, month->rooms);
  while (g_hash_table_iter_next (&rooms, NULL, &room)) {
    GHashTable *absent = ((PnTeamRoom *) room)->absent;

    g_hash_table_remove_all (absent);
    g_hash_table_iter_init (&said, month->absences);
    while (g_hash_table_iter_next (&said, &login, &value)) {
      const PnPresence *presence = value;
      const gint64 id = json_integer_value (json_object_get (month->agents, login));

      if (presence->state != PN_PRESENCE_AVAILABLE
          && (presence->until == 0 || presence->until > at))
        g_hash_table_add (absent, g_memdup2 (&id, sizeof id));
    }
  }
}

static void
print (json_t *document)
{
  g_autofree char *text = pn_json_write (document);

  puts (text);
  json_decref (document);
}

static void
tick (PnMonth *month, PnTime at)
{
  GTreeNode *first;

  for (guint i = 0; i < month->marked->len; i++) {
    PnMonthTicket *ticket = month->marked->pdata[i];

    ticket->is_marked = FALSE;
    pn_month_compute (month, ticket);
  }
  g_ptr_array_set_size (month->marked, 0);
  set_absent (month, at);
  month->told = json_array ();
  while ((first = g_tree_node_first (month->sweep)) != NULL
         && ((const PnEscalationDue *) g_tree_node_key (first))->due_at <= at)
    pn_month_fire (month, *(const PnEscalationDue *) g_tree_node_key (first), at);
  if (json_array_size (month->told) > 0)
    print (json_pack ("{s:I, s:O}", "tick", (json_int_t) at, "told", month->told));
  g_clear_pointer (&month->told, json_decref);
}

static json_t *
list_fired (const PnMonthTicket *ticket, json_t *list)
{
  for (guint i = 0; i < ticket->fired->len; i++) {
    const PnEscalation *each = &g_array_index (ticket->fired, PnEscalation, i);

    json_array_append_new (list,
                           json_pack ("[I, i, i, i, i, I, I, I]",
                                      (json_int_t) ticket->history->ticket_id, (int) each->metric,
                                      each->round, each->step, 0, (json_int_t) each->reached_at,
                                      (json_int_t) each->fired_at, (json_int_t) each->deadline_at));
  }
  return list;
}

static json_t *
list_deadlines (const PnMonthTicket *ticket, json_t *list)
{
  for (guint i = 0; i < ticket->deadlines->len; i++) {
    const PnDeadline *each = &g_array_index (ticket->deadlines, PnDeadline, i);

    json_array_append_new (list, json_pack ("[I, i, i, i, I]", (json_int_t) each->ticket_id,
                                            (int) each->metric, each->round, (int) each->state,
                                            (json_int_t) each->due_at));
  }
  return list;
}

static void
print_end (const PnMonth *month)
{
  json_t *fired = json_array ();
  json_t *deadlines = json_array ();

  for (guint i = 0; i < month->tickets->len; i++) {
    list_fired (month->tickets->pdata[i], fired);
    list_deadlines (month->tickets->pdata[i], deadlines);
  }
  print (json_pack ("{s:o, s:o}", "fired", fired, "deadlines", deadlines));
}

static int
compare_due (gconstpointer one, gconstpointer other, gpointer data)
{
  (void) data;
  return pn_escalation_by_due (one, other);
}

static void
free_room (gpointer room)
{
  pn_team_room_free (room);
}

static void
free_ladder (gpointer ladder)
{
  pn_ladder_free (ladder);
}

static void
leave (PnMonth *month)
{
  pn_sla_book_free (month->book);
  json_decref (month->queues);
  json_decref (month->agents);
  g_ptr_array_unref (month->ladders);
  g_hash_table_unref (month->rooms);
  g_hash_table_unref (month->absences);
  g_tree_unref (month->sweep);
  g_ptr_array_unref (month->marked);
  g_ptr_array_unref (month->tickets);
}

int
main (void)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  PnMonth month = { .book = pn_sla_book_new (),
                    .ladders = g_ptr_array_new_with_free_func (free_ladder),
                    .rooms = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_room),
                    .absences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                    .tickets = g_ptr_array_new_with_free_func (free_ticket),
                    .marked = g_ptr_array_new (),
                    .sweep = g_tree_new_full (compare_due, NULL, NULL, NULL) };
  char *line = NULL;

  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    g_autofree char *text = line;
    g_autoptr (json_t) document = json_loads (text, 0, NULL);

    g_assert (document != NULL);
    if (json_is_object (document))
      set_up (&month, document);
    else if (strcmp (word (document, 1), "tick") == 0)
      tick (&month, number (document, 0));
    else
      run_act (&month, document);
  }
  print_end (&month);
  leave (&month);
  return 0;
}
