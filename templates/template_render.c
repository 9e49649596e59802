#include "templates/template_node.h"

#include <string.h>

#include "templates/escape.h"
#include "templates/said.h"
#include "templates/template_value.h"

/* The parents we are inside of, innermost first; the outermost that overrides a block wins. */
typedef struct Frame {
  const PnNode *parent;
  const PnTemplate *template; /* where the overrides stand */
  const struct Frame *outer;
} Frame;

typedef struct {
  const PnTemplates *set;
  const PnTemplate *template;
  const PnRenderOptions *options;
  PnFormat format;
  GString *out;
  GString *value; /* scratch */
  json_t *contexts[PN_TEMPLATE_MAX_DEPTH + 1];
  guint n_contexts;
  guint depth;
  guint steps;
  const char *indent;
  gboolean at_line_start;
  const Frame *frames;
  GError **error;
} Render;

static gboolean render_nodes (Render *render, const GPtrArray *nodes);

static gboolean
fail (const Render *render, const PnNode *node, PnTemplateErrorCode code, const char *what)
{
  g_autofree char *path = node->path == NULL ? NULL : g_strjoinv (".", node->path);
  const char *value = path != NULL ? path : node->text;

  g_set_error (render->error, PN_TEMPLATE_ERROR, (int) code, "%s:%u: %s%s%s",
               render->template->name, node->line, what, value == NULL ? "" : ": ",
               value == NULL ? "" : value);
  return FALSE;
}

/* Where a line starts, the indent of the partial we are in comes first. */
static void
begin_write (Render *render)
{
  if (render->at_line_start && *render->indent != '\0')
    g_string_append (render->out, render->indent);
  render->at_line_start = FALSE;
}

static void
write_literal (Render *render, const char *text)
{
  const gsize size = strlen (text);

  if (size == 0)
    return;
  if (*render->indent == '\0') {
    g_string_append_len (render->out, text, (gssize) size);
    render->at_line_start = text[size - 1] == '\n';
    return;
  }
  while (*text != '\0') {
    const char *newline = strchr (text, '\n');
    const char *stop = newline == NULL ? text + strlen (text) : newline + 1;

    if (newline != text)
      begin_write (render);
    g_string_append_len (render->out, text, (gssize) (stop - text));
    render->at_line_start = newline != NULL;
    text = stop;
  }
}

static void
write_escaped (Render *render, PnEscape escape, const char *text, gsize size)
{
  if (size == 0)
    return;
  begin_write (render);
  if (escape == PN_ESCAPE_HTML && render->options->mode == PN_RENDER_TEXT)
    escape = PN_ESCAPE_NONE; /* words of a page in a text */
  switch (escape) {
  case PN_ESCAPE_HTML: pn_escape_html (render->out, text, size); break;
  case PN_ESCAPE_NONE: g_string_append_len (render->out, text, (gssize) size); break;
  case PN_ESCAPE_HEADER: pn_escape_header (render->out, text, size); break;
  case PN_ESCAPE_URL_START: pn_escape_url (render->out, text, size); break;
  case PN_ESCAPE_URL_PATH: pn_escape_url_part (render->out, text, size); break;
  case PN_ESCAPE_URL_QUERY: pn_escape_url_component (render->out, text, size); break;
  }
}

static json_t *
find (const Render *render, char *const *path)
{
  return pn_value_find (render->contexts, render->n_contexts, path);
}

static gboolean
append_said (Render *render, const PnNode *node, json_t *value)
{
  const char *language = render->options->language != NULL ? render->options->language : "en";
  g_autofree char *words = NULL;

  if (value == NULL || json_is_null (value))
    return TRUE;
  if (!json_is_string (value))
    return fail (render, node, PN_TEMPLATE_ERROR_DATA, "what was said is a text");
  words =
      pn_said_write (g_hash_table_lookup (render->set->said, language), json_string_value (value));
  g_string_append (render->value, words);
  return TRUE;
}

static gboolean
append_value (Render *render, const PnNode *node, json_t *value)
{
  if (node->filter == PN_FILTER_SAID)
    return append_said (render, node, value);
  if (node->filter != PN_FILTER_NONE)
    return pn_value_append_filtered (render->value, value, node->filter, &render->format)
           || fail (render, node, PN_TEMPLATE_ERROR_DATA,
                    "the value is not of the kind its filter takes");
  if (pn_value_append (render->value, value) || render->template->mode == PN_RENDER_PLAIN)
    return TRUE;
  return fail (render, node, PN_TEMPLATE_ERROR_DATA,
               pn_value_safe_html (value) != NULL ? "this value is HTML, write {{{…}}}"
                                                  : "an object or a list is no text");
}

static gboolean
render_asset (Render *render, const PnNode *node)
{
  const char *hash = pn_templates_static_hash ((PnTemplates *) render->set, node->text);
  g_autofree char *address = g_strconcat ("/static/", node->text, "?v=", hash, NULL);

  if (hash == NULL)
    return fail (render, node, PN_TEMPLATE_ERROR_DATA, "there is no such static file");
  write_escaped (render, node->escape, address, strlen (address));
  return TRUE;
}

static gboolean
render_value (Render *render, const PnNode *node)
{
  json_t *value;

  if (node->filter == PN_FILTER_ASSET)
    return render_asset (render, node);
  value = find (render, node->path);
  if (node->kind == PN_NODE_VALUE && node->filter == PN_FILTER_NONE && json_is_string (value)) {
    write_escaped (render, node->escape, json_string_value (value), json_string_length (value));
    return TRUE;
  }
  g_string_truncate (render->value, 0);
  if (node->kind == PN_NODE_RAW && render->template->mode == PN_RENDER_HTML) {
    const char *html = pn_value_safe_html (value);

    if (html == NULL && value != NULL && !json_is_null (value))
      return fail (render, node, PN_TEMPLATE_ERROR_DATA, "the value is not typed as safe HTML");
    g_string_append (render->value, html == NULL ? "" : html);
  } else if (!append_value (render, node, value)) {
    return FALSE;
  }
  write_escaped (render, node->escape, render->value->str, render->value->len);
  return TRUE;
}

static gboolean
render_in (Render *render, const PnNode *node, json_t *context)
{
  gboolean done;

  if (render->n_contexts > PN_TEMPLATE_MAX_DEPTH)
    return fail (render, node, PN_TEMPLATE_ERROR_LIMIT, "sections are nested too deep");
  render->contexts[render->n_contexts++] = context;
  done = render_nodes (render, node->children);
  render->n_contexts--;
  return done;
}

static gboolean
render_section (Render *render, const PnNode *node)
{
  json_t *value = find (render, node->path);
  gboolean is_true =
      node->test == PN_TEST_EQUAL ? pn_value_equals (value, node->text) : pn_value_is_true (value);

  if (is_true != (node->kind == PN_NODE_SECTION))
    return TRUE;
  if (node->kind == PN_NODE_INVERTED || node->test != PN_TEST_EACH)
    return render_nodes (render, node->children);
  if (!json_is_array (value))
    return render_in (render, node, value);
  for (size_t i = 0; i < json_array_size (value); i++)
    if (!render_in (render, node, json_array_get (value, i)))
      return FALSE;
  return TRUE;
}

/* Renders @nodes with @indent added to what we have. */
static gboolean
render_indented (Render *render, const GPtrArray *nodes, const char *indent)
{
  const char *outer = render->indent;
  g_autofree char *joined = NULL;
  gboolean done;

  if (indent != NULL && *indent != '\0')
    render->indent = joined = g_strconcat (outer, indent, NULL);
  done = render_nodes (render, nodes);
  render->indent = outer;
  return done;
}

/* Is there nothing in a page's template that a text can't have: no markup, and nothing that could bring it in? */
static gboolean
is_words (const GPtrArray *nodes)
{
  gboolean is = TRUE;

  for (guint i = 0; nodes != NULL && i < nodes->len && is; i++) {
    const PnNode *node = g_ptr_array_index (nodes, i);

    switch (node->kind) {
    case PN_NODE_TEXT: is = strpbrk (node->text, "<>&") == NULL; break;
    case PN_NODE_SECTION:
    case PN_NODE_INVERTED: is = is_words (node->children); break;
    case PN_NODE_VALUE:
    case PN_NODE_TRANSLATE: break;
    case PN_NODE_RAW:
    case PN_NODE_PARTIAL:
    case PN_NODE_PARENT:
    case PN_NODE_BLOCK: is = FALSE; break;
    }
  }
  return is;
}

static gboolean
fits (const PnTemplate *outer, const PnTemplate *inner)
{
  return inner->mode == outer->mode
         || (outer->mode == PN_RENDER_TEXT && inner->mode == PN_RENDER_HTML
             && is_words (inner->nodes));
}

/* Finds the template that @node names. Returns: FALSE with an error; TRUE with NULL where nothing is to be rendered. */
static gboolean
find_template (Render *render, const PnNode *node, const PnTemplate **found)
{
  const char *name = node->is_dynamic ? json_string_value (find (render, node->path)) : node->text;

  *found = name == NULL ? NULL : pn_templates_find (render->set, name);
  if (*found != NULL && !fits (render->template, *found))
    return fail (render, node, PN_TEMPLATE_ERROR_DATA, "a template of another kind is included");
  if (*found == NULL && name != NULL && render->template->mode != PN_RENDER_PLAIN)
    return fail (render, node, PN_TEMPLATE_ERROR_DATA, "there is no such template");
  return TRUE;
}

static gboolean
render_reference (Render *render, const PnNode *node)
{
  const PnTemplate *outer_template = render->template;
  const Frame *outer_frames = render->frames;
  const PnTemplate *found;
  Frame frame = { node, outer_template, outer_frames };
  gboolean done;

  if (!find_template (render, node, &found))
    return FALSE;
  if (found == NULL)
    return TRUE;
  render->template = found;
  render->frames = node->kind == PN_NODE_PARENT ? &frame : NULL;
  done = render_indented (render, found->nodes, node->indent);
  render->template = outer_template;
  render->frames = outer_frames;
  return done;
}

static const PnNode *
find_override (const Render *render, const char *name, const Frame **at)
{
  const PnNode *found = NULL;

  for (const Frame *frame = render->frames; frame != NULL; frame = frame->outer)
    for (guint i = 0; i < frame->parent->children->len; i++) {
      const PnNode *block = g_ptr_array_index (frame->parent->children, i);

      if (strcmp (block->text, name) != 0)
        continue;
      found = block;
      *at = frame;
    }
  return found;
}

static gboolean
render_block (Render *render, const PnNode *node)
{
  const Frame *outer = render->frames;
  const PnTemplate *outer_template = render->template;
  const Frame *at = NULL;
  const PnNode *override = find_override (render, node->text, &at);
  gboolean done;

  if (override == NULL) {
    if (node->indent != NULL && !node->opens_next_line)
      write_literal (render, node->indent);
    return render_nodes (render, node->children);
  }
  render->frames = at->outer;
  render->template = at->template;
  done = render_indented (render, override->children, node->place_indent);
  render->frames = outer;
  render->template = outer_template;
  return done;
}

/* A hole in a translated text: {path} or {filter:path}. */
static gboolean
render_hole (Render *render, const PnNode *node, const char *name)
{
  g_auto (GStrv) path = NULL;
  g_autofree char *asset = NULL;
  PnNode hole = { .kind = PN_NODE_VALUE, .line = node->line };
  const char *html;
  json_t *value;

  if (!pn_template_read_path (name, &hole.filter, &path, &asset))
    return fail (render, node, PN_TEMPLATE_ERROR_DATA, "a hole in a text to translate is wrong");
  hole.path = path;
  value = find (render, path);
  html = node->is_text_place ? pn_value_safe_html (value) : NULL;
  g_string_truncate (render->value, 0);
  if (html != NULL)
    write_escaped (render, PN_ESCAPE_NONE, html, strlen (html));
  else if (!append_value (render, &hole, value))
    return FALSE;
  write_escaped (render, node->escape, render->value->str, render->value->len);
  return TRUE;
}

static gboolean
render_message (Render *render, const PnNode *node)
{
  const PnCatalogue *catalogue =
      g_hash_table_lookup (render->set->catalogues,
                           render->options->language == NULL ? "en" : render->options->language);
  json_t *number = node->plural == NULL ? NULL : find (render, node->path);
  const char *text = node->plural == NULL
                         ? pn_catalogue_find (catalogue, node->text)
                         : pn_catalogue_find_plural (catalogue, node->text, node->plural,
                                                     (gint64) json_integer_value (number));

  if (text == NULL)
    text = node->text;
  while (*text != '\0') {
    const char *open = strchr (text, '{');
    const char *close = open == NULL ? NULL : strchr (open, '}');
    g_autofree char *name = NULL;

    write_escaped (render, node->escape, text,
                   close == NULL ? strlen (text) : (gsize) (open - text));
    if (close == NULL)
      break;
    name = g_strndup (open + 1, (gsize) (close - open - 1));
    if (!render_hole (render, node, name))
      return FALSE;
    text = close + 1;
  }
  return TRUE;
}

static gboolean
render_node (Render *render, const PnNode *node)
{
  switch (node->kind) {
  case PN_NODE_TEXT: write_literal (render, node->text); return TRUE;
  case PN_NODE_VALUE:
  case PN_NODE_RAW: return render_value (render, node);
  case PN_NODE_SECTION:
  case PN_NODE_INVERTED: return render_section (render, node);
  case PN_NODE_PARTIAL:
  case PN_NODE_PARENT: return render_reference (render, node);
  case PN_NODE_BLOCK: return render_block (render, node);
  case PN_NODE_TRANSLATE: return render_message (render, node);
  }
  return TRUE;
}

static gboolean
render_nodes (Render *render, const GPtrArray *nodes)
{
  gboolean done = TRUE;

  if (++render->depth > PN_TEMPLATE_MAX_DEPTH) {
    g_set_error (render->error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_LIMIT,
                 "%s: sections and partials are nested too deep", render->template->name);
    return FALSE;
  }
  for (guint i = 0; i < nodes->len && done; i++) {
    const PnNode *node = g_ptr_array_index (nodes, i);

    if (++render->steps > PN_TEMPLATE_MAX_STEPS || render->out->len > PN_TEMPLATE_MAX_OUTPUT)
      return fail (render, node, PN_TEMPLATE_ERROR_LIMIT, "the output is too large");
    done = render_node (render, node);
  }
  render->depth--;
  return done;
}

char *
pn_template_render (const PnTemplates *templates, const PnTemplate *template, json_t *document,
                    const PnRenderOptions *options, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (4096);
  g_autoptr (GString) value = g_string_new (NULL);
  Render render = { .set = templates,
                    .template = template,
                    .options = options,
                    .out = out,
                    .value = value,
                    .indent = "",
                    .at_line_start = TRUE,
                    .error = error };

  render.format = (PnFormat){ options->language, options->now, options->utc_offset_seconds };
  render.contexts[render.n_contexts++] = document;
  if (template->mode != options->mode) {
    g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_DATA,
                 "%s: is not rendered in this mode", template->name);
    return NULL;
  }
  if (!render_nodes (&render, template->nodes))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
