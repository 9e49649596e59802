/* Reports over many tickets: how long each takes, beside a plain count of the same rows by the database.
 *
 *   tests/bench/figures [TICKETS]       100,000 without an argument; DEEP=1: 1,000,000
 */
#include "ticketing/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define ROUNDS 100
#define PATIENCE (4 * G_USEC_PER_SEC)

static void
run (PnDb *db, const char *sql, gint64 n)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (db, sql, PN_ARGS (pn_int (n)), NULL, &error);
  pn_assert_no_error (error);
}

/* Two years of tickets; most are answered and solved, with waits from minutes to days. */
static void
fill (PnDb *db, gint64 n)
{
  run (
      db,
      "INSERT INTO ticket_fact (ticket_id, created_at, responded_at, first_solved_at, solved_at,"
      " queue_id, agent_id, team_id, organisation_id, person_id, policy_id, channel, priority,"
      " status, response_seconds, response_business_seconds, solve_seconds,"
      " solve_business_seconds, reopens, answers, questions)"
      " SELECT seq, (1700000000 + seq * 63072000 DIV n.n) * 1000000,"
      " (1700000000 + seq * 63072000 DIV n.n + seq * 7919 MOD 90000) * 1000000,"
      " IF(seq MOD 20 = 0, NULL, (1700000000 + seq * 63072000 DIV n.n + seq * 7907 MOD 600000) * 1000000),"
      " IF(seq MOD 20 = 0, NULL, (1700000000 + seq * 63072000 DIV n.n + seq * 7907 MOD 600000) * 1000000),"
      " 1 + seq MOD 10, 1 + seq MOD 40, 1 + seq MOD 6, 1 + seq MOD 500, 1 + seq MOD 50000,"
      " 1 + seq MOD 4, seq MOD 6, seq MOD 4, IF(seq MOD 20 = 0, 1, 5), seq * 7919 MOD 90000,"
      " seq * 7919 MOD 30000, IF(seq MOD 20 = 0, NULL, seq * 7907 MOD 600000),"
      " IF(seq MOD 20 = 0, NULL, seq * 7907 MOD 200000), seq MOD 15 = 0, 1 + seq MOD 4, 2"
      " FROM (SELECT ? AS n) n JOIN seq_1_to_10000000 WHERE seq <= n.n",
      n);
  run (db,
       "INSERT INTO answer_fact (message_id, ticket_id, answered_at, waited_since, wait_seconds,"
       " wait_business_seconds, agent_id, is_first)"
       " SELECT ticket_id, ticket_id, responded_at, created_at, response_seconds,"
       " response_business_seconds, agent_id, 1 FROM ticket_fact WHERE ticket_id <= ?",
       n);
  run (
      db,
      "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version, calendar_id,"
      " priority, target, start_at, due_at, done_at)"
      " SELECT ticket_id, 0, 0, IF(response_seconds > 60000, 3, 2), policy_id, 1, 1, priority,"
      " 60000000000, created_at, created_at + 60000000000, responded_at"
      " FROM ticket_fact WHERE ticket_id <= ?",
      n);
  run (
      db,
      "UPDATE ticket_fact SET asked_at = solved_at, scored_at = solved_at, score = 1 + ticket_id MOD 3"
      " WHERE ticket_id <= ? AND ticket_id MOD 7 = 0 AND solved_at IS NOT NULL",
      n);
  run (db,
       "INSERT INTO fact_dirty (segment, changes) SELECT DISTINCT ticket_id DIV 4096, 1"
       " FROM ticket_fact WHERE ticket_id <= ?",
       n);
}

static void
pack (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  guint done;

  do {
    pn_fact_pack (db, 64, &done, &error);
    pn_assert_no_error (error);
  } while (done > 0);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* At most ROUNDS times, and not much longer than PATIENCE. */
static void
measure (PnDb *db, const char *name, PnReportBy by)
{
  gint64 took[ROUNDS];
  const clock_t cpu = clock ();
  const gint64 begin = g_get_monotonic_time ();
  double first = 0;
  guint n = 0;

  while (n < ROUNDS && (n < 5 || g_get_monotonic_time () - begin < PATIENCE)) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnReportRequest) request = pn_report_request_new (name, "Europe/Berlin");
    g_autoptr (PnReport) report = NULL;
    gint64 start = g_get_monotonic_time ();

    g_free (request->from);
    request->from = g_strdup ("2023-11-01");
    g_free (request->to);
    request->to = g_strdup ("2025-12-31");
    request->by = by;
    report = pn_report_run (db, request, &error);
    pn_assert_no_error (error);
    took[n++] = g_get_monotonic_time () - start;
    first = report->total.value[0];
  }
  qsort (took, n, sizeof *took, compare);
  printf (
      "%-16s by %-14s %10.0f  p50 %5.0f ms  p99 %5.0f ms  worst %5.0f ms  own work %4.0f ms  of %u\n",
      name, pn_report_by_name (by), first, took[n / 2] / 1000.0, took[(n * 99 - 1) / 100] / 1000.0,
      took[n - 1] / 1000.0, (double) (clock () - cpu) * 1000.0 / CLOCKS_PER_SEC / n, n);
  fflush (stdout);
}

/* The physical limit: the database looks at each row once, and nobody thinks. */
static void
measure_scan (PnDb *db)
{
  gint64 took[ROUNDS];
  guint n = 0;

  for (; n < 10; n++) {
    g_autoptr (GError) error = NULL;
    gint64 start = g_get_monotonic_time ();
    g_autoptr (PnRows) rows = pn_db_query (
        db, "SELECT COUNT(*) FROM ticket_fact WHERE solve_seconds >= 0", PN_NO_ARGS, &error);

    pn_assert_no_error (error);
    took[n] = g_get_monotonic_time () - start;
  }
  qsort (took, n, sizeof *took, compare);
  printf ("a bare COUNT over all rows: p50 %.0f ms, worst %.0f ms\n", took[n / 2] / 1e3,
          took[n - 1] / 1e3);
}

int
main (int argc, char **argv)
{
  static const PnReportBy ways[] = { PN_BY_QUEUE, PN_BY_ORGANISATION, PN_BY_DAY };
  g_autoptr (PnDb) db = NULL;
  gint64 n = g_getenv ("DEEP") != NULL ? 1000000 : 100000;
  gint64 start;

  pn_test_init (&argc, &argv);
  if (argc > 1)
    n = g_ascii_strtoll (argv[1], NULL, 10);
  db = pn_testdb_open ();
  if (db == NULL)
    return 77;
  fill (db, n);
  start = g_get_monotonic_time ();
  pack (db);
  printf ("%" G_GINT64_FORMAT " tickets packed in %.1f s\n", n,
          (g_get_monotonic_time () - start) / 1e6);
  for (const char *const *name = pn_report_names (); *name != NULL; name++) {
    for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
      measure (db, *name, ways[i]);
  }
  measure_scan (db);
  return 0;
}
