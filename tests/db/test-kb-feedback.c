#include <string.h>

#include "kb/article.h"
#include "kb/feedback.h"
#include "kb/given.h"
#include "kb/import.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/answering.h"
#include "ticketing/core/error.h"

#define MAIL                                                                                       \
  "Refund of my order\nHello dear team,\n\nhow do I get my money back?\nI bought it in May, and "  \
  "since then it has been standing in a corner of the kitchen where nobody has ever used it, and " \
  "the box it came in has been with me all that time too, and I still have everything that was "   \
  "in it, and the bill.\n\nBest regards\nAda Lovelace\nFleet Street 7\n"

static void
add (PnDb *db, PnFeedbackKind kind, gint64 article_id, const char *question, gint64 person_id,
     const char *key)
{
  g_autoptr (GError) error = NULL;
  const PnFeedback feedback = { .kind = kind,
                                .article_id = article_id,
                                .question = (char *) question,
                                .language = (char *) "en",
                                .person_id = person_id };

  g_assert_true (pn_feedback_add (db, &feedback, key, &error));
  pn_assert_no_error (error);
}

static void
test_feedback (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  gint64 counts[PN_FEEDBACK_KINDS];
  gint64 last;

  if (db == NULL)
    return;
  add (db, PN_FEEDBACK_STAFF, 7, MAIL, 3, "1");
  add (db, PN_FEEDBACK_STAFF, 7, MAIL, 3, "1"); /* the same again */
  add (db, PN_FEEDBACK_SOLVED, 7, "Money back?", 0, "1");
  add (db, PN_FEEDBACK_UNHELPFUL, 7, NULL, 0, "1");
  list = pn_feedback_list (db, 0, 10, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((PnFeedback *) list->pdata[0])->question, ==,
                   "Refund of my order how do I get my money back?");
  g_assert_true (pn_feedback_count (db, 7, counts, &error));
  g_assert_cmpint (counts[PN_FEEDBACK_STAFF], ==, 1);
  g_assert_cmpint (counts[PN_FEEDBACK_SOLVED], ==, 1);
  g_assert_cmpint (counts[PN_FEEDBACK_UNHELPFUL], ==, 1);
  g_assert_true (pn_feedback_last (db, &last, &error));
  g_assert_cmpint (last, >=, 3);
}

static gboolean
forget (PnDb *db, gpointer data, GError **error)
{
  return pn_feedback_forget_person (db, 3, data, error);
}

/* Who goes takes the words along; that there was an answer stays, and the index hears of it. */
static void
test_forget (void)
{
  static const char lines[] = "{\"id\":\"refund\",\"title\":\"Refunds\"}\n";
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = pn_import_read_lines (lines, strlen (lines), &error);
  g_autoptr (PnArticle) article = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  gint64 counts[PN_FEEDBACK_KINDS];
  gint64 change, later, count;

  if (db == NULL)
    return;
  g_assert_true (pn_import_store (db, articles, NULL, &error));
  g_assert_true (pn_article_find_external (db, "refund", &article, &error));
  add (db, PN_FEEDBACK_STAFF, article->id, "canary words", 3, "1");
  add (db, PN_FEEDBACK_STAFF, article->id, "other words", 4, "2");
  list = pn_feedback_list (db, 0, 10, &error);
  for (guint i = 0; i < list->len; i++)
    g_assert_true (pn_feedback_set_learned (db, ((PnFeedback *) list->pdata[i])->id, TRUE, &error));
  before = pn_feedback_learned (db, article->id, 10, &error);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_true (pn_article_last_change (db, &change, NULL, &error));
  g_assert_true (pn_db_run (db, forget, &count, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (count, ==, 1);
  after = pn_feedback_learned (db, article->id, 10, &error);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpstr (after->pdata[0], ==, "other words");
  g_assert_true (pn_article_last_change (db, &later, NULL, &error));
  g_assert_cmpint (later, >, change);
  g_assert_true (pn_feedback_count (db, article->id, counts, &error));
  g_assert_cmpint (counts[PN_FEEDBACK_STAFF], ==, 2);
}

static void
test_given (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) list = NULL;
  const PnGiven answer = { .message_id = 5,
                           .ticket_id = 6,
                           .person_id = 7,
                           .article_id = 8,
                           .is_answer = TRUE,
                           .confidence = 0.97 };
  const PnGiven title = {
    .message_id = 15, .ticket_id = 16, .person_id = 7, .article_id = 9, .confidence = 0.5
  };
  static const struct {
    gint64 ticket, person, article;
    gboolean was;
  } cases[] = { { 6, 0, 8, TRUE },
                { 0, 7, 8, TRUE },
                { 6, 7, 9, FALSE },
                { 16, 7, 9, FALSE },
                { 1, 2, 8, FALSE } };
  PnGivenCounts counts;
  gint64 judged, solved;
  gboolean was;

  if (db == NULL)
    return;
  g_assert_true (pn_given_add (db, &answer, &error));
  g_assert_true (pn_given_add (db, &answer, &error));
  g_assert_true (pn_given_add (db, &title, &error));
  pn_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_true (
        pn_given_was (db, cases[i].ticket, cases[i].person, cases[i].article, &was, &error));
    g_assert_cmpint (was, ==, cases[i].was);
  }
  g_assert_true (pn_given_recent (db, 0, 50, &judged, &solved, &error));
  g_assert_cmpint (judged, ==, 0);
  g_assert_true (pn_given_set_outcome (db, 5, 0, PN_OUTCOME_SOLVED, &error));
  g_assert_true (pn_given_set_outcome (db, 15, 9, PN_OUTCOME_REFUSED, &error));
  g_assert_true (pn_given_recent (db, 0, 50, &judged, &solved, &error));
  g_assert_cmpint (judged, ==, 1);
  g_assert_cmpint (solved, ==, 1);
  g_assert_true (pn_given_was (db, 16, 0, 9, &was, &error));
  g_assert_true (was); /* refused: not even a suggestion may become the answer there */
  list = pn_given_list (db, 5, &error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpint (g_array_index (list, PnGiven, 0).outcome, ==, PN_OUTCOME_SOLVED);
  g_assert_true (pn_given_count (db, 0, G_MAXINT64, &counts, &error));
  g_assert_cmpint (counts.answers, ==, 1);
  g_assert_cmpint (counts.answers_solved, ==, 1);
  g_assert_cmpint (counts.suggestions, ==, 1);
}

static void
test_answering (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAnswering) fresh = NULL;
  g_autoptr (PnAnswering) stored = NULL;

  if (db == NULL)
    return;
  fresh = pn_answering_load (db, 3, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (fresh->mode, ==, PN_ANSWERING_SUGGEST);
  g_assert_true (pn_answering_has_language (fresh, NULL));
  fresh->mode = PN_ANSWERING_ANSWER;
  g_free (fresh->languages);
  fresh->languages = g_strdup ("en de");
  fresh->away_from = 10;
  fresh->away_until = 20;
  g_assert_true (pn_answering_save (db, fresh, &error));
  fresh->threshold = 0.9;
  g_assert_true (pn_answering_save (db, fresh, &error));
  pn_assert_no_error (error);
  stored = pn_answering_load (db, 3, &error);
  g_assert_cmpint (stored->mode, ==, PN_ANSWERING_ANSWER);
  g_assert_cmpfloat (stored->threshold, ==, 0.9);
  g_assert_true (pn_answering_has_language (stored, "de-AT"));
  g_assert_false (pn_answering_has_language (stored, "fr"));
  g_assert_false (pn_answering_has_language (stored, NULL));
  g_assert_true (pn_answering_is_away (stored, 10));
  g_assert_false (pn_answering_is_away (stored, 20));
  fresh->threshold = 0.3;
  g_assert_false (pn_answering_save (db, fresh, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/kb-feedback/kept-once-and-short", test_feedback);
  g_test_add_func ("/kb-feedback/a-person-goes", test_forget);
  g_test_add_func ("/kb-feedback/given", test_given);
  g_test_add_func ("/kb-feedback/answering", test_answering);
  return g_test_run ();
}
