#include "templates/template_node.h"

#include <string.h>

#include "templates/escape.h"
#include "templates/template_place.h"

typedef struct {
  PnTemplates *set;
  PnTemplate *template;
  GError **error;
} Check;

static gboolean check_nodes (Check *check, GPtrArray *nodes, PnPlace *place);

static gboolean
fail (const Check *check, const PnNode *node, const char *what)
{
  const char *value = node->text != NULL ? node->text : "";
  g_autofree char *path = node->path == NULL ? NULL : g_strjoinv (".", node->path);

  g_set_error (check->error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX, "%s:%u: %s: %s",
               check->template->name, node->line, what, path != NULL ? path : value);
  return FALSE;
}

/* Where a value stands decides how it is escaped, or that it may not stand there. */
static gboolean
check_value (const Check *check, PnNode *node, PnPlace *place)
{
  const char *refusal = pn_place_refuses_value (place);

  if (refusal != NULL)
    return fail (check, node, refusal);
  node->is_text_place = place->state == PN_PLACE_TEXT;
  if (node->kind == PN_NODE_RAW) {
    node->escape = PN_ESCAPE_NONE;
    return node->is_text_place || fail (check, node, "HTML may stand in an element's text alone");
  }
  node->escape = pn_place_escape (place);
  if (node->kind == PN_NODE_TRANSLATE && node->escape != PN_ESCAPE_HTML)
    return fail (check, node, "a text to translate is no address");
  pn_place_take_value (place);
  return TRUE;
}

/* A section may run not at all, once or (a list) often: all must leave the markup in the same place. */
static gboolean
check_section (Check *check, PnNode *node, PnPlace *place)
{
  if (place->state == PN_PLACE_RAW)
    return fail (check, node, "no tags inside script and style");
  pn_place_take_tag (place);
  for (int i = 0; i < 4; i++) {
    PnPlace end = *place;
    PnPlace joined;

    if (!check_nodes (check, node->children, &end))
      return FALSE;
    pn_place_take_tag (&end);
    if (!pn_place_join (place, &end, &joined))
      return fail (check, node, "a section must end where it began in the markup");
    if (pn_place_equal (place, &joined))
      return TRUE;
    *place = joined;
    if (node->kind == PN_NODE_INVERTED || node->test != PN_TEST_EACH)
      return TRUE;
  }
  return fail (check, node, "a section must end where it began in the markup");
}

static gboolean
check_reference (const Check *check, const PnNode *node, const PnPlace *place)
{
  if (place->state != PN_PLACE_TEXT)
    return fail (check, node, "partials and parents may stand in an element's text alone");
  if (!node->is_dynamic && pn_templates_find (check->set, node->text) == NULL)
    return fail (check, node, "there is no such template");
  return TRUE;
}

static gboolean
note_block (const Check *check, const PnNode *node, const PnPlace *place)
{
  const PnPlace *known = g_hash_table_lookup (check->template->blocks, node->text);

  if (known != NULL && !pn_place_equal (known, place))
    return fail (check, node, "this block stands in different places of the markup");
  if (known == NULL)
    g_hash_table_insert (check->template->blocks, g_strdup (node->text),
                         g_memdup2 (place, sizeof *place));
  return TRUE;
}

static gboolean
check_block (Check *check, PnNode *node, PnPlace *place)
{
  PnPlace end;

  if (place->state == PN_PLACE_RAW)
    return fail (check, node, "no tags inside script and style");
  pn_place_take_tag (place);
  if (!note_block (check, node, place))
    return FALSE;
  end = *place;
  if (!check_nodes (check, node->children, &end))
    return FALSE;
  pn_place_take_tag (&end);
  return pn_place_equal (place, &end)
         || fail (check, node, "a block must end where it began in the markup");
}

/* The override stands where the parent's block stands. */
static gboolean
check_override (Check *check, PnNode *node, const PnTemplate *parent)
{
  const PnPlace *place = g_hash_table_lookup (parent->blocks, node->text);
  PnPlace end;

  if (place == NULL)
    return fail (check, node, "the parent has no such block");
  end = *place;
  if (!check_nodes (check, node->children, &end))
    return FALSE;
  pn_place_take_tag (&end);
  return pn_place_equal (place, &end)
         || fail (check, node, "a block must end where it began in the markup");
}

static gboolean
check_parent (Check *check, PnNode *node, const PnPlace *place)
{
  PnTemplate *parent;
  GHashTableIter iter;
  gpointer name;
  gpointer known;

  if (node->is_dynamic)
    return fail (check, node, "a page's parent has a fixed name");
  if (!check_reference (check, node, place))
    return FALSE;
  parent = pn_templates_find (check->set, node->text);
  if (!pn_template_check_html (check->set, parent, check->error))
    return FALSE;
  for (guint i = 0; i < node->children->len; i++)
    if (!check_override (check, g_ptr_array_index (node->children, i), parent))
      return FALSE;
  g_hash_table_iter_init (&iter, parent->blocks);
  while (g_hash_table_iter_next (&iter, &name, &known))
    if (!g_hash_table_contains (check->template->blocks, name))
      g_hash_table_insert (check->template->blocks, g_strdup (name),
                           g_memdup2 (known, sizeof (PnPlace)));
  return TRUE;
}

static gboolean
check_node (Check *check, PnNode *node, PnPlace *place)
{
  const char *wrong;

  switch (node->kind) {
  case PN_NODE_TEXT:
    wrong = pn_place_take_text (place, node->text);
    return wrong == NULL || fail (check, node, wrong);
  case PN_NODE_VALUE:
  case PN_NODE_RAW:
  case PN_NODE_TRANSLATE: return check_value (check, node, place);
  case PN_NODE_SECTION:
  case PN_NODE_INVERTED: return check_section (check, node, place);
  case PN_NODE_PARTIAL: return check_reference (check, node, place);
  case PN_NODE_PARENT: return check_parent (check, node, place);
  case PN_NODE_BLOCK: return check_block (check, node, place);
  }
  return TRUE;
}

static gboolean
check_nodes (Check *check, GPtrArray *nodes, PnPlace *place)
{
  for (guint i = 0; i < nodes->len; i++)
    if (!check_node (check, g_ptr_array_index (nodes, i), place))
      return FALSE;
  return TRUE;
}

gboolean
pn_template_check_html (PnTemplates *templates, PnTemplate *template, GError **error)
{
  Check check = { templates, template, error };
  PnPlace place = { .state = PN_PLACE_TEXT };

  if (template->mode != PN_RENDER_HTML || template->check == 2)
    return TRUE;
  if (template->check == 1) {
    g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX, "%s: is its own parent",
                 template->name);
    return FALSE;
  }
  template->check = 1;
  template->blocks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!check_nodes (&check, template->nodes, &place))
    return FALSE;
  template->check = 2;
  if (place.state == PN_PLACE_TEXT)
    return TRUE;
  g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX,
               "%s: ends inside a tag, a comment or an element that is not closed", template->name);
  return FALSE;
}

/* Returns: whether the header goes on after @nodes. */
static gboolean
mark_header (const char *name, GPtrArray *nodes, GError **error)
{
  for (guint i = 0; i < nodes->len; i++) {
    PnNode *node = g_ptr_array_index (nodes, i);

    if (node->kind == PN_NODE_TEXT
        && (strstr (node->text, "\n\n") != NULL || (node->starts_line && node->text[0] == '\n')))
      return FALSE;
    if (node->escape == PN_ESCAPE_NONE)
      node->escape = PN_ESCAPE_HEADER;
    if (node->kind == PN_NODE_PARTIAL || node->kind == PN_NODE_PARENT) {
      g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX,
                   "%s:%u: no partials and parents in header lines", name, node->line);
      return FALSE;
    }
    if (node->children != NULL && !mark_header (name, node->children, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_template_mark_header (PnTemplate *template, GError **error)
{
  const PnNode *first = template->nodes->len == 0 ? NULL : g_ptr_array_index (template->nodes, 0);
  GError *wrong = NULL;
  gsize name;

  if (first == NULL || first->kind != PN_NODE_TEXT || !g_ascii_isupper (first->text[0]))
    return TRUE;
  name = strspn (first->text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-");
  if (first->text[name] == ':' && first->text[name + 1] == ' ')
    mark_header (template->name, template->nodes, &wrong);
  if (wrong == NULL)
    return TRUE;
  g_propagate_error (error, wrong);
  return FALSE;
}
