#include "templates/sanitise.h"

#include <string.h>

#include <gumbo.h>

#include "templates/sanitise_rules.h"

#define MAX_DEPTH 100 /* of elements in the output */
#define MAX_PASSES 6

static const char *const link_schemes[] = { "https://", "http://", "mailto:", NULL };
static const char *const image_schemes[] = { "cid:", NULL };

typedef struct {
  GString *out;
  const PnSanitiseOptions *options;
  gboolean for_view; /* the last pass: pictures get their addresses */
  guint depth;
} Writer;

static void write_children (Writer *writer, const GumboVector *children);

/* Character data as it may be written: controls other than tabs and line breaks are left out. */
static void
write_text (Writer *writer, const char *text)
{
  const char *start = text;
  const char *c;

  for (c = text; *c != '\0'; c++) {
    if ((guchar) *c >= 0x20 || *c == '\n' || *c == '\t')
      continue;
    pn_escape_html (writer->out, start, (gsize) (c - start));
    start = c + 1;
  }
  pn_escape_html (writer->out, start, (gsize) (c - start));
}

static const char *
attribute_value (const GumboElement *element, const char *name)
{
  const GumboAttribute *attribute = gumbo_get_attribute (&element->attributes, name);

  return attribute == NULL ? NULL : attribute->value;
}

static void
write_link (Writer *writer, const GumboElement *element)
{
  const char *href = attribute_value (element, "href");
  g_autofree char *url =
      href == NULL ? NULL : pn_url_clean (href, link_schemes, writer->options->allow_local);

  if (url == NULL)
    return;
  pn_attribute_append (writer->out, "href", url);
  if (*url == '/' || *url == '#')
    return;
  pn_attribute_append (writer->out, "rel", "noopener noreferrer nofollow");
  pn_attribute_append (writer->out, "target", "_blank");
}

static char *
image_address (const Writer *writer, const char *url)
{
  char *address;

  if (!writer->for_view || !g_str_has_prefix (url, "cid:"))
    return g_strdup (url);
  address = writer->options->image_address (url + strlen ("cid:"), writer->options->data);
  if (address != NULL && (*address != '/' || address[1] == '/'))
    g_clear_pointer (&address, g_free);
  return address;
}

static void
write_image (Writer *writer, const GumboElement *element)
{
  const char *src = attribute_value (element, "src");
  g_autofree char *url =
      src == NULL ? NULL : pn_url_clean (src, image_schemes, writer->options->allow_local);
  g_autofree char *address = url == NULL ? NULL : image_address (writer, url);

  if (address != NULL)
    pn_attribute_append (writer->out, "src", address);
  else
    pn_attribute_append (writer->out, "class", "remote");
  if (attribute_value (element, "alt") == NULL)
    pn_attribute_append (writer->out, "alt", "");
}

/* A picture too small to be seen is there to tell its sender that the mail was read. */
static gboolean
is_tracker (const GumboElement *element)
{
  const char *width = attribute_value (element, "width");
  const char *height = attribute_value (element, "height");

  return element->tag == GUMBO_TAG_IMG && width != NULL && height != NULL
         && g_ascii_strtoll (width, NULL, 10) <= 1 && g_ascii_strtoll (height, NULL, 10) <= 1;
}

/* A heading of an article of ours can be linked: its id cannot be one that a page uses for itself. */
static void
write_heading_id (Writer *writer, const GumboElement *element)
{
  const char *id = attribute_value (element, "id");

  if (writer->options->allow_local && id != NULL && g_str_has_prefix (id, "h-"))
    pn_attribute_append (writer->out, "id", id);
}

static gboolean
is_heading (const GumboElement *element)
{
  return element->tag == GUMBO_TAG_H1 || element->tag == GUMBO_TAG_H2
         || element->tag == GUMBO_TAG_H3 || element->tag == GUMBO_TAG_H4
         || element->tag == GUMBO_TAG_H5 || element->tag == GUMBO_TAG_H6;
}

static void
write_attributes (Writer *writer, const char *name, const GumboElement *element)
{
  for (unsigned int i = 0; i < element->attributes.length; i++) {
    const GumboAttribute *attribute = element->attributes.data[i];

    if (attribute->attr_namespace == GUMBO_ATTR_NAMESPACE_NONE)
      pn_attribute_write (writer->out, name, attribute->name, attribute->value);
  }
  if (element->tag == GUMBO_TAG_A)
    write_link (writer, element);
  if (element->tag == GUMBO_TAG_IMG)
    write_image (writer, element);
  if (is_heading (element))
    write_heading_id (writer, element);
}

static gboolean
starts_with_break (const GumboElement *element)
{
  const GumboNode *first = element->children.length == 0 ? NULL : element->children.data[0];

  return first != NULL && (first->type == GUMBO_NODE_TEXT || first->type == GUMBO_NODE_WHITESPACE)
         && first->v.text.text[0] == '\n';
}

static void
write_element (Writer *writer, const GumboElement *element)
{
  const char *name = gumbo_normalized_tagname (element->tag);
  PnElementRule rule = PN_ELEMENT_DROP;

  if (element->tag_namespace == GUMBO_NAMESPACE_HTML)
    rule = pn_element_rule (name);
  if (rule == PN_ELEMENT_DROP || is_tracker (element))
    return;
  if (rule == PN_ELEMENT_UNWRAP || writer->depth >= MAX_DEPTH) {
    write_children (writer, &element->children);
    return;
  }
  g_string_append_c (writer->out, '<');
  g_string_append (writer->out, name);
  write_attributes (writer, name, element);
  g_string_append_c (writer->out, '>');
  if (rule == PN_ELEMENT_VOID)
    return;
  if (element->tag == GUMBO_TAG_PRE && starts_with_break (element))
    g_string_append_c (writer->out, '\n');
  writer->depth++;
  write_children (writer, &element->children);
  writer->depth--;
  g_string_append (writer->out, "</");
  g_string_append (writer->out, name);
  g_string_append_c (writer->out, '>');
}

static void
write_children (Writer *writer, const GumboVector *children)
{
  for (unsigned int i = 0; i < children->length && writer->out->len <= PN_SANITISE_MAX_BYTES; i++) {
    const GumboNode *node = children->data[i];

    switch (node->type) {
    case GUMBO_NODE_ELEMENT: write_element (writer, &node->v.element); break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_CDATA:
    case GUMBO_NODE_WHITESPACE: write_text (writer, node->v.text.text); break;
    case GUMBO_NODE_DOCUMENT:
    case GUMBO_NODE_COMMENT:
    case GUMBO_NODE_TEMPLATE: break;
    }
  }
}

/* Returns: (owned) @html parsed and written anew; NULL when it is refused. */
static char *
pass (const char *html, gsize size, const PnSanitiseOptions *options, gboolean for_view)
{
  GumboOptions parsing = kGumboDefaultOptions;
  Writer writer = { .options = options, .for_view = for_view };
  GumboOutput *parsed;

  if (size > PN_SANITISE_MAX_BYTES || !pn_sanitise_is_parseable (html, size))
    return NULL;
  parsing.max_errors = 0;
  parsed = gumbo_parse_with_options (&parsing, html, size);
  if (parsed == NULL)
    return NULL;
  writer.out = g_string_sized_new (size + 64);
  write_children (&writer, &parsed->root->v.element.children);
  gumbo_destroy_output (&parsing, parsed);
  if (writer.out->len > PN_SANITISE_MAX_BYTES) {
    g_string_free (writer.out, TRUE);
    return NULL;
  }
  return g_string_free (writer.out, FALSE);
}

/* Taking elements out can make what is left parse otherwise (a paragraph in a paragraph): again, until it does not. */
char *
pn_sanitise_html (const char *html, gsize size, const PnSanitiseOptions *options)
{
  static const PnSanitiseOptions defaults = { 0 };
  g_autofree char *clean = NULL;

  if (options == NULL)
    options = &defaults;
  clean = pass (html, size, options, FALSE);
  for (int i = 1; i < MAX_PASSES && clean != NULL; i++) {
    g_autofree char *again = pass (clean, strlen (clean), options, FALSE);

    if (again != NULL && strcmp (again, clean) == 0) {
      if (options->image_address != NULL)
        return pass (clean, strlen (clean), options, TRUE);
      return g_steal_pointer (&clean);
    }
    g_free (clean);
    clean = g_steal_pointer (&again);
  }
  return NULL;
}
