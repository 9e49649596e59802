#include "tests/db/promise.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/queue.h"
#include "ticketing/sla_job.h"

static const char *const clear_sqls[] = {
  "TRUNCATE TABLE deadline",
  "TRUNCATE TABLE sla_mark",
  "TRUNCATE TABLE sla_match",
  "TRUNCATE TABLE sla_policy",
  "TRUNCATE TABLE sla_version",
  "TRUNCATE TABLE sla_job",
  "TRUNCATE TABLE replay",
  "TRUNCATE TABLE replay_portion",
  "TRUNCATE TABLE sla_replay_hit",
  "TRUNCATE TABLE sla_replay_tally",
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

PnDb *
pn_promise_open (void)
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

gint64
pn_promise_add_queue (PnDb *db, const char *name)
{
  g_autoptr (PnQueue) queue = pn_queue_new (name);

  g_assert_true (pn_queue_save (db, queue, NULL));
  return queue->id;
}

PnPolicy *
pn_promise_add_policy (PnDb *db, const char *name, int first, int resolution)
{
  PnPolicy *policy = pn_policy_new (name);
  g_autoptr (GError) error = NULL;

  for (int p = 0; p < PN_PRIORITY_COUNT; p++) {
    policy->minutes[PN_METRIC_FIRST_RESPONSE][p] = first;
    policy->minutes[PN_METRIC_RESOLUTION][p] = resolution;
  }
  g_assert_true (pn_sla_save (db, policy, 0, PN_PROMISE_AGENT_ID, &error));
  pn_assert_no_error (error);
  return policy;
}

static gboolean
open_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_open (db, data, PN_ACTOR_IS_SYSTEM, "A test wrote.", error);
}

gint64
pn_promise_open_ticket (PnDb *db, gint64 queue_id)
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

gboolean
pn_promise_message (PnDb *db, gpointer data, GError **error)
{
  PnPromiseWork *work = data;
  g_autoptr (PnMessage) message = pn_message_new ();

  message->ticket_id = work->ticket_id;
  message->direction = work->direction;
  message->kind = work->kind;
  message->agent_id = work->agent_id;
  message->text = g_strdup ("x");
  if (!pn_message_add (db, message, error)
      || !pn_ticket_touch (db, work->ticket_id, work->touch, NULL, PN_PROMISE_AGENT, NULL, error))
    return FALSE;
  work->message_id = message->id;
  return TRUE;
}

void
pn_promise_ask (PnDb *db, gint64 ticket_id)
{
  PnPromiseWork work = { .ticket_id = ticket_id,
                         .direction = PN_DIRECTION_IN,
                         .touch = PN_TOUCH_CUSTOMER };

  g_assert_true (pn_db_run (db, pn_promise_message, &work, NULL));
}

gint64
pn_promise_answer (PnDb *db, gint64 ticket_id)
{
  PnPromiseWork work = { .ticket_id = ticket_id,
                         .direction = PN_DIRECTION_OUT,
                         .agent_id = PN_PROMISE_AGENT_ID,
                         .touch = PN_TOUCH_AGENT };

  g_assert_true (pn_db_run (db, pn_promise_message, &work, NULL));
  return work.message_id;
}

static gboolean
change_body (PnDb *db, gpointer data, GError **error)
{
  PnPromiseWork *work = data;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, work->ticket_id, error);

  return ticket != NULL && pn_ticket_change (db, ticket, &work->change, PN_PROMISE_AGENT, error);
}

void
pn_promise_change (PnDb *db, gint64 ticket_id, int status, int priority)
{
  PnPromiseWork work = { .ticket_id = ticket_id, .change = PN_TICKET_CHANGE_NONE };

  work.change.status = status;
  work.change.priority = priority;
  g_assert_true (pn_db_run (db, change_body, &work, NULL));
}

gboolean
pn_promise_tag (PnDb *db, gpointer data, GError **error)
{
  const PnPromiseWork *work = data;

  return pn_ticket_tag (db, work->ticket_id, work->tag, TRUE, PN_PROMISE_AGENT, error);
}

guint
pn_promise_run_chores (PnDb *db)
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
    g_assert_true (pn_sla_job_work (db, PN_SECOND, &done, &error));
    pn_assert_no_error (error);
  }
  return all;
}

int
pn_promise_state (PnDb *db, gint64 ticket_id, PnMetric metric, int round, PnDeadline *deadline)
{
  g_autoptr (GError) error = NULL;

  if (!pn_deadline_load (db, ticket_id, metric, round, deadline, &error)) {
    g_assert_error (error, PN_ERROR, PN_ERROR_NOT_FOUND);
    return -1;
  }
  return (int) deadline->state;
}
