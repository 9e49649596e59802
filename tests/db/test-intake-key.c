/* Intake: one mail is one message, whatever way it comes, and another mail is another one (the keys of level 3). */
#include "gateway/clerk/intake_key.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"

#define ADA "ada@customer.example"
#define RECEIVED "Received: from a by b; Sun, 22 Nov 2026 10:00:0%u +0000\n"

/* The same mail by another mailbox, with another envelope: one ticket, one acknowledgement. */
static void
test_other_mailbox (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *text = NULL;
  g_autofree char *copy = NULL;
  g_autoptr (PnDelivery) first = NULL;
  g_autoptr (PnDelivery) second = NULL;

  if (world == NULL)
    return;
  text = pn_world_mail (ADA, "one@customer.example", PN_WORLD_PASS, "Hello", "The same.");
  copy = g_strconcat ("Received: from list by mx; Sun, 22 Nov 2026 11:00:00 +0000\n"
                      "Delivered-To: sales@demo.example\n",
                      text, NULL);
  first = pn_world_file (world, text);
  second =
      pn_world_file_by (world, world->sales_mailbox_id, PN_CHANNEL_IMAP, PN_FORMAT_RFC822, copy);
  g_assert_cmpint (first->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (second->disposition, ==, PN_DISPOSITION_DUPLICATE);
  g_assert_cmpint (second->ticket_id, ==, first->ticket_id);
  g_assert_cmpint (second->message_id, ==, first->message_id);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 1);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message"), ==, 1);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
}

/* The Message-ID is evidence, not identity: who sends it first suppresses nobody. */
static void
test_message_id_sent_before (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) attack = NULL;
  g_autoptr (PnDelivery) real = NULL;
  g_autoptr (PnDelivery) answer = NULL;

  if (world == NULL)
    return;
  attack = pn_world_file_mail (world, "eve@evil.example", "coming@customer.example", "", "Nothing",
                               "To be first.");
  real = pn_world_file_mail (world, ADA, "coming@customer.example", PN_WORLD_PASS, "Fire!",
                             "The engine burns.");
  g_assert_cmpint (real->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (real->ticket_id, !=, attack->ticket_id);
  g_assert_true (pn_world_has_reason (real, "mid_reused"));
  answer = pn_world_file_mail (world, "eve@evil.example", "next@evil.example",
                               "In-Reply-To: <coming@customer.example>\n", "Re: Fire!", "Mine.");
  g_assert_cmpint (answer->ticket_id, ==, attack->ticket_id); /* it goes to the first holder */
}

/* A list's footer makes other bytes of the same letter; both are vouched for. */
static void
test_list_variant (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) letter = NULL;
  g_autoptr (PnDelivery) copy = NULL;

  if (world == NULL)
    return;
  letter = pn_world_file_mail (world, ADA, "l@customer.example", PN_WORLD_PASS, "Hello", "Text.");
  copy = pn_world_file_mail (world, ADA, "l@customer.example",
                             PN_WORLD_PASS "List-Id: <all.demo.example>\n", "Hello",
                             "Text.\n_____\nUnsubscribe here");
  g_assert_cmpint (copy->disposition, ==, PN_DISPOSITION_APPENDED);
  g_assert_cmpint (copy->ticket_id, ==, letter->ticket_id);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
}

/* Without a Message-ID, the topmost Received field tells two mails apart. */
static void
test_no_message_id (void)
{
  static const struct {
    guint second;
    PnDisposition disposition;
  } cases[] = {
    { 1, PN_DISPOSITION_CREATED },
    { 2, PN_DISPOSITION_CREATED },
    { 1, PN_DISPOSITION_DUPLICATE },
  };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strdup_printf (RECEIVED "X-Copy: %zu\nFrom: monitor@x.example\nTo: support@demo.example\n"
                                  "Subject: disk full\n\nDisk sda1 is full.\n",
                         cases[i].second, i);
    g_autoptr (PnDelivery) delivery = pn_world_file (world, text);

    g_assert_cmpint (delivery->disposition, ==, cases[i].disposition);
  }
}

static void
test_pure (void)
{
  static const struct {
    const char *mid;
    const char *from;
    const char *subject;
    const char *digest;
    PnTime date;
    gboolean is_same;
  } cases[] = {
    { "a@x", "ada@x", "Hello", "d1", 5, TRUE },  { "a@x", "Ada@X", "Hello", "d1", 5, TRUE },
    { "b@x", "ada@x", "Hello", "d1", 5, FALSE }, { "a@x", "eve@x", "Hello", "d1", 5, FALSE },
    { "a@x", "ada@x", "hello", "d1", 5, FALSE }, { "a@x", "ada@x", "Hello", "d2", 5, FALSE },
    { "a@x", "ada@x", "Hello", "d1", 6, FALSE },
  };
  guint8 first[PN_SHA256_BYTES];

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnMail) mail = pn_mail_new ();
    g_autoptr (PnDelivery) delivery = pn_delivery_new ();
    guint8 key[PN_SHA256_BYTES];

    mail->message_id = g_strdup (cases[i].mid);
    g_free (mail->from->address);
    mail->from->address = g_strdup (cases[i].from);
    g_free (mail->subject);
    mail->subject = g_strdup (cases[i].subject);
    g_free (mail->content_digest);
    mail->content_digest = g_strdup (cases[i].digest);
    mail->date = cases[i].date;
    delivery->mailbox_id = (gint64) i; /* does not matter */
    pn_intake_key (delivery, mail, i == 0 ? first : key);
    if (i > 0)
      g_assert_cmpint (memcmp (first, key, sizeof key) == 0, ==, cases[i].is_same);
  }
}

/* A batch: what fails alone does not take the others along, and all are filed in one go. */
static void
test_batch (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) last = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  for (guint i = 0; i < 60; i++) {
    g_autofree char *mid = g_strdup_printf ("m%u@customer.example", i % 40); /* 20 come twice */
    g_autofree char *headers = g_strdup_printf (PN_WORLD_PASS "X-Copy: %u\n", i);
    g_autofree char *text = pn_world_mail (ADA, mid, headers, mid, mid);
    g_autoptr (PnDelivery) delivery = pn_delivery_new ();
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    gboolean is_known;
    gint64 id;

    delivery->mailbox_id = world->support_mailbox_id;
    delivery->queue_id = world->support_id;
    delivery->channel = PN_CHANNEL_IMAP;
    delivery->size_bytes = (gint64) strlen (text);
    g_assert_true (pn_blob_store (world->db, bytes, delivery->raw_sha, &error));
    g_assert_true (pn_spool_add (world->db, delivery, NULL, &id, &is_known, &error));
  }
  pn_assert_no_error (error);
  pn_world_run (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM spool WHERE state = 1"), ==, 60);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 40);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message"), ==, 40);
  g_assert_cmpint (pn_world_count (world, "SELECT SUM(tickets) FROM queue_count"), ==, 40);
  g_assert_cmpint (pn_world_letters_to (world, ADA), ==, 1);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/intake-key/other-mailbox", test_other_mailbox);
  g_test_add_func ("/intake-key/message-id-sent-before", test_message_id_sent_before);
  g_test_add_func ("/intake-key/list-variant", test_list_variant);
  g_test_add_func ("/intake-key/no-message-id", test_no_message_id);
  g_test_add_func ("/intake-key/pure", test_pure);
  g_test_add_func ("/intake-key/batch", test_batch);
  return g_test_run ();
}
