#include "gateway/mail/mime_header.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/mail/mime_text.h"

#define PARAMS_MAX 1000

/* One "name*1*=value". */
typedef struct {
  guint index;
  gboolean is_extended; /* percent-encoded, the first one with charset'language' in front */
  gboolean is_numbered;
  char *value;
} Section;

static void
section_free (gpointer data)
{
  Section *section = data;

  g_free (section->value);
  g_free (section);
}

static const char *
skip_space (const char *c)
{
  return c + strspn (c, " \t\r\n");
}

/* Reads a quoted or bare value. A quote that never ends goes on to the end; a bare value ends at ';', spaces inside
 * included, because that is how many programs write file names. */
static const char *
value_read (const char *c, char **value)
{
  GString *out = g_string_new (NULL);

  if (*c == '"') {
    for (c++; *c != '\0' && *c != '"'; c++) {
      if (*c == '\\' && c[1] != '\0')
        c++;
      g_string_append_c (out, *c);
    }
    c += strcspn (c, ";");
  } else {
    gsize n = strcspn (c, ";");

    g_string_append_len (out, c, (gssize) n);
    c += n;
  }
  *value = g_strstrip (g_string_free (out, FALSE));
  return c;
}

static gint
section_compare (gconstpointer a, gconstpointer b)
{
  const Section *left = *(Section *const *) a;
  const Section *right = *(Section *const *) b;

  return left->index < right->index ? -1 : left->index > right->index;
}

static void
percent_decode (GString *out, const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '%' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2])) {
      g_string_append_c (out,
                         (char) (g_ascii_xdigit_value (c[1]) * 16 + g_ascii_xdigit_value (c[2])));
      c += 2;
    } else {
      g_string_append_c (out, *c);
    }
  }
}

/* charset'language'text → the text; @charset gets the charset, NULL when there is none. */
static const char *
charset_split (const char *value, char **charset)
{
  const char *first = strchr (value, '\'');
  const char *second = first != NULL ? strchr (first + 1, '\'') : NULL;

  if (second == NULL || first - value > 40)
    return value;
  *charset = first > value ? g_strndup (value, (gsize) (first - value)) : NULL;
  return second + 1;
}

static char *
sections_join (GPtrArray *sections)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_autofree char *charset = NULL;
  gboolean is_extended = FALSE;
  gboolean any_extended = FALSE;
  guint last = G_MAXUINT;

  for (guint i = 0; i < sections->len; i++)
    any_extended |= ((Section *) sections->pdata[i])->is_extended
                    || ((Section *) sections->pdata[i])->is_numbered;
  g_ptr_array_sort (sections, section_compare);
  for (guint i = 0; i < sections->len; i++) {
    const Section *section = sections->pdata[i];
    const char *value = section->value;

    if (any_extended && !section->is_extended && !section->is_numbered)
      continue;
    if (section->index == last)
      continue;
    last = section->index;
    if (section->is_extended && bytes->len == 0)
      value = charset_split (value, &charset);
    if (section->is_extended)
      percent_decode (bytes, value);
    else
      g_string_append (bytes, value);
    is_extended |= section->is_extended;
  }
  if (is_extended) {
    g_autofree char *text = pn_mime_text_decode (bytes->str, bytes->len, charset, NULL);
    g_autofree char *words = pn_mime_header_words (text);

    return pn_mime_text_line (words);
  }
  g_autofree char *words = pn_mime_header_words (bytes->str);
  return pn_mime_text_line (words);
}

/* Splits "name*1*" and appends a section to its list in @all. */
static void
section_add (GHashTable *all, const char *name, gsize size_bytes, char *value)
{
  g_autofree char *key = g_ascii_strdown (name, (gssize) size_bytes);
  Section *section = g_new0 (Section, 1);
  char *star = strchr (key, '*');
  GPtrArray *sections;

  section->value = value;
  if (star != NULL) {
    section->is_extended = key[strlen (key) - 1] == '*';
    section->is_numbered = g_ascii_isdigit (star[1]);
    section->index = (guint) strtoul (star + 1, NULL, 10);
    *star = '\0';
  }
  g_strchomp (key);
  sections = g_hash_table_lookup (all, key);
  if (sections == NULL) {
    sections = g_ptr_array_new_with_free_func (section_free);
    g_hash_table_insert (all, g_steal_pointer (&key), sections);
  }
  g_ptr_array_add (sections, section);
}

PnMimeParams *
pn_mime_params_read (const char *text)
{
  g_autoptr (GHashTable) all =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  PnMimeParams *params = g_new0 (PnMimeParams, 1);
  const char *c = text + strcspn (text, ";");
  g_autofree char *value = g_strndup (text, (gsize) (c - text));
  GHashTableIter iter;
  gpointer key;
  gpointer sections;

  value[strcspn (value, "(")] = '\0';
  g_autofree char *line = pn_mime_text_line (value);
  params->value = g_ascii_strdown (line, -1);
  params->params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint n = 0; *c == ';' && n < PARAMS_MAX; n++) {
    const char *name = c = skip_space (c + 1);
    char *read = NULL;

    c += strcspn (c, "=; \t\r\n");
    gsize size_bytes = (gsize) (c - name);
    c = skip_space (c);
    if (*c != '=') {
      c += strcspn (c, ";");
      continue;
    }
    c = value_read (skip_space (c + 1), &read);
    section_add (all, name, size_bytes, read);
  }
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &key, &sections))
    g_hash_table_insert (params->params, g_strdup (key), sections_join (sections));
  return params;
}

void
pn_mime_params_free (PnMimeParams *params)
{
  if (params == NULL)
    return;
  g_free (params->value);
  g_hash_table_unref (params->params);
  g_free (params);
}

const char *
pn_mime_params_get (const PnMimeParams *params, const char *name)
{
  return g_hash_table_lookup (params->params, name);
}
