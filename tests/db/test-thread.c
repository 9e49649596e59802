#include "ticketing/thread.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/participant.h"

#define ADA "ada@customer.example"

static void
test_subjects (void)
{
  static const struct {
    const char *subject;
    const char *bare;
    gint64 number;
  } cases[] = {
    { "Printer", "Printer", 0 },
    { "Re: Printer", "Printer", 0 },
    { "RE: AW: Fwd: Printer", "Printer", 0 },
    { "Re[2]: Printer", "Printer", 0 },
    { "AW : Printer [#1042]", "Printer", 1042 },
    { "[#7] Re: [#8] Printer", "Printer", 7 },
    { "Antw: 回复：Printer", "Printer", 0 },
    { "Re: ", "", 0 },
    { "", "", 0 },
    { "Reading: list", "Reading: list", 0 },
    { "I: problem", "I: problem", 0 },
    { "[#] [#x] [#12", "[#] [#x] [#12", 0 },
    { "[#99999999999999999999]", "", 0 },
    { "Invoice [#0012]", "Invoice", 12 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *bare = pn_thread_bare_subject (cases[i].subject);

    g_assert_cmpstr (bare, ==, cases[i].bare);
    g_assert_cmpint (pn_thread_subject_number (cases[i].subject), ==, cases[i].number);
  }
}

static void
test_address_tags (void)
{
  static const struct {
    const char *address;
    char letter;
    const char *tag;
  } cases[] = {
    { "support+t.abc@x.example", 't', "abc" },
    { "support+T.ABC@x.example", 't', "ABC" },
    { "a+b+t.abc@x.example", 't', "abc" },
    { "support+b.abc@x.example", 't', NULL },
    { "support+t@x.example", 't', NULL },
    { "support@x+t.example", 't', NULL },
    { "support", 't', NULL },
    { "", 't', NULL },
    { "support+t.@x.example", 't', "" },
  };
  g_autofree char *tagged = pn_thread_tagged_address ("support@x.example", 'b', "abc");

  g_assert_cmpstr (tagged, ==, "support+b.abc@x.example");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *tag = pn_thread_address_tag (cases[i].address, cases[i].letter);

    g_assert_cmpstr (tag, ==, cases[i].tag);
  }
}

typedef struct {
  PnDb *db;
  PnSecret *key;
  GPtrArray *addresses;
  gint64 ticket_id;
  char *own_id;     /* of a letter of ours about the ticket */
  GPtrArray *named; /* of const char *: mails that its mail answers and that never came */
} Place;

static gboolean
open_body (PnDb *db, gpointer data, GError **error)
{
  Place *place = data;
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);
  g_autoptr (PnMessage) message = pn_message_new ();
  PnLetterOrder order = {
    .letter = "ack", .mailbox_id = 1, .recipient = ADA, .reason_key = "test"
  };
  g_autofree char *token = NULL;
  gint64 letter_id;

  ticket->queue_id = 1;
  ticket->person_id = 1;
  ticket->subject = g_strdup ("Printer");
  if (!pn_ticket_open (db, ticket, PN_ACTOR_IS_SYSTEM, NULL, error))
    return FALSE;
  message->ticket_id = order.ticket_id = place->ticket_id = ticket->id;
  message->mid = g_strdup ("known@customer.example");
  message->text = g_strdup ("Help");
  if (!pn_outbox_add (db, &order, &letter_id, error))
    return FALSE;
  token = pn_token_make (place->key, PN_TOKEN_MESSAGE_ID, letter_id, 0);
  place->own_id = g_strdup_printf ("p1.%s@demo.example", token);
  return pn_message_add (db, message, error)
         && pn_message_add_refs (db, message->id, place->named, error)
         && pn_participant_add (db, ticket->id, ADA, "Ada", PN_PARTICIPANT_REQUESTER, "wrote",
                                error)
         && pn_participant_add (db, ticket->id, "eve@x.example", "", PN_PARTICIPANT_STRANGER,
                                "wrote", error);
}

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->db, pn_db_close);
  g_clear_pointer (&place->key, pn_secret_free);
  g_clear_pointer (&place->addresses, g_ptr_array_unref);
  g_clear_pointer (&place->own_id, g_free);
  g_clear_pointer (&place->named, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
place_open (Place *place)
{
  g_autoptr (GError) error = NULL;

  place->db = pn_testdb_open ();
  if (place->db == NULL)
    return FALSE;
  place->key = pn_secret_new_random (PN_KEY_BYTES);
  place->addresses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (place->addresses, g_strdup ("support@demo.example"));
  place->named = g_ptr_array_new ();
  g_ptr_array_add (place->named, (char *) "first@customer.example");
  g_assert_true (pn_db_run (place->db, open_body, place, &error));
  pn_assert_no_error (error);
  return TRUE;
}

/* What a mail brings along; NULL and 0: nothing. */
typedef struct {
  const char *from;
  const char *to;
  const char *in_reply_to;
  const char *reference;
  const char *subject;
  const char *mid;
} Mail;

static PnThread *
find (const Place *place, const Mail *brought)
{
  g_autoptr (PnMail) mail = pn_mail_new ();
  g_autoptr (GError) error = NULL;
  PnThread *thread;

  g_free (mail->from->address);
  mail->from->address = g_strdup (brought->from);
  g_free (mail->subject);
  mail->subject = g_strdup (brought->subject != NULL ? brought->subject : "");
  g_free (mail->message_id);
  mail->message_id = g_strdup (brought->mid);
  if (brought->to != NULL)
    g_ptr_array_add (mail->delivered_to, g_strdup (brought->to));
  if (brought->in_reply_to != NULL)
    g_ptr_array_add (mail->in_reply_to, g_strdup (brought->in_reply_to));
  if (brought->reference != NULL)
    g_ptr_array_add (mail->references, g_strdup (brought->reference));
  thread = pn_thread_find (place->db, place->key, mail, place->addresses, &error);
  g_assert_no_error (error);
  return thread;
}

static void
test_evidence (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *token = NULL;
  g_autofree char *good = NULL;
  g_autofree char *upper = NULL;
  g_autofree char *tag = NULL;

  if (!place_open (&place))
    return;
  token = pn_token_make (place.key, PN_TOKEN_REPLY, place.ticket_id, 0);
  good = pn_thread_tagged_address ("support@demo.example", 't', token);
  upper = g_ascii_strup (good, -1);
  tag = g_strdup_printf ("Re: Printer [#%" G_GINT64_FORMAT "]", place.ticket_id);
  {
    const struct {
      Mail mail;
      PnEvidence evidence;
      gboolean is_placed;
      gboolean is_linked;
      gboolean is_participant;
      gboolean has_token;
    } cases[] = {
      { { ADA }, PN_EVIDENCE_NONE, FALSE, FALSE, FALSE, FALSE },
      { { ADA, good }, PN_EVIDENCE_TOKEN, TRUE, FALSE, TRUE, TRUE },
      { { "Ada@Customer.example", upper }, PN_EVIDENCE_TOKEN, TRUE, FALSE, TRUE, TRUE },
      { { "new@x.example", good }, PN_EVIDENCE_TOKEN, TRUE, FALSE, FALSE, TRUE },
      { { ADA, NULL, place.own_id }, PN_EVIDENCE_OWN_ID, TRUE, FALSE, TRUE, FALSE },
      { { "new@x.example", NULL, NULL, place.own_id },
        PN_EVIDENCE_OWN_ID,
        TRUE,
        FALSE,
        FALSE,
        FALSE },
      { { ADA, NULL, "known@customer.example" }, PN_EVIDENCE_KNOWN_ID, TRUE, FALSE, TRUE, FALSE },
      { { ADA, NULL, "unknown@x", "known@customer.example" },
        PN_EVIDENCE_KNOWN_ID,
        TRUE,
        FALSE,
        TRUE,
        FALSE },
      { { "new@x.example", NULL, "known@customer.example" },
        PN_EVIDENCE_KNOWN_ID,
        FALSE,
        TRUE,
        FALSE,
        FALSE },
      { { "eve@x.example", NULL, "known@customer.example" },
        PN_EVIDENCE_KNOWN_ID,
        FALSE,
        TRUE,
        FALSE,
        FALSE },
      { { ADA, NULL, NULL, NULL, tag }, PN_EVIDENCE_TAG, TRUE, FALSE, TRUE, FALSE },
      { { "new@x.example", NULL, NULL, NULL, tag }, PN_EVIDENCE_TAG, FALSE, TRUE, FALSE, FALSE },
      { { ADA, NULL, NULL, NULL, "[#4711]" }, PN_EVIDENCE_NONE, FALSE, FALSE, FALSE, FALSE },
      { { ADA, good, "known@customer.example", NULL, "[#4711]" },
        PN_EVIDENCE_TOKEN,
        TRUE,
        FALSE,
        TRUE,
        TRUE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
      g_autoptr (PnThread) thread = find (&place, &cases[i].mail);

      g_test_message ("case %zu: %s", i, thread->reason);
      g_assert_cmpint (thread->evidence, ==, cases[i].evidence);
      g_assert_cmpint (thread->ticket_id, ==, cases[i].is_placed ? place.ticket_id : 0);
      g_assert_cmpint (thread->linked_id, ==, cases[i].is_linked ? place.ticket_id : 0);
      g_assert_cmpint (thread->is_participant, ==, cases[i].is_participant);
      g_assert_cmpint (thread->has_token, ==, cases[i].has_token);
      g_assert_false (thread->has_bad_token);
    }
  }
}

/* The ticket's mail answers one that had not come: that one, and other answers to it, find the ticket all the same. */
static void
test_overtaken (void)
{
  static const struct {
    Mail mail;
    gboolean is_placed;
    gboolean is_linked;
  } cases[] = {
    { { .from = ADA, .mid = "first@customer.example" }, TRUE, FALSE },
    { { .from = ADA, .mid = "third@x", .in_reply_to = "first@customer.example" }, TRUE, FALSE },
    { { .from = ADA, .mid = "third@x", .reference = "first@customer.example" }, TRUE, FALSE },
    { { .from = "new@x.example", .mid = "first@customer.example" }, FALSE, TRUE },
    { { .from = "new@x.example", .mid = "x", .in_reply_to = "first@customer.example" },
      FALSE,
      TRUE },
    { { .from = ADA, .mid = "fifth@customer.example" }, FALSE, FALSE },
  };
  g_auto (Place) place = { 0 };

  if (!place_open (&place))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnThread) thread = find (&place, &cases[i].mail);

    g_test_message ("case %zu: %s", i, thread->reason);
    g_assert_cmpint (thread->ticket_id, ==, cases[i].is_placed ? place.ticket_id : 0);
    g_assert_cmpint (thread->linked_id, ==, cases[i].is_linked ? place.ticket_id : 0);
  }
}

/* Every single flipped character makes a token worthless, and it shows. */
static void
test_bad_tokens (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *token = NULL;
  g_autofree char *bounce = NULL;
  g_autofree char *wrong_purpose = NULL;
  g_autoptr (PnThread) thread = NULL;

  if (!place_open (&place))
    return;
  token = pn_token_make (place.key, PN_TOKEN_REPLY, place.ticket_id, 0);
  for (gsize i = 0; i < strlen (token); i++) {
    g_autofree char *bad = g_strdup (token);
    g_autofree char *address = NULL;
    g_autofree char *own = NULL;

    bad[i] = bad[i] == 'a' ? 'b' : 'a';
    address = pn_thread_tagged_address ("support@demo.example", 't', bad);
    own = g_strdup_printf ("p1.%s@demo.example", bad);
    for (guint way = 0; way < 2; way++) {
      const Mail mail = { .from = ADA,
                          .to = way == 0 ? address : NULL,
                          .in_reply_to = way == 1 ? own : NULL };
      g_autoptr (PnThread) found = find (&place, &mail);

      g_assert_cmpint (found->ticket_id, ==, 0);
      g_assert_false (found->has_token);
      g_assert_true (found->has_bad_token);
    }
  }
  bounce = pn_token_make (place.key, PN_TOKEN_BOUNCE, place.ticket_id, 0);
  wrong_purpose = pn_thread_tagged_address ("support@demo.example", 't', bounce);
  thread = find (&place, &(Mail){ .from = ADA, .to = wrong_purpose });
  g_assert_cmpint (thread->ticket_id, ==, 0);
  g_clear_pointer (&thread, pn_thread_free);
  thread = find (&place, &(Mail){ .from = ADA, .to = "shop+t.sale@elsewhere.example" });
  g_assert_false (thread->has_bad_token); /* somebody else's address */
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/thread/subjects", test_subjects);
  g_test_add_func ("/thread/address-tags", test_address_tags);
  g_test_add_func ("/thread/evidence", test_evidence);
  g_test_add_func ("/thread/overtaken", test_overtaken);
  g_test_add_func ("/thread/bad-tokens", test_bad_tokens);
  return g_test_run ();
}
