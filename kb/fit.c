#include "kb/fit.h"

#include <math.h>
#include <string.h>

#include "kb/trust.h"

#define N (PN_KB_FEATURES + 1) /* the bias comes first */
#define ROUNDS 25
/* How strongly the general weights hold back what is learned. Bases differ in their bias by about one, and little else; with
 * these two, questions that were not learned from are judged well in each collection, from 10 on to half of all. A bias
 * that is held less is found sooner, but says a little too much after ten answers. */
#define HELD_BIAS 1.0
#define HELD_WEIGHT 30.0
#define SMALL_GAIN 1e-6
#define SMALL_SHARE 1e-4 /* of a step */
#define LOWER_Z 0.6745   /* 75 %, one side */
#define UPPER_Z 1.2816   /* 90 % */
#define EXPECTED 20      /* answers that the confidences themselves count for */
#define JUDGED_MIN 20    /* fewer say nothing about a threshold below the safe one */
#define BINS 10
#define LEAST_PROBABILITY 1e-6

static double
held (guint i)
{
  return i == 0 ? HELD_BIAS : HELD_WEIGHT;
}

static void
to_vector (const PnKbWeighing *weighing, double vector[N])
{
  vector[0] = weighing->bias;
  for (guint i = 1; i < N; i++)
    vector[i] = weighing->of[i - 1];
}

static void
from_vector (const double vector[N], PnKbWeighing *weighing)
{
  weighing->bias = vector[0];
  for (guint i = 1; i < N; i++)
    weighing->of[i - 1] = vector[i];
}

void
pn_kb_fit_solve (guint n, double *a, double *b)
{
  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j <= i; j++) {
      double sum = a[i * n + j];

      for (guint k = 0; k < j; k++)
        sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? sqrt (MAX (sum, 1e-12)) : sum / a[j * n + j];
    }
  }
  for (guint i = 0; i < n; i++) {
    for (guint k = 0; k < i; k++)
      b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (guint i = n; i > 0; i--) {
    for (guint k = i; k < n; k++)
      b[i - 1] -= a[k * n + i - 1] * b[k];
    b[i - 1] /= a[(i - 1) * n + i - 1];
  }
}

/* Adds a sample to the gradient and the curvature. */
static void
add_sample (const PnKbSample *sample, const PnKbWeighing *now, double slope[N], double curve[N][N])
{
  double probability = pn_kb_confidence_of (now, sample->features);
  double off = sample->is_right - probability;
  double weight = probability * (1 - probability);
  double x[N] = { 1 };

  for (guint i = 1; i < N; i++)
    x[i] = sample->features[i - 1];
  for (guint i = 0; i < N; i++) {
    slope[i] += off * x[i];
    for (guint j = 0; j <= i; j++)
      curve[i][j] += weight * x[i] * x[j];
  }
}

/* The samples of one kind of base that count. */
typedef struct {
  const GArray *samples;
  gboolean is_many;
  guint without;
  double start[N];
} Task;

static gboolean
counts (const Task *task, const PnKbSample *sample)
{
  return sample->is_many == task->is_many && sample->fold != task->without;
}

static double
loss_of (double confidence, gboolean is_right)
{
  return -log (MAX (is_right ? confidence : 1 - confidence, LEAST_PROBABILITY));
}

/* What is made small. */
static double
cost_of (const Task *task, const double now[N])
{
  PnKbWeighing weighing;
  double cost = 0;

  from_vector (now, &weighing);
  for (guint i = 0; i < N; i++)
    cost += held (i) * (now[i] - task->start[i]) * (now[i] - task->start[i]) / 2;
  for (guint s = 0; s < task->samples->len; s++) {
    const PnKbSample *sample = &g_array_index (task->samples, PnKbSample, s);

    if (counts (task, sample))
      cost += loss_of (pn_kb_confidence_of (&weighing, sample->features), sample->is_right);
  }
  return cost;
}

/* @step: to where the cost would be least if it were a parabola. */
static void
find_step (const Task *task, const double now[N], double step[N])
{
  double curve[N][N] = { { 0 } };
  PnKbWeighing weighing;

  from_vector (now, &weighing);
  for (guint i = 0; i < N; i++) {
    step[i] = -held (i) * (now[i] - task->start[i]);
    curve[i][i] = held (i);
  }
  for (guint s = 0; s < task->samples->len; s++) {
    const PnKbSample *sample = &g_array_index (task->samples, PnKbSample, s);

    if (counts (task, sample))
      add_sample (sample, &weighing, step, curve);
  }
  pn_kb_fit_solve (N, curve[0], step);
}

/* One of the two kinds of base, by Newton's method; a step that goes too far is halved. */
static void
fit_kind (const GArray *samples, gboolean is_many, guint without, PnKbWeighing *weighing)
{
  Task task = { .samples = samples, .is_many = is_many, .without = without };
  double now[N];
  double cost;

  to_vector (weighing, task.start);
  to_vector (weighing, now);
  cost = cost_of (&task, now);
  for (guint round = 0; round < ROUNDS; round++) {
    double step[N], next[N];
    double share = 2, better;

    find_step (&task, now, step);
    do {
      share /= 2;
      for (guint i = 0; i < N; i++)
        next[i] = now[i] + share * step[i];
      better = cost_of (&task, next);
    } while (better > cost && share > SMALL_SHARE);
    if (better > cost - SMALL_GAIN)
      break;
    memcpy (now, next, sizeof now);
    cost = better;
  }
  from_vector (now, weighing);
}

void
pn_kb_fit (const GArray *samples, guint without, PnKbWeights *weights)
{
  *weights = *pn_kb_weights_general ();
  fit_kind (samples, FALSE, without, &weights->few);
  fit_kind (samples, TRUE, without, &weights->many);
}

static double
confidence_by (const PnKbWeights *weights, const PnKbSample *sample)
{
  return pn_kb_confidence_of (sample->is_many ? &weights->many : &weights->few, sample->features);
}

gboolean
pn_kb_fit_judge (GArray *samples)
{
  const gboolean is_enough = samples->len >= PN_KB_SAMPLES_MIN;

  for (guint fold = 0; fold < PN_KB_FOLDS; fold++) {
    PnKbWeights weights = *pn_kb_weights_general ();

    if (is_enough)
      pn_kb_fit (samples, fold, &weights);
    for (guint i = 0; i < samples->len; i++) {
      PnKbSample *sample = &g_array_index (samples, PnKbSample, i);

      if (sample->fold == fold)
        sample->confidence = confidence_by (&weights, sample);
    }
  }
  return is_enough;
}

static int
by_confidence (gconstpointer left, gconstpointer right)
{
  double a = ((const PnKbSample *) left)->confidence;
  double b = ((const PnKbSample *) right)->confidence;

  return a > b ? -1 : a < b;
}

static GArray *
sorted (const GArray *samples)
{
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (PnKbSample), samples->len);

  g_array_append_vals (copy, samples->data, samples->len);
  g_array_sort (copy, by_confidence);
  return copy;
}

/* Wilson's bounds of a share; @z below 0 gives the lower one. */
static double
bound_of (double right, double n, double z)
{
  double share = right / n;
  double z2 = z * z / n;

  return (share + z2 / 2 + z * sqrt (share * (1 - share) / n + z2 / (4 * n))) / (1 + z2);
}

/* What the best samples say, so far. */
typedef struct {
  double n, right;
  double expected; /* Σ confidence */
} Best;

static void
take (Best *best, const PnKbSample *sample)
{
  best->n++;
  best->right += sample->is_right;
  best->expected += sample->confidence;
}

/* How many of them are right, as far as chance allows to say. The confidences are asked as well: they come from all
 * samples, and know when the best ones were only lucky, or unlucky. */
static double
bound_with (const Best *best, double z)
{
  const double expected = best->expected / best->n;

  return bound_of (best->right + EXPECTED * expected, best->n + EXPECTED, z);
}

static gboolean
is_proven (const Best *best)
{
  return bound_with (best, -LOWER_Z) >= PN_TRUST_GOAL;
}

/* Is there a sample of @confidence or more from @at on? */
static gboolean
reaches (const GArray *sorted_ones, guint at, double confidence)
{
  return at < sorted_ones->len
         && g_array_index (sorted_ones, PnKbSample, at).confidence >= confidence;
}

PnKbThreshold
pn_kb_fit_threshold (const GArray *samples, double safe)
{
  g_autoptr (GArray) list = sorted (samples);
  PnKbThreshold found = { .threshold = safe };
  gboolean is_found = FALSE;
  Best best = { 0 }, safe_ones = { 0 };

  for (guint i = 0; i < list->len; i++) {
    const PnKbSample *sample = &g_array_index (list, PnKbSample, i);
    gboolean is_last = i + 1 == list->len
                       || g_array_index (list, PnKbSample, i + 1).confidence < sample->confidence;

    take (&best, sample);
    if (sample->confidence >= safe)
      take (&safe_ones, sample);
    if (!is_last || (sample->confidence < safe && best.n < JUDGED_MIN) || !is_proven (&best))
      continue;
    found = (PnKbThreshold){ sample->confidence, best.right / best.n, best.n / list->len };
    is_found = TRUE;
    if (sample->confidence > safe && !reaches (list, i + 1, safe))
      found.threshold = safe; /* nothing between speaks against it */
  }
  if (is_found || safe_ones.n == 0)
    return found;
  found.precision = safe_ones.right / safe_ones.n;
  found.coverage = safe_ones.n / list->len;
  if (bound_with (&safe_ones, UPPER_Z) < PN_TRUST_GOAL)
    found.threshold = PN_TRUST_NEVER;
  return found;
}

double
pn_kb_fit_error (const GArray *samples)
{
  g_autoptr (GArray) list = sorted (samples);
  double error = 0;

  for (guint bin = 0; bin < BINS; bin++) {
    double difference = 0;

    for (guint i = list->len * bin / BINS; i < list->len * (bin + 1) / BINS; i++) {
      const PnKbSample *sample = &g_array_index (list, PnKbSample, i);

      difference += sample->confidence - sample->is_right;
    }
    error += fabs (difference);
  }
  return error / MAX (list->len, 1);
}
