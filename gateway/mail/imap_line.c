#include "gateway/mail/imap_line.h"

#include <string.h>

static const struct {
  const char *word;
  PnImapLineKind kind;
} states[] = {
  { "OK", PN_IMAP_LINE_OK },
  { "NO", PN_IMAP_LINE_NO },
  { "BAD", PN_IMAP_LINE_BAD },
  { "BYE", PN_IMAP_LINE_BYE },
};

/* Returns: what follows @word and a blank (or the end) in @text, or NULL. */
static const char *
after_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  if (g_ascii_strncasecmp (text, word, length) != 0)
    return NULL;
  if (text[length] == '\0')
    return text + length;
  return text[length] == ' ' ? text + length + 1 : NULL;
}

static void
read_text (const char *text, char **code, char **words)
{
  const char *end = *text == '[' ? strchr (text, ']') : NULL;

  if (end != NULL) {
    gsize length = strcspn (text + 1, " ]");

    *code = g_strndup (text + 1, length);
    text = end + 1;
  } else {
    *code = g_strdup ("");
  }
  *words = g_strstrip (g_strdup (text));
}

PnImapLineKind
pn_imap_line_read (const char *line, const char *tag, char **code, char **words)
{
  gboolean is_untagged = line[0] == '*' && line[1] == ' ';
  const char *rest = is_untagged ? line + 2 : after_word (line, tag);

  if (*line == '+' && (line[1] == ' ' || line[1] == '\0')) {
    read_text (line + 1, code, words);
    return PN_IMAP_LINE_CONTINUE;
  }
  for (gsize i = 0; rest != NULL && i < G_N_ELEMENTS (states); i++) {
    const char *text = after_word (rest, states[i].word);
    gboolean is_bye = states[i].kind == PN_IMAP_LINE_BYE;

    if (text == NULL || is_bye != is_untagged)
      continue;
    read_text (text, code, words);
    return states[i].kind;
  }
  read_text (rest != NULL ? rest : "", code, words);
  return is_untagged ? PN_IMAP_LINE_UNTAGGED : PN_IMAP_LINE_JUNK;
}
