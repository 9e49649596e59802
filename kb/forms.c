#include "kb/forms.h"

#include <string.h>

#include "kb/index.h"

#define FEW 500 /* new words that are put in their places one by one */

typedef int (*Compare) (const char *left, const char *right);

struct PnForms {
  GArray *alike; /* of guint32, terms */
  GArray *begun;
  GArray *ended;
  guint seen;           /* terms up to here are in alike and begun */
  guint seen_compounds; /* and in ended */
};

PnForms *
pn_forms_new (void)
{
  PnForms *forms = g_new0 (PnForms, 1);

  forms->alike = g_array_new (FALSE, FALSE, sizeof (guint32));
  forms->begun = g_array_new (FALSE, FALSE, sizeof (guint32));
  forms->ended = g_array_new (FALSE, FALSE, sizeof (guint32));
  return forms;
}

void
pn_forms_free (PnForms *forms)
{
  if (forms == NULL)
    return;
  g_array_unref (forms->alike);
  g_array_unref (forms->begun);
  g_array_unref (forms->ended);
  g_free (forms);
}

static int
compare_alike (const char *left, const char *right)
{
  gunichar a = g_utf8_get_char (left);
  gunichar b = g_utf8_get_char (right);
  glong n_a, n_b;

  if (a != b)
    return a < b ? -1 : 1;
  n_a = g_utf8_strlen (left, -1);
  n_b = g_utf8_strlen (right, -1);
  return n_a < n_b ? -1 : n_a > n_b;
}

/* The strings read backwards. */
static int
compare_ended (const char *left, const char *right)
{
  gsize a = strlen (left);
  gsize b = strlen (right);

  while (a > 0 && b > 0 && left[a - 1] == right[b - 1]) {
    a--;
    b--;
  }
  if (a == 0 || b == 0)
    return a < b ? -1 : a > b;
  return (guchar) left[a - 1] < (guchar) right[b - 1] ? -1 : 1;
}

static const char *
text_of (const PnKbIndex *index, const GArray *order, guint i)
{
  return pn_index_term (index, g_array_index (order, guint32, i))->text + 1;
}

/* Returns: the first place whose word does not come before @text. */
static guint
find_place (const PnKbIndex *index, const GArray *order, Compare compare, const char *text)
{
  guint low = 0, high = order->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (compare (text_of (index, order, middle), text) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

typedef struct {
  const PnKbIndex *index;
  Compare compare;
} Sorting;

static int
by_order (gconstpointer left, gconstpointer right, gpointer data)
{
  const Sorting *sorting = data;

  return sorting->compare (pn_index_term (sorting->index, *(const guint32 *) left)->text + 1,
                           pn_index_term (sorting->index, *(const guint32 *) right)->text + 1);
}

static void
take_in (const PnKbIndex *index, GArray *order, Compare compare, guint seen)
{
  const gboolean is_few = index->terms->len - seen < FEW;
  Sorting sorting = { index, compare };

  for (guint32 t = MAX (seen, 1); t < index->terms->len; t++) {
    const PnTerm *term = pn_index_term (index, t);

    if (term->kind != PN_TERM_FORM)
      continue;
    if (is_few)
      g_array_insert_val (order, find_place (index, order, compare, term->text + 1), t);
    else
      g_array_append_val (order, t);
  }
  if (!is_few)
    g_array_sort_with_data (order, by_order, &sorting);
}

void
pn_forms_follow (PnForms *forms, const PnKbIndex *index, gboolean with_compounds)
{
  take_in (index, forms->alike, compare_alike, forms->seen);
  take_in (index, forms->begun, strcmp, forms->seen);
  forms->seen = index->terms->len;
  if (!with_compounds)
    return;
  take_in (index, forms->ended, compare_ended, forms->seen_compounds);
  forms->seen_compounds = index->terms->len;
}

/* Returns: where the words of @length letters beginning with @letter start. */
static guint
find_alike (const PnForms *forms, const PnKbIndex *index, gunichar letter, guint length)
{
  guint low = 0, high = forms->alike->len;

  while (low < high) {
    guint middle = (low + high) / 2;
    const char *text = text_of (index, forms->alike, middle);
    gunichar first = g_utf8_get_char (text);

    if (first < letter || (first == letter && g_utf8_strlen (text, -1) < (glong) length))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const guint32 *
pn_forms_alike (const PnForms *forms, const PnKbIndex *index, gunichar letter, guint length,
                guint *n)
{
  guint first = find_alike (forms, index, letter, length);

  *n = find_alike (forms, index, letter, length + 1) - first;
  return &g_array_index (forms->alike, guint32, first);
}

/* The words of @order from @text on that contain it at that end. */
static guint
find_longer (const PnKbIndex *index, const GArray *order, gboolean is_end, const char *text,
             guint least, guint32 *found, guint most)
{
  guint n = 0;

  for (guint i = find_place (index, order, is_end ? compare_ended : strcmp, text);
       i < order->len && n < most; i++) {
    const char *other = text_of (index, order, i);

    if (!(is_end ? g_str_has_suffix (other, text) : g_str_has_prefix (other, text)))
      break;
    if (strlen (other) >= strlen (text) + least
        && pn_index_term (index, g_array_index (order, guint32, i))->postings->len > 0)
      found[n++] = g_array_index (order, guint32, i);
  }
  return n;
}

guint
pn_forms_begun (const PnForms *forms, const PnKbIndex *index, const char *start, guint32 *found,
                guint most)
{
  return find_longer (index, forms->begun, FALSE, start, 0, found, most);
}

guint
pn_forms_compounds (const PnForms *forms, const PnKbIndex *index, const char *folded, guint least,
                    guint32 *found, guint most)
{
  guint n = find_longer (index, forms->begun, FALSE, folded, least, found, most / 2);

  return n + find_longer (index, forms->ended, TRUE, folded, least, found + n, most - n);
}
