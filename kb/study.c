#include "kb/study.h"

#include <string.h>

#include "kb/article.h"
#include "kb/ask.h"
#include "kb/feedback.h"
#include "kb/fit.h"
#include "kb/markdown.h"
#include "kb/stem.h"
#include "kb/words.h"

#define PAGE 500
#define WORDS_MIN 2
#define WORDS_CHARS 300 /* longer questions are told by too many things */
#define STAFF_USES_IT 5 /* answers with an article, before those without one tell anything */

/* Everything that is studied. */
typedef struct {
  GPtrArray *articles; /* of PnArticle, as text */
  GPtrArray *feedback; /* of PnFeedback, oldest first */
  GHashTable *votes;   /* what is for and against an article for some words: key_of () -> number */
  GHashTable *chosen;  /* feedback that is learned: PnFeedback * */
  GArray *samples;     /* of PnKbSample */
  gint64 last;         /* feedback that was seen */
} Study;

static void
study_clear (Study *study)
{
  g_clear_pointer (&study->articles, g_ptr_array_unref);
  g_clear_pointer (&study->feedback, g_ptr_array_unref);
  g_clear_pointer (&study->votes, g_hash_table_unref);
  g_clear_pointer (&study->chosen, g_hash_table_unref);
  g_clear_pointer (&study->samples, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Study, study_clear)

void
pn_study_report_clear (PnStudyReport *report)
{
  g_clear_pointer (&report->trust, pn_trust_free);
}

static void
free_article (gpointer data)
{
  pn_article_free (data);
}

static void
free_feedback (gpointer data)
{
  pn_feedback_free (data);
}

static gboolean
load_articles (PnDb *db, Study *study, guint most, GError **error)
{
  gint64 change = 0, id = 0;
  guint got;

  study->articles = g_ptr_array_new_with_free_func (free_article);
  do {
    g_autoptr (GPtrArray) page = pn_article_list_changed (db, change, id, PAGE, error);

    if (page == NULL)
      return FALSE;
    got = page->len;
    for (guint i = 0; i < got; i++) {
      PnArticle *article = page->pdata[i];
      char *text = pn_markdown_to_text (article->body);

      g_free (article->body);
      article->body = text;
      change = article->change_no;
      id = article->id;
    }
    g_ptr_array_extend_and_steal (study->articles, g_steal_pointer (&page));
  } while (got == PAGE && (most == 0 || study->articles->len <= most));
  return TRUE;
}

/* The newest PN_STUDY_QUESTIONS_MAX. */
static gboolean
load_feedback (PnDb *db, Study *study, GError **error)
{
  gint64 after = 0;
  guint got;

  study->feedback = g_ptr_array_new_with_free_func (free_feedback);
  if (!pn_feedback_last (db, &study->last, error))
    return FALSE;
  do {
    g_autoptr (GPtrArray) page = pn_feedback_list (db, after, PAGE, error);

    if (page == NULL)
      return FALSE;
    got = page->len;
    if (got > 0)
      after = ((PnFeedback *) page->pdata[got - 1])->id;
    g_ptr_array_extend_and_steal (study->feedback, g_steal_pointer (&page));
    if (study->feedback->len > PN_STUDY_QUESTIONS_MAX)
      g_ptr_array_remove_range (study->feedback, 0, study->feedback->len - PN_STUDY_QUESTIONS_MAX);
  } while (got == PAGE);
  return TRUE;
}

/* Returns: (owned) what the same words are with for an article; 0: for whichever. */
static char *
key_of (gint64 article_id, const char *question)
{
  g_autofree char *folded = pn_stem_fold (question);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%s", article_id, folded);
}

static gboolean
is_short_enough (const char *question)
{
  g_autoptr (GArray) words = pn_words_split (question);

  return words->len >= WORDS_MIN && g_utf8_strlen (question, -1) <= WORDS_CHARS;
}

static void
vote (Study *study, gint64 article_id, const char *question, int by)
{
  char *key = key_of (article_id, question);
  int sum = GPOINTER_TO_INT (g_hash_table_lookup (study->votes, key));

  g_hash_table_replace (study->votes, key, GINT_TO_POINTER (sum + by));
}

static int
votes_of (const Study *study, gint64 article_id, const char *question)
{
  g_autofree char *key = key_of (article_id, question);

  return GPOINTER_TO_INT (g_hash_table_lookup (study->votes, key));
}

/* Also for whichever article: that some answered, so that another first one is wrong. */
static void
count_votes (Study *study)
{
  study->votes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < study->feedback->len; i++) {
    const PnFeedback *feedback = study->feedback->pdata[i];
    const gboolean is_good = pn_feedback_is_good (feedback->kind);

    if (feedback->article_id != 0)
      vote (study, feedback->article_id, feedback->question, is_good ? 1 : -1);
    if (is_good)
      vote (study, 0, feedback->question, 1);
  }
}

/* The newest first, each wording once. */
static void
choose (Study *study)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  study->chosen = g_hash_table_new (NULL, NULL);
  for (guint i = study->feedback->len; i > 0; i--) {
    PnFeedback *feedback = study->feedback->pdata[i - 1];
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (taken, &feedback->article_id));

    if (!pn_feedback_is_good (feedback->kind) || n >= PN_STUDY_WORDS_OF_ARTICLE
        || !is_short_enough (feedback->question)
        || votes_of (study, feedback->article_id, feedback->question) <= 0
        || !g_hash_table_add (known, key_of (feedback->article_id, feedback->question)))
      continue;
    g_hash_table_insert (taken, &feedback->article_id, GUINT_TO_POINTER (n + 1));
    g_hash_table_add (study->chosen, feedback);
  }
}

/* The same words are in the same fold, whoever asked them. */
static guint
fold_of (const PnFeedback *feedback)
{
  g_autofree char *folded = pn_stem_fold (feedback->question);

  return g_str_hash (folded) % PN_KB_FOLDS;
}

/* Returns: a base that knows what was learned outside of @fold; then unmake_base (). */
static PnKbBase
make_base (const Study *study, guint fold)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  PnKbBase base = { .index = pn_kb_index_new () };

  for (guint i = 0; i < study->articles->len; i++) {
    PnArticle *article = study->articles->pdata[i];

    g_hash_table_insert (by_id, &article->id, article);
  }
  for (guint i = 0; i < study->feedback->len; i++) {
    PnFeedback *feedback = study->feedback->pdata[i];
    PnArticle *article = g_hash_table_contains (study->chosen, feedback)
                             ? g_hash_table_lookup (by_id, &feedback->article_id)
                             : NULL;

    if (article != NULL && fold_of (feedback) != fold)
      g_ptr_array_add (article->questions, g_strdup (feedback->question));
  }
  for (guint i = 0; i < study->articles->len; i++)
    pn_kb_index_put (base.index, study->articles->pdata[i]);
  pn_kb_index_seal (base.index);
  base.model = pn_kb_model_new (base.index);
  return base;
}

static void
unmake_base (PnKbBase *base, const Study *study, const guint *n_questions)
{
  for (guint i = 0; i < study->articles->len; i++) {
    GPtrArray *questions = ((PnArticle *) study->articles->pdata[i])->questions;

    g_ptr_array_set_size (questions, (gint) n_questions[i]);
  }
  pn_kb_model_free (base->model);
  pn_kb_index_free (base->index);
}

/* @is_right: what is known of @first as the answer to the question. Returns: FALSE when nothing is. */
static gboolean
judge (const Study *study, const PnFeedback *feedback, gint64 first, gboolean counts_none,
       gboolean *is_right)
{
  const int votes = votes_of (study, first, feedback->question);

  *is_right = votes > 0;
  return votes != 0 || votes_of (study, 0, feedback->question) > 0
         || (feedback->kind == PN_FEEDBACK_NONE && counts_none);
}

/* Whoever never puts an article into an answer says nothing by putting none. */
static gboolean
is_none_telling (const Study *study)
{
  guint staff = 0;

  for (guint i = 0; i < study->feedback->len; i++)
    staff += ((PnFeedback *) study->feedback->pdata[i])->kind == PN_FEEDBACK_STAFF;
  return staff >= STAFF_USES_IT;
}

/* Words that came several times are one question. */
static void
sample_fold (Study *study, const PnKbBase *base, guint fold, gboolean counts_none)
{
  g_autoptr (GHashTable) asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < study->feedback->len; i++) {
    const PnFeedback *feedback = study->feedback->pdata[i];
    PnKbSample sample = { .fold = fold };
    PnKbFirst first;

    if (fold_of (feedback) != fold || !g_hash_table_add (asked, key_of (0, feedback->question)))
      continue;
    pn_kb_ask_first (base, feedback->question, feedback->language, &first);
    if (first.article_id == 0
        || !judge (study, feedback, first.article_id, counts_none, &sample.is_right))
      continue;
    sample.is_many = first.is_many;
    memcpy (sample.features, first.features, sizeof sample.features);
    g_array_append_val (study->samples, sample);
  }
}

/* Puts each question to a base that knows what was learned from the others. */
static void
take_samples (Study *study)
{
  const gboolean counts_none = is_none_telling (study);
  g_autofree guint *n_questions = g_new (guint, study->articles->len + 1);

  study->samples = g_array_new (FALSE, FALSE, sizeof (PnKbSample));
  for (guint i = 0; i < study->articles->len; i++)
    n_questions[i] = ((PnArticle *) study->articles->pdata[i])->questions->len;
  if (study->feedback->len == 0)
    return;
  for (guint fold = 0; fold < PN_KB_FOLDS; fold++) {
    PnKbBase base = make_base (study, fold);

    sample_fold (study, &base, fold, counts_none);
    unmake_base (&base, study, n_questions);
  }
}

static guint
count_right (const Study *study)
{
  guint right = 0;

  for (guint i = 0; i < study->samples->len; i++)
    right += g_array_index (study->samples, PnKbSample, i).is_right;
  return right;
}

/* Words are learned where questions that they don't come from are answered better for it; else the articles stay known
 * by their own words. Leaves the samples of what was decided. */
static void
try_words (Study *study)
{
  g_autoptr (GHashTable) chosen = NULL;
  g_autoptr (GArray) samples = NULL;
  guint right;

  take_samples (study);
  if (g_hash_table_size (study->chosen) == 0)
    return;
  right = count_right (study);
  chosen = g_steal_pointer (&study->chosen);
  samples = g_steal_pointer (&study->samples);
  study->chosen = g_hash_table_new (NULL, NULL);
  take_samples (study);
  if (count_right (study) > right)
    return;
  g_hash_table_unref (study->chosen);
  g_array_unref (study->samples);
  study->chosen = g_steal_pointer (&chosen);
  study->samples = g_steal_pointer (&samples);
}

static double
error_with_general_weights (const Study *study)
{
  g_autoptr (GArray) copy = g_array_copy (study->samples);

  for (guint i = 0; i < copy->len; i++) {
    PnKbSample *sample = &g_array_index (copy, PnKbSample, i);
    const PnKbWeights *weights = pn_kb_weights_general ();

    sample->confidence =
        pn_kb_confidence_of (sample->is_many ? &weights->many : &weights->few, sample->features);
  }
  return pn_kb_fit_error (copy);
}

static void
conclude (Study *study, PnStudyReport *report)
{
  PnTrust *trust = report->trust;
  const gboolean is_better = pn_kb_fit_judge (study->samples);
  PnKbThreshold threshold = pn_kb_fit_threshold (study->samples, PN_TRUST_SAFE_THRESHOLD);

  report->questions = study->feedback->len;
  report->learned = g_hash_table_size (study->chosen);
  report->samples = study->samples->len;
  report->error_before = error_with_general_weights (study);
  trust->is_learned = TRUE;
  trust->threshold = threshold.threshold;
  trust->precision = threshold.precision;
  trust->coverage = threshold.coverage;
  trust->error = pn_kb_fit_error (study->samples);
  trust->samples = study->samples->len;
  trust->learned_at = pn_clock_now ();
  trust->learned_to = study->last;
  json_decref (trust->weights);
  trust->weights = NULL;
  if (is_better) {
    PnKbWeights weights;

    pn_kb_fit (study->samples, PN_KB_FOLDS, &weights);
    trust->weights = pn_kb_weights_write (&weights);
  }
}

typedef struct {
  const Study *study;
  PnStudyReport *report;
} Store;

/* Marks what is learned; articles that are known by other words now are told to every index. */
static gboolean
store (PnDb *db, gpointer data, GError **error)
{
  const Store *job = data;
  gint64 change_no;

  job->report->changed = 0;
  if (!pn_article_begin_change (db, &change_no, error))
    return FALSE;
  for (guint i = 0; i < job->study->feedback->len; i++) {
    PnFeedback *feedback = job->study->feedback->pdata[i];
    const gboolean is_learned = g_hash_table_contains (job->study->chosen, feedback);

    if (is_learned == feedback->is_learned)
      continue;
    job->report->changed++;
    if (!pn_feedback_set_learned (db, feedback->id, is_learned, error)
        || !pn_article_touch (db, feedback->article_id, change_no, error))
      return FALSE;
  }
  return pn_trust_save (db, job->report->trust, error);
}

gboolean
pn_study (PnDb *db, guint most, PnStudyReport *report, GError **error)
{
  g_auto (Study) study = { 0 };
  Store job = { &study, report };

  *report = (PnStudyReport){ .trust = pn_trust_new () };
  if (!load_articles (db, &study, most, error))
    return FALSE;
  report->is_too_large = most != 0 && study.articles->len > most;
  if (report->is_too_large)
    return TRUE;
  if (!load_feedback (db, &study, error))
    return FALSE;
  count_votes (&study);
  choose (&study);
  try_words (&study);
  conclude (&study, report);
  return pn_db_run (db, store, &job, error);
}

gboolean
pn_study_is_due (PnDb *db, gint64 least, gboolean *is_due, GError **error)
{
  g_autoptr (PnTrust) trust = pn_trust_load (db, error);
  gint64 last;

  if (trust == NULL || !pn_feedback_last (db, &last, error))
    return FALSE;
  *is_due = last - trust->learned_to >= least;
  return TRUE;
}
