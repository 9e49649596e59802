/* A stream of real questions, those out of scope among them: a base starts with nothing but its articles, answers where it
 * is sure enough, learns from what customers and staff say, and is lied to from half-time on: half of its articles are
 * right for other questions now. What it gives is right 19 times of 20, less what chance allows; once it turns wrong, it
 * stops. Questions come from ../shared/corpora/faq; DEEP=1 puts all of
 * them (banking77, the largest, is left to tests/bench/faq). */
#include "kb/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kb/feedback.h"
#include "kb/given.h"
#include "kb/import.h"
#include "kb/study.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define FIRST_STUDY 40 /* answers of people; then whenever there are half as many again */
#define SHARE 360      /* questions of a collection, without DEEP */
#define WRONG_MAX 30   /* before a base that turned wrong has stopped */

typedef struct {
  char *qid;
  char *text;
} Question;

/* A collection and what becomes of its stream. */
typedef struct {
  PnDb *db;
  const char *name;
  GPtrArray *articles;  /* of PnArticle; its id is its place + 1 */
  GHashTable *by_name;  /* external id -> PnArticle */
  GHashTable *right;    /* qid -> GHashTable of external ids */
  GArray *questions;    /* of Question */
  gboolean is_drifting; /* half of the articles are right for what the next one was right for */
  guint feedback, studied;
  guint given[2], solved[2], asked[2]; /* before and after half-time */
} Stream;

static char *
path_of (const char *set, const char *file)
{
  static const char *const folders[] = { NULL, "../shared/corpora", "../../shared/corpora" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    const char *folder = i == 0 ? g_getenv ("CORPORA") : folders[i];
    const char *top = g_getenv ("TOP_SRCDIR");
    g_autofree char *path = folder == NULL
                                ? NULL
                                : g_build_filename (i == 0 ? "/" : (top != NULL ? top : "."),
                                                    folder, "faq", set, file, NULL);

    if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* Returns: (owned) the lines; none where there is no such file. */
static char **
load_lines (const char *set, const char *file)
{
  g_autofree char *path = path_of (set, file);
  g_autofree char *text = NULL;

  if (path != NULL)
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_strsplit (text != NULL ? text : "", "\n", -1);
}

static void
take_article (Stream *stream, const char *line)
{
  json_t *document = json_loads (line, 0, NULL);
  const char *id, *question, *answer, *language;
  g_autofree char *name = NULL;
  PnArticle *article;

  if (*line == '\0')
    return;
  g_assert_cmpint (json_unpack (document, "{s:s,s:s,s:s,s:s}", "id", &id, "question", &question,
                                "answer", &answer, "lang", &language),
                   ==, 0);
  name = g_strndup (id, strcspn (id, "#"));
  article = g_hash_table_lookup (stream->by_name, name);
  if (article != NULL) {
    g_ptr_array_add (article->questions, g_strdup (question));
  } else {
    article = pn_article_new ();
    g_free (article->external_id);
    article->external_id = g_steal_pointer (&name);
    g_free (article->title);
    article->title = g_strdup (question);
    g_free (article->body);
    article->body = g_strdup (answer);
    g_free (article->language);
    article->language = g_strdup (language);
    g_ptr_array_add (stream->articles, article);
    article->id = stream->articles->len;
    g_hash_table_insert (stream->by_name, article->external_id, article);
  }
  json_decref (document);
}

static void
take_right (Stream *stream, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 4);
  GHashTable *names;

  if (g_strv_length (parts) < 4 || atoi (parts[3]) < 1)
    return;
  names = g_hash_table_lookup (stream->right, parts[0]);
  if (names == NULL) {
    names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (stream->right, g_strdup (parts[0]), names);
  }
  g_hash_table_add (names, g_strdup (parts[2]));
}

static void
clear_question (gpointer data)
{
  g_free (((Question *) data)->qid);
  g_free (((Question *) data)->text);
}

/* An order that has nothing to do with the files', the same each time. */
static int
by_chance (gconstpointer left, gconstpointer right)
{
  g_autofree char *a =
      g_compute_checksum_for_string (G_CHECKSUM_MD5, ((const Question *) left)->qid, -1);
  g_autofree char *b =
      g_compute_checksum_for_string (G_CHECKSUM_MD5, ((const Question *) right)->qid, -1);

  return strcmp (a, b);
}

static void
load_questions (Stream *stream, const char *file)
{
  g_auto (GStrv) lines = load_lines (stream->name, file);

  for (gsize i = 0; lines[i] != NULL; i++) {
    char *tab = strchr (lines[i], '\t');
    Question question;

    if (tab == NULL)
      continue;
    *tab = '\0';
    question = (Question){ g_strdup (lines[i]), g_strdup (tab + 1) };
    g_array_append_val (stream->questions, question);
  }
}

static void
free_article (gpointer data)
{
  pn_article_free (data);
}

static void
load (Stream *stream)
{
  g_auto (GStrv) articles = load_lines (stream->name, "corpus.jsonl");
  g_auto (GStrv) rights = load_lines (stream->name, "qrels.txt");

  stream->articles = g_ptr_array_new_with_free_func (free_article);
  stream->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  stream->right =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  stream->questions = g_array_new (FALSE, FALSE, sizeof (Question));
  g_array_set_clear_func (stream->questions, clear_question);
  for (gsize i = 0; articles[i] != NULL; i++)
    take_article (stream, articles[i]);
  for (gsize i = 0; rights[i] != NULL; i++)
    take_right (stream, rights[i]);
  load_questions (stream, "queries.tsv");
  load_questions (stream, "queries-oos.tsv");
  g_array_sort (stream->questions, by_chance);
}

static void
unload (Stream *stream)
{
  g_ptr_array_unref (stream->articles);
  g_hash_table_unref (stream->by_name);
  g_hash_table_unref (stream->right);
  g_array_unref (stream->questions);
}

/* The article that is right now where @article was: from half-time on, another one for each second. */
static const PnArticle *
now_right (const Stream *stream, const PnArticle *article)
{
  if (!stream->is_drifting || article->id % 2 == 0 || stream->articles->len < 3)
    return article;
  return stream->articles->pdata[((guint) article->id + 1) % stream->articles->len];
}

/* Returns: is it an answer? @some: (borrowed) one that is; NULL: there is none. */
static gboolean
is_right (const Stream *stream, const char *qid, const char *name, const PnArticle **some)
{
  GHashTable *names = g_hash_table_lookup (stream->right, qid);
  gboolean is_found = FALSE;
  GHashTableIter iter;
  gpointer key;

  *some = NULL;
  if (names == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const PnArticle *article = g_hash_table_lookup (stream->by_name, key);

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
give (Stream *stream, guint i, const Question *question, const PnKbHit *hit, gboolean is_good)
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
  const Question *question = &g_array_index (stream->questions, Question, i);
  const PnKbQuery query = { .text = question->text, .limit = 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = pn_kb_search (stream->db, &query, &error);
  g_autoptr (PnTrust) trust = pn_trust_load (stream->db, &error);
  const PnKbHit *first = hits->len > 0 ? hits->pdata[0] : NULL;
  const PnArticle *some;
  const gboolean is_good =
      is_right (stream, question->qid, first != NULL ? first->external_id : NULL, &some);

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
  g_autofree char *path = path_of (stream.name, "corpus.jsonl");
  g_autoptr (GError) error = NULL;
  guint n;

  if (path == NULL) {
    g_test_skip ("there are no collections in ../shared/corpora");
    return;
  }
  stream.db = pn_testdb_open ();
  if (stream.db == NULL)
    return;
  load (&stream);
  g_assert_true (pn_import_store (stream.db, stream.articles, NULL, &error));
  pn_assert_no_error (error);
  n = is_deep ? stream.questions->len : MIN (stream.questions->len, SHARE);
  for (guint i = 0; i < n; i++) {
    stream.is_drifting = i >= n / 2;
    ask (&stream, i);
    learn (&stream);
  }
  judge (&stream);
  unload (&stream);
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
