#include "templates/said.h"

#include <string.h>

#define MAX_HOLES 9
#define MAX_DEPTH 3 /* of sentences in sentences */
#define HOLE_BYTES 3

typedef struct {
  char *pieces[MAX_HOLES + 1]; /* what stands between the holes */
  guint n_holes;
  gsize weight;     /* bytes of the pieces: what says more is tried first */
  const char *text; /* (borrowed) the translation */
} Sentence;

struct PnSaid {
  PnCatalogue *catalogue;
  GPtrArray *sentences; /* of Sentence */
};

typedef struct {
  const char *start;
  gsize size;
} Value;

static gboolean
is_hole (const char *text)
{
  return text[0] == '{' && g_ascii_isdigit (text[1]) && text[2] == '}';
}

/* Returns: the next hole of @text, or its end. */
static const char *
find_hole (const char *text)
{
  while (*text != '\0' && !is_hole (text))
    text++;
  return text;
}

static void
sentence_free (Sentence *sentence)
{
  for (guint i = 0; i <= MAX_HOLES; i++)
    g_free (sentence->pieces[i]);
  g_free (sentence);
}

static void
add_sentence (const char *english, const char *text, gpointer data)
{
  Sentence *sentence = g_new0 (Sentence, 1);
  const char *hole = find_hole (english);

  sentence->text = text;
  while (*hole != '\0' && sentence->n_holes < MAX_HOLES) {
    sentence->pieces[sentence->n_holes++] = g_strndup (english, (gsize) (hole - english));
    english = hole + HOLE_BYTES;
    hole = find_hole (english);
  }
  sentence->pieces[sentence->n_holes] = g_strdup (english);
  for (guint i = 0; i <= sentence->n_holes; i++)
    sentence->weight += strlen (sentence->pieces[i]);
  g_ptr_array_add (data, sentence);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Sentence *one = *(const Sentence *const *) a;
  const Sentence *other = *(const Sentence *const *) b;

  if (one->weight == other->weight)
    return strcmp (one->pieces[0], other->pieces[0]);
  return one->weight > other->weight ? -1 : 1;
}

PnSaid *
pn_said_new (PnCatalogue *catalogue)
{
  PnSaid *said = g_new0 (PnSaid, 1);

  said->catalogue = catalogue;
  said->sentences = g_ptr_array_new_with_free_func ((GDestroyNotify) sentence_free);
  pn_catalogue_each (catalogue, add_sentence, said->sentences);
  g_ptr_array_sort (said->sentences, compare);
  return said;
}

void
pn_said_free (PnSaid *said)
{
  if (said == NULL)
    return;
  g_ptr_array_unref (said->sentences);
  pn_catalogue_free (said->catalogue);
  g_free (said);
}

/* A hole takes as little as it can, the last one all that is left before the end. */
static gboolean
matches (const Sentence *sentence, const char *text, gsize size, Value *values)
{
  const char *end = text + size;
  const char *at = text + strlen (sentence->pieces[0]);

  if (size < sentence->weight || strncmp (text, sentence->pieces[0], (gsize) (at - text)) != 0)
    return FALSE;
  for (guint i = 0; i < sentence->n_holes; i++) {
    const char *piece = sentence->pieces[i + 1];
    const gsize piece_size = strlen (piece);
    const char *found =
        i + 1 == sentence->n_holes ? end - piece_size : g_strstr_len (at, end - at, piece);

    if (found == NULL || found < at || strncmp (found, piece, piece_size) != 0)
      return FALSE;
    values[i] = (Value){ at, (gsize) (found - at) };
    at = found + piece_size;
  }
  return at == end;
}

static void append (const PnSaid *said, GString *out, const char *text, gsize size, int depth);

static void
append_filled (const PnSaid *said, GString *out, const Sentence *sentence, const Value *values,
               int depth)
{
  const char *text = sentence->text;

  while (*text != '\0') {
    const char *hole = find_hole (text);
    guint n = *hole == '\0' ? 0 : (guint) (hole[1] - '0');

    g_string_append_len (out, text, hole - text);
    if (n > 0 && n <= sentence->n_holes && values[n - 1].size > 0) {
      const Value *value = &values[n - 1];
      const gboolean is_quoted = g_str_has_suffix (sentence->pieces[n - 1], "\"");

      append (said, out, value->start, value->size, is_quoted ? MAX_DEPTH : depth + 1);
    }
    text = *hole == '\0' ? hole : hole + HOLE_BYTES;
  }
}

static void
append (const PnSaid *said, GString *out, const char *text, gsize size, int depth)
{
  Value values[MAX_HOLES];

  for (guint i = 0; i < said->sentences->len && depth < MAX_DEPTH; i++) {
    const Sentence *sentence = said->sentences->pdata[i];

    if (matches (sentence, text, size, values)) {
      append_filled (said, out, sentence, values, depth);
      return;
    }
  }
  g_string_append_len (out, text, (gssize) size);
}

char *
pn_said_write (const PnSaid *said, const char *sentence)
{
  GString *out;

  if (said == NULL)
    return g_strdup (sentence);
  out = g_string_new (NULL);
  append (said, out, sentence, strlen (sentence), 0);
  return g_string_free (out, FALSE);
}
