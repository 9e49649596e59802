/* Tiny bases: three to sixteen articles cut by chance from collections of real questions, asked as much that they answer as
 * that they don't. They have little to go by, so confidence must be small and mean what it says, nothing that is wrong
 * may look safe, and some answers must still do.
 *
 * Many draws, the same in each run; ../shared/corpora/faq, skipped without. */
#include <math.h>
#include <stdio.h>

#include "kb/ask.h"
#include "kb/fit.h"
#include "kb/trust.h"
#include "tests/corpora/collection.h"
#include "tests/lib/test.h"

#define DRAWS 24
#define QUESTIONS_MAX 30 /* of each kind, a draw */
#define ERROR_MAX 0.08 /* of calibration, over all draws of a collection; .02 to .07 were reached */

static guint32 seed;

static void
ask (const PnKbBase *base, const PnAsked *asked, GArray *samples)
{
  const PnKbQuery query = { .text = asked->text };
  g_autoptr (GPtrArray) hits = NULL;
  PnKbSample sample = { 0 };
  PnBag bag;

  hits = pn_kb_ask (base, &query, &bag);
  if (hits->len > 0) {
    const PnKbHit *first = hits->pdata[0];

    sample.confidence = first->confidence;
    sample.is_right =
        asked->right != NULL && g_hash_table_contains (asked->right, first->external_id);
    g_array_append_val (samples, sample);
  }
  pn_bag_clear (&bag);
}

static void
ask_base (const PnCollection *collection, guint n, GArray *samples)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  PnKbBase base = { .index = pn_collection_cut (collection, &seed, n, 0, names) };
  guint inside = 0, outside = 0;

  for (guint i = 0; i < collection->questions->len && inside < QUESTIONS_MAX; i++) {
    const PnAsked *asked = &g_array_index (collection->questions, PnAsked, i);

    if (!pn_asked_has_answer (asked, names))
      continue;
    ask (&base, asked, samples);
    inside++;
  }
  while (outside < MAX (inside, 3)) {
    const PnAsked *asked = &g_array_index (collection->questions, PnAsked,
                                           pn_collection_draw (&seed, collection->questions->len));

    if (pn_asked_has_answer (asked, names))
      continue;
    ask (&base, asked, samples);
    outside++;
  }
  pn_kb_index_free (base.index);
}

/* A collection, and the share of the questions that must reach the safe start. */
typedef struct {
  const char *set;
  double least;
} Case;

static void
judge (const Case *tried, const GArray *samples)
{
  guint n_safe = 0, right_safe = 0;
  double error = pn_kb_fit_error (samples);

  for (guint i = 0; i < samples->len; i++) {
    const PnKbSample *sample = &g_array_index (samples, PnKbSample, i);

    if (sample->confidence < PN_TRUST_SAFE_THRESHOLD)
      continue;
    n_safe++;
    right_safe += sample->is_right;
  }
  printf ("# %s: %u questions, calibration error %.3f; %u reach the safe start, %u of them right\n",
          tried->set, samples->len, error, n_safe, right_safe);
  g_assert_cmpfloat (error, <=, ERROR_MAX);
  g_assert_cmpfloat (n_safe, >=, tried->least * samples->len);
  g_assert_cmpfloat (right_safe, >=, PN_TRUST_GOAL * n_safe);
}

static void
test_tiny (gconstpointer data)
{
  static const guint sizes[] = { 3, 5, 8, 10, 16 };
  const Case *tried = data;
  g_autofree char *path = pn_collection_path (tried->set, "corpus.jsonl");
  g_autoptr (GArray) samples = g_array_new (FALSE, TRUE, sizeof (PnKbSample));
  g_autoptr (PnCollection) collection = NULL;

  if (path == NULL) {
    g_test_skip ("there are no collections in ../shared/corpora");
    return;
  }
  seed = 7;
  collection = pn_collection_load (tried->set);
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
    for (guint i = 0; i < DRAWS; i++)
      ask_base (collection, sizes[s], samples);
  }
  judge (tried, samples);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { "aia-bde", 0.1 },
    { "banking77",
      0.005 }, /* its articles are as like as "card lost" and "card stolen", and have no text */
    { "covidqa-en", 0.04 },
    { "stackfaq-article", 0.05 },
  };

  pn_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("/kb-small/%s", cases[i].set);

    g_test_add_data_func (name, &cases[i], test_tiny);
  }
  return g_test_run ();
}
