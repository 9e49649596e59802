/* A stream of real questions, those out of scope among them: a base starts with nothing but its articles, answers where it
 * is sure enough, learns from what customers and staff say, and is lied to from half-time on: half of its articles are
 * right for other questions now. What it gives is right 19 times of 20, less what chance allows; once it turns wrong, it
 * stops. Questions come from ../shared/corpora/faq; DEEP=1 puts all of
 * them (banking77, the largest, is left to tests/bench/faq). */
#include "kb/search.h"

#include <math.h>
#include <stdio.h>

#include "kb/feedback.h"
#include "kb/given.h"
#include "kb/import.h"
#include "kb/study.h"
#include "tests/corpora/collection.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define FIRST_STUDY 40 /* answers of people; then whenever there are half as many again */
#define SHARE 360      /* questions of a collection, without DEEP */
#define WRONG_MAX 30   /* before a base that turned wrong has stopped */

/* A collection and what becomes of its stream. */
typedef struct {
  PnDb *db;
  const char *name;
  PnCollection *collection;
  gboolean is_drifting; /* half of the articles are right for what the next one was right for */
  guint feedback, studied;
  guint given[2], solved[2], asked[2]; /* before and after half-time */
} Stream;

/* The article that is right now where @article was: from half-time on, another one for each second. */
static const PnArticle *
now_right (const Stream *stream, const PnArticle *article)
{
  if (!stream->is_drifting || article->id % 2 == 0 || stream->collection->articles->len < 3)
    return article;
  return stream->collection->articles
      ->pdata[((guint) article->id + 1) % stream->collection->articles->len];
}

/* Returns: is it an answer? @some: (borrowed) one that is; NULL: there is none. */
static gboolean
is_right (const Stream *stream, const PnAsked *question, const char *name, const PnArticle **some)
{
  gboolean is_found = FALSE;
  GHashTableIter iter;
  gpointer key;

  *some = NULL;
  if (question->right == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, question->right);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const PnArticle *article = g_hash_table_lookup (stream->collection->by_name, key);

    if (article == NULL)
      continue;
    article = now_right (stream, article);
    if (*some == NULL || article->id < (*some)->id)
      *some = article;
    is_found = is_found || g_strcmp0 (article->external_id, name) == 0;
  }
  return is_found;
}

static void
say (Stream *stream, PnFeedbackKind kind, gint64 article_id, const char *question)
{
  g_autofree char *key = g_strdup_printf ("stream:%u", stream->feedback++);
  const PnFeedback feedback = { .kind = kind,
                                .article_id = article_id,
                                .question = (char *) question };
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_feedback_add (stream->db, &feedback, key, &error));
  pn_assert_no_error (error);
}

/* The answer goes out; the customer says what came of it. */
static void
give (Stream *stream, guint i, const PnAsked *question, const PnKbHit *hit, gboolean is_good)
{
  const guint half = stream->is_drifting ? 1 : 0;
  const PnGiven given = { .message_id = i + 1,
                          .ticket_id = i + 1,
                          .person_id = i + 1,
                          .article_id = hit->id,
                          .is_answer = TRUE,
                          .confidence = hit->confidence };
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;

  stream->given[half]++;
  stream->solved[half] += is_good;
  g_assert_true (pn_given_add (stream->db, &given, &error));
  g_assert_true (pn_given_set_outcome (stream->db, i + 1, hit->id,
                                       is_good ? PN_OUTCOME_SOLVED : PN_OUTCOME_REFUSED, &error));
  say (stream, is_good ? PN_FEEDBACK_SOLVED : PN_FEEDBACK_REFUSED, hit->id, question->text);
  g_assert_true (pn_trust_watch (stream->db, &why, &error));
  pn_assert_no_error (error);
}

static gint64
id_of (Stream *stream, const PnArticle *article)
{
  g_autoptr (PnArticle) stored = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_article_find_external (stream->db, article->external_id, &stored, &error));
  g_assert_nonnull (stored);
  return stored->id;
}

static void
ask (Stream *stream, guint i)
{
  const PnAsked *question = &g_array_index (stream->collection->questions, PnAsked, i);
  const PnKbQuery query = { .text = question->text, .limit = 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = pn_kb_search (stream->db, &query, &error);
  g_autoptr (PnTrust) trust = pn_trust_load (stream->db, &error);
  const PnKbHit *first = hits->len > 0 ? hits->pdata[0] : NULL;
  const PnArticle *some;
  const gboolean is_good =
      is_right (stream, question, first != NULL ? first->external_id : NULL, &some);

  stream->asked[stream->is_drifting ? 1 : 0]++;
  if (first != NULL && trust->off_at == 0 && first->confidence >= trust->threshold) {
    give (stream, i, question, first, is_good);
    if (is_good)
      return;
  }
  say (stream, some != NULL ? PN_FEEDBACK_STAFF : PN_FEEDBACK_NONE,
       some == NULL ? 0
       : is_good    ? first->id
                    : id_of (stream, some),
       question->text);
}

static void
learn (Stream *stream)
{
  g_auto (PnStudyReport) report = { 0 };
  g_autoptr (GError) error = NULL;

  if (stream->feedback < MAX (FIRST_STUDY, stream->studied * 3 / 2))
    return;
  stream->studied = stream->feedback;
  g_assert_true (pn_study (stream->db, 0, &report, &error));
  pn_assert_no_error (error);
}

/* Can @solved of @given be right when 19 of 20 are, beyond a chance of one in a thousand? */
static gboolean
is_good_enough (guint given, guint solved)
{
  return solved
         >= PN_TRUST_GOAL * given - 3.1 * sqrt (given * PN_TRUST_GOAL * (1 - PN_TRUST_GOAL)) - 1;
}

static void
judge (Stream *stream)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTrust) trust = pn_trust_load (stream->db, &error);
  const guint wrong = stream->given[1] - stream->solved[1];

  printf ("# %s: before %u of %u answered, %u right; after the drift %u of %u, %u right, %s; "
          "threshold %.3f, calibration error %.3f of %d\n",
          stream->name, stream->given[0], stream->asked[0], stream->solved[0], stream->given[1],
          stream->asked[1], stream->solved[1], trust->off_at != 0 ? "stopped" : "going on",
          trust->threshold, trust->error, (int) trust->samples);
  g_assert_true (is_good_enough (stream->given[0], stream->solved[0]));
  g_assert_cmpuint (wrong, <=, WRONG_MAX);
  g_assert_true (is_good_enough (stream->given[1], stream->solved[1]) || trust->off_at != 0
                 || trust->threshold > 1);
}

static void
test_stream (gconstpointer data)
{
  const gboolean is_deep = g_getenv ("DEEP") != NULL;
  Stream stream = { .name = data };
  g_autofree char *path = pn_collection_path (stream.name, "corpus.jsonl");
  g_autoptr (GError) error = NULL;
  guint n;

  if (path == NULL) {
    g_test_skip ("there are no collections in ../shared/corpora");
    return;
  }
  stream.db = pn_testdb_open ();
  if (stream.db == NULL)
    return;
  stream.collection = pn_collection_load (stream.name);
  g_assert_true (pn_import_store (stream.db, stream.collection->articles, NULL, &error));
  pn_assert_no_error (error);
  n = is_deep ? stream.collection->questions->len : MIN (stream.collection->questions->len, SHARE);
  for (guint i = 0; i < n; i++) {
    stream.is_drifting = i >= n / 2;
    ask (&stream, i);
    learn (&stream);
  }
  judge (&stream);
  pn_collection_free (stream.collection);
  pn_db_close (stream.db);
}

int
main (int argc, char **argv)
{
  static const char *const sets[] = { "covidqa-en", "hint3-curekart", "stackfaq-article",
                                      "stackfaq", "aia-bde" };
  const guint few = 2; /* of them without DEEP */

  pn_test_init (&argc, &argv);
  for (guint i = 0; i < (g_getenv ("DEEP") != NULL ? G_N_ELEMENTS (sets) : few); i++) {
    g_autofree char *name = g_strdup_printf ("/kb-stream/%s", sets[i]);

    g_test_add_data_func (name, sets[i], test_stream);
  }
  return g_test_run ();
}
