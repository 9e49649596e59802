/* A bicycle shop of our own (tests/corpora/velo): twenty German articles, 53 questions in customers' words - compounds, umlauts
 * as ae and oe, a Swiss ss, misspelt words, words that no article has - and 14 that nothing answers. The floors lie below
 * what is reached; what must not happen is an answer that is sure and wrong. */
#include <stdio.h>
#include <string.h>

#include "kb/ask.h"
#include "kb/fit.h"
#include "tests/corpora/collection.h"
#include "tests/lib/test.h"

#define RIGHT_MIN 0.64  /* of the questions that have an answer: the first one is it */
#define SURE 0.8        /* what somebody would believe */
#define OUTSIDE_MAX 0.6 /* the most for a question that nothing answers */

#define KNOWN 20
#define DRAWS 20
#define ERROR_MAX 0.2 /* without what is known it is above .3 */

typedef struct {
  guint asked, right;
  guint sure, sure_right;
  double outside; /* the highest confidence of a question out of scope */
} Figures;

static void
ask (const PnKbBase *base, const PnAsked *asked, Figures *figures)
{
  const PnKbQuery query = { .text = asked->text };
  PnBag bag;
  g_autoptr (GPtrArray) hits = pn_kb_ask (base, &query, &bag);
  const PnKbHit *first = hits->len > 0 ? hits->pdata[0] : NULL;
  const double confidence = first != NULL ? first->confidence : 0;
  const gboolean is_right = first != NULL && asked->right != NULL
                            && g_hash_table_contains (asked->right, first->external_id);

  figures->asked += asked->right != NULL;
  figures->right += is_right;
  figures->sure += confidence >= SURE;
  figures->sure_right += is_right && confidence >= SURE;
  if (asked->right == NULL)
    figures->outside = MAX (figures->outside, confidence);
  pn_bag_clear (&bag);
}

static void
test_velo (void)
{
  g_autoptr (PnCollection) collection = pn_collection_load ("tests/corpora/velo");
  PnKbBase base = { .index = pn_kb_index_new () };
  Figures figures = { 0 };

  g_assert_cmpuint (collection->articles->len, ==, 20);
  for (guint i = 0; i < collection->articles->len; i++)
    pn_kb_index_put (base.index, collection->articles->pdata[i]);
  pn_kb_index_seal (base.index);
  for (guint i = 0; i < collection->questions->len; i++)
    ask (&base, &g_array_index (collection->questions, PnAsked, i), &figures);
  pn_kb_index_free (base.index);
  printf ("# %u of %u right, %u of %u sure ones; the surest out of scope %.2f\n", figures.right,
          figures.asked, figures.sure_right, figures.sure, figures.outside);
  g_assert_cmpuint (figures.asked, ==, 53);
  g_assert_cmpfloat (figures.right, >=, RIGHT_MIN * figures.asked);
  g_assert_cmpuint (figures.sure_right, ==, figures.sure);
  g_assert_cmpfloat (figures.outside, <=, OUTSIDE_MAX);
}

/* Everything that is asked, in an order by chance. */
static GArray *
samples_of (const PnCollection *collection, const PnKbBase *base, guint32 *chance)
{
  GArray *samples = g_array_new (FALSE, TRUE, sizeof (PnKbSample));

  for (guint i = 0; i < collection->questions->len; i++) {
    const PnAsked *asked = &g_array_index (collection->questions, PnAsked, i);
    PnKbSample sample = { 0 };
    PnKbFirst first;

    pn_kb_ask_first (base, asked->text, NULL, &first);
    if (first.article_id == 0)
      continue;
    memcpy (sample.features, first.features, sizeof sample.features);
    sample.is_right =
        asked->right != NULL
        && g_hash_table_contains (
            asked->right,
            ((PnArticle *) collection->articles->pdata[first.article_id - 1])->external_id);
    g_array_append_val (samples, sample);
  }
  for (guint i = samples->len; i > 1; i--) {
    PnKbSample *last = &g_array_index (samples, PnKbSample, i - 1);
    PnKbSample *other = &g_array_index (samples, PnKbSample, pn_collection_draw (chance, i));
    const PnKbSample kept = *last;

    *last = *other;
    *other = kept;
  }
  for (guint i = 0; i < samples->len; i++)
    g_array_index (samples, PnKbSample, i).fold = i % PN_KB_FOLDS;
  return samples;
}

/* By its articles alone the base looks worse than it is; from a few answers on it says what it is. */
static void
test_learns (void)
{
  g_autoptr (PnCollection) collection = pn_collection_load ("tests/corpora/velo");
  g_autoptr (GArray) shown = g_array_new (FALSE, TRUE, sizeof (PnKbSample));
  PnKbBase base = { .index = pn_kb_index_new () };
  guint32 chance = 3;

  for (guint i = 0; i < collection->articles->len; i++)
    pn_kb_index_put (base.index, collection->articles->pdata[i]);
  pn_kb_index_seal (base.index);
  for (guint draw = 0; draw < DRAWS; draw++) {
    g_autoptr (GArray) samples = samples_of (collection, &base, &chance);

    g_array_set_size (samples, KNOWN);
    pn_kb_fit_judge (samples);
    g_array_append_vals (shown, samples->data, samples->len);
  }
  printf ("# from %d known answers: calibration error %.3f\n", KNOWN, pn_kb_fit_error (shown));
  g_assert_cmpfloat (pn_kb_fit_error (shown), <=, ERROR_MAX);
  pn_kb_index_free (base.index);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-german/velo", test_velo);
  g_test_add_func ("/kb-german/learns", test_learns);
  return g_test_run ();
}
