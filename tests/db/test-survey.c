#include "gateway/clerk/rules.h"
#include "gateway/clerk/survey.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/rule_store.h"
#include "ticketing/survey.h"

#include "tests/db/world.h"
#include "tests/lib/test.h"

#define ADA "ada@customer.example"

static gint64
open_ticket (PnWorld *world, const char *from, const char *mid, const char *headers)
{
  g_autoptr (PnDelivery) delivery =
      pn_world_file_mail (world, from, mid, headers, "The engine stops", mid);

  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  return delivery->ticket_id;
}

static void
turn_on (PnWorld *world, int pause_days)
{
  g_autoptr (GError) error = NULL;
  const PnSurveyQueue setting = { world->support_id, TRUE, 0, pause_days };

  pn_survey_queue_save (world->db, &setting, &error);
  pn_assert_no_error (error);
}

static void
ask (PnWorld *world)
{
  g_autoptr (GError) error = NULL;
  const PnSurveyClerk clerk = { world->db, world->key, "https://help.example" };
  guint done;

  pn_survey_round (&clerk, 100, &done, &error);
  pn_assert_no_error (error);
}

static PnSurvey *
survey_of (PnWorld *world, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  PnSurvey *survey = NULL;

  pn_survey_of_ticket (world->db, ticket_id, &survey, &error);
  pn_assert_no_error (error);
  return survey;
}

static void
assert_state (PnWorld *world, gint64 ticket_id, PnSurveyState state, const char *reason)
{
  g_autoptr (PnSurvey) survey = survey_of (world, ticket_id);

  g_assert_nonnull (survey);
  g_assert_cmpint (survey->state, ==, state);
  if (reason != NULL)
    g_assert_nonnull (strstr (survey->reason != NULL ? survey->reason : "", reason));
}

/* Off by default; once a ticket, however often it is solved; the letter's links are signed and it can be stopped. */
static void
test_asked (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket;
  gint64 second;

  if (world == NULL)
    return;
  ticket = open_ticket (world, ADA, "one@customer.example", PN_WORLD_PASS);
  pn_world_set_status (world, ticket, PN_STATUS_SOLVED);
  g_assert_null (survey_of (world, ticket));
  turn_on (world, 30);
  second = open_ticket (world, ADA, "two@customer.example", PN_WORLD_PASS);
  pn_world_set_status (world, second, PN_STATUS_SOLVED);
  assert_state (world, second, PN_SURVEY_WAITING, NULL);
  for (int i = 0; i < 3; i++) {
    ask (world);
    pn_world_set_status (world, second, PN_STATUS_OPEN);
    pn_world_set_status (world, second, PN_STATUS_SOLVED);
  }
  assert_state (world, second, PN_SURVEY_ASKED, NULL);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE letter = 'survey'"),
                   ==, 1);
  g_assert_cmpint (pn_world_events (world, second, PN_EVENT_ANSWER, "survey"), ==, 1);
}

static void
test_letter (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket;
  g_autoptr (GPtrArray) letters = NULL;
  gboolean is_found = FALSE;

  if (world == NULL)
    return;
  turn_on (world, 30);
  ticket = open_ticket (world, ADA, "one@customer.example", PN_WORLD_PASS);
  pn_world_set_status (world, ticket, PN_STATUS_SOLVED);
  ask (world);
  letters = pn_world_letters (world, ticket);
  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];
    g_autofree char *text = NULL;

    if (strcmp (row->letter, "survey") != 0)
      continue;
    is_found = TRUE;
    text = pn_world_letter_text (world, row);
    g_assert_nonnull (strstr (text, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    g_assert_nonnull (strstr (text, "Auto-Submitted: "));
    g_assert_nonnull (strstr (text, "https://help.example/rate/"));
    g_assert_null (strstr (text, "The engine stops"));
  }
  g_assert_true (is_found);
}

/* Opened again before it was asked: it waits for the next solution. */
static void
test_reopened (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket;

  if (world == NULL)
    return;
  turn_on (world, 30);
  ticket = open_ticket (world, ADA, "one@customer.example", PN_WORLD_PASS);
  pn_world_set_status (world, ticket, PN_STATUS_SOLVED);
  pn_world_set_status (world, ticket, PN_STATUS_OPEN);
  ask (world);
  ask (world);
  assert_state (world, ticket, PN_SURVEY_WAITING, NULL);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM survey WHERE due_at < 9e18"), ==,
                   0);
  pn_world_set_status (world, ticket, PN_STATUS_CLOSED);
  ask (world);
  assert_state (world, ticket, PN_SURVEY_ASKED, NULL);
}

/* Who is not asked, and why. */
static void
test_not_asked (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnSurvey) survey = NULL;
  gint64 first;
  gint64 second;
  gint64 robot;
  gint64 unverified;

  if (world == NULL)
    return;
  turn_on (world, 30);
  first = open_ticket (world, ADA, "one@customer.example", PN_WORLD_PASS);
  second = open_ticket (world, ADA, "two@customer.example", PN_WORLD_PASS);
  robot = open_ticket (world, "no-reply@customer.example", "three@customer.example", PN_WORLD_PASS);
  unverified = open_ticket (world, "eve@elsewhere.example", "four@elsewhere.example", "");
  pn_world_set_status (world, first, PN_STATUS_SOLVED);
  ask (world);
  pn_world_set_status (world, second, PN_STATUS_SOLVED);
  pn_world_set_status (world, robot, PN_STATUS_SOLVED);
  pn_world_set_status (world, unverified, PN_STATUS_SOLVED);
  ask (world);
  assert_state (world, first, PN_SURVEY_ASKED, NULL);
  assert_state (world, second, PN_SURVEY_NOT_ASKED, "survey_recent");
  assert_state (world, robot, PN_SURVEY_NOT_ASKED, "survey_robot");
  assert_state (world, unverified, PN_SURVEY_NOT_ASKED, "survey_limit");

  survey = survey_of (world, first);
  pn_survey_stop (world->db, survey->id, &error);
  pn_assert_no_error (error);
  turn_on (world, 0);
  first = open_ticket (world, ADA, "five@customer.example", PN_WORLD_PASS);
  pn_world_set_status (world, first, PN_STATUS_SOLVED);
  ask (world);
  assert_state (world, first, PN_SURVEY_NOT_ASKED, "survey_stopped");
}

typedef struct {
  gint64 id;
  int score;
  const char *word;
} Answer;

static gboolean
answer (PnDb *db, gpointer data, GError **error)
{
  const Answer *given = data;

  return pn_survey_answer (db, given->id, given->score, given->word, error);
}

static void
test_answer (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnSurvey) survey = NULL;
  g_autoptr (PnSurvey) changed = NULL;
  Answer given = { 0 };
  gint64 ticket;

  if (world == NULL)
    return;
  turn_on (world, 30);
  ticket = open_ticket (world, ADA, "one@customer.example", PN_WORLD_PASS);
  pn_world_set_status (world, ticket, PN_STATUS_SOLVED);
  survey = survey_of (world, ticket);
  given = (Answer){ survey->id, PN_SCORE_GOOD, "fast" };
  g_assert_false (pn_db_run (world->db, answer, &given, &error)); /* nobody asked yet */
  g_assert_true (g_error_matches (error, PN_ERROR, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  ask (world);
  pn_db_run (world->db, answer, &given, &error);
  pn_db_run (world->db, answer, &given, &error); /* twice by a nervous finger */
  pn_assert_no_error (error);
  given.score = PN_SCORE_OKAY;
  pn_db_run (world->db, answer, &given, &error);
  pn_assert_no_error (error);
  changed = survey_of (world, ticket);
  g_assert_cmpint (changed->score, ==, PN_SCORE_OKAY);
  g_assert_cmpstr (changed->word, ==, "fast");
  g_assert_cmpint (pn_world_events (world, ticket, PN_EVENT_SURVEY, NULL), ==, 2);
  given.score = 7;
  g_assert_false (pn_db_run (world->db, answer, &given, &error));
  g_assert_true (g_error_matches (error, PN_ERROR, PN_ERROR_INVALID));
}

static PnRule *
add_rule (PnWorld *world, const char *text)
{
  g_autoptr (GError) error = NULL;
  PnRule *rule = pn_rule_parse (text, strlen (text), NULL, &error);

  pn_assert_no_error (error);
  pn_rule_save (world->db, rule, 0, world->mill_id, &error);
  pn_assert_no_error (error);
  return rule;
}

/* A customer answers the survey about a ticket of its own. */
static gint64
answer_survey (PnWorld *world, const char *mid, PnScore score)
{
  const gint64 id = open_ticket (world, ADA, mid, PN_WORLD_PASS);
  const PnChoreContext context = {
    .db = world->db, .key = world->key, .owner = "t", .site_url = ""
  };
  g_autoptr (PnSurvey) survey = NULL;
  g_autoptr (GError) error = NULL;
  guint done;

  pn_world_set_status (world, id, PN_STATUS_SOLVED);
  pn_survey_of_ticket (world->db, id, &survey, &error);
  pn_assert_no_error (error);
  pn_survey_set_asked (world->db, survey->id, 1, ADA, &error);
  pn_assert_no_error (error);
  pn_survey_answer (world->db, survey->id, score, "a word", &error);
  pn_assert_no_error (error);
  do {
    done = 0;
    pn_rules_work_events (&context, &done, &error);
    pn_assert_no_error (error);
  } while (done > 0);
  return id;
}

/* A bad score is tagged, noted and told; a rule that is asked for something else finds the score, too. */
static void
test_rules (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) bad = NULL;
  g_autoptr (PnRule) tagged = NULL;
  gint64 unhappy;
  gint64 happy;

  if (world == NULL)
    return;
  bad = add_rule (
      world,
      "{\"name\":\"Bad\",\"on\":[\"survey\"],\"if\":{\"field\":\"score\",\"op\":\"at_most\",\"value\":1},"
      "\"then\":[{\"do\":\"tag\",\"value\":\"unhappy\"},"
      "{\"do\":\"note\",\"text\":\"Call them.\"},"
      "{\"do\":\"notify\",\"value\":\"mill\"}]}");
  tagged = add_rule (
      world,
      "{\"name\":\"Tagged\",\"on\":[\"tag\"],\"if\":{\"field\":\"score\",\"op\":\"is\",\"value\":1},"
      "\"then\":[{\"do\":\"priority\",\"value\":\"urgent\"}]}");
  turn_on (world, 0);
  happy = answer_survey (world, "one@customer.example", PN_SCORE_GOOD);
  unhappy = answer_survey (world, "two@customer.example", PN_SCORE_BAD);
  g_assert_cmpint (pn_world_count (world, "SELECT MIN(ticket_id) FROM ticket_tag"), ==, unhappy);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket_tag"), ==, 1);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message WHERE direction = 2"), ==,
                   1);
  g_assert_cmpint (
      pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE letter = 'notice-rule'"), ==, 1);
  g_assert_cmpint (pn_world_count (world, "SELECT MAX(id) FROM ticket WHERE priority = 3"), ==,
                   unhappy);
  g_assert_cmpint (pn_world_events (world, happy, PN_EVENT_RULE, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/survey/asked", test_asked);
  g_test_add_func ("/survey/letter", test_letter);
  g_test_add_func ("/survey/reopened", test_reopened);
  g_test_add_func ("/survey/not-asked", test_not_asked);
  g_test_add_func ("/survey/answer", test_answer);
  g_test_add_func ("/survey/rules", test_rules);
  return g_test_run ();
}
