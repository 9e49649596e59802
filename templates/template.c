#include "templates/template.h"

#include <string.h>

#include <gio/gio.h>

#include "templates/said.h"
#include "templates/template_node.h"

#define PREFIX "/postern/templates/"
#define MAX_FOLDER_DEPTH 4

/* In the file that glib-compile-resources writes. */
GResource *pn_templates_resource_get_resource (void);

/* clang-format off */
G_DEFINE_QUARK (pn-template-error, pn_template_error)
/* clang-format on */

typedef struct {
  GBytes *bytes;
  const char *type;
  char hash[17];
} Static;

static const struct {
  const char *ending;
  const char *type;
} types[] = {
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".json", "application/json" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".ico", "image/x-icon" },
  { ".woff2", "font/woff2" },
  { ".txt", "text/plain; charset=utf-8" },
  { ".webmanifest", "application/manifest+json" },
};

static void
static_free (Static *file)
{
  g_bytes_unref (file->bytes);
  g_free (file);
}

void
pn_templates_free (PnTemplates *templates)
{
  if (templates == NULL)
    return;
  g_hash_table_unref (templates->templates);
  g_hash_table_unref (templates->statics);
  g_hash_table_unref (templates->catalogues);
  g_hash_table_unref (templates->said);
  g_hash_table_unref (templates->letters);
  g_free (templates);
}

static PnTemplates *
set_new (void)
{
  PnTemplates *set = g_new0 (PnTemplates, 1);

  set->templates =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) pn_template_free);
  set->statics =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) static_free);
  set->catalogues =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pn_catalogue_free);
  set->said =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pn_said_free);
  set->letters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return set;
}

static gboolean
refuse (GError **error, const char *name, const char *what)
{
  g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX, "%s: %s", name, what);
  return FALSE;
}

static gboolean
add_static (PnTemplates *set, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  Static *file;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (!g_str_has_suffix (name, types[i].ending))
      continue;
    file = g_new0 (Static, 1);
    file->bytes = g_bytes_ref (bytes);
    file->type = types[i].type;
    g_strlcpy (file->hash, digest, sizeof file->hash);
    g_hash_table_insert (set->statics, g_strdup (name), file);
    return TRUE;
  }
  return refuse (error, name, "a static file of this kind is not served");
}

static gboolean
add_template (PnTemplates *set, const char *name, const char *text, GError **error)
{
  PnTemplate *template = pn_template_parse (name, text, error);

  if (template == NULL)
    return FALSE;
  g_hash_table_replace (set->templates, template->name, template);
  if (g_str_has_prefix (name, "mail/"))
    g_hash_table_replace (set->letters, g_strdup (name), g_strdup (text));
  return TRUE;
}

static gboolean
add_catalogue (PnTemplates *set, const char *name, const char *text, gsize size, GError **error)
{
  PnCatalogue *catalogue = pn_catalogue_read (text, size, error);

  if (catalogue == NULL) {
    g_prefix_error (error, "lang/%s: ", name);
    return FALSE;
  }
  g_hash_table_insert (set->catalogues, g_strndup (name, strlen (name) - strlen (".po")),
                       catalogue);
  return TRUE;
}

static gboolean
add_said (PnTemplates *set, const char *name, const char *text, gsize size, GError **error)
{
  PnCatalogue *catalogue = pn_catalogue_read (text, size, error);

  if (catalogue == NULL) {
    g_prefix_error (error, "said/%s: ", name);
    return FALSE;
  }
  g_hash_table_insert (set->said, g_strndup (name, strlen (name) - strlen (".po")),
                       pn_said_new (catalogue));
  return TRUE;
}

static gboolean
add_file (PnTemplates *set, const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *text = NULL;
  gsize size;
  const char *data;

  if (g_str_has_prefix (path, "static/"))
    return add_static (set, path + strlen ("static/"), bytes, error);
  data = g_bytes_get_data (bytes, &size);
  if (size > 0 && !g_utf8_validate_len (data, size, NULL))
    return refuse (error, path, "is not UTF-8");
  text = g_strndup (size > 0 ? data : "", size);
  if (g_str_has_prefix (path, "lang/") && g_str_has_suffix (path, ".po"))
    return add_catalogue (set, path + strlen ("lang/"), text, size, error);
  if (g_str_has_prefix (path, "said/") && g_str_has_suffix (path, ".po"))
    return add_said (set, path + strlen ("said/"), text, size, error);
  if (pn_template_mode (path) == PN_RENDER_PLAIN && !g_str_has_suffix (path, ".xml"))
    return TRUE;
  return add_template (set, path, text, error);
}

static gboolean
add_built_in (PnTemplates *set, GResource *resource, const char *folder, GError **error)
{
  g_autofree char *path = g_strconcat (PREFIX, folder, NULL);
  g_auto (GStrv) children =
      g_resource_enumerate_children (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (children == NULL)
    return FALSE;
  for (char **child = children; *child != NULL; child++) {
    g_autofree char *name = g_strconcat (folder, *child, NULL);
    g_autofree char *full = g_strconcat (PREFIX, name, NULL);
    g_autoptr (GBytes) bytes = NULL;

    if (g_str_has_suffix (name, "/")) {
      if (!add_built_in (set, resource, name, error))
        return FALSE;
      continue;
    }
    bytes = g_resource_lookup_data (resource, full, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (bytes == NULL || !add_file (set, name, bytes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean add_folder (PnTemplates *set, const char *root, const char *folder, int depth,
                            GError **error);

static gboolean
add_override (PnTemplates *set, const char *root, const char *name, int depth, GError **error)
{
  g_autofree char *full = g_build_filename (root, name, NULL);
  g_autofree char *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;

  if (g_file_test (full, G_FILE_TEST_IS_DIR)) {
    g_autofree char *folder = g_strconcat (name, "/", NULL);

    return add_folder (set, root, folder, depth + 1, error);
  }
  if (!g_file_get_contents (full, &data, &size, error))
    return FALSE;
  bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  return add_file (set, name, bytes, error);
}

static gboolean
add_folder (PnTemplates *set, const char *root, const char *folder, int depth, GError **error)
{
  g_autofree char *full = g_build_filename (root, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (full, 0, error);
  const char *child;

  if (dir == NULL)
    return FALSE;
  if (depth > MAX_FOLDER_DEPTH)
    return refuse (error, full, "folders are nested too deep");
  while ((child = g_dir_read_name (dir)) != NULL) {
    g_autofree char *name = g_strconcat (folder, child, NULL);

    if (*child != '.' && !add_override (set, root, name, depth, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_all (PnTemplates *set, GError **error)
{
  GHashTableIter iter;
  gpointer template;

  g_hash_table_iter_init (&iter, set->templates);
  while (g_hash_table_iter_next (&iter, NULL, &template))
    if (!pn_template_check_html (set, template, error))
      return FALSE;
  return TRUE;
}

PnTemplates *
pn_templates_open (const char *override_folder, GError **error)
{
  g_autoptr (PnTemplates) set = set_new ();

  if (!add_built_in (set, pn_templates_resource_get_resource (), "", error))
    return NULL;
  if (override_folder != NULL && *override_folder != '\0'
      && !add_folder (set, override_folder, "", 0, error))
    return NULL;
  if (!check_all (set, error))
    return NULL;
  return g_steal_pointer (&set);
}

PnTemplates *
pn_templates_new (const PnTemplateSource *sources, gsize n_sources, GError **error)
{
  g_autoptr (PnTemplates) set = set_new ();

  for (gsize i = 0; i < n_sources; i++)
    if (!add_template (set, sources[i].name, sources[i].text, error))
      return NULL;
  if (!check_all (set, error))
    return NULL;
  return g_steal_pointer (&set);
}

PnTemplate *
pn_templates_find (const PnTemplates *templates, const char *name)
{
  return g_hash_table_lookup (templates->templates, name);
}

gboolean
pn_templates_has (const PnTemplates *templates, const char *name)
{
  return pn_templates_find (templates, name) != NULL;
}

char *
pn_templates_render (PnTemplates *templates, const char *name, json_t *document,
                     const PnRenderOptions *options, GError **error)
{
  const PnTemplate *template = pn_templates_find (templates, name);

  g_return_val_if_fail (document != NULL, NULL);
  if (template == NULL) {
    g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_NOT_FOUND, "there is no template %s",
                 name);
    return NULL;
  }
  return pn_template_render (templates, template, document, options, error);
}

const char *
pn_templates_letter_source (const PnTemplates *templates, const char *name)
{
  return g_hash_table_lookup (templates->letters, name);
}

char *
pn_templates_render_as (PnTemplates *templates, const char *name, const char *text,
                        json_t *document, const PnRenderOptions *options, GError **error)
{
  g_autoptr (PnTemplate) template = pn_template_parse (name, text, error);

  g_return_val_if_fail (document != NULL, NULL);
  if (template == NULL || !pn_template_check_html (templates, template, error))
    return NULL;
  return pn_template_render (templates, template, document, options, error);
}

GBytes *
pn_templates_static (PnTemplates *templates, const char *name, const char **type)
{
  const Static *file = g_hash_table_lookup (templates->statics, name);

  if (file == NULL)
    return NULL;
  if (type != NULL)
    *type = file->type;
  return g_bytes_ref (file->bytes);
}

const char *
pn_templates_static_hash (PnTemplates *templates, const char *name)
{
  const Static *file = g_hash_table_lookup (templates->statics, name);

  return file == NULL ? NULL : file->hash;
}

const char *
pn_templates_negotiate (const PnTemplates *templates, const char *accept_language)
{
  guint n;
  g_autofree gpointer *known = g_hash_table_get_keys_as_array (templates->catalogues, &n);
  g_autofree const char **languages = g_new0 (const char *, n + 2);

  languages[0] = "en";
  for (guint i = 0; i < n; i++)
    languages[i + 1] = known[i];
  return pn_language_negotiate (accept_language, languages);
}
