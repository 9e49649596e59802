#include "kb/ask.h"

#include <string.h>

#include "kb/confidence.h"
#include "kb/phrase.h"
#include "kb/question.h"
#include "kb/rank.h"
#include "kb/widen.h"
#include "kb/words.h"

#define REASONS_MAX 8
#define BEGUN_WEIGHT 0.5
#define SYNONYM_WEIGHT 0.5

/* What means the same is asked as well, with less weight. */
static void
add_synonyms (const PnKbBase *base, const char *text, const char *language, PnBag *bag)
{
  g_autoptr (GPtrArray) others =
      base->synonyms != NULL ? pn_synonyms_of (base->synonyms, text) : NULL;

  for (guint i = 0; others != NULL && i < others->len; i++)
    pn_kb_index_add (base->index, others->pdata[i], language, SYNONYM_WEIGHT, bag);
}

static void
add_phrases (const PnKbIndex *index, const char *text, const char *language, PnBag *bag)
{
  g_autoptr (GPtrArray) phrases = pn_phrase_read (text);

  for (guint i = 0; i < phrases->len; i++)
    pn_kb_index_add_phrase (index, phrases->pdata[i], language, bag);
}

static void
read_query (const PnKbBase *base, const PnKbQuery *query, const char *language, PnBag *bag)
{
  const PnKbIndex *index = base->index;
  g_autoptr (GArray) pieces = NULL;

  *bag = (PnBag){ .counts = g_array_new (FALSE, FALSE, sizeof (PnTermCount)) };
  if (index->n_living == 0) /* whatever is asked, nothing is found */
    return;
  pieces = pn_question_read (query->text);
  for (guint i = 0; i < pieces->len; i++) {
    const PnPiece *piece = &g_array_index (pieces, PnPiece, i);

    pn_kb_index_add (index, piece->text, language, piece->weight, bag);
    pn_kb_widen (index, piece->text, language, piece->weight, bag);
  }
  add_synonyms (base, query->text, language, bag);
  if (query->has_phrases)
    add_phrases (index, query->text, language, bag);
  if (query->is_typing)
    pn_kb_index_add_begun (index, query->text, language, BEGUN_WEIGHT, bag);
}

static void
clear_reason (gpointer data)
{
  g_free (((PnKbReason *) data)->text);
}

static int
by_share (gconstpointer left, gconstpointer right)
{
  const PnKbReason *a = left, *b = right;

  return a->share > b->share ? -1 : a->share < b->share;
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

/* Returns: (owned) stem -> the word of @text that it was made of. */
static GHashTable *
words_of (const char *text, const char *language)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  g_autoptr (GArray) words = pn_words_split (text);

  for (guint i = 0; i < words->len; i++) {
    const char *word = g_array_index (words, PnWord, i).word;
    char *stem = pn_stemmer_stem (stemmer, word);

    if (g_hash_table_contains (table, stem))
      g_free (stem);
    else
      g_hash_table_insert (table, stem, g_utf8_strdown (word, -1));
  }
  return table;
}

/* The terms of the question that stand in the nearest phrasing or the body, and how much each counted; a term that
 * is no word of the question (@words) means the same as one, or was added for it. */
static GArray *
explain (const PnKbIndex *index, const PnBag *bag, const PnRanked *ranked, GHashTable *words)
{
  const PnIndexed *article = pn_index_article (index, ranked->article);
  const PnUnit *phrasing = pn_index_unit (index, ranked->unit);
  const PnUnit *body = pn_index_unit (index, article->first_unit + article->n_phrasings);
  GArray *why = g_array_new (FALSE, FALSE, sizeof (PnKbReason));
  double all = 0;

  g_array_set_clear_func (why, clear_reason);
  for (guint i = 0; i < bag->counts->len; i++) {
    const PnTermCount *count = &g_array_index (bag->counts, PnTermCount, i);
    const PnTerm *term = pn_index_term (index, count->term);
    PnKbReason reason = { .share = term->idf * pn_count_weight (count->count) };
    const char *word;

    if (term->kind != PN_TERM_STEM || term->is_stop
        || (!unit_has (phrasing, count->term) && !unit_has (body, count->term)))
      continue;
    word = g_hash_table_lookup (words, term->text + 1);
    reason.text = g_strdup (word != NULL ? word : term->text + 1);
    all += reason.share;
    g_array_append_val (why, reason);
  }
  for (guint i = 0; i < why->len; i++)
    g_array_index (why, PnKbReason, i).share /= all > 0 ? all : 1;
  g_array_sort (why, by_share);
  g_array_set_size (why, MIN (why->len, REASONS_MAX));
  return why;
}

static PnKbHit *
make_hit (const PnKbIndex *index, const PnRanked *ranked)
{
  const PnIndexed *article = pn_index_article (index, ranked->article);
  PnKbHit *hit = g_new0 (PnKbHit, 1);

  hit->id = article->id;
  hit->external_id = g_strdup (article->external_id);
  hit->title = g_strdup (article->title);
  hit->language = g_strdup (article->language);
  hit->category = g_strdup (article->category);
  hit->score = ranked->score;
  if (ranked->unit > article->first_unit)
    hit->known_as = g_strdup (pn_index_unit (index, ranked->unit)->text);
  return hit;
}

/* The first one's confidence is fitted; what is left of it is shared by those behind, by their scores. */
static void
set_confidences (GPtrArray *hits, double first)
{
  for (guint i = 0; i < hits->len; i++) {
    PnKbHit *hit = hits->pdata[i];
    double top = ((PnKbHit *) hits->pdata[0])->score;

    hit->confidence =
        i == 0 ? first : MIN (first, 1 - first) * CLAMP (hit->score / (top + 1e-9), 0, 1);
  }
}

/* Returns: (owned) the language of the question, as the index names it. One that no article is in doesn't help: who reads
 * the pages in English may still ask a German base in German. */
static char *
language_of (const PnKbIndex *index, const PnKbQuery *query)
{
  const char *const *languages = (const char *const *) index->languages->pdata;
  g_autofree char *language = g_ascii_strdown (query->language != NULL ? query->language : "", -1);

  language[strcspn (language, "-_")] = '\0';
  if (languages[0] == NULL || (*language != '\0' && g_strv_contains (languages, language)))
    return g_steal_pointer (&language);
  return g_strdup (pn_words_guess_language (query->text, languages, languages[0]));
}

/* Returns: the best one with another title than the first; NULL. */
static const PnRanked *
second_of (const PnKbIndex *index, const GArray *ranked)
{
  const char *title = pn_index_article (index, g_array_index (ranked, PnRanked, 0).article)->title;

  for (guint i = 1; i < ranked->len; i++) {
    const PnRanked *one = &g_array_index (ranked, PnRanked, i);

    if (strcmp (pn_index_article (index, one->article)->title, title) != 0)
      return one;
  }
  return NULL;
}

GPtrArray *
pn_kb_ask (const PnKbBase *base, const PnKbQuery *query, PnBag *bag)
{
  g_autofree char *language = language_of (base->index, query);
  g_autoptr (GArray) ranked = NULL;
  GPtrArray *hits = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_kb_hit_free);
  g_autoptr (GHashTable) words = query->wants_why ? words_of (query->text, language) : NULL;
  guint limit = CLAMP (query->limit != 0 ? query->limit : PN_KB_HITS_DEFAULT, 1, PN_KB_HITS_MAX);

  read_query (base, query, language, bag);
  ranked = pn_kb_rank (base->index, base->model, bag, query->with_internal,
                       MAX (limit, PN_KB_HITS_DEFAULT));
  for (guint i = 0; i < MIN (ranked->len, limit); i++) {
    const PnRanked *one = &g_array_index (ranked, PnRanked, i);
    PnKbHit *hit = make_hit (base->index, one);

    if (query->wants_why)
      hit->why = explain (base->index, bag, one, words);
    g_ptr_array_add (hits, hit);
  }
  if (hits->len > 0)
    set_confidences (hits, pn_kb_confidence (base->weights, base->index, bag,
                                             &g_array_index (ranked, PnRanked, 0),
                                             second_of (base->index, ranked)));
  return hits;
}

void
pn_kb_ask_first (const PnKbBase *base, const char *text, const char *language, PnKbFirst *first)
{
  const PnKbQuery query = { .text = text, .language = language };
  g_autofree char *known = language_of (base->index, &query);
  g_autoptr (GArray) ranked = NULL;
  PnBag bag;

  *first = (PnKbFirst){ 0 };
  read_query (base, &query, known, &bag);
  ranked = pn_kb_rank (base->index, base->model, &bag, FALSE, PN_KB_HITS_DEFAULT);
  if (ranked->len > 0) {
    const PnRanked *best = &g_array_index (ranked, PnRanked, 0);

    first->article_id = pn_index_article (base->index, best->article)->id;
    first->is_many = best->class > 0;
    pn_kb_confidence_features (base->index, &bag, best, second_of (base->index, ranked),
                               first->features);
  }
  pn_bag_clear (&bag);
}
