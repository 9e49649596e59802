#include "templates/sanitise_rules.h"

#include <stdlib.h>
#include <string.h>

#define MAX_URL 4096
#define MAX_STYLE 2048
#define MAX_VALUE 1024

/* Sorted. */
static const struct {
  const char *name;
  PnElementRule rule;
} elements[] = {
  { "a", PN_ELEMENT_KEEP },          { "abbr", PN_ELEMENT_KEEP },
  { "address", PN_ELEMENT_KEEP },    { "applet", PN_ELEMENT_DROP },
  { "audio", PN_ELEMENT_DROP },      { "b", PN_ELEMENT_KEEP },
  { "base", PN_ELEMENT_DROP },       { "bdi", PN_ELEMENT_KEEP },
  { "bdo", PN_ELEMENT_KEEP },        { "blockquote", PN_ELEMENT_KEEP },
  { "br", PN_ELEMENT_VOID },         { "canvas", PN_ELEMENT_DROP },
  { "caption", PN_ELEMENT_KEEP },    { "center", PN_ELEMENT_KEEP },
  { "cite", PN_ELEMENT_KEEP },       { "code", PN_ELEMENT_KEEP },
  { "col", PN_ELEMENT_VOID },        { "colgroup", PN_ELEMENT_KEEP },
  { "dd", PN_ELEMENT_KEEP },         { "del", PN_ELEMENT_KEEP },
  { "dfn", PN_ELEMENT_KEEP },        { "div", PN_ELEMENT_KEEP },
  { "dl", PN_ELEMENT_KEEP },         { "dt", PN_ELEMENT_KEEP },
  { "em", PN_ELEMENT_KEEP },         { "embed", PN_ELEMENT_DROP },
  { "figcaption", PN_ELEMENT_KEEP }, { "figure", PN_ELEMENT_KEEP },
  { "frame", PN_ELEMENT_DROP },      { "frameset", PN_ELEMENT_DROP },
  { "h1", PN_ELEMENT_KEEP },         { "h2", PN_ELEMENT_KEEP },
  { "h3", PN_ELEMENT_KEEP },         { "h4", PN_ELEMENT_KEEP },
  { "h5", PN_ELEMENT_KEEP },         { "h6", PN_ELEMENT_KEEP },
  { "head", PN_ELEMENT_DROP },       { "hr", PN_ELEMENT_VOID },
  { "i", PN_ELEMENT_KEEP },          { "iframe", PN_ELEMENT_DROP },
  { "img", PN_ELEMENT_VOID },        { "input", PN_ELEMENT_DROP },
  { "ins", PN_ELEMENT_KEEP },        { "kbd", PN_ELEMENT_KEEP },
  { "li", PN_ELEMENT_KEEP },         { "link", PN_ELEMENT_DROP },
  { "mark", PN_ELEMENT_KEEP },       { "math", PN_ELEMENT_DROP },
  { "meta", PN_ELEMENT_DROP },       { "noembed", PN_ELEMENT_DROP },
  { "noframes", PN_ELEMENT_DROP },   { "noscript", PN_ELEMENT_DROP },
  { "object", PN_ELEMENT_DROP },     { "ol", PN_ELEMENT_KEEP },
  { "p", PN_ELEMENT_KEEP },          { "param", PN_ELEMENT_DROP },
  { "plaintext", PN_ELEMENT_DROP },  { "pre", PN_ELEMENT_KEEP },
  { "q", PN_ELEMENT_KEEP },          { "rp", PN_ELEMENT_KEEP },
  { "rt", PN_ELEMENT_KEEP },         { "ruby", PN_ELEMENT_KEEP },
  { "s", PN_ELEMENT_KEEP },          { "samp", PN_ELEMENT_KEEP },
  { "script", PN_ELEMENT_DROP },     { "select", PN_ELEMENT_DROP },
  { "small", PN_ELEMENT_KEEP },      { "source", PN_ELEMENT_DROP },
  { "span", PN_ELEMENT_KEEP },       { "strike", PN_ELEMENT_KEEP },
  { "strong", PN_ELEMENT_KEEP },     { "style", PN_ELEMENT_DROP },
  { "sub", PN_ELEMENT_KEEP },        { "sup", PN_ELEMENT_KEEP },
  { "svg", PN_ELEMENT_DROP },        { "table", PN_ELEMENT_KEEP },
  { "tbody", PN_ELEMENT_KEEP },      { "td", PN_ELEMENT_KEEP },
  { "template", PN_ELEMENT_DROP },   { "textarea", PN_ELEMENT_DROP },
  { "tfoot", PN_ELEMENT_KEEP },      { "th", PN_ELEMENT_KEEP },
  { "thead", PN_ELEMENT_KEEP },      { "time", PN_ELEMENT_KEEP },
  { "title", PN_ELEMENT_DROP },      { "tr", PN_ELEMENT_KEEP },
  { "track", PN_ELEMENT_DROP },      { "tt", PN_ELEMENT_KEEP },
  { "u", PN_ELEMENT_KEEP },          { "ul", PN_ELEMENT_KEEP },
  { "var", PN_ELEMENT_KEEP },        { "video", PN_ELEMENT_DROP },
  { "wbr", PN_ELEMENT_VOID },        { "xmp", PN_ELEMENT_DROP },
};

typedef enum { VALUE_TEXT, VALUE_NUMBER, VALUE_WORD, VALUE_COLOUR, VALUE_STYLE } ValueRule;

static const struct {
  const char *name;
  const char *where; /* names of elements between blanks; NULL: any */
  ValueRule rule;
} attributes[] = {
  { "align", NULL, VALUE_WORD },
  { "alt", " img ", VALUE_TEXT },
  { "bgcolor", " table tbody td tfoot th thead tr ", VALUE_COLOUR },
  { "border", " img table ", VALUE_NUMBER },
  { "cellpadding", " table ", VALUE_NUMBER },
  { "cellspacing", " table ", VALUE_NUMBER },
  { "colspan", " td th ", VALUE_NUMBER },
  { "datetime", " del ins time ", VALUE_TEXT },
  { "dir", NULL, VALUE_WORD },
  { "height", " img table td th tr ", VALUE_NUMBER },
  { "lang", NULL, VALUE_WORD },
  { "rowspan", " td th ", VALUE_NUMBER },
  { "scope", " td th ", VALUE_WORD },
  { "span", " col colgroup ", VALUE_NUMBER },
  { "start", " ol ", VALUE_NUMBER },
  { "style", NULL, VALUE_STYLE },
  { "title", NULL, VALUE_TEXT },
  { "valign", NULL, VALUE_WORD },
  { "width", " col colgroup img table td th ", VALUE_NUMBER },
};

/* Nothing that takes text out of its place, layers it over other text or reaches out. */
static const char *const properties[] = {
  "background-color",
  "border-bottom",
  "border-collapse",
  "border-color",
  "border-left",
  "border-radius",
  "border-right",
  "border-spacing",
  "border-style",
  "border-top",
  "border-width",
  "border",
  "color",
  "direction",
  "display",
  "font-family",
  "font-size",
  "font-style",
  "font-variant",
  "font-weight",
  "height",
  "letter-spacing",
  "line-height",
  "list-style-type",
  "margin-bottom",
  "margin-left",
  "margin-right",
  "margin-top",
  "margin",
  "max-width",
  "padding-bottom",
  "padding-left",
  "padding-right",
  "padding-top",
  "padding",
  "text-align",
  "text-decoration",
  "text-indent",
  "text-transform",
  "vertical-align",
  "white-space",
  "width",
  "word-break",
  NULL,
};

PnElementRule
pn_element_rule (const char *name)
{
  gsize low = 0;
  gsize high = G_N_ELEMENTS (elements);

  while (low < high) {
    gsize middle = low + (high - low) / 2;
    int order = strcmp (name, elements[middle].name);

    if (order == 0)
      return elements[middle].rule;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return PN_ELEMENT_UNWRAP;
}

void
pn_attribute_append (GString *out, const char *name, const char *value)
{
  g_string_append_c (out, ' ');
  g_string_append (out, name);
  g_string_append (out, "=\"");
  pn_escape_html (out, value, strlen (value));
  g_string_append_c (out, '"');
}

static gboolean
is_only (const char *value, const char *allowed)
{
  gsize size = strlen (value);

  return size > 0 && size <= 32 && strspn (value, allowed) == size;
}

static gboolean
has_control (const char *value)
{
  for (const char *c = value; *c != '\0'; c++)
    if ((guchar) *c < 0x20)
      return TRUE;
  return FALSE;
}

static void
write_value (GString *out, ValueRule rule, const char *name, const char *value)
{
  g_autofree char *style = NULL;
  gboolean is_fine = FALSE;

  switch (rule) {
  case VALUE_TEXT: is_fine = strlen (value) <= MAX_VALUE && !has_control (value); break;
  case VALUE_NUMBER: is_fine = is_only (value, G_CSET_DIGITS "%."); break;
  case VALUE_WORD: is_fine = is_only (value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-"); break;
  case VALUE_COLOUR: is_fine = is_only (value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "#"); break;
  case VALUE_STYLE:
    style = pn_style_clean (value);
    value = style;
    is_fine = style != NULL;
    break;
  }
  if (is_fine)
    pn_attribute_append (out, name, value);
}

void
pn_attribute_write (GString *out, const char *element, const char *name, const char *value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++) {
    g_autofree char *word = NULL;

    if (strcmp (name, attributes[i].name) != 0)
      continue;
    word = g_strconcat (" ", element, " ", NULL);
    if (attributes[i].where == NULL || strstr (attributes[i].where, word) != NULL)
      write_value (out, attributes[i].rule, name, value);
    return;
  }
}

/* What browsers drop from an address before they look at its scheme. */
static char *
strip_url (const char *url)
{
  GString *out = g_string_new (NULL);
  gsize size = strlen (url);

  while (size > 0 && (guchar) url[size - 1] <= 0x20)
    size--;
  for (gsize i = 0; i < size; i++)
    if ((guchar) url[i] > 0x20 || (url[i] == ' ' && out->len > 0))
      g_string_append_c (out, url[i]);
  return g_string_free (out, FALSE);
}

static gboolean
is_local (const char *url)
{
  return *url == '#' || (*url == '/' && url[1] != '/' && url[1] != '\\');
}

char *
pn_url_clean (const char *url, const char *const *schemes, gboolean allow_local)
{
  g_autofree char *stripped = strip_url (url);
  gboolean is_allowed = allow_local && is_local (stripped);
  GString *out;

  for (; *schemes != NULL && !is_allowed; schemes++)
    is_allowed = g_ascii_strncasecmp (stripped, *schemes, strlen (*schemes)) == 0
                 && strlen (stripped) > strlen (*schemes);
  if (!is_allowed || strlen (stripped) > MAX_URL)
    return NULL;
  out = g_string_new (NULL);
  for (const char *c = stripped; *c != '\0'; c++) {
    if (strchr (" \"'<>\\^`{|}\x7f", *c) != NULL)
      g_string_append_printf (out, "%%%02X", (guint) (guchar) *c);
    else
      g_string_append_c (out, *c);
  }
  return g_string_free (out, FALSE);
}

static gboolean
is_colour_function (const char *value)
{
  gsize prefix = g_str_has_prefix (value, "rgba(") ? 5 : 4;
  gsize inside;

  if (!g_str_has_prefix (value, "rgb(") && prefix == 4)
    return FALSE;
  inside = strspn (value + prefix, G_CSET_DIGITS ".,% ");
  return strcmp (value + prefix + inside, ")") == 0;
}

static gboolean
is_plain_value (const char *property, const char *value)
{
  static const char allowed[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS " #%.,'-";

  if (*value == '\0' || strlen (value) > 200)
    return FALSE;
  if (g_str_has_suffix (property, "color") && is_colour_function (value))
    return TRUE;
  if (value[strspn (value, allowed)] != '\0')
    return FALSE;
  /* A negative margin or indent lays a text over what stands beside it. */
  return (*value != '-' && strstr (value, " -") == NULL)
         || !(g_str_has_prefix (property, "margin") || strcmp (property, "text-indent") == 0);
}

static void
add_declaration (GString *out, char *declaration)
{
  char *colon = strchr (declaration, ':');
  g_autofree char *property = NULL;
  g_autofree char *value = NULL;
  char *bang;

  if (colon == NULL)
    return;
  property = g_ascii_strdown (declaration, colon - declaration);
  g_strstrip (property);
  value = g_strdup (colon + 1);
  bang = strchr (value, '!');
  if (bang != NULL)
    *bang = '\0';
  for (char *c = value; *c != '\0'; c++)
    if (*c == '"')
      *c = '\'';
  g_strstrip (value);
  if (g_strv_contains (properties, property) && is_plain_value (property, value))
    g_string_append_printf (out, "%s%s: %s", out->len == 0 ? "" : "; ", property, value);
}

char *
pn_style_clean (const char *style)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) declarations = NULL;

  if (strlen (style) > MAX_STYLE)
    return NULL;
  declarations = g_strsplit (style, ";", 64);
  for (char **declaration = declarations; *declaration != NULL; declaration++)
    add_declaration (out, *declaration);
  return out->len == 0 ? NULL : g_string_free (g_steal_pointer (&out), FALSE);
}
