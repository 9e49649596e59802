/* Rules at work: stored, asked while mail is filed, after other events and by schedule; once, and with a reason. */
#include "gateway/clerk/rules.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/organisation.h"
#include "ticketing/rule_replay.h"
#include "ticketing/rule_run.h"
#include "ticketing/rule_store.h"
#include "ticketing/search.h"

#define ADA "ada@customer.example"
#define ROUNDS_MAX 50 /* what goes on longer than that would never end */
#define HEAD(name, on) "{\"name\":\"" name "\",\"on\":[\"" on "\"]"

static void
work (PnWorld *world)
{
  const PnChoreContext context = {
    .db = world->db, .key = world->key, .owner = "t", .site_url = ""
  };
  g_autoptr (GError) error = NULL;
  guint rounds = 0;
  guint done;

  do {
    done = 0;
    g_assert_true (pn_rules_work_events (&context, &done, &error));
    pn_assert_no_error (error);
    g_assert_cmpuint (++rounds, <, ROUNDS_MAX);
  } while (done > 0 && rounds < ROUNDS_MAX);
}

/* Runs every schedule that is due to its end. */
static void
work_schedules (PnWorld *world)
{
  const PnChoreContext context = {
    .db = world->db, .key = world->key, .owner = "t", .site_url = ""
  };
  g_autoptr (GError) error = NULL;
  guint done;

  g_assert_true (
      pn_db_exec (world->db, "UPDATE rule_schedule SET next_at = 0", PN_NO_ARGS, NULL, &error));
  do {
    done = 0;
    g_assert_true (pn_rules_work_schedules (&context, &done, &error));
    pn_assert_no_error (error);
  } while (done > 0);
}

static gint64
file (PnWorld *world, const char *mid, const char *subject, const char *body)
{
  g_autofree char *id = g_strdup_printf ("%s@customer.example", mid);
  g_autoptr (PnDelivery) delivery =
      pn_world_file_mail (world, ADA, id, PN_WORLD_PASS, subject, body);

  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  return delivery->ticket_id;
}

static PnTicket *
load (PnWorld *world, gint64 id)
{
  g_autoptr (GError) error = NULL;
  PnTicket *ticket = pn_ticket_load (world->db, id, &error);

  pn_assert_no_error (error);
  return ticket;
}

static void
set_priority (PnWorld *world, gint64 id, PnPriority priority)
{
  g_autoptr (PnTicket) ticket = load (world, id);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;
  g_autoptr (GError) error = NULL;

  change.priority = (int) priority;
  g_assert_true (pn_ticket_change (world->db, ticket, &change,
                                   (PnActor){ PN_ACTOR_AGENT, world->mill_id }, &error));
}

static void
test_store (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) first = NULL;
  g_autoptr (PnRule) second = NULL;
  g_autoptr (PnRule) twin = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  first = pn_world_add_rule (world, HEAD ("a", "arrival") ",\"then\":[{\"do\":\"raise\"}]}");
  second = pn_world_add_rule (world, HEAD ("b", "tag") ",\"then\":[{\"do\":\"raise\"}]}");
  g_assert_true (pn_rule_save (world->db, first, first->version, world->mill_id, &error));
  g_assert_cmpint (first->version, ==, 1); /* it says the same */
  first->stops = TRUE;
  g_assert_true (pn_rule_save (world->db, first, 1, world->mill_id, &error));
  g_assert_cmpint (first->version, ==, 2);
  first->stops = FALSE;
  g_assert_false (pn_rule_save (world->db, first, 1, world->mill_id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_clear_error (&error);
  twin = pn_rule_parse (HEAD ("b", "tag") ",\"then\":[{\"do\":\"raise\"}]}",
                        strlen (HEAD ("b", "tag") ",\"then\":[{\"do\":\"raise\"}]}"), NULL, NULL);
  g_assert_false (pn_rule_save (world->db, twin, 0, world->mill_id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_clear_error (&error);
  versions = pn_rule_versions (world->db, first->id, &error);
  g_assert_cmpuint (versions->len, ==, 2);
  g_assert_true (((PnRuleVersion *) versions->pdata[0])->rule->stops);
  g_assert_cmpint (((PnRuleVersion *) versions->pdata[1])->agent_id, ==, world->mill_id);
  g_assert_true (pn_rule_move (world->db, second->id, -1, &error));
  list = pn_rule_list (world->db, TRUE, &error);
  g_assert_cmpstr (((PnRule *) list->pdata[0])->name, ==, "b");
  g_assert_cmpint (
      pn_world_count (world, "SELECT SUM(rules) FROM rule_listen WHERE event IN (0, 7)"), ==, 2);
  g_assert_true (pn_rule_delete (world->db, second->id, world->mill_id, &error));
  g_assert_cmpint (pn_world_count (world, "SELECT SUM(rules) FROM rule_listen"), ==, 1);
  g_assert_false (pn_rule_delete (world->db, second->id, world->mill_id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (pn_rule_save (world->db, twin, 0, world->mill_id, &error)); /* the name is free */
}

static void
test_names (void)
{
  static const struct {
    const char *rule;
    const char *place;
  } cases[] = {
    { HEAD (
          "q",
          "arrival") ",\"if\":{\"all\":[{\"field\":\"queue\",\"op\":\"is\",\"value\":\"nowhere\"}]},"
                     "\"then\":[{\"do\":\"raise\"}]}",
      "if.0" },
    { HEAD ("q",
            "arrival") ",\"then\":[{\"do\":\"raise\"},{\"do\":\"queue\",\"value\":\"nowhere\"}]}",
      "then.1" },
    { HEAD ("q", "arrival") ",\"then\":[{\"do\":\"assign\",\"value\":\"nobody\"}]}", "then.0" },
    { HEAD ("q", "arrival") ",\"then\":[{\"do\":\"notify\",\"value\":\"nobody\"}]}", "then.0" },
    { HEAD (
          "q",
          "arrival") ",\"then\":[{\"do\":\"assign\",\"value\":\"mill\"},"
                     "{\"do\":\"queue\",\"value\":\"sales\"},{\"do\":\"notify\",\"value\":\"leads\"}]}",
      NULL },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  for (gsize i = 0; world != NULL && i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnRule) rule = pn_rule_parse (cases[i].rule, strlen (cases[i].rule), NULL, NULL);
    g_autofree char *place = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (pn_rule_check (world->db, rule, &place, &error), ==, cases[i].place == NULL);
    g_assert_cmpstr (place, ==, cases[i].place);
  }
}

/* A mail that a rule holds for: priority, queue, tag, no answer; and why. */
static void
test_arrival (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (PnRule) later = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnTicket) other = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) firings = NULL;
  g_autoptr (GError) error = NULL;
  const PnEvent *event = NULL;
  gint64 before;

  if (world == NULL)
    return;
  rule = pn_world_add_rule (
      world,
      HEAD (
          "Invoices",
          "arrival") ",\"if\":{\"all\":[{\"field\":\"subject\",\"op\":\"has\",\"value\":\"invoice\"},"
                     "{\"not\":{\"field\":\"contacts:7\",\"op\":\"at_least\",\"value\":9}}]},"
                     "\"then\":[{\"do\":\"priority\",\"value\":\"high\"},{\"do\":\"queue\",\"value\":\"sales\"},"
                     "{\"do\":\"tag\",\"value\":\"money\"},{\"do\":\"no_answer\"}],\"stop\":true}");
  later = pn_world_add_rule (
      world, HEAD ("Everything", "arrival") ",\"then\":[{\"do\":\"priority\",\"value\":\"low\"}]}");
  ticket = load (world, file (world, "one", "Two INVOICES are wrong", "Please look."));
  g_assert_cmpint (ticket->priority, ==, PN_PRIORITY_HIGH); /* "Everything" was not asked */
  g_assert_cmpint (ticket->queue_id, ==, world->sales_id);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 0);
  g_assert_cmpint (pn_world_letters_to (world, "babbage@demo.example"), ==, 1);
  g_assert_cmpint (pn_world_events (world, ticket->id, PN_EVENT_ANSWER, "none"), ==, 1);
  events = pn_event_list (world->db, ticket->id, &error);
  for (guint i = 0; i < events->len; i++) {
    if (((PnEvent *) events->pdata[i])->kind == PN_EVENT_PRIORITY)
      event = events->pdata[i];
  }
  g_assert_nonnull (event);
  g_assert_cmpint (event->actor.kind, ==, PN_ACTOR_RULE);
  g_assert_cmpstr (
      event->reason, ==,
      "{\"v\":1,\"code\":\"rule_fired\",\"rule\":\"Invoices\",\"version\":1,\"tests\":[{\"field\":"
      "\"subject\",\"op\":\"has\",\"values\":[\"invoice\"]},{\"not\":{\"tests\":[{\"field\":"
      "\"contacts:7\",\"op\":\"at_least\",\"values\":[\"9\"]}]}}],\"effects\":[]}");
  firings = pn_rule_firings (world->db, 0, ticket->id, 10, &error);
  g_assert_cmpuint (firings->len, ==, 1);
  g_assert_cmpuint (json_array_size (((PnRuleFiring *) firings->pdata[0])->effects), ==, 4);
  before = pn_world_count (world, "SELECT COUNT(*) FROM rule_firing");
  other = load (world, file (world, "two", "Hello", "Nothing of the kind."));
  g_assert_cmpint (other->priority, ==, PN_PRIORITY_LOW);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, before + 1);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
}

static void
test_organisation (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (PnOrganisation) organisation = pn_organisation_new ("Customers");
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  g_free (organisation->service_level);
  organisation->service_level = g_strdup ("gold");
  g_ptr_array_add (organisation->domains, g_strdup ("customer.example"));
  g_assert_true (pn_organisation_save (world->db, organisation, FALSE, &error));
  rule = pn_world_add_rule (
      world,
      HEAD (
          "VIP",
          "arrival") ",\"if\":{\"field\":\"organisation_level\",\"op\":\"is\",\"value\":\"gold\"},"
                     "\"then\":[{\"do\":\"raise\"},{\"do\":\"assign\",\"value\":\"mill\"},"
                     "{\"do\":\"assign\",\"value\":\"babbage\"},{\"do\":\"note\",\"text\":\"Gold!\"}]}");
  ticket = load (world, file (world, "one", "Hello", "Please look."));
  g_assert_cmpint (ticket->priority, ==, PN_PRIORITY_HIGH);
  g_assert_cmpint (ticket->assignee_id, ==, world->mill_id); /* babbage does not work in support */
  g_assert_cmpint (pn_world_events (world, ticket->id, PN_EVENT_RULE, "VIP"), ==, 1);
  g_assert_cmpint (
      pn_world_count (world, "SELECT COUNT(*) FROM message WHERE direction = 2 AND text = 'Gold!'"),
      ==, 1);
}

/* What a person has set, rules leave alone; and say so. */
static void
test_choice_of_agent (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GPtrArray) firings = NULL;
  g_autoptr (GError) error = NULL;
  const json_t *effect;
  gint64 id;

  if (world == NULL)
    return;
  rule = pn_world_add_rule (
      world,
      HEAD (
          "Urgent",
          "tag") ",\"if\":{\"field\":\"after\",\"op\":\"is\",\"value\":\"fire\"},"
                 "\"then\":[{\"do\":\"priority\",\"value\":\"urgent\"},{\"do\":\"status\",\"value\":\"open\"}]}");
  id = file (world, "one", "Hello", "Please look.");
  set_priority (world, id, PN_PRIORITY_LOW);
  g_assert_true (pn_ticket_tag (world->db, id, "fire", TRUE,
                                (PnActor){ PN_ACTOR_AGENT, world->mill_id }, &error));
  work (world);
  ticket = load (world, id);
  g_assert_cmpint (ticket->priority, ==, PN_PRIORITY_LOW);
  g_assert_cmpint (ticket->status, ==, PN_STATUS_OPEN);
  firings = pn_rule_firings (world->db, rule->id, 0, 10, &error);
  g_assert_cmpuint (firings->len, ==, 1);
  effect = json_array_get (((PnRuleFiring *) firings->pdata[0])->effects, 0);
  g_assert_false (json_is_true (json_object_get (effect, "done")));
  g_assert_true (pn_reason_is (json_object_get (effect, "why"), PN_WHY_UNDONE_CHOSEN_PRIORITY));
}

/* Two rules that set each other off stop after five generations, and the ticket says so. */
static void
test_circle (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) there = NULL;
  g_autoptr (PnRule) back = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (world == NULL)
    return;
  there = pn_world_add_rule (
      world,
      HEAD (
          "there",
          "tag") ",\"if\":{\"field\":\"after\",\"op\":\"is\",\"value\":\"a\"},\"then\":[{\"do\":\"untag\","
                 "\"value\":\"a\"},{\"do\":\"tag\",\"value\":\"b\"}]}");
  back = pn_world_add_rule (
      world,
      HEAD (
          "back",
          "tag") ",\"if\":{\"field\":\"after\",\"op\":\"is\",\"value\":\"b\"},\"then\":[{\"do\":\"untag\","
                 "\"value\":\"b\"},{\"do\":\"tag\",\"value\":\"a\"}]}");
  id = file (world, "one", "Hello", "Please look.");
  g_assert_true (pn_ticket_tag (world->db, id, "a", TRUE,
                                (PnActor){ PN_ACTOR_AGENT, world->mill_id }, &error));
  work (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_event"), ==, 0);
  g_assert_cmpint (pn_world_count (world, "SELECT MAX(generation) FROM rule_firing"), ==,
                   PN_RULE_GENERATION_MAX);
  g_assert_cmpint (pn_world_events (world, id, PN_EVENT_RULE, NULL), >=, 1);
}

/* The same event for two clerks is one firing. */
static void
test_once (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (PnDelivery) reply = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (world == NULL)
    return;
  rule = pn_world_add_rule (
      world,
      HEAD ("Angry",
            "reply") ",\"if\":{\"field\":\"sentiment\",\"op\":\"is\",\"value\":\"negative\"},"
                     "\"then\":[{\"do\":\"raise\"}]}");
  id = file (world, "one", "Hello", "Please look.");
  reply = pn_world_file_mail (world, ADA, "two@customer.example",
                              PN_WORLD_PASS "In-Reply-To: <one@customer.example>\n", "Re: Hello",
                              "This is unacceptable, I am furious!");
  g_assert_cmpint (reply->ticket_id, ==, id);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_event"), ==, 1);
  g_assert_true (pn_db_exec (world->db, "CREATE TABLE kept AS SELECT * FROM rule_event", PN_NO_ARGS,
                             NULL, &error));
  work (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 1);
  g_assert_true (pn_db_exec (world->db, "INSERT INTO rule_event SELECT * FROM kept", PN_NO_ARGS,
                             NULL, &error));
  work (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 1);
  g_assert_cmpint (pn_world_count (world, "SELECT priority FROM ticket"), ==, PN_PRIORITY_HIGH);
}

/* A schedule fires once as long as it holds, and again when it holds again. */
static void
test_schedule (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (world == NULL)
    return;
  rule = pn_world_add_rule (
      world, "{\"name\":\"Waits\",\"on\":[\"schedule\"],\"schedule\":{\"every\":\"5 min\"},\"if\":"
             "{\"all\":[{\"field\":\"waiting\",\"op\":\"at_least\",\"value\":\"2 d\"},"
             "{\"field\":\"tag\",\"op\":\"is_not\",\"value\":\"calm\"}]},"
             "\"then\":[{\"do\":\"note\",\"text\":\"It waits.\"}]}");
  id = file (world, "one", "Hello", "Please look.");
  work_schedules (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 0);
  g_assert_true (pn_db_exec (world->db, "UPDATE ticket SET waiting_at = ? WHERE id = ?",
                             PN_ARGS (pn_int (pn_clock_now () - 3 * PN_DAY), pn_int (id)), NULL,
                             &error));
  work_schedules (world);
  work_schedules (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 1);
  g_assert_true (pn_ticket_tag (world->db, id, "calm", TRUE, PN_ACTOR_IS_SYSTEM, &error));
  work_schedules (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_mark"), ==, 0);
  g_assert_true (pn_ticket_tag (world->db, id, "calm", FALSE, PN_ACTOR_IS_SYSTEM, &error));
  work_schedules (world);
  work_schedules (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 2);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message WHERE direction = 2"), ==,
                   2);
}

/* Letters go out under the guards of every automatic letter. */
static void
test_letter (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (PnDelivery) robot = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  g_autofree char *text = NULL;
  gint64 id;

  if (world == NULL)
    return;
  rule = pn_world_add_rule (
      world,
      HEAD (
          "Says",
          "arrival") ",\"then\":[{\"do\":\"no_answer\"},{\"do\":\"letter\",\"text\":\"We are on holiday.\"}]}");
  id = file (world, "one", "Secret words", "Please look.");
  letters = pn_world_letters (world, id);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];

    if (strcmp (row->recipient, ADA) == 0)
      text = pn_world_letter_text (world, row);
  }
  g_assert_nonnull (strstr (text, "We are on holiday."));
  g_assert_null (strstr (text, "Secret words"));
  g_assert_nonnull (strstr (text, "Auto-Submitted:"));
  robot = pn_world_file_mail (world, "bot@customer.example", "two@customer.example",
                              PN_WORLD_PASS "Auto-Submitted: auto-generated\n", "Report", "Beep.");
  g_assert_cmpint (pn_world_letters_to (world, "bot@customer.example"), ==, 0);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 2);
}

/* Due first, then by priority and waiting; page by page. */
static void
test_urgency (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnAgent) mill = NULL;
  g_autoptr (PnAccess) access = NULL;
  g_autoptr (PnTicket) promised = NULL;
  g_autoptr (GString) order = g_string_new (NULL);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ids[4];

  if (world == NULL)
    return;
  for (int i = 0; i < 4; i++) {
    g_autofree char *mid = g_strdup_printf ("m%d", i);

    ids[i] = file (world, mid, mid, mid);
  }
  set_priority (world, ids[1], PN_PRIORITY_HIGH);
  set_priority (world, ids[2], PN_PRIORITY_LOW);
  promised = pn_ticket_load (world->db, ids[2], &error);
  g_assert_true (pn_ticket_set_due (world->db, promised, pn_clock_now () + PN_HOUR, &error));
  pn_world_set_status (world, ids[3], PN_STATUS_WAITING); /* nobody waits for us */
  mill = pn_agent_load (world->db, world->mill_id, &error);
  access = pn_access_load (world->db, mill, &error);
  do {
    const PnSearchRequest request = {
      .text = (char *) "", .after = after, .limit = 1, .is_urgent_first = TRUE
    };
    g_autoptr (PnSearchResult) result = pn_search_tickets (world->db, access, &request, &error);

    pn_assert_no_error (error);
    for (guint i = 0; i < result->hits->len; i++)
      g_string_append_printf (order, "%s ",
                              ((PnSearchHit *) result->hits->pdata[i])->ticket->subject);
    g_free (after);
    after = g_strdup (result->next);
  } while (after != NULL);
  g_assert_cmpstr (order->str, ==, "m2 m1 m0 m3 ");
}

static gboolean
has_hit (const GPtrArray *hits, gint64 ticket_id, const char *value)
{
  for (guint i = 0; i < hits->len; i++) {
    const PnRuleHit *hit = hits->pdata[i];
    const char *new_value = pn_json_get_text (json_array_get (hit->effects, 0), "new");

    if (hit->ticket_id == ticket_id && g_strcmp0 (new_value, value) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The past as it was: priorities before they were changed, replies as they came; and nothing is written. */
static void
test_replay (void)
{
  const PnReplayers replayers = { .workers = { pn_rule_replay_worker } };
  static const char rule_text[] =
      "[{\"name\":\"Low\",\"on\":[\"reply\"],\"if\":{\"field\":\"priority\",\"op\":\"is\",\"value\":"
      "\"normal\"},\"then\":[{\"do\":\"priority\",\"value\":\"low\"}]},"
      "{\"name\":\"Tag\",\"on\":[\"status\"],\"if\":{\"field\":\"after\",\"op\":\"is\",\"value\":\"solved\"},"
      "\"then\":[{\"do\":\"tag\",\"value\":\"happy\"}]}]";
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) reply = NULL;
  g_autoptr (json_t) list = json_loads (rule_text, 0, NULL);
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_free);
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (PnReplay) replay = NULL;
  g_autoptr (GError) error = NULL;
  gint64 answered;
  gint64 chosen;
  gint64 events;
  gint64 id = 0;
  guint done = 1;

  if (world == NULL)
    return;
  answered = file (world, "one", "Hello", "Please look.");
  reply = pn_world_file_mail (world, ADA, "two@customer.example",
                              PN_WORLD_PASS "In-Reply-To: <one@customer.example>\n", "Re: Hello",
                              "And?");
  set_priority (world, answered, PN_PRIORITY_URGENT); /* after the reply: it was normal then */
  chosen = file (world, "three", "Other", "Please look.");
  pn_world_set_status (world, chosen, PN_STATUS_SOLVED);
  for (gsize i = 0; i < json_array_size (list); i++)
    g_ptr_array_add (rules, pn_rule_read (json_array_get (list, i), NULL, &error));
  events = pn_world_count (world, "SELECT COUNT(*) FROM event");
  g_assert_true (pn_rule_replay_add (world->db, rules, "", 1, world->mill_id, &id, &error));
  while (done > 0) {
    done = 0;
    g_assert_true (pn_replay_work (world->db, &replayers, 0, &done, &error));
    pn_assert_no_error (error);
  }
  replay = pn_replay_load (world->db, id, &error);
  g_assert_cmpint (replay->state, ==, PN_REPLAY_DONE);
  g_assert_cmpint (replay->tickets, ==, 2);
  g_assert_cmpint (replay->changed, ==, 2);
  hits = pn_rule_replay_hits (world->db, id, 0, 100, &error);
  g_assert_cmpuint (hits->len, ==, 2);
  g_assert_true (has_hit (hits, answered, "low"));
  g_assert_true (has_hit (hits, chosen, "happy"));
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM event"), ==, events);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM rule_firing"), ==, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/rule/store", test_store);
  g_test_add_func ("/rule/names", test_names);
  g_test_add_func ("/rule/arrival", test_arrival);
  g_test_add_func ("/rule/organisation", test_organisation);
  g_test_add_func ("/rule/choice-of-agent", test_choice_of_agent);
  g_test_add_func ("/rule/circle", test_circle);
  g_test_add_func ("/rule/once", test_once);
  g_test_add_func ("/rule/schedule", test_schedule);
  g_test_add_func ("/rule/letter", test_letter);
  g_test_add_func ("/rule/urgency", test_urgency);
  g_test_add_func ("/rule/replay", test_replay);
  return g_test_run ();
}
