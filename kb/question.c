#include "kb/question.h"

#include <string.h>

#include "kb/courtesy.h"
#include "ticketing/core/text.h"

#define SHORT_QUESTION_BYTES 300
#define WEIGHT_BESIDE 0.35 /* of a sentence that asks nothing, where another does */

static gboolean
is_question_mark (gunichar c)
{
  return c == '?' || c == 0xff1f || c == 0x061f || c == 0x037e;
}

static gboolean
asks (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    if (is_question_mark (g_utf8_get_char (text)))
      return TRUE;
  }
  return FALSE;
}

/* Does a sentence end with the character at @c? */
static gboolean
is_end (const char *c)
{
  gunichar letter = g_utf8_get_char (c);
  const char *next = g_utf8_next_char (c);

  if (letter == 0x3002 || letter == 0xff01 || letter == 0xff1f)
    return TRUE;
  return (letter == '.' || letter == '!' || is_question_mark (letter))
         && (*next == '\0' || *next == ' ');
}

static guint
count_letters (const char *text)
{
  guint count = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    count += g_unichar_isalnum (g_utf8_get_char (text)) ? 1 : 0;
  return count;
}

static void
add_piece (GArray *pieces, const char *from, const char *to)
{
  PnPiece piece = { .text = g_strstrip (g_strndup (from, (gsize) (to - from))), .weight = 1 };

  if (count_letters (piece.text) == 0)
    g_free (piece.text);
  else
    g_array_append_val (pieces, piece);
}

static void
add_line (GArray *pieces, const char *line)
{
  const char *from = line;

  for (const char *c = line; *c != '\0'; c = g_utf8_next_char (c)) {
    if (is_end (c)) {
      add_piece (pieces, from, g_utf8_next_char (c));
      from = g_utf8_next_char (c);
    }
  }
  add_piece (pieces, from, from + strlen (from));
}

static void
clear_piece (gpointer data)
{
  g_free (((PnPiece *) data)->text);
}

/* The first piece and those that ask count fully; in a long text that asks, the others count less. */
static void
weigh (GArray *pieces)
{
  gboolean has_question = FALSE;

  for (guint i = 0; i < pieces->len; i++)
    has_question = has_question || asks (g_array_index (pieces, PnPiece, i).text);
  for (guint i = 1; i < pieces->len; i++) {
    PnPiece *piece = &g_array_index (pieces, PnPiece, i);

    if (has_question && !asks (piece->text))
      piece->weight = WEIGHT_BESIDE;
  }
}

/* Returns: (owned) @text down to the signature, without quoted lines. */
static char *
drop_quotes (const char *text)
{
  g_autofree char *start = pn_text_clip (text, PN_QUESTION_MAX_BYTES);
  g_auto (GStrv) lines = g_strsplit (start, "\n", -1);
  GString *out = g_string_sized_new (strlen (start));

  for (gsize i = 0; lines[i] != NULL; i++) {
    const char *line = g_strchomp (lines[i]);

    if (strcmp (line, "--") == 0)
      break;
    if (*line != '>')
      g_string_append_printf (out, "%s\n", line);
  }
  return g_string_free (out, FALSE);
}

GArray *
pn_question_read (const char *text)
{
  g_autofree char *letter = drop_quotes (text);
  g_autofree char *matter = pn_courtesy_strip (letter);
  g_auto (GStrv) lines = g_strsplit (matter, "\n", -1);
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (PnPiece));

  g_array_set_clear_func (pieces, clear_piece);
  for (gsize i = 0; lines[i] != NULL; i++)
    add_line (pieces, lines[i]);
  if (strlen (text) > SHORT_QUESTION_BYTES)
    weigh (pieces);
  return pieces;
}

char *
pn_question_gist (const char *text, guint max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GArray) pieces = pn_question_read (valid);
  GString *gist = g_string_new (NULL);
  g_autofree char *line = NULL;

  for (guint i = 0; i < pieces->len; i++) {
    const PnPiece *piece = &g_array_index (pieces, PnPiece, i);

    if (piece->weight < 1)
      continue;
    if (gist->len > 0)
      g_string_append_c (gist, ' ');
    g_string_append (gist, piece->text);
  }
  line = pn_text_clean_line (gist->str, gist->len + 1);
  g_string_free (gist, TRUE);
  return g_utf8_substring (line, 0, MIN (g_utf8_strlen (line, -1), (glong) max_chars));
}
