#include "kb/image.h"

#include <string.h>

#include "kb/article.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define BLOBS_READ 500 /* at a time */
#define MARK "image:"
#define HEX 32
#define LABEL_MAX_BYTES 200

static const char add_sql[] =
    "INSERT INTO kb_image (name, sha, type, size_bytes, label, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE name = name";

static const char find_sql[] =
    "SELECT i.name, i.sha, i.type, i.size_bytes, i.label,"
    " EXISTS(SELECT 1 FROM kb_image_use u JOIN kb_article a ON a.id = u.article_id"
    " WHERE u.name = i.name AND a.state = ? AND a.is_internal = 0)"
    " FROM kb_image i"
    " WHERE i.name = ?";

static const char forget_sql[] = "DELETE FROM kb_image_use WHERE article_id = ?";

static const char use_sql[] = "INSERT INTO kb_image_use (article_id, name) VALUES (?, ?)";

static const char list_sql[] = "SELECT name FROM kb_image WHERE name > ? ORDER BY name LIMIT ?";

static const char due_sql[] = "SELECT name FROM kb_image"
                              " WHERE checked_at < ? AND created_at < ?"
                              " ORDER BY checked_at, name"
                              " LIMIT 1";

/* Versions and changes hold their text as JSON, in which a name stands as it is. */
static const char used_sql[] = "SELECT EXISTS(SELECT 1 FROM kb_image_use WHERE name = ?)"
                               " OR EXISTS(SELECT 1 FROM kb_proposal WHERE LOCATE(?, content) > 0)"
                               " OR EXISTS(SELECT 1 FROM kb_version WHERE LOCATE(?, content) > 0)";

static const char checked_sql[] = "UPDATE kb_image SET checked_at = ? WHERE name = ?";
static const char remove_sql[] = "DELETE FROM kb_image WHERE name = ?";

static const char blobs_sql[] = "SELECT name, sha FROM kb_image"
                                " WHERE name > ?"
                                " ORDER BY name"
                                " LIMIT ?";

static const struct {
  const char *bytes;
  gsize size;
  gsize at;
  const char *type;
  const char *ending;
} kinds[] = {
  { "\x89PNG\r\n\x1a\n", 8, 0, "image/png", "png" },
  { "\xff\xd8\xff", 3, 0, "image/jpeg", "jpg" },
  { "GIF87a", 6, 0, "image/gif", "gif" },
  { "GIF89a", 6, 0, "image/gif", "gif" },
  { "WEBPVP8", 7, 8, "image/webp", "webp" },
};

void
pn_image_free (PnImage *image)
{
  if (image == NULL)
    return;
  g_free (image->name);
  g_free (image->type);
  g_free (image->label);
  g_free (image);
}

/* Returns: the row of kinds; G_N_ELEMENTS (kinds) for none. */
static gsize
kind_of (const void *bytes, gsize size_bytes)
{
  const char *start = bytes;
  gsize i = 0;

  while (i < G_N_ELEMENTS (kinds)
         && (size_bytes < kinds[i].at + kinds[i].size
             || memcmp (start + kinds[i].at, kinds[i].bytes, kinds[i].size) != 0))
    i++;
  return i;
}

gboolean
pn_image_store (PnDb *db, GBytes *bytes, const char *label, char **name, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  gsize kind = kind_of (data, size);
  g_autofree char *clean = pn_text_clean_line (label, LABEL_MAX_BYTES);
  g_autofree char *hex = NULL;
  g_autofree char *made = NULL;
  guint8 sha[PN_SHA256_BYTES];

  if (kind == G_N_ELEMENTS (kinds)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no picture (PNG, JPEG, GIF or WebP)", clean);
    return FALSE;
  }
  if (size > PN_IMAGE_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the picture \"%s\" has more than %d MiB", clean,
                  PN_IMAGE_MAX_BYTES / 1024 / 1024);
    return FALSE;
  }
  if (!pn_blob_store (db, bytes, sha, error))
    return FALSE;
  hex = pn_hex (sha, HEX / 2);
  made = g_strconcat (hex, ".", kinds[kind].ending, NULL);
  if (!pn_db_exec (db, add_sql,
                   PN_ARGS (pn_text (made), pn_bytes (sha, sizeof sha), pn_text (kinds[kind].type),
                            pn_int ((gint64) size), pn_text (clean), pn_int (pn_clock_now ())),
                   NULL, error))
    return FALSE;
  *name = g_steal_pointer (&made);
  return TRUE;
}

gboolean
pn_image_find (PnDb *db, const char *name, PnImage **image, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, find_sql, PN_ARGS (pn_int (PN_ARTICLE_PUBLISHED), pn_text (name)), error);
  const void *sha;
  gsize size;

  if (rows == NULL)
    return FALSE;
  *image = NULL;
  if (!pn_rows_next (rows))
    return TRUE;
  sha = pn_rows_bytes (rows, 1, &size);
  g_return_val_if_fail (size == PN_SHA256_BYTES, FALSE);
  *image = g_new0 (PnImage, 1);
  (*image)->name = g_strdup (pn_rows_text (rows, 0));
  memcpy ((*image)->sha, sha, PN_SHA256_BYTES);
  (*image)->type = g_strdup (pn_rows_text (rows, 2));
  (*image)->size_bytes = pn_rows_int (rows, 3);
  (*image)->label = g_strdup (pn_rows_text (rows, 4));
  (*image)->is_public = pn_rows_int (rows, 5) != 0;
  return TRUE;
}

/* Returns: how long the name at the start of @text is; 0: there is none. */
static gsize
name_size (const char *text)
{
  gsize hex = strspn (text, "0123456789abcdef");

  if (hex != HEX || text[hex] != '.')
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    gsize size = strlen (kinds[i].ending);

    if (strncmp (text + hex + 1, kinds[i].ending, size) == 0
        && !g_ascii_isalnum (text[hex + 1 + size]))
      return hex + 1 + size;
  }
  return 0;
}

gboolean
pn_image_is_name (const char *name)
{
  gsize size = name_size (name);

  return size > 0 && name[size] == '\0';
}

GPtrArray *
pn_image_names (const char *text)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (const char *c = strstr (text, MARK); c != NULL && names->len < PN_IMAGES_OF_ARTICLE;
       c = strstr (c, MARK)) {
    gsize size;
    g_autofree char *name = NULL;

    c += strlen (MARK);
    size = name_size (c);
    name = g_strndup (c, size);
    if (size > 0 && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
      g_ptr_array_add (names, g_steal_pointer (&name));
  }
  return names;
}

gboolean
pn_image_set_uses (PnDb *db, gint64 article_id, const char *text, GError **error)
{
  g_autoptr (GPtrArray) names = pn_image_names (text);

  if (!pn_db_exec (db, forget_sql, PN_ARGS (pn_int (article_id)), NULL, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    if (!pn_db_exec (db, use_sql, PN_ARGS (pn_int (article_id), pn_text (names->pdata[i])), NULL,
                     error))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
pn_image_list (PnDb *db, const char *after, guint limit, GError **error)
{
  return pn_db_query_texts (db, list_sql, PN_ARGS (pn_text (after), pn_int (limit)), error);
}

gboolean
pn_image_each_blob (PnDb *db, PnImageEach each, gpointer data, GError **error)
{
  g_autofree char *after = g_strdup ("");
  gsize found = BLOBS_READ;

  while (found == BLOBS_READ) {
    g_autoptr (PnRows) rows =
        pn_db_query (db, blobs_sql, PN_ARGS (pn_text (after), pn_int (BLOBS_READ)), error);
    gsize size;

    if (rows == NULL)
      return FALSE;
    found = pn_rows_count (rows);
    while (pn_rows_next (rows)) {
      if (!each (db, pn_rows_bytes (rows, 1, &size), data, error))
        return FALSE;
      g_free (after);
      after = g_strdup (pn_rows_text (rows, 0));
    }
  }
  return TRUE;
}

typedef struct {
  guint done;
  gboolean is_gone;
} Sweep;

/* In a transaction that may run again. */
static gboolean
sweep (PnDb *db, gpointer data, GError **error)
{
  Sweep *self = data;
  const PnTime now = pn_clock_now ();
  const PnValue before = pn_int (now - PN_IMAGE_GRACE);
  g_autoptr (PnRows) rows = pn_db_query (db, due_sql, PN_ARGS (before, before), error);
  g_autoptr (PnRows) used = NULL;
  PnValue name;

  *self = (Sweep){ 0 };
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  self->done = 1;
  name = pn_text (pn_rows_text (rows, 0));
  used = pn_db_query (db, used_sql, PN_ARGS (name, name, name), error);
  if (used == NULL)
    return FALSE;
  pn_rows_next (used);
  if (pn_rows_int (used, 0) != 0)
    return pn_db_exec (db, checked_sql, PN_ARGS (pn_int (now), name), NULL, error);
  self->is_gone = TRUE;
  return pn_db_exec (db, remove_sql, PN_ARGS (name), NULL, error);
}

gboolean
pn_image_sweep (PnDb *db, guint *done, gboolean *is_gone, GError **error)
{
  Sweep self = { 0 };

  if (!pn_db_run (db, sweep, &self, error))
    return FALSE;
  *done = self.done;
  *is_gone = self.is_gone;
  return TRUE;
}
