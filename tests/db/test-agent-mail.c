/* Agents who answer a notice by mail: what goes to the customer, and everything that does not. */
#include "gateway/clerk/intake.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/agent.h"
#include "ticketing/core/error.h"

#define ADA "ada@customer.example"
#define MILL "mill@demo.example"
#define WORDS "Oil the third column.\n\n> It stops.\n"

/* The Reply-To of the notice that the agent mill got about the ticket. (owned) */
static char *
notice_address (PnWorld *world, gint64 ticket_id)
{
  g_autoptr (GPtrArray) letters = pn_world_letters (world, ticket_id);

  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];
    g_autofree char *text = NULL;
    const char *found;

    if (row->class != PN_CLASS_NOTICE || row->agent_id != world->mill_id)
      continue;
    text = pn_world_letter_text (world, row);
    found = strstr (text, "support+s.");
    g_assert_nonnull (found);
    return g_strndup (found, strcspn (found, ">\r\n"));
  }
  g_assert_not_reached ();
}

static PnDelivery *
answer (PnWorld *world, const char *from, const char *to, const char *verdict, const char *more,
        const char *words)
{
  static guint n;
  g_autofree char *mid = g_strdup_printf ("answer-%u@demo.example", n++);
  g_autofree char *headers = g_strdup_printf ("%s%sCc: %s\n", verdict, more, to);

  return pn_world_file_mail (world, from, mid, headers, "Re: The engine stops", words);
}

#define PASS "Authentication-Results: mx.demo.example; dmarc=pass header.from=demo.example\n"

static PnMessage *
message_of (PnWorld *world, const PnDelivery *delivery)
{
  g_autoptr (GError) error = NULL;
  PnMessage *message = pn_message_load (world->db, delivery->message_id, &error);

  pn_assert_no_error (error);
  return message;
}

static void
test_goes_to_the_customer (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *to = NULL;
  g_autoptr (PnDelivery) delivery = NULL;
  g_autoptr (PnMessage) message = NULL;
  gint64 ticket_id;
  gint64 letters;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  to = notice_address (world, ticket_id);
  letters = pn_world_letters_to (world, ADA);
  delivery = answer (world, MILL, to, PASS, "", WORDS);
  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_APPENDED);
  g_assert_cmpint (delivery->ticket_id, ==, ticket_id);
  message = message_of (world, delivery);
  g_assert_cmpint (message->direction, ==, PN_DIRECTION_OUT);
  g_assert_cmpint (message->agent_id, ==, world->mill_id);
  g_assert_cmpstr (message->text, ==, "Oil the third column.");
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, letters + 1);
  g_assert_cmpint (pn_world_status (world, ticket_id), ==, PN_STATUS_OPEN);
}

/* The same mail in two mailboxes is one answer and one letter. */
static void
test_twice (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *to = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *mail = NULL;
  g_autoptr (PnDelivery) first = NULL;
  g_autoptr (PnDelivery) second = NULL;
  gint64 ticket_id;
  gint64 letters;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  to = notice_address (world, ticket_id);
  letters = pn_world_letters_to (world, ADA);
  headers = g_strdup_printf ("Cc: %s\n" PASS "Date: Sun, 22 Nov 2026 10:00:00 +0000\n", to);
  mail = pn_world_mail (MILL, "one@demo.example", headers, "Re: The engine stops", WORDS);
  world->filing.agent_replies = "token";
  first = pn_world_file (world, mail);
  second =
      pn_world_file_by (world, world->sales_mailbox_id, PN_CHANNEL_IMAP, PN_FORMAT_RFC822, mail);
  g_assert_cmpint (first->disposition, ==, PN_DISPOSITION_APPENDED);
  g_assert_cmpint (second->disposition, ==, PN_DISPOSITION_DUPLICATE);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, letters + 1);
}

/* Row 4 and what is like it: kept as a note with the reason, told to the agent, sent to nobody else. */
static void
test_doubtful (void)
{
  static const struct {
    const char *from;
    const char *verdict;
    const char *choice; /* the setting */
    const char *words;
    gboolean is_moved; /* to a queue that is not the agent's */
    const char *reason;
  } cases[] = {
    { MILL, "", "verified", WORDS, FALSE, "Nobody vouches for its sender." },
    { MILL, "", "token", WORDS, FALSE, NULL },
    { MILL, PASS, "no", WORDS, FALSE, "Agents do not answer by mail here." },
    { "mill@elsewhere.example", "", "token", WORDS, FALSE,
      "It does not come from the address of the agent whom the notice went to." },
    { "babbage@demo.example", PASS, "verified", WORDS, FALSE,
      "It does not come from the address of the agent whom the notice went to." },
    { MILL, PASS, "verified", "> It stops.\n", FALSE, "There is nothing new in it." },
    { MILL, PASS, "verified", WORDS, TRUE, "The agent may not work on this ticket any more." },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *from = g_strdup_printf ("ada%zu@customer.example", i);
    g_autofree char *mid = g_strdup_printf ("first-%zu@customer.example", i);
    gint64 ticket_id = pn_world_ticket (world, from, mid);
    g_autofree char *to = notice_address (world, ticket_id);
    gint64 letters = pn_world_letters_to (world, from);
    g_autoptr (PnDelivery) delivery = NULL;
    g_autoptr (PnMessage) message = NULL;

    g_test_message ("case %zu", i);
    if (cases[i].is_moved)
      g_assert_true (pn_db_exec (world->db, "UPDATE ticket SET queue_id = ? WHERE id = ?",
                                 PN_ARGS (pn_int (world->sales_id), pn_int (ticket_id)), NULL,
                                 NULL));
    world->filing.agent_replies = cases[i].choice;
    delivery = answer (world, cases[i].from, to, cases[i].verdict, "", cases[i].words);
    g_assert_cmpint (delivery->ticket_id, ==, ticket_id);
    message = message_of (world, delivery);
    g_assert_cmpint (message->direction, ==,
                     cases[i].reason == NULL ? PN_DIRECTION_OUT : PN_DIRECTION_NOTE);
    g_assert_cmpint (pn_world_letters_to (world, from) - letters, ==, cases[i].reason == NULL);
    g_assert_cmpint (pn_world_events (world, ticket_id, PN_EVENT_SECURITY, "agent_mail"), ==,
                     cases[i].reason != NULL);
    if (cases[i].reason == NULL)
      continue;
    g_assert_true (pn_world_has_reason (delivery, cases[i].reason));
    g_assert_cmpint (message->agent_id, ==, 0);
    g_assert_cmpstr (message->from_address, ==, cases[i].from);
  }
  g_assert_cmpint (pn_world_count (world,
                                   "SELECT COUNT(*) FROM outbox WHERE letter = 'notice-unsent'"
                                   " AND recipient <> '" MILL "'"),
                   ==, 0);
  g_assert_cmpint (
      pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE letter = 'notice-unsent'"), >, 0);
}

/* An absence note of the agent's is not an answer, and answers nobody: no loop (TRUST.md 3.9). */
static void
test_program (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *to = NULL;
  gint64 ticket_id;
  gint64 letters;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  to = notice_address (world, ticket_id);
  letters = pn_world_count (world, "SELECT COUNT(*) FROM outbox");
  for (guint i = 0; i < 5; i++) {
    g_autoptr (PnDelivery) delivery =
        answer (world, MILL, to, PASS, "Auto-Submitted: auto-replied\n", "I am away.");

    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_RECORDED);
  }
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM outbox"), ==, letters);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message"), ==, 1);
}

/* Row 2: a token that is not ours, or of another purpose, is no agent's. */
static void
test_forged (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *good = NULL;
  g_autofree char *purpose = NULL;
  gint64 ticket_id;
  gint64 letters;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  good = notice_address (world, ticket_id);
  purpose = pn_world_address (world, 't', ticket_id);
  *(strstr (purpose, "+t.") + 1) = 's';
  letters = pn_world_letters_to (world, ADA);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *bad = g_strdup (i == 0 ? purpose : good);
    char *flipped = strchr (bad, '.') + 1 + i * 9;
    g_autoptr (PnDelivery) delivery = NULL;

    if (i > 0)
      *flipped = *flipped == 'q' ? 'r' : 'q';
    delivery = answer (world, MILL, bad, PASS, "", WORDS);
    g_assert_cmpint (delivery->ticket_id, !=, ticket_id);
    g_assert_cmpint (pn_world_events (world, delivery->ticket_id, PN_EVENT_SECURITY, "token_bad"),
                     ==, 1);
  }
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, letters);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/agent-mail/goes-to-the-customer", test_goes_to_the_customer);
  g_test_add_func ("/agent-mail/twice", test_twice);
  g_test_add_func ("/agent-mail/doubtful", test_doubtful);
  g_test_add_func ("/agent-mail/program", test_program);
  g_test_add_func ("/agent-mail/forged", test_forged);
  return g_test_run ();
}
