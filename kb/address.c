#include "kb/address.h"

#include <string.h>

#define ID_MAX_DIGITS 18

char *
pn_kb_slug (const char *title, const char *language)
{
  g_autofree char *ascii = g_str_to_ascii (title, *language != '\0' ? language : "C");
  GString *slug = g_string_new (NULL);

  for (const char *c = ascii; *c != '\0'; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (slug, g_ascii_tolower (*c));
    else if (*c != '\'' && *c != '?' && slug->len > 0 && slug->str[slug->len - 1] != '-')
      g_string_append_c (slug, '-');
  }
  if (slug->len > PN_KB_SLUG_MAX_CHARS) {
    const char *last = g_strrstr_len (slug->str, PN_KB_SLUG_MAX_CHARS + 1, "-");

    g_string_truncate (slug, last != NULL ? (gsize) (last - slug->str) : PN_KB_SLUG_MAX_CHARS);
  }
  while (slug->len > 0 && slug->str[slug->len - 1] == '-')
    g_string_truncate (slug, slug->len - 1);
  return g_string_free (slug, FALSE);
}

static char *
join (const char *folder, gint64 id, const char *title, const char *language)
{
  g_autofree char *slug = pn_kb_slug (title, language);

  return g_strdup_printf ("%s%" G_GINT64_FORMAT "%s%s", folder, id, *slug != '\0' ? "-" : "", slug);
}

char *
pn_kb_address (gint64 id, const char *title, const char *language)
{
  return join ("/kb/", id, title, language);
}

char *
pn_kb_category_address (gint64 id, const char *title)
{
  return join ("/kb/category/", id, title, "");
}

gboolean
pn_kb_address_read (const char *name, gint64 *id)
{
  gsize digits = strspn (name, "0123456789");

  if (digits == 0 || digits > ID_MAX_DIGITS || name[0] == '0'
      || (name[digits] != '\0' && name[digits] != '-'))
    return FALSE;
  *id = g_ascii_strtoll (name, NULL, 10);
  return TRUE;
}
