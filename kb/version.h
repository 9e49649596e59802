/* Versions: what an article was before each of its changes. Owns the table kb_version.
 *
 * A save keeps the content that it replaces, under the number that this had, as one JSON document
 * (kb/article_json); the newest version is the article itself. Restoring one is a save of its content, so nothing is
 * ever lost but by removing the article.
 */
#pragma once

#include "kb/article.h"

#define PN_VERSIONS_SHOWN 200

typedef struct {
  gint64 version;
  char *author; /* log-in; "" for an import */
  char *note;
  PnTime replaced_at; /* when the next one came */
} PnVersion;

void pn_version_free (PnVersion *version);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnVersion, pn_version_free)

/* Keeps @article as it is, in the caller's transaction: pn_article_save () calls it with what it replaces. */
gboolean pn_version_keep (PnDb *db, const PnArticle *article, GError **error);
gboolean pn_version_forget (PnDb *db, gint64 article_id, GError **error);

/* Returns: (owned) at most PN_VERSIONS_SHOWN kept ones of PnVersion, newest first. @before: only older ones; 0: all. */
GPtrArray *pn_version_list (PnDb *db, gint64 article_id, gint64 before, GError **error);

/* Returns: (owned) the content of a kept version, with its id, version, author and note; NULL with NOT_FOUND. */
PnArticle *pn_version_load (PnDb *db, gint64 article_id, gint64 version, GError **error);
