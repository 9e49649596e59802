#include "ticketing/deadline.h"

#include "tests/db/promise.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/form.h"
#include "ticketing/organisation.h"
#include "ticketing/person.h"
#include "ticketing/sla_job.h"

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
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  PnDeadline first, resolution;
  gint64 queue_id, id;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  policy = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, queue_id);
  pn_promise_ask (db, id);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &first), ==, -1);
  g_assert_cmpuint (pn_promise_run_chores (db), >, 0);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &first), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (first.due_at - first.start_at, ==, 60 * PN_MINUTE);
  g_assert_cmpint (first.soon_at - first.start_at, ==, 45 * PN_MINUTE);
  g_assert_cmpint (first.policy_id, ==, policy->id);
  g_assert_cmpint (pn_deadline_due_state (&first, first.start_at), ==, PN_DUE_FINE);
  g_assert_cmpint (pn_deadline_due_state (&first, first.soon_at), ==, PN_DUE_SOON);
  g_assert_cmpint (pn_deadline_due_state (&first, first.due_at + 1), ==, PN_DUE_OVER);
  g_assert_cmpint (count_of (db, "SELECT COUNT(*) FROM sla_mark"), ==, 0);
  g_assert_cmpuint (pn_promise_run_chores (db), ==, 0);

  pn_promise_change (db, id, PN_STATUS_WAITING, -1);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &resolution), ==,
                   PN_DEADLINE_PAUSED);
  g_assert_cmpint (resolution.due_at, ==, 0);
  g_assert_cmpint (resolution.gen, ==, 2);
  pn_promise_answer (db, id);
  pn_promise_change (db, id, PN_STATUS_SOLVED, -1);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &first), ==,
                   PN_DEADLINE_MET);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &resolution), ==,
                   PN_DEADLINE_MET);
  pn_promise_ask (db, id);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 2, &resolution), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &resolution), ==,
                   PN_DEADLINE_MET);
}

/* The rounds that were judged stay as they were; what runs follows the policy, the priority and the tags. */
static void
test_policy_changes (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnPolicy) vip = NULL;
  g_autoptr (PnSlaJob) job = NULL;
  PnPromiseWork tag = { .tag = "vip" };
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  policy = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  pn_promise_ask (db, id);
  pn_promise_answer (db, id);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_MET);

  policy->minutes[PN_METRIC_FIRST_RESPONSE][PN_PRIORITY_NORMAL] = 0;
  policy->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_NORMAL] = 300;
  policy->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_URGENT] = 30;
  g_assert_true (pn_sla_save (db, policy, policy->version, PN_PROMISE_AGENT_ID, NULL));
  g_assert_cmpuint (pn_promise_run_chores (db), >, 0);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_MET);
  g_assert_cmpint (row.target, ==, 60 * PN_MINUTE);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at - row.start_at, ==, 300 * PN_MINUTE);
  g_assert_cmpint (row.policy_version, ==, 2);
  g_assert_true (pn_sla_job_newest (db, &job, NULL));
  g_assert_nonnull (job);
  g_assert_cmpint (job->finished_at, !=, 0);
  g_assert_cmpint (job->tickets, ==, 1);
  g_assert_cmpint (job->changed, ==, 1);

  pn_promise_change (db, id, -1, PN_PRIORITY_URGENT);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at - row.start_at, ==, 30 * PN_MINUTE);

  vip = pn_policy_new ("vip");
  vip->minutes[PN_METRIC_RESOLUTION][PN_PRIORITY_URGENT] = 10;
  g_ptr_array_add (vip->tags, g_strdup ("vip"));
  g_assert_true (pn_sla_save (db, vip, 0, PN_PROMISE_AGENT_ID, NULL));
  g_assert_true (pn_sla_move (db, vip->id, -1, PN_PROMISE_AGENT_ID, NULL));
  tag.ticket_id = id;
  g_assert_true (pn_db_run (db, pn_promise_tag, &tag, NULL));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, vip->id);
  g_assert_cmpint (row.due_at - row.start_at, ==, 10 * PN_MINUTE);

  g_assert_true (pn_sla_remove (db, vip->id, PN_PROMISE_AGENT_ID, NULL));
  g_assert_true (pn_sla_remove (db, policy->id, PN_PROMISE_AGENT_ID, NULL));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==, -1);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_MET);
}

static void
test_match_is_recorded (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) billing = NULL;
  g_autoptr (PnPolicy) common = NULL;
  json_t *tries = NULL;
  PnTime at = 0;
  gint64 id;

  if (db == NULL)
    return;
  billing = pn_policy_new ("billing");
  id = pn_promise_add_queue (db, "billing");
  g_array_append_val (billing->queues, id);
  g_assert_true (pn_sla_save (db, billing, 0, 0, NULL));
  common = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  pn_promise_run_chores (db);
  g_assert_true (pn_deadline_match (db, id, &tries, &at, NULL));
  g_assert_nonnull (tries);
  g_assert_cmpint (at, !=, 0);
  g_assert_cmpuint (json_array_size (tries), ==, 2);
  g_assert_cmpstr (pn_json_get_text (json_array_get (tries, 0), "misfit"), ==, "queues");
  g_assert_true (json_is_true (json_object_get (json_array_get (tries, 1), "is_chosen")));
  json_decref (tries);
}

/* The person's organisation, the form and the language. Returns: the organisation. */
static gint64
describe (PnDb *db, gint64 ticket_id)
{
  g_autoptr (PnOrganisation) organisation = pn_organisation_new ("Mill & Sons");
  g_autoptr (json_t) form =
      json_pack ("{s:s, s:i, s:i, s:[]}", "form", "returns", "form_id", 3, "version", 1, "answers");
  g_autoptr (GError) error = NULL;

  g_free (organisation->service_level);
  organisation->service_level = g_strdup ("gold");
  g_assert_true (pn_organisation_save (db, organisation, FALSE, &error));
  g_assert_true (pn_db_exec (db,
                             "INSERT INTO organisation_person (person_id, organisation_id)"
                             " SELECT person_id, ? FROM ticket WHERE id = ?",
                             PN_ARGS (pn_int (organisation->id), pn_int (ticket_id)), NULL,
                             &error));
  g_assert_true (pn_db_exec (db, "UPDATE ticket SET language = 'de' WHERE id = ?",
                             PN_ARGS (pn_int (ticket_id)), NULL, &error));
  pn_promise_ask (db, ticket_id);
  g_assert_true (pn_db_exec (db, "UPDATE message SET channel = ? WHERE ticket_id = ?",
                             PN_ARGS (pn_int (PN_CHANNEL_FORM), pn_int (ticket_id)), NULL, &error));
  g_assert_true (pn_form_answer_add (db, 1, ticket_id, form, &error));
  pn_assert_no_error (error);
  return organisation->id;
}

/* @text: a policy, [QUEUE] and [ORGANISATION] in it are filled in. */
static PnPolicy *
add_policy (PnDb *db, const char *name, const char *text, gint64 queue_id, gint64 organisation_id)
{
  g_autofree char *queue = g_strdup_printf ("[%" G_GINT64_FORMAT "]", queue_id);
  g_autofree char *organisation = g_strdup_printf ("[%" G_GINT64_FORMAT "]", organisation_id);
  g_autoptr (GString) filled = g_string_new (text);
  PnPolicy *policy = pn_policy_new (name);
  json_t *document;
  g_autoptr (GError) error = NULL;

  g_string_replace (filled, "[QUEUE]", queue, 0);
  g_string_replace (filled, "[ORGANISATION]", organisation, 0);
  document = json_loads (filled->str, 0, NULL);
  g_assert_true (pn_policy_read (policy, document, &error));
  g_assert_true (pn_sla_save (db, policy, 0, 0, &error));
  pn_assert_no_error (error);
  json_decref (document);
  return policy;
}

/* A ticket of which everything is known that a policy may ask for; each dimension alone decides. */
static void
test_dimensions (void)
{
  static const struct {
    const char *name; /* what a misfit is called */
    const char *right;
    const char *wrong;
  } dimensions[] = {
    { "queues", "[QUEUE]", "[999]" },
    { "organisations", "[ORGANISATION]", "[999]" },
    { "levels", "[\"gold\"]", "[\"silver\"]" },
    { "tags", "[\"vip\"]", "[\"calm\"]" },
    { "forms", "[\"returns\"]", "[\"contact\"]" },
    { "languages", "[\"de\"]", "[\"en\"]" },
  };
  PnDb *db = pn_promise_open ();
  PnPromiseWork tag = { .tag = "vip" };
  gint64 queue_id, organisation_id;

  if (db == NULL)
    return;
  queue_id = pn_promise_add_queue (db, "mill");
  tag.ticket_id = pn_promise_open_ticket (db, queue_id);
  g_assert_true (pn_db_run (db, pn_promise_tag, &tag, NULL));
  organisation_id = describe (db, tag.ticket_id);
  for (gsize i = 0; i < G_N_ELEMENTS (dimensions); i++) {
    const char *const each[] = { dimensions[i].wrong, dimensions[i].right };
    g_autoptr (GPtrArray) policies =
        g_ptr_array_new_with_free_func ((GDestroyNotify) pn_policy_free);
    json_t *tries = NULL;
    PnTime at = 0;

    for (guint k = 0; k < G_N_ELEMENTS (each); k++) {
      g_autofree char *text = g_strdup_printf ("{\"targets\":{\"resolution\":{\"normal\":%u}},"
                                               "\"conditions\":{\"%s\":%s}}",
                                               10 + k, dimensions[i].name, each[k]);

      g_ptr_array_add (
          policies, add_policy (db, k == 0 ? "first" : "second", text, queue_id, organisation_id));
    }
    pn_promise_run_chores (db);
    g_test_message ("%s", dimensions[i].name);
    g_assert_true (pn_deadline_match (db, tag.ticket_id, &tries, &at, NULL));
    g_assert_cmpuint (json_array_size (tries), ==, 2);
    g_assert_cmpstr (pn_json_get_text (json_array_get (tries, 0), "misfit"), ==,
                     dimensions[i].name);
    g_assert_true (json_is_true (json_object_get (json_array_get (tries, 1), "is_chosen")));
    json_decref (tries);
    for (guint k = 0; k < policies->len; k++)
      g_assert_true (pn_sla_remove (db, ((PnPolicy *) policies->pdata[k])->id, 0, NULL));
  }
}

static void
test_refused (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (PnPolicy) twin = pn_policy_new ("common");
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  policy = pn_promise_add_policy (db, "common", 60, 600);
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
  PnDb *db = pn_promise_open ();
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
  policy = pn_promise_add_policy (db, "common", 60, 0);
  policy->calendar_id = calendar->id;
  g_assert_true (pn_sla_save (db, policy, 0, 0, NULL));
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  pn_promise_ask (db, id);
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
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
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.due_at - row.start_at, ==, 60 * PN_MINUTE);
  g_assert_false (pn_calendar_remove (db, calendar->id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
}

/* An answer that was taken back, a stranger's question, a machine's mail. */
static void
test_what_counts (void)
{
  PnDb *db = pn_promise_open ();
  g_autoptr (PnPolicy) policy = NULL;
  PnPromiseWork machine = { .direction = PN_DIRECTION_IN,
                            .kind = PN_MAIL_AUTO_REPLY,
                            .touch = PN_TOUCH_MACHINE };
  PnPromiseWork letter = { .direction = PN_DIRECTION_OUT, .touch = PN_TOUCH_MACHINE };
  PnDeadline row;
  gint64 id;

  if (db == NULL)
    return;
  policy = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  machine.ticket_id = letter.ticket_id = id;
  g_assert_true (pn_db_run (db, pn_promise_message, &machine, NULL));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==, -1);
  pn_promise_ask (db, id);
  g_assert_true (pn_db_run (db, pn_promise_message, &letter, NULL));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_true (pn_message_withdraw (db, pn_promise_answer (db, id), NULL));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_FIRST_RESPONSE, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
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
  PnDb *db = pn_promise_open ();
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
  common = pn_promise_add_policy (db, "common", 60, 600);
  id = pn_promise_open_ticket (db, pn_promise_add_queue (db, "mill"));
  pn_promise_run_chores (db);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, common->id);
  g_free (acme->service_level);
  acme->service_level = g_strdup ("gold");
  g_assert_true (pn_db_run (db, place_body, acme, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (pn_promise_run_chores (db), >, 0);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, gold->id);
  g_free (acme->service_level);
  acme->service_level = g_strdup ("silver");
  g_assert_true (pn_db_run (db, save_organisation_body, acme, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (pn_promise_run_chores (db), >, 0);
  g_assert_cmpint (pn_promise_state (db, id, PN_METRIC_RESOLUTION, 1, &row), ==,
                   PN_DEADLINE_RUNNING);
  g_assert_cmpint (row.policy_id, ==, common->id);
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
  g_test_add_func ("/deadline/dimensions", test_dimensions);
  g_test_add_func ("/deadline/refused", test_refused);
  g_test_add_func ("/deadline/what-counts", test_what_counts);
  g_test_add_func ("/deadline/organisation", test_organisation);
  return g_test_run ();
}
