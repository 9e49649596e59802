#include "ticketing/sla_job.h"

#include "tests/db/promise.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define TICKETS 60

/* With all of the time a portion is as large as it may be, with none it is one ticket; the longest transaction is kept. */
static void
test_portions (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnSlaJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gint64 queue_id;
  guint done;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (int i = 0; i < TICKETS; i++)
    pn_promise_open_ticket (db, queue_id);
  policy = pn_promise_add_policy (db, "common", 60, 600);
  for (int i = 0; i < 3; i++) {
    g_assert_true (pn_sla_job_work (db, 0, &done, &error));
    g_assert_cmpuint (done, ==, 1);
  }
  g_assert_true (pn_sla_job_work (db, PN_HOUR, &done, &error));
  g_assert_cmpuint (done, ==, 50);
  g_assert_true (pn_sla_job_work (db, PN_HOUR, &done, &error));
  g_assert_cmpuint (done, ==, TICKETS - 53);
  g_assert_true (pn_sla_job_work (db, PN_HOUR, &done, &error));
  g_assert_cmpuint (done, ==, 0);
  g_assert_true (pn_sla_job_newest (db, &job, &error));
  g_assert_cmpint (job->tickets, ==, TICKETS);
  g_assert_cmpint (job->changed, ==, TICKETS);
  g_assert_cmpint (job->finished_at, !=, 0);
  g_assert_cmpint (job->longest, >, 0);
  pn_assert_no_error (error);
}

typedef struct {
  gint is_over; /* atomic */
  gint64 n_tickets;
  gint64 changes;
  gint64 longest; /* microseconds that a change took */
} Neighbour;

static gboolean
change_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *id = data;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, *id, error);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (ticket == NULL)
    return FALSE;
  change.priority = ticket->priority == PN_PRIORITY_LOW ? PN_PRIORITY_HIGH : PN_PRIORITY_LOW;
  return pn_ticket_change (db, ticket, &change, PN_PROMISE_AGENT, error);
}

/* Somebody who works on the same tickets. */
static gpointer
work_beside (gpointer data)
{
  Neighbour *neighbour = data;
  g_autoptr (PnDb) db = pn_db_open (pn_testdb_target (), NULL);

  do {
    gint64 id = 1 + neighbour->changes % neighbour->n_tickets;
    const gint64 begun = g_get_monotonic_time ();
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_db_run (db, change_body, &id, &error));
    pn_assert_no_error (error);
    neighbour->longest = MAX (neighbour->longest, g_get_monotonic_time () - begun);
    neighbour->changes++;
  } while (!g_atomic_int_get (&neighbour->is_over));
  return NULL;
}

/* While all tickets are computed anew others change them; each lock is that of one ticket. */
static void
test_neighbour (void)
{
  const gint64 n_tickets = g_strcmp0 (g_getenv ("DEEP"), "1") == 0 ? 5000 : TICKETS;
  PnDb *db = pn_promise_open ();
  Neighbour neighbour = { .n_tickets = n_tickets };
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnSlaJob) job = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;
  gint64 queue_id;
  guint done = 1;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  for (gint64 i = 0; i < n_tickets; i++)
    g_assert_cmpint (pn_promise_open_ticket (db, queue_id), ==, i + 1);
  policy = pn_promise_add_policy (db, "common", 60, 600);
  thread = g_thread_new ("neighbour", work_beside, &neighbour);
  while (done > 0) {
    g_assert_true (pn_sla_job_work (db, PN_SLA_JOB_BUDGET, &done, &error));
    pn_assert_no_error (error);
  }
  g_atomic_int_set (&neighbour.is_over, 1);
  g_thread_join (thread);
  g_assert_true (pn_sla_job_newest (db, &job, &error));
  g_assert_cmpint (job->tickets, ==, n_tickets);
  g_assert_cmpint (neighbour.changes, >, 0);
  g_test_message ("%" G_GINT64_FORMAT " tickets computed anew: the longest transaction took %.1f"
                  " ms, the longest of %" G_GINT64_FORMAT " changes beside it %.1f ms",
                  job->tickets, (double) job->longest / PN_MILLISECOND, neighbour.changes,
                  (double) neighbour.longest / PN_MILLISECOND);
}

static gint64
count_ledger (const GPtrArray *lines, PnLedgerKind kind)
{
  gint64 sum = 0;

  for (guint i = 0; i < lines->len; i++) {
    const PnLedgerLine *line = lines->pdata[i];

    sum += line->kind == kind ? line->to - line->from : 0;
  }
  return sum;
}

/* A round that is over shows what counted then, whatever its policy and calendar became. */
static void
test_then (void)
{
  static const char week[] = "{\"zone\":\"UTC\",\"week\":{},\"holidays\":[]}";
  PnDb *db = pn_promise_open ();
  g_autoptr (PnCalendar) calendar = pn_calendar_new ("house");
  g_autoptr (PnCalendar) always = NULL;
  g_autoptr (PnPolicy) policy = pn_policy_new ("common");
  g_autoptr (PnSlaHistory) history = NULL;
  g_autoptr (PnSlaBook) then = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;
  PnDeadline row;

  if (db == NULL)
    return;
  always = pn_calendar_load (db, PN_CALENDAR_ALWAYS, &error);
  json_decref (calendar->document);
  calendar->document = json_deep_copy (always->document);
  g_assert_true (pn_calendar_save (db, calendar, 0, 0, &error));
  policy->calendar_id = calendar->id;
  policy->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_NORMAL] = 60;
  g_assert_true (pn_sla_save (db, policy, 0, 0, &error));
  pn_assert_no_error (error);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  pn_clock_set_database_now (pn_clock_now () + 10 * PN_MINUTE);
  pn_promise_change (db, id, PN_STATUS_SOLVED, -1);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_MET);

  pn_clock_set_database_now (pn_clock_now () + PN_DAY);
  json_decref (calendar->document);
  calendar->document = json_loads (week, 0, NULL);
  g_assert_true (pn_calendar_save (db, calendar, 0, 0, &error));
  policy->calendar_id = PN_CALENDAR_ALWAYS;
  policy->pauses[PN_METRIC_RESOLUTION] = 1u << PN_STATUS_NEW;
  g_assert_true (pn_sla_save (db, policy, 0, 0, &error));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_MET);
  g_assert_cmpint (row.policy_version, ==, 1);

  history = pn_sla_history_load (db, id, &error);
  g_assert_true (pn_sla_book_load_then (db, &row, &then, &error));
  pn_assert_no_error (error);
  g_assert_nonnull (then);
  lines = pn_sla_ledger (then, history, &row, pn_clock_now ());
  g_assert_cmpint (count_ledger (lines, PN_LEDGER_COUNTED), ==, row.done_at - row.start_at);
  g_assert_cmpint (count_ledger (lines, PN_LEDGER_PAUSED), ==, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/sla-job/portions", test_portions);
  g_test_add_func ("/sla-job/neighbour", test_neighbour);
  g_test_add_func ("/sla-job/then", test_then);
  return g_test_run ();
}
