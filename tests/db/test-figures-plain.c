/* Figures beside plain SQL over the same rows: promises by policy, priority and organisation, satisfaction, reopened tickets,
 * answers, durations in calendar and business time, by every dimension, packed and not. */
#include "ticketing/report.h"

#include <math.h>

#include "ticketing/calendar.h"
#include "ticketing/fact.h"

#include "tests/db/histories.h"
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
  const gboolean is_deep = g_getenv ("DEEP") != NULL;
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

      if ((i + j) % 2 == 1 && !is_deep) /* a half of them in every run */
        continue;
      g_free (request->from);
      request->from = g_strdup (FROM);
      g_free (request->to);
      request->to = g_strdup (TO);
      request->by = ways[j].by;
      request->is_business = i % 4 < 2;
      report = pn_report_run (db, request, &error);
      pn_assert_no_error (error);
      g_assert_true (report->is_exact);
      check_column (db, &plain[i], is_own ? ways[j].key_of_deadlines : ways[j].key,
                    request->is_business, report);
    }
  }
}

/* Seconds from 9 to 17 o'clock of working days in Berlin, day by day; @to 0: none. */
static gint64
office_seconds (PnTime from, PnTime to)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (from / PN_SECOND);
  g_autoptr (GDateTime) first = g_date_time_to_timezone (utc, zone);
  gint64 sum = 0;

  for (int i = 0;; i++) {
    g_autoptr (GDateTime) day = g_date_time_add_days (first, i);
    const int year = g_date_time_get_year (day);
    const int month = g_date_time_get_month (day);
    const int number = g_date_time_get_day_of_month (day);
    g_autoptr (GDateTime) nine = g_date_time_new (zone, year, month, number, 9, 0, 0);
    g_autoptr (GDateTime) five = g_date_time_new (zone, year, month, number, 17, 0, 0);
    const PnTime begin = MAX (from, g_date_time_to_unix (nine) * PN_SECOND);
    const PnTime end = MIN (to, g_date_time_to_unix (five) * PN_SECOND);

    if (g_date_time_to_unix (nine) * PN_SECOND >= to)
      return sum / PN_SECOND;
    if (g_date_time_get_day_of_week (day) < 6 && end > begin)
      sum += end - begin;
  }
}

static gint64
add_office (PnDb *db)
{
  g_autoptr (PnCalendar) calendar = pn_calendar_new ("office");
  g_autoptr (GError) error = NULL;

  json_decref (calendar->document);
  calendar->document = json_loads (
      "{\"zone\":\"Europe/Berlin\",\"week\":{\"mon\":[[\"09:00\",\"17:00\"]],\"tue\":[[\"09:00\",\"17:00\"]],"
      "\"wed\":[[\"09:00\",\"17:00\"]],\"thu\":[[\"09:00\",\"17:00\"]],\"fri\":[[\"09:00\",\"17:00\"]]}}",
      0, NULL);
  pn_calendar_save (db, calendar, 0, 0, &error);
  pn_assert_no_error (error);
  return calendar->id;
}

/* A ticket with a policy has two durations, each right; one without has the same twice. */
static void
test_business (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GArray) world = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = NULL;
  guint different = 0;

  if (db == NULL)
    return;
  world = pn_histories_make (db);
  pn_db_exec (
      db,
      "INSERT INTO sla_policy (id, name, title, position, calendar_id, document, created_at,"
      " updated_at) VALUES (1, 'p', 'P', 1, ?, '{}', 1, 1)",
      PN_ARGS (pn_int (add_office (db))), NULL, &error);
  pn_assert_no_error (error);
  run (db, "INSERT INTO sla_match (ticket_id, policy_id, explanation, matched_at)"
           " SELECT id, 1, '[]', 1 FROM ticket WHERE id MOD 2 = 0");
  pn_histories_make_facts (db, 100);
  rows = pn_db_query (db,
                      "SELECT created_at, COALESCE(solved_at, 0), COALESCE(responded_at, 0),"
                      " COALESCE(policy_id, 0), COALESCE(solve_seconds, 0),"
                      " COALESCE(solve_business_seconds, 0), COALESCE(response_seconds, 0),"
                      " COALESCE(response_business_seconds, 0) FROM ticket_fact LIMIT 100000",
                      PN_NO_ARGS, &error);
  pn_assert_no_error (error);
  while (pn_rows_next (rows)) {
    const PnTime created = pn_rows_int (rows, 0);

    for (guint i = 0; i < 2; i++) {
      const PnTime end = pn_rows_int (rows, 1 + i);
      const gint64 calendar = end != 0 ? (end - created) / PN_SECOND : 0;
      const gint64 business =
          pn_rows_int (rows, 3) != 0 && end != 0 ? office_seconds (created, end) : calendar;

      g_assert_cmpint (pn_rows_int (rows, 4 + 2 * i), ==, calendar);
      g_assert_cmpint (pn_rows_int (rows, 5 + 2 * i), ==, business);
      different += calendar != business ? 1 : 0;
    }
  }
  g_assert_cmpuint (different, >, world->len / 4);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/figures-plain/all", test_plain);
  g_test_add_func ("/figures-plain/business", test_business);
  return g_test_run ();
}
