#include "kb/import.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "kb/article_json.h"
#include "kb/export.h"
#include "kb/front_matter.h"
#include "kb/image.h"
#include "ticketing/core/error.h"

#define FILE_MAX_BYTES G_GINT64_CONSTANT (1073741824)
#define DEPTH_MAX 16
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* editors on Windows begin a file with it */

/* What is being read: ids may occur once. */
typedef struct {
  GPtrArray *articles;
  GHashTable *ids; /* char * (borrowed) -> char *, where it stood */
} Batch;

typedef struct {
  GPtrArray *articles;
  PnImportCounts counts;
} Store;

static void
batch_start (Batch *batch)
{
  batch->articles = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_free);
  batch->ids = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

/* Takes @article, which stood at @place. Takes both. */
static gboolean
batch_take (Batch *batch, PnArticle *article, char *place, GError **error)
{
  const char *before = g_hash_table_lookup (batch->ids, article->external_id);

  g_ptr_array_add (batch->articles, article);
  if (before != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: the id \"%s\" stands at %s already", place,
                  article->external_id, before);
    g_free (place);
    return FALSE;
  }
  g_hash_table_insert (batch->ids, article->external_id, place);
  if (batch->articles->len > PN_IMPORT_ARTICLES_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: more than %d articles", place,
                  PN_IMPORT_ARTICLES_MAX);
    return FALSE;
  }
  return TRUE;
}

static GPtrArray *
batch_end (Batch *batch, gboolean is_good)
{
  g_hash_table_unref (batch->ids);
  if (is_good)
    return batch->articles;
  g_ptr_array_unref (batch->articles);
  return NULL;
}

/* The reader knows one line, and its words tell of a file and of its own options. */
static void
set_json_error (const json_error_t *where, guint number, GError **error)
{
  const char *what = where->text;

  switch (json_error_code (where)) {
  case json_error_premature_end_of_input:
    what = "the JSON is not complete; each article stands on one line";
    break;
  case json_error_end_of_input_expected: what = "something follows the JSON object"; break;
  case json_error_null_character:
  case json_error_null_byte_in_key: what = "a NUL character (\\u0000) is in it"; break;
  case json_error_invalid_utf8: what = "the text is not UTF-8"; break;
  default: break; /* the library's list, and it grows */
  }
  pn_error_set (error, PN_ERROR_INVALID, "line %u: %s", number, what);
}

static gboolean
read_json_line (Batch *batch, const char *line, gsize length, guint number, GError **error)
{
  json_error_t where;
  json_t *document = json_loadb (line, length, JSON_REJECT_DUPLICATES, &where);
  PnArticle *article;

  if (document == NULL) {
    set_json_error (&where, number, error);
    return FALSE;
  }
  article = pn_article_read_json (document, error);
  json_decref (document);
  if (article == NULL) {
    g_prefix_error (error, "line %u: ", number);
    return FALSE;
  }
  return batch_take (batch, article, g_strdup_printf ("line %u", number), error);
}

static gboolean
is_blank (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isspace (text[i]))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
pn_import_read_lines (const char *text, gsize size_bytes, GError **error)
{
  const char *end = text + size_bytes;
  gboolean is_good = TRUE;
  guint number = 0;
  Batch batch;

  batch_start (&batch);
  if (size_bytes >= strlen (BYTE_ORDER_MARK)
      && memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    text += strlen (BYTE_ORDER_MARK);
  while (is_good && text < end) {
    const char *stop = memchr (text, '\n', (gsize) (end - text));
    gsize length = (gsize) ((stop != NULL ? stop : end) - text);

    number++;
    if (!is_blank (text, length))
      is_good = read_json_line (&batch, text, length, number, error);
    text = stop != NULL ? stop + 1 : end;
  }
  return batch_end (&batch, is_good);
}

static gboolean
load_file (const char *path, gint64 max_bytes, char **text, gsize *size_bytes, GError **error)
{
  g_autoptr (GError) why = NULL;
  struct stat status;

  if (stat (path, &status) == 0 && status.st_size > max_bytes) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: more than %" G_GINT64_FORMAT " bytes", path,
                  max_bytes);
    return FALSE;
  }
  if (!g_file_get_contents (path, text, size_bytes, &why)) {
    pn_error_set (error,
                  g_error_matches (why, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? PN_ERROR_NOT_FOUND
                                                                          : PN_ERROR_DENIED,
                  "%s", why->message);
    return FALSE;
  }
  return TRUE;
}

/* Returns: (owned) an id made of the path below the folder: "billing/refunds.md" is "billing/refunds". */
static char *
id_of_path (const char *path)
{
  char *id = g_strndup (path, strlen (path) - strlen (".md"));

  for (char *c = id; *c != '\0'; c++) {
    if (g_ascii_isspace (*c))
      *c = '-';
  }
  return id;
}

static gboolean
read_markdown (Batch *batch, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autofree char *id = id_of_path (name);
  PnArticle *article;
  gsize size_bytes;

  if (!load_file (path, 8 * PN_ARTICLE_BODY_MAX_BYTES, &text, &size_bytes, error))
    return FALSE;
  if (memchr (text, '\0', size_bytes) != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: a NUL byte is in it", name);
    return FALSE;
  }
  article = pn_front_matter_read (text, id, error);
  if (article == NULL) {
    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  return batch_take (batch, article, g_strdup (name), error);
}

static int
by_name (gconstpointer left, gconstpointer right)
{
  return strcmp (*(const char *const *) left, *(const char *const *) right);
}

/* Adds the paths of Markdown files in @below, which lies in @folder, to @names. */
static gboolean
list_folder (const char *folder, const char *below, guint depth, GPtrArray *names, GError **error)
{
  g_autofree char *here = g_build_filename (folder, below, NULL);
  g_autoptr (GDir) dir = g_dir_open (here, 0, NULL);
  const char *name;

  if (dir == NULL || depth > DEPTH_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "the folder %s %s", here,
                  dir == NULL ? "can't be read" : "lies too deep");
    return FALSE;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = *below == '\0' ? g_strdup (name) : g_build_filename (below, name, NULL);
    g_autofree char *whole = g_build_filename (folder, path, NULL);

    if (name[0] == '.' || g_file_test (whole, G_FILE_TEST_IS_SYMLINK))
      continue;
    if (g_file_test (whole, G_FILE_TEST_IS_DIR)) {
      if (!list_folder (folder, path, depth + 1, names, error))
        return FALSE;
    } else if (g_str_has_suffix (name, ".md")) {
      g_ptr_array_add (names, g_steal_pointer (&path));
    }
  }
  return TRUE;
}

static GPtrArray *
read_folder (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gboolean is_good = TRUE;
  Batch batch;

  if (!list_folder (folder, "", 0, names, error))
    return NULL;
  g_ptr_array_sort (names, by_name);
  batch_start (&batch);
  for (guint i = 0; i < names->len && is_good; i++)
    is_good = read_markdown (&batch, folder, names->pdata[i], error);
  return batch_end (&batch, is_good);
}

GPtrArray *
pn_import_read (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize size_bytes;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return read_folder (path, error);
  if (!load_file (path, FILE_MAX_BYTES, &text, &size_bytes, error))
    return NULL;
  return pn_import_read_lines (text, size_bytes, error);
}

static gboolean
import_image (PnDb *db, const char *folder, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size_bytes;

  if (!load_file (path, PN_IMAGE_MAX_BYTES, &text, &size_bytes, error))
    return FALSE;
  bytes = g_bytes_new_take (g_steal_pointer (&text), size_bytes);
  if (!pn_image_store (db, bytes, file, &name, error))
    return FALSE;
  if (pn_image_is_name (file) && strcmp (file, name) != 0) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: its bytes are those of %s", path, name);
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_import_images (PnDb *db, const char *path, guint *count, GError **error)
{
  g_autofree char *folder = g_build_filename (path, PN_EXPORT_IMAGES, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;
  guint stored = 0;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL) {
    if (!pn_image_is_name (file))
      continue;
    if (!import_image (db, folder, file, error))
      return FALSE;
    stored++;
  }
  if (count != NULL)
    *count = stored;
  return TRUE;
}

static gboolean
store (PnDb *db, gpointer data, GError **error)
{
  Store *job = data;
  gint64 change_no;

  job->counts = (PnImportCounts){ 0 };
  if (!pn_article_begin_change (db, &change_no, error))
    return FALSE;
  for (guint i = 0; i < job->articles->len; i++) {
    PnArticle *article = job->articles->pdata[i];
    PnArticleOutcome outcome;

    if (!pn_article_save (db, article, change_no, 0, &outcome, error)) {
      g_prefix_error (error, "\"%s\": ", article->external_id);
      return FALSE;
    }
    switch (outcome) {
    case PN_ARTICLE_CREATED: job->counts.created++; break;
    case PN_ARTICLE_UPDATED: job->counts.updated++; break;
    case PN_ARTICLE_UNCHANGED: job->counts.unchanged++; break;
    }
  }
  return TRUE;
}

gboolean
pn_import_store (PnDb *db, GPtrArray *articles, PnImportCounts *counts, GError **error)
{
  Store job = { .articles = articles };

  if (!pn_db_run (db, store, &job, error))
    return FALSE;
  if (counts != NULL)
    *counts = job.counts;
  return TRUE;
}
