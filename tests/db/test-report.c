/* Reports: bounces, complaints and the like are notes on the letter they are about. */
#include "gateway/clerk/report.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/person.h"

#define ADA "ada@customer.example"

static char *
make_bounce (const char *to, const char *mid, const char *action, const char *status)
{
  return g_strdup_printf (
      "Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@customer.example>\nTo: %s\n"
      "Subject: Undelivered Mail\nMessage-ID: <%u.dsn@customer.example>\nMIME-Version: 1.0\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n"
      "--b\nContent-Type: text/plain\n\nIt did not work.\n\n"
      "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.customer.example\n\n"
      "Final-Recipient: rfc822; ada@customer.example\nAction: %s\nStatus: %s\n"
      "Diagnostic-Code: smtp; 550 no such user\n\n"
      "--b\nContent-Type: message/rfc822\n\nMessage-ID: <%s>\nSubject: x\n\nx\n\n--b--\n",
      to, g_random_int (), action, status, mid);
}

/* Returns: (owned) the acknowledgement of a new ticket of Ada's, rendered. */
static PnLetterRow *
make_letter (PnWorld *world, const char *mid)
{
  const gint64 ticket_id = pn_world_ticket (world, ADA, mid);
  g_autoptr (GPtrArray) letters = pn_world_letters (world, ticket_id);

  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];

    if (strcmp (row->recipient, ADA) == 0)
      return g_ptr_array_steal_index (letters, i);
  }
  return NULL;
}

static PnDelivery *
bounce (PnWorld *world, const PnLetterRow *letter, gboolean is_proven, const char *action,
        const char *status)
{
  g_autofree char *text = make_bounce (is_proven ? letter->envelope_from : "support@demo.example",
                                       letter->mid, action, status);

  return pn_world_file (world, text);
}

static gboolean
is_suspended (PnWorld *world)
{
  gboolean result = FALSE;

  g_assert_true (pn_person_is_suspended (world->db, ADA, &result, NULL));
  return result;
}

static void
test_kinds (void)
{
  static const struct {
    gboolean is_proven;
    const char *action;
    const char *status;
    gboolean is_bounced;
    const char *event;
  } cases[] = {
    { TRUE, "failed", "5.1.1", TRUE, "bounced" },
    { FALSE, "failed", "5.1.1", TRUE, "bounced" },
    { TRUE, "delayed", "4.4.1", FALSE, "delayed" },
    { TRUE, "delivered", "2.0.0", FALSE, "delivered" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnWorld) world = pn_world_new ();
    g_autoptr (PnLetterRow) letter = NULL;
    g_autoptr (PnLetterRow) loaded = NULL;
    g_autoptr (PnDelivery) delivery = NULL;

    if (world == NULL)
      return;
    letter = make_letter (world, "one@customer.example");
    g_assert_nonnull (letter);
    delivery = bounce (world, letter, cases[i].is_proven, cases[i].action, cases[i].status);
    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_RECORDED);
    g_assert_cmpint (delivery->ticket_id, ==, letter->ticket_id);
    g_assert_cmpint (delivery->message_id, ==, 0);
    loaded = pn_outbox_load (world->db, letter->id, NULL);
    g_assert_cmpint (loaded->bounced_at != 0, ==, cases[i].is_bounced);
    g_assert_cmpint (loaded->bounce_is_proven, ==, cases[i].is_bounced && cases[i].is_proven);
    g_assert_cmpint (pn_world_events (world, letter->ticket_id, PN_EVENT_DELIVERY, cases[i].event),
                     ==, 1);
    g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 1);
    g_assert_false (is_suspended (world));
  }
}

/* Orders a letter of an agent's about @ticket_id, since acknowledgements are one a day. Returns: (owned) */
static PnLetterRow *
order_letter (PnWorld *world, gint64 ticket_id, guint number)
{
  g_autofree char *key = g_strdup_printf ("test:%u", number);
  const PnLetterOrder order = { .class = PN_CLASS_AUTOMATIC,
                                .letter = "ack",
                                .ticket_id = ticket_id,
                                .mailbox_id = world->support_mailbox_id,
                                .recipient = ADA,
                                .reason_key = key };
  g_autoptr (GPtrArray) letters = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (pn_outbox_add (world->db, &order, &id, &error));
  pn_assert_no_error (error);
  letters = pn_world_letters (world, ticket_id);
  return pn_outbox_load (world->db, id, NULL);
}

/* Three proven hard bounces suspend automatic mail; forged ones never do. */
static void
test_suspension (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "one@customer.example");
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < 3; i++) {
      g_autoptr (PnLetterRow) letter = order_letter (world, ticket_id, round * 3 + i);
      g_autoptr (PnDelivery) first = bounce (world, letter, round == 1, "failed", "5.1.1");
      g_autoptr (PnDelivery) again = bounce (world, letter, round == 1, "failed", "5.1.1");

      g_assert_cmpint (again->disposition, ==, PN_DISPOSITION_RECORDED);
      g_assert_cmpint (is_suspended (world), ==, round == 1 && i == 2);
    }
  }
  g_assert_cmpint (pn_world_events (world, ticket_id, PN_EVENT_DELIVERY, "bounced"), ==, 6);
  g_assert_cmpint (pn_world_events (world, ticket_id, PN_EVENT_DELIVERY, "suspended"), ==, 1);
}

/* A complaint suspends at once; that a letter was read is a note. */
static void
test_complaint_and_receipt (void)
{
  static const struct {
    const char *type;
    const char *part;
    const char *event;
    gboolean is_suspended;
  } cases[] = {
    { "disposition-notification",
      "--b\nContent-Type: message/disposition-notification\n\n"
      "Final-Recipient: rfc822; ada@customer.example\n"
      "Disposition: manual-action/MDN-sent-manually; displayed\n",
      "displayed", FALSE },
    { "feedback-report",
      "--b\nContent-Type: message/feedback-report\n\n"
      "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n",
      "suspended", TRUE },
  };
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnLetterRow) letter = NULL;

  if (world == NULL)
    return;
  letter = make_letter (world, "one@customer.example");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strdup_printf ("From: ada@customer.example\nTo: support@demo.example\nSubject: report\n"
                         "In-Reply-To: <%s>\nMIME-Version: 1.0\n"
                         "Content-Type: multipart/report; report-type=%s; boundary=\"b\"\n\n"
                         "--b\nContent-Type: text/plain\n\nA report.\n%s\n--b--\n",
                         letter->mid, cases[i].type, cases[i].part);
    g_autoptr (PnDelivery) delivery = pn_world_file (world, text);

    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_RECORDED);
    g_assert_cmpint (delivery->ticket_id, ==, letter->ticket_id);
    g_assert_cmpint (pn_world_events (world, letter->ticket_id, PN_EVENT_DELIVERY, cases[i].event),
                     ==, 1);
    g_assert_cmpint (is_suspended (world), ==, cases[i].is_suspended);
  }
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message"), ==, 1);
}

static void
test_unknown_letter (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autofree char *text = NULL;
  g_autoptr (PnDelivery) delivery = NULL;

  if (world == NULL)
    return;
  text = make_bounce ("support+b.aaaa@demo.example", "unknown@x.example", "failed", "5.1.1");
  delivery = pn_world_file (world, text);
  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_RECORDED);
  g_assert_cmpint (delivery->ticket_id, ==, 0);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 0);
  g_assert_cmpuint (json_array_size (delivery->reasons), >, 0);
}

/* A letter of ours that comes back is no new mail. */
static void
test_own_letter_returns (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnLetterRow) letter = NULL;
  g_autofree char *text = NULL;
  g_autoptr (PnDelivery) delivery = NULL;

  if (world == NULL)
    return;
  letter = make_letter (world, "one@customer.example");
  text = pn_world_letter_text (world, letter);
  delivery = pn_world_file (world, text);
  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_RECORDED);
  g_assert_cmpint (delivery->ticket_id, ==, letter->ticket_id);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message"), ==, 1);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/report/kinds", test_kinds);
  g_test_add_func ("/report/suspension", test_suspension);
  g_test_add_func ("/report/complaint-and-receipt", test_complaint_and_receipt);
  g_test_add_func ("/report/unknown-letter", test_unknown_letter);
  g_test_add_func ("/report/own-letter-returns", test_own_letter_returns);
  return g_test_run ();
}
