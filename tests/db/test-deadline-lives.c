#include "ticketing/deadline.h"

#include "tests/db/promise.h"
#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/person.h"
#include "ticketing/sla_job.h"
#include "ticketing/ticket_merge.h"

typedef struct {
  gint64 id;
  gint64 into_id;
} Union;

static gboolean
merge_body (PnDb *db, gpointer data, GError **error)
{
  const Union *both = data;

  return pn_ticket_merge (db, both->id, both->into_id, PN_PROMISE_AGENT, error);
}

static gboolean
unmerge_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_unmerge (db, ((const Union *) data)->id, PN_PROMISE_AGENT, error);
}

/* Merging is no solving; what was asked there is asked here from then on. */
static void
test_merge (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  gint64 person_id, queue_id;
  Union both;
  PnDeadline row;

  if (db == NULL)
    return;
  g_assert_true (pn_person_for_address (db, "ada@acme.example", "Ada", &person_id, &error));
  queue_id = pn_promise_add_queue (db, "mill");
  policy = pn_promise_add_policy (db, "common", 60, 600);
  both = (Union){ pn_promise_open_ticket (db, queue_id), pn_promise_open_ticket (db, queue_id) };
  pn_promise_ask (db, both.id);
  pn_promise_run_chores (db);
  g_assert_true (pn_db_run (db, merge_body, &both, &error));
  pn_assert_no_error (error);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, both.id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_DROPPED);
  g_assert_cmpint (pn_promise_state (db, both.id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_DROPPED);
  g_assert_cmpint (pn_promise_state (db, both.into_id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  pn_promise_answer (db, both.into_id);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, both.into_id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_MET);
  g_assert_true (pn_db_run (db, unmerge_body, &both, &error));
  pn_assert_no_error (error);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, both.id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_DROPPED);
  g_assert_cmpint (pn_promise_state (db, both.id, PN_METRIC_RESOLUTION, 2, &row), ==,
                   PN_DEADLINE_RUNNING);
}

/* What happens to the ticket next, to it and to the history that is expected of it. */
static void
live_on (PnDb *db, gint64 id, PnSlaHistory *expected)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, id, NULL);
  const PnStatus status = (PnStatus) g_random_int_range (0, PN_STATUS_COUNT);
  const PnPriority priority = (PnPriority) g_random_int_range (0, PN_PRIORITY_COUNT);
  PnPromiseWork tag = { .ticket_id = id, .tag = "vip" };

  switch (g_random_int_range (0, 6)) {
  case 0:
  case 1:
    pn_promise_ask (db, id);
    pn_sla_history_add (expected, now, PN_SLA_CUSTOMER, 0, NULL);
    if (ticket->status != PN_STATUS_NEW && ticket->status != PN_STATUS_OPEN)
      pn_sla_history_add (expected, now, PN_SLA_STATUS, PN_STATUS_OPEN, NULL);
    break;
  case 2:
    pn_promise_answer (db, id);
    pn_sla_history_add (expected, now, PN_SLA_ANSWER, 0, NULL);
    if (ticket->status == PN_STATUS_NEW)
      pn_sla_history_add (expected, now, PN_SLA_STATUS, PN_STATUS_OPEN, NULL);
    break;
  case 3:
    pn_promise_change (db, id, (int) status, -1);
    if (status != ticket->status)
      pn_sla_history_add (expected, now, PN_SLA_STATUS, status, NULL);
    break;
  case 4:
    pn_promise_change (db, id, -1, (int) priority);
    if (priority != ticket->priority)
      pn_sla_history_add (expected, now, PN_SLA_PRIORITY, priority, NULL);
    break;
  default:
    g_assert_true (pn_db_run (db, pn_promise_tag, &tag, NULL));
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
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) vip = pn_policy_new ("vip");
  g_autoptr (PnPolicy) common = NULL;
  g_autoptr (PnSlaBook) book = NULL;
  const guint lives = g_strcmp0 (g_getenv ("DEEP"), "1") == 0 ? 300 : 12;
  const PnTime real = pn_clock_now ();
  PnTime now = real;
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    for (int p = 0; p < PN_PRIORITY_COUNT; p++)
      vip->minutes[m][p] = 15 + 50 * p + 30 * m; /* never due at a step */
  }
  g_ptr_array_add (vip->tags, g_strdup ("vip"));
  g_assert_true (pn_sla_save (db, vip, 0, 0, NULL));
  common = pn_promise_add_policy (db, "common", 65, 605);
  for (guint i = 0; i < lives; i++) {
    g_autoptr (PnSlaHistory) expected = pn_sla_history_new ();
    const gint64 id = pn_promise_open_ticket (db, queue_id);
    const int steps = g_random_int_range (1, 12);

    expected->opened_at = pn_clock_now ();
    expected->queue_id = queue_id;
    for (int step = 0; step < steps; step++) {
      now += g_random_int_range (1, 40) * 10 * PN_MINUTE;
      pn_clock_set_database_now (now);
      live_on (db, id, expected);
      if (g_random_boolean ())
        pn_promise_run_chores (db);
    }
    pn_promise_run_chores (db);
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
  PnDb *db = pn_promise_open ();
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
  db = pn_promise_open ();
  g_assert_true (pn_db_set_patience (db, 600, NULL));
  g_assert_cmpint (sweep (db, many) * 10, <=, few_cost * 13);
}

/* Each ticket is computed in a transaction of its own, so nobody waits longer than for one. */
static void
test_recompute (void)
{
  const gboolean is_deep = g_strcmp0 (g_getenv ("DEEP"), "1") == 0;
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnSlaJob) job = NULL;
  const guint tickets = is_deep ? 3000 : 120;
  gint64 longest = 0;
  gint64 queue_id;
  PnDeadlineCost cost;
  g_autoptr (PnSlaBook) book = NULL;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (guint i = 0; i < tickets; i++)
    pn_promise_open_ticket (db, queue_id);
  policy = pn_promise_add_policy (db, "common", 60, 600);
  pn_promise_run_chores (db);
  g_assert_true (pn_sla_job_newest (db, &job, NULL));
  g_assert_cmpint (job->tickets, ==, tickets);
  g_assert_cmpint (job->last_id, ==, tickets);
  g_assert_cmpint (job->finished_at, !=, 0);
  book = pn_sla_book_load (db, NULL);
  for (gint64 id = 1; id <= (gint64) tickets; id++) {
    const gint64 started = g_get_monotonic_time ();

    g_assert_true (pn_deadline_refresh_now (db, book, id, &cost, NULL));
    g_assert_false (cost.has_changed);
    longest = MAX (longest, g_get_monotonic_time () - started);
  }
  g_test_message ("the longest transaction of %u took %" G_GINT64_FORMAT " us", tickets, longest);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/deadline/merge", test_merge);
  g_test_add_func ("/deadline/lives", test_lives);
  g_test_add_func ("/deadline/due", test_due);
  g_test_add_func ("/deadline/recompute", test_recompute);
  return g_test_run ();
}
