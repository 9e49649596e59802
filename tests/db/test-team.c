#include "ticketing/team_hours.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/calendar.h"
#include "ticketing/core/error.h"
#include "ticketing/digest.h"
#include "ticketing/fact.h"
#include "ticketing/presence.h"
#include "ticketing/queue.h"
#include "ticketing/rule_store.h"
#include "ticketing/team_room.h"
#include "ticketing/ticket.h"

typedef struct {
  PnDb *db;
  gint64 queue;
  gint64 agents[3];
  PnTeam *team;
} House;

static gboolean
save_in_transaction (PnDb *db, gpointer data, GError **error)
{
  return pn_team_save (db, data, error);
}

static gint64
add_agent (PnDb *db, const char *login, gint64 queue_id)
{
  const PnAgent agent = { .login = (char *) login,
                          .name = (char *) login,
                          .address = (char *) "a@staff.example",
                          .is_enabled = TRUE };
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (pn_agent_add (db, &agent, "x", &id, &error));
  g_assert_true (pn_agent_give_queue (db, id, queue_id, &error));
  pn_assert_no_error (error);
  return id;
}

/* A calendar in which nothing counts. */
static gint64
add_holidays (PnDb *db)
{
  g_autoptr (PnCalendar) calendar = pn_calendar_new ("never");
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_calendar_save (db, calendar, 0, 0, &error));
  pn_assert_no_error (error);
  return calendar->id;
}

/* ada leads, babbage is called first, then ada; turing is never called. */
static gboolean
house_start (House *house)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnQueue) queue = pn_queue_new ("mill");

  house->db = pn_testdb_open ();
  if (house->db == NULL)
    return FALSE;
  g_assert_true (pn_queue_save (house->db, queue, &error));
  house->queue = queue->id;
  house->agents[0] = add_agent (house->db, "ada", queue->id);
  house->agents[1] = add_agent (house->db, "babbage", queue->id);
  house->agents[2] = add_agent (house->db, "turing", queue->id);
  house->team = pn_team_new ("engines");
  g_array_append_val (house->team->queues, queue->id);
  for (int i = 0; i < 3; i++) {
    PnTeamMember member = { house->agents[i], i == 0, i == 0 ? 7 : i == 1 ? 3 : 0, 0 };

    g_array_append_val (house->team->members, member);
  }
  g_assert_true (pn_db_run (house->db, save_in_transaction, house->team, &error));
  pn_assert_no_error (error);
  return TRUE;
}

static void
house_stop (House *house)
{
  pn_team_free (house->team);
  pn_db_close (house->db);
}

/* On-call hours as text: what is written reads the same; strangers and unknown calendars are refused. */
static void
assert_hours (PnDb *db, PnTeam *team)
{
  g_autoptr (PnAgent) agent =
      pn_agent_load (db, g_array_index (team->members, PnTeamMember, 1).agent_id, NULL);
  g_autoptr (GArray) old = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *wanted = g_strdup_printf ("%s=always", agent->login);
  g_autofree char *got = NULL;

  g_assert_true (pn_team_read_hours (db, team, wanted, &error));
  got = pn_team_write_hours (db, team, &error);
  g_assert_cmpstr (got, ==, wanted);
  old = g_array_copy (team->members);
  g_assert_false (pn_team_read_hours (db, team, "nobody=always", &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_cmpint (g_array_index (team->members, PnTeamMember, 1).calendar_id, ==, 0);
  pn_team_keep_hours (team, old);
  g_assert_cmpint (g_array_index (team->members, PnTeamMember, 1).calendar_id, ==,
                   PN_CALENDAR_ALWAYS);
}

static gboolean
delete_in_transaction (PnDb *db, gpointer data, GError **error)
{
  return pn_team_delete (db, ((const PnTeam *) data)->id, error);
}

static void
assert_named_by (PnDb *db, PnTeam *team, const char *user)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (pn_db_run (db, delete_in_transaction, team, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, user));
}

/* What would be without effect for want of the team keeps it. */
static void
assert_kept_while_named (PnDb *db, PnTeam *team)
{
  g_autofree char *text = g_strdup_printf ("{\"name\": \"Ours\", \"on\": [\"arrival\"], \"then\":"
                                           " [{\"do\": \"assign_team\", \"value\": \"%s\"}]}",
                                           team->name);
  g_autoptr (PnDigest) digest = pn_digest_new ("morning");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) rule = pn_rule_parse (text, strlen (text), NULL, &error);

  pn_assert_no_error (error);
  digest->team_id = team->id;
  g_ptr_array_add (digest->addresses, g_strdup ("lead@demo.example"));
  g_assert_true (pn_digest_save (db, digest, &error));
  assert_named_by (db, team, "by the digest morning");
  g_assert_true (pn_digest_delete (db, digest->id, &error));
  g_assert_true (pn_rule_save (db, rule, 0, 0, &error));
  assert_named_by (db, team, "by the rule Ours");
  g_assert_true (pn_rule_delete (db, rule->id, 0, &error));
  pn_assert_no_error (error);
}

static void
test_save (void)
{
  House house = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTeam) loaded = NULL;
  g_autoptr (PnTeam) same = pn_team_new ("engines");
  gint64 next, last;

  if (!house_start (&house))
    return;
  loaded = pn_team_load (house.db, house.team->id, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (loaded->members->len, ==, 3);
  g_assert_cmpint (g_array_index (loaded->members, PnTeamMember, 0).agent_id, ==, house.agents[1]);
  g_assert_cmpint (g_array_index (loaded->members, PnTeamMember, 1).on_call, ==, 2);
  g_assert_true (pn_team_find_member (loaded, house.agents[0])->is_lead);
  g_assert_true (pn_db_run (house.db, save_in_transaction, loaded, &error));
  g_assert_false (pn_db_run (house.db, save_in_transaction, house.team, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_false (pn_db_run (house.db, save_in_transaction, same, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  assert_hours (house.db, loaded);
  g_assert_true (pn_fact_rebuild_state (house.db, &next, &last, &error));
  g_assert_cmpint (next, >, 0); /* figures by team follow */
  assert_kept_while_named (house.db, loaded);
  g_assert_true (pn_team_delete (house.db, loaded->id, &error));
  g_assert_false (pn_team_delete (house.db, loaded->id, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  house_stop (&house);
}

static gint64
on_call (House *house, PnTime at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTeamRoom) room = pn_team_room_load (house->db, house->queue, at, &error);

  pn_assert_no_error (error);
  return pn_team_room_on_call (room, at);
}

static void
test_on_call (void)
{
  House house = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) leads = NULL;
  const PnTime now = pn_clock_now ();

  if (!house_start (&house))
    return;
  g_assert_cmpint (on_call (&house, now), ==, house.agents[1]);
  pn_team_find_member (house.team, house.agents[1])->calendar_id = add_holidays (house.db);
  g_assert_true (pn_db_run (house.db, save_in_transaction, house.team, &error));
  g_assert_cmpint (on_call (&house, now), ==, house.agents[0]);
  pn_team_find_member (house.team, house.agents[1])->calendar_id = PN_CALENDAR_ALWAYS;
  g_assert_true (pn_db_run (house.db, save_in_transaction, house.team, &error));
  g_assert_cmpint (on_call (&house, now), ==, house.agents[1]);
  g_assert_true (
      pn_presence_set (house.db, house.agents[1], PN_PRESENCE_AWAY, now + PN_HOUR, &error));
  g_assert_cmpint (on_call (&house, now), ==, house.agents[0]);
  g_assert_cmpint (on_call (&house, now + PN_HOUR), ==, house.agents[1]);
  g_assert_true (pn_presence_set (house.db, house.agents[0], PN_PRESENCE_OFF, 0, &error));
  g_assert_cmpint (on_call (&house, now), ==, 0);
  leads = pn_team_leads (house.db, house.queue, &error);
  g_assert_cmpuint (leads->len, ==, 1);
  g_assert_cmpint (g_array_index (leads, gint64, 0), ==, house.agents[0]);
  g_assert_false (
      pn_presence_set (house.db, house.agents[1], PN_PRESENCE_AWAY, now - PN_HOUR, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_true (pn_agent_set_enabled (house.db, house.agents[1], FALSE, &error));
  g_assert_cmpint (on_call (&house, now + PN_HOUR), ==, 0);
  pn_assert_no_error (error);
  house_stop (&house);
}

static void
give_ticket (House *house, gint64 agent_id)
{
  PnTicket ticket = { .queue_id = house->queue,
                      .priority = PN_PRIORITY_NORMAL,
                      .person_id = 1,
                      .subject = (char *) "x",
                      .preview = (char *) "x" };
  PnTicketChange change = PN_TICKET_CHANGE_NONE;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) opened = NULL;

  g_assert_true (pn_ticket_open (house->db, &ticket, PN_ACTOR_IS_SYSTEM, "test", &error));
  opened = pn_ticket_load (house->db, ticket.id, &error);
  change.assignee_id = agent_id;
  g_assert_true (pn_ticket_change (house->db, opened, &change, PN_ACTOR_IS_SYSTEM, &error));
  pn_assert_no_error (error);
}

static void
test_least_loaded (void)
{
  House house = { NULL };
  g_autoptr (GError) error = NULL;
  gint64 agent_id = 0;
  const PnTime now = pn_clock_now ();

  if (!house_start (&house))
    return;
  give_ticket (&house, house.agents[0]);
  give_ticket (&house, house.agents[0]);
  give_ticket (&house, house.agents[1]);
  g_assert_true (pn_team_least_loaded (house.db, house.queue, now, &agent_id, &error));
  g_assert_cmpint (agent_id, ==, house.agents[2]);
  g_assert_true (pn_presence_set (house.db, house.agents[2], PN_PRESENCE_AWAY, 0, &error));
  g_assert_true (pn_team_least_loaded (house.db, house.queue, now, &agent_id, &error));
  g_assert_cmpint (agent_id, ==, house.agents[1]);
  g_assert_true (pn_team_least_loaded (house.db, house.queue + 1, now, &agent_id, &error));
  g_assert_cmpint (agent_id, ==, 0);
  pn_assert_no_error (error);
  house_stop (&house);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/team/save", test_save);
  g_test_add_func ("/team/on-call", test_on_call);
  g_test_add_func ("/team/least-loaded", test_least_loaded);
  return g_test_run ();
}
