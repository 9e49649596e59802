/* Intake: tests named after the rows of the list of published vulnerabilities that they guard against. */
#include "gateway/clerk/intake.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/person.h"

#define ADA "ada@customer.example"
#define EVE "eve@evil.example"

/* A forged From with Cc to oneself: held, and nobody joins. */
static void
test_row_1 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) forged = NULL;
  g_autoptr (PnDelivery) unknown = NULL;
  g_autofree char *reply_to = NULL;
  g_autofree char *to = NULL;
  g_autofree char *failed = NULL;
  gint64 ticket_id;
  gint64 letters;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  letters = pn_world_count (world, "SELECT COUNT(*) FROM outbox");
  reply_to = pn_world_address (world, 't', ticket_id);
  to = g_strdup_printf ("Cc: %s, %s\n", EVE, reply_to);
  failed = g_strconcat (PN_WORLD_FAIL, to, NULL);
  forged = pn_world_file_mail (world, ADA, "forged@evil.example", failed, "Re: The engine stops",
                               "Cc me.");
  g_assert_cmpint (forged->disposition, ==, PN_DISPOSITION_HELD);
  g_assert_cmpint (forged->state, ==, PN_SPOOL_HELD);
  g_assert_true (forged->has_record);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM outbox"), ==, letters);
  unknown =
      pn_world_file_mail (world, ADA, "none@evil.example", to, "Re: The engine stops", "Cc me.");
  g_assert_cmpint (unknown->disposition, ==, PN_DISPOSITION_APPENDED);
  g_assert_false (pn_world_takes_part (world, ticket_id, EVE));
  g_assert_cmpint (pn_world_letters_to (world, EVE), ==, 0);
}

/* An agent's address with a token that is not ours: no answer, no notice, an event. */
static void
test_row_2 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *good = NULL;
  gint64 ticket_id;
  gint64 letters;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  good = pn_world_address (world, 't', ticket_id);
  letters = pn_world_count (world, "SELECT COUNT(*) FROM outbox");
  for (guint i = 0; i < 5; i++) {
    g_autofree char *bad = g_strdup (good);
    g_autofree char *to = NULL;
    g_autofree char *mid = g_strdup_printf ("bad-%u@evil.example", i);
    char *flipped = strchr (bad, '.') + 1 + i * 8;
    g_autoptr (PnDelivery) delivery = NULL;

    *flipped = *flipped == 'q' ? 'r' : 'q';
    to = g_strdup_printf ("Cc: %s\n", bad);
    delivery =
        pn_world_file_mail (world, "mill@demo.example", mid, to, "Re: The engine stops", mid);
    g_assert_cmpint (delivery->ticket_id, !=, ticket_id);
    g_assert_cmpint (pn_world_events (world, delivery->ticket_id, PN_EVENT_SECURITY, "token_bad"),
                     ==, 1);
  }
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM outbox"), ==, letters);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message WHERE direction = 1"), ==,
                   0);
}

/* A token under a key that was replaced is no token. */
static void
test_row_3 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *address = NULL;
  g_autofree char *to = NULL;
  g_autoptr (PnDelivery) delivery = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  address = pn_world_address (world, 't', ticket_id);
  pn_secret_free (world->key);
  world->key = pn_secret_new_random (PN_KEY_BYTES);
  world->filing.key = world->key;
  to = g_strdup_printf ("Cc: %s\n", address);
  delivery = pn_world_file_mail (world, EVE, "old@evil.example", to, "Hello", "Old token.");
  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (delivery->ticket_id, !=, ticket_id);
}

/* Mail from an agent's address never acts as that agent. */
static void
test_row_4 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *address = NULL;
  g_autofree char *to = NULL;
  g_autoptr (PnDelivery) delivery = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  address = pn_world_address (world, 't', ticket_id);
  to = g_strdup_printf (PN_WORLD_PASS "Cc: %s\n", address);
  delivery = pn_world_file_mail (world, "babbage@demo.example", "agent@demo.example", to, "Re: x",
                                 "Answer!");
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message WHERE direction = 1"), ==,
                   0);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
  g_assert_false (pn_world_takes_part (world, ticket_id, "babbage@demo.example"));
}

/* A stranger who knows references of ours waits for an agent; with somebody's own references, a new ticket. */
static void
test_row_5 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (GPtrArray) letters = NULL;
  g_autofree char *known = NULL;
  g_autoptr (PnDelivery) ours = NULL;
  g_autoptr (PnDelivery) theirs = NULL;
  g_autoptr (PnDelivery) number = NULL;
  g_autoptr (PnMessage) message = NULL;
  g_autofree char *subject = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  letters = pn_world_letters (world, ticket_id);
  known = g_strdup_printf ("References: <%s>\n", ((PnLetterRow *) letters->pdata[1])->mid);
  ours = pn_world_file_mail (world, EVE, "stranger@evil.example", known, "Re: The engine stops",
                             "Me too.");
  g_assert_cmpint (ours->disposition, ==, PN_DISPOSITION_APPENDED);
  g_assert_cmpint (ours->ticket_id, ==, ticket_id);
  g_assert_false (pn_world_takes_part (world, ticket_id, EVE));
  message = pn_message_load (world->db, ours->message_id, NULL);
  g_assert_true (message->is_stranger);
  g_assert_cmpint (pn_world_events (world, ticket_id, PN_EVENT_SECURITY, "stranger"), ==, 1);
  g_assert_cmpint (pn_world_letters_to (world, EVE), ==, 0);
  theirs =
      pn_world_file_mail (world, EVE, "two@evil.example", "References: <first@customer.example>\n",
                          "Re: The engine stops", "Let me in.");
  g_assert_cmpint (theirs->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (theirs->ticket_id, !=, ticket_id);
  subject = g_strdup_printf ("Re: x [#%" G_GINT64_FORMAT "]", ticket_id);
  number = pn_world_file_mail (world, EVE, "three@evil.example", "", subject, "By number.");
  g_assert_cmpint (number->ticket_id, !=, ticket_id);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket_link"), ==, 2);
}

/* A machine that is given the reply address of somebody's ticket does not get in. */
static void
test_row_6 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *address = NULL;
  g_autofree char *to = NULL;
  g_autoptr (PnDelivery) machine = NULL;
  g_autoptr (PnDelivery) person = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  address = pn_world_address (world, 't', ticket_id);
  to = g_strdup_printf ("Delivered-To: %s\n", address);
  machine = pn_world_file_mail (world, "no-reply@slack.com", "verify@slack.com", to,
                                "Verify your address", "Your code is 1234.");
  g_assert_cmpint (machine->ticket_id, !=, ticket_id);
  g_assert_cmpint (pn_world_letters_to (world, "no-reply@slack.com"), ==, 0);
  person = pn_world_file_mail (world, "ada@home.example", "home@home.example", to,
                               "Re: The engine stops", "From home.");
  g_assert_cmpint (person->disposition, ==, PN_DISPOSITION_APPENDED);
  g_assert_cmpint (person->ticket_id, ==, ticket_id);
  g_assert_false (pn_world_takes_part (world, ticket_id, "ada@home.example"));
}

/* Internal fields that a stranger forges have no effect. */
static void
test_row_8 (void)
{
  static const char *const forged[] = {
    "X-Postern-Id: aeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
    "X-Postern-Ticket: 1\n",
    "X-Postern-Verdict: pass\n",
    "Authentication-Results: evil.example; dmarc=pass header.from=customer.example\n",
    "X-Loop: support@demo.example\n",
    "Return-Path: <mill@demo.example>\n",
    "Delivered-To: sales@demo.example\n",
  };
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  for (gsize i = 0; i < G_N_ELEMENTS (forged); i++) {
    g_autofree char *mid = g_strdup_printf ("forged-%zu@evil.example", i);
    g_autoptr (PnDelivery) delivery = pn_world_file_mail (world, EVE, mid, forged[i], "Hello", mid);
    g_autoptr (PnMessage) message = pn_message_load (world->db, delivery->message_id, NULL);

    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
    g_assert_cmpint (delivery->ticket_id, !=, ticket_id);
    g_assert_cmpint (message->verdict, ==, PN_VERDICT_NONE);
  }
  g_assert_cmpint (pn_world_letters_to (world, EVE), <=, 1);
}

/* A form's name and address can't add recipients. */
static void
test_row_9 (void)
{
  static const struct {
    const char *name;
    const char *address;
    gint64 letters; /* to anybody but staff */
  } cases[] = {
    { "a\r\nBcc: v@x.example", "a@x.example", 1 }, { "a, <v@x.example>", "b@x.example", 1 },
    { "c", "c@x.example, v@x.example", 0 },        { "d", "d@x.example\r\nBcc: v@x.example", 0 },
    { "e", "e@x.example> <v@x.example", 0 },       { "f", "", 0 },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    json_t *document = json_pack ("{s:{s:s, s:s}, s:s, s:s}", "from", "name", cases[i].name,
                                  "address", cases[i].address, "subject", "Hello", "text", "Text.");
    g_autofree char *text = json_dumps (document, 0);
    g_autoptr (PnDelivery) delivery =
        pn_world_file_by (world, world->support_mailbox_id, PN_CHANNEL_FORM, PN_FORMAT_JSON, text);
    g_autoptr (GPtrArray) letters = pn_world_letters (world, delivery->ticket_id);
    gint64 n = 0;

    json_decref (document);
    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
    for (guint j = 0; j < letters->len; j++) {
      const PnLetterRow *row = letters->pdata[j];

      n += row->class == PN_CLASS_AUTOMATIC;
      g_assert_cmpint (row->state, ==, PN_OUTBOX_WAITING);
      g_assert_null (strpbrk (row->recipient, "\r\n ,<>"));
    }
    g_assert_cmpint (n, ==, cases[i].letters);
  }
  g_assert_cmpint (pn_world_letters_to (world, "v@x.example"), ==, 0);
}

/* What people write is data, in the ticket and in letters. */
static void
test_row_22 (void)
{
  static const char *const texts[] = {
    "{{ticket.secret}}", "{{{person.name}}}", "{% include x %}",
    "${7919*7907}",      "<%= 7919*7907 %>",  "%n%s%x",
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *mid = g_strdup_printf ("m%zu@customer.example", i);
    g_autofree char *from = g_strdup_printf ("p%zu@customer.example", i);
    g_autoptr (PnDelivery) delivery =
        pn_world_file_mail (world, from, mid, PN_WORLD_PASS, texts[i], texts[i]);
    g_autoptr (PnTicket) ticket = pn_ticket_load (world->db, delivery->ticket_id, NULL);
    g_autoptr (GPtrArray) letters = pn_world_letters (world, delivery->ticket_id);
    g_autofree char *letter = NULL;

    g_assert_cmpstr (ticket->subject, ==, texts[i]);
    g_assert_cmpuint (letters->len, ==, 2);
    letter = pn_world_letter_text (world, letters->pdata[1]);
    g_assert_null (strstr (letter, "62615533"));
    g_assert_nonnull (strstr (letter, texts[i]));
  }
}

/* Two machines that answer each other: one acknowledgement, a handful of messages, then only notes. */
static void
test_row_72 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnTicket) ticket = NULL;
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "first@customer.example");
  for (guint i = 0; i < 60; i++) {
    g_autofree char *mid = g_strdup_printf ("vacation-%u@customer.example", i);
    g_autoptr (PnDelivery) delivery = pn_world_file_mail (
        world, ADA, mid, "In-Reply-To: <first@customer.example>\nAuto-Submitted: auto-replied\n",
        "Out of office", "I am away.");

    g_assert_cmpint (delivery->state, ==, PN_SPOOL_FILED);
    g_assert_cmpint (delivery->ticket_id, ==, ticket_id);
  }
  ticket = pn_ticket_load (world->db, ticket_id, NULL);
  g_assert_true (ticket->is_looping);
  g_assert_cmpint (ticket->message_count, <=, 5);
  g_assert_cmpint (ticket->status, ==, PN_STATUS_NEW);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
  g_assert_cmpint (pn_world_events (world, ticket_id, PN_EVENT_LOOP, NULL), ==, 1);
}

/* Forms are posted with somebody else's address: one letter a day, without anything that the form said. */
static void
test_row_73 (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (GPtrArray) letters = NULL;
  gint64 first = 0;

  if (world == NULL)
    return;
  for (guint i = 0; i < 30; i++) {
    g_autoptr (PnMail) mail = pn_mail_new ();
    g_autoptr (PnDelivery) delivery = NULL;
    json_t *document;
    g_autofree char *text = NULL;

    g_free (mail->from->address);
    mail->from->address = g_strdup ("victim@v.example");
    g_free (mail->subject);
    mail->subject = g_strdup_printf ("BUY NOW %u https://spam.example", i);
    g_free (mail->text);
    mail->text = g_strdup ("Cheap pills at https://spam.example");
    document = pn_mail_write (mail);
    text = json_dumps (document, 0);
    json_decref (document);
    delivery =
        pn_world_file_by (world, i % 2 == 0 ? world->support_mailbox_id : world->sales_mailbox_id,
                          PN_CHANNEL_FORM, PN_FORMAT_JSON, text);
    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
    first = first != 0 ? first : delivery->ticket_id;
  }
  g_assert_cmpint (pn_world_letters_to (world, "victim@v.example"), ==, 1);
  letters = pn_world_letters (world, first);
  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];
    g_autofree char *letter = NULL;

    if (strcmp (row->recipient, "victim@v.example") != 0)
      continue;
    letter = pn_world_letter_text (world, row);
    g_assert_cmpuint (strlen (letter), <=, 4096);
    g_assert_null (strstr (letter, "BUY"));
    g_assert_null (strstr (letter, "pills"));
    g_assert_null (strstr (letter, "spam.example"));
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/intake/row-1", test_row_1);
  g_test_add_func ("/intake/row-2", test_row_2);
  g_test_add_func ("/intake/row-3", test_row_3);
  g_test_add_func ("/intake/row-4", test_row_4);
  g_test_add_func ("/intake/row-5", test_row_5);
  g_test_add_func ("/intake/row-6", test_row_6);
  g_test_add_func ("/intake/row-8", test_row_8);
  g_test_add_func ("/intake/row-9", test_row_9);
  g_test_add_func ("/intake/row-22", test_row_22);
  g_test_add_func ("/intake/row-72", test_row_72);
  g_test_add_func ("/intake/row-73", test_row_73);
  return g_test_run ();
}
