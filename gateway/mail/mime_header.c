#include "gateway/mail/mime_header.h"

#include <string.h>

#include "gateway/mail/mime_text.h"

/* Bytes of words of one charset, waiting for the next word. */
typedef struct {
  GString *out;
  GString *bytes;
  char charset[40];
} Pending;

typedef struct {
  const char *charset;
  gsize charset_size;
  char encoding; /* 'b' or 'q' */
  const char *text;
  gsize text_size;
  const char *end; /* behind the word */
} Word;

/* A western charset of the body says little about raw bytes in the header: any byte is valid in it. */
static gboolean
is_western (const char *charset)
{
  return charset != NULL
         && (g_ascii_strcasecmp (charset, "iso-8859-1") == 0
             || g_ascii_strcasecmp (charset, "windows-1252") == 0);
}

char *
pn_mime_header_utf8 (const char *value, gsize size_bytes, const char *charset)
{
  g_autoptr (GString) flat = g_string_sized_new (size_bytes);
  gboolean is_utf8 = g_utf8_validate (value, (gssize) size_bytes, NULL);

  for (gsize i = 0; i < size_bytes; i++) {
    if (value[i] == '\r' || value[i] == '\n')
      continue;
    g_string_append_c (flat, value[i] == '\0' ? ' ' : value[i]);
  }
  return pn_mime_text_decode (flat->str, flat->len,
                              is_utf8                ? "utf-8"
                              : is_western (charset) ? NULL
                                                     : charset,
                              NULL);
}

static void
flush (Pending *pending)
{
  if (pending->bytes->len == 0)
    return;
  g_autofree char *text =
      pn_mime_text_decode (pending->bytes->str, pending->bytes->len, pending->charset, NULL);

  g_string_append (pending->out, text);
  g_string_truncate (pending->bytes, 0);
}

static void
append_q (GString *bytes, const char *text, gsize size_bytes)
{
  for (gsize i = 0; i < size_bytes; i++) {
    if (text[i] == '=' && i + 2 < size_bytes && g_ascii_isxdigit (text[i + 1])
        && g_ascii_isxdigit (text[i + 2])) {
      g_string_append_c (bytes, (char) (g_ascii_xdigit_value (text[i + 1]) * 16
                                        + g_ascii_xdigit_value (text[i + 2])));
      i += 2;
    } else {
      g_string_append_c (bytes, text[i] == '_' ? ' ' : text[i]);
    }
  }
}

static int
base64_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding may be missing, and may come in the middle where somebody joined two words. */
static void
append_b (GString *bytes, const char *text, gsize size_bytes)
{
  guint32 group = 0;
  int bits = 0;

  for (gsize i = 0; i < size_bytes; i++) {
    int value = base64_value (text[i]);

    if (text[i] == '=') {
      group = 0;
      bits = 0;
    }
    if (value < 0)
      continue;
    group = (group << 6 | (guint32) value) & 0xFFFFFF;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      g_string_append_c (bytes, (char) (group >> bits & 0xFF));
    }
  }
}

/* Reads the word at @text, which starts with "=?". @is_last: no "?=" follows anywhere, so a word may lack it. */
static gboolean
word_read (const char *text, Word *word)
{
  const char *c = text + 2;
  const char *end;

  word->charset = c;
  while (g_ascii_isalnum (*c) || (*c != '\0' && strchr ("-_.:*", *c) != NULL))
    c++;
  word->charset_size = strcspn (word->charset, "*?");
  if (c == word->charset || *c != '?' || c - word->charset > 60)
    return FALSE;
  word->encoding = g_ascii_tolower (c[1]);
  if ((word->encoding != 'b' && word->encoding != 'q') || c[2] != '?')
    return FALSE;
  word->text = c += 3;
  for (end = c; *end != '\0'; end++) {
    if (end[0] == '?' && end[1] == '=')
      break;
    if (end[0] == '=' && end[1] == '?' && end > c && (end[-1] == ' ' || end[-1] == '\t'))
      return FALSE;
  }
  word->text_size = (gsize) (end - c);
  word->end = *end == '\0' ? end : end + 2;
  return TRUE;
}

static gboolean
has_raw_bytes (const Word *word)
{
  for (gsize i = 0; i < word->text_size; i++) {
    if ((guchar) word->text[i] >= 128)
      return TRUE;
  }
  return FALSE;
}

static void
word_append (Pending *pending, const Word *word)
{
  char charset[sizeof pending->charset];
  gsize n = MIN (word->charset_size, sizeof charset - 1);

  memcpy (charset, word->charset, n); /* g_strlcpy () would measure all that follows */
  charset[n] = '\0';
  if (has_raw_bytes (word)) /* they are UTF-8 by now, whatever the word says */
    g_strlcpy (charset, "utf-8", sizeof charset);
  if (g_ascii_strcasecmp (charset, pending->charset) != 0) {
    flush (pending);
    g_strlcpy (pending->charset, charset, sizeof pending->charset);
  }
  if (word->encoding == 'b')
    append_b (pending->bytes, word->text, word->text_size);
  else
    append_q (pending->bytes, word->text, word->text_size);
}

char *
pn_mime_header_words (const char *text)
{
  Pending pending = { .out = g_string_sized_new (strlen (text)), .bytes = g_string_new (NULL) };
  gboolean after_word = FALSE;

  for (const char *c = text; *c != '\0';) {
    const char *next = strstr (c, "=?");
    Word word;
    gsize plain = next != NULL ? (gsize) (next - c) : strlen (c);

    if (after_word && next != NULL && strspn (c, " \t\r\n") >= plain && word_read (next, &word)) {
      word_append (&pending, &word);
      c = word.end;
      continue;
    }
    if (plain > 0 || next == NULL || !word_read (next, &word)) {
      gsize n = plain > 0 ? plain : 2;

      flush (&pending);
      pending.charset[0] = '\0';
      g_string_append_len (pending.out, c, (gssize) n);
      c += n;
      after_word = FALSE;
      continue;
    }
    word_append (&pending, &word);
    after_word = TRUE;
    c = word.end;
  }
  flush (&pending);
  g_string_free (pending.bytes, TRUE);
  return g_string_free (pending.out, FALSE);
}

char *
pn_mime_header_decode (const char *value, gsize size_bytes, const char *charset)
{
  g_autofree char *utf8 = pn_mime_header_utf8 (value, size_bytes, charset);
  g_autofree char *words = pn_mime_header_words (utf8);

  return pn_mime_text_line (words);
}
