#include "kb/question.h"

#include <string.h>

#include "kb/stem.h"
#include "ticketing/core/text.h"

#define PIECE_MIN_CHARS 2
#define SHORT_CHARS 60 /* greetings and closings are no longer than that */
#define SHORT_QUESTION_BYTES 300
#define WEIGHT_BESIDE 0.35 /* of a sentence that asks nothing, where another does */

/* Folded beginnings of what opens and closes a letter. A language's letter customs, not a list of mails. */
static const char *const openings[] = {
  "hello",        "hi",        "hey",     "dear ",     "good morning", "good afternoon",
  "good evening", "greetings", "hallo",   "guten tag", "guten morgen", "guten abend",
  "sehr geehrte", "liebe",     "moin",    "servus",    "bonjour",      "bonsoir",
  "salut",        "cher ",     "chere ",  "madame",    "monsieur",     "hola",
  "buenos dias",  "buenas",    "estimad", "ola",       "bom dia",      "boa tarde",
  "boa noite",    "prezad",    "car",     "caro ",     "buongiorno",   "buonasera",
  "ciao",         "gentile",   "beste ",  "geachte",   "goedemorgen",  "goedendag",
};

static const char *const closings[] = {
  "regards",
  "best regards",
  "kind regards",
  "warm regards",
  "best wishes",
  "sincerely",
  "yours ",
  "cheers",
  "mit freundlichen gru",
  "mit besten gru",
  "freundliche gru",
  "viele gru",
  "beste gru",
  "liebe gru",
  "mfg",
  "vg",
  "cordialement",
  "bien cordialement",
  "salutations",
  "saludos",
  "un saludo",
  "atentamente",
  "atenciosamente",
  "cumprimentos",
  "com os melhores cumprimentos",
  "cordiali saluti",
  "saluti",
  "distinti saluti",
  "met vriendelijke groet",
  "groeten",
  "sent from my",
  "von meinem iphone",
  "gesendet von",
  "envoye de mon",
  "enviado desde",
  "enviado do meu",
  "inviato da",
};

/* These may also stand in the middle of a letter. */
static const char *const thanks[] = {
  "thank", "thanks",  "many thanks", "danke",  "vielen dank",
  "merci", "gracias", "obrigad",     "grazie", "bedankt",
};

static gboolean
starts_with_one_of (const char *text, const char *const *starts, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    gsize length = strlen (starts[i]);

    if (strncmp (text, starts[i], length) == 0
        && (starts[i][length - 1] == ' ' || length > 5 || !g_ascii_isalpha (text[length])))
      return TRUE;
  }
  return FALSE;
}

typedef enum { COURTESY_NONE, COURTESY_INSIDE, COURTESY_END } Courtesy;

/* Is it a greeting, thanks or a closing that says nothing else? */
static Courtesy
courtesy_of (const char *text)
{
  g_autofree char *folded = NULL;

  if (g_utf8_strlen (text, -1) > SHORT_CHARS || strchr (text, '?') != NULL)
    return COURTESY_NONE;
  folded = pn_stem_fold (text);
  if (starts_with_one_of (folded, closings, G_N_ELEMENTS (closings)))
    return COURTESY_END;
  if (starts_with_one_of (folded, openings, G_N_ELEMENTS (openings))
      || starts_with_one_of (folded, thanks, G_N_ELEMENTS (thanks)))
    return COURTESY_INSIDE;
  return COURTESY_NONE;
}

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

static void
add_piece (GArray *pieces, const char *from, const char *to)
{
  PnPiece piece = { .text = g_strstrip (g_strndup (from, (gsize) (to - from))), .weight = 1 };

  if (g_utf8_strlen (piece.text, -1) < PIECE_MIN_CHARS)
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

/* Leaves out courtesies, and what follows a closing (a name, an address) unless it asks; but never everything. */
static void
drop_courtesies (GArray *pieces)
{
  gboolean is_closed = FALSE;
  guint kept = 0;

  for (guint i = 0; i < pieces->len; i++) {
    PnPiece *piece = &g_array_index (pieces, PnPiece, i);
    Courtesy courtesy = courtesy_of (piece->text);
    gboolean is_last = i + 1 == pieces->len;

    if ((courtesy != COURTESY_NONE || (is_closed && !asks (piece->text))) && (kept > 0 || !is_last))
      g_clear_pointer (&piece->text, g_free);
    else
      g_array_index (pieces, PnPiece, kept++) = *piece;
    is_closed = is_closed || (courtesy == COURTESY_END && kept > 0);
  }
  for (guint i = kept; i < pieces->len; i++)
    g_array_index (pieces, PnPiece, i).text = NULL;
  g_array_set_size (pieces, kept);
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

GArray *
pn_question_read (const char *text)
{
  g_autofree char *start = pn_text_clip (text, PN_QUESTION_MAX_BYTES);
  g_auto (GStrv) lines = g_strsplit (start, "\n", -1);
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (PnPiece));

  g_array_set_clear_func (pieces, clear_piece);
  for (gsize i = 0; lines[i] != NULL; i++) {
    char *line = g_strchomp (lines[i]);

    if (strcmp (line, "--") == 0) /* the signature */
      break;
    if (*line != '>')
      add_line (pieces, line);
  }
  drop_courtesies (pieces);
  if (strlen (start) > SHORT_QUESTION_BYTES)
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
