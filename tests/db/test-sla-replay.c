/* Policies tried on past tickets: what comes of it is exact, whoever works at it and whoever dies of it. */
#include "ticketing/sla_replay.h"

#include "tests/db/promise.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

#define TICKETS 130 /* three portions */

static PnReplayers replayers; /* set once, in main () */

static gint64
order (PnDb *db, const PnPolicy *policy, const GArray *queues)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (pn_sla_replay_add (db, policy, queues, 1, PN_PROMISE_AGENT_ID, &id, &error));
  pn_assert_no_error (error);
  return id;
}

static guint
work (PnDb *db, const PnReplayers *all)
{
  g_autoptr (GError) error = NULL;
  guint done = 0;

  g_assert_true (pn_replay_work (db, all, 0, &done, &error));
  pn_assert_no_error (error);
  return done;
}

static PnReplay *
finish (PnDb *db, gint64 id)
{
  PnReplay *replay;

  while (work (db, &replayers) > 0)
    ;
  replay = pn_replay_load (db, id, NULL);
  g_assert_nonnull (replay);
  return replay;
}

/* The number at @path of a document, with "/" between keys and places. */
static gint64
at (json_t *document, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  json_t *value = document;

  for (guint i = 0; parts[i] != NULL; i++)
    value = json_is_array (value)
                ? json_array_get (value, (gsize) g_ascii_strtoull (parts[i], NULL, 10))
                : json_object_get (value, parts[i]);
  if (value == NULL)
    g_test_message ("there is no %s", path);
  g_assert_nonnull (value);
  return json_integer_value (value);
}

static json_t *
write_document (PnDb *db, const PnReplay *replay)
{
  g_autoptr (GError) error = NULL;
  json_t *document = pn_sla_replay_write (db, replay, NULL, 50, &error);

  pn_assert_no_error (error);
  return document;
}

static gint64
count (PnDb *db, const char *sql)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, NULL);

  g_assert_true (rows != NULL && pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

static PnPolicy *
add_policy (PnDb *db, const char *name, int resolution, gboolean is_enabled)
{
  PnPolicy *policy = pn_policy_new (name);

  for (int p = 0; p < PN_PRIORITY_COUNT; p++)
    policy->minutes[PN_METRIC_RESOLUTION][p] = resolution;
  policy->is_enabled = is_enabled;
  g_assert_true (pn_sla_save (db, policy, 0, PN_PROMISE_AGENT_ID, NULL));
  return policy;
}

/* One was solved within an hour, one within two, one is open for three days; one is in another queue. */
typedef struct {
  gint64 mill;
  gint64 soon;
  gint64 late;
  gint64 open;
  gint64 other;
} Past;

static Past
make_past (PnDb *db)
{
  Past past = { .mill = pn_promise_add_queue (db, "mill") };

  past.open = pn_promise_open_ticket (db, past.mill);
  pn_clock_set_database_now (pn_clock_now () + 2 * PN_DAY);
  past.soon = pn_promise_open_ticket (db, past.mill);
  past.late = pn_promise_open_ticket (db, past.mill);
  past.other = pn_promise_open_ticket (db, pn_promise_add_queue (db, "loom"));
  pn_promise_change (db, past.late, -1, PN_PRIORITY_URGENT);
  pn_clock_set_database_now (pn_clock_now () + 30 * PN_MINUTE);
  pn_promise_change (db, past.soon, PN_STATUS_SOLVED, -1);
  pn_clock_set_database_now (pn_clock_now () + PN_HOUR);
  pn_promise_change (db, past.late, PN_STATUS_SOLVED, -1);
  pn_promise_change (db, past.other, PN_STATUS_SOLVED, -1);
  pn_clock_set_database_now (pn_clock_now () + PN_DAY);
  return past;
}

/* A policy that is off: nothing without it; with it two are kept or missed and the open one is late. */
static void
test_without_and_with (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (json_t) document = NULL;
  const json_t *first;
  gint64 events;
  Past past;

  if (db == NULL)
    return;
  past = make_past (db);
  policy = add_policy (db, "hour", 60, FALSE);
  g_array_append_val (policy->queues, past.mill);
  g_assert_true (pn_sla_save (db, policy, 0, PN_PROMISE_AGENT_ID, NULL));
  events = count (db, "SELECT COUNT(*) FROM event");
  replay = finish (db, order (db, policy, NULL));
  g_assert_cmpint (replay->state, ==, PN_REPLAY_DONE);
  g_assert_cmpint (replay->tickets, ==, 4);
  g_assert_cmpint (replay->matched, ==, 3);
  g_assert_cmpint (replay->changed, ==, 3);
  document = write_document (db, replay);
  g_assert_cmpint (at (document, "metrics/3/without/met"), ==, 0);
  g_assert_cmpint (at (document, "metrics/3/with/met"), ==, 1);
  g_assert_cmpint (at (document, "metrics/3/with/missed"), ==, 1);
  g_assert_cmpint (at (document, "metrics/3/with/running"), ==, 1);
  g_assert_cmpint (at (document, "metrics/3/with/late"), ==, 1);
  g_assert_cmpint (at (document, "metrics/3/changed"), ==, 3);
  g_assert_cmpint (at (document, "metrics/3/priorities/0/with/missed"), ==, 1); /* urgent */
  g_assert_cmpint (at (document, "metrics/3/priorities/1/with/met"), ==, 1);    /* normal */
  g_assert_cmpint (json_array_size (json_object_get (document, "hits")), ==, 3);
  g_assert_cmpint (at (document, "hits/2/ticket"), ==, past.soon); /* kept promises weigh least */
  first = json_array_get (
      json_object_get (json_array_get (json_object_get (document, "hits"), 0), "changes"), 0);
  g_assert_cmpstr (pn_json_get_text (first, "reason"), ==, "new_promise");
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM deadline"), ==, 0);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM event"), ==, events);
}

/* A change of one that is on: as it is, and as it would be. What is stored meanwhile counts for nothing. */
static void
test_change (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnPolicy) draft = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (json_t) document = NULL;
  Past past;
  gint64 id;

  if (db == NULL)
    return;
  past = make_past (db);
  policy = add_policy (db, "hour", 60, TRUE);
  draft = pn_sla_load (db, policy->id, NULL);
  draft->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_URGENT] = 120;
  id = order (db, draft, NULL);
  policy->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_URGENT] = 1;
  g_assert_true (pn_sla_save (db, policy, 0, PN_PROMISE_AGENT_ID, NULL));
  replay = finish (db, id);
  document = write_document (db, replay);
  g_assert_true (
      json_is_true (json_object_get (json_object_get (document, "replay"), "is_change")));
  g_assert_cmpint (replay->changed, ==, 1);
  g_assert_cmpint (at (document, "hits/0/ticket"), ==, past.late);
  g_assert_cmpint (at (document, "hits/0/changes/0/shift_seconds"), ==, 3600);
  g_assert_cmpint (at (document, "metrics/3/priorities/0/without/missed"), ==, 1);
  g_assert_cmpint (at (document, "metrics/3/priorities/0/with/met"), ==, 1);
}

/* Whoever may see one queue only asks about no other. */
static void
test_queues (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) replay = NULL;
  Past past;

  if (db == NULL)
    return;
  past = make_past (db);
  g_array_append_val (queues, past.mill);
  policy = add_policy (db, "hour", 60, FALSE);
  replay = finish (db, order (db, policy, queues));
  g_assert_cmpint (replay->tickets, ==, 3);
  g_assert_true (pn_sla_replay_is_within (replay, NULL));
  g_assert_true (pn_sla_replay_is_within (replay, queues));
  g_assert_false (pn_sla_replay_is_within (replay, none));
}

static gboolean
die (PnDb *db, const PnReplay *replay, gpointer data, const PnTicket *ticket, PnReplayLook *seen,
     GError **error)
{
  pn_error_set (error, PN_ERROR_TEMPORARY, "it was killed");
  return FALSE;
}

/* One dies with a portion in its hands: others do the rest meanwhile, and that portion when its time is over. */
static void
test_death (void)
{
  PnDb *db = pn_promise_open ();
  PnReplayers mortal = replayers;
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) before = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (json_t) document = NULL;
  g_autoptr (GError) error = NULL;
  gint64 queue_id;
  gint64 id;
  guint done;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (int i = 0; i < TICKETS; i++)
    pn_promise_open_ticket (db, queue_id);
  policy = add_policy (db, "hour", 60, FALSE);
  id = order (db, policy, NULL);
  mortal.workers[PN_REPLAY_POLICY].look = die;
  g_assert_false (pn_replay_work (db, &mortal, 0, &done, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_TEMPORARY);
  before = finish (db, id);
  g_assert_cmpint (before->state, ==, PN_REPLAY_RUNNING);
  g_assert_cmpint (before->tickets, ==, TICKETS - PN_REPLAY_PORTION);
  pn_clock_set_database_now (pn_clock_now () + PN_REPLAY_LEASE);
  replay = finish (db, id);
  g_assert_cmpint (replay->state, ==, PN_REPLAY_DONE);
  g_assert_cmpint (replay->tickets, ==, TICKETS);
  g_assert_cmpint (replay->changed, ==, TICKETS);
  document = write_document (db, replay);
  g_assert_cmpint (at (document, "metrics/3/with/running"), ==, TICKETS);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM sla_replay_hit"), ==, TICKETS);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM replay_portion"), ==, 0);
}

static gpointer
work_beside (gpointer data)
{
  g_autoptr (PnDb) db = pn_db_open (pn_testdb_target (), NULL);
  guint *portions = data;

  while (work (db, &replayers) > 0)
    ++*portions;
  return NULL;
}

/* Two at once: every ticket is counted once. */
static void
test_two (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (json_t) document = NULL;
  GThread *thread;
  guint portions = 0;
  gint64 queue_id;
  gint64 id;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (int i = 0; i < TICKETS; i++)
    pn_promise_open_ticket (db, queue_id);
  policy = add_policy (db, "hour", 60, FALSE);
  id = order (db, policy, NULL);
  thread = g_thread_new ("other", work_beside, &portions);
  while (work (db, &replayers) > 0)
    ;
  g_thread_join (thread);
  replay = finish (db, id);
  g_assert_cmpint (replay->state, ==, PN_REPLAY_DONE);
  g_assert_cmpint (replay->tickets, ==, TICKETS);
  document = write_document (db, replay);
  g_assert_cmpint (at (document, "metrics/3/with/running"), ==, TICKETS);
}

static void
test_cancel (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (GError) error = NULL;
  gint64 queue_id;
  gint64 id;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (int i = 0; i < TICKETS; i++)
    pn_promise_open_ticket (db, queue_id);
  policy = add_policy (db, "hour", 60, FALSE);
  id = order (db, policy, NULL);
  g_assert_cmpuint (work (db, &replayers), >, 0);
  g_assert_true (pn_replay_cancel (db, id, &error));
  g_assert_cmpuint (work (db, &replayers), ==, 0);
  replay = pn_replay_load (db, id, &error);
  g_assert_cmpint (replay->state, ==, PN_REPLAY_CANCELLED);
  g_assert_cmpint (replay->tickets, >, 0);
  g_assert_cmpint (replay->finished_at, !=, 0);
  g_assert_false (pn_replay_cancel (db, id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
}

/* Those that change most are kept, and go with the replay. */
static void
test_cut (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (db == NULL)
    return;
  make_past (db);
  policy = add_policy (db, "hour", 60, FALSE);
  id = order (db, policy, NULL);
  g_assert_true (pn_db_exec (db,
                             "INSERT INTO sla_replay_hit (replay_id, ticket_id, weight, changes)"
                             " SELECT ?, 1000 + seq, 25000000000, '[]' FROM seq_1_to_999",
                             PN_ARGS (pn_int (id)), NULL, &error));
  replay = finish (db, id);
  g_assert_cmpint (replay->changed, ==, 4);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM sla_replay_hit"), ==, PN_SLA_REPLAY_HITS_MAX);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM sla_replay_hit WHERE ticket_id < 1000"), ==, 3);
  g_assert_cmpint (count (db, "SELECT MIN(ticket_id) FROM sla_replay_hit WHERE ticket_id > 1000"),
                   ==, 1003);
  pn_clock_set_database_now (pn_clock_now () + 31 * PN_DAY);
  for (int i = 0; i < 3; i++)
    g_assert_true (pn_replay_sweep (db, &replayers, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM sla_replay_hit"), ==, 0);
  g_assert_null (pn_replay_load (db, id, NULL));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  replayers.workers[PN_REPLAY_POLICY] = pn_sla_replay_worker;
  g_test_add_func ("/sla-replay/without-and-with", test_without_and_with);
  g_test_add_func ("/sla-replay/change", test_change);
  g_test_add_func ("/sla-replay/queues", test_queues);
  g_test_add_func ("/sla-replay/death", test_death);
  g_test_add_func ("/sla-replay/two", test_two);
  g_test_add_func ("/sla-replay/cancel", test_cancel);
  g_test_add_func ("/sla-replay/cut", test_cut);
  return g_test_run ();
}
