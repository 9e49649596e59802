#include "kb/export.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "kb/article_json.h"
#include "kb/front_matter.h"
#include "kb/image.h"
#include "ticketing/core/error.h"

#define PAGE 200
#define NAME_BYTES 120

typedef gboolean (*WriteFunc) (const PnArticle *article, gpointer data, GError **error);

typedef struct {
  const char *path;
  GHashTable *names; /* those taken */
} Folder;

static gboolean
write_state (PnDb *db, PnArticleState state, WriteFunc write, gpointer data, guint *count,
             GError **error)
{
  gint64 after = 0;
  guint got;

  do {
    g_autoptr (GPtrArray) page = pn_article_list (db, state, NULL, after, PAGE, error);

    if (page == NULL)
      return FALSE;
    got = page->len;
    for (guint i = 0; i < got; i++) {
      const PnArticle *article = page->pdata[i];

      if (!write (article, data, error))
        return FALSE;
      after = article->id;
      *count += 1;
    }
  } while (got == PAGE);
  return TRUE;
}

static gboolean
write_all (PnDb *db, WriteFunc write, gpointer data, guint *count, GError **error)
{
  static const PnArticleState states[] = { PN_ARTICLE_DRAFT, PN_ARTICLE_REVIEW,
                                           PN_ARTICLE_PUBLISHED, PN_ARTICLE_ARCHIVED };
  guint total = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++) {
    if (!write_state (db, states[i], write, data, &total, error))
      return FALSE;
  }
  if (count != NULL)
    *count = total;
  return TRUE;
}

static gboolean
write_line (const PnArticle *article, gpointer data, GError **error)
{
  json_t *document = pn_article_write_json (article);
  char *text = json_dumps (document, JSON_COMPACT);
  FILE *out = data;
  gboolean is_written = fprintf (out, "%s\n", text) > 0;

  free (text);
  json_decref (document);
  if (!is_written)
    pn_error_set (error, PN_ERROR_PERMANENT, "the export can't be written: %s", strerror (errno));
  return is_written;
}

gboolean
pn_export_lines (PnDb *db, FILE *out, guint *count, GError **error)
{
  if (!write_all (db, write_line, out, count, error))
    return FALSE;
  if (fflush (out) != 0) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the export can't be written: %s", strerror (errno));
    return FALSE;
  }
  return TRUE;
}

/* Returns: (owned) a name that is safe in any folder and not taken yet. */
static char *
file_name (const char *external_id, GHashTable *names)
{
  g_autofree char *base = g_strndup (external_id, NAME_BYTES);
  char *name;

  for (char *c = base; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
      *c = '-';
  }
  if (base[0] == '.')
    base[0] = '_';
  name = g_strconcat (base, ".md", NULL);
  for (guint n = 2; g_hash_table_contains (names, name); n++) {
    g_free (name);
    name = g_strdup_printf ("%s-%u.md", base, n);
  }
  g_hash_table_add (names, g_strdup (name));
  return name;
}

static gboolean
write_file (const PnArticle *article, gpointer data, GError **error)
{
  Folder *folder = data;
  g_autofree char *name = file_name (article->external_id, folder->names);
  g_autofree char *path = g_build_filename (folder->path, name, NULL);
  g_autofree char *text = pn_front_matter_write (article);
  g_autoptr (GError) why = NULL;

  if (!g_file_set_contents (path, text, -1, &why)) {
    pn_error_set (error, PN_ERROR_PERMANENT, "%s", why->message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0755) == 0)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "the folder %s can't be made: %s", path, strerror (errno));
  return FALSE;
}

static gboolean
write_image (PnDb *db, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (PnImage) image = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) why = NULL;

  if (!pn_image_find (db, name, &image, error))
    return FALSE;
  if (image == NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  bytes = pn_blob_load (db, image->sha, PN_IMAGE_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  if (!g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                            &why)) {
    pn_error_set (error, PN_ERROR_PERMANENT, "%s", why->message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_images (PnDb *db, const char *path, GError **error)
{
  g_autofree char *folder = g_build_filename (path, PN_EXPORT_IMAGES, NULL);
  g_autofree char *after = g_strdup ("");
  guint got;

  do {
    g_autoptr (GPtrArray) names = pn_image_list (db, after, PAGE, error);

    if (names == NULL || (names->len > 0 && !make_folder (folder, error)))
      return FALSE;
    got = names->len;
    for (guint i = 0; i < got; i++) {
      if (!write_image (db, folder, names->pdata[i], error))
        return FALSE;
      g_free (after);
      after = g_strdup (names->pdata[i]);
    }
  } while (got == PAGE);
  return TRUE;
}

gboolean
pn_export_folder (PnDb *db, const char *path, guint *count, GError **error)
{
  Folder folder = { .path = path };
  gboolean is_done;

  if (!make_folder (path, error))
    return FALSE;
  folder.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  is_done = write_all (db, write_file, &folder, count, error) && write_images (db, path, error);
  g_hash_table_unref (folder.names);
  return is_done;
}
