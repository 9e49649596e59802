#include "templates/template_names.h"

#include <string.h>

#include "templates/template_node.h"
#include "templates/template_value.h"

#define NAME_BYTES 60 /* longer ones are like nothing */
#define NAME_DEPTH 4  /* of known names */

typedef struct {
  json_t *contexts[PN_TEMPLATE_MAX_DEPTH + 1];
  guint n_contexts;
  GPtrArray *found; /* of PnUnknownName */
} Walk;

static void walk_nodes (Walk *walk, const GPtrArray *nodes);

void
pn_unknown_name_free (PnUnknownName *unknown)
{
  if (unknown == NULL)
    return;
  g_free (unknown->name);
  g_free (unknown->near);
  g_free (unknown);
}

/* Returns: how many letters have to be added, left out, changed, or swapped with their neighbour to make @b of @a. */
static guint
distance (const char *a, const char *b)
{
  const gsize a_size = strlen (a);
  const gsize b_size = strlen (b);
  guint rows[3][NAME_BYTES + 1];

  if (a_size > NAME_BYTES || b_size > NAME_BYTES)
    return G_MAXUINT;
  for (guint j = 0; j <= b_size; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= a_size; i++) {
    guint *row = rows[i % 3];
    const guint *above = rows[(i + 2) % 3];
    const guint *before = rows[(i + 1) % 3];

    row[0] = i;
    for (guint j = 1; j <= b_size; j++) {
      row[j] = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN (row[j], before[j - 2] + 1);
    }
  }
  return rows[a_size % 3][b_size];
}

/* Returns: how far @name is from what was written; G_MAXUINT: too far to be meant. A third of each of its parts may be
 * wrong; where the parts are not as many, one letter. */
static guint
unlike (const char *wanted, const char *name)
{
  g_auto (GStrv) ours = g_strsplit (wanted, ".", -1);
  g_auto (GStrv) theirs = g_strsplit (name, ".", -1);
  guint sum = 0;

  if (g_strv_length (ours) != g_strv_length (theirs)) {
    sum = distance (wanted, name);
    return sum <= 1 ? sum : G_MAXUINT;
  }
  for (guint i = 0; ours[i] != NULL; i++) {
    const guint far = distance (ours[i], theirs[i]);

    if (far > MAX (strlen (ours[i]) / 3, 1))
      return G_MAXUINT;
    sum += far;
  }
  return sum;
}

typedef struct {
  const char *wanted;
  char *near; /* (owned) NULL: nothing so far */
  guint distance;
} Nearest;

/* Tries what can be said of @value, whose own name is @prefix ("" for what needs none). */
static void
try_names (Nearest *nearest, json_t *value, const char *prefix, guint depth)
{
  const char *key;
  json_t *member;

  if (!json_is_object (value) || depth == NAME_DEPTH)
    return;
  json_object_foreach (value, key, member)
  {
    g_autofree char *name = *prefix != '\0' ? g_strconcat (prefix, ".", key, NULL) : g_strdup (key);
    const guint far = unlike (nearest->wanted, name);

    if (far < nearest->distance) {
      nearest->distance = far;
      g_free (nearest->near);
      nearest->near = g_strdup (name);
    }
    try_names (nearest, member, name, depth + 1);
  }
}

/* Returns: (owned) NULL: none is near. */
static char *
find_near (const Walk *walk, const char *wanted)
{
  Nearest nearest = { wanted, NULL, G_MAXUINT };

  for (guint i = walk->n_contexts; i > 0; i--)
    try_names (&nearest, walk->contexts[i - 1], "", 0);
  return nearest.near;
}

static void
note (Walk *walk, char *const *path)
{
  g_autofree char *name = g_strjoinv (".", (char **) path);
  PnUnknownName *unknown;

  for (guint i = 0; i < walk->found->len; i++) {
    if (strcmp (((const PnUnknownName *) walk->found->pdata[i])->name, name) == 0)
      return;
  }
  if (walk->found->len == PN_UNKNOWN_NAMES)
    return;
  unknown = g_new0 (PnUnknownName, 1);
  unknown->near = find_near (walk, name);
  unknown->name = g_steal_pointer (&name);
  g_ptr_array_add (walk->found, unknown);
}

/* Returns: (borrowed) what it leads to; NULL: nowhere, which is noted. */
static json_t *
look_up (Walk *walk, char *const *path)
{
  json_t *value = pn_value_find (walk->contexts, walk->n_contexts, path);

  if (value == NULL)
    note (walk, path);
  return value;
}

static void
walk_in (Walk *walk, const GPtrArray *nodes, json_t *context)
{
  if (walk->n_contexts > PN_TEMPLATE_MAX_DEPTH)
    return;
  walk->contexts[walk->n_contexts++] = context;
  walk_nodes (walk, nodes);
  walk->n_contexts--;
}

/* What stands in a section of an unknown name can't be judged; of a list of which nothing is known, neither. */
static void
walk_section (Walk *walk, const PnNode *node)
{
  json_t *value = look_up (walk, node->path);

  if (value == NULL || (json_is_array (value) && json_array_size (value) == 0))
    return;
  if (node->kind == PN_NODE_INVERTED || node->test != PN_TEST_EACH)
    walk_nodes (walk, node->children);
  else
    walk_in (walk, node->children, json_is_array (value) ? json_array_get (value, 0) : value);
}

/* The holes of a text to translate: {path} and {filter:path}. */
static void
walk_message (Walk *walk, const PnNode *node)
{
  const char *text = node->text;

  if (node->plural != NULL)
    look_up (walk, node->path);
  while ((text = strchr (text, '{')) != NULL) {
    const char *end = strchr (text, '}');
    g_autofree char *name = end != NULL ? g_strndup (text + 1, (gsize) (end - text - 1)) : NULL;
    g_auto (GStrv) path = NULL;
    g_autofree char *asset = NULL;
    PnFilter filter;

    if (name == NULL)
      return;
    if (pn_template_read_path (name, &filter, &path, &asset) && path != NULL)
      look_up (walk, path);
    text = end + 1;
  }
}

static void
walk_nodes (Walk *walk, const GPtrArray *nodes)
{
  for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
    const PnNode *node = nodes->pdata[i];

    switch (node->kind) {
    case PN_NODE_TEXT: break;
    case PN_NODE_VALUE:
    case PN_NODE_RAW:
      if (node->path != NULL)
        look_up (walk, node->path);
      break;
    case PN_NODE_SECTION:
    case PN_NODE_INVERTED: walk_section (walk, node); break;
    case PN_NODE_PARTIAL:
      if (node->is_dynamic)
        look_up (walk, node->path);
      break;
    case PN_NODE_PARENT:
    case PN_NODE_BLOCK: walk_nodes (walk, node->children); break;
    case PN_NODE_TRANSLATE: walk_message (walk, node); break;
    }
  }
}

GPtrArray *
pn_template_unknown_names (const char *name, const char *text, json_t *sample, GError **error)
{
  g_autoptr (PnTemplate) template = pn_template_parse (name, text, error);
  Walk walk = { .contexts = { sample }, .n_contexts = 1 };

  if (template == NULL)
    return NULL;
  walk.found = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_unknown_name_free);
  walk_nodes (&walk, template->nodes);
  return walk.found;
}
