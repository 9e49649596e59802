#include "kb/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <string.h>

#include "ticketing/core/error.h"

#define HEADING_ID_CHARS 80
#define HEADING_LEVELS 6
#define IMAGE "image:"
#define ARTICLE "article:"

static const char *const extensions[] = { "table", "strikethrough", "autolink", "tasklist" };

void
pn_markdown_start (void)
{
  static gsize is_started;

  if (g_once_init_enter (&is_started)) {
    cmark_gfm_core_extensions_ensure_registered ();
    g_once_init_leave (&is_started, 1);
  }
}

/* Returns: the document; free with cmark_node_free (). @parser is to be freed after it. */
static cmark_node *
parse (const char *text, cmark_parser **parser)
{
  pn_markdown_start ();
  *parser = cmark_parser_new (CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (*parser, cmark_find_syntax_extension (extensions[i]));
  cmark_parser_feed (*parser, text, strlen (text));
  return cmark_parser_finish (*parser);
}

/* The text of everything below @node. */
static void
append_below (GString *out, cmark_node *node)
{
  cmark_iter *iter = cmark_iter_new (node);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *here = cmark_iter_get_node (iter);
    cmark_node_type type = cmark_node_get_type (here);

    if (event != CMARK_EVENT_ENTER)
      continue;
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
      g_string_append (out, cmark_node_get_literal (here));
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
      g_string_append_c (out, ' ');
  }
  cmark_iter_free (iter);
}

/* Returns: (owned) "how-to-pay", unlike all in @taken, which gets it too. */
static char *
heading_id (cmark_node *heading, GHashTable *taken)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GString *id = g_string_new (NULL);
  guint chars = 0;
  char *name;

  append_below (text, heading);
  for (const char *c = text->str; *c != '\0' && chars < HEADING_ID_CHARS;
       c = g_utf8_next_char (c)) {
    gunichar letter = g_unichar_tolower (g_utf8_get_char (c));

    if (g_unichar_isalnum (letter))
      g_string_append_unichar (id, letter);
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c (id, '-');
    chars++;
  }
  while (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  g_string_prepend (id, "h-"); /* no id of a page's own begins like that */
  name = g_strdup (id->str);
  for (guint n = 2; g_hash_table_contains (taken, name); n++) {
    g_free (name);
    name = g_strdup_printf ("%s-%u", id->str, n);
  }
  g_hash_table_add (taken, g_strdup (name));
  g_string_free (id, TRUE);
  return name;
}

/* Returns: (owned) the ids of the document's headings, in order. */
static GPtrArray *
heading_ids (cmark_node *document)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);

    if (event == CMARK_EVENT_ENTER && cmark_node_get_type (node) == CMARK_NODE_HEADING)
      g_ptr_array_add (ids, heading_id (node, taken));
  }
  cmark_iter_free (iter);
  return ids;
}

static gboolean
is_heading_tag (const char *html)
{
  return html[0] == '<' && html[1] == 'h' && html[2] >= '1' && html[2] <= '0' + HEADING_LEVELS
         && html[3] == '>';
}

/* In the safe mode "<h1>" can only come from a heading: everything written is escaped or left out. */
static char *
put_heading_ids (const char *html, const GPtrArray *ids)
{
  GString *out = g_string_sized_new (strlen (html));
  guint next = 0;

  for (; *html != '\0'; html++) {
    if (is_heading_tag (html) && next < ids->len) {
      g_string_append_printf (out, "<h%c id=\"%s\">", html[2], (char *) ids->pdata[next++]);
      html += 3;
    } else {
      g_string_append_c (out, *html);
    }
  }
  return g_string_free (out, FALSE);
}

static gboolean
is_readable (const char *text, GError **error)
{
  if (strlen (text) > PN_MARKDOWN_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the text has %zu bytes, more than %d", strlen (text),
                  PN_MARKDOWN_MAX_BYTES);
    return FALSE;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "the text is not UTF-8");
    return FALSE;
  }
  return TRUE;
}

/* Gives pictures and articles of the base their addresses. */
static void
place_links (cmark_node *document, PnArticleAddress address, gpointer data)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);
    cmark_node_type type = cmark_node_get_type (node);
    const char *url = cmark_node_get_url (node);
    g_autofree char *placed = NULL;

    if (event != CMARK_EVENT_ENTER || url == NULL)
      continue;
    if (type == CMARK_NODE_IMAGE && g_str_has_prefix (url, IMAGE))
      placed = g_strconcat ("cid:", url + strlen (IMAGE), NULL);
    else if (type == CMARK_NODE_LINK && g_str_has_prefix (url, ARTICLE) && address != NULL)
      placed = address (url + strlen (ARTICLE), data);
    if (placed != NULL)
      cmark_node_set_url (node, placed);
  }
  cmark_iter_free (iter);
}

/* The title stands above the text as its first heading: where a text uses that level itself, all go one down. */
static void
lower_headings (cmark_node *document)
{
  gboolean has_first = FALSE;

  for (int pass = 0; pass < 2; pass++) {
    cmark_iter *iter = cmark_iter_new (document);
    cmark_event_type event;

    while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
      cmark_node *node = cmark_iter_get_node (iter);
      int level = cmark_node_get_heading_level (node);

      if (event != CMARK_EVENT_ENTER || cmark_node_get_type (node) != CMARK_NODE_HEADING)
        continue;
      has_first = has_first || level == 1;
      if (pass == 1 && has_first)
        cmark_node_set_heading_level (node, MIN (level + 1, HEADING_LEVELS));
    }
    cmark_iter_free (iter);
  }
}

char *
pn_markdown_render (const char *text, PnArticleAddress address, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) ids = NULL;
  cmark_parser *parser;
  cmark_node *document;
  char *html, *result;

  if (!is_readable (text, error))
    return NULL;
  document = parse (text, &parser);
  place_links (document, address, data);
  lower_headings (document);
  ids = heading_ids (document);
  html =
      cmark_render_html (document, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions (parser));
  result = put_heading_ids (html, ids);
  free (html);
  cmark_node_free (document);
  cmark_parser_free (parser);
  return result;
}

char *
pn_markdown_to_html (const char *text, GError **error)
{
  return pn_markdown_render (text, NULL, NULL, error);
}

static void
link_free (gpointer data)
{
  PnMarkdownLink *link = data;

  g_free (link->address);
  g_free (link);
}

GPtrArray *
pn_markdown_links (const char *text, guint limit)
{
  GPtrArray *links = g_ptr_array_new_with_free_func (link_free);
  cmark_parser *parser;
  cmark_node *document;
  cmark_iter *iter;

  if (!is_readable (text, NULL))
    return links;
  document = parse (text, &parser);
  iter = cmark_iter_new (document);
  while (cmark_iter_next (iter) != CMARK_EVENT_DONE && links->len < limit) {
    cmark_node *node = cmark_iter_get_node (iter);
    cmark_node_type type = cmark_node_get_type (node);

    if (cmark_iter_get_event_type (iter) == CMARK_EVENT_ENTER
        && (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)) {
      PnMarkdownLink *link = g_new0 (PnMarkdownLink, 1);

      link->address = g_strdup (cmark_node_get_url (node));
      link->is_image = type == CMARK_NODE_IMAGE;
      g_ptr_array_add (links, link);
    }
  }
  cmark_iter_free (iter);
  cmark_node_free (document);
  cmark_parser_free (parser);
  return links;
}

static void
heading_free (gpointer data)
{
  PnMarkdownHeading *heading = data;

  g_free (heading->id);
  g_free (heading->title);
  g_free (heading);
}

GPtrArray *
pn_markdown_headings (const char *text)
{
  GPtrArray *headings = g_ptr_array_new_with_free_func (heading_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  cmark_parser *parser;
  cmark_node *document;
  cmark_iter *iter;

  if (!is_readable (text, NULL))
    return headings;
  document = parse (text, &parser);
  iter = cmark_iter_new (document);
  while (cmark_iter_next (iter) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);
    g_autoptr (GString) title = NULL;
    PnMarkdownHeading *heading;

    if (cmark_iter_get_event_type (iter) != CMARK_EVENT_ENTER
        || cmark_node_get_type (node) != CMARK_NODE_HEADING)
      continue;
    title = g_string_new (NULL);
    append_below (title, node);
    heading = g_new0 (PnMarkdownHeading, 1);
    heading->id = heading_id (node, taken);
    heading->title = g_string_free (g_steal_pointer (&title), FALSE);
    heading->level = cmark_node_get_heading_level (node);
    g_ptr_array_add (headings, heading);
  }
  cmark_iter_free (iter);
  cmark_node_free (document);
  cmark_parser_free (parser);
  return headings;
}

/* HTML inside Markdown: what stands between the tags. */
static void
append_without_tags (GString *out, const char *html)
{
  gboolean in_tag = FALSE;

  for (; *html != '\0'; html++) {
    if (*html == '<' && (g_ascii_isalpha (html[1]) || html[1] == '/' || html[1] == '!'))
      in_tag = TRUE;
    if (!in_tag)
      g_string_append_c (out, *html);
    else if (*html == '>')
      in_tag = FALSE;
  }
}

static void
append_node (GString *out, cmark_node *node, cmark_event_type event)
{
  cmark_node_type type = cmark_node_get_type (node);

  if (event == CMARK_EVENT_EXIT) {
    if ((type & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK && out->len > 0
        && out->str[out->len - 1] != '\n')
      g_string_append_c (out, '\n');
  } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK) {
    g_string_append (out, cmark_node_get_literal (node));
  } else if (type == CMARK_NODE_HTML_BLOCK) {
    append_without_tags (out, cmark_node_get_literal (node));
  } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
    g_string_append_c (out, ' ');
  }
}

char *
pn_markdown_to_text (const char *text)
{
  GString *out;
  cmark_event_type event;
  cmark_parser *parser;
  cmark_node *document;
  cmark_iter *iter;

  if (strlen (text) > PN_MARKDOWN_MAX_BYTES || !g_utf8_validate (text, -1, NULL))
    return g_utf8_make_valid (text, -1);
  out = g_string_sized_new (strlen (text));
  document = parse (text, &parser);
  iter = cmark_iter_new (document);
  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    append_node (out, cmark_iter_get_node (iter), event);
  cmark_iter_free (iter);
  cmark_node_free (document);
  cmark_parser_free (parser);
  return g_string_free (out, FALSE);
}
