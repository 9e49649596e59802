/* Index: the articles of a base in memory, cut into terms, for kb/rank.
 *
 *   article   phrasings (its title, then each question) and a body; each of these is a unit
 *   term      a stem, an exact form, a pair of neighbouring stems, or four letters of a word ("gram")
 *   posting   how often a term stands in a unit
 *
 * The text in the database is the only stored form; an index is made from it when a process starts (10,000 articles of
 * a hundred words: about two seconds, 240 MiB) and then follows changes: put or remove articles, then seal. Between seals
 * an index never changes and any number of threads may read it.
 */
#pragma once

#include <math.h>

#include "kb/article.h"
#include "kb/forms.h"
#include "kb/stem.h"

typedef enum { PN_TERM_STEM, PN_TERM_FORM, PN_TERM_PAIR, PN_TERM_GRAM } PnTermKind;

#define PN_TERM_NONE 0 /* no term has this number */

typedef struct {
  guint32 term;
  float count;
} PnTermCount;

typedef struct {
  guint32 unit;
  float count;
} PnPosting;

typedef struct {
  char *text; /* with its kind's mark in front */
  PnTermKind kind;
  gboolean is_stop;
  gboolean is_common; /* kb/common_words; of a stem */
  GArray *postings;   /* of PnPosting, only of living units once sealed */
  guint32 phrasings;  /* how many it stands in, itself or in the article's body */
  float idf;
  float weight; /* in the vector of a text: idf by what the kind and a stop word count */
} PnTerm;

typedef struct {
  guint32 article;
  gboolean is_body;
  char *text; /* of a question; NULL else */
  guint n_counts;
  PnTermCount *counts; /* by term */
  float length;        /* words */
  float word_norm;     /* of the vector of stems, forms and pairs */
  float gram_norm;
} PnUnit;

typedef struct {
  gint64 id; /* 0: gone */
  char *external_id;
  char *title;
  char *language; /* where the article doesn't say: found out; "" when nothing tells */
  char *category;
  gboolean is_internal;
  guint first_unit; /* its phrasings, then its body */
  guint n_phrasings;
} PnIndexed;

struct PnKbIndex {
  GArray *terms;        /* of PnTerm; 0 is none */
  GHashTable *term_ids; /* its text (borrowed) -> number */
  GHashTable *forms;    /* "en:word" -> Form, what was found out about a word */
  GArray *units;        /* of PnUnit */
  GArray *articles;     /* of PnIndexed */
  GHashTable *by_id;    /* gint64 * -> number + 1 */
  GHashTable *stemmers; /* language -> PnStemmer */
  GPtrArray *languages; /* those of the living articles, the most used first, NULL at the end */
  guint n_living;
  guint n_phrasings;
  guint n_dead_units;
  float mean_phrasing;
  float mean_body;
  PnForms *orders;
};

/* A text in terms. */
typedef struct {
  GArray *counts; /* of PnTermCount, by term; unknown words are not in it */
  double n_words;
  double n_unknown; /* words that no article has; one that says little counts little */
  double n_common;  /* of those, common ones (kb/common_words) */
  GPtrArray *
      phrases; /* of GArray of guint32, terms by number: some unit of an article must have all of each; NULL */
} PnBag;

PnKbIndex *pn_kb_index_new (void);
void pn_kb_index_free (PnKbIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnKbIndex, pn_kb_index_free)

/* Puts @article into the index, in place of what had its id. One that is not published is removed. */
void pn_kb_index_put (PnKbIndex *index, const PnArticle *article);
void pn_kb_index_remove (PnKbIndex *index, gint64 id);

/* Makes what was put and removed count. */
void pn_kb_index_seal (PnKbIndex *index);

/* Cuts @text, in @language, into the index's terms; adds none. */
void pn_kb_index_read (const PnKbIndex *index, const char *text, const char *language, PnBag *bag);

/* Adds @weight times what @text has to @bag, which is empty (all zero) or was used here before. */
void pn_kb_index_add (const PnKbIndex *index, const char *text, const char *language, double weight,
                      PnBag *bag);

/* Adds the words that begin like the last one of @text, each as @weight of a word. */
void pn_kb_index_add_begun (const PnKbIndex *index, const char *text, const char *language,
                            double weight, PnBag *bag);

/* Returns: the term of a kind, folded or a stem; PN_TERM_NONE. */
guint32 pn_kb_index_find (const PnKbIndex *index, PnTermKind kind, const char *text);

/* Adds the words of @phrase, next to each other, to what an article must have. */
void pn_kb_index_add_phrase (const PnKbIndex *index, const char *phrase, const char *language,
                             PnBag *bag);

/* Sorts what was appended to @bag, and makes one of those with the same term. */
void pn_bag_merge (PnBag *bag);
void pn_bag_clear (PnBag *bag);

/* What @count occurrences count in a vector; less than one is what counts a little in a question. */
static inline double
pn_count_weight (double count)
{
  return count <= 1 ? count : 1 + log (count);
}

static inline const PnTerm *
pn_index_term (const PnKbIndex *index, guint32 term)
{
  return &g_array_index (index->terms, PnTerm, term);
}

static inline const PnUnit *
pn_index_unit (const PnKbIndex *index, guint unit)
{
  return &g_array_index (index->units, PnUnit, unit);
}

static inline const PnIndexed *
pn_index_article (const PnKbIndex *index, guint article)
{
  return &g_array_index (index->articles, PnIndexed, article);
}
