#include "ticketing/deadline.h"

#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/message.h"
#include "ticketing/organisation.h"
#include "ticketing/person.h"
#include "ticketing/queue.h"
#include "ticketing/sla_job.h"
#include "ticketing/ticket_merge.h"

#define AGENT_ID 3
#define AGENT ((PnActor){ PN_ACTOR_AGENT, AGENT_ID })

static const char *const clear_sqls[] = {
  "TRUNCATE TABLE deadline",
  "TRUNCATE TABLE sla_mark",
  "TRUNCATE TABLE sla_match",
  "TRUNCATE TABLE sla_policy",
  "TRUNCATE TABLE sla_version",
  "TRUNCATE TABLE sla_job",
  "TRUNCATE TABLE ticket",
  "TRUNCATE TABLE ticket_tag",
  "TRUNCATE TABLE event",
  "TRUNCATE TABLE ticket_merge",
  "TRUNCATE TABLE participant",
  "TRUNCATE TABLE message",
  "TRUNCATE TABLE queue",
  "TRUNCATE TABLE person",
  "TRUNCATE TABLE address",
  "TRUNCATE TABLE organisation",
  "TRUNCATE TABLE organisation_person",
  "DELETE FROM calendar WHERE id > 1",
};

/* The database of all tests here, as empty as a new one: making it anew takes longer than what is tested. */
static PnDb *
open_empty (void)
{
  static PnDb *db; /* lives as long as the program */

  if (db == NULL)
    db = pn_testdb_open ();
  for (gsize i = 0; db != NULL && i < G_N_ELEMENTS (clear_sqls); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_db_exec (db, clear_sqls[i], PN_NO_ARGS, NULL, &error));
    pn_assert_no_error (error);
  }
  if (db == NULL)
    g_test_skip ("there is no mariadbd");
  return db;
}

static gint64
add_queue (PnDb *db, const char *name)
{
  g_autoptr (PnQueue) queue = pn_queue_new (name);

  g_assert_true (pn_queue_save (db, queue, NULL));
  return queue->id;
}

/* Returns: (owned) a stored policy of 24/7 that promises these minutes at every priority; 0: nothing. */
static PnPolicy *
add_policy (PnDb *db, const char *name, int first, int resolution)
{
  PnPolicy *policy = pn_policy_new (name);
  g_autoptr (GError) error = NULL;

  for (int p = 0; p < PN_PRIORITY_COUNT; p++) {
    policy->minutes[PN_METRIC_FIRST_RESPONSE][p] = first;
    policy->minutes[PN_METRIC_RESOLUTION][p] = resolution;
  }
  g_assert_true (pn_sla_save (db, policy, 0, AGENT_ID, &error));
  pn_assert_no_error (error);
  return policy;
}

static gboolean
open_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_open (db, data, PN_ACTOR_IS_SYSTEM, "A test wrote.", error);
}

static gint64
open_ticket (PnDb *db, gint64 queue_id)
{
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);
  g_autoptr (GError) error = NULL;

  ticket->queue_id = queue_id;
  ticket->priority = PN_PRIORITY_NORMAL;
  ticket->person_id = 1;
  ticket->subject = g_strdup ("The engine stops");
  g_assert_true (pn_db_run (db, open_body, ticket, &error));
  pn_assert_no_error (error);
  return ticket->id;
}

typedef struct {
  gint64 ticket_id;
  PnDirection direction;
  gint64 agent_id;
  PnMailKind kind;
  PnTouch touch;
  PnTicketChange change;
  const char *tag;
  gint64 message_id;
} Work;

static gboolean
message_body (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = work->ticket_id;
  message->direction = work->direction;
  message->kind = work->kind;
  message->agent_id = work->agent_id;
  message->text = g_strdup ("x");
  if (!pn_message_add (db, message, error)
      || !pn_ticket_touch (db, work->ticket_id, work->touch, NULL, AGENT, NULL, error))
    return FALSE;
  work->message_id = message->id;
  return TRUE;
}

static void
customer_writes (PnDb *db, gint64 ticket_id)
{
  Work work = { .ticket_id = ticket_id, .direction = PN_DIRECTION_IN, .touch = PN_TOUCH_CUSTOMER };

  g_assert_true (pn_db_run (db, message_body, &work, NULL));
}

static gint64
agent_answers (PnDb *db, gint64 ticket_id)
{
  Work work = { .ticket_id = ticket_id,
                .direction = PN_DIRECTION_OUT,
                .agent_id = AGENT_ID,
                .touch = PN_TOUCH_AGENT };

  g_assert_true (pn_db_run (db, message_body, &work, NULL));
  return work.message_id;
}

static gboolean
change_body (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, work->ticket_id, error);

  return ticket != NULL && pn_ticket_change (db, ticket, &work->change, AGENT, error);
}

static void
change (PnDb *db, gint64 ticket_id, int status, int priority)
{
  Work work = { .ticket_id = ticket_id, .change = PN_TICKET_CHANGE_NONE };

  work.change.status = status;
  work.change.priority = priority;
  g_assert_true (pn_db_run (db, change_body, &work, NULL));
}

static gboolean
tag_body (PnDb *db, gpointer data, GError **error)
{
  const Work *work = data;

  return pn_ticket_tag (db, work->ticket_id, work->tag, TRUE, AGENT, error);
}

/* Lets the clerk's chores come to their end. Returns: how many tickets were looked at. */
static guint
run_chores (PnDb *db)
{
  guint all = 0;
  guint done = 1;
  g_autoptr (GError) error = NULL;

  while (done > 0) {
    g_assert_true (pn_deadline_work (db, 100, &done, &error));
    pn_assert_no_error (error);
    all += done;
  }
  for (done = 1; done > 0; all += done) {
    g_assert_true (pn_sla_job_work (db, &done, &error));
    pn_assert_no_error (error);
  }
  return all;
}

/* Returns: the state of the round; -1: there is no such row. */
static int
state_of (PnDb *db, gint64 ticket_id, PnMetric metric, int round, PnDeadline *deadline)
{
  g_autoptr (GError) error = NULL;

  if (!pn_deadline_load (db, ticket_id, metric, round, deadline, &error)) {
    g_assert_error (error, PN_ERROR, PN_ERROR_NOT_FOUND);
    return -1;
  }
  return (int) deadline->state;
}

static gint64
count_of (PnDb *db, const char *sql)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, NULL);

  g_assert_nonnull (rows);
  return pn_rows_next (rows) ? pn_rows_int (rows, 0) : -1;
}

static void
test_life (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) policy = NULL;
  PnDeadline first, resolution;
  gint64 queue_id, id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "mill");
  policy = add_policy (db, "common", 60, 600);
  id = open_ticket (db, queue_id);
  customer_writes (db, id);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &first), ==, -1);
  g_assert_cmpuint (run_chores (db), >, 0);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &first), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (first.due_at - first.start_at, ==, 60 * PN_MINUTE);
  g_assert_cmpint (first.soon_at - first.start_at, ==, 45 * PN_MINUTE);
  g_assert_cmpint (first.policy_id, ==, policy->id);
  g_assert_cmpint (pn_deadline_due_state (&first, first.start_at), ==, PN_DUE_FINE);
  g_assert_cmpint (pn_deadline_due_state (&first, first.soon_at), ==, PN_DUE_SOON);
  g_assert_cmpint (pn_deadline_due_state (&first, first.due_at + 1), ==, PN_DUE_OVER);
  g_assert_cmpint (count_of (db, "SELECT COUNT(*) FROM sla_mark"), ==, 0);
  g_assert_cmpuint (run_chores (db), ==, 0);

  change (db, id, PN_STATUS_WAITING, -1);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &resolution), ==, PN_DEADLINE_PAUSED);
  g_assert_cmpint (resolution.due_at, ==, 0);
  g_assert_cmpint (resolution.gen, ==, 2);
  agent_answers (db, id);
  change (db, id, PN_STATUS_SOLVED, -1);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &first), ==, PN_DEADLINE_MET);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &resolution), ==, PN_DEADLINE_MET);
  customer_writes (db, id);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 2, &resolution), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &resolution), ==, PN_DEADLINE_MET);
}

/* The rounds that were judged stay as they were; what runs follows the policy, the priority and the tags. */
static void
test_policy_changes (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnPolicy) vip = NULL;
  g_autoptr (PnSlaJob) job = NULL;
  Work tag = { .tag = "vip" };
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  policy = add_policy (db, "common", 60, 600);
  id = open_ticket (db, add_queue (db, "mill"));
  customer_writes (db, id);
  agent_answers (db, id);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_MET);

  policy->minutes[PN_METRIC_FIRST_RESPONSE][PN_PRIORITY_NORMAL] = 0;
  policy->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_NORMAL] = 300;
  policy->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_URGENT] = 30;
  g_assert_true (pn_sla_save (db, policy, policy->version, AGENT_ID, NULL));
  g_assert_cmpuint (run_chores (db), >, 0);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_MET);
  g_assert_cmpint (row.target, ==, 60 * PN_MINUTE);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at - row.start_at, ==, 300 * PN_MINUTE);
  g_assert_cmpint (row.policy_version, ==, 2);
  g_assert_true (pn_sla_job_newest (db, &job, NULL));
  g_assert_nonnull (job);
  g_assert_cmpint (job->finished_at, !=, 0);
  g_assert_cmpint (job->tickets, ==, 1);
  g_assert_cmpint (job->changed, ==, 1);

  change (db, id, -1, PN_PRIORITY_URGENT);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at - row.start_at, ==, 30 * PN_MINUTE);

  vip = pn_policy_new ("vip");
  vip->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_URGENT] = 10;
  g_ptr_array_add (vip->tags, g_strdup ("vip"));
  g_assert_true (pn_sla_save (db, vip, 0, AGENT_ID, NULL));
  g_assert_true (pn_sla_move (db, vip->id, -1, AGENT_ID, NULL));
  tag.ticket_id = id;
  g_assert_true (pn_db_run (db, tag_body, &tag, NULL));
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, vip->id);
  g_assert_cmpint (row.due_at - row.start_at, ==, 10 * PN_MINUTE);

  g_assert_true (pn_sla_remove (db, vip->id, AGENT_ID, NULL));
  g_assert_true (pn_sla_remove (db, policy->id, AGENT_ID, NULL));
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, -1);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_MET);
}

static void
test_match_is_recorded (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) billing = NULL;
  g_autoptr (PnPolicy) common = NULL;
  json_t *tries = NULL;
  PnTime at = 0;
  gint64 id;

  if (db == NULL)
    return;
  billing = pn_policy_new ("billing");
  id = add_queue (db, "billing");
  g_array_append_val (billing->queues, id);
  g_assert_true (pn_sla_save (db, billing, 0, 0, NULL));
  common = add_policy (db, "common", 60, 600);
  id = open_ticket (db, add_queue (db, "mill"));
  run_chores (db);
  g_assert_true (pn_deadline_match (db, id, &tries, &at, NULL));
  g_assert_nonnull (tries);
  g_assert_cmpint (at, !=, 0);
  g_assert_cmpuint (json_array_size (tries), ==, 2);
  g_assert_cmpstr (pn_json_get_text (json_array_get (tries, 0), "misfit"), ==, "queues");
  g_assert_true (json_is_true (json_object_get (json_array_get (tries, 1), "is_chosen")));
  json_decref (tries);
}

static void
test_refused (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnPolicy) twin = pn_policy_new ("common");
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  policy = add_policy (db, "common", 60, 600);
  g_assert_false (pn_sla_save (db, twin, 0, 0, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (pn_sla_save (db, policy, policy->version + 1, 0, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (pn_calendar_remove (db, PN_CALENDAR_ALWAYS, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_clear_error (&error);
  policy->calendar_id = 77;
  g_assert_false (pn_sla_save (db, policy, 0, 0, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_NOT_FOUND);
}

static void
test_calendar_changes (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnCalendar) calendar = pn_calendar_new ("half");
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  json_decref (calendar->document);
  calendar->document = json_loads ("{\"zone\":\"Nowhere/Atall\",\"week\":{}}", 0, NULL);
  g_assert_false (pn_calendar_save (db, calendar, 0, 0, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
  g_clear_error (&error);
  json_object_set_new (calendar->document, "zone", json_string ("UTC"));
  g_assert_true (pn_calendar_save (db, calendar, 0, 0, &error));
  policy = add_policy (db, "common", 60, 0);
  policy->calendar_id = calendar->id;
  g_assert_true (pn_sla_save (db, policy, 0, 0, NULL));
  id = open_ticket (db, add_queue (db, "mill"));
  customer_writes (db, id);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at, ==, PN_HOURS_NEVER);

  json_decref (calendar->document);
  calendar->document = json_loads (
      "{\"zone\":\"UTC\",\"week\":{\"mon\":[[\"00:00\",\"24:00\"]],\"tue\":[[\"00:00\",\"24:00\"]],"
      "\"wed\":[[\"00:00\",\"24:00\"]],\"thu\":[[\"00:00\",\"24:00\"]],"
      "\"fri\":[[\"00:00\",\"24:00\"]],\"sat\":[[\"00:00\",\"24:00\"]],"
      "\"sun\":[[\"00:00\",\"24:00\"]]}}",
      0, NULL);
  g_assert_true (pn_calendar_save (db, calendar, calendar->version, 0, &error));
  g_assert_cmpint (calendar->version, ==, 2);
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at - row.start_at, ==, 60 * PN_MINUTE);
  g_assert_false (pn_calendar_remove (db, calendar->id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
}

/* An answer that was taken back, a stranger's question, a machine's mail. */
static void
test_what_counts (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) policy = NULL;
  Work machine = { .direction = PN_DIRECTION_IN,
                   .kind = PN_MAIL_AUTO_REPLY,
                   .touch = PN_TOUCH_MACHINE };
  Work letter = { .direction = PN_DIRECTION_OUT, .touch = PN_TOUCH_MACHINE };
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  policy = add_policy (db, "common", 60, 600);
  id = open_ticket (db, add_queue (db, "mill"));
  machine.ticket_id = letter.ticket_id = id;
  g_assert_true (pn_db_run (db, message_body, &machine, NULL));
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, -1);
  customer_writes (db, id);
  g_assert_true (pn_db_run (db, message_body, &letter, NULL));
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_true (pn_message_withdraw (db, agent_answers (db, id), NULL));
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, PN_DEADLINE_RUNNING);
}

static gboolean
place_body (PnDb *db, gpointer data, GError **error)
{
  PnOrganisation *organisation = data;

  return pn_organisation_save (db, organisation, FALSE, error)
         && pn_organisation_place (db, 1, organisation->id, error);
}

static gboolean
save_organisation_body (PnDb *db, gpointer data, GError **error)
{
  return pn_organisation_save (db, data, FALSE, error);
}

/* A person is placed in an organisation; its level changes. */
static void
test_organisation (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnOrganisation) acme = pn_organisation_new ("Acme");
  g_autoptr (PnPolicy) gold = pn_policy_new ("gold");
  g_autoptr (PnPolicy) common = NULL;
  g_autoptr (GError) error = NULL;
  gint64 person_id = 0;
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  g_assert_true (pn_person_for_address (db, "ada@acme.example", "Ada", &person_id, &error));
  g_assert_cmpint (person_id, ==, 1);
  gold->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_NORMAL] = 5;
  g_ptr_array_add (gold->levels, g_strdup ("gold"));
  g_assert_true (pn_sla_save (db, gold, 0, 0, NULL));
  common = add_policy (db, "common", 60, 600);
  id = open_ticket (db, add_queue (db, "mill"));
  run_chores (db);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, common->id);
  g_free (acme->service_level);
  acme->service_level = g_strdup ("gold");
  g_assert_true (pn_db_run (db, place_body, acme, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (run_chores (db), >, 0);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, gold->id);
  g_free (acme->service_level);
  acme->service_level = g_strdup ("silver");
  g_assert_true (pn_db_run (db, save_organisation_body, acme, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (run_chores (db), >, 0);
  g_assert_cmpint (state_of (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, common->id);
}

typedef struct {
  gint64 id;
  gint64 into_id;
} Union;

static gboolean
merge_body (PnDb *db, gpointer data, GError **error)
{
  const Union *both = data;

  return pn_ticket_merge (db, both->id, both->into_id, AGENT, error);
}

static gboolean
unmerge_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_unmerge (db, ((const Union *) data)->id, AGENT, error);
}

/* Merging is no solving; what was asked there is asked here from then on. */
static void
test_merge (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  gint64 person_id, queue_id;
  Union both;
  PnDeadline row;

  if (db == NULL)
    return;
  g_assert_true (pn_person_for_address (db, "ada@acme.example", "Ada", &person_id, &error));
  queue_id = add_queue (db, "mill");
  policy = add_policy (db, "common", 60, 600);
  both = (Union){ open_ticket (db, queue_id), open_ticket (db, queue_id) };
  customer_writes (db, both.id);
  run_chores (db);
  g_assert_true (pn_db_run (db, merge_body, &both, &error));
  pn_assert_no_error (error);
  run_chores (db);
  g_assert_cmpint (state_of (db, both.id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_DROPPED);
  g_assert_cmpint (state_of (db, both.id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_DROPPED);
  g_assert_cmpint (state_of (db, both.into_id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  agent_answers (db, both.into_id);
  run_chores (db);
  g_assert_cmpint (state_of (db, both.into_id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_MET);
  g_assert_true (pn_db_run (db, unmerge_body, &both, &error));
  pn_assert_no_error (error);
  run_chores (db);
  g_assert_cmpint (state_of (db, both.id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_DROPPED);
  g_assert_cmpint (state_of (db, both.id, PN_METRIC_RESOLUTION, 2, &row), ==, PN_DEADLINE_RUNNING);
}

/* What happens to the ticket next, to it and to the history that is expected of it. */
static void
live_on (PnDb *db, gint64 id, PnSlaHistory *expected)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, id, NULL);
  const PnStatus status = (PnStatus) g_random_int_range (0, PN_STATUS_COUNT);
  const PnPriority priority = (PnPriority) g_random_int_range (0, PN_PRIORITY_COUNT);
  Work tag = { .ticket_id = id, .tag = "vip" };

  switch (g_random_int_range (0, 6)) {
  case 0:
  case 1:
    customer_writes (db, id);
    pn_sla_history_add (expected, now, PN_SLA_CUSTOMER, 0, NULL);
    if (ticket->status != PN_STATUS_NEW && ticket->status != PN_STATUS_OPEN)
      pn_sla_history_add (expected, now, PN_SLA_STATUS, PN_STATUS_OPEN, NULL);
    break;
  case 2:
    agent_answers (db, id);
    pn_sla_history_add (expected, now, PN_SLA_ANSWER, 0, NULL);
    if (ticket->status == PN_STATUS_NEW)
      pn_sla_history_add (expected, now, PN_SLA_STATUS, PN_STATUS_OPEN, NULL);
    break;
  case 3:
    change (db, id, (int) status, -1);
    if (status != ticket->status)
      pn_sla_history_add (expected, now, PN_SLA_STATUS, status, NULL);
    break;
  case 4:
    change (db, id, -1, (int) priority);
    if (priority != ticket->priority)
      pn_sla_history_add (expected, now, PN_SLA_PRIORITY, priority, NULL);
    break;
  default:
    g_assert_true (pn_db_run (db, tag_body, &tag, NULL));
    pn_sla_history_add (expected, now, PN_SLA_TAG, 0, "vip");
    break;
  }
}

static gboolean
is_near (PnTime a, PnTime b)
{
  return ABS (a - b) < 30 * PN_SECOND && (a == 0) == (b == 0);
}

/* Steps are ten minutes and more, and the machine may take half a minute for each. */
static void
assert_as_expected (PnDb *db, const PnSlaBook *book, gint64 id, const PnSlaHistory *expected)
{
  g_autoptr (GArray) wanted = pn_sla_compute (book, expected);
  g_autoptr (GArray) rows = pn_deadline_of_ticket (db, id, NULL);

  g_assert_cmpuint (rows->len, ==, wanted->len);
  for (guint i = 0; i < MIN (rows->len, wanted->len); i++) {
    const PnDeadline *row = &g_array_index (rows, PnDeadline, i);
    const PnDeadline *want = &g_array_index (wanted, PnDeadline, i);

    g_assert_cmpint (row->metric, ==, want->metric);
    g_assert_cmpint (row->round, ==, want->round);
    g_assert_cmpint (row->state, ==, want->state);
    g_assert_cmpint (row->policy_id, ==, want->policy_id);
    g_assert_cmpint (row->target, ==, want->target);
    g_assert_true (is_near (row->start_at, want->start_at));
    g_assert_true (is_near (row->due_at, want->due_at));
    g_assert_true (is_near (row->paused_at, want->paused_at));
    g_assert_true (is_near (row->done_at, want->done_at));
  }
}

/* Tickets live as they do in a house; what is stored is what the clock makes of the history that was lived. */
static void
test_lives (void)
{
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) vip = pn_policy_new ("vip");
  g_autoptr (PnPolicy) common = NULL;
  g_autoptr (PnSlaBook) book = NULL;
  const guint lives = g_strcmp0 (g_getenv ("DEEP"), "1") == 0 ? 300 : 12;
  const PnTime real = pn_clock_now ();
  PnTime now = real;
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "mill");
  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    for (int p = 0; p < PN_PRIORITY_COUNT; p++)
      vip->minutes[m][p] = 15 + 50 * p + 35 * m;
  }
  g_ptr_array_add (vip->tags, g_strdup ("vip"));
  g_assert_true (pn_sla_save (db, vip, 0, 0, NULL));
  common = add_policy (db, "common", 65, 605);
  for (guint i = 0; i < lives; i++) {
    g_autoptr (PnSlaHistory) expected = pn_sla_history_new ();
    const gint64 id = open_ticket (db, queue_id);
    const int steps = g_random_int_range (1, 12);

    expected->opened_at = pn_clock_now ();
    expected->queue_id = queue_id;
    for (int step = 0; step < steps; step++) {
      now += g_random_int_range (1, 40) * 10 * PN_MINUTE;
      pn_clock_set_database_now (now);
      live_on (db, id, expected);
      if (g_random_boolean ())
        run_chores (db);
    }
    run_chores (db);
    g_clear_pointer (&book, pn_sla_book_free);
    book = pn_sla_book_load (db, NULL);
    assert_as_expected (db, book, id, expected);
  }
  pn_clock_set_database_now (real);
}

/* 1,000 of @rows are due; the others are due much later. */
static const char fill_sql[] =
    "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version, calendar_id,"
    " priority, target, start_at, soon_at, due_at, counted)"
    " SELECT seq, 0, 1, 0, 1, 1, 1, 1, 60000000, 0, 1000000000 + seq,"
    " IF(seq <= 1000, 1000000000 + seq, 9000000000 + seq), 0"
    " FROM seq_1_to_1000000"
    " WHERE seq <= ?";

/* Sweeps as whoever fires does, in portions. Returns: rows that the database read for it. */
static gint64
sweep (PnDb *db, gint64 rows)
{
  PnDeadline last = { 0 };
  PnTestCost before, after;
  gint64 started, took;
  guint seen = 0;

  g_assert_true (pn_db_exec (db, fill_sql, PN_ARGS (pn_int (rows)), NULL, NULL));
  before = pn_test_cost (db);
  started = g_get_monotonic_time ();
  for (;;) {
    g_autoptr (GArray) page = pn_deadline_due (db, 1000001000, seen > 0 ? &last : NULL, 100, NULL);

    g_assert_nonnull (page);
    if (page->len == 0)
      break;
    for (guint i = 0; i < page->len; i++) {
      const PnDeadline *each = &g_array_index (page, PnDeadline, i);

      g_assert_cmpint (each->due_at, >, last.due_at);
      last = *each;
    }
    seen += page->len;
  }
  took = g_get_monotonic_time () - started;
  after = pn_test_cost (db);
  g_assert_cmpuint (seen, ==, 1000);
  g_test_message ("1000 due of %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT
                  " rows read, %" G_GINT64_FORMAT " us",
                  rows, after.rows_read - before.rows_read, took);
  return after.rows_read - before.rows_read;
}

/* A sweep costs as much as what is due, however many deadlines there are. */
static void
test_due (void)
{
  const gint64 many = g_strcmp0 (g_getenv ("DEEP"), "1") == 0 ? 1000000 : 50000;
  PnDb *db = open_empty ();
  gint64 few_cost;

  if (db == NULL)
    return;
  few_cost = sweep (db, 10000);
  g_assert_cmpint (few_cost, <, 1500);
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT ticket_id FROM deadline FORCE INDEX (deadline_due)"
                        " WHERE state = 0 AND due_at > 0 AND due_at <= 1000000250"
                        " ORDER BY due_at, ticket_id, metric, round LIMIT 100",
                        PN_NO_ARGS, "deadline_due");
  db = open_empty ();
  g_assert_true (pn_db_set_patience (db, 600, NULL));
  g_assert_cmpint (sweep (db, many) * 10, <=, few_cost * 13);
}

/* Each ticket is computed in a transaction of its own, so nobody waits longer than for one. */
static void
test_recompute (void)
{
  const gboolean is_deep = g_strcmp0 (g_getenv ("DEEP"), "1") == 0;
  PnDb *db = open_empty ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnSlaJob) job = NULL;
  const guint tickets = is_deep ? 3000 : 120;
  gint64 longest = 0;
  gint64 queue_id;
  gboolean has_changed;
  g_autoptr (PnSlaBook) book = NULL;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "mill");
  for (guint i = 0; i < tickets; i++)
    open_ticket (db, queue_id);
  policy = add_policy (db, "common", 60, 600);
  run_chores (db);
  g_assert_true (pn_sla_job_newest (db, &job, NULL));
  g_assert_cmpint (job->tickets, ==, tickets);
  g_assert_cmpint (job->last_id, ==, tickets);
  g_assert_cmpint (job->finished_at, !=, 0);
  book = pn_sla_book_load (db, NULL);
  for (gint64 id = 1; id <= (gint64) tickets; id++) {
    const gint64 started = g_get_monotonic_time ();

    g_assert_true (pn_deadline_refresh_now (db, book, id, &has_changed, NULL));
    g_assert_false (has_changed);
    longest = MAX (longest, g_get_monotonic_time () - started);
  }
  g_test_message ("the longest transaction of %u took %" G_GINT64_FORMAT " us", tickets, longest);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/deadline/life", test_life);
  g_test_add_func ("/deadline/policy-changes", test_policy_changes);
  g_test_add_func ("/deadline/calendar-changes", test_calendar_changes);
  g_test_add_func ("/deadline/match-is-recorded", test_match_is_recorded);
  g_test_add_func ("/deadline/refused", test_refused);
  g_test_add_func ("/deadline/what-counts", test_what_counts);
  g_test_add_func ("/deadline/organisation", test_organisation);
  g_test_add_func ("/deadline/merge", test_merge);
  g_test_add_func ("/deadline/lives", test_lives);
  g_test_add_func ("/deadline/due", test_due);
  g_test_add_func ("/deadline/recompute", test_recompute);
  return g_test_run ();
}
