/* Figures beside plain SQL over the same rows: promises by policy, priority and organisation, satisfaction, reopened tickets,
 * answers, durations in calendar and business time, by every dimension, packed and not. */
#include "ticketing/report.h"

#include <math.h>

#include "ticketing/fact.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define FROM "2025-10-13"
#define TO "2025-11-16"
#define TICKETS 9000 /* three segments */

static void
run (PnDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (db, sql, PN_NO_ARGS, NULL, &error);
  pn_assert_no_error (error);
}

/* Seventy days around the span; a fifth is never solved, a tenth has no organisation, no policy or no agent. */
static void
fill (PnDb *db)
{
  guint done;

  run (db, "DELETE FROM ticket_fact");
  run (
      db,
      "INSERT INTO ticket_fact (ticket_id, created_at, responded_at, first_solved_at, solved_at,"
      " queue_id, agent_id, team_id, organisation_id, person_id, policy_id, channel, priority,"
      " status, response_seconds, response_business_seconds, solve_seconds,"
      " solve_business_seconds, reopens, answers, questions)"
      " SELECT n, c * 1000000, (c + r) * 1000000, IF(n MOD 5 = 0, NULL, (c + s) * 1000000),"
      " IF(n MOD 5 = 0, NULL, (c + s) * 1000000), 1 + n MOD 3, NULLIF(n MOD 7, 0), NULLIF(n MOD 4, 0),"
      " NULLIF(n MOD 11, 0), n, NULLIF(n MOD 3, 0), n MOD 6, n MOD 4, IF(n MOD 5 = 0, 1, 5), r,"
      " r DIV 3, IF(n MOD 5 = 0, NULL, s), IF(n MOD 5 = 0, NULL, s DIV 4), n MOD 9 = 0, n MOD 4, 2"
      " FROM (SELECT seq AS n, 1759000000 + FLOOR(RAND(7) * 6048000) AS c,"
      " FLOOR(RAND(8) * 90000) AS r, FLOOR(RAND(9) * 600000) AS s FROM seq_1_to_9000) x");
  run (
      db,
      "UPDATE ticket_fact SET asked_at = solved_at, scored_at = IF(ticket_id MOD 2 = 0, solved_at + 5000000, NULL),"
      " score = IF(ticket_id MOD 2 = 0, 1 + ticket_id MOD 3, NULL)"
      " WHERE ticket_id MOD 6 < 4 AND solved_at IS NOT NULL");
  run (db,
       "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version,"
       " calendar_id, priority, target, start_at, due_at, done_at)"
       " SELECT ticket_id, m.seq, 0, 2, 1 + (ticket_id + m.seq) MOD 5, 1, 1, priority, 1,"
       " created_at, created_at + (20000 + m.seq * 50000) * 1000000,"
       " IF(ticket_id MOD 13 = 0, NULL, created_at + (response_seconds + m.seq * 45000) * 1000000)"
       " FROM ticket_fact JOIN seq_0_to_3 m");
  run (db, "INSERT INTO fact_dirty (segment, changes) SELECT DISTINCT ticket_id DIV 4096, 1"
           " FROM ticket_fact");
  g_assert_true (pn_fact_pack (db, 2, &done, NULL));
}

/* A column of a report in plain SQL; %s stands for "_business" or nothing. */
typedef struct {
  const char *report;
  guint column;
  const char *date;
  const char *value; /* an aggregate; NULL: quantiles of @of */
  const char *of;
  guint share; /* in thousandths */
  gboolean is_of_deadlines;
} Plain;

#define SOLVED "t.solved_at"
#define SCORED "t.scored_at"
#define DONE "d.done_at DIV 1000000"
#define DUE "d.due_at DIV 1000000"
#define KEPT(m) "SUM(d.metric = " m " AND d.done_at IS NOT NULL AND " DONE " <= " DUE ")"
#define MISSED(m) "SUM(d.metric = " m " AND (d.done_at IS NULL OR " DONE " > " DUE "))"

static const Plain plain[] = {
  { "volume", 0, "t.created_at", "COUNT(*)", NULL, 0, FALSE },
  { "volume", 1, SOLVED, "COUNT(*)", NULL, 0, FALSE },
  { "first-response", 0, "t.responded_at", "COUNT(*)", NULL, 0, FALSE },
  { "first-response", 1, "t.responded_at", NULL, "t.response%s_seconds", 500, FALSE },
  { "first-response", 3, "t.responded_at", NULL, "t.response%s_seconds", 950, FALSE },
  { "resolution", 2, SOLVED, NULL, "t.solve%s_seconds", 900, FALSE },
  { "resolution", 4, SOLVED, "AVG(t.solve%s_seconds)", NULL, 0, FALSE },
  { "replies", 1, SOLVED, "SUM(t.answers)", NULL, 0, FALSE },
  { "replies", 2, SOLVED, "AVG(t.answers)", NULL, 0, FALSE },
  { "replies", 5, SOLVED, "AVG(t.answers = 1)", NULL, 0, FALSE },
  { "reopened", 1, "t.first_solved_at", "SUM(t.reopens > 0)", NULL, 0, FALSE },
  { "reopened", 2, "t.first_solved_at", "AVG(t.reopens > 0)", NULL, 0, FALSE },
  { "sla", 0, "d.due_at", KEPT ("0"), NULL, 0, TRUE },
  { "sla", 1, "d.due_at", MISSED ("0"), NULL, 0, TRUE },
  { "sla", 3, "d.due_at", KEPT ("1"), NULL, 0, TRUE },
  { "sla", 4, "d.due_at", MISSED ("1"), NULL, 0, TRUE },
  { "sla", 6, "d.due_at", KEPT ("2"), NULL, 0, TRUE },
  { "sla", 9, "d.due_at", KEPT ("3"), NULL, 0, TRUE },
  { "sla", 10, "d.due_at", MISSED ("3"), NULL, 0, TRUE },
  { "sla", 11, "d.due_at", KEPT ("3") " / SUM(d.metric = 3)", NULL, 0, TRUE },
  { "satisfaction", 0, "t.asked_at", "COUNT(*)", NULL, 0, FALSE },
  { "satisfaction", 1, SCORED, "COUNT(*)", NULL, 0, FALSE },
  { "satisfaction", 2, SCORED, "SUM(t.score = 3)", NULL, 0, FALSE },
  { "satisfaction", 4, SCORED, "SUM(t.score = 1)", NULL, 0, FALSE },
  { "satisfaction", 5, SCORED, "AVG(t.score = 3)", NULL, 0, FALSE },
};

static const struct {
  PnReportBy by;
  const char *key;
  const char *key_of_deadlines;
} ways[] = {
  { PN_BY_QUEUE, "t.queue_id", NULL },
  { PN_BY_AGENT, "t.agent_id", NULL },
  { PN_BY_TEAM, "t.team_id", NULL },
  { PN_BY_ORGANISATION, "t.organisation_id", NULL },
  { PN_BY_POLICY, "t.policy_id", "d.policy_id" },
  { PN_BY_CHANNEL, "t.channel", NULL },
  { PN_BY_PRIORITY, "t.priority", NULL },
};

/* Returns: (owned) key to value as text, the plain way. Each text column is written with nine digits. */
static GHashTable *
count_plain (PnDb *db, const Plain *column, const char *key, gboolean is_business,
             const PnReport *report)
{
  const char *suffix = is_business ? "_business" : "";
  g_autoptr (GString) of = g_string_new (column->value != NULL ? column->value : column->of);
  g_autofree char *value = NULL;
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = NULL;
  GHashTable *values = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  g_string_replace (of, "%s", suffix, 0);
  value = column->value != NULL ? g_strdup (of->str) : g_strdup_printf ("(SELECT 1)");
  sql = g_strdup_printf (
      column->value != NULL
          ? "SELECT CAST(COALESCE(%1$s, 0) AS SIGNED), CAST(CAST(%2$s AS DECIMAL(30, 9)) AS CHAR) FROM %3$s"
            " WHERE %4$s >= ? AND %4$s < ? GROUP BY 1"
          : "SELECT DISTINCT CAST(COALESCE(%1$s, 0) AS SIGNED), CAST(PERCENTILE_DISC(%5$s)"
            " WITHIN GROUP (ORDER BY %6$s) OVER (PARTITION BY COALESCE(%1$s, 0)) AS CHAR), %2$s FROM %3$s"
            " WHERE %4$s >= ? AND %4$s < ?",
      key, value,
      column->is_of_deadlines ? "deadline d JOIN ticket_fact t ON t.ticket_id = d.ticket_id"
                              : "ticket_fact t",
      column->date,
      column->share == 500   ? "0.5"
      : column->share == 900 ? "0.9"
                             : "0.95",
      of->str);
  rows = pn_db_query_built (
      db, sql, PN_ARGS (pn_int (report->from * PN_SECOND), pn_int (report->to * PN_SECOND)),
      &error);
  pn_assert_no_error (error);
  while (pn_rows_next (rows))
    g_hash_table_insert (values, GUINT_TO_POINTER ((guint) pn_rows_int (rows, 0)),
                         g_strdup (pn_rows_text (rows, 1)));
  return values;
}

static void
check_column (PnDb *db, const Plain *column, const char *key, gboolean is_business,
              const PnReport *report)
{
  g_autoptr (GHashTable) values = count_plain (db, column, key, is_business, report);
  guint found = 0;

  for (guint i = 0; i < report->rows->len; i++) {
    const PnReportRow *row = report->rows->pdata[i];
    const char *text = g_hash_table_lookup (values, GUINT_TO_POINTER (row->key));
    const double got = row->value[column->column];
    const double right = text != NULL ? g_ascii_strtod (text, NULL) : 0;

    found += text != NULL ? 1 : 0;
    if (text != NULL ? !(fabs (got - right) <= 1e-6) : !(isnan (got) || got == 0)) {
      g_test_message ("%s.%s by %s, key %u: %f, SQL says %s", report->name,
                      report->column[column->column].name, pn_report_by_name (report->by), row->key,
                      got, text != NULL ? text : "nothing");
      g_test_fail ();
    }
  }
  g_assert_cmpuint (found, ==, g_hash_table_size (values));
}

static void
test_plain (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  fill (db);
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (ways); j++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (PnReportRequest) request = pn_report_request_new (plain[i].report, "Europe/Rome");
      g_autoptr (PnReport) report = NULL;
      const gboolean is_own = plain[i].is_of_deadlines && ways[j].key_of_deadlines != NULL;

      g_free (request->from);
      request->from = g_strdup (FROM);
      g_free (request->to);
      request->to = g_strdup (TO);
      request->by = ways[j].by;
      request->is_business = (i + j) % 2 == 0;
      report = pn_report_run (db, request, &error);
      pn_assert_no_error (error);
      g_assert_true (report->is_exact);
      check_column (db, &plain[i], is_own ? ways[j].key_of_deadlines : ways[j].key,
                    request->is_business, report);
    }
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/figures-plain/all", test_plain);
  return g_test_run ();
}
