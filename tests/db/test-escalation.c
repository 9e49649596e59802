#include "ticketing/escalation.h"

#include <string.h>

#include "tests/db/climb.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/digest.h"
#include "ticketing/mailbox.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/presence.h"
#include "ticketing/queue.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

/* Returns: (owned) the steps that fired on a ticket, in order: "1 2 ". */
static char *
fired (PnDb *db, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) list = pn_escalation_of_ticket (db, ticket_id, &error);
  GString *text = g_string_new (NULL);

  pn_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%d ", g_array_index (list, PnEscalation, i).step);
  return g_string_free (text, FALSE);
}

static void
assert_fired (PnDb *db, gint64 ticket_id, const char *expected)
{
  g_autofree char *found = fired (db, ticket_id);

  g_assert_cmpstr (found, ==, expected);
}

static gint64
letters_to (PnDb *db, const char *address)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT COUNT(*) FROM outbox WHERE letter = 'escalation' AND recipient = '%s'", address);

  return pn_climb_count (db, sql);
}

static void
tell (PnDb *db)
{
  guint done = 1;

  while (done > 0) {
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_escalation_tell (db, 10, &done, &error));
    pn_assert_no_error (error);
  }
}

/* Each step once, in order, with its effects; then nothing more. */
static void
test_steps (void)
{
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GPtrArray) events = NULL;
  gint64 id;

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 75, \"notify\": [\"owner\"]}");
  pn_climb_add_step (&house, "{\"percent\": 100, \"notify\": [\"leads\"], \"priority\": \"raise\","
                             " \"assign\": \"on_call\", \"tag\": \"late\"}");
  pn_climb_add_step (
      &house, "{\"minutes\": 30, \"addresses\": [\"boss@demo.example\"], \"note\": \"Call.\"}");
  pn_climb_store_ladder (&house);
  id = pn_climb_open_ticket (&house);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  pn_climb_set_now (PN_CLIMB_START + 45 * PN_MINUTE + PN_SECOND);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 1);
  assert_fired (house.db, id, "1 ");
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  pn_climb_set_now (PN_CLIMB_START + 61 * PN_MINUTE);
  pn_climb_fire (house.db);
  assert_fired (house.db, id, "1 2 ");
  ticket = pn_ticket_load (house.db, id, &error);
  g_assert_cmpint (ticket->priority, ==, PN_PRIORITY_HIGH);
  g_assert_cmpint (ticket->assignee_id, ==, house.babbage);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM ticket_tag WHERE tag = 'late'"),
                   ==, 1);
  pn_climb_compute (house.db);
  pn_climb_set_now (PN_CLIMB_START + 91 * PN_MINUTE);
  pn_climb_fire (house.db);
  assert_fired (house.db, id, "1 2 3 ");
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM message WHERE text = 'Call.'"),
                   ==, 1);
  pn_climb_set_now (PN_CLIMB_START + PN_DAY);
  pn_climb_compute (house.db);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  tell (house.db);
  g_assert_cmpint (letters_to (house.db, "babbage@staff.example"), ==, 1); /* had no owner */
  g_assert_cmpint (letters_to (house.db, "ada@staff.example"), ==, 1);
  g_assert_cmpint (letters_to (house.db, "boss@demo.example"), ==, 1);
  events = pn_event_list (house.db, id, &error);
  for (guint i = 0, n = 0; i < events->len; i++) {
    const PnEvent *event = events->pdata[i];

    if (event->kind != PN_EVENT_ESCALATION)
      continue;
    n++;
    if (n == 2) {
      g_assert_nonnull (strstr (event->reason, "\"policy\":\"common\",\"policy_version\":1"));
      g_assert_nonnull (
          strstr (event->reason, "\"ladder\":\"standard\",\"ladder_version\":1,\"step\":2"));
      g_assert_nonnull (strstr (event->reason,
                                "\"did_assigned\",\"name\":\"babbage\"},{\"v\":1,\"code\":"
                                "\"did_priority\",\"name\":\"high\"},{\"v\":1,\"code\":"
                                "\"did_tag\",\"tag\":\"late\"}"));
    }
  }
  pn_assert_no_error (error);
  pn_climb_stop (&house);
}

/* What was missed fires late, in the order of time over all tickets, and one letter tells of all. */
static void
test_downtime (void)
{
  PnClimb house = { NULL };
  g_autoptr (PnRows) rows = NULL;
  gint64 before = 0;

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 50, \"agents\": [\"ada\"]}");
  pn_climb_add_step (&house, "{\"percent\": 100, \"agents\": [\"ada\"]}");
  pn_climb_add_step (&house, "{\"minutes\": 60, \"agents\": [\"ada\"]}");
  pn_climb_store_ladder (&house);
  for (int i = 0; i < 12; i++) {
    pn_climb_set_now (PN_CLIMB_START + i * 7 * PN_MINUTE);
    pn_climb_open_ticket (&house);
  }
  pn_climb_set_now (PN_CLIMB_START + 3 * PN_DAY);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 36);
  rows = pn_db_query (house.db, "SELECT reached_at FROM escalation ORDER BY fired_at, reached_at",
                      PN_NO_ARGS, NULL);
  while (pn_rows_next (rows)) {
    g_assert_cmpint (pn_rows_int (rows, 0), >=, before);
    before = pn_rows_int (rows, 0);
  }
  tell (house.db);
  g_assert_cmpint (letters_to (house.db, "ada@staff.example"), ==, 1);
  g_assert_cmpint (
      pn_climb_count (
          house.db,
          "SELECT COUNT(*) FROM event WHERE reason LIKE '%\"late_minutes\":%' AND reason NOT LIKE '%\"late_minutes\":0,%'"),
      ==, 36);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation_notice"), ==, 0);
  pn_climb_stop (&house);
}

/* An answer that was given a moment before, and not yet computed, keeps the step from firing. */
static void
test_answered (void)
{
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 100, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  id = pn_climb_open_ticket (&house);
  pn_climb_set_now (PN_CLIMB_START + 50 * PN_MINUTE);
  g_assert_true (pn_db_run (house.db, pn_climb_answer_body, &id, &error));
  pn_assert_no_error (error);
  pn_climb_set_now (PN_CLIMB_START + 2 * PN_HOUR);
  pn_climb_fire (house.db);
  assert_fired (house.db, id, "");
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation_due"), ==, 0);
  pn_climb_stop (&house);
}

typedef struct {
  gint64 ticket_id;
  gint64 agent_id;
  PnTime until;
} Hold;

static gboolean
hold_body (PnDb *db, gpointer data, GError **error)
{
  const Hold *hold = data;

  return pn_escalation_hold (db, hold->ticket_id, hold->agent_id, hold->until, "I am on it.",
                             error);
}

static void
test_hold (void)
{
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  g_auto (PnEscalationHold) found = { 0 };
  Hold hold;

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 50, \"notify\": [\"leads\"]}");
  pn_climb_add_step (&house, "{\"percent\": 100, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  hold = (Hold){ pn_climb_open_ticket (&house), house.ada, PN_CLIMB_START + 2 * PN_HOUR };
  pn_climb_set_now (PN_CLIMB_START + 31 * PN_MINUTE);
  pn_climb_fire (house.db);
  assert_fired (house.db, hold.ticket_id, "1 ");
  g_assert_true (pn_db_run (house.db, hold_body, &hold, &error));
  g_assert_true (pn_escalation_load_hold (house.db, hold.ticket_id, &found, &error));
  g_assert_cmpint (found.agent_id, ==, house.ada);
  g_assert_cmpstr (found.reason, ==, "I am on it.");
  pn_climb_set_now (PN_CLIMB_START + 90 * PN_MINUTE);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  pn_climb_set_now (PN_CLIMB_START + 2 * PN_HOUR + PN_SECOND);
  pn_climb_fire (house.db);
  assert_fired (house.db, hold.ticket_id, "1 2 ");
  hold = (Hold){ pn_climb_open_ticket (&house), house.ada, PN_CLIMB_START + 9 * PN_HOUR };
  g_assert_true (pn_db_run (house.db, hold_body, &hold, &error));
  pn_climb_set_now (PN_CLIMB_START + 5 * PN_HOUR);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  hold.until = 0;
  g_assert_true (pn_db_run (house.db, hold_body, &hold, &error));
  pn_climb_fire (house.db);
  assert_fired (house.db, hold.ticket_id, "1 2 ");
  pn_assert_no_error (error);
  hold.ticket_id = 4711;
  hold.until = PN_CLIMB_START + 9 * PN_HOUR;
  g_assert_false (pn_db_run (house.db, hold_body, &hold, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  pn_climb_stop (&house);
}

static gboolean
customer_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *ticket_id = data;
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = *ticket_id;
  message->direction = PN_DIRECTION_IN;
  message->text = g_strdup ("And now?");
  return pn_message_add (db, message, error)
         && pn_ticket_touch (db, *ticket_id, PN_TOUCH_CUSTOMER, NULL, PN_ACTOR_IS_SYSTEM, NULL,
                             error);
}

static gboolean
solve_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *ticket_id = data;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, *ticket_id, error);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  change.status = PN_STATUS_SOLVED;
  return ticket != NULL && pn_ticket_change (db, ticket, &change, PN_ACTOR_IS_SYSTEM, error);
}

static void
run_body (PnDb *db, PnTxFunc body, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (db, body, data, &error));
  pn_assert_no_error (error);
  pn_climb_compute (db);
}

static void
assert_digest_says (PnDb *db, const char *seen_by)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDigest) digest = pn_digest_new ("x");
  g_autoptr (json_t) said = pn_digest_write (db, digest, &error);
  const json_t *first = json_array_get (json_object_get (said, "overdue"), 0);

  pn_assert_no_error (error);
  g_assert_cmpstr (pn_json_get_text (first, "seen_by"), ==, seen_by);
}

static gboolean
may_hold (PnDb *db, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, ticket_id, &error);
  gboolean answer = FALSE;

  pn_assert_no_error (error);
  g_assert_true (pn_escalation_may_hold (db, ticket, &answer, &error));
  pn_assert_no_error (error);
  return answer;
}

/* After the last step there is still somebody who has seen it: it holds the rounds that come, until the ticket is solved. */
static void
test_hold_last (void)
{
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) holds = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Hold hold;

  if (!pn_climb_start (&house))
    return;
  for (int p = 0; p < PN_PRIORITY_COUNT; p++)
    house.policy->minutes[PN_METRIC_NEXT_RESPONSE][p] = 60;
  g_assert_true (pn_sla_save (house.db, house.policy, 0, 0, &error));
  pn_climb_add_step (&house, "{\"percent\": 100, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  hold = (Hold){ pn_climb_open_ticket (&house), house.ada, PN_CLIMB_START + 9 * PN_HOUR };
  g_array_append_val (ids, hold.ticket_id);
  pn_climb_set_now (PN_CLIMB_START + 61 * PN_MINUTE);
  pn_climb_fire (house.db);
  assert_fired (house.db, hold.ticket_id, "1 ");
  g_assert_true (may_hold (house.db, hold.ticket_id));
  run_body (house.db, hold_body, &hold);
  assert_digest_says (house.db, "ada");
  pn_climb_set_now (PN_CLIMB_START + 2 * PN_HOUR);
  run_body (house.db, pn_climb_answer_body, &hold.ticket_id);
  pn_climb_set_now (PN_CLIMB_START + 3 * PN_HOUR);
  run_body (house.db, customer_body, &hold.ticket_id);
  pn_climb_set_now (PN_CLIMB_START + 5 * PN_HOUR);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  holds = pn_escalation_load_holds (house.db, ids, &error);
  g_assert_nonnull (g_hash_table_lookup (holds, &hold.ticket_id));
  run_body (house.db, solve_body, &hold.ticket_id);
  g_assert_false (may_hold (house.db, hold.ticket_id));
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation_hold"), ==, 0);
  pn_climb_set_now (PN_CLIMB_START + 6 * PN_HOUR);
  run_body (house.db, customer_body, &hold.ticket_id);
  pn_climb_set_now (PN_CLIMB_START + 7 * PN_HOUR + PN_SECOND);
  pn_climb_fire (house.db);
  assert_fired (house.db, hold.ticket_id, "1 1 ");
  pn_assert_no_error (error);
  pn_climb_stop (&house);
}

/* Quiet hours: all but urgent steps wait for the morning; an urgent one takes those before it along. */
static void
test_quiet (void)
{
  static const char week[] = "{\"zone\": \"UTC\", \"week\": {\"mon\": [[\"08:00\", \"20:00\"]],"
                             " \"tue\": [[\"08:00\", \"20:00\"]]}, \"holidays\": []}";
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  PnTime monday;
  gint64 calm;

  if (!pn_climb_start (&house))
    return;
  calendar = pn_calendar_new ("waking");
  json_decref (calendar->document);
  calendar->document = json_loads (week, 0, NULL);
  g_assert_true (pn_calendar_save (house.db, calendar, 0, 0, &error));
  pn_assert_no_error (error);
  house.ladder->calendar_id = calendar->id;
  pn_climb_add_step (&house, "{\"percent\": 50, \"notify\": [\"leads\"]}");
  pn_climb_add_step (&house, "{\"percent\": 100, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  g_assert_true (pn_clock_read ("2026-11-23T19:45:00Z", &monday, &error));
  pn_climb_set_now (monday);
  calm = pn_climb_open_ticket (&house);
  pn_climb_set_now (monday + 5 * PN_HOUR);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  pn_climb_set_now (monday + 12 * PN_HOUR + 16 * PN_MINUTE);
  pn_climb_fire (house.db);
  assert_fired (house.db, calm, "1 2 ");
  g_assert_cmpint (pn_climb_count (house.db, "SELECT MAX(due_at) FROM escalation"), ==,
                   monday + 12 * PN_HOUR + 15 * PN_MINUTE);

  pn_climb_add_step (&house, "{\"minutes\": 60, \"urgent\": true, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  pn_climb_set_now (monday + PN_DAY);
  calm = pn_climb_open_ticket (&house);
  pn_climb_set_now (monday + PN_DAY + 119 * PN_MINUTE);
  g_assert_cmpuint (pn_climb_fire (house.db), ==, 0);
  pn_climb_set_now (monday + PN_DAY + 121 * PN_MINUTE);
  pn_climb_fire (house.db);
  assert_fired (house.db, calm, "1 2 3 ");
  pn_climb_stop (&house);
}

/* A ladder that is made or changed later reaches what is owed already. */
static void
test_walk (void)
{
  PnClimb house = { NULL };
  g_autoptr (GError) error = NULL;
  guint done = 1;
  gint64 ids[3];

  if (!pn_climb_start (&house))
    return;
  for (int i = 0; i < 3; i++)
    ids[i] = pn_climb_open_ticket (&house);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation_due"), ==, 0);
  pn_climb_add_step (&house, "{\"percent\": 50, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  while (done > 0)
    g_assert_true (pn_escalation_walk (house.db, 2, PN_SECOND, &done, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation_due"), ==, 3);
  pn_climb_set_now (PN_CLIMB_START + PN_HOUR);
  pn_climb_fire (house.db);
  assert_fired (house.db, ids[2], "1 ");
  ((PnLadderStep *) house.ladder->steps->pdata[0])->percent = 80;
  pn_climb_add_step (&house, "{\"percent\": 90, \"notify\": [\"leads\"]}");
  pn_climb_store_ladder (&house);
  for (done = 1; done > 0;)
    g_assert_true (pn_escalation_walk (house.db, 2, PN_SECOND, &done, &error));
  pn_climb_fire (house.db);
  assert_fired (house.db, ids[2], "1 2 "); /* the first step is the same one */
  pn_climb_stop (&house);
}

static gpointer
fire_in_thread (gpointer data)
{
  g_autoptr (PnDb) db = pn_db_open (data, NULL);
  guint done = 1;

  while (done > 0) {
    g_autoptr (GError) error = NULL;

    if (!pn_escalation_fire (db, 20, &done, &error)) {
      g_assert_true (pn_error_is (error, PN_ERROR_TEMPORARY));
      done = 1;
    }
  }
  for (done = 1; done > 0;) {
    g_autoptr (GError) error = NULL;

    if (!pn_escalation_tell (db, 5, &done, &error)) {
      g_assert_true (pn_error_is (error, PN_ERROR_TEMPORARY));
      done = 1;
    }
  }
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

/* Two nodes at once: each step of each ticket once (TRUST.md I9), and each notice in one letter. */
static void
test_two_nodes (void)
{
  PnClimb house = { NULL };
  GThread *threads[2];
  enum { TICKETS = 25 };

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 50, \"agents\": [\"ada\"], \"note\": \"one\"}");
  pn_climb_add_step (&house, "{\"percent\": 100, \"agents\": [\"ada\"], \"priority\": \"raise\"}");
  pn_climb_store_ladder (&house);
  for (int i = 0; i < TICKETS; i++)
    pn_climb_open_ticket (&house);
  pn_climb_set_now (PN_CLIMB_START + PN_DAY);
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("node", fire_in_thread, (gpointer) pn_testdb_target ());
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM escalation"), ==, 2 * TICKETS);
  g_assert_cmpint (
      pn_climb_count (house.db, "SELECT COUNT(*) FROM event WHERE old_value = 'fired'"), ==,
      2 * TICKETS);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM message WHERE text = 'one'"), ==,
                   TICKETS);
  g_assert_cmpint (pn_climb_count (house.db, "SELECT COUNT(*) FROM ticket WHERE priority = 2"), ==,
                   TICKETS);
  g_assert_cmpint (pn_climb_count (house.db,
                                   "SELECT SUM(JSON_LENGTH(document, '$.items')) FROM outbox"
                                   " WHERE letter = 'escalation'"),
                   ==, 2 * TICKETS);
  pn_testdb_assert_key (house.db,
                        "EXPLAIN SELECT step FROM escalation_due FORCE INDEX (escalation_due_at)"
                        " WHERE due_at <= 5 ORDER BY due_at, ticket_id, metric, round LIMIT 50",
                        PN_NO_ARGS, "escalation_due_at");
  pn_climb_stop (&house);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/escalation/steps", test_steps);
  g_test_add_func ("/escalation/downtime", test_downtime);
  g_test_add_func ("/escalation/answered", test_answered);
  g_test_add_func ("/escalation/hold", test_hold);
  g_test_add_func ("/escalation/hold-last", test_hold_last);
  g_test_add_func ("/escalation/quiet", test_quiet);
  g_test_add_func ("/escalation/walk", test_walk);
  g_test_add_func ("/escalation/two-nodes", test_two_nodes);
  return g_test_run ();
}
