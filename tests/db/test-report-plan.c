#include "ticketing/report_plan.h"

#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/fact.h"

#include "tests/db/world.h"
#include "tests/lib/test.h"

#define MONDAY_8 "2027-03-29T08:00:00Z" /* the day after summer time began in Berlin */

static PnTime
at (const char *text)
{
  g_autoptr (GError) error = NULL;
  PnTime time = 0;

  pn_clock_read (text, &time, &error);
  pn_assert_no_error (error);
  return time;
}

static void
test_times (void)
{
  static const struct {
    PnEvery every;
    int minute;
    const char *zone;
    const char *after;
    const char *next;
    const char *last; /* not behind @after */
    const char *from;
    const char *to; /* told of at @next */
  } cases[] = {
    { PN_EVERY_DAY, 480, "UTC", "2026-11-22T07:59:59Z", "2026-11-22T08:00:00Z",
      "2026-11-21T08:00:00Z", "2026-11-21", "2026-11-21" },
    { PN_EVERY_DAY, 480, "UTC", "2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z",
      "2026-11-22T08:00:00Z", "2026-11-22", "2026-11-22" },
    { PN_EVERY_WEEK, 0, "Europe/Berlin", "2026-11-22T12:00:00Z", "2026-11-22T23:00:00Z",
      "2026-11-15T23:00:00Z", "2026-11-16", "2026-11-22" },
    { PN_EVERY_WEEK, 420, "Europe/Berlin", "2027-03-22T12:00:00Z", "2027-03-29T05:00:00Z",
      "2027-03-22T06:00:00Z", "2027-03-22", "2027-03-28" },
    { PN_EVERY_MONTH, 420, "America/New_York", "2026-12-31T23:00:00Z", "2027-01-01T12:00:00Z",
      "2026-12-01T12:00:00Z", "2026-12-01", "2026-12-31" },
    { PN_EVERY_MONTH, 420, "UTC", "2028-02-10T00:00:00Z", "2028-03-01T07:00:00Z",
      "2028-02-01T07:00:00Z", "2028-02-01", "2028-02-29" },
    { PN_EVERY_DAY, 1439, "Pacific/Kiritimati", "2026-11-22T09:59:00Z", "2026-11-23T09:59:00Z",
      "2026-11-22T09:59:00Z", "2026-11-22", "2026-11-22" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnReportPlan) plan = pn_report_plan_new ("x");
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    plan->every = cases[i].every;
    plan->minute = cases[i].minute;
    g_free (plan->zone);
    plan->zone = g_strdup (cases[i].zone);
    g_assert_cmpint (pn_report_plan_next (plan, at (cases[i].after)), ==, at (cases[i].next));
    g_assert_cmpint (pn_report_plan_last (plan, at (cases[i].after)), ==, at (cases[i].last));
    pn_report_plan_days (plan, at (cases[i].next), &from, &to);
    g_assert_cmpstr (from, ==, cases[i].from);
    g_assert_cmpstr (to, ==, cases[i].to);
  }
}

/* A lead of the queue support with a plan for two readers: every day at 8:00 UTC. */
static PnReportPlan *
make_plan (PnWorld *world)
{
  g_autoptr (GError) error = NULL;
  PnReportPlan *plan = pn_report_plan_new ("daily");

  pn_agent_set_role (world->db, world->mill_id, PN_ROLE_LEAD, &error);
  pn_assert_no_error (error);
  plan->owner_id = world->mill_id;
  plan->every = PN_EVERY_DAY;
  plan->minute = 480;
  json_object_set_new (plan->words, "by", json_string ("queue"));
  g_ptr_array_add (plan->readers, g_strdup ("mill"));
  g_ptr_array_add (plan->readers, g_strdup ("babbage"));
  pn_report_plan_save (world->db, plan, &error);
  pn_assert_no_error (error);
  return plan;
}

static gint64
letters (PnWorld *world)
{
  return pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE letter = 'report'");
}

/* As the clerk does it, until nothing is due. Returns: how many plans were due. */
static guint
send_at (PnWorld *world, const char *time)
{
  guint sum = 0;
  guint done;

  pn_clock_set_database_now (at (time));
  do {
    g_autoptr (GError) error = NULL;

    pn_report_plan_send (world->db, &done, &error);
    pn_assert_no_error (error);
    sum += done;
  } while (done > 0);
  return sum;
}

static void
make_facts (PnWorld *world)
{
  g_autoptr (GError) error = NULL;
  guint done;

  do {
    pn_fact_rebuild_step (world->db, &done, &error);
    pn_assert_no_error (error);
  } while (done > 0);
  do {
    pn_fact_refresh (world->db, 1000, &done, &error);
    pn_assert_no_error (error);
  } while (done > 0);
}

/* Each period once: not before its time, not again, not when the hour is put later, once after days without a clerk. */
static void
test_once (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnReportPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  pn_clock_set_database_now (at ("2027-03-27T12:00:00Z"));
  plan = make_plan (world);
  g_assert_cmpuint (send_at (world, "2027-03-28T08:00:00Z"), ==, 0); /* facts are made first */
  make_facts (world);
  g_assert_cmpuint (send_at (world, "2027-03-28T07:59:00Z"), ==, 0);
  g_assert_cmpuint (send_at (world, "2027-03-28T08:00:00Z"), ==, 1);
  g_assert_cmpint (letters (world), ==, 2);
  g_assert_cmpuint (send_at (world, "2027-03-28T09:00:00Z"), ==, 0);
  plan->minute = 600;
  pn_report_plan_save (world->db, plan, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (send_at (world, "2027-03-28T10:00:00Z"), ==, 1);
  g_assert_cmpint (letters (world), ==, 2);
  g_assert_cmpuint (send_at (world, "2027-04-03T09:00:00Z"), ==, 1);
  g_assert_cmpint (letters (world), ==, 4);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM report_period WHERE period ="
                                          " '2027-04-01..2027-04-01'"),
                   ==, 1);
  g_assert_cmpuint (send_at (world, "2027-04-03T10:00:00Z"), ==, 1);
  g_assert_cmpint (letters (world), ==, 6);
  plan->is_enabled = FALSE;
  pn_report_plan_save (world->db, plan, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (send_at (world, "2027-04-09T10:00:00Z"), ==, 0);
}

static void
test_letter (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnReportPlan) plan = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  if (world == NULL)
    return;
  pn_clock_set_database_now (at (MONDAY_8));
  pn_world_ticket (world, "ada@customer.example", "one@customer.example");
  pn_world_ticket (world, "ada@customer.example", "two@customer.example");
  plan = make_plan (world);
  make_facts (world);
  pn_clock_set_database_now (at ("2027-03-30T07:00:00Z"));
  pn_report_plan_send_now (world->db, plan, &n, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (n, ==, 2);
  g_ptr_array_unref (pn_world_letters (world, 0));
  list = pn_outbox_list (world->db, -1, NULL, 0, 10, &error);
  pn_assert_no_error (error);
  for (guint i = 0; i < list->len && text == NULL; i++) {
    const PnLetterRow *row = list->pdata[i];

    if (strcmp (row->letter, "report") == 0)
      text = pn_world_letter_text (world, row);
  }
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, "Subject: Figures: daily, 2027-03-29\r\n"));
  g_assert_nonnull (strstr (text, "Auto-Submitted: auto-generated"));
  g_assert_nonnull (strstr (text, "\r\n  created: 2\r\n"));
  g_assert_nonnull (strstr (text, "daily 2027-03-29"));
  g_assert_nonnull (strstr (text, "text/csv"));
  g_assert_nonnull (strstr (text, "<table"));
}

/* What can't be sent says why; without an owner who may see figures it stops. */
static void
test_problems (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnReportPlan) plan = NULL;
  g_autoptr (PnReportPlan) loaded = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  if (world == NULL)
    return;
  pn_clock_set_database_now (at ("2027-03-27T12:00:00Z"));
  plan = make_plan (world);
  make_facts (world);
  for (guint i = 0; i < PN_REPORT_PLAN_HOURLY; i++) {
    pn_clock_set_database_now (at ("2027-03-27T12:00:00Z") + i * PN_SECOND);
    g_assert_true (pn_report_plan_send_now (world->db, plan, &n, NULL));
  }
  g_assert_false (pn_report_plan_send_now (world->db, plan, &n, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  pn_agent_set_role (world->db, world->mill_id, PN_ROLE_AGENT, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (send_at (world, "2027-03-28T08:00:00Z"), ==, 1);
  g_assert_cmpint (letters (world), ==, 2 * PN_REPORT_PLAN_HOURLY);
  loaded = pn_report_plan_load (world->db, plan->id, &error);
  pn_assert_no_error (error);
  g_assert_false (loaded->is_enabled);
  g_assert_nonnull (strstr (loaded->problem, "owner"));
  g_assert_cmpint (loaded->sent_at, ==, 0);
}

static void
test_refused (void)
{
  static const struct {
    const char *name;
    const char *report;
    const char *word;
    const char *value;
    int minute;
    const char *zone;
    const char *reader;
  } cases[] = {
    { "Big", "volume", "by", "day", 0, "UTC", "mill" },
    { "x", "gold", "by", "day", 0, "UTC", "mill" },
    { "x", "volume", "by", "gold", 0, "UTC", "mill" },
    { "x", "volume", "queue", "gold", 0, "UTC", "mill" },
    { "x", "volume", "by", "day", 1440, "UTC", "mill" },
    { "x", "volume", "by", "day", 0, "Moon/Base", "mill" },
    { "x", "volume", "by", "day", 0, "UTC", "boss@elsewhere.example" },
    { "x", "volume", "by", "day", 0, "UTC", NULL },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  for (gsize i = 0; world != NULL && i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnReportPlan) plan = pn_report_plan_new (cases[i].name);
    g_autoptr (GError) error = NULL;

    plan->owner_id = world->mill_id;
    plan->minute = cases[i].minute;
    g_free (plan->report);
    plan->report = g_strdup (cases[i].report);
    g_free (plan->zone);
    plan->zone = g_strdup (cases[i].zone);
    json_object_set_new (plan->words, cases[i].word, json_string (cases[i].value));
    if (cases[i].reader != NULL)
      g_ptr_array_add (plan->readers, g_strdup (cases[i].reader));
    g_assert_false (pn_report_plan_save (world->db, plan, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/report-plan/times", test_times);
  g_test_add_func ("/report-plan/once", test_once);
  g_test_add_func ("/report-plan/letter", test_letter);
  g_test_add_func ("/report-plan/problems", test_problems);
  g_test_add_func ("/report-plan/refused", test_refused);
  return g_test_run ();
}
