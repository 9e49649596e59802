#include "templates/escape.h"

#include <string.h>

/* What stands for a byte in HTML; NULL: itself. */
static const char *const html[256] = {
  ['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",
  ['"'] = "&quot;", ['\''] = "&#39;", ['\0'] = "\xef\xbf\xbd",
};

void
pn_escape_html (GString *out, const char *text, gsize size)
{
  gsize start = 0;

  for (gsize i = 0; i < size; i++) {
    const char *escaped = html[(guchar) text[i]];

    if (escaped == NULL)
      continue;
    g_string_append_len (out, text + start, (gssize) (i - start));
    g_string_append (out, escaped);
    start = i + 1;
  }
  g_string_append_len (out, text + start, (gssize) (size - start));
}

static gboolean
breaks_header (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

void
pn_escape_header (GString *out, const char *text, gsize size)
{
  const char *end = text + size;

  for (const char *c = text; c < end; c = g_utf8_next_char (c)) {
    gunichar value = g_utf8_get_char (c);

    if (breaks_header (value))
      g_string_append_c (out, ' ');
    else
      g_string_append_unichar (out, value);
  }
}

static void
append_percent (GString *out, char c)
{
  g_string_append_printf (out, "%%%02X", (guint) (guchar) c);
}

void
pn_escape_url_component (GString *out, const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (g_ascii_isalnum (text[i]) || (text[i] != '\0' && strchr ("-._~", text[i]) != NULL))
      g_string_append_c (out, text[i]);
    else
      append_percent (out, text[i]);
  }
}

void
pn_escape_url_part (GString *out, const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    guchar c = (guchar) text[i];

    if (c <= 0x20 || c >= 0x7f || strchr ("\"<>\\^`{|}", c) != NULL)
      append_percent (out, text[i]);
    else if (html[c] != NULL)
      g_string_append (out, html[c]);
    else
      g_string_append_c (out, text[i]);
  }
}

gboolean
pn_url_scheme_is_safe (const char *url, gsize size)
{
  static const char *const schemes[] = { "http", "https", "mailto", "tel" };
  gsize length = 0;

  while (length < size && url[length] != '\0' && strchr (":/?#", url[length]) == NULL)
    length++;
  if (length == size || url[length] != ':')
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (strlen (schemes[i]) == length && g_ascii_strncasecmp (url, schemes[i], length) == 0)
      return TRUE;
  return FALSE;
}

void
pn_escape_url (GString *out, const char *text, gsize size)
{
  if (pn_url_scheme_is_safe (text, size))
    pn_escape_url_part (out, text, size);
  else
    g_string_append_c (out, '#');
}
