/* Import: articles from outside, a folder of Markdown files with front matter or a file of JSON lines.
 *
 *   folder   every *.md below it, links and hidden names left out; a file without an id is named by its path
 *   file     a JSON object a line (kb/article_json.h); blank lines are passed over
 *
 * Everything is read and checked before anything is stored, and it is stored in one transaction: all or nothing. An
 * article that is there already under its id is replaced, one that is the same stays untouched, so an import may be
 * repeated. Articles that the import does not name stay.
 */
#pragma once

#include "kb/article.h"

#define PN_IMPORT_ARTICLES_MAX 200000

typedef struct {
  guint created;
  guint updated;
  guint unchanged;
} PnImportCounts;

/* Reads what is at @path. Returns: (owned) the articles, PnArticle, in the order of lines or names; NULL with INVALID,
 * which names the line or file, or NOT_FOUND. */
GPtrArray *pn_import_read (const char *path, GError **error);

/* As pn_import_read () for JSON lines in @text (@size_bytes long). */
GPtrArray *pn_import_read_lines (const char *text, gsize size_bytes, GError **error);

/* Stores the pictures that lie beside the articles in the folder @path (PN_EXPORT_IMAGES; none, and a file, are no
 * error), each once; files of other names are passed over. INVALID where the bytes are not what the name says. @count may be NULL. */
gboolean pn_import_images (PnDb *db, const char *path, guint *count, GError **error);

/* Stores @articles in one transaction of its own. @counts may be NULL. */
gboolean pn_import_store (PnDb *db, GPtrArray *articles, PnImportCounts *counts, GError **error);
