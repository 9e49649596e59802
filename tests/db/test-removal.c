/* Removal of a person: a word that stands in everything of hers is looked for in every column of every table. */
#include "ticketing/removal.h"

#include <string.h>

#include "gateway/clerk/removal.h"
#include "kb/feedback.h"
#include "kb/import.h"
#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/link.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/reply.h"
#include "ticketing/search.h"
#include "ticketing/survey.h"

#define WORD "qzebra"
#define ADA "ada@qzebra.example"
#define BOB "bob@customer.example"
#define SHARED "a logo that both of them send"

/* Files that somebody has and nobody can open. */
static const char missing_sql[] =
    "SELECT COUNT(*) FROM attachment a LEFT JOIN `blob` b ON b.sha = a.sha"
    " LEFT JOIN blob_chunk c ON c.sha = a.sha WHERE b.sha IS NULL OR c.sha IS NULL";

static const char file_mail[] =
    "From: %s <%s>\nTo: support@demo.example\nMessage-ID: <%s>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n"
    "Subject: %s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain\n\n%s\n"
    "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=%s\n\n%s\n"
    "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=logo.txt\n\n" SHARED
    "\n--b--\n";

typedef struct {
  PnWorld *world;
  gint64 ticket; /* Ada's */
  gint64 bobs;   /* Bob's, on which she wrote, too */
  gint64 person;
} Case;

static PnDelivery *
send_files (PnWorld *world, const char *name, const char *from, const char *mid,
            const char *subject, const char *text, const char *file)
{
  g_autofree char *mail = g_strdup_printf (file_mail, name, from, mid, subject, text, file, text);

  return pn_world_file (world, mail);
}

static gboolean
reply_in_tx (PnDb *db, gpointer data, GError **error)
{
  gint64 id;

  return pn_reply_add (db, data, &id, error);
}

static void
reply (PnWorld *world, gint64 ticket_id, gboolean is_note, const char *text)
{
  g_autoptr (GError) error = NULL;
  PnReply order = { .ticket_id = ticket_id,
                    .agent_id = world->mill_id,
                    .channel = PN_CHANNEL_API,
                    .is_note = is_note,
                    .text = text,
                    .status = -1 };

  pn_db_run (world->db, reply_in_tx, &order, &error);
  pn_assert_no_error (error);
}

static void
index_all (PnWorld *world)
{
  guint indexed = 1;

  while (indexed > 0) {
    g_autoptr (GError) error = NULL;

    pn_search_index (world->db, 100, &indexed, &error);
    pn_assert_no_error (error);
  }
}

static void
run_sql (PnWorld *world, const char *sql, gint64 number)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (world->db, sql, PN_ARGS (pn_int (number)), NULL, &error);
  pn_assert_no_error (error);
}

/* Traces that other parts leave, as they would. */
static void
leave_traces (Case *test)
{
  static const char *const traces[] = {
    "INSERT INTO webhook_call (call_key, webhook_id, ticket_id, kind, body, next_at, created_at)"
    " VALUES (REPEAT('k', 32), 1, ?, 'ticket.created', '{\"subject\":\"Qzebra\"}', 9e17, 1)",
    "INSERT INTO rule_firing (rule_id, version, ticket_id, source, source_id, generation, explanation, effects, created_at)"
    " VALUES (1, 1, ?, 0, 1, 0, 'subject has qzebra', '[]', 1)",
    "INSERT INTO sla_match (ticket_id, explanation, matched_at) VALUES (?, '{\"who\":\"qzebra\"}', 1)",
    "INSERT INTO survey (ticket_id, address, state, due_at, word, score, created_at)"
    " VALUES (?, 'ada@qzebra.example', 2, 1, 'qzebra!', 3, 1)",
    "INSERT INTO form_answer (message_id, ticket_id, form_id, version, form_name, answers)"
    " SELECT MIN(id), ticket_id, 1, 1, 'contact', '{\"name\":\"qzebra\"}' FROM message WHERE ticket_id = ?",
    "INSERT INTO escalation_hold (ticket_id, agent_id, at, until, reason) VALUES (?, 1, 1, 1, 'qzebra rang')",
    "INSERT INTO rule_replay_hit (replay_id, ticket_id, seq, at, rule, explanation, effects)"
    " VALUES (1, ?, 1, 1, 'r', 'qzebra', '[]')",
    "INSERT INTO ticket_tag (ticket_id, tag) VALUES (?, 'kept')",
  };
  g_autoptr (GError) error = NULL;
  const PnFeedback feedback = { .kind = PN_FEEDBACK_STAFF,
                                .article_id = 1,
                                .question = (char *) "Why does the qzebra stop?",
                                .person_id = test->person };

  for (gsize i = 0; i < G_N_ELEMENTS (traces); i++)
    run_sql (test->world, traces[i], test->ticket);
  pn_feedback_add (test->world->db, &feedback, "one", &error);
  pn_assert_no_error (error);
  pn_sender_rule_set (test->world->db, ADA, PN_SENDER_ALLOW, 1, &error);
  pn_assert_no_error (error);
  pn_event_add (test->world->db, test->bobs, PN_EVENT_PARTICIPANT, PN_ACTOR_IS_SYSTEM, NULL, ADA,
                "She was in Cc.", &error);
  pn_assert_no_error (error);
}

static void
write_all (Case *test)
{
  PnWorld *world = test->world;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) first = send_files (world, "Ada Qzebra", ADA, "one@qzebra.example",
                                             "The Qzebra stops", "My qzebra stops.", "qzebra.txt");
  g_autoptr (PnDelivery) bobs =
      send_files (world, "Bob", BOB, "bob@customer.example", "A crank", "Squeaks.", "crank.txt");
  g_autoptr (PnDelivery) joins = NULL;
  g_autoptr (PnDelivery) held = NULL;

  test->ticket = first->ticket_id;
  test->bobs = bobs->ticket_id;
  pn_participant_add (world->db, test->bobs, ADA, "Ada Qzebra", PN_PARTICIPANT_CC, "by Bob",
                      &error);
  pn_assert_no_error (error);
  joins = pn_world_file_mail (world, ADA, "two@qzebra.example",
                              PN_WORLD_PASS "In-Reply-To: <bob@customer.example>\n", "Re: A crank",
                              "Mine is a qzebra, too.");
  g_assert_cmpint (joins->ticket_id, ==, test->bobs);
  held = pn_world_file_mail (world, ADA, "three@qzebra.example", PN_WORLD_FAIL, "Qzebra again",
                             "Is it qzebra?");
  g_assert_cmpint (held->state, ==, PN_SPOOL_HELD);
  reply (world, test->ticket, FALSE, "Oil the qzebra.");
  reply (world, test->bobs, FALSE,
         "Oil the crank, as Ada's qzebra."); /* quotes her; letters to both */
  reply (world, test->ticket, TRUE, "She rang about the qzebra.");
  pn_person_find_address (world->db, ADA, &test->person, &error);
  pn_assert_no_error (error);
  leave_traces (test);
  g_ptr_array_unref (pn_world_letters (world, test->ticket));
  index_all (world);
}

static Case
start (void)
{
  Case test = { .world = pn_world_new () };

  if (test.world != NULL)
    write_all (&test);
  return test;
}

static gboolean
order_in_tx (PnDb *db, gpointer data, GError **error)
{
  const Case *test = data;
  gint64 id;

  return pn_removal_order (db, test->person, test->world->mill_id, &id, error);
}

static void
order (Case *test)
{
  g_autoptr (GError) error = NULL;

  pn_db_run (test->world->db, order_in_tx, test, &error);
  pn_assert_no_error (error);
}

/* Portions until nothing is to be done now. */
static void
work (Case *test)
{
  const PnChoreContext context = { .db = test->world->db };
  guint done = 1;

  while (done > 0) {
    g_autoptr (GError) error = NULL;

    done = 0;
    pn_removal_work (&context, &done, &error);
    pn_assert_no_error (error);
  }
}

static void
pass (PnTime span)
{
  pn_clock_set_database_now (pn_clock_now () + span);
}

static void
remove_whole (Case *test)
{
  order (test);
  pass (PN_MINUTE);
  work (test);
  pass (2 * PN_HOUR);
  work (test);
  index_all (test->world);
}

/* Returns: how many rows of the column have the word; says so. */
static gint64
count_column (PnWorld *world, const char *table, const char *column)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf ("SELECT COUNT(*) FROM `%s` WHERE LOCATE('" WORD "',"
                                          " LOWER(CONVERT(`%s` USING utf8mb4))) > 0",
                                          table, column);
  g_autoptr (PnRows) rows = pn_db_query_built (world->db, sql, PN_NO_ARGS, &error);

  pn_assert_no_error (error);
  pn_rows_next (rows);
  if (pn_rows_int (rows, 0) > 0)
    g_test_message ("%s.%s has it %" G_GINT64_FORMAT " times", table, column,
                    pn_rows_int (rows, 0));
  return pn_rows_int (rows, 0);
}

/* @columns: in how many columns the word is. */
static gint64
count_word (PnWorld *world, guint *columns)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query_built (
      world->db,
      "SELECT c.table_name, c.column_name FROM information_schema.columns c"
      " JOIN information_schema.tables t ON t.table_schema = c.table_schema"
      " AND t.table_name = c.table_name"
      " WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'"
      " AND c.data_type IN ('varchar', 'char', 'text', 'mediumtext', 'longtext', 'blob',"
      " 'mediumblob', 'longblob', 'varbinary', 'binary')",
      PN_NO_ARGS, &error);
  gint64 count = 0;

  pn_assert_no_error (error);
  *columns = 0;
  while (pn_rows_next (rows)) {
    gint64 found = count_column (world, pn_rows_text (rows, 0), pn_rows_text (rows, 1));

    count += found;
    *columns += found > 0 ? 1 : 0;
  }
  return count;
}

/* TRUST.md 6 (2): thirty canaries over all channels, then not one. */
static void
test_nothing_is_left (void)
{
  Case test = start ();
  guint columns;

  if (test.world == NULL)
    return;
  g_assert_cmpint (count_word (test.world, &columns), >, 30);
  g_assert_cmpuint (columns, >, 20); /* else the test plants too little */
  remove_whole (&test);
  pass (PN_LINK_LIFE_MOST + PN_DAY);
  {
    g_autoptr (GError) error = NULL;

    pn_link_sweep (test.world->db, &error);
    pn_assert_no_error (error);
  }
  /* What others wrote stays, and is theirs: our answer to Bob names the beast. */
  run_sql (test.world, "UPDATE message SET text = '' WHERE ticket_id = ? AND direction = 1",
           test.bobs);
  run_sql (test.world, "UPDATE ticket SET preview = '' WHERE id = ?", test.bobs);
  run_sql (test.world, "DELETE FROM search_term WHERE ticket_id = ?", test.bobs);
  run_sql (test.world,
           "DELETE c FROM blob_chunk c JOIN outbox o ON o.raw_sha = c.sha WHERE o.ticket_id = ?",
           test.bobs);
  g_assert_cmpint (count_word (test.world, &columns), ==, 0);
  pn_world_free (test.world);
}

static void
test_figures_stay (void)
{
  Case test = start ();
  PnWorld *world = test.world;

  if (world == NULL)
    return;
  remove_whole (&test);
  g_assert_cmpint (pn_world_count (world, missing_sql), ==, 0); /* nobody sent Bob's logo again */
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 2);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket_tag WHERE tag = 'kept'"), ==,
                   1);
  g_assert_cmpint (pn_world_count (world, "SELECT score FROM survey"), ==, 3);
  g_assert_cmpint (
      pn_world_count (world, "SELECT COUNT(*) FROM kb_feedback WHERE question IS NULL"), ==, 1);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM event WHERE kind = 11 AND"
                                          " new_value = 'removed' AND actor_kind = 1"),
                   ==, 1);
  g_assert_cmpint (pn_world_status (world, test.ticket), ==, PN_STATUS_CLOSED);
  g_assert_cmpint (pn_world_status (world, test.bobs), !=, PN_STATUS_CLOSED);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM outbox WHERE state IN (0, 4, 7)"
                                          " AND recipient = ''"),
                   ==, 0);
  g_assert_cmpint (pn_world_letters_to (world, BOB), >, 0);
  pn_world_free (world);
}

/* Bob sent the same logo: it stays, and so does every blob that something refers to. */
static void
test_others_keep_files (void)
{
  Case test = start ();
  g_autoptr (PnDelivery) late = NULL;

  if (test.world == NULL)
    return;
  order (&test);
  pass (PN_MINUTE);
  work (&test);
  g_assert_cmpint (pn_world_count (test.world, missing_sql), ==, 0);
  /* Between retiring and going, somebody sends the file that Ada alone had. */
  late = send_files (test.world, "Cy", "cy@customer.example", "cy@customer.example", "Me too",
                     "My qzebra stops.", "same.txt");
  g_assert_cmpint (late->state, ==, PN_SPOOL_FILED);
  pass (2 * PN_HOUR);
  work (&test);
  g_assert_cmpint (pn_world_count (test.world, missing_sql), ==, 0);
  g_assert_cmpint (pn_world_count (test.world, "SELECT COUNT(*) FROM attachment"), ==, 4);
  g_assert_cmpint (pn_world_count (test.world, "SELECT COUNT(*) FROM removal_file"), ==, 0);
  g_assert_cmpint (pn_world_count (test.world, "SELECT COUNT(*) FROM removal WHERE finished_at > 0"
                                               " AND files >= 3 AND tickets = 1 AND messages = 4"),
                   ==, 1);
  pn_world_free (test.world);
}

static void
test_comes_again (void)
{
  Case test = start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) again = NULL;
  gint64 person = 0;

  if (test.world == NULL)
    return;
  remove_whole (&test);
  again = pn_world_file_mail (test.world, ADA, "four@qzebra.example",
                              PN_WORLD_PASS "In-Reply-To: <one@qzebra.example>\n",
                              "Re: The Qzebra stops", "Hello again.");
  g_assert_cmpint (again->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (again->ticket_id, !=, test.ticket);
  pn_person_find_address (test.world->db, ADA, &person, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (person, !=, 0);
  g_assert_cmpint (person, !=, test.person);
  g_assert_false (pn_db_run (test.world->db, order_in_tx, &test, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT)); /* it was ordered already */
  pn_world_free (test.world);
}

/* Two clerks that took the same portion: the slower one's is undone. */
static gboolean
save_stale (PnDb *db, gpointer data, GError **error)
{
  PnRemoval *stale = data;

  return pn_removal_portion (db, stale, error) && pn_removal_save (db, stale, error);
}

static void
test_one_clerk (void)
{
  Case test = start ();
  g_autoptr (PnRemoval) stale = NULL;
  g_autoptr (GError) error = NULL;
  const PnChoreContext context = { .db = test.world != NULL ? test.world->db : NULL };
  guint done;

  if (test.world == NULL)
    return;
  order (&test);
  pass (PN_MINUTE);
  g_assert_true (pn_removal_next (test.world->db, &stale, &error));
  g_assert_nonnull (stale);
  pn_removal_work (&context, &done, &error);
  pn_assert_no_error (error);
  g_assert_false (pn_db_run (test.world->db, save_stale, stale, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  work (&test);
  g_assert_cmpint (pn_world_count (test.world, "SELECT tickets FROM removal"), ==, 1);
  pn_world_free (test.world);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/removal/nothing-is-left", test_nothing_is_left);
  g_test_add_func ("/removal/figures-stay", test_figures_stay);
  g_test_add_func ("/removal/others-keep-files", test_others_keep_files);
  g_test_add_func ("/removal/comes-again", test_comes_again);
  g_test_add_func ("/removal/one-clerk", test_one_clerk);
  return g_test_run ();
}
