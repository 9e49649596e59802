/* Fit: confidences that mean what they say, and thresholds that hold, on samples made by a known rule. */
#include "kb/fit.h"

#include <math.h>

#include "kb/trust.h"
#include "tests/lib/test.h"

/* A pseudo-random number of 0..1, the same in every run. */
static double
next (guint32 *seed)
{
  *seed = *seed * 1664525 + 1013904223;
  return (*seed >> 8) / 16777216.0;
}

/* @n samples that are right with 1 / (1 + exp (-(bias + slope · first feature))), the feature in -3..3. */
static GArray *
make_samples (guint n, double bias, double slope, guint32 seed)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (PnKbSample));

  for (guint i = 0; i < n; i++) {
    PnKbSample sample = { .fold = i % PN_KB_FOLDS };

    sample.features[0] = next (&seed) * 6 - 3;
    sample.is_right = next (&seed) < 1 / (1 + exp (-(bias + slope * sample.features[0])));
    g_array_append_val (samples, sample);
  }
  return samples;
}

static void
test_learns_the_rule (void)
{
  static const struct {
    guint n;
    double bias, slope;
    double error; /* at most */
    double off;   /* of the slope, which is held back by the general one */
  } cases[] = {
    { 2000, 0, 2, 0.03, 0.4 },
    { 2000, -3, 1, 0.03, 0.4 }, /* mostly questions that nothing answers */
    { 400, 1, 2.3, 0.06, 1.3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) samples = make_samples (cases[i].n, cases[i].bias, cases[i].slope, 7);
    PnKbWeights weights;

    g_assert_true (pn_kb_fit_judge (samples));
    g_assert_cmpfloat (pn_kb_fit_error (samples), <=, cases[i].error);
    pn_kb_fit (samples, PN_KB_FOLDS, &weights);
    g_assert_cmpfloat (fabs (weights.few.of[0] - cases[i].slope), <, cases[i].off);
    g_assert_cmpfloat (weights.many.bias, ==, pn_kb_weights_general ()->many.bias);
  }
}

/* Ten questions tell a base that is asked little it can't answer, or much, from the usual one. */
static void
test_few_move_the_bias (void)
{
  const double slope = pn_kb_weights_general ()->few.of[0];
  const double usual = pn_kb_weights_general ()->few.bias;

  for (int way = -1; way <= 1; way += 2) {
    double before = 0, after = 0;

    for (guint32 seed = 1; seed <= 20; seed++) {
      g_autoptr (GArray) few = make_samples (PN_KB_SAMPLES_MIN, usual + way * 2.5, slope, seed);
      double share = 0, shown = 0, general = 0;

      g_assert_true (pn_kb_fit_judge (few));
      for (guint i = 0; i < few->len; i++) {
        const PnKbSample *sample = &g_array_index (few, PnKbSample, i);

        share += 1 / (1 + exp (-(usual + way * 2.5 + slope * sample->features[0]))) / few->len;
        general +=
            pn_kb_confidence_of (&pn_kb_weights_general ()->few, sample->features) / few->len;
        shown += sample->confidence / few->len;
      }
      before += fabs (general - share);
      after += fabs (shown - share);
    }
    g_assert_cmpfloat (after, <, before * 0.6);
  }
  g_assert_cmpuint (PN_KB_SAMPLES_MIN, <=, 10);
}

/* Of what reaches the threshold at least PN_TRUST_GOAL is right, on questions it was not learned from, nearly always. */
static void
test_threshold_holds (void)
{
  guint broken = 0;

  for (guint32 seed = 1; seed <= 20; seed++) {
    g_autoptr (GArray) known = make_samples (600, 0, 2.5, seed);
    g_autoptr (GArray) later = make_samples (4000, 0, 2.5, seed + 1000);
    PnKbThreshold threshold;
    PnKbWeights weights;
    double right = 0, given = 0;

    pn_kb_fit_judge (known);
    threshold = pn_kb_fit_threshold (known, PN_TRUST_SAFE_THRESHOLD);
    pn_kb_fit (known, PN_KB_FOLDS, &weights);
    for (guint i = 0; i < later->len; i++) {
      const PnKbSample *sample = &g_array_index (later, PnKbSample, i);

      if (pn_kb_confidence_of (&weights.few, sample->features) < threshold.threshold)
        continue;
      given++;
      right += sample->is_right;
    }
    g_assert_cmpfloat (given / later->len, >, 0.1);
    broken += right < (PN_TRUST_GOAL - 0.01) * given;
  }
  g_assert_cmpuint (broken, <=, 3);
}

/* Few questions change nothing; a base that is wrong where it is sure answers nothing. */
static void
test_safe (void)
{
  g_autoptr (GArray) few = make_samples (PN_KB_SAMPLES_MIN - 1, -2, 3, 3);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (PnKbSample));
  g_autoptr (GArray) wrong = make_samples (100, 0, 0, 5);

  g_assert_false (pn_kb_fit_judge (few));
  g_assert_cmpfloat (pn_kb_fit_threshold (none, 0.95).threshold, ==, 0.95);
  for (guint i = 0; i < wrong->len; i++)
    g_array_index (wrong, PnKbSample, i).confidence = 0.97;
  g_assert_cmpfloat (pn_kb_fit_threshold (wrong, 0.95).threshold, ==, PN_TRUST_NEVER);
}

/* Below the safe start, so many answers must be known to be right. */
static void
test_proof (void)
{
  static const struct {
    guint n, wrong;
    double confidence, threshold;
  } cases[] = {
    { 19, 0, 0.93, 0.95 },           { 60, 0, 0.93, 0.93 }, { 60, 9, 0.93, 0.95 },
    { 60, 0, 0.80, 0.95 }, /* lucky: they don't expect it themselves */
    { 19, 0, 0.97, 0.95 },           { 2, 1, 0.97, 0.95 }, /* unlucky, as far as anybody knows */
    { 20, 8, 0.97, PN_TRUST_NEVER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (PnKbSample));

    for (guint k = 0; k < cases[i].n; k++) {
      const PnKbSample sample = { .confidence = cases[i].confidence,
                                  .is_right = k >= cases[i].wrong };

      g_array_append_val (samples, sample);
    }
    g_assert_cmpfloat (pn_kb_fit_threshold (samples, 0.95).threshold, ==, cases[i].threshold);
  }
}

/* A stream of questions that nothing answers lowers what is said of each; a short one hardly does; order stays. */
static void
test_settle (void)
{
  double many[2000], one[] = { 0.7, NAN, 0.3 };

  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = 0.05 + 0.3 * i / G_N_ELEMENTS (many);
  pn_kb_confidence_settle (many, G_N_ELEMENTS (many));
  pn_kb_confidence_settle (one, G_N_ELEMENTS (one));
  g_assert_cmpfloat (many[1999], <, 0.2);
  for (guint i = 1; i < G_N_ELEMENTS (many); i++)
    g_assert_cmpfloat (many[i], >, many[i - 1]);
  g_assert_cmpfloat (fabs (one[0] - 0.7), <, 0.01);
  g_assert_true (isnan (one[1]));
}

/* Only the lower half counts: what stands above is nonsense on purpose. */
static void
test_solve (void)
{
  static const double x[] = { 1, -2, 3 };
  double a[][3] = { { 4, 99, 99 }, { 2, 5, 99 }, { -1, 3, 6 } };
  double b[] = { 4 * 1 + 2 * -2 + -1 * 3, 2 * 1 + 5 * -2 + 3 * 3, -1 * 1 + 3 * -2 + 6 * 3 };

  pn_kb_fit_solve (G_N_ELEMENTS (b), a[0], b);
  for (gsize i = 0; i < G_N_ELEMENTS (b); i++)
    g_assert_cmpfloat_with_epsilon (b[i], x[i], 1e-9);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-fit/solve", test_solve);
  g_test_add_func ("/kb-fit/learns-the-rule", test_learns_the_rule);
  g_test_add_func ("/kb-fit/few-move-the-bias", test_few_move_the_bias);
  g_test_add_func ("/kb-fit/threshold-holds", test_threshold_holds);
  g_test_add_func ("/kb-fit/safe", test_safe);
  g_test_add_func ("/kb-fit/proof", test_proof);
  g_test_add_func ("/kb-fit/settle", test_settle);
  return g_test_run ();
}
