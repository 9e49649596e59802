#include "ticketing/sla_job.h"

#include "ticketing/deadline_private.h"

#include "tests/db/promise.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/db_private.h"

#define TICKETS 60

/* With no time a portion is one ticket; with all of it portions double. The longest lock is kept. */
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
  for (guint wanted = 1; wanted <= 16; wanted *= 2) {
    g_assert_true (pn_sla_job_work (db, PN_HOUR, &done, &error));
    g_assert_cmpuint (done, ==, wanted);
  }
  g_assert_true (pn_sla_job_work (db, PN_HOUR, &done, &error));
  g_assert_cmpuint (done, ==, TICKETS - 3 - 31);
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

/* What the open transaction of a connection has locked by reading or writing, as the database counts it: it looks once in 0.1 s. */
static const char locks_sql[] = "SELECT trx_rows_locked + trx_rows_modified"
                                " FROM information_schema.innodb_trx"
                                " WHERE trx_mysql_thread_id = CONNECTION_ID()";

#define LOOKED_AGAIN (150 * PN_MILLISECOND)
#define ROWS_LOCKED_MAX (3 * PN_DEADLINE_AT_ONCE + 8)

static gint64
count_rows (PnDb *db)
{
  g_autoptr (PnRows) rows = NULL;

  g_usleep (LOOKED_AGAIN);
  rows = pn_db_query (db, locks_sql, PN_NO_ARGS, NULL);
  return rows != NULL && pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
}

typedef struct {
  PnDeadlineWork work;
  gint64 before; /* rows that are locked when all that is left to send is one message */
  gint64 rows;   /* and by that */
} Watch;

static gboolean
watch_body (PnDb *db, gpointer data, GError **error)
{
  Watch *watch = data;

  if (!pn_deadline_work_body (db, &watch->work, error))
    return FALSE;
  watch->before = count_rows (db);
  if (!pn_db_settle (db, NULL, error))
    return FALSE;
  watch->rows = count_rows (db);
  return TRUE;
}

/* Computes a ticket, a transaction at a time. Returns: how many rows one of them locked at the most. */
static gint64
count_locks (PnDb *db, gint64 ticket_id, guint *transactions)
{
  g_autoptr (PnSlaBook) book = pn_sla_book_load (db, NULL);
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  Watch watch = { { book, ticket_id, FALSE, changed, FALSE, FALSE }, 0, 0 };
  g_autoptr (GError) error = NULL;
  gint64 most = 0;

  *transactions = 0;
  do {
    g_assert_true (pn_db_run (db, watch_body, &watch, &error));
    pn_assert_no_error (error);
    g_test_message ("ticket %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT " rows", ticket_id,
                    watch.rows);
    g_assert_cmpint (watch.before, ==, 0);
    most = MAX (most, watch.rows);
    ++*transactions;
  } while (!watch.work.is_all);
  return most;
}

static gboolean
mark_body (PnDb *db, gpointer data, GError **error)
{
  return pn_deadline_mark (db, *(const gint64 *) data, error);
}

/* A transaction locks a few rows of its own ticket, however many tickets there are and however long their past is; and all of
 * them in its last message: what is read, also what ladders need, is read before. */
static void
test_locks (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  gint64 queue_id;
  gint64 old;
  guint transactions;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  policy = pn_promise_add_policy (db, "common", 60, 600);
  for (int i = 0; i < TICKETS; i++)
    pn_promise_open_ticket (db, queue_id);
  old = pn_promise_open_ticket (db, queue_id);
  for (int i = 0; i < 40; i++) {
    pn_clock_set_database_now (pn_clock_now () + PN_MINUTE);
    pn_promise_change (db, old, i % 2 == 0 ? PN_STATUS_SOLVED : PN_STATUS_OPEN, -1);
  }
  g_assert_cmpint (count_locks (db, 1, &transactions), <=, 12);
  g_assert_cmpuint (transactions, ==, 1);
  g_assert_cmpint (count_locks (db, TICKETS / 2, &transactions), <=, 12);
  g_assert_cmpint (count_locks (db, old, &transactions), <=, ROWS_LOCKED_MAX);
  g_assert_cmpuint (transactions, ==, 2); /* 21 rounds */
  g_assert_cmpint (count_locks (db, old, &transactions), ==, 0);
  g_assert_true (pn_db_run (db, mark_body, &old, &error));
  g_assert_cmpint (count_locks (db, old, &transactions), <=, 3); /* nothing changes: its marks */
}

/* What this connection has sent. */
static const char sent_sql[] =
    "SELECT CAST(VARIABLE_VALUE AS INTEGER) FROM information_schema.SESSION_STATUS"
    " WHERE VARIABLE_NAME = 'QUESTIONS'";

typedef struct {
  PnDeadlineWork work;
  gint64 sent; /* when the body returned */
} Sending;

static gint64
count_sent (PnDb *db)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sent_sql, PN_NO_ARGS, NULL);

  return rows != NULL && pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
}

static gboolean
sending_body (PnDb *db, gpointer data, GError **error)
{
  Sending *sending = data;

  if (!pn_deadline_work_body (db, &sending->work, error))
    return FALSE;
  sending->sent = count_sent (db);
  return TRUE;
}

/* All rows of a ticket, also where deadlines and steps of several kinds are written, and COMMIT go in one message: nothing
 * is asked or sent while they are locked. Each transaction has one ticket. */
static void
test_one_message (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnSlaBook) book = NULL;
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  g_autoptr (GError) error = NULL;
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  policy = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  book = pn_sla_book_load (db, &error);
  for (int i = 0; i < 3; i++) {
    Sending sending = { { book, id, FALSE, changed, FALSE, FALSE }, 0 };
    /* both counts are statements; what is prepared counts when it is run */
    g_assert_true (pn_db_run (db, sending_body, &sending, &error));
    pn_assert_no_error (error);
    g_assert_true (sending.work.has_locked);
    g_assert_cmpint (count_sent (db) - sending.sent, ==, 2);
    pn_clock_set_database_now (pn_clock_now () + PN_MINUTE);
    pn_promise_change (db, id, i == 0 ? PN_STATUS_SOLVED : PN_STATUS_OPEN, -1);
  }
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, PN_DEADLINE_MET);
}

/* A ticket that stays as it is locks nothing. */
static void
test_idle (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnSlaBook) book = NULL;
  g_autoptr (GError) error = NULL;
  PnDeadlineCost cost;
  gint64 id;

  if (db == NULL)
    return;
  policy = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  book = pn_sla_book_load (db, &error);
  g_assert_true (pn_deadline_refresh_now (db, book, id, &cost, &error));
  g_assert_true (cost.has_changed);
  g_assert_cmpint (cost.held, >, 0);
  g_assert_true (pn_deadline_refresh_now (db, book, id, &cost, &error));
  g_assert_false (cost.has_changed);
  g_assert_cmpint (cost.held, ==, 0);
  pn_assert_no_error (error);
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
  g_test_message ("%" G_GINT64_FORMAT " tickets computed anew: the longest lock was held %.1f"
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
  g_test_add_func ("/sla-job/locks", test_locks);
  g_test_add_func ("/sla-job/one-message", test_one_message);
  g_test_add_func ("/sla-job/idle", test_idle);
  g_test_add_func ("/sla-job/neighbour", test_neighbour);
  g_test_add_func ("/sla-job/then", test_then);
  return g_test_run ();
}
