#include "kb/index.h"

#include <math.h>
#include <string.h>

#include "kb/common_words.h"
#include "kb/tuning.h"
#include "kb/words.h"

#define GRAM 4
#define GRAMS_MAX 64

/* What a word is, in one language. */
typedef struct {
  guint32 stem, exact; /* exact is PN_TERM_NONE where it is the stem */
  gboolean is_stop;
  gboolean is_common;
  guint n_grams;
  guint32 *grams;
} Form;

static const char marks[] = { 's', 'f', 'p', 'g' };

static void
free_form (gpointer data)
{
  Form *form = data;

  g_free (form->grams);
  g_free (form);
}

static void
clear_term (gpointer data)
{
  PnTerm *term = data;

  g_free (term->text);
  if (term->postings != NULL)
    g_array_unref (term->postings);
}

static void
clear_unit (gpointer data)
{
  g_free (((PnUnit *) data)->text);
  g_free (((PnUnit *) data)->counts);
}

static void
clear_article (gpointer data)
{
  PnIndexed *article = data;

  g_free (article->external_id);
  g_free (article->title);
  g_free (article->language);
  g_free (article->category);
}

PnKbIndex *
pn_kb_index_new (void)
{
  PnKbIndex *index = g_new0 (PnKbIndex, 1);
  PnTerm none = { .text = g_strdup ("") };

  index->terms = g_array_new (FALSE, TRUE, sizeof (PnTerm));
  g_array_set_clear_func (index->terms, clear_term);
  g_array_append_val (index->terms, none);
  index->term_ids = g_hash_table_new (g_str_hash, g_str_equal);
  index->forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_form);
  index->units = g_array_new (FALSE, TRUE, sizeof (PnUnit));
  g_array_set_clear_func (index->units, clear_unit);
  index->articles = g_array_new (FALSE, TRUE, sizeof (PnIndexed));
  g_array_set_clear_func (index->articles, clear_article);
  index->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  index->stemmers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pn_stemmer_free);
  index->languages = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (index->languages, NULL);
  index->orders = pn_forms_new ();
  return index;
}

void
pn_kb_index_free (PnKbIndex *index)
{
  if (index == NULL)
    return;
  g_array_unref (index->terms);
  g_hash_table_unref (index->term_ids);
  g_hash_table_unref (index->forms);
  g_array_unref (index->units);
  g_array_unref (index->articles);
  g_hash_table_unref (index->by_id);
  g_hash_table_unref (index->stemmers);
  g_ptr_array_unref (index->languages);
  pn_forms_free (index->orders);
  g_free (index);
}

static guint32
find_term (const PnKbIndex *index, const char *text)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (index->term_ids, text));
}

static guint32
need_term (PnKbIndex *index, PnTermKind kind, const char *marked, gboolean is_stop)
{
  guint32 number = find_term (index, marked);
  PnTerm term = { .kind = kind, .is_stop = is_stop };

  if (number != PN_TERM_NONE)
    return number;
  number = index->terms->len;
  term.text = g_strdup (marked);
  term.postings = g_array_new (FALSE, FALSE, sizeof (PnPosting));
  g_array_append_val (index->terms, term);
  g_hash_table_insert (index->term_ids, term.text, GUINT_TO_POINTER (number));
  return number;
}

/* Makes the term or, for a question (@grow NULL), only finds it. */
static guint32
term_of (const PnKbIndex *index, PnKbIndex *grow, PnTermKind kind, const char *text,
         gboolean is_stop)
{
  char marked[2 * PN_WORD_MAX_BYTES * 4 + 4];

  g_snprintf (marked, sizeof marked, "%c%s", marks[kind], text);
  return grow != NULL ? need_term (grow, kind, marked, is_stop) : find_term (index, marked);
}

guint32
pn_kb_index_find (const PnKbIndex *index, PnTermKind kind, const char *text)
{
  return term_of (index, NULL, kind, text, FALSE);
}

/* The runs of GRAM letters of " word "; a shorter word is one. */
static void
add_grams (const PnKbIndex *index, PnKbIndex *grow, const char *folded, Form *form)
{
  g_autofree char *padded = g_strdup_printf (" %s ", folded);
  glong length = g_utf8_strlen (padded, -1);
  const char *from = padded;

  form->grams = g_new (guint32, GRAMS_MAX);
  for (glong i = 0; i + GRAM <= MAX (length, GRAM) && form->n_grams < GRAMS_MAX; i++) {
    const char *to = length < GRAM ? from + strlen (from) : g_utf8_offset_to_pointer (from, GRAM);
    g_autofree char *gram = g_strndup (from, (gsize) (to - from));
    guint32 term = term_of (index, grow, PN_TERM_GRAM, gram, FALSE);

    if (term != PN_TERM_NONE)
      form->grams[form->n_grams++] = term;
    from = g_utf8_next_char (from);
  }
}

static Form *
make_form (const PnKbIndex *index, PnKbIndex *grow, PnStemmer *stemmer, const char *language,
           const char *word)
{
  Form *form = g_new0 (Form, 1);
  g_autofree char *folded = pn_stemmer_fold (stemmer, word);
  g_autofree char *stem = pn_stemmer_stem (stemmer, word);

  form->is_stop = pn_words_is_stop (folded, language);
  form->is_common = !form->is_stop && pn_common_words_has (language, stem);
  form->stem = term_of (index, grow, PN_TERM_STEM, stem, form->is_stop);
  form->exact = term_of (index, grow, PN_TERM_FORM, folded, form->is_stop);
  if (grow != NULL)
    g_array_index (grow->terms, PnTerm, form->stem).is_common = form->is_common;
  add_grams (index, grow, folded, form);
  return form;
}

/* Returns: (borrowed) what @word is. A question's (@grow NULL) own words go to @fresh, so that each is looked at once. */
static const Form *
form_of (const PnKbIndex *index, PnKbIndex *grow, PnStemmer *stemmer, const char *language,
         const char *word, GHashTable *fresh)
{
  g_autofree char *lower = g_utf8_strdown (word, -1);
  g_autofree char *key = g_strconcat (language, ":", lower, NULL);
  Form *form = g_hash_table_lookup (index->forms, key);

  if (form == NULL && grow == NULL)
    form = g_hash_table_lookup (fresh, key);
  if (form != NULL)
    return form;
  form = make_form (index, grow, stemmer, language, lower);
  g_hash_table_insert (grow != NULL ? grow->forms : fresh, g_steal_pointer (&key), form);
  return form;
}

static void
count_term (GArray *counts, guint32 term)
{
  PnTermCount one = { .term = term, .count = 1 };

  if (term != PN_TERM_NONE)
    g_array_append_val (counts, one);
}

static void
count_pair (const PnKbIndex *index, PnKbIndex *grow, GArray *counts, guint32 left, guint32 right)
{
  char text[32];

  if (left == PN_TERM_NONE || right == PN_TERM_NONE)
    return;
  g_snprintf (text, sizeof text, "%x %x", left, right);
  count_term (counts, term_of (index, grow, PN_TERM_PAIR, text, FALSE));
}

static void
read_text (const PnKbIndex *index, PnKbIndex *grow, PnStemmer *stemmer, const char *language,
           const char *text, PnBag *bag)
{
  g_autoptr (GArray) words = pn_words_split (text);
  g_autoptr (GHashTable) fresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_form);
  guint32 before = PN_TERM_NONE;

  bag->counts = g_array_new (FALSE, FALSE, sizeof (PnTermCount));
  bag->phrases = NULL;
  bag->n_words = words->len;
  bag->n_unknown = 0;
  bag->n_common = 0;
  for (guint i = 0; i < words->len; i++) {
    const Form *form =
        form_of (index, grow, stemmer, language, g_array_index (words, PnWord, i).word, fresh);

    count_term (bag->counts, form->stem);
    count_term (bag->counts, form->exact);
    count_pair (index, grow, bag->counts, before, form->stem);
    for (guint g = 0; g < form->n_grams; g++)
      count_term (bag->counts, form->grams[g]);
    if (form->stem == PN_TERM_NONE) {
      bag->n_unknown += form->is_stop ? PN_TUNE_STOP : form->is_common ? PN_TUNE_COMMON : 1;
      bag->n_common += form->is_common ? PN_TUNE_COMMON : 0;
    }
    before = form->stem;
  }
  pn_bag_merge (bag);
}

void
pn_kb_index_read (const PnKbIndex *index, const char *text, const char *language, PnBag *bag)
{
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);

  read_text (index, NULL, stemmer, language, text, bag);
}

static PnStemmer *
stemmer_of (PnKbIndex *index, const char *language)
{
  PnStemmer *stemmer = g_hash_table_lookup (index->stemmers, language);

  if (stemmer == NULL) {
    stemmer = pn_stemmer_new (language);
    g_hash_table_insert (index->stemmers, g_strdup (language), stemmer);
  }
  return stemmer;
}

static void
add_unit (PnKbIndex *index, guint article, gboolean is_body, const char *language, const char *text)
{
  PnUnit unit = { .article = article, .is_body = is_body };
  guint number = index->units->len;
  PnBag bag;

  read_text (index, index, stemmer_of (index, language), language, text, &bag);
  unit.length = (float) bag.n_words;
  for (guint i = 0; i < bag.counts->len; i++) {
    PnTermCount *count = &g_array_index (bag.counts, PnTermCount, i);
    PnTerm *term = &g_array_index (index->terms, PnTerm, count->term);
    PnPosting posting = { .unit = number, .count = count->count };

    if (is_body && term->kind == PN_TERM_GRAM)
      continue;
    g_array_index (bag.counts, PnTermCount, unit.n_counts++) = *count;
    g_array_append_val (term->postings, posting);
  }
  unit.counts = g_memdup2 (bag.counts->data, unit.n_counts * sizeof (PnTermCount));
  g_array_append_val (index->units, unit);
  pn_bag_clear (&bag);
}

void
pn_kb_index_remove (PnKbIndex *index, gint64 id)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (index->by_id, &id));
  PnIndexed *article;

  if (number == 0)
    return;
  article = &g_array_index (index->articles, PnIndexed, number - 1);
  article->id = 0;
  index->n_dead_units += article->n_phrasings + 1;
  g_hash_table_remove (index->by_id, &id);
}

/* Returns: (owned) the first part of the article's tag; where it has none, what it is written in. */
static char *
language_of (const PnArticle *article)
{
  char *language = g_ascii_strdown (article->language, -1);

  language[strcspn (language, "-_")] = '\0';
  if (*language == '\0') {
    g_autofree char *text = g_strconcat (article->title, "\n", article->body, NULL);

    g_free (language);
    language = g_strdup (pn_words_find_language (text));
  }
  return language;
}

void
pn_kb_index_put (PnKbIndex *index, const PnArticle *article)
{
  g_autofree char *language = language_of (article);
  PnIndexed indexed = { .id = article->id, .is_internal = article->is_internal };
  guint number = index->articles->len;

  pn_kb_index_remove (index, article->id);
  if (article->state != PN_ARTICLE_PUBLISHED)
    return;
  indexed.external_id = g_strdup (article->external_id);
  indexed.title = g_strdup (article->title);
  indexed.category = g_strdup (article->category);
  indexed.first_unit = index->units->len;
  indexed.n_phrasings = article->questions->len + 1;
  add_unit (index, number, FALSE, language, article->title);
  for (guint i = 0; i < article->questions->len; i++) {
    add_unit (index, number, FALSE, language, article->questions->pdata[i]);
    g_array_index (index->units, PnUnit, index->units->len - 1).text =
        g_strdup (article->questions->pdata[i]);
  }
  add_unit (index, number, TRUE, language, article->body);
  indexed.language = g_steal_pointer (&language);
  g_array_append_val (index->articles, indexed);
  g_hash_table_insert (index->by_id, g_memdup2 (&article->id, sizeof article->id),
                       GUINT_TO_POINTER (number + 1));
}

static gboolean
is_dead (const PnKbIndex *index, guint unit)
{
  return pn_index_article (index, pn_index_unit (index, unit)->article)->id == 0;
}

static void
drop_dead (PnKbIndex *index)
{
  if (index->n_dead_units == 0)
    return;
  for (guint t = 1; t < index->terms->len; t++) {
    GArray *postings = g_array_index (index->terms, PnTerm, t).postings;
    guint kept = 0;

    for (guint i = 0; i < postings->len; i++) {
      PnPosting posting = g_array_index (postings, PnPosting, i);

      if (!is_dead (index, posting.unit))
        g_array_index (postings, PnPosting, kept++) = posting;
    }
    g_array_set_size (postings, kept);
  }
  index->n_dead_units = 0;
}

static int
by_many (gconstpointer left, gconstpointer right, gpointer data)
{
  GHashTable *counts = data;
  const char *a = *(const char *const *) left, *b = *(const char *const *) right;
  guint n_a = GPOINTER_TO_UINT (g_hash_table_lookup (counts, a));
  guint n_b = GPOINTER_TO_UINT (g_hash_table_lookup (counts, b));

  return n_a != n_b ? (n_a > n_b ? -1 : 1) : strcmp (a, b);
}

/* Counts the living and takes their mean lengths. */
static void
measure (PnKbIndex *index)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  double phrasing = 0, body = 0;
  guint bodies = 0;

  index->n_living = index->n_phrasings = 0;
  g_ptr_array_set_size (index->languages, 0);
  for (guint i = 0; i < index->articles->len; i++) {
    const PnIndexed *article = pn_index_article (index, i);
    const PnUnit *units = pn_index_unit (index, article->first_unit);
    guint n;

    if (article->id == 0)
      continue;
    index->n_living++;
    index->n_phrasings += article->n_phrasings;
    for (guint u = 0; u < article->n_phrasings; u++)
      phrasing += units[u].length;
    body += units[article->n_phrasings].length;
    bodies += units[article->n_phrasings].length > 0 ? 1 : 0;
    n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, article->language));
    if (g_hash_table_insert (counts, article->language, GUINT_TO_POINTER (n + 1)))
      g_ptr_array_add (index->languages, g_strdup (article->language));
  }
  g_ptr_array_sort_with_data (index->languages, by_many, counts);
  g_ptr_array_add (index->languages, NULL);
  index->mean_phrasing = (float) (phrasing / MAX (index->n_phrasings, 1));
  index->mean_body = (float) (body / MAX (bodies, 1));
}

/* A body counts for each of its article's phrasings that does not have the term itself. */
static guint
count_phrasings (const PnKbIndex *index, const PnTerm *term)
{
  guint count = 0;
  guint in_article = 0;
  guint32 article = G_MAXUINT32;

  for (guint i = 0; i < term->postings->len; i++) {
    const PnUnit *unit = pn_index_unit (index, g_array_index (term->postings, PnPosting, i).unit);

    if (unit->article != article)
      in_article = 0;
    article = unit->article;
    if (unit->is_body)
      count += pn_index_article (index, article)->n_phrasings - in_article;
    else
      count++;
    in_article++;
  }
  return count;
}

static float
kind_weight (const PnTerm *term)
{
  double stop = term->is_stop ? PN_TUNE_STOP : 1;

  switch (term->kind) {
  case PN_TERM_STEM: return (float) (stop * (term->is_common ? PN_TUNE_COMMON : 1));
  case PN_TERM_FORM: return (float) (stop * PN_TUNE_FORM);
  case PN_TERM_PAIR: return (float) PN_TUNE_PAIR;
  case PN_TERM_GRAM: return 1;
  }
  return 1;
}

static void
weigh_terms (PnKbIndex *index)
{
  for (guint t = 1; t < index->terms->len; t++) {
    PnTerm *term = &g_array_index (index->terms, PnTerm, t);
    double all = index->n_phrasings;

    term->phrasings = count_phrasings (index, term);
    term->idf = (float) log (1 + (all - term->phrasings + 0.5) / (term->phrasings + 0.5));
    term->weight = kind_weight (term) * (float) pow (term->idf, PN_TUNE_IDF_POWER);
    term->idf *= kind_weight (term);
  }
}

static void
weigh_units (PnKbIndex *index)
{
  for (guint u = 0; u < index->units->len; u++) {
    PnUnit *unit = &g_array_index (index->units, PnUnit, u);
    double words = 0, grams = 0;

    for (guint i = 0; i < unit->n_counts; i++) {
      const PnTerm *term = pn_index_term (index, unit->counts[i].term);
      double weight = term->weight * pn_count_weight (unit->counts[i].count);

      *(term->kind == PN_TERM_GRAM ? &grams : &words) += weight * weight;
    }
    unit->word_norm = (float) sqrt (words);
    unit->gram_norm = (float) sqrt (grams);
  }
}

static gboolean
has_compounds (const PnKbIndex *index)
{
  for (guint i = 0; index->languages->pdata[i] != NULL; i++) {
    if (pn_words_has_compounds (index->languages->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

void
pn_kb_index_seal (PnKbIndex *index)
{
  drop_dead (index);
  measure (index);
  weigh_terms (index);
  weigh_units (index);
  pn_forms_follow (index->orders, index, has_compounds (index));
}
