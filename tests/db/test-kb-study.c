/* What a base learns from its feedback: words, weights, a threshold; and what it does not. */
#include "kb/study.h"

#include <string.h>

#include "kb/article.h"
#include "kb/feedback.h"
#include "kb/search.h"
#include "kb/synonym.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "tests/lib/testkb.h"
#include "ticketing/core/error.h"

static const char base[] =
    "{\"id\":\"refund\",\"title\":\"Refunds\",\"language\":\"en\",\"body\":\"We return your money.\"}\n"
    "{\"id\":\"card\",\"title\":\"Torn punched cards\",\"language\":\"en\",\"body\":\"Glue.\"}\n"
    "{\"id\":\"steam\",\"title\":\"Low steam pressure\",\"language\":\"en\",\"body\":\"Coal.\"}\n"
    "{\"id\":\"noise\",\"title\":\"Loud gears\",\"language\":\"en\",\"body\":\"Felt.\"}\n";

static const char *const wordings[][4] = {
  { "chargeback of the invoice", "chargeback for the broken loom", "where is my chargeback",
    "please send the chargeback soon" },
  { "the cardboard has holes that fray", "cardboard frayed at its edges",
    "frayed cardboard again today", "my cardboard frays in the reader" },
  { "boiler gauge stays in the blue", "gauge of the boiler sinks at night",
    "boiler gauge reads nothing", "the gauge on our boiler trembles" },
  { "clatter wakes the neighbours", "neighbours complain of the clatter",
    "dreadful clatter since monday", "how to end that clatter" },
};

static PnDb *
open_base (void)
{
  PnDb *db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) articles = NULL;

  if (db == NULL)
    return NULL;
  articles = pn_testkb_import (db, base);
  return db;
}

static void
add (PnDb *db, PnFeedbackKind kind, gint64 article_id, const char *question, gint64 person_id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = g_strdup_printf ("%d:%s", (int) article_id, question);
  const PnFeedback feedback = { .kind = kind,
                                .article_id = article_id,
                                .question = (char *) question,
                                .language = (char *) "en",
                                .person_id = person_id };

  g_assert_true (pn_feedback_add (db, &feedback, key, &error));
  pn_assert_no_error (error);
}

static void
study (PnDb *db, PnStudyReport *report)
{
  g_autoptr (GError) error = NULL;

  pn_study_report_clear (report);
  g_assert_true (pn_study (db, 0, report, &error));
  pn_assert_no_error (error);
}

/* Returns: the id of the first article for the question; 0: none. */
static gint64
first_of (PnDb *db, const char *question)
{
  const PnKbQuery query = { .text = question, .language = "en" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = pn_kb_search (db, &query, &error);

  pn_assert_no_error (error);
  return hits->len > 0 ? ((PnKbHit *) hits->pdata[0])->id : 0;
}

static double
confidence_of (PnDb *db, const char *question)
{
  const PnKbQuery query = { .text = question, .language = "en" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = pn_kb_search (db, &query, &error);

  pn_assert_no_error (error);
  return hits->len > 0 ? ((PnKbHit *) hits->pdata[0])->confidence : 0;
}

static gboolean
forget (PnDb *db, gpointer data, GError **error)
{
  return pn_feedback_forget_person (db, 9, data, error);
}

/* Customers' own words find the article, at once on every node, and go with the person whose they were. */
static void
test_words (void)
{
  g_autoptr (PnDb) db = open_base ();
  g_autoptr (GError) error = NULL;
  g_auto (PnStudyReport) report = { 0 };
  gint64 count = 0;

  if (db == NULL)
    return;
  g_assert_cmpint (first_of (db, "chargeback"), ==, 0);
  for (gsize a = 0; a < G_N_ELEMENTS (wordings); a++) {
    for (gsize i = 0; i < G_N_ELEMENTS (wordings[a]); i++)
      add (db, i % 2 == 0 ? PN_FEEDBACK_STAFF : PN_FEEDBACK_SOLVED, (gint64) a + 1, wordings[a][i],
           9);
  }
  study (db, &report);
  g_assert_cmpuint (report.learned, ==, 16);
  g_assert_cmpuint (report.changed, ==, 16);
  g_assert_cmpint (first_of (db, "chargeback"), ==, 1);
  g_assert_cmpint (first_of (db, "clatter of neighbours"), ==, 4);
  study (db, &report);
  g_assert_cmpuint (report.changed, ==, 0); /* again is the same */
  g_assert_true (pn_db_run (db, forget, &count, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (count, ==, 16);
  g_assert_cmpint (first_of (db, "chargeback"), ==, 0);
  study (db, &report);
  g_assert_cmpuint (report.questions, ==, 0);
  pn_kb_forget ();
}

/* What was refused as often as it helped teaches nothing; too few questions leave the safe start. */
static void
test_refused (void)
{
  g_autoptr (PnDb) db = open_base ();
  g_auto (PnStudyReport) report = { 0 };

  if (db == NULL)
    return;
  add (db, PN_FEEDBACK_SOLVED, 1, "chargeback of the invoice", 1);
  add (db, PN_FEEDBACK_REFUSED, 1, "chargeback of the invoice", 2);
  add (db, PN_FEEDBACK_NONE, 0, "do you sell umbrellas", 3);
  study (db, &report);
  g_assert_cmpuint (report.learned, ==, 0);
  g_assert_cmpfloat (report.trust->threshold, ==, PN_TRUST_SAFE_THRESHOLD);
  g_assert_null (report.trust->weights);
  pn_kb_forget ();
}

/* Words of a group find each other's articles, from the next search on. */
static void
test_synonyms (void)
{
  g_autoptr (PnDb) db = open_base ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_cmpint (first_of (db, "Rückerstattung bitte"), ==, 0);
  g_assert_true (
      pn_synonym_save (db, "refunds, ruckerstattung, money back\n\nclatter, loud\n", &error));
  pn_assert_no_error (error);
  g_assert_cmpint (first_of (db, "Rückerstattung bitte"), ==, 1);
  g_assert_cmpint (first_of (db, "such clatter"), ==, 4);
  g_assert_false (pn_synonym_save (db, "alone\n", &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_true (pn_synonym_save (db, "", &error));
  g_assert_cmpint (first_of (db, "such clatter"), ==, 0);
  pn_kb_forget ();
}

/* Ten refusals, and from the next search on the base is less sure of other articles, too. */
static void
test_few (void)
{
  static const char *const others[] = { "punched cards torn", "cards that are torn",
                                        "torn cards again",   "punched cards",
                                        "card is torn",       "torn punched card",
                                        "punched and torn",   "my cards are torn",
                                        "the torn card",      "punched my cards" };
  g_autoptr (PnDb) db = open_base ();
  g_auto (PnStudyReport) report = { 0 };
  double before;

  if (db == NULL)
    return;
  before = confidence_of (db, "loud gears");
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    add (db, PN_FEEDBACK_REFUSED, 2, others[i], 1);
  study (db, &report);
  g_assert_cmpuint (report.samples, ==, G_N_ELEMENTS (others));
  g_assert_nonnull (report.trust->weights);
  g_assert_cmpfloat (confidence_of (db, "loud gears"), <, before - 0.1);
  pn_kb_forget ();
}

/* A threshold of other confidences than today's is none: an upgrade goes back to the safe start until it is learned anew. */
static void
test_measure (void)
{
  g_autoptr (PnDb) db = open_base ();
  g_autoptr (GError) error = NULL;
  g_auto (PnStudyReport) report = { 0 };
  g_autoptr (PnTrust) now = NULL;
  g_autoptr (PnTrust) then = NULL;
  gboolean is_due;

  if (db == NULL)
    return;
  add (db, PN_FEEDBACK_SOLVED, 1, "chargeback of the invoice", 1);
  study (db, &report);
  now = pn_trust_load (db, &error);
  g_assert_true (now->is_learned);
  g_assert_true (pn_study_is_due (db, 1, &is_due, &error));
  g_assert_false (is_due);
  g_assert_true (pn_db_exec (db, "UPDATE kb_trust SET document = '{\"threshold\": 0.5}'",
                             PN_NO_ARGS, NULL, &error));
  then = pn_trust_load (db, &error);
  pn_assert_no_error (error);
  g_assert_false (then->is_learned);
  g_assert_cmpfloat (then->threshold, ==, PN_TRUST_SAFE_THRESHOLD);
  g_assert_true (pn_study_is_due (db, 1, &is_due, &error));
  g_assert_true (is_due);
  pn_kb_forget ();
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/kb-study/words", test_words);
  g_test_add_func ("/kb-study/refused", test_refused);
  g_test_add_func ("/kb-study/synonyms", test_synonyms);
  g_test_add_func ("/kb-study/few", test_few);
  g_test_add_func ("/kb-study/measure", test_measure);
  return g_test_run ();
}
