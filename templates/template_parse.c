#include "templates/template_node.h"

#include <string.h>

#include "templates/template_token.h"

typedef struct {
  const char *name;
  PnRenderMode mode;
  GPtrArray *tokens;
  guint at;
} Parser;

static const struct {
  const char *name;
  PnFilter filter;
} filters[] = {
  { "ago", PN_FILTER_AGO },           { "asset", PN_FILTER_ASSET },
  { "date", PN_FILTER_DATE },         { "datetime", PN_FILTER_DATETIME },
  { "duration", PN_FILTER_DURATION }, { "iso", PN_FILTER_ISO },
  { "number", PN_FILTER_NUMBER },     { "quote", PN_FILTER_QUOTE },
  { "said", PN_FILTER_SAID },         { "size", PN_FILTER_SIZE },
  { "time", PN_FILTER_TIME },
};

static gboolean read_nodes (Parser *parser, GPtrArray *nodes, GError **error);
static gboolean read_node (Parser *parser, GPtrArray *nodes, const PnToken *token, GError **error);

void
pn_node_free (PnNode *node)
{
  if (node == NULL)
    return;
  g_free (node->text);
  g_free (node->plural);
  g_strfreev (node->path);
  g_free (node->indent);
  g_free (node->place_indent);
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_free (node);
}

void
pn_template_free (PnTemplate *template)
{
  if (template == NULL)
    return;
  g_free (template->name);
  g_clear_pointer (&template->nodes, g_ptr_array_unref);
  g_clear_pointer (&template->blocks, g_hash_table_unref);
  g_free (template);
}

PnRenderMode
pn_template_mode (const char *name)
{
  if (g_str_has_suffix (name, ".html"))
    return PN_RENDER_HTML;
  return g_str_has_suffix (name, ".txt") ? PN_RENDER_TEXT : PN_RENDER_PLAIN;
}

static gboolean
fail (const Parser *parser, guint line, GError **error, const char *what, const char *value)
{
  g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX, "%s:%u: %s: %s", parser->name,
               line, what, value);
  return FALSE;
}

static char **
split_path (const char *path)
{
  return strcmp (path, ".") == 0 ? g_new0 (char *, 1) : g_strsplit (path, ".", -1);
}

gboolean
pn_template_read_path (const char *name, PnFilter *filter, char ***path, char **text)
{
  const char *colon = strchr (name, ':');

  *filter = PN_FILTER_NONE;
  if (colon == NULL) {
    *path = split_path (name);
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    if (strlen (filters[i].name) == (gsize) (colon - name)
        && g_str_has_prefix (name, filters[i].name))
      *filter = filters[i].filter;
  if (*filter == PN_FILTER_NONE || colon[1] == '\0')
    return FALSE;
  if (*filter == PN_FILTER_ASSET)
    *text = g_strstrip (g_strdup (colon + 1));
  *path = split_path (colon + 1);
  return TRUE;
}

/* Names without a folder or an ending are completed from the template they stand in. */
static char *
complete_name (const Parser *parser, const char *name)
{
  const char *slash = strrchr (parser->name, '/');
  const char *dot = strrchr (parser->name, '.');
  g_autofree char *folder = NULL;

  if (parser->mode == PN_RENDER_PLAIN)
    return g_strdup (name);
  if (strchr (name, '/') == NULL && slash != NULL)
    folder = g_strndup (parser->name, (gsize) (slash + 1 - parser->name));
  return g_strconcat (folder == NULL ? "" : folder, name, strchr (name, '.') == NULL ? dot : "",
                      NULL);
}

static PnNode *
add_node (GPtrArray *nodes, PnNodeKind kind, const PnToken *token)
{
  PnNode *node = g_new0 (PnNode, 1);

  node->kind = kind;
  node->line = token->line;
  node->starts_line = token->starts_line;
  g_ptr_array_add (nodes, node);
  return node;
}

static void
add_text (GPtrArray *nodes, const PnToken *token)
{
  PnNode *last = nodes->len == 0 ? NULL : g_ptr_array_index (nodes, nodes->len - 1);
  char *joined;

  if (*token->text == '\0')
    return;
  if (last == NULL || last->kind != PN_NODE_TEXT) {
    add_node (nodes, PN_NODE_TEXT, token)->text = g_strdup (token->text);
    return;
  }
  joined = g_strconcat (last->text, token->text, NULL);
  g_free (last->text);
  last->text = joined;
}

static gboolean
read_value (const Parser *parser, GPtrArray *nodes, const PnToken *token, GError **error)
{
  PnNode *node = add_node (nodes, token->kind == PN_TOKEN_RAW ? PN_NODE_RAW : PN_NODE_VALUE, token);

  if (parser->mode == PN_RENDER_PLAIN) {
    node->path = split_path (token->text);
    node->escape = node->kind == PN_NODE_RAW ? PN_ESCAPE_NONE : PN_ESCAPE_HTML;
    return TRUE;
  }
  node->escape = parser->mode == PN_RENDER_TEXT ? PN_ESCAPE_NONE : PN_ESCAPE_HTML;
  if (!pn_template_read_path (token->text, &node->filter, &node->path, &node->text)
      || strpbrk (token->text, " \t\r\n") != NULL)
    return fail (parser, token->line, error, "this is neither a path nor a filter and a path",
                 token->text);
  if (node->kind == PN_NODE_RAW && node->filter != PN_FILTER_NONE)
    return fail (parser, token->line, error, "a filter gives text, never HTML", token->text);
  return TRUE;
}

static gboolean
read_section (Parser *parser, GPtrArray *nodes, const PnToken *token, GError **error)
{
  PnNode *node =
      add_node (nodes, token->kind == PN_TOKEN_SECTION ? PN_NODE_SECTION : PN_NODE_INVERTED, token);
  g_autofree char *path = g_strdup (token->text);
  char *equals = strchr (path, '=');

  if (parser->mode != PN_RENDER_PLAIN && equals != NULL) {
    node->test = PN_TEST_EQUAL;
    node->text = g_strstrip (g_strdup (equals + 1));
    *equals = '\0';
    g_strchomp (path);
  } else if (parser->mode != PN_RENDER_PLAIN && g_str_has_suffix (path, "?")) {
    node->test = PN_TEST_IF;
    path[strlen (path) - 1] = '\0';
  }
  if (*path == '\0' || (parser->mode != PN_RENDER_PLAIN && strpbrk (path, " \t\r\n:") != NULL))
    return fail (parser, token->line, error, "this is no path for a section", token->text);
  node->path = split_path (path);
  node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_node_free);
  return read_nodes (parser, node->children, error);
}

static void
read_reference (const Parser *parser, PnNode *node, const PnToken *token)
{
  const char *name = token->text;

  node->indent = g_strdup (token->indent);
  if (*name == '*') {
    node->is_dynamic = TRUE;
    for (name++; g_ascii_isspace (*name); name++)
      ;
    node->path = split_path (name);
    return;
  }
  node->text = complete_name (parser, name);
}

static void
keep_blocks (GPtrArray *nodes)
{
  for (guint i = nodes->len; i > 0; i--)
    if (((PnNode *) g_ptr_array_index (nodes, i - 1))->kind != PN_NODE_BLOCK)
      g_ptr_array_remove_index (nodes, i - 1);
}

static void
strip_text (PnNode *node, const char *prefix)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize size = strlen (prefix);
  gboolean at_start = node->starts_line;

  for (const char *c = node->text; *c != '\0';) {
    gsize skip = 0;
    const char *newline;

    while (at_start && skip < size && c[skip] == prefix[skip])
      skip++;
    c += skip;
    newline = strchr (c, '\n');
    g_string_append_len (out, c, newline == NULL ? -1 : (gssize) (newline + 1 - c));
    c = newline == NULL ? "" : newline + 1;
    at_start = TRUE;
  }
  g_free (node->text);
  node->text = g_string_free (g_steal_pointer (&out), FALSE);
}

static void
strip_indent (char **indent, const char *prefix)
{
  gsize skip = 0;
  char *rest;

  if (*indent == NULL)
    return;
  while (prefix[skip] != '\0' && (*indent)[skip] == prefix[skip])
    skip++;
  rest = g_strdup (*indent + skip);
  g_free (*indent);
  *indent = rest;
}

/* Takes @prefix from the start of every line. What a parent's override holds is indented where it lands. */
static void
strip_nodes (GPtrArray *nodes, const char *prefix)
{
  for (guint i = 0; i < nodes->len; i++) {
    PnNode *node = g_ptr_array_index (nodes, i);

    if (node->kind == PN_NODE_TEXT)
      strip_text (node, prefix);
    strip_indent (&node->indent, prefix);
    strip_indent (&node->place_indent, prefix);
    if (node->children != NULL && node->kind != PN_NODE_PARENT)
      strip_nodes (node->children, prefix);
  }
}

/* Returns: (owned) the white space before the first line of @nodes. */
static char *
first_indent (GPtrArray *nodes)
{
  const PnNode *first = nodes->len == 0 ? NULL : g_ptr_array_index (nodes, 0);

  if (first == NULL)
    return NULL;
  if (first->kind == PN_NODE_TEXT)
    return first->starts_line ? g_strndup (first->text, strspn (first->text, " \t"))
                              : g_strdup ("");
  return g_strdup (first->indent == NULL ? "" : first->indent);
}

static gboolean
read_block (Parser *parser, GPtrArray *nodes, const PnToken *token, gboolean is_override,
            GError **error)
{
  PnNode *node = add_node (nodes, PN_NODE_BLOCK, token);
  g_autofree char *inner = NULL;

  node->text = g_strdup (token->text);
  node->indent = g_strdup (token->indent);
  node->opens_next_line = token->ends_line;
  node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_node_free);
  if (!read_nodes (parser, node->children, error))
    return FALSE;
  inner = node->opens_next_line ? first_indent (node->children) : NULL;
  if (is_override && inner != NULL)
    strip_nodes (node->children, inner);
  node->place_indent = inner != NULL ? g_steal_pointer (&inner) : g_strdup (token->indent);
  return TRUE;
}

static gboolean
read_parent (Parser *parser, GPtrArray *nodes, const PnToken *token, GError **error)
{
  PnNode *node = add_node (nodes, PN_NODE_PARENT, token);

  read_reference (parser, node, token);
  node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_node_free);
  for (;;) {
    const PnToken *next = g_ptr_array_index (parser->tokens, parser->at++);

    if (next->kind == PN_TOKEN_CLOSE)
      break;
    if (next->kind == PN_TOKEN_BLOCK ? !read_block (parser, node->children, next, TRUE, error)
                                     : !read_node (parser, node->children, next, error))
      return FALSE;
  }
  keep_blocks (node->children);
  return TRUE;
}

static void
fold_space (char *text)
{
  char *to = text;

  g_strstrip (text);
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isspace (*c))
      *to++ = *c;
    else if (to > text && to[-1] != ' ')
      *to++ = ' ';
  }
  *to = '\0';
}

static gboolean
read_message (const Parser *parser, GPtrArray *nodes, const PnToken *token, GError **error)
{
  PnNode *node = add_node (nodes, PN_NODE_TRANSLATE, token);
  char *bar;

  node->escape = parser->mode == PN_RENDER_TEXT ? PN_ESCAPE_NONE : PN_ESCAPE_HTML;
  node->text = g_strdup (token->body);
  if (*token->text != '\0') {
    node->path = split_path (token->text);
    bar = strchr (node->text, '|');
    if (bar == NULL)
      return fail (parser, token->line, error, "a plural is written one|many", token->body);
    node->plural = g_strdup (bar + 1);
    *bar = '\0';
    fold_space (node->plural);
  }
  fold_space (node->text);
  if (*node->text == '\0')
    return fail (parser, token->line, error, "a text to translate is empty", token->body);
  return TRUE;
}

static gboolean
read_node (Parser *parser, GPtrArray *nodes, const PnToken *token, GError **error)
{
  switch (token->kind) {
  case PN_TOKEN_TEXT: add_text (nodes, token); return TRUE;
  case PN_TOKEN_VALUE:
  case PN_TOKEN_RAW: return read_value (parser, nodes, token, error);
  case PN_TOKEN_SECTION:
  case PN_TOKEN_INVERTED: return read_section (parser, nodes, token, error);
  case PN_TOKEN_PARTIAL:
    read_reference (parser, add_node (nodes, PN_NODE_PARTIAL, token), token);
    return TRUE;
  case PN_TOKEN_PARENT: return read_parent (parser, nodes, token, error);
  case PN_TOKEN_BLOCK: return read_block (parser, nodes, token, FALSE, error);
  case PN_TOKEN_TRANSLATE: return read_message (parser, nodes, token, error);
  case PN_TOKEN_CLOSE:
  case PN_TOKEN_COMMENT:
  case PN_TOKEN_DELIMITER: break;
  }
  return TRUE;
}

/* Reads up to and with the closing tag, or to the end. The tokens are known to be nested well. */
static gboolean
read_nodes (Parser *parser, GPtrArray *nodes, GError **error)
{
  while (parser->at < parser->tokens->len) {
    const PnToken *token = g_ptr_array_index (parser->tokens, parser->at++);

    if (token->kind == PN_TOKEN_CLOSE)
      break;
    if (!read_node (parser, nodes, token, error))
      return FALSE;
  }
  return TRUE;
}

PnTemplate *
pn_template_parse (const char *name, const char *text, GError **error)
{
  g_autoptr (PnTemplate) template = g_new0 (PnTemplate, 1);
  g_autoptr (GPtrArray) tokens = NULL;
  Parser parser = { .name = name, .mode = pn_template_mode (name) };

  template->name = g_strdup (name);
  template->mode = parser.mode;
  template->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_node_free);
  tokens = pn_template_tokens (name, text, parser.mode, error);
  parser.tokens = tokens;
  if (tokens == NULL || !read_nodes (&parser, template->nodes, error))
    return NULL;
  if (parser.mode == PN_RENDER_TEXT && !pn_template_mark_header (template, error))
    return NULL;
  return g_steal_pointer (&template);
}
