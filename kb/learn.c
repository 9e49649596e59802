#include "kb/learn.h"

#include <math.h>
#include <string.h>

#include "kb/tuning.h"

#define CLASSES_MAX 4000
#define CELLS_MAX (16 * 1024 * 1024)
#define PHRASINGS_PER_ARTICLE 4.0
#define BIAS_SHARE 0.1f
#define LANES 8 /* classes are summed in steps of this, which compilers turn into vectors */
#define ERROR_MIN 0.0005f /* a class that is less wrong than that learns nothing from a phrasing */

struct PnKbModel {
  guint n_classes;
  guint width;       /* n_classes rounded up to LANES */
  guint32 *articles; /* of each class */
  gint32 *classes;   /* of each article; -1: none */
  guint n_terms;     /* those of the index then */
  float *weights;    /* [term][class] */
  float *biases;
};

typedef struct {
  guint32 term;
  float value;
} Feature;

/* A phrasing to learn from. */
typedef struct {
  guint class;
  guint n;
  Feature *features;
} Sample;

/* Words and grams each make a vector of length one; together of length one again. */
static guint
make_features (const PnKbIndex *index, const PnTermCount *counts, guint n, guint n_terms,
               Feature *features)
{
  double words = 1e-9, grams = 1e-9;
  double share = PN_TUNE_CLASS_GRAM;
  guint made = 0;

  for (guint i = 0; i < n; i++) {
    const PnTerm *term = pn_index_term (index, counts[i].term);
    double value = term->weight * pn_count_weight (counts[i].count);

    if (counts[i].term >= n_terms)
      continue;
    *(term->kind == PN_TERM_GRAM ? &grams : &words) += value * value;
    features[made++] = (Feature){ counts[i].term, (float) value };
  }
  words = sqrt (1 - share) / sqrt (words);
  grams = sqrt (share) / sqrt (grams);
  for (guint i = 0; i < made; i++) {
    const PnTerm *term = pn_index_term (index, features[i].term);

    features[i].value *= (float) (term->kind == PN_TERM_GRAM ? grams : words);
  }
  return made;
}

static void
add_row (float *restrict out, const float *restrict row, float value, guint width)
{
  for (guint c = 0; c < width; c += LANES) {
    for (guint lane = 0; lane < LANES; lane++)
      out[c + lane] += row[c + lane] * value;
  }
}

static void
run_forward (const PnKbModel *model, const Feature *features, guint n, float *out)
{
  float top = -INFINITY;
  float sum = 0;

  memcpy (out, model->biases, model->width * sizeof *out);
  for (guint i = 0; i < n; i++)
    add_row (out, model->weights + (gsize) features[i].term * model->width, features[i].value,
             model->width);
  for (guint c = 0; c < model->n_classes; c++)
    top = MAX (top, out[c]);
  for (guint c = 0; c < model->n_classes; c++)
    sum += out[c] = expf (out[c] - top);
  for (guint c = 0; c < model->n_classes; c++)
    out[c] /= sum;
}

/* One step against the error of one phrasing of the class @right. @wrong is room for the classes that learn. */
static void
step (PnKbModel *model, const Sample *sample, float rate, float *out, guint *wrong)
{
  guint n_wrong = 0;

  run_forward (model, sample->features, sample->n, out);
  out[sample->class] -= 1;
  for (guint c = 0; c < model->n_classes; c++) {
    if (fabsf (out[c]) < ERROR_MIN)
      continue;
    out[c] *= -rate;
    model->biases[c] += out[c] * BIAS_SHARE;
    wrong[n_wrong++] = c;
  }
  for (guint i = 0; i < sample->n; i++) {
    float *row = model->weights + (gsize) sample->features[i].term * model->width;

    for (guint w = 0; w < n_wrong; w++)
      row[wrong[w]] += out[wrong[w]] * sample->features[i].value;
  }
}

static void
clear_sample (gpointer data)
{
  g_free (((Sample *) data)->features);
}

/* Returns: (owned) the phrasings, as Sample. */
static GArray *
make_samples (const PnKbIndex *index, const PnKbModel *model)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (Sample));

  g_array_set_clear_func (samples, clear_sample);
  for (guint a = 0; a < index->articles->len; a++) {
    const PnIndexed *article = pn_index_article (index, a);

    for (guint u = 0; model->classes[a] >= 0 && u < article->n_phrasings; u++) {
      const PnUnit *unit = pn_index_unit (index, article->first_unit + u);
      Sample sample = { .class = (guint) model->classes[a] };

      sample.features = g_new (Feature, unit->n_counts + 1);
      sample.n =
          make_features (index, unit->counts, unit->n_counts, model->n_terms, sample.features);
      g_array_append_val (samples, sample);
    }
  }
  return samples;
}

/* An order that is mixed, and the same each time. */
static void
mix (GArray *samples)
{
  guint32 seed = 1;

  for (guint i = samples->len; i > 1; i--) {
    Sample kept = g_array_index (samples, Sample, i - 1);
    guint other;

    seed = seed * 1664525 + 1013904223;
    other = (guint) (((guint64) seed * i) >> 32);
    g_array_index (samples, Sample, i - 1) = g_array_index (samples, Sample, other);
    g_array_index (samples, Sample, other) = kept;
  }
}

static void
train (PnKbModel *model, const PnKbIndex *index)
{
  g_autoptr (GArray) samples = make_samples (index, model);
  g_autofree float *out = g_new (float, model->width);
  g_autofree guint *wrong = g_new (guint, model->n_classes);

  mix (samples);
  for (guint e = 0; e < PN_TUNE_EPOCHS; e++) {
    float rate = (float) (PN_TUNE_RATE / (1 + e * PN_TUNE_DECAY));

    for (guint i = 0; i < samples->len; i++)
      step (model, &g_array_index (samples, Sample, i), rate, out, wrong);
  }
}

PnKbModel *
pn_kb_model_new (const PnKbIndex *index)
{
  PnKbModel *model;

  if (index->n_living < 2 || index->n_living > CLASSES_MAX
      || index->n_phrasings < PHRASINGS_PER_ARTICLE * index->n_living
      || (gsize) index->terms->len * index->n_living > CELLS_MAX)
    return NULL;
  model = g_new0 (PnKbModel, 1);
  model->articles = g_new (guint32, index->n_living);
  model->classes = g_new (gint32, index->articles->len);
  for (guint a = 0; a < index->articles->len; a++) {
    model->classes[a] = -1;
    if (pn_index_article (index, a)->id == 0)
      continue;
    model->articles[model->n_classes] = a;
    model->classes[a] = (gint32) model->n_classes++;
  }
  model->n_terms = index->terms->len;
  model->width = (model->n_classes + LANES - 1) / LANES * LANES;
  model->weights = g_new0 (float, (gsize) model->n_terms * model->width);
  model->biases = g_new0 (float, model->width);
  train (model, index);
  return model;
}

void
pn_kb_model_free (PnKbModel *model)
{
  if (model == NULL)
    return;
  g_free (model->articles);
  g_free (model->classes);
  g_free (model->weights);
  g_free (model->biases);
  g_free (model);
}

void
pn_kb_model_add (const PnKbModel *model, const PnKbIndex *index, const PnBag *bag, double weight,
                 double *scores)
{
  g_autofree Feature *features = g_new (Feature, bag->counts->len + 1);
  g_autofree float *out = g_new (float, model->width);
  guint n = make_features (index, (const PnTermCount *) (void *) bag->counts->data,
                           bag->counts->len, model->n_terms, features);

  run_forward (model, features, n, out);
  for (guint c = 0; c < model->n_classes; c++)
    scores[model->articles[c]] += weight * out[c];
}
