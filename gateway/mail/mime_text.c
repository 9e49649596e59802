#include "gateway/mail/mime_text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "gateway/mail/charset.h"

#define CHARSET_BYTES_MAX 40
#define REPLACEMENT "\xEF\xBF\xBD"

/* What mails say, and what they mean by it: supersets, misspellings, names iconv does not know. */
static const struct {
  const char *said;
  const char *meant;
} aliases[] = {
  { "iso-8859-1", "windows-1252" },
  { "iso8859-1", "windows-1252" },
  { "iso_8859-1", "windows-1252" },
  { "latin1", "windows-1252" },
  { "latin-1", "windows-1252" },
  { "l1", "windows-1252" },
  { "cp-1252", "windows-1252" },
  { "windows1252", "windows-1252" },
  { "iso-8859-8-i", "iso-8859-8" },
  { "iso-8859-8-e", "iso-8859-8" },
  { "iso-8859-9", "windows-1254" },
  { "iso-8859-11", "cp874" },
  { "tis-620", "cp874" },
  { "utf8", "utf-8" },
  { "utf_8", "utf-8" },
  { "utf-8mb4", "utf-8" },
  { "unicode-1-1-utf-7", "utf-7" },
  { "unicode-1-1-utf-8", "utf-8" },
  { "x-unicode-2-0-utf-7", "utf-7" },
  { "gb2312", "gb18030" },
  { "gbk", "gb18030" },
  { "x-gbk", "gb18030" },
  { "cp936", "gb18030" },
  { "windows-936", "gb18030" },
  { "gb_2312-80", "gb18030" },
  { "euc-cn", "gb18030" },
  { "hz-gb-2312", "gb18030" },
  { "big5", "big5-hkscs" },
  { "x-big5", "big5-hkscs" },
  { "cn-big5", "big5-hkscs" },
  { "cp950", "big5-hkscs" },
  { "ks_c_5601-1987", "cp949" },
  { "ks_c_5601", "cp949" },
  { "ksc5601", "cp949" },
  { "euc-kr", "cp949" },
  { "shift_jis", "cp932" },
  { "shift-jis", "cp932" },
  { "x-sjis", "cp932" },
  { "sjis", "cp932" },
  { "iso-2022-jp", "iso-2022-jp-3" },
  { "x-mac-roman", "macintosh" },
  { "x-mac-cyrillic", "mac-cyrillic" },
  { "x-koi8-r", "koi8-r" },
  { "koi8", "koi8-r" },
};

/* Names that say nothing about bytes above 127. */
static const char *const unknowns[] = {
  "us-ascii",     "ascii",          "ansi_x3.4-1968", "x-unknown",       "unknown",
  "unknown-8bit", "8bit",           "7bit",           "default",         "none",
  "binary",       "x-user-defined", "char",           "_autodetect_all", "",
};

void
pn_mime_text_warm_up (void)
{
  static const char *const common[] = {
    "utf-8",        "utf-16",       "utf-16le",    "utf-16be",   "utf-32", "utf-7",
    "us-ascii",     "cp932",        "cp949",       "gb18030",    "euc-jp", "iso-2022-jp-3",
    "windows-1255", "windows-1258", "iso-2022-kr", "big5-hkscs",
  };
  static iconv_t kept[G_N_ELEMENTS (common)]; /* open, and with them glibc's modules in memory */

  if (kept[0] != NULL)
    return;
  pn_charset_warm_up ();
  for (gsize i = 0; i < G_N_ELEMENTS (common); i++) {
    iconv_t to = iconv_open ("UTF-8", common[i]);
    char byte = 'x';
    char out[8];
    char *from = &byte;
    char *room = out;
    gsize size = 1;
    gsize space = sizeof out;

    kept[i] = to;
    if (to != (iconv_t) -1)
      iconv (to, &from, &size, &room, &space);
  }
}

/* Writes what @charset means to @out. Returns: FALSE when it means nothing. */
static gboolean
charset_meant (const char *charset, char out[CHARSET_BYTES_MAX])
{
  gsize n = 0;

  if (charset == NULL)
    return FALSE;
  for (const char *c = charset; *c != '\0' && n < CHARSET_BYTES_MAX - 1; c++) {
    if (g_ascii_isalnum (*c) || strchr ("-_.:", *c) != NULL)
      out[n++] = g_ascii_tolower (*c);
    else if (n > 0)
      break;
  }
  out[n] = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (unknowns); i++) {
    if (strcmp (out, unknowns[i]) == 0)
      return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++) {
    if (strcmp (out, aliases[i].said) == 0) {
      g_strlcpy (out, aliases[i].meant, CHARSET_BYTES_MAX);
      return TRUE;
    }
  }
  return TRUE;
}

/* As convert (), for charsets of one byte a character. */
static char *
convert_single (const guint8 *bytes, gsize size_bytes, const guint16 *table, gsize *bad)
{
  GString *out = g_string_sized_new (size_bytes + size_bytes / 2 + 16);

  *bad = 0;
  for (gsize i = 0; i < size_bytes; i++) {
    const guint16 character = table[bytes[i]];

    if (character == PN_CHARSET_NONE) {
      g_string_append (out, REPLACEMENT);
      (*bad)++;
    } else if (character < 128) {
      g_string_append_c (out, (char) character);
    } else {
      g_string_append_unichar (out, character);
    }
  }
  return g_string_free (out, FALSE);
}

/* Converts all of @bytes, a U+FFFD for each byte that does not fit.
 * Returns: (owned) NULL when there is no such charset; @bad counts the bytes that did not fit. */
static char *
convert (const char *bytes, gsize size_bytes, const char *charset, gsize *bad)
{
  const guint16 *table = pn_charset_table (charset);
  iconv_t cd = table == NULL ? iconv_open ("UTF-8", charset) : (iconv_t) -1;
  g_autoptr (GString) out = NULL;
  char *in = (char *) bytes;
  gsize left = size_bytes;
  char buffer[4096];

  *bad = 0;
  if (table != NULL)
    return convert_single ((const guint8 *) bytes, size_bytes, table, bad);
  if (cd == (iconv_t) -1)
    return NULL;
  out = g_string_sized_new (size_bytes + size_bytes / 2 + 16);
  for (gboolean flushed = FALSE; !flushed;) {
    char *to = buffer;
    gsize room = sizeof buffer;
    gsize result =
        left > 0 ? iconv (cd, &in, &left, &to, &room) : iconv (cd, NULL, NULL, &to, &room);
    int error = errno;

    flushed = left == 0 && result != (gsize) -1 && in == NULL;
    g_string_append_len (out, buffer, to - buffer);
    if (result != (gsize) -1) {
      if (left == 0 && !flushed)
        in = NULL;
      continue;
    }
    if (error == E2BIG)
      continue;
    if (left == 0)
      break;
    g_string_append (out, REPLACEMENT);
    (*bad)++;
    in++;
    left--;
  }
  iconv_close (cd);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
is_ascii (const guint8 *bytes, gsize size_bytes)
{
  for (gsize i = 0; i < size_bytes; i++) {
    if (bytes[i] >= 128 || bytes[i] == 0)
      return FALSE;
  }
  return TRUE;
}

/* Counts the whole multi-byte sequences of UTF-8 and the bytes above 127 outside of them. */
static void
count_utf8 (const guint8 *bytes, gsize size_bytes, gsize *whole, gsize *stray)
{
  *whole = *stray = 0;
  for (gsize i = 0; i < size_bytes;) {
    if (bytes[i] < 128) {
      i++;
      continue;
    }
    gunichar c =
        g_utf8_get_char_validated ((const char *) bytes + i, (gssize) MIN (size_bytes - i, 4));

    if (c == (gunichar) -1 || c == (gunichar) -2) {
      (*stray)++;
      i++;
    } else {
      (*whole)++;
      i += (gsize) g_utf8_skip[bytes[i]];
    }
  }
}

static const char *
byte_order_mark (const guint8 *bytes, gsize size_bytes, gsize *skip)
{
  *skip = 0;
  if (size_bytes >= 3 && memcmp (bytes, "\xEF\xBB\xBF", 3) == 0) {
    *skip = 3;
    return "utf-8";
  }
  if (size_bytes >= 2 && size_bytes % 2 == 0
      && (memcmp (bytes, "\xFF\xFE", 2) == 0 || memcmp (bytes, "\xFE\xFF", 2) == 0))
    return "utf-16";
  return NULL;
}

/* Drops NUL bytes and repairs what is left, so that the text is a C string of valid UTF-8. */
static char *
finish (const char *bytes, gsize size_bytes)
{
  g_autoptr (GString) out = g_string_sized_new (size_bytes + 1);

  for (gsize i = 0; i < size_bytes;) {
    const char *nul = memchr (bytes + i, 0, size_bytes - i);
    gsize n = nul != NULL ? (gsize) (nul - bytes) - i : size_bytes - i;

    g_string_append_len (out, bytes + i, (gssize) n);
    i += n + (nul != NULL);
  }
  if (g_utf8_validate (out->str, (gssize) out->len, NULL))
    return g_string_free (g_steal_pointer (&out), FALSE);
  return g_utf8_make_valid (out->str, (gssize) out->len);
}

/* Looks for the pairs of bytes that East Asian charsets write: in western text, bytes above 127 stand alone.
 * Returns: the likely charset, or NULL. */
static const char *
east_asian (const guint8 *bytes, gsize size_bytes)
{
  gsize pairs = 0, kana = 0, shifted = 0, single = 0;

  for (gsize i = 0; i < size_bytes; i++) {
    if (bytes[i] < 128)
      continue;
    guint8 next = i + 1 < size_bytes ? bytes[i + 1] : 0;

    if (bytes[i] >= 0x81 && bytes[i] <= 0x9F && next >= 0x40)
      shifted++;
    if (next < 0x40 || (next < 0xA1 && bytes[i] >= 0xA1)) {
      single++;
      continue;
    }
    kana += bytes[i] == 0xA4 || bytes[i] == 0xA5;
    pairs++;
    i++;
  }
  if (pairs < 3 || single * 4 > pairs)
    return NULL;
  if (shifted * 2 > pairs)
    return "cp932";
  return kana * 3 > pairs ? "euc-jp" : "gb18030";
}

static char *
guess (const char *bytes, gsize size_bytes)
{
  gsize whole;
  gsize stray;
  gsize bad;
  g_autofree char *text = NULL;

  count_utf8 ((const guint8 *) bytes, size_bytes, &whole, &stray);
  if (stray == 0 || whole > 4 * stray)
    return finish (bytes, size_bytes);
  const char *charset = east_asian ((const guint8 *) bytes, size_bytes);
  text = charset != NULL ? convert (bytes, size_bytes, charset, &bad) : NULL;
  if (text == NULL || bad > 0) {
    g_free (text);
    text = convert (bytes, size_bytes, "windows-1252", &bad);
  }
  return text != NULL ? finish (text, strlen (text)) : finish (bytes, size_bytes);
}

static gboolean
has_japanese_escape (const char *bytes, gsize size_bytes)
{
  return memmem (bytes, size_bytes, "\x1B$B", 3) != NULL
         || memmem (bytes, size_bytes, "\x1B$@", 3) != NULL;
}

static gboolean
has_high_byte (const guint8 *bytes, gsize size_bytes)
{
  for (gsize i = 0; i < size_bytes; i++) {
    if (bytes[i] >= 128)
      return TRUE;
  }
  return FALSE;
}

/* Programs write characters of a larger set than the one that they announce: announces the larger one. */
static char *
convert_wide_japanese (const char *bytes, gsize size_bytes, gsize *bad)
{
  g_autoptr (GString) wide = g_string_sized_new (size_bytes + 16);

  for (gsize i = 0; i < size_bytes; i++) {
    if (i + 2 < size_bytes && bytes[i] == '\x1B' && bytes[i + 1] == '$'
        && (bytes[i + 2] == 'B' || bytes[i + 2] == '@')) {
      g_string_append (wide, "\x1B$(Q");
      i += 2;
    } else {
      g_string_append_c (wide, bytes[i]);
    }
  }
  return convert (wide->str, wide->len, "iso-2022-jp-3", bad);
}

char *
pn_mime_text_decode (const void *bytes, gsize size_bytes, const char *charset, gboolean *is_guess)
{
  char meant[CHARSET_BYTES_MAX];
  gboolean is_known = charset_meant (charset, meant);
  gsize skip;
  const char *mark = byte_order_mark (bytes, size_bytes, &skip);
  gsize bad = 0;

  if (mark != NULL && (!is_known || skip > 0 || g_str_has_prefix (meant, "utf-16"))) {
    g_strlcpy (meant, mark, sizeof meant);
    is_known = TRUE;
  }
  bytes = (const guint8 *) bytes + skip;
  size_bytes -= skip;
  if (!is_known && has_japanese_escape (bytes, size_bytes)) {
    g_strlcpy (meant, "iso-2022-jp-3", sizeof meant);
    is_known = TRUE;
  }
  if (!is_known || strcmp (meant, "utf-8") == 0) {
    if (is_ascii (bytes, size_bytes))
      return finish (bytes, size_bytes);
    if (is_guess != NULL && (!is_known || !g_utf8_validate (bytes, (gssize) size_bytes, NULL)))
      *is_guess = TRUE;
    return guess (bytes, size_bytes);
  }
  if (g_str_has_prefix (meant, "iso-2022-jp") && has_high_byte (bytes, size_bytes))
    g_strlcpy (meant, "cp932", sizeof meant);
  g_autofree char *text = convert (bytes, size_bytes, meant, &bad);
  if (text != NULL && bad > 0 && g_str_has_prefix (meant, "iso-2022-jp")) {
    g_free (text);
    text = convert_wide_japanese (bytes, size_bytes, &bad);
  }
  if (text != NULL && bad <= size_bytes / 20 + 1) {
    if (bad > 0 && is_guess != NULL)
      *is_guess = TRUE;
    if (bad == 0 || !g_utf8_validate (bytes, (gssize) size_bytes, NULL))
      return finish (text, strlen (text));
  }
  if (is_guess != NULL)
    *is_guess = TRUE;
  return guess (bytes, size_bytes);
}

void
pn_mime_text_clean (char *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++) {
    if (*from == '\r') {
      if (from[1] != '\n')
        *to++ = '\n';
    } else if ((guchar) *from >= 32 || *from == '\n' || *from == '\t') {
      if (*from != 127)
        *to++ = *from;
    }
  }
  *to = '\0';
}

char *
pn_mime_text_line (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));
  gboolean space = FALSE;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar u = g_utf8_get_char (c);

    if (u == ' ' || u == '\t' || u == '\n' || u == '\r' || u == 0x85 || u == 0x2028
        || u == 0x2029) {
      space = out->len > 0;
      continue;
    }
    if (u < 32 || (u >= 127 && u < 160))
      continue;
    if (space)
      g_string_append_c (out, ' ');
    space = FALSE;
    g_string_append_unichar (out, u);
  }
  return g_string_free (out, FALSE);
}
