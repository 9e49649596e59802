#include "kb/confidence.h"

#include <math.h>

/* Fitted on the 23rd of November 2026 by logistic regression (Newton's method, ridge 0.5; tests/bench/confidence-fit tells what
 * counts how much) over all questions of six collections, those out of scope too (aia-bde, covidqa-en, stackfaq and
 * stackfaq-article have about one phrasing an article: "few"; banking77 and hint3-curekart many), and over bases cut from
 * each: tiny ones of 3 to 30 articles, and parts of a tenth to a half. Bases differ most in how many questions they are
 * asked that they have no answer to; so each collection and what is cut from it had a bias of their own, the weights come
 * from what differs within them, and the bias given is the mean. "Many" has few terms of its own, as only two collections
 * tell them. TINY is not fitted: it is low, for tiny bases of which as much is asked that they don't answer as that they
 * do; nobody knows which they are, and modesty costs less.
 *
 * Logarithms, because a share that doubles tells as much at either end; long questions count, because the same overlap of
 * more words is better evidence; how many telling words were found travels best from one collection to another, and what a
 * word stands for (kb/widen) is found in part. How many words no article has and how small a base is looked good in the
 * collections that they were fitted on, and were the worst in others: the first counts only in tiny bases.
 *
 * Calibration error of each collection with weights that were fitted without it (and without the other of stackfaq), after
 * pn_kb_confidence_settle (), before that was left out and now: aia-bde .11 .03, banking77 .03 .03, covidqa-en .07 .07,
 * hint3-curekart .21 .08, stackfaq .10 .05, stackfaq-article .06 .05; chance alone leaves .02, .01, .06, .03, .03 and .03.
 * Given the share of questions that a base can answer all six are at .02 to .06: the weights travel, that share is what
 * must be guessed. What is cut by another chance moves the weights by up to a tenth and the errors by .01. Tiny bases that
 * are asked as much beyond them: .02 to .07 (tests/corpora/test-kb-small).
 *
 * Bases that were never fitted: a French one of thirty articles (chats), of which nothing is asked beyond it, .24, and .08
 * when every second question is: that is mostly the share. A German one of twenty whose words are seldom the askers' own
 * (tests/corpora/velo, 67 questions): .41, of which .12 stays once the bias is its own. No feature tells such a base from a
 * bad one: what a base's own titles find in it, lengths, the share of small words, the margin alone, and the shape of the
 * whole stream were tried, and the collections left out were none the better. So the bias is learned (kb/fit): after ten
 * answers both are at .10, after twenty at .03 and .13, where chance alone makes much of so few. */
typedef enum {
  LOG_DICE,
  LOG_MARGIN,
  LOG_BM25,
  LOG_COSINE,
  LOG_GRAM,
  WORDS, /* of the question */
  FOUND, /* of its telling words */
  PAIRS, /* neighbours that are neighbours in the article */
  CLASS,
  COMMON, /* the share of the question that was found, when common words count little, beyond the plain share */
  TINY, /* how little the base can tell what is rare, and what is asked that it does not know: 0..1 */
  TINY_UNKNOWN, /* the same by the words of the question that no article has */
} Feature;

static const PnKbWeights general = {
  .few = { 1.226,
           { [LOG_DICE] = 0.683,
             [LOG_MARGIN] = 0.846,
             [LOG_BM25] = 0.185,
             [LOG_COSINE] = 0.191,
             [LOG_GRAM] = 0.786,
             [WORDS] = 2.755,
             [FOUND] = 2.055,
             [PAIRS] = 0.302,
             [COMMON] = 1.967,
             [TINY] = -0.600,
             [TINY_UNKNOWN] = -0.628 } },
  .many = { 0.607,
            { [LOG_DICE] = 0.683,
              [LOG_MARGIN] = 0.846,
              [LOG_BM25] = 0.185,
              [LOG_COSINE] = 0.191,
              [LOG_GRAM] = 1.890,
              [WORDS] = 1.962,
              [FOUND] = 2.055,
              [PAIRS] = 0.302,
              [CLASS] = 1.735,
              [COMMON] = 1.967,
              [TINY] = -0.600,
              [TINY_UNKNOWN] = -0.628 } },
};

/* The share of right answers that the general weights come from, and how many questions it takes to outweigh it. */
#define USUAL_SHARE 0.6
#define USUAL_WEIGHT 150.0
#define BELIEVED                                                                                   \
  0.5 /* of what a stream seems to tell (in log odds): bases differ in other things as well */
#define FOUND_MAX 5
#define WHOLE                                                                                      \
  0.9 /* a term that counts as much is a word of the question, not what it may stand for (kb/widen) */
#define COMMON_WEIGHT 0.3
#define ROUNDS 50
#define TINY_SIZE 30.0 /* articles of one phrasing: such a base is half a tiny one */

/* Does @unit have @term? @at: where to look on; terms are asked for in order. */
static gboolean
has (const PnUnit *unit, guint32 term, guint *at)
{
  while (*at < unit->n_counts && unit->counts[*at].term < term)
    *at += 1;
  return *at < unit->n_counts && unit->counts[*at].term == term;
}

/* How a question and an article overlap. */
typedef struct {
  double dice;  /* the idf-weighted share of question and phrasing that both have */
  double found; /* telling words of the question that the phrasing or the body has */
  double pairs;
  double plain;   /* the share of the question's words, stop words aside, that either has */
  double telling; /* the same where a common word counts COMMON_WEIGHT */
} Overlap;

/* Sums over the question's words. */
typedef struct {
  double asked, both; /* by idf, stop words too */
  double n, n_found, n_meant;
  double telling, telling_found;
} Sums;

static void
count_word (const PnTerm *term, double count, gboolean is_there, Overlap *overlap, Sums *sums)
{
  const double weight = term->is_common ? COMMON_WEIGHT : 1;

  if (term->is_stop)
    return;
  if (count < WHOLE) { /* what a word of the question stands for, which is counted already */
    if (is_there) {
      overlap->found += count;
      sums->n_meant += count;
    }
    return;
  }
  overlap->found += is_there ? 1 : 0;
  sums->n++;
  sums->n_found += is_there ? 1 : 0;
  sums->telling += weight;
  sums->telling_found += is_there ? weight : 0;
}

static void
count_both (const PnKbIndex *index, const PnBag *bag, const PnRanked *first, Overlap *overlap,
            Sums *sums)
{
  const PnIndexed *article = pn_index_article (index, first->article);
  const PnUnit *phrasing = pn_index_unit (index, first->unit);
  const PnUnit *body = pn_index_unit (index, article->first_unit + article->n_phrasings);
  guint u = 0, b = 0;

  for (guint i = 0; i < bag->counts->len; i++) {
    const PnTermCount *count = &g_array_index (bag->counts, PnTermCount, i);
    const PnTerm *term = pn_index_term (index, count->term);
    gboolean is_near = has (phrasing, count->term, &u);
    gboolean is_there = has (body, count->term, &b) || is_near;

    if (term->kind == PN_TERM_PAIR && is_there)
      overlap->pairs++;
    if (term->kind != PN_TERM_STEM)
      continue;
    sums->asked += term->idf;
    sums->both += is_near ? term->idf : 0;
    count_word (term, count->count, is_there, overlap, sums);
  }
}

static Overlap
overlap_of (const PnKbIndex *index, const PnBag *bag, const PnRanked *first)
{
  const PnUnit *phrasing = pn_index_unit (index, first->unit);
  const double n_common = MIN (bag->n_common, bag->n_unknown);
  double known = 0;
  Sums sums = { .asked = bag->n_unknown * log (1 + (index->n_phrasings + 0.5) / 0.5),
                .n = bag->n_unknown,
                .telling = bag->n_unknown - n_common * (1 - COMMON_WEIGHT) };
  Overlap overlap = { 0 };

  for (guint i = 0; i < phrasing->n_counts; i++) {
    const PnTerm *term = pn_index_term (index, phrasing->counts[i].term);

    known += term->kind == PN_TERM_STEM ? term->idf : 0;
  }
  count_both (index, bag, first, &overlap, &sums);
  overlap.dice = 2 * sums.both / (sums.asked + known + 1e-9);
  sums.n_meant = MIN (sums.n_meant, sums.n - sums.n_found);
  overlap.plain = (sums.n_found + sums.n_meant) / MAX (sums.n, 1e-9);
  overlap.telling = MIN ((sums.telling_found + sums.n_meant) / MAX (sums.telling, 1e-9), 1);
  return overlap;
}

static double
log_share (double share)
{
  return log (0.02 + MAX (share, 0));
}

void
pn_kb_confidence_features (const PnKbIndex *index, const PnBag *bag, const PnRanked *first,
                           const PnRanked *second, double features[PN_KB_FEATURES])
{
  const Overlap overlap = overlap_of (index, bag, first);
  const double size =
      sqrt (index->n_phrasings * sqrt ((double) index->n_phrasings * index->n_living)) / TINY_SIZE;

  features[LOG_DICE] = log_share (overlap.dice);
  features[LOG_MARGIN] =
      log_share (second != NULL ? (first->score - second->score) / (first->score + 1e-9) : 1);
  features[LOG_BM25] = log_share (first->bm25);
  features[LOG_COSINE] = log_share (first->cosine);
  features[LOG_GRAM] = log_share (first->gram);
  features[WORDS] = MIN (log (1 + bag->n_words) / 5, 1);
  features[FOUND] = MIN (overlap.found, FOUND_MAX) / FOUND_MAX;
  features[PAIRS] = log (1 + overlap.pairs);
  features[CLASS] = first->class;
  features[TINY] = 1 / (1 + size * size);
  features[TINY_UNKNOWN] = features[TINY] * log (1 + bag->n_unknown) / 2;
  features[COMMON] = overlap.telling - overlap.plain;
}

const PnKbWeights *
pn_kb_weights_general (void)
{
  return &general;
}

static json_t *
write_weighing (const PnKbWeighing *weighing)
{
  json_t *list = json_array ();

  json_array_append_new (list, json_real (weighing->bias));
  for (guint i = 0; i < PN_KB_FEATURES; i++)
    json_array_append_new (list, json_real (weighing->of[i]));
  return list;
}

json_t *
pn_kb_weights_write (const PnKbWeights *weights)
{
  return json_pack ("{s:o, s:o}", "few", write_weighing (&weights->few), "many",
                    write_weighing (&weights->many));
}

static gboolean
read_weighing (const json_t *list, PnKbWeighing *weighing)
{
  if (json_array_size (list) != PN_KB_FEATURES + 1)
    return FALSE;
  for (guint i = 0; i <= PN_KB_FEATURES; i++) {
    const json_t *value = json_array_get (list, i);

    if (!json_is_number (value))
      return FALSE;
    *(i == 0 ? &weighing->bias : &weighing->of[i - 1]) = json_number_value (value);
  }
  return TRUE;
}

gboolean
pn_kb_weights_read (const json_t *document, PnKbWeights *weights)
{
  PnKbWeights read;

  if (!read_weighing (json_object_get (document, "few"), &read.few)
      || !read_weighing (json_object_get (document, "many"), &read.many))
    return FALSE;
  *weights = read;
  return TRUE;
}

double
pn_kb_confidence_of (const PnKbWeighing *weighing, const double features[PN_KB_FEATURES])
{
  double sum = weighing->bias;

  for (guint i = 0; i < PN_KB_FEATURES; i++)
    sum += weighing->of[i] * features[i];
  return 1 / (1 + exp (-sum));
}

double
pn_kb_confidence (const PnKbWeights *weights, const PnKbIndex *index, const PnBag *bag,
                  const PnRanked *first, const PnRanked *second)
{
  double features[PN_KB_FEATURES];

  weights = weights != NULL ? weights : &general;
  pn_kb_confidence_features (index, bag, first, second, features);
  return pn_kb_confidence_of (first->class > 0 ? &weights->many : &weights->few, features);
}

/* What a confidence becomes where @share of the answers is right instead of USUAL_SHARE. */
static double
shift (double confidence, double share)
{
  double right = confidence * share / USUAL_SHARE;
  double wrong = (1 - confidence) * (1 - share) / (1 - USUAL_SHARE);

  return right / (right + wrong);
}

static double
log_odds (double share)
{
  return log (share / (1 - share));
}

void
pn_kb_confidence_settle (double *confidences, gsize n)
{
  double share = USUAL_SHARE;

  for (guint round = 0; round < ROUNDS; round++) {
    double sum = USUAL_WEIGHT * USUAL_SHARE;
    double weight = USUAL_WEIGHT;

    for (gsize i = 0; i < n; i++) {
      if (isnan (confidences[i]))
        continue;
      sum += shift (confidences[i], share);
      weight++;
    }
    share = sum / weight;
  }
  share = 1 / (1 + exp (-(log_odds (USUAL_SHARE) * (1 - BELIEVED) + log_odds (share) * BELIEVED)));
  for (gsize i = 0; i < n; i++)
    confidences[i] = shift (confidences[i], share); /* of NAN is NAN */
}
