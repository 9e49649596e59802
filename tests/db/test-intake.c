/* Intake: what becomes of a mail. */
#include "gateway/clerk/intake.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/person.h"

#define ADA "ada@customer.example"

static void
test_first_mail (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) delivery = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  delivery = pn_world_file_mail (world, ADA, "one@customer.example",
                                 PN_WORLD_PASS "Cc: Bob <bob@b.example>\n",
                                 "Re: AW: The engine stops", "It stops after card 7.");
  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (delivery->state, ==, PN_SPOOL_FILED);
  g_assert_cmpuint (json_array_size (delivery->reasons), >=, 2);
  ticket = pn_ticket_load (world->db, delivery->ticket_id, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (ticket->subject, ==, "The engine stops");
  g_assert_cmpstr (ticket->preview, ==, "It stops after card 7.");
  g_assert_cmpint (ticket->status, ==, PN_STATUS_NEW);
  g_assert_cmpint (ticket->message_count, ==, 1);
  g_assert_cmpint (ticket->queue_id, ==, world->support_id);
  g_assert_cmpint (ticket->customer_at, >, 0);
  message = pn_message_load (world->db, delivery->message_id, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (message->verdict, ==, PN_VERDICT_PASS);
  g_assert_true (message->has_raw);
  g_assert_cmpstr (message->mid, ==, "one@customer.example");
  g_assert_true (pn_world_takes_part (world, ticket->id, ADA));
  g_assert_true (pn_world_takes_part (world, ticket->id, "bob@b.example"));
  g_assert_false (pn_world_takes_part (world, ticket->id, "support@demo.example"));
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
  g_assert_cmpint (pn_world_letters_to (world, "mill@demo.example"), ==, 1);
  g_assert_cmpint (pn_world_letters_to (world, "babbage@demo.example"), ==, 0);
  g_assert_cmpint (pn_world_events (world, ticket->id, PN_EVENT_ANSWER, "acknowledgement"), ==, 1);
  g_assert_cmpint (pn_world_count (world, "SELECT SUM(tickets) FROM queue_count WHERE status = 0"),
                   ==, 1);
}

static void
test_answer_reopens (void)
{
  static const struct {
    PnStatus before;
    PnStatus after;
  } cases[] = {
    { PN_STATUS_NEW, PN_STATUS_NEW },      { PN_STATUS_OPEN, PN_STATUS_OPEN },
    { PN_STATUS_WAITING, PN_STATUS_OPEN }, { PN_STATUS_ON_HOLD, PN_STATUS_OPEN },
    { PN_STATUS_SOLVED, PN_STATUS_OPEN },  { PN_STATUS_CLOSED, PN_STATUS_OPEN },
  };
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *mid = g_strdup_printf ("answer-%zu@customer.example", i);
    g_autoptr (PnDelivery) delivery = NULL;

    pn_world_set_status (world, ticket_id, cases[i].before);
    delivery = pn_world_file_mail (world, ADA, mid, "In-Reply-To: <first@customer.example>\n",
                                   "Re: The engine stops", mid);
    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_APPENDED);
    g_assert_cmpint (delivery->ticket_id, ==, ticket_id);
    g_assert_cmpint (pn_world_status (world, ticket_id), ==, cases[i].after);
  }
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
  g_assert_cmpint (
      pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE letter = 'notice-replied'"), ==, 1);
}

static void
test_long_closed_is_linked (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) delivery = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) links = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  pn_world_set_status (world, ticket_id, PN_STATUS_CLOSED);
  g_assert_true (pn_db_exec (world->db, "UPDATE ticket SET closed_at = ? WHERE id = ?",
                             PN_ARGS (pn_int (pn_clock_now () - 15 * PN_DAY), pn_int (ticket_id)),
                             NULL, &error));
  delivery = pn_world_file_mail (world, ADA, "late@customer.example",
                                 "In-Reply-To: <first@customer.example>\n", "Re: The engine stops",
                                 "Again.");
  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (delivery->ticket_id, !=, ticket_id);
  g_assert_cmpint (pn_world_status (world, ticket_id), ==, PN_STATUS_CLOSED);
  links = pn_ticket_links (world->db, delivery->ticket_id, &error);
  g_assert_cmpuint (links->len, ==, 1);
  g_assert_cmpint (((PnTicketLink *) links->pdata[0])->other_id, ==, ticket_id);
}

static void
test_held_is_released (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) held = NULL;
  g_autoptr (PnDelivery) released = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  held =
      pn_world_file_mail (world, ADA, "forged@evil.example", PN_WORLD_FAIL, "Hello", "It is me.");
  g_assert_cmpint (held->state, ==, PN_SPOOL_HELD);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 0);
  g_assert_true (pn_spool_release (world->db, held->id, world->mill_id, FALSE, &error));
  pn_assert_no_error (error);
  pn_world_run (world);
  released = pn_spool_load (world->db, held->id, &error);
  g_assert_cmpint (released->state, ==, PN_SPOOL_FILED);
  g_assert_cmpint (released->disposition, ==, PN_DISPOSITION_CREATED);
}

/* Whose address may be forged gets no letter by itself, unless who released the mail wanted one. */
static void
test_forged_is_not_answered (void)
{
  static const struct {
    gboolean is_always; /* let in by a rule, not by a release */
    gboolean may_answer;
    gint64 letters;
  } cases[] = { { FALSE, FALSE, 0 }, { FALSE, TRUE, 1 }, { TRUE, FALSE, 0 } };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *from = g_strdup_printf ("ada%u@customer.example", i);
    g_autofree char *mid = g_strdup_printf ("forged-%u@evil.example", i);
    g_autoptr (PnDelivery) filed = NULL;
    g_autoptr (PnDelivery) mail = NULL;

    if (cases[i].is_always)
      g_assert_true (pn_sender_rule_set (world->db, from, PN_SENDER_ALLOW, 1, NULL));
    mail = pn_world_file_mail (world, from, mid, PN_WORLD_FAIL, "Hello", mid);
    if (!cases[i].is_always) {
      g_assert_cmpint (mail->state, ==, PN_SPOOL_HELD);
      g_assert_true (
          pn_spool_release (world->db, mail->id, world->mill_id, cases[i].may_answer, NULL));
      pn_world_run (world);
    }
    filed = pn_spool_load (world->db, mail->id, NULL);
    g_assert_cmpint (filed->disposition, ==, PN_DISPOSITION_CREATED);
    g_assert_cmpint (pn_world_letters_to (world, from), ==, cases[i].letters);
    g_assert_cmpint (pn_world_events (world, filed->ticket_id, PN_EVENT_ANSWER, "none"), ==,
                     1 - cases[i].letters);
  }
}

static void
test_spam (void)
{
  static const struct {
    const char *from;
    const char *headers;
    PnSpoolState state;
  } cases[] = {
    { "a@x.example", "X-Spam-Flag: YES\n", PN_SPOOL_SPAM },
    { "b@x.example", "X-Spam-Flag: no\n", PN_SPOOL_FILED },
    { "c@blocked.example", "", PN_SPOOL_SPAM },
    { "friend@blocked.example", "X-Spam-Flag: YES\n", PN_SPOOL_FILED },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  g_assert_true (pn_sender_rule_set (world->db, "@blocked.example", PN_SENDER_BLOCK, 1, NULL));
  g_assert_true (
      pn_sender_rule_set (world->db, "friend@blocked.example", PN_SENDER_ALLOW, 1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *mid = g_strdup_printf ("spam-%zu@x.example", i);
    g_autoptr (PnDelivery) delivery =
        pn_world_file_mail (world, cases[i].from, mid, cases[i].headers, "Hello", mid);

    g_assert_cmpint (delivery->state, ==, cases[i].state);
  }
}

static void
test_no_answer (void)
{
  static const struct {
    const char *from;
    const char *headers;
  } cases[] = {
    { "a@x.example", "Auto-Submitted: AUTO-NOTIFIED\n" },
    { "b@x.example", "Auto-Submitted: auto-generated; owner-email=x@y\n" },
    { "c@x.example", "Return-Path: <>\n" },
    { "d@x.example", "Precedence: bulk\n" },
    { "e@x.example", "List-Id: <l.x.example>\n" },
    { "f@x.example", "X-Auto-Response-Suppress: All\n" },
    { "g@x.example", "X-Loop: x\n" },
    { "h@x.example", "Feedback-ID: x\n" },
    { "mailer-daemon@x.example", "" },
    { "postmaster@x.example", "" },
    { "no-reply@x.example", "" },
    { "owner-list@x.example", "" },
    { "list-request@x.example", "" },
    { "support@demo.example", "" },
    { "sales+x@demo.example", "" },
    { "i@x.example", "Return-Path: <somebody@else.example>\n" },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *mid = g_strdup_printf ("auto-%zu@x.example", i);
    g_autoptr (PnDelivery) delivery =
        pn_world_file_mail (world, cases[i].from, mid, cases[i].headers, "Hello", mid);

    g_test_message ("%s %s", cases[i].from, cases[i].headers);
    g_assert_cmpint (delivery->state, ==, PN_SPOOL_FILED);
    g_assert_cmpint (pn_world_letters_to (world, cases[i].from), ==, 0);
    if (delivery->ticket_id != 0)
      g_assert_cmpint (pn_world_events (world, delivery->ticket_id, PN_EVENT_ANSWER, "none"), ==,
                       1);
  }
}

static void
test_one_answer_a_day (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (guint i = 0; i < 4; i++) {
    g_autofree char *mid = g_strdup_printf ("again-%u@customer.example", i);

    pn_world_ticket (world, ADA, mid);
  }
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
}

/* A person who writes often is a loop at some point; then nobody is told any more, but all is filed. */
static void
test_many_from_one (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnTicket) ticket = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  for (guint i = 0; i < 25; i++) {
    g_autofree char *mid = g_strdup_printf ("more-%u@customer.example", i);
    g_autoptr (PnDelivery) delivery = pn_world_file_mail (
        world, ADA, mid, "In-Reply-To: <first@customer.example>\n", "Re: The engine stops", mid);

    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_APPENDED);
  }
  ticket = pn_ticket_load (world->db, ticket_id, NULL);
  g_assert_true (ticket->is_looping);
  g_assert_cmpint (ticket->message_count, ==, 26);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/intake/first-mail", test_first_mail);
  g_test_add_func ("/intake/answer-reopens", test_answer_reopens);
  g_test_add_func ("/intake/long-closed-is-linked", test_long_closed_is_linked);
  g_test_add_func ("/intake/held-is-released", test_held_is_released);
  g_test_add_func ("/intake/forged-is-not-answered", test_forged_is_not_answered);
  g_test_add_func ("/intake/spam", test_spam);
  g_test_add_func ("/intake/no-answer", test_no_answer);
  g_test_add_func ("/intake/one-answer-a-day", test_one_answer_a_day);
  g_test_add_func ("/intake/many-from-one", test_many_from_one);
  return g_test_run ();
}
