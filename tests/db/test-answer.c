/* Answers from the knowledge base by mail: who gets an article, who titles, who nothing; and why. */
#include "gateway/clerk/answer.h"

#include <string.h>

#include "kb/given.h"
#include "kb/markdown.h"
#include "kb/search.h"
#include "kb/trust.h"
#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "tests/lib/testkb.h"
#include "ticketing/answering.h"
#include "ticketing/core/json.h"
#include "ticketing/wording.h"

#define ADA "ada@customer.example"
#define QUESTION "How do I get a refund?"
#define BODY "Hello,\n\nI want my money back for the loom. How do I get a refund?\n\nRegards\nAda"

static const char base[] =
    "{\"id\":\"refund\",\"title\":\"How do I get a refund?\",\"language\":\"en\",\"body\":\"Send the "
    "**loom** back. {{ticket.secret}}\\n\\nSee [the shop](/kb/2) ![pixel](https://x.example/p.png)\"}\n"
    "{\"id\":\"card\",\"title\":\"My punched card is torn\",\"language\":\"en\",\"body\":\"Glue it.\"}\n"
    "{\"id\":\"steam\",\"title\":\"The steam pressure is too low\",\"language\":\"en\",\"body\":\"Coal.\"}\n"
    "{\"id\":\"secret\",\"title\":\"How do I get a refund fast?\",\"state\":\"internal\",\"body\":"
    "\"Staff alone.\"}\n";

/* Lets @span pass. */
static void
pass (PnTime span)
{
  pn_clock_set_database_now (pn_clock_now () + span);
}

/* Returns: NULL where the test is to be skipped. */
static PnWorld *
start (PnAnsweringMode mode)
{
  PnWorld *world = pn_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = NULL;
  g_autoptr (PnAnswering) answering = NULL;

  if (world == NULL)
    return NULL;
  articles = pn_testkb_import (world->db, base);
  answering = pn_answering_new (world->support_id);
  answering->mode = mode;
  answering->threshold = 0.5;
  g_assert_true (pn_answering_save (world->db, answering, &error));
  pn_assert_no_error (error);
  return world;
}

static void
stop (PnWorld *world)
{
  pn_world_free (world);
  pn_kb_forget ();
}

/* Returns: (owned) the reason of the ticket's answer event. */
static char *
reason_of (PnWorld *world, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = pn_event_list (world->db, ticket_id, &error);
  char *reason = NULL;

  for (guint i = 0; i < events->len; i++) {
    const PnEvent *event = events->pdata[i];

    if (event->kind == PN_EVENT_ANSWER && reason == NULL) {
      g_autoptr (json_t) stored = pn_json_text (event->reason);

      reason = pn_world_words (stored);
    }
  }
  return reason;
}

/* Returns: the only automatic letter about the ticket; (owned) @letters. */
static const PnLetterRow *
only_letter (PnWorld *world, gint64 ticket_id, GPtrArray **letters)
{
  const PnLetterRow *found = NULL;

  *letters = pn_world_letters (world, ticket_id);
  for (guint i = 0; i < (*letters)->len; i++) {
    const PnLetterRow *row = (*letters)->pdata[i];

    if (row->class != PN_CLASS_AUTOMATIC)
      continue;
    g_assert_null (found);
    found = row;
  }
  return found;
}

/* One letter each, and a reason for it. */
static void
test_modes (void)
{
  static const struct {
    PnAnsweringMode mode;
    const char *headers;
    const char *subject, *body;
    const char *letter; /* NULL: none */
    const char *event;
    const char *reason; /* a part of it */
    gint64 given, answers;
  } cases[] = {
    { PN_ANSWERING_ANSWER, PN_WORLD_PASS, QUESTION, BODY, "answer", "answer", "% sure", 1, 1 },
    { PN_ANSWERING_SUGGEST, PN_WORLD_PASS, QUESTION, BODY, "ack", "acknowledgement",
      "the queue only suggests", 1, 0 },
    { PN_ANSWERING_OFF, PN_WORLD_PASS, QUESTION, BODY, "ack", "acknowledgement",
      "the queue uses no articles", 0, 0 },
    { PN_ANSWERING_ANSWER, "", QUESTION, BODY, "ack-unverified", "acknowledgement",
      "nobody vouches for the sender", 1, 0 },
    { PN_ANSWERING_ANSWER, PN_WORLD_PASS, "Zebra", "Xylophone quartz yacht.", "ack",
      "acknowledgement", "no article comes near", 0, 0 },
    { PN_ANSWERING_ANSWER, PN_WORLD_PASS "Auto-Submitted: auto-notified\n", QUESTION, BODY, NULL,
      "none", "no person wrote it", 0, 0 },
    { PN_ANSWERING_ANSWER, PN_WORLD_PASS "Precedence: bulk\n", QUESTION, BODY, NULL, "none",
      "no person wrote it", 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnWorld *world = start (cases[i].mode);
    g_autoptr (PnDelivery) delivery = NULL;
    g_autoptr (GPtrArray) letters = NULL;
    g_autofree char *reason = NULL;
    const PnLetterRow *row;

    if (world == NULL)
      return;
    g_test_message ("case %zu", i);
    delivery = pn_world_file_mail (world, ADA, "q@customer.example", cases[i].headers,
                                   cases[i].subject, cases[i].body);
    row = only_letter (world, delivery->ticket_id, &letters);
    g_assert_cmpstr (row != NULL ? row->letter : NULL, ==, cases[i].letter);
    g_assert_cmpint (pn_world_events (world, delivery->ticket_id, PN_EVENT_ANSWER, cases[i].event),
                     ==, 1);
    reason = reason_of (world, delivery->ticket_id);
    g_test_message ("%s", reason);
    g_assert_nonnull (strstr (reason, cases[i].reason));
    g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM kb_given"), ==, cases[i].given);
    g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM kb_given WHERE is_answer = 1"),
                     ==, cases[i].answers);
    stop (world);
  }
}

/* What goes out: the article with links in text and HTML to whom somebody vouches for, nothing of their own words to
 * others. */
static void
test_letters (void)
{
  PnWorld *world = start (PN_ANSWERING_ANSWER);
  g_autoptr (PnDelivery) known = NULL;
  g_autoptr (PnDelivery) unknown = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  g_autoptr (GPtrArray) others = NULL;
  g_autofree char *text = NULL;
  g_autofree char *other = NULL;

  if (world == NULL)
    return;
  known = pn_world_file_mail (world, ADA, "q@customer.example", PN_WORLD_PASS, QUESTION, BODY);
  text = pn_world_letter_text (world, only_letter (world, known->ticket_id, &letters));
  g_assert_nonnull (strstr (text, "Auto-Submitted: auto-replied"));
  g_assert_nonnull (strstr (text, "text/html"));
  g_assert_nonnull (strstr (text, "/my/solved/"));
  g_assert_nonnull (strstr (text, "/my/person/"));
  g_assert_nonnull (strstr (text, "{{ticket.secret}}")); /* data stays data */
  g_assert_nonnull (strstr (text, "https://help.example/kb/2"));
  g_assert_null (strstr (text, "<img src=3D\"http"));
  g_assert_null (strstr (text, "src=\"http"));
  g_assert_null (strstr (text, "Staff alone"));
  unknown = pn_world_file_mail (world, "eve@unknown.example", "q@unknown.example", "", QUESTION,
                                BODY " https://spam.example");
  other = pn_world_letter_text (world, only_letter (world, unknown->ticket_id, &others));
  g_assert_cmpuint (strlen (other), <, 6000);
  g_assert_null (strstr (other, "text/html"));
  g_assert_null (strstr (other, "spam.example"));
  g_assert_null (strstr (other, "Send the"));
  g_assert_nonnull (strstr (other, "https://help.example/kb/1"));
  stop (world);
}

/* A site's own words are used; words that don't work for a letter never keep it from leaving. */
static void
test_own_words (void)
{
  static const struct {
    const char *text;
    const char *expected;
  } cases[] = {
    { "Subject: Own [#{{ticket.number}}]\n\nDear {{person.name}}, ahoy.\n", "ahoy" },
    { "Subject: Own\n\n{{> gone}}\n", "thank you for writing to us" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnWorld *world = start (PN_ANSWERING_OFF);
    g_autoptr (GError) error = NULL;
    g_autoptr (PnDelivery) delivery = NULL;
    g_autoptr (GPtrArray) letters = NULL;
    g_autofree char *text = NULL;
    const PnWording wording = { .letter = (char *) "ack",
                                .language = (char *) "en",
                                .is_own = TRUE,
                                .text = (char *) cases[i].text };

    if (world == NULL)
      return;
    g_assert_true (pn_wording_save (world->db, &wording, &error));
    pn_assert_no_error (error);
    delivery = pn_world_file_mail (world, ADA, "q@customer.example", PN_WORLD_PASS, QUESTION, BODY);
    text = pn_world_letter_text (world, only_letter (world, delivery->ticket_id, &letters));
    g_assert_nonnull (strstr (text, cases[i].expected));
    stop (world);
  }
}

/* The same answer is never given twice to a person; nor once automatic answers are off. */
static void
test_once (void)
{
  PnWorld *world = start (PN_ANSWERING_ANSWER);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) first = NULL;
  g_autoptr (PnDelivery) second = NULL;
  g_autoptr (PnDelivery) third = NULL;
  g_autofree char *why = NULL;
  g_autofree char *off = NULL;
  gboolean is_news;

  if (world == NULL)
    return;
  first = pn_world_file_mail (world, ADA, "1@customer.example", PN_WORLD_PASS, QUESTION, BODY);
  g_assert_cmpint (pn_world_events (world, first->ticket_id, PN_EVENT_ANSWER, "answer"), ==, 1);
  pass (2 * PN_DAY);
  second = pn_world_file_mail (world, ADA, "2@customer.example", PN_WORLD_PASS, QUESTION, BODY "!");
  why = reason_of (world, second->ticket_id);
  g_assert_nonnull (strstr (why, "the same article went to this person before"));
  g_assert_true (pn_trust_switch_off (world->db, "Too many were wrong.", &is_news, &error));
  g_assert_true (is_news);
  third = pn_world_file_mail (world, "bob@customer.example", "3@customer.example", PN_WORLD_PASS,
                              QUESTION, BODY);
  off = reason_of (world, third->ticket_id);
  g_assert_nonnull (strstr (off, "automatic answers are switched off"));
  stop (world);
}

/* Holidays are said once in seven days; with an article, too, since its reader may ask for a person. */
static void
check_away (PnAnsweringMode mode, const char *letter)
{
  PnWorld *world = start (mode);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAnswering) answering = NULL;
  static const gboolean says[] = { TRUE, FALSE };

  if (world == NULL)
    return;
  answering = pn_answering_load (world->db, world->support_id, &error);
  answering->away_from = 1;
  answering->away_until = pn_clock_now () + 30 * PN_DAY;
  g_free (answering->away_text);
  answering->away_text = g_strdup ("We are at the seaside until Monday.");
  g_assert_true (pn_answering_save (world->db, answering, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (says); i++) {
    g_autofree char *mid = g_strdup_printf ("%zu@customer.example", i);
    g_autoptr (PnDelivery) delivery = NULL;
    g_autoptr (GPtrArray) letters = NULL;
    g_autofree char *text = NULL;
    const PnLetterRow *row;

    pass ((gint64) i * 2 * PN_DAY);
    delivery = pn_world_file_mail (world, ADA, mid, PN_WORLD_PASS, QUESTION, BODY);
    row = only_letter (world, delivery->ticket_id, &letters);
    g_assert_cmpstr (row->letter, ==, i == 0 ? letter : "ack");
    text = pn_world_letter_text (world, row);
    g_assert_cmpint (strstr (text, "at the seaside") != NULL, ==, says[i]);
  }
  stop (world);
}

static void
test_away (void)
{
  check_away (PN_ANSWERING_SUGGEST, "ack");
  check_away (PN_ANSWERING_ANSWER, "answer");
}

/* Answers that turn out wrong switch themselves off, once, and staff can switch them on again. */
static void
test_watch (void)
{
  PnWorld *world = start (PN_ANSWERING_ANSWER);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTrust) trust = NULL;
  g_autoptr (PnTrust) again = NULL;
  g_autofree char *none = NULL;
  g_autofree char *why = NULL;
  g_autofree char *twice = NULL;
  g_autofree char *later = NULL;

  if (world == NULL)
    return;
  for (gint64 i = 1; i <= 40; i++) {
    const PnGiven given = { .message_id = i,
                            .ticket_id = i,
                            .person_id = i,
                            .article_id = 1,
                            .is_answer = TRUE,
                            .confidence = 0.96 };

    g_assert_true (pn_given_add (world->db, &given, &error));
    g_assert_true (pn_given_set_outcome (world->db, i, 0,
                                         i == 20 ? PN_OUTCOME_REFUSED : PN_OUTCOME_SOLVED, &error));
  }
  g_assert_true (pn_trust_watch (world->db, &none, &error));
  g_assert_null (none); /* one of forty wrong: as good as it should be */
  for (gint64 i = 1; i <= 6; i++)
    g_assert_true (pn_given_set_outcome (world->db, i, 0, PN_OUTCOME_REFUSED, &error));
  g_assert_true (pn_trust_watch (world->db, &why, &error));
  g_assert_nonnull (why);
  g_assert_true (pn_trust_watch (world->db, &twice, &error));
  g_assert_null (twice);
  trust = pn_trust_load (world->db, &error);
  g_assert_cmpint (trust->off_at, >, 0);
  pass (PN_MINUTE);
  g_assert_true (pn_trust_switch_on (world->db, &error));
  g_assert_true (pn_trust_watch (world->db, &later, &error));
  g_assert_null (later); /* the past is not held against it */
  again = pn_trust_load (world->db, &error);
  g_assert_cmpint (again->off_at, ==, 0);
  stop (world);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  pn_markdown_start ();
  g_test_add_func ("/answer/modes", test_modes);
  g_test_add_func ("/answer/letters", test_letters);
  g_test_add_func ("/answer/own-words", test_own_words);
  g_test_add_func ("/answer/never-twice", test_once);
  g_test_add_func ("/answer/holidays", test_away);
  g_test_add_func ("/answer/switch-off", test_watch);
  return g_test_run ();
}
