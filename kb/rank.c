#include "kb/rank.h"

#include <math.h>
#include <string.h>

#include "kb/tuning.h"

/* The sums of one question; one number a unit or an article. */
typedef struct {
  const PnKbIndex *index;
  const PnBag *bag;
  double many; /* 0 where articles have one phrasing each, to 1: what votes tell */
  double self; /* the question's own length: Σ idf */
  double word_norm, gram_norm;
  double *unit_bm25; /* what a phrasing adds to its article's body */
  double *unit_word; /* Σ products */
  double *unit_gram;
  double *body_bm25;  /* an article */
  double *body_count; /* of the term that is being added, an article */
  double *vote;       /* an article */
  double *class;      /* an article */
} Sums;

static void
start (Sums *sums, const PnKbIndex *index, const PnBag *bag)
{
  *sums = (Sums){ .index = index, .bag = bag };
  sums->many = 1 - (double) index->n_living / MAX (index->n_phrasings, 1);
  sums->unit_bm25 = g_new0 (double, index->units->len);
  sums->unit_word = g_new0 (double, index->units->len);
  sums->unit_gram = g_new0 (double, index->units->len);
  sums->body_bm25 = g_new0 (double, index->articles->len);
  sums->body_count = g_new0 (double, index->articles->len);
  sums->vote = g_new0 (double, index->articles->len);
  sums->class = g_new0 (double, index->articles->len);
}

static void
end (Sums *sums)
{
  g_free (sums->unit_bm25);
  g_free (sums->unit_word);
  g_free (sums->unit_gram);
  g_free (sums->body_bm25);
  g_free (sums->body_count);
  g_free (sums->vote);
  g_free (sums->class);
}

static double
saturate (double count)
{
  return count * (PN_TUNE_K1 + 1) / (count + PN_TUNE_K1);
}

/* BM25F of one term: bodies first, then what each phrasing adds. */
static void
add_bm25 (Sums *sums, const PnTerm *term, double count)
{
  const PnKbIndex *index = sums->index;
  const PnPosting *postings = (const PnPosting *) (void *) term->postings->data;
  double weight = term->idf * count;

  for (guint i = 0; i < term->postings->len; i++) {
    const PnUnit *unit = pn_index_unit (index, postings[i].unit);

    if (!unit->is_body)
      continue;
    sums->body_count[unit->article] =
        postings[i].count
        / (1 - PN_TUNE_B_BODY + PN_TUNE_B_BODY * unit->length / (index->mean_body + 1e-9));
    sums->body_bm25[unit->article] += weight * saturate (sums->body_count[unit->article]);
  }
  for (guint i = 0; i < term->postings->len; i++) {
    const PnUnit *unit = pn_index_unit (index, postings[i].unit);
    double body = sums->body_count[unit->article];
    double here;

    if (unit->is_body)
      continue;
    here = PN_TUNE_PHRASING * postings[i].count
           / (1 - PN_TUNE_B_PHRASING
              + PN_TUNE_B_PHRASING * unit->length / (index->mean_phrasing + 1e-9));
    sums->unit_bm25[postings[i].unit] += weight * (saturate (here + body) - saturate (body));
  }
  for (guint i = 0; i < term->postings->len; i++)
    sums->body_count[pn_index_unit (index, postings[i].unit)->article] = 0;
  sums->self += weight * (PN_TUNE_K1 + 1);
}

static void
add_products (Sums *sums, const PnTerm *term, double count)
{
  const PnPosting *postings = (const PnPosting *) (void *) term->postings->data;
  double weight = term->weight * pn_count_weight (count);
  gboolean is_gram = term->kind == PN_TERM_GRAM;
  double *units = is_gram ? sums->unit_gram : sums->unit_word;

  *(is_gram ? &sums->gram_norm : &sums->word_norm) += weight * weight;
  for (guint i = 0; i < term->postings->len; i++)
    units[postings[i].unit] += weight * term->weight * pn_count_weight (postings[i].count);
}

/* What no article says makes the question longer, too: it is not answered. */
static void
add_unknown (Sums *sums)
{
  double idf = log (1 + (sums->index->n_phrasings + 0.5) / 0.5);

  sums->self += sums->bag->n_unknown * idf * (PN_TUNE_K1 + 1);
  sums->word_norm += sums->bag->n_unknown * pow (idf, 2 * PN_TUNE_IDF_POWER);
}

static double
cosine (double product, double left, double right)
{
  return left > 0 && right > 0 ? product / (left * right) : 0;
}

/* Turns the products into cosines. */
static void
finish_units (Sums *sums)
{
  double word = sqrt (sums->word_norm);
  double gram = sqrt (sums->gram_norm);

  for (guint u = 0; u < sums->index->units->len; u++) {
    const PnUnit *unit = pn_index_unit (sums->index, u);

    sums->unit_word[u] = cosine (sums->unit_word[u], word, unit->word_norm);
    sums->unit_gram[u] = cosine (sums->unit_gram[u], gram, unit->gram_norm);
    sums->unit_bm25[u] /= sums->self + 1e-9;
  }
  for (guint a = 0; a < sums->index->articles->len; a++)
    sums->body_bm25[a] /= sums->self + 1e-9;
}

/* How near a phrasing is. */
static double
nearness (const Sums *sums, guint unit)
{
  return (1 - PN_TUNE_VOTE_GRAM) * sums->unit_word[unit]
         + PN_TUNE_VOTE_GRAM * sums->unit_gram[unit];
}

typedef struct {
  guint unit;
  double nearness;
} Near;

/* Puts @one into @near, which is in order and keeps the PN_TUNE_VOTERS nearest. */
static void
keep_near (Near *near, guint *n, Near one)
{
  guint at = *n;

  if (*n == PN_TUNE_VOTERS && one.nearness <= near[*n - 1].nearness)
    return;
  while (at > 0 && near[at - 1].nearness < one.nearness)
    at--;
  if (*n < PN_TUNE_VOTERS)
    *n += 1;
  memmove (near + at + 1, near + at, (*n - 1 - at) * sizeof *near);
  near[at] = one;
}

static void
vote (Sums *sums)
{
  Near near[PN_TUNE_VOTERS];
  double all = 0;
  guint n = 0;

  for (guint u = 0; u < sums->index->units->len; u++) {
    Near one = { u, nearness (sums, u) };

    if (one.nearness > 0 && !pn_index_unit (sums->index, u)->is_body)
      keep_near (near, &n, one);
  }
  for (guint i = n; i-- > 0;) { /* the nearest last: the others are measured by it */
    near[i].nearness = exp (PN_TUNE_VOTE_SHARPNESS * (near[i].nearness - near[0].nearness));
    all += near[i].nearness;
  }
  for (guint i = 0; i < n; i++)
    sums->vote[pn_index_unit (sums->index, near[i].unit)->article] += near[i].nearness / all;
}

static PnRanked
rank_article (const Sums *sums, guint number)
{
  const PnIndexed *article = pn_index_article (sums->index, number);
  PnRanked ranked = { .article = number, .unit = article->first_unit };
  double best = -1;
  double bm25 = 0;

  for (guint u = article->first_unit; u < article->first_unit + article->n_phrasings; u++) {
    double score = PN_TUNE_W_BM25 * sums->unit_bm25[u] + PN_TUNE_W_COSINE * sums->unit_word[u]
                   + PN_TUNE_W_GRAM * sums->unit_gram[u];

    if (score > best) {
      best = score;
      bm25 = sums->unit_bm25[u];
      ranked.unit = u;
    }
  }
  ranked.bm25 = bm25 + sums->body_bm25[number];
  ranked.cosine = sums->unit_word[ranked.unit];
  ranked.gram = sums->unit_gram[ranked.unit];
  ranked.vote = sums->vote[number];
  ranked.class = sums->class[number];
  ranked.score = PN_TUNE_W_BM25 * ranked.bm25 + PN_TUNE_W_COSINE * ranked.cosine
                 + PN_TUNE_W_GRAM * ranked.gram + PN_TUNE_W_VOTE * sums->many * ranked.vote
                 + PN_TUNE_W_CLASS * ranked.class;
  return ranked;
}

static int
by_score (gconstpointer left, gconstpointer right)
{
  const PnRanked *a = left, *b = right;

  if (a->score != b->score)
    return a->score > b->score ? -1 : 1;
  return a->article < b->article ? -1 : 1;
}

/* Puts @one into @list, which is in order and keeps the best @limit. */
static void
keep_ranked (GArray *list, const PnRanked *one, guint limit)
{
  guint low = 0, high = list->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (by_score (&g_array_index (list, PnRanked, middle), one) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  if (low >= limit)
    return;
  g_array_insert_vals (list, low, one, 1);
  g_array_set_size (list, MIN (list->len, limit));
}

static int
by_rareness (gconstpointer left, gconstpointer right, gpointer data)
{
  const PnKbIndex *index = data;
  const PnTermCount *a = left, *b = right;
  guint n_a = pn_index_term (index, a->term)->postings->len;
  guint n_b = pn_index_term (index, b->term)->postings->len;

  return n_a < n_b ? -1 : n_a > n_b;
}

/* The rarest first: they tell most. In a very large base what is common beyond PN_TUNE_POSTINGS is left out, so that the
 * time of a search is bounded; a base of some ten thousand articles never gets there. */
static void
add_terms (Sums *sums)
{
  g_autoptr (GArray) counts =
      g_array_sized_new (FALSE, FALSE, sizeof (PnTermCount), sums->bag->counts->len);
  guint spent = 0;

  g_array_append_vals (counts, sums->bag->counts->data, sums->bag->counts->len);
  g_array_sort_with_data (counts, by_rareness, (gpointer) sums->index);
  for (guint i = 0; i < counts->len; i++) {
    const PnTermCount *count = &g_array_index (counts, PnTermCount, i);
    const PnTerm *term = pn_index_term (sums->index, count->term);

    spent += term->postings->len;
    if (i > 0 && spent > PN_TUNE_POSTINGS)
      break;
    if (term->kind != PN_TERM_GRAM)
      add_bm25 (sums, term, count->count);
    add_products (sums, term, count->count);
  }
  add_unknown (sums);
  finish_units (sums);
}

static gboolean
unit_has (const PnUnit *unit, guint32 term)
{
  guint low = 0, high = unit->n_counts;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (unit->counts[middle].term < term)
      low = middle + 1;
    else
      high = middle;
  }
  return low < unit->n_counts && unit->counts[low].term == term;
}

static gboolean
unit_has_all (const PnUnit *unit, const GArray *terms)
{
  for (guint i = 0; i < terms->len; i++) {
    if (!unit_has (unit, g_array_index (terms, guint32, i)))
      return FALSE;
  }
  return TRUE;
}

/* Has the article each phrase, in its title, a question or its body? */
static gboolean
has_phrases (const PnKbIndex *index, const PnIndexed *article, const GPtrArray *phrases)
{
  for (guint p = 0; phrases != NULL && p < phrases->len; p++) {
    guint u = 0;

    while (u <= article->n_phrasings
           && !unit_has_all (pn_index_unit (index, article->first_unit + u), phrases->pdata[p]))
      u++;
    if (u > article->n_phrasings)
      return FALSE;
  }
  return TRUE;
}

GArray *
pn_kb_rank (const PnKbIndex *index, const PnKbModel *model, const PnBag *bag,
            gboolean with_internal, guint limit)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (PnRanked));
  Sums sums;

  start (&sums, index, bag);
  add_terms (&sums);
  vote (&sums);
  if (model != NULL)
    pn_kb_model_add (model, index, bag, 1, sums.class);
  for (guint a = 0; a < index->articles->len; a++) {
    const PnIndexed *article = pn_index_article (index, a);
    PnRanked ranked;

    if (article->id == 0 || (article->is_internal && !with_internal)
        || !has_phrases (index, article, bag->phrases))
      continue;
    ranked = rank_article (&sums, a);
    if (ranked.bm25 > 0 || ranked.gram > 0)
      keep_ranked (list, &ranked, limit);
  }
  end (&sums);
  return list;
}
