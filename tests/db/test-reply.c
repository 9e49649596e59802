/* Replies of agents, notices to staff, and the letters that are made of them. */
#include "ticketing/reply.h"

#include <string.h>

#include "gateway/mail/mime_read.h"
#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/notice.h"
#include "ticketing/participant.h"

#define ADA "ada@customer.example"

typedef struct {
  PnReply reply;
  gint64 message_id;
  char *text;
} Work;

static gboolean
reply_body (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;

  return pn_reply_add (db, &work->reply, &work->message_id, error);
}

static gboolean
undo_body (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;

  g_clear_pointer (&work->text, g_free);
  return pn_reply_undo (db, work->message_id, work->reply.agent_id, &work->text, error);
}

static Work
answer (PnWorld *world, gint64 ticket_id, PnChannel channel, int status)
{
  Work work = { .reply = { .ticket_id = ticket_id,
                           .agent_id = world->mill_id,
                           .channel = channel,
                           .text = "Try card 8.\nBest wishes",
                           .status = status } };
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (world->db, reply_body, &work, &error));
  pn_assert_no_error (error);
  return work;
}

/* Returns: (owned) the letter that goes to @address for @message_id. */
static PnLetterRow *
letter_to (PnWorld *world, gint64 ticket_id, gint64 message_id, const char *address)
{
  g_autoptr (GPtrArray) letters = pn_world_letters (world, ticket_id);

  for (guint i = 0; i < letters->len; i++) {
    const PnLetterRow *row = letters->pdata[i];

    if (row->message_id == message_id && strcmp (row->recipient, address) == 0)
      return g_ptr_array_steal_index (letters, i);
  }
  return NULL;
}

static PnMail *
read_letter (PnWorld *world, const PnLetterRow *row)
{
  g_autoptr (GBytes) bytes = pn_blob_load (world->db, row->raw_sha, 1024 * 1024, NULL);

  return pn_mime_read (bytes, NULL);
}

static void
test_answer (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) first = NULL;
  g_autoptr (PnLetterRow) to_ada = NULL;
  g_autoptr (PnLetterRow) to_bob = NULL;
  g_autoptr (PnMail) mail = NULL;
  g_autoptr (PnDelivery) back = NULL;
  g_autofree char *reply_to = NULL;
  g_autofree char *references = NULL;
  Work work;

  if (world == NULL)
    return;
  first =
      pn_world_file_mail (world, ADA, "one@customer.example",
                          PN_WORLD_PASS "Cc: bob@b.example\nReferences: <zero@customer.example>\n",
                          "The engine stops", "After card 7.");
  pn_participant_add (world->db, first->ticket_id, "eve@evil.example", "", PN_PARTICIPANT_STRANGER,
                      "a test", NULL);
  work = answer (world, first->ticket_id, PN_CHANNEL_API, PN_STATUS_SOLVED);
  g_assert_cmpint (pn_world_status (world, first->ticket_id), ==, PN_STATUS_SOLVED);
  to_ada = letter_to (world, first->ticket_id, work.message_id, ADA);
  to_bob = letter_to (world, first->ticket_id, work.message_id, "bob@b.example");
  g_assert_nonnull (to_ada);
  g_assert_nonnull (to_bob);
  g_assert_cmpint (pn_world_letters_to (world, "eve@evil.example"), ==, 0);
  mail = read_letter (world, to_ada);
  references = g_strjoin (" ", mail->references->pdata[0], mail->references->pdata[1], NULL);
  g_assert_cmpstr (references, ==, "zero@customer.example one@customer.example");
  g_assert_cmpstr (mail->in_reply_to->pdata[0], ==, "one@customer.example");
  g_assert_cmpstr (mail->message_id, ==, to_ada->mid);
  g_assert_true (g_str_has_prefix (mail->subject, "Re: The engine stops [#"));
  g_assert_null (pn_mail_header (mail, "Auto-Submitted"));
  g_assert_nonnull (pn_mail_header (mail, "X-Postern-Id"));
  g_assert_nonnull (strstr (mail->text, "Try card 8."));
  g_assert_nonnull (strstr (mail->text, "https://help.example/my/"));
  g_assert_cmpstr (mail->from->address, ==, "support@demo.example");
  g_assert_cmpuint (mail->reply_to->len, ==, 1);
  g_assert_true (g_str_has_prefix (to_ada->envelope_from, "support+b."));

  /* Whoever answers to that address belongs to the ticket, and reopens it. */
  reply_to =
      g_strdup_printf ("Delivered-To: %s\n", ((PnAddress *) mail->reply_to->pdata[0])->address);
  back = pn_world_file_mail (world, ADA, "two@customer.example", reply_to, "Other words", "No.");
  g_assert_cmpint (back->ticket_id, ==, first->ticket_id);
  g_assert_cmpint (pn_world_status (world, first->ticket_id), ==, PN_STATUS_OPEN);
}

static void
test_undo (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnLetterRow) letter = NULL;
  g_autoptr (PnMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ticket_id;
  Work work;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "one@customer.example");
  work = answer (world, ticket_id, PN_CHANNEL_DESK, PN_STATUS_SOLVED);
  letter = letter_to (world, ticket_id, work.message_id, ADA);
  g_assert_cmpint (letter->next_at, >, pn_clock_now () - PN_OUTBOX_UNDO);
  g_assert_cmpint (letter->next_at - letter->created_at, >, PN_OUTBOX_UNDO - PN_SECOND);
  work.reply.agent_id = world->babbage_id;
  g_assert_false (pn_db_run (world->db, undo_body, &work, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  work.reply.agent_id = world->mill_id;
  g_assert_true (pn_db_run (world->db, undo_body, &work, &error));
  pn_assert_no_error (error);
  g_assert_cmpstr (work.text, ==, "Try card 8.\nBest wishes");
  g_assert_cmpint (pn_world_status (world, ticket_id), ==, PN_STATUS_NEW);
  g_clear_pointer (&letter, pn_letter_row_free);
  letter = letter_to (world, ticket_id, work.message_id, ADA);
  g_assert_cmpint (letter->state, ==, PN_OUTBOX_CANCELLED);
  message = pn_message_load (world->db, work.message_id, &error);
  g_assert_cmpint (message->direction, ==, PN_DIRECTION_NOTE);
  g_assert_false (pn_db_run (world->db, undo_body, &work, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_free (work.text);
}

static void
test_refusals (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  gint64 ticket_id;

  if (world == NULL)
    return;
  ticket_id = pn_world_ticket (world, ADA, "one@customer.example");
  {
    const struct {
      PnReply reply;
      PnErrorCode code;
    } cases[] = {
      { { .ticket_id = ticket_id, .text = " \r\n\t", .status = -1 }, PN_ERROR_INVALID },
      { { .ticket_id = ticket_id, .text = NULL, .status = -1 }, PN_ERROR_INVALID },
      { { .ticket_id = 4711, .text = "x", .status = -1 }, PN_ERROR_NOT_FOUND },
      { { .ticket_id = ticket_id, .text = "x", .status = 77 }, PN_ERROR_INVALID },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
      Work work = { .reply = cases[i].reply };
      g_autoptr (GError) error = NULL;

      g_assert_false (pn_db_run (world->db, reply_body, &work, &error));
      g_assert_true (pn_error_is (error, cases[i].code));
    }
  }
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM message"), ==, 1);
}

static void
test_note (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  Work work;
  gint64 letters;

  if (world == NULL)
    return;
  work = (Work){ .reply = { .ticket_id = pn_world_ticket (world, ADA, "one@customer.example"),
                            .agent_id = world->mill_id,
                            .channel = PN_CHANNEL_DESK,
                            .is_note = TRUE,
                            .text = "Ask Babbage.",
                            .status = -1 } };
  letters = pn_world_count (world, "SELECT COUNT(*) FROM outbox");
  g_assert_true (pn_db_run (world->db, reply_body, &work, NULL));
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM outbox"), ==, letters);
  g_assert_cmpint (pn_world_status (world, work.reply.ticket_id), ==, PN_STATUS_NEW);
}

static void
test_acknowledgement (void)
{
  static const struct {
    const char *headers;
    const char *letter;
    gboolean has_subject;
  } cases[] = {
    { PN_WORLD_PASS, "ack", TRUE },
    { "", "ack-unverified", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnWorld) world = pn_world_new ();
    g_autoptr (PnDelivery) delivery = NULL;
    g_autoptr (PnLetterRow) letter = NULL;
    g_autoptr (PnMail) mail = NULL;

    if (world == NULL)
      return;
    delivery = pn_world_file_mail (world, ADA, "one@customer.example", cases[i].headers, "Zahnrad",
                                   "Zahnrad and body");
    letter = letter_to (world, delivery->ticket_id, delivery->message_id, ADA);
    g_assert_nonnull (letter);
    g_assert_cmpstr (letter->letter, ==, cases[i].letter);
    mail = read_letter (world, letter);
    g_assert_cmpint (strstr (mail->subject, "Zahnrad") != NULL, ==, cases[i].has_subject);
    g_assert_null (strstr (mail->text, "and body"));
    g_assert_null (mail->html);
    g_assert_cmpstr (pn_mail_header (mail, "Auto-Submitted"), ==, "auto-replied");
    g_assert_cmpstr (pn_mail_header (mail, "Precedence"), ==, "bulk");
    g_assert_cmpstr (pn_mail_header (mail, "X-Auto-Response-Suppress"), ==, "All");
    g_assert_cmpstr (mail->in_reply_to->pdata[0], ==, "one@customer.example");
  }
}

static void
test_assigned (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnLetterRow) letter = NULL;
  g_autoptr (PnMail) mail = NULL;
  g_autoptr (GError) error = NULL;

  if (world == NULL)
    return;
  ticket = pn_ticket_load (world->db, pn_world_ticket (world, ADA, "one@customer.example"), NULL);
  ticket->assignee_id = world->mill_id;
  g_assert_true (pn_notice_assigned (world->db, NULL, ticket,
                                     (PnActor){ PN_ACTOR_AGENT, world->mill_id }, &error));
  letter = letter_to (world, ticket->id, 0, "mill@demo.example");
  g_assert_null (letter); /* took it, and knows */
  for (guint i = 0; i < 2; i++)
    g_assert_true (pn_notice_assigned (world->db, NULL, ticket,
                                       (PnActor){ PN_ACTOR_AGENT, world->babbage_id }, &error));
  pn_assert_no_error (error);
  letter = letter_to (world, ticket->id, 0, "mill@demo.example");
  g_assert_nonnull (letter);
  mail = read_letter (world, letter);
  g_assert_cmpstr (pn_mail_header (mail, "Auto-Submitted"), ==, "auto-generated");
  g_assert_nonnull (strstr (mail->text, "https://help.example/desk/tickets/"));
  g_assert_cmpuint (mail->reply_to->len, ==, 1);
  g_assert_nonnull (strstr (((PnAddress *) mail->reply_to->pdata[0])->address, "support+s."));
  g_assert_cmpint (
      pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE letter = 'notice-assigned'"), ==,
      1);
}

/* A flood of mail is no flood of notices. */
static void
test_flood (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (guint i = 0; i < PN_NOTICE_LIMIT + 10; i++) {
    g_autofree char *from = g_strdup_printf ("c%u@customer.example", i);
    g_autofree char *mid = g_strdup_printf ("m%u@customer.example", i);

    pn_world_ticket (world, from, mid);
  }
  g_assert_cmpint (pn_world_letters_to (world, "mill@demo.example"), ==, PN_NOTICE_LIMIT);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/reply/answer", test_answer);
  g_test_add_func ("/reply/undo", test_undo);
  g_test_add_func ("/reply/refusals", test_refusals);
  g_test_add_func ("/reply/note", test_note);
  g_test_add_func ("/reply/acknowledgement", test_acknowledgement);
  g_test_add_func ("/notice/assigned", test_assigned);
  g_test_add_func ("/notice/flood", test_flood);
  return g_test_run ();
}
