#include "kb/difference.h"

#include <string.h>

#define CELLS_MAX (4 * 1000 * 1000) /* of the table that compares two middles */
#define NEAR 3                      /* same lines shown around a change */

/* Two lists of texts and how far they are the same: @from at their starts, @n_before and @n_after what is left. */
typedef struct {
  char **before;
  char **after;
  gsize n_before;
  gsize n_after;
} Pair;

/* Called for each step of the way from the old list to the new one. */
typedef void (*StepFunc) (PnDifferenceKind kind, const char *text, gpointer data);

static void
part_clear (gpointer data)
{
  g_free (((PnDifferencePart *) data)->text);
}

static void
line_free (gpointer data)
{
  PnDifferenceLine *line = data;

  g_array_unref (line->parts);
  g_free (line);
}

static PnDifferenceLine *
line_new (PnDifferenceKind kind)
{
  PnDifferenceLine *line = g_new0 (PnDifferenceLine, 1);

  line->kind = kind;
  line->parts = g_array_new (FALSE, FALSE, sizeof (PnDifferencePart));
  g_array_set_clear_func (line->parts, part_clear);
  return line;
}

static void
line_add (PnDifferenceLine *line, const char *text, gboolean is_changed)
{
  PnDifferencePart part = { NULL, is_changed };
  PnDifferencePart *last =
      line->parts->len > 0 ? &g_array_index (line->parts, PnDifferencePart, line->parts->len - 1)
                           : NULL;

  if (last != NULL && last->is_changed == is_changed) {
    char *longer = g_strconcat (last->text, text, NULL);

    g_free (last->text);
    last->text = longer;
    return;
  }
  part.text = g_strdup (text);
  g_array_append_val (line->parts, part);
}

static void
replace_all (const Pair *pair, StepFunc step, gpointer data)
{
  for (gsize i = 0; i < pair->n_before; i++)
    step (PN_DIFFERENCE_REMOVED, pair->before[i], data);
  for (gsize i = 0; i < pair->n_after; i++)
    step (PN_DIFFERENCE_ADDED, pair->after[i], data);
}

/* The longest common subsequence, by the table of its lengths from each place to the ends. */
static void
compare_middle (const Pair *pair, StepFunc step, gpointer data)
{
  gsize width = pair->n_after + 1;
  g_autofree guint32 *length = NULL;
  gsize i = 0, j = 0;

  if (pair->n_before == 0 || pair->n_after == 0
      || (pair->n_before + 1) > CELLS_MAX / (pair->n_after + 1)) {
    replace_all (pair, step, data);
    return;
  }
  length = g_new0 (guint32, (pair->n_before + 1) * width);
  for (gsize a = pair->n_before; a-- > 0;) {
    for (gsize b = pair->n_after; b-- > 0;)
      length[a * width + b] = strcmp (pair->before[a], pair->after[b]) == 0
                                  ? length[(a + 1) * width + b + 1] + 1
                                  : MAX (length[(a + 1) * width + b], length[a * width + b + 1]);
  }
  while (i < pair->n_before && j < pair->n_after) {
    if (strcmp (pair->before[i], pair->after[j]) == 0) {
      step (PN_DIFFERENCE_SAME, pair->after[j++], data);
      i++;
    } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
      step (PN_DIFFERENCE_REMOVED, pair->before[i++], data);
    } else {
      step (PN_DIFFERENCE_ADDED, pair->after[j++], data);
    }
  }
  replace_all (&(Pair){ pair->before + i, pair->after + j, pair->n_before - i, pair->n_after - j },
               step, data);
}

/* What both begin and end with needs no comparing. */
static void
compare (const Pair *pair, StepFunc step, gpointer data)
{
  gsize shorter = MIN (pair->n_before, pair->n_after);
  gsize head = 0, tail = 0;

  while (head < shorter && strcmp (pair->before[head], pair->after[head]) == 0)
    head++;
  while (tail < shorter - head
         && strcmp (pair->before[pair->n_before - 1 - tail], pair->after[pair->n_after - 1 - tail])
                == 0)
    tail++;
  for (gsize i = 0; i < head; i++)
    step (PN_DIFFERENCE_SAME, pair->after[i], data);
  compare_middle (&(Pair){ pair->before + head, pair->after + head, pair->n_before - head - tail,
                           pair->n_after - head - tail },
                  step, data);
  for (gsize i = pair->n_after - tail; i < pair->n_after; i++)
    step (PN_DIFFERENCE_SAME, pair->after[i], data);
}

static void
take_line (PnDifferenceKind kind, const char *text, gpointer data)
{
  PnDifferenceLine *line = line_new (kind);

  line_add (line, text, FALSE);
  g_ptr_array_add (data, line);
}

/* Returns: (owned) @text in runs of letters and digits, and all else character by character. */
static GPtrArray *
split_words (const char *text)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  while (*text != '\0') {
    const char *end = text;

    while (*end != '\0' && g_unichar_isalnum (g_utf8_get_char (end)))
      end = g_utf8_next_char (end);
    if (end == text)
      end = g_utf8_next_char (text);
    g_ptr_array_add (words, g_strndup (text, (gsize) (end - text)));
    text = end;
  }
  return words;
}

typedef struct {
  PnDifferenceLine *before;
  PnDifferenceLine *after;
} Beside;

static void
take_word (PnDifferenceKind kind, const char *text, gpointer data)
{
  const Beside *beside = data;

  if (kind != PN_DIFFERENCE_ADDED)
    line_add (beside->before, text, kind == PN_DIFFERENCE_REMOVED);
  if (kind != PN_DIFFERENCE_REMOVED)
    line_add (beside->after, text, kind == PN_DIFFERENCE_ADDED);
}

/* Marks the words in which two lines differ. */
static void
compare_lines (PnDifferenceLine *before, PnDifferenceLine *after)
{
  g_autofree char *old = g_strdup (g_array_index (before->parts, PnDifferencePart, 0).text);
  g_autofree char *new = g_strdup (g_array_index (after->parts, PnDifferencePart, 0).text);
  g_autoptr (GPtrArray) old_words = split_words (old);
  g_autoptr (GPtrArray) new_words = split_words (new);
  Beside beside = { before, after };

  g_array_set_size (before->parts, 0);
  g_array_set_size (after->parts, 0);
  compare (&(Pair){ (char **) old_words->pdata, (char **) new_words->pdata, old_words->len,
                    new_words->len },
           take_word, &beside);
}

static PnDifferenceKind
kind_at (const GPtrArray *lines, guint i)
{
  return i < lines->len ? ((PnDifferenceLine *) lines->pdata[i])->kind : PN_DIFFERENCE_GAP;
}

/* Lines that replace as many others are compared one by one. */
static void
mark_words (GPtrArray *lines)
{
  for (guint i = 0; i < lines->len;) {
    guint removed = 0, added = 0;

    while (kind_at (lines, i + removed) == PN_DIFFERENCE_REMOVED)
      removed++;
    while (kind_at (lines, i + removed + added) == PN_DIFFERENCE_ADDED)
      added++;
    for (guint k = 0; removed == added && k < removed; k++)
      compare_lines (lines->pdata[i + k], lines->pdata[i + removed + k]);
    i += MAX (removed + added, 1);
  }
}

static gboolean
is_near (const GPtrArray *lines, guint i)
{
  for (guint k = i > NEAR ? i - NEAR : 0; k <= i + NEAR && k < lines->len; k++) {
    if (kind_at (lines, k) != PN_DIFFERENCE_SAME)
      return TRUE;
  }
  return FALSE;
}

/* Returns: (owned) the lines without those far from any change. */
static GPtrArray *
leave_out (GPtrArray *lines)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func (line_free);
  g_autofree gboolean *shown = g_new (gboolean, lines->len);
  PnDifferenceLine *gap = NULL;

  for (guint i = 0; i < lines->len; i++)
    shown[i] = is_near (lines, i);
  for (guint i = 0; i < lines->len; i++) {
    if (shown[i]) {
      g_ptr_array_add (kept, lines->pdata[i]);
      lines->pdata[i] = NULL;
      gap = NULL;
      continue;
    }
    if (gap == NULL) {
      gap = line_new (PN_DIFFERENCE_GAP);
      g_ptr_array_add (kept, gap);
    }
    gap->count++;
  }
  return kept;
}

static void
line_free_if_any (gpointer data)
{
  if (data != NULL)
    line_free (data);
}

GPtrArray *
pn_difference (const char *before, const char *after)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (line_free_if_any);
  g_auto (GStrv) old = NULL;
  g_auto (GStrv) new = NULL;

  if (strcmp (before, after) == 0)
    return g_ptr_array_new_with_free_func (line_free);
  old = g_strsplit (before, "\n", -1);
  new = g_strsplit (after, "\n", -1);
  compare (&(Pair){ old, new, g_strv_length (old), g_strv_length (new) }, take_line, lines);
  mark_words (lines);
  return leave_out (lines);
}
