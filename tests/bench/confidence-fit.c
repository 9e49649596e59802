/* confidence-fit [SET...]: fits the general weights of kb/confidence.c over the collections in ../shared/corpora/faq and bases
 * cut from them, and prints them as the table there has them, with the calibration error of each collection by weights that
 * were fitted without it. A SET is a collection that is only judged, by its name or path. Prints; asserts nothing.
 *
 *   whole   all articles, all questions
 *   tiny    3 to 30 articles by their titles, their questions and a third more that they don't answer
 *   part    a tenth to a half of the articles, half of the time with few of their questions, as much asked within as beyond
 *
 * Each collection weighs the same (the two of stackfaq as one), its tiny bases TINY_WEIGHT as much, its parts PART_WEIGHT.
 * A collection and what is cut from it have a bias of their own, so that the weights come from what differs within them; the
 * bias given is the mean. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kb/ask.h"
#include "kb/confidence.h"
#include "kb/fit.h"
#include "tests/corpora/collection.h"

#define TINY_BASES 150 /* of each collection */
#define TINY_MAX 30    /* articles */
#define TINY_QUESTIONS 30
#define TINY_WEIGHT 0.5
#define PART_BASES 12
#define PART_QUESTIONS 150
#define PART_PHRASINGS 20 /* of an article, in every second one */
#define PART_WEIGHT 0.1
#define TRIES 5000   /* to find a question that is not answered */
#define SCALE 1000.0 /* what a collection weighs beside the ridge */
#define RIDGE 0.5
#define RIDGE_MANY 10.0 /* of what "many" adds to the bias: only two collections tell it */
#define ROUNDS 12
#define DRAWS 20 /* of what is known of a collection */
#define SOURCES 6
#define EXTRA 3                       /* features of which "many" has terms of its own */
#define MANY (PN_KB_FEATURES + EXTRA) /* what "many" adds to a bias */
#define BIAS (MANY + 1)
#define N (BIAS + SOURCES)

/* Places in kb/confidence.c. */
#define GRAM 4
#define WORDS 5
#define CLASS 8
#define TINY 10

static const guint extra[EXTRA] = { GRAM, WORDS, CLASS };

typedef enum { WHOLE, CUT_TINY, CUT_PART, KINDS } Kind;

typedef struct {
  const char *set;
  double weight;
  gboolean is_learned;
} Source;

static const Source sources[SOURCES] = {
  { "aia-bde", 1, TRUE },        { "banking77", 1, TRUE },  { "covidqa-en", 1, TRUE },
  { "hint3-curekart", 1, TRUE }, { "stackfaq", 0.5, TRUE }, { "stackfaq-article", 0.5, TRUE },
};

typedef struct {
  PnKbSample sample;
  guint source;
  Kind kind;
  double weight;
} Row;

static guint32 seed = 1;

static void
ask (const PnKbBase *base, const PnAsked *asked, const PnCollection *collection, Row row,
     GArray *rows)
{
  PnKbFirst first;
  const PnArticle *article;

  pn_kb_ask_first (base, asked->text, NULL, &first);
  memcpy (row.sample.features, first.features, sizeof first.features);
  row.sample.is_many = first.is_many;
  row.sample.is_right = FALSE;
  row.sample.confidence = first.article_id != 0 ? 0 : NAN;
  if (first.article_id != 0 && asked->right != NULL) {
    article = collection->articles->pdata[first.article_id - 1];
    row.sample.is_right = g_hash_table_contains (asked->right, article->external_id);
  }
  g_array_append_val (rows, row);
}

/* What is cut: how many articles, how many of their phrasings beside the title, and questions. */
typedef struct {
  guint n, phrasings, questions;
  double beyond; /* questions it doesn't answer, a question it does */
} Cut;

static void
ask_cut (const PnCollection *collection, const Cut *cut, Row row, GArray *rows)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  PnKbBase base = { .index = pn_collection_cut (collection, &seed, cut->n, cut->phrasings, names) };
  const guint start = pn_collection_draw (&seed, collection->questions->len);
  guint inside = 0, outside = 0;

  base.model = pn_kb_model_new (base.index);
  for (guint i = 0; i < collection->questions->len && inside < cut->questions; i++) {
    const PnAsked *asked =
        &g_array_index (collection->questions, PnAsked, (start + i) % collection->questions->len);

    if (!pn_asked_has_answer (asked, names))
      continue;
    ask (&base, asked, collection, row, rows);
    inside++;
  }
  for (guint tried = 0; tried < TRIES && outside < 1 + inside * cut->beyond; tried++) {
    const PnAsked *asked = &g_array_index (collection->questions, PnAsked,
                                           pn_collection_draw (&seed, collection->questions->len));

    if (pn_asked_has_answer (asked, names))
      continue;
    ask (&base, asked, collection, row, rows);
    outside++;
  }
  pn_kb_model_free (base.model);
  pn_kb_index_free (base.index);
}

static void
ask_whole (const PnCollection *collection, Row row, GArray *rows)
{
  PnKbBase base = { .index = pn_kb_index_new () };

  for (guint i = 0; i < collection->articles->len; i++)
    pn_kb_index_put (base.index, collection->articles->pdata[i]);
  pn_kb_index_seal (base.index);
  base.model = pn_kb_model_new (base.index);
  for (guint i = 0; i < collection->questions->len; i++)
    ask (&base, &g_array_index (collection->questions, PnAsked, i), collection, row, rows);
  pn_kb_model_free (base.model);
  pn_kb_index_free (base.index);
}

static void
collect (const char *set, guint source, GArray *rows)
{
  g_autoptr (PnCollection) collection = pn_collection_load (set);
  const guint n = collection->articles->len;

  ask_whole (collection, (Row){ .source = source, .kind = WHOLE }, rows);
  for (guint i = 0; source < SOURCES && i < TINY_BASES; i++) {
    const guint drawn = 3 + pn_collection_draw (&seed, TINY_MAX - 2); /* MIN () would draw twice */
    const Cut cut = { .n = MIN (drawn, n / 2), .questions = TINY_QUESTIONS, .beyond = 1.0 / 3 };

    ask_cut (collection, &cut, (Row){ .source = source, .kind = CUT_TINY }, rows);
  }
  for (guint i = 0; i < PART_BASES; i++) {
    const Cut cut = { .n = n / 10 + pn_collection_draw (&seed, n * 4 / 10) + 2,
                      .phrasings = i % 2 == 0 ? PART_PHRASINGS : G_MAXINT,
                      .questions = PART_QUESTIONS,
                      .beyond = 1 };

    ask_cut (collection, &cut, (Row){ .source = source, .kind = CUT_PART }, rows);
  }
}

static void
weigh (GArray *rows)
{
  static const double kinds[KINDS] = { 1, TINY_WEIGHT, PART_WEIGHT };
  guint n[SOURCES][KINDS] = { { 0 } };

  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);

    if (row->source < SOURCES)
      n[row->source][row->kind]++;
  }
  for (guint i = 0; i < rows->len; i++) {
    Row *row = &g_array_index (rows, Row, i);

    row->weight =
        row->source < SOURCES && !isnan (row->sample.confidence)
            ? SCALE * sources[row->source].weight * kinds[row->kind] / n[row->source][row->kind]
            : 0;
  }
}

/* TINY is set by hand. */
static void
spread (const Row *row, double x[N])
{
  memset (x, 0, N * sizeof *x);
  memcpy (x, row->sample.features, sizeof row->sample.features);
  x[CLASS] = x[TINY] = 0;
  for (guint i = 0; i < EXTRA && row->sample.is_many; i++)
    x[PN_KB_FEATURES + i] = row->sample.features[extra[i]];
  x[MANY] = row->sample.is_many ? 1 : 0;
  x[BIAS + row->source] = 1;
}

/* @without: a source that is left out. */
static void
step (const GArray *rows, int without, int also, double w[N])
{
  static double a[N][N];
  double b[N] = { 0 };

  memset (a, 0, sizeof a);
  for (guint i = 0; i < N; i++) {
    double ridge = i < MANY ? RIDGE : i < BIAS ? RIDGE_MANY : 1e-6;

    a[i][i] = ridge;
    b[i] = -ridge * w[i];
  }
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);
    double x[N], sum = 0, p;

    if (row->weight <= 0 || (int) row->source == without || (int) row->source == also)
      continue;
    spread (row, x);
    for (guint k = 0; k < N; k++)
      sum += w[k] * x[k];
    p = 1 / (1 + exp (-sum));
    for (guint k = 0; k < N; k++) {
      if (fabs (x[k]) < 1e-12)
        continue;
      b[k] += row->weight * (row->sample.is_right - p) * x[k];
      for (guint l = 0; l <= k; l++)
        a[k][l] += row->weight * p * (1 - p) * x[k] * x[l];
    }
  }
  pn_kb_fit_solve (N, a[0], b);
  for (guint k = 0; k < N; k++)
    w[k] += b[k];
}

static PnKbWeights
fit (const GArray *rows, int without, int also)
{
  double w[N] = { 0 };
  double bias = 0, n = 0;
  PnKbWeights weights = { 0 };

  for (guint round = 0; round < ROUNDS; round++)
    step (rows, without, also, w);
  for (guint i = 0; i < SOURCES; i++) {
    if ((int) i == without || (int) i == also)
      continue;
    bias += sources[i].weight * w[BIAS + i];
    n += sources[i].weight;
  }
  weights.few.bias = bias / n;
  weights.many.bias = bias / n + w[MANY];
  memcpy (weights.few.of, w, sizeof weights.few.of);
  memcpy (weights.many.of, w, sizeof weights.many.of);
  for (guint i = 0; i < EXTRA; i++)
    weights.many.of[extra[i]] += w[PN_KB_FEATURES + i];
  return weights;
}

/* Returns: the calibration error of the rows of a source, those of the whole settled as one stream. */
static double
error_of (const GArray *rows, guint source, Kind kind, const PnKbWeights *weights)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (PnKbSample));
  g_autoptr (GArray) confidences = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);
    const PnKbWeighing *weighing = row->sample.is_many ? &weights->many : &weights->few;
    double confidence;

    if (row->source != source || row->kind != kind || isnan (row->sample.confidence))
      continue;
    confidence = pn_kb_confidence_of (weighing, row->sample.features);
    g_array_append_val (confidences, confidence);
    g_array_append_val (samples, row->sample);
  }
  if (kind == WHOLE)
    pn_kb_confidence_settle ((double *) (void *) confidences->data, confidences->len);
  for (guint i = 0; i < samples->len; i++)
    g_array_index (samples, PnKbSample, i).confidence = g_array_index (confidences, double, i);
  return samples->len > 0 ? pn_kb_fit_error (samples) : 0;
}

static void
shuffle (GArray *samples)
{
  for (guint i = samples->len; i > 1; i--) {
    PnKbSample *last = &g_array_index (samples, PnKbSample, i - 1);
    PnKbSample *other = &g_array_index (samples, PnKbSample, pn_collection_draw (&seed, i));
    const PnKbSample kept = *last;

    *last = *other;
    *other = kept;
  }
}

/* Returns: the calibration error of a whole collection's questions, once the base has learned from @known others of them; by
 * today's weights, over several draws. */
static double
error_learned (const GArray *rows, guint source, guint known)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (PnKbSample));
  g_autoptr (GArray) judged = g_array_new (FALSE, TRUE, sizeof (PnKbSample));

  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);

    if (row->source == source && row->kind == WHOLE && !isnan (row->sample.confidence))
      g_array_append_val (samples, row->sample);
  }
  for (guint draw = 0; draw < DRAWS && samples->len > known; draw++) {
    PnKbWeights weights;

    shuffle (samples);
    for (guint i = 0; i < samples->len; i++)
      g_array_index (samples, PnKbSample, i).fold = i < known ? 0 : 1;
    pn_kb_fit (samples, 1, &weights);
    for (guint i = known; i < samples->len; i++) {
      PnKbSample sample = g_array_index (samples, PnKbSample, i);

      sample.confidence =
          pn_kb_confidence_of (sample.is_many ? &weights.many : &weights.few, sample.features);
      g_array_append_val (judged, sample);
    }
  }
  return pn_kb_fit_error (judged);
}

static void
print (const char *name, const PnKbWeighing *weighing)
{
  printf ("%s { %.3f, {", name, weighing->bias);
  for (guint i = 0; i < PN_KB_FEATURES; i++)
    printf (" %.3f,", weighing->of[i]);
  printf (" } }\n");
}

static void
print_errors (const GArray *rows, guint source, const char *set, const PnKbWeights *all,
              const PnKbWeights *other)
{
  const PnKbWeights *general = pn_kb_weights_general ();

  printf ("%-18s today %.3f tiny %.3f; new %.3f tiny %.3f; without it %.3f tiny %.3f part %.3f\n",
          set, error_of (rows, source, WHOLE, general), error_of (rows, source, CUT_TINY, general),
          error_of (rows, source, WHOLE, all), error_of (rows, source, CUT_TINY, all),
          error_of (rows, source, WHOLE, other), error_of (rows, source, CUT_TINY, other),
          error_of (rows, source, CUT_PART, other));
  printf ("%-18s learned from 10 %.3f, 20 %.3f, 40 %.3f\n", "", error_learned (rows, source, 10),
          error_learned (rows, source, 20), error_learned (rows, source, 40));
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, TRUE, sizeof (Row));
  const guint n = SOURCES;
  PnKbWeights all;

  for (guint s = 0; s < n; s++)
    collect (sources[s].set, s, rows);
  for (int i = 1; i < argc; i++)
    collect (argv[i], n + (guint) i - 1, rows);
  weigh (rows);
  all = fit (rows, -1, -1);
  print ("few ", &all.few);
  print ("many", &all.many);
  for (guint s = 0; s < n + (guint) argc - 1; s++) {
    const char *set = s < n ? sources[s].set : argv[s - n + 1];
    PnKbWeights other = s < n ? fit (rows, (int) s, s == 4 ? 5 : s == 5 ? 4 : -1) : all;

    print_errors (rows, s, set, &all, &other);
  }
  return 0;
}
