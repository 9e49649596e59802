/* Whatever a priority may depend on, a row each: it is raised where the fact holds, with the reason, and nowhere else;
 * and whatever rules may listen for, a row each. */
#include <string.h>

#include "gateway/clerk/rules.h"
#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/json.h"
#include "ticketing/organisation.h"
#include "ticketing/reply.h"
#include "ticketing/rule_run.h"
#include "ticketing/rule_store.h"
#include "ticketing/survey.h"

#define ADA "ada@customer.example"
#define BOB "bob@stranger.example"

/* How a ticket comes. */
typedef struct {
  const char *from;
  const char *headers;
  gboolean is_for_sales;
  const char *subject;
  const char *body;
  const char *form_value; /* it is a form's, with this answer; NULL: a mail */
  guint before;           /* so many others of the same person */
  PnTime waited;
} Coming;

typedef struct {
  const char *name;
  const char *field;
  const char *op;
  const char *value;
  Coming holds; /* NULL members are those of the usual mail, which no row holds for */
} Fact;

static const Fact facts[] = {
  { "sender", "sender", "is", ADA, { .from = ADA } },
  { "sender's domain",
    "sender_domain",
    "within",
    "customer.example",
    { .from = "eve@north.customer.example" } },
  { "organisation's level", "organisation_level", "is", "gold", { .from = ADA } },
  { "organisation", "organisation", "contains", "mill", { .from = ADA } },
  { "words of the subject", "subject", "has", "fire", { .subject = "There is FIRE in the mill" } },
  { "a phrase of the text",
    "body",
    "has_exact",
    "stands still",
    { .body = "Since noon the engine stands still." } },
  { "a form's field", "form:urgency", "is", "now", { .form_value = "now" } },
  { "queue", "queue", "is", "sales", { .is_for_sales = TRUE } },
  { "mailbox", "mailbox", "is", "sales", { .is_for_sales = TRUE } },
  { "verdict", "verdict", "is", "pass", { .from = ADA, .headers = PN_WORLD_PASS } },
  { "time waiting", "waiting", "at_least", "2 d", { .waited = 3 * PN_DAY } },
  { "repeated contacts",
    "contacts:7",
    "at_least",
    "3",
    { .from = "often@stranger.example", .before = 2 } },
  { "sentiment words",
    "sentiment",
    "is",
    "negative",
    { .body = "This is unacceptable, I am furious." } },
  { "sentiment words, German",
    "sentiment",
    "is",
    "negative",
    { .body = "Das ist eine Frechheit und eine Zumutung, ich bin enttäuscht." } },
};

static gint64
come (PnWorld *world, const Coming *coming)
{
  static guint number = 0;
  const char *from = coming->from != NULL ? coming->from : BOB;
  const char *subject = coming->subject != NULL ? coming->subject : "A question";
  const char *body = coming->body != NULL ? coming->body : "Where is the wheel?";
  const gint64 mailbox_id =
      coming->is_for_sales ? world->sales_mailbox_id : world->support_mailbox_id;
  g_autofree char *mid = g_strdup_printf ("m%u@customer.example", ++number);
  g_autofree char *key = g_strdup_printf ("key-%u", number);
  g_autofree char *mail =
      pn_world_mail (from, mid, coming->headers != NULL ? coming->headers : "", subject, body);
  g_autoptr (json_t) form =
      json_pack ("{s:s, s:{s:s, s:s}, s:s, s:s, s:{s:s, s:s, s:i, s:i, s:[{s:s, s:s, s:s, s:s}]}}",
                 "kind", "message", "from", "name", "Bob", "address", from, "subject", subject,
                 "text", body, "form", "key", key, "form", "returns", "form_id", 3, "version", 1,
                 "answers", "name", "urgency", "label", "When?", "type", "choice", "value",
                 coming->form_value != NULL ? coming->form_value : "");
  g_autofree char *posted = json_dumps (form, 0);
  g_autoptr (PnDelivery) delivery =
      coming->form_value != NULL
          ? pn_world_file_by (world, mailbox_id, PN_CHANNEL_FORM, PN_FORMAT_JSON, posted)
          : pn_world_file_by (world, mailbox_id, PN_CHANNEL_IMAP, PN_FORMAT_RFC822, mail);

  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  return delivery->ticket_id;
}

/* Lets everything that rules listen for be worked off. */
static void
work (PnWorld *world)
{
  const PnChoreContext context = {
    .db = world->db, .key = world->key, .owner = "t", .site_url = ""
  };
  static gboolean (*const chores[]) (const PnChoreContext *, guint *,
                                     GError **) = { pn_rules_work_dues, pn_rules_work_events,
                                                    pn_rules_work_schedules };
  g_autoptr (GError) error = NULL;

  g_assert_true (
      pn_db_exec (world->db, "UPDATE rule_schedule SET next_at = 0", PN_NO_ARGS, NULL, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (chores); i++) {
    guint done;

    do {
      done = 0;
      g_assert_true (chores[i](&context, &done, &error));
      pn_assert_no_error (error);
    } while (done > 0);
  }
}

static PnPriority
priority_of (PnWorld *world, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (world->db, id, &error);

  pn_assert_no_error (error);
  return ticket->priority;
}

/* The reason of the ticket's last change of priority: (owned) NULL: it never changed. */
static char *
reason_of (PnWorld *world, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = pn_event_list (world->db, id, &error);

  pn_assert_no_error (error);
  for (guint i = events->len; i-- > 0;) {
    const PnEvent *event = events->pdata[i];

    if (event->kind == PN_EVENT_PRIORITY && event->actor.kind == PN_ACTOR_RULE)
      return g_strdup (event->reason);
  }
  return NULL;
}

static void
let_wait (PnWorld *world, gint64 id, PnTime waited)
{
  g_autoptr (GError) error = NULL;

  if (waited != 0)
    g_assert_true (pn_db_exec (world->db, "UPDATE ticket SET waiting_at = ? WHERE id = ?",
                               PN_ARGS (pn_int (pn_clock_now () - waited), pn_int (id)), NULL,
                               &error));
  pn_assert_no_error (error);
}

static void
try_fact (PnWorld *world, const Fact *fact)
{
  const Coming usual = { .from = fact->holds.before > 0 ? "seldom@stranger.example" : NULL };
  g_autofree char *text = g_strdup_printf (
      "{\"name\":\"Hurry\",\"on\":[\"%s\"],%s\"if\":{\"field\":\"%s\",\"op\":\"%s\","
      "\"value\":\"%s\"},\"then\":[{\"do\":\"raise\"}]}",
      fact->holds.waited != 0 ? "schedule" : "arrival",
      fact->holds.waited != 0 ? "\"schedule\":{\"every\":\"5 min\"}," : "", fact->field, fact->op,
      fact->value);
  g_autoptr (PnRule) rule = pn_world_add_rule (world, text);
  g_autofree char *reason = NULL;
  g_autofree char *test = NULL;
  g_autoptr (GError) error = NULL;
  gint64 other = come (world, &usual);
  gint64 id;

  for (guint i = 0; i < fact->holds.before; i++)
    g_assert_cmpint (priority_of (world, come (world, &fact->holds)), ==, PN_PRIORITY_NORMAL);
  id = come (world, &fact->holds);
  let_wait (world, id, fact->holds.waited);
  work (world);
  g_assert_cmpint (priority_of (world, id), ==, PN_PRIORITY_HIGH);
  g_assert_cmpint (priority_of (world, other), ==, PN_PRIORITY_NORMAL);
  reason = reason_of (world, id);
  g_assert_nonnull (reason);
  g_assert_nonnull (strstr (reason, "\"rule\":\"Hurry\",\"version\":"));
  test = g_strdup_printf ("{\"field\":\"%s\",\"op\":\"%s\",\"values\":[", fact->field, fact->op);
  g_assert_nonnull (strstr (reason, test));
  g_assert_true (pn_rule_delete (world->db, rule->id, world->mill_id, &error));
  pn_assert_no_error (error);
}

static void
test_facts (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnOrganisation) organisation = pn_organisation_new ("The Mill");
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  g_free (organisation->service_level);
  organisation->service_level = g_strdup ("gold");
  g_ptr_array_add (organisation->domains, g_strdup ("customer.example"));
  g_assert_true (pn_organisation_save (world->db, organisation, FALSE, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++) {
    g_test_message ("%s", facts[i].name);
    try_fact (world, &facts[i]);
  }
}

static void
change (PnWorld *world, gint64 id, int status, int priority, gint64 queue_id, gint64 assignee_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (world->db, id, &error);
  PnTicketChange what = PN_TICKET_CHANGE_NONE;

  what.status = status;
  what.priority = priority;
  what.queue_id = queue_id;
  what.assignee_id = assignee_id;
  g_assert_true (pn_ticket_change (world->db, ticket, &what,
                                   (PnActor){ PN_ACTOR_AGENT, world->mill_id }, &error));
  pn_assert_no_error (error);
}

static void
run_sql (PnWorld *world, const char *sql, const PnValue *args, gsize n_args)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_exec (world->db, sql, args, n_args, NULL, &error));
  pn_assert_no_error (error);
}

static void
act_arrival (PnWorld *world, gint64 id)
{
  const Coming usual = { NULL };

  come (world, &usual);
}

static void
act_reply (PnWorld *world, gint64 id)
{
  g_autofree char *subject = g_strdup_printf ("Re: [#%" G_GINT64_FORMAT "] A question", id);
  g_autoptr (PnDelivery) reply =
      pn_world_file_mail (world, BOB, "reply@stranger.example", "", subject, "Here is more.");

  g_assert_cmpint (reply->ticket_id, ==, id);
}

static void
act_answer (PnWorld *world, gint64 id)
{
  const PnReply reply = { .ticket_id = id,
                          .agent_id = world->mill_id,
                          .channel = PN_CHANNEL_API,
                          .text = "It is in the mill.",
                          .status = -1 };
  g_autoptr (GError) error = NULL;
  gint64 message_id;

  g_assert_true (pn_reply_add (world->db, &reply, &message_id, &error));
  pn_assert_no_error (error);
}

static void
act_status (PnWorld *world, gint64 id)
{
  change (world, id, PN_STATUS_WAITING, -1, -1, -1);
}

static void
act_priority (PnWorld *world, gint64 id)
{
  change (world, id, -1, PN_PRIORITY_HIGH, -1, -1);
}

static void
act_queue (PnWorld *world, gint64 id)
{
  change (world, id, -1, -1, world->sales_id, -1);
}

static void
act_assignee (PnWorld *world, gint64 id)
{
  change (world, id, -1, -1, -1, world->mill_id);
}

static void
act_tag (PnWorld *world, gint64 id)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_ticket_tag (world->db, id, "vip", TRUE, PN_ACTOR_IS_SYSTEM, &error));
}

/* A deadline passes. */
static void
act_sla (PnWorld *world, gint64 id)
{
  run_sql (
      world,
      "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version,"
      " calendar_id, priority, target, start_at, due_at) VALUES (?, 0, 1, 0, 1, 1, 1, 1, 60, 1, ?)",
      PN_ARGS (pn_int (id), pn_int (pn_clock_now () - PN_MINUTE)));
}

static void
act_survey (PnWorld *world, gint64 id)
{
  g_autoptr (GError) error = NULL;

  run_sql (world,
           "INSERT INTO survey (ticket_id, person_id, address, state, due_at, asked_at, created_at)"
           " VALUES (?, 1, 'bob@stranger.example', 1, 1, ?, 1)",
           PN_ARGS (pn_int (id), pn_int (pn_clock_now ())));
  g_assert_true (pn_survey_answer (world->db, pn_world_count (world, "SELECT MAX(id) FROM survey"),
                                   PN_SCORE_BAD, "Slow.", &error));
  pn_assert_no_error (error);
}

/* Time passes. */
static void
act_schedule (PnWorld *world, gint64 id)
{
  let_wait (world, id, 3 * PN_DAY);
}

static const struct {
  const char *on;
  const char *condition; /* what the event brings with it */
  void (*act) (PnWorld *world, gint64 id);
} happenings[] = {
  { "arrival", "{\"field\":\"event\",\"op\":\"is\",\"value\":\"arrival\"}", act_arrival },
  { "reply", "{\"field\":\"by\",\"op\":\"is\",\"value\":\"person\"}", act_reply },
  { "answer", "{\"field\":\"by\",\"op\":\"is\",\"value\":\"agent\"}", act_answer },
  { "status", "{\"field\":\"after\",\"op\":\"is\",\"value\":\"waiting\"}", act_status },
  { "priority", "{\"field\":\"before\",\"op\":\"is\",\"value\":\"normal\"}", act_priority },
  { "queue", "{\"field\":\"after\",\"op\":\"is\",\"value\":\"sales\"}", act_queue },
  { "assignee", "{\"field\":\"after\",\"op\":\"is\",\"value\":\"mill\"}", act_assignee },
  { "tag", "{\"field\":\"after\",\"op\":\"is\",\"value\":\"vip\"}", act_tag },
  { "sla", "{\"field\":\"after\",\"op\":\"is\",\"value\":\"first_response\"}", act_sla },
  { "survey", "{\"field\":\"score\",\"op\":\"at_most\",\"value\":\"1\"}", act_survey },
  { "schedule", "{\"field\":\"waiting\",\"op\":\"at_least\",\"value\":\"2 d\"}", act_schedule },
};

static void
try_happening (PnWorld *world, gsize index)
{
  const char *on = happenings[index].on;
  const Coming usual = { NULL };
  const gint64 id = come (world, &usual);
  g_autofree char *text = g_strdup_printf (
      "{\"name\":\"Sees %s\",\"on\":[\"%s\"],%s\"if\":%s,"
      "\"then\":[{\"do\":\"note\",\"text\":\"Seen.\"}]}",
      on, on, strcmp (on, "schedule") == 0 ? "\"schedule\":{\"every\":\"5 min\"}," : "",
      happenings[index].condition);
  g_autoptr (PnRule) rule = pn_world_add_rule (world, text);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;

  work (world);
  before = pn_rule_firings (world->db, rule->id, 0, 10, &error);
  g_assert_cmpuint (before->len, ==, 0);
  happenings[index].act (world, id);
  work (world);
  work (world);
  after = pn_rule_firings (world->db, rule->id, 0, 10, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_true (pn_rule_delete (world->db, rule->id, world->mill_id, &error));
  pn_assert_no_error (error);
}

static void
test_events (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  g_assert_cmpuint (G_N_ELEMENTS (happenings), ==, PN_RULE_ON_COUNT);
  for (gsize i = 0; i < G_N_ELEMENTS (happenings); i++) {
    g_test_message ("%s", happenings[i].on);
    try_happening (world, i);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/rule-facts/facts", test_facts);
  g_test_add_func ("/rule-facts/events", test_events);
  return g_test_run ();
}
