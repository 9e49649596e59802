#include "kb/redact.h"

#include <string.h>

#define DIGITS_MIN 6
#define NAME_MIN_CHARS 3
#define GREETING_MAX_CHARS 60

typedef struct {
  const GPtrArray *names; /* of char *: single words, folded */
  GString *out;
  guint count;
} Redaction;

static const char *const greetings[] = { "hello",     "hi",           "hey",
                                         "dear",      "good morning", "hallo",
                                         "guten tag", "liebe",        "sehr geehrte" };

static const char *const closings[] = {
  "regards",         "best regards",       "kind regards",   "best wishes", "yours sincerely",
  "sincerely",       "thanks and regards", "cheers",         "mfg",         "mit freundlichen",
  "viele gr",        "beste gr",           "freundliche gr", "liebe gr",    "best,",
  "many thanks and", "sent from my",
};

static gboolean
begins_with_any (const char *line, const char *const *words, gsize n)
{
  g_autofree char *folded = g_utf8_casefold (line, -1);
  const char *start = folded + strspn (folded, " \t>");

  for (gsize i = 0; i < n; i++) {
    gsize size = strlen (words[i]);

    if (g_str_has_prefix (start, words[i]) && !g_ascii_isalnum (start[size]))
      return TRUE;
    /* an inflected ending: "viele Grüße" */
    if (g_str_has_suffix (words[i], " gr") && g_str_has_prefix (start, words[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_letter (const char *c)
{
  return g_unichar_isalpha (g_utf8_get_char (c));
}

static void
put (Redaction *redaction, const char *mark)
{
  g_string_append (redaction->out, mark);
  redaction->count++;
}

/* Returns: how long the digits at @text are, with one or two blanks and signs between them; 0 when they are few. */
static gsize
number_size (const char *text)
{
  gsize size = *text == '+' ? 1 : 0;
  gsize end = 0;
  guint digits = 0, signs = 0;

  while (text[size] != '\0' && signs <= 2) {
    if (g_ascii_isdigit (text[size])) {
      digits++;
      signs = 0;
      end = size + 1;
    } else if (digits > 0 && strchr (" .-/()", text[size]) != NULL) {
      signs++;
    } else {
      break;
    }
    size++;
  }
  return digits >= DIGITS_MIN ? end : 0;
}

/* Returns: the run up to the next blank or bracket. */
static gsize
token_size (const char *text)
{
  return strcspn (text, " \t\r\n<>\"'()[],;");
}

static gboolean
is_known_name (const Redaction *redaction, const char *word)
{
  g_autofree char *folded = g_utf8_casefold (word, -1);

  return redaction->names != NULL
         && g_ptr_array_find_with_equal_func ((GPtrArray *) redaction->names, folded, g_str_equal,
                                              NULL);
}

/* One token or word at @text. Returns: how much of it was taken. */
static gsize
take (Redaction *redaction, const char *text)
{
  gsize size = token_size (text);
  g_autofree char *token = g_strndup (text, size);
  const char *at = strchr (token, '@');
  const char *end = text;
  g_autofree char *word = NULL;

  if (at != NULL && at > token && at[1] != '\0' && strchr (at, '.') != NULL) {
    put (redaction, "[address]");
    return size;
  }
  if ((g_str_has_prefix (token, "http://") || g_str_has_prefix (token, "https://"))
      && strpbrk (token, "?&=") != NULL) {
    put (redaction, "[link]");
    return size;
  }
  if ((size = number_size (text)) > 0) {
    put (redaction, "[number]");
    return size;
  }
  while (*end != '\0' && is_letter (end))
    end = g_utf8_next_char (end);
  if (end == text)
    end = g_utf8_next_char (text);
  word = g_strndup (text, (gsize) (end - text));
  if (is_known_name (redaction, word))
    put (redaction, "[name]");
  else
    g_string_append (redaction->out, word);
  return (gsize) (end - text);
}

static void
take_line (Redaction *redaction, const char *line)
{
  while (*line != '\0')
    line += take (redaction, line);
  g_string_append_c (redaction->out, '\n');
}

static gboolean
is_blank (const char *line)
{
  return line[strspn (line, " \t\r")] == '\0';
}

/* Returns: (owned) the words of the names, folded. */
static GPtrArray *
split_names (const GPtrArray *names)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_auto (GStrv) parts = g_strsplit_set (names->pdata[i], " \t.,-'\"()@_", -1);

    for (gsize k = 0; parts[k] != NULL; k++) {
      if (g_utf8_strlen (parts[k], -1) >= NAME_MIN_CHARS)
        g_ptr_array_add (words, g_utf8_casefold (parts[k], -1));
    }
  }
  return words;
}

char *
pn_redact (const char *text, const GPtrArray *names, guint *count)
{
  g_autoptr (GPtrArray) words = split_names (names);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  Redaction redaction = { words, g_string_new (NULL), 0 };
  gsize first = 0, last = g_strv_length (lines);

  while (first < last && is_blank (lines[first]))
    first++;
  if (first < last && g_utf8_strlen (lines[first], -1) <= GREETING_MAX_CHARS
      && begins_with_any (lines[first], greetings, G_N_ELEMENTS (greetings))
      && strchr (lines[first], '?') == NULL)
    first++;
  for (gsize i = first; i < last; i++) {
    if (begins_with_any (lines[i], closings, G_N_ELEMENTS (closings)))
      last = i;
  }
  for (gsize i = first; i < last; i++)
    take_line (&redaction, lines[i]);
  if (count != NULL)
    *count = redaction.count;
  return g_strstrip (g_string_free (redaction.out, FALSE));
}
