#include "kb/excerpt.h"

#include <string.h>

#include "kb/search.h"
#include "kb/words.h"

typedef struct {
  guint start, end; /* bytes */
  double weight;    /* 0: not asked for */
} Mark;

static void
clear_part (gpointer data)
{
  g_free (((PnKbPart *) data)->text);
}

static double
weight_of (const PnKbIndex *index, const PnBag *bag, PnStemmer *stemmer, const char *word)
{
  g_autofree char *stem = pn_stemmer_stem (stemmer, word);
  g_autofree char *marked = g_strconcat ("s", stem, NULL);
  guint32 term = GPOINTER_TO_UINT (g_hash_table_lookup (index->term_ids, marked));

  for (guint i = 0; term != PN_TERM_NONE && i < bag->counts->len; i++) {
    if (g_array_index (bag->counts, PnTermCount, i).term == term)
      return pn_index_term (index, term)->is_stop ? 0 : pn_index_term (index, term)->weight;
  }
  return 0;
}

/* Returns: (owned) all words of @text as Mark. */
static GArray *
mark_words (const PnKbIndex *index, const PnBag *bag, const char *text, const char *language)
{
  g_autoptr (GArray) words = pn_words_split (text);
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (Mark));

  for (guint i = 0; i < words->len; i++) {
    const PnWord *word = &g_array_index (words, PnWord, i);
    Mark mark = { word->start, word->end, weight_of (index, bag, stemmer, word->word) };
    guint last_end = marks->len > 0 ? g_array_index (marks, Mark, marks->len - 1).end : 0;

    if (word->start >= last_end) /* pairs of a script without spaces overlap */
      g_array_append_val (marks, mark);
    else if (mark.weight > 0)
      g_array_index (marks, Mark, marks->len - 1) =
          (Mark){ g_array_index (marks, Mark, marks->len - 1).start, MAX (word->end, last_end),
                  mark.weight };
  }
  return marks;
}

/* Finds the window of at most @max_bytes with the most weight; from the mark *@first on. */
static void
best_window (const GArray *marks, guint max_bytes, guint *first, guint *last)
{
  double best = -1, sum = 0;
  guint from = 0;

  *first = *last = 0;
  for (guint to = 0; to < marks->len; to++) {
    sum += g_array_index (marks, Mark, to).weight;
    while (g_array_index (marks, Mark, to).end - g_array_index (marks, Mark, from).start > max_bytes
           && from < to)
      sum -= g_array_index (marks, Mark, from++).weight;
    if (sum > best + 1e-9) {
      best = sum;
      *first = from;
      *last = to;
    }
  }
  /* room that is left goes to what follows */
  while (*last + 1 < marks->len
         && g_array_index (marks, Mark, *last + 1).end - g_array_index (marks, Mark, *first).start
                <= max_bytes)
    *last += 1;
}

static void
add_part (GArray *parts, const char *text, guint from, guint to, gboolean is_hit)
{
  PnKbPart part = { .text = g_strndup (text + from, to - from), .is_hit = is_hit };

  for (char *c = part.text; *c != '\0'; c++)
    *c = *c == '\n' || *c == '\r' || *c == '\t' ? ' ' : *c;
  if (to > from)
    g_array_append_val (parts, part);
  else
    g_free (part.text);
}

static void
add_ellipsis (GArray *parts)
{
  PnKbPart part = { .text = g_strdup ("…") };

  g_array_append_val (parts, part);
}

GArray *
pn_kb_excerpt (const PnKbIndex *index, const PnBag *bag, const char *text, const char *language,
               guint max_chars)
{
  g_autoptr (GArray) marks = mark_words (index, bag, text, language);
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (PnKbPart));
  guint first, last, at;

  g_array_set_clear_func (parts, clear_part);
  if (marks->len == 0)
    return parts;
  best_window (marks, max_chars, &first, &last);
  if (first > 0)
    add_ellipsis (parts);
  at = g_array_index (marks, Mark, first).start;
  for (guint i = first; i <= last; i++) {
    const Mark *mark = &g_array_index (marks, Mark, i);

    if (mark->weight > 0) {
      add_part (parts, text, at, mark->start, FALSE);
      add_part (parts, text, mark->start, mark->end, TRUE);
      at = mark->end;
    }
  }
  add_part (parts, text, at,
            last + 1 < marks->len ? g_array_index (marks, Mark, last).end : (guint) strlen (text),
            FALSE);
  if (last + 1 < marks->len)
    add_ellipsis (parts);
  return parts;
}
