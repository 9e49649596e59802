#include "tests/db/climb.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/mailbox.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/presence.h"
#include "ticketing/queue.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

#define STEPS_MOST 2000 /* that any test fires: beyond, one is fired again and again */

void
pn_climb_set_now (PnTime now)
{
  pn_clock_set_database_now (now);
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

static gint64
add_agent (PnClimb *house, const char *login, gboolean is_lead, int on_call, PnTeam *team)
{
  g_autofree char *address = g_strconcat (login, "@staff.example", NULL);
  const PnAgent agent = {
    .login = (char *) login, .name = (char *) login, .address = address, .is_enabled = TRUE
  };
  PnTeamMember member = { .is_lead = is_lead, .on_call = on_call };
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_agent_add (house->db, &agent, "x", &member.agent_id, &error));
  g_assert_true (pn_agent_give_queue (house->db, member.agent_id, house->queue, &error));
  pn_assert_no_error (error);
  g_array_append_val (team->members, member);
  return member.agent_id;
}

static void
add_mailbox (PnClimb *house)
{
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");
  g_autoptr (GError) error = NULL;

  mailbox->queue_id = house->queue;
  g_free (mailbox->address);
  mailbox->address = g_strdup ("support@demo.example");
  g_free (mailbox->smtp.host);
  mailbox->smtp.host = g_strdup ("127.0.0.1");
  mailbox->smtp.port = 25;
  g_assert_true (pn_mailbox_save (house->db, mailbox, &error));
  pn_assert_no_error (error);
}

void
pn_climb_add_step (PnClimb *house, const char *text)
{
  g_autoptr (json_t) document = json_loads (text, 0, NULL);
  g_autoptr (GError) error = NULL;
  PnLadderStep *step = pn_ladder_step_read (document, &error);

  pn_assert_no_error (error);
  g_ptr_array_add (house->ladder->steps, step);
}

void
pn_climb_store_ladder (PnClimb *house)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (house->db, save_ladder, house->ladder, &error));
  pn_assert_no_error (error);
}

/* A queue with a team, a policy of an hour for the first response, and a default ladder that has no step yet. */
gboolean
pn_climb_start (PnClimb *house)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnQueue) queue = pn_queue_new ("mill");
  g_autoptr (PnTeam) team = pn_team_new ("engines");

  house->db = pn_testdb_open ();
  if (house->db == NULL)
    return FALSE;
  pn_climb_set_now (PN_CLIMB_START); /* after the migrations, which ask the database */
  g_assert_true (pn_queue_save (house->db, queue, &error));
  house->queue = queue->id;
  add_mailbox (house);
  house->ada = add_agent (house, "ada", TRUE, 0, team);
  house->babbage = add_agent (house, "babbage", FALSE, 1, team);
  g_array_append_val (team->queues, house->queue);
  g_assert_true (pn_db_run (house->db, save_team, team, &error));
  house->policy = pn_policy_new ("common");
  for (int p = 0; p < PN_PRIORITY_COUNT; p++)
    house->policy->minutes[PN_METRIC_FIRST_RESPONSE][p] = 60;
  g_assert_true (pn_sla_save (house->db, house->policy, 0, 0, &error));
  pn_assert_no_error (error);
  house->ladder = pn_ladder_new ("standard");
  house->ladder->is_default = TRUE;
  return TRUE;
}

void
pn_climb_stop (PnClimb *house)
{
  pn_policy_free (house->policy);
  pn_ladder_free (house->ladder);
  pn_db_close (house->db);
}

static gboolean
open_body (PnDb *db, gpointer data, GError **error)
{
  PnTicket *ticket = data;
  g_autoptr (PnMessage) message = pn_message_new ();

  if (!pn_ticket_open (db, ticket, PN_ACTOR_IS_SYSTEM, "A test wrote.", error))
    return FALSE;
  message->ticket_id = ticket->id;
  message->direction = PN_DIRECTION_IN;
  message->text = g_strdup ("x");
  return pn_message_add (db, message, error)
         && pn_ticket_touch (db, ticket->id, PN_TOUCH_CUSTOMER, NULL, PN_ACTOR_IS_SYSTEM, NULL,
                             error);
}

void
pn_climb_compute (PnDb *db)
{
  guint done = 1;

  while (done > 0) {
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_deadline_work (db, 100, &done, &error));
    pn_assert_no_error (error);
  }
}

gint64
pn_climb_open_ticket (PnClimb *house)
{
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);
  g_autoptr (GError) error = NULL;

  ticket->queue_id = house->queue;
  ticket->priority = PN_PRIORITY_NORMAL;
  ticket->person_id = 1;
  ticket->subject = g_strdup ("The engine stops");
  g_assert_true (pn_db_run (house->db, open_body, ticket, &error));
  pn_assert_no_error (error);
  pn_climb_compute (house->db);
  return ticket->id;
}

gboolean
pn_climb_answer_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *ticket_id = data;
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = *ticket_id;
  message->direction = PN_DIRECTION_OUT;
  message->agent_id = 1;
  message->text = g_strdup ("x");
  return pn_message_add (db, message, error)
         && pn_ticket_touch (db, *ticket_id, PN_TOUCH_AGENT, NULL, (PnActor){ PN_ACTOR_AGENT, 1 },
                             NULL, error);
}

/* Returns: how many steps there were to fire. */
guint
pn_climb_fire (PnDb *db)
{
  guint all = 0;
  guint done = 1;

  while (done > 0) {
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_escalation_fire (db, 50, &done, &error));
    pn_assert_no_error (error);
    all += done;
    g_assert_cmpuint (all, <, STEPS_MOST);
    if (all >= STEPS_MOST)
      break;
  }
  return all;
}

gint64
pn_climb_count (PnDb *db, const char *sql)
{
  g_autoptr (PnRows) rows = pn_db_query_built (db, sql, PN_NO_ARGS, NULL);

  g_assert_nonnull (rows);
  return pn_rows_next (rows) ? pn_rows_int (rows, 0) : -1;
}
