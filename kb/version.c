#include "kb/version.h"

#include "kb/article_json.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

static const char keep_sql[] =
    "INSERT INTO kb_version (article_id, version, content, author, note, replaced_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE version = version";

static const char forget_sql[] = "DELETE FROM kb_version WHERE article_id = ?";

static const char list_sql[] = "SELECT version, author, note, replaced_at"
                               " FROM kb_version"
                               " WHERE article_id = ? AND version < ?"
                               " ORDER BY version DESC"
                               " LIMIT ?";

static const char load_sql[] = "SELECT content, author, note"
                               " FROM kb_version"
                               " WHERE article_id = ? AND version = ?";

void
pn_version_free (PnVersion *version)
{
  if (version == NULL)
    return;
  g_free (version->author);
  g_free (version->note);
  g_free (version);
}

gboolean
pn_version_keep (PnDb *db, const PnArticle *article, GError **error)
{
  g_autoptr (json_t) document = pn_article_write_json (article);
  g_autofree char *content = pn_json_write (document);

  return pn_db_exec (db, keep_sql,
                     PN_ARGS (pn_int (article->id), pn_int (article->version), pn_text (content),
                              pn_text (article->author), pn_text (article->note),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

gboolean
pn_version_forget (PnDb *db, gint64 article_id, GError **error)
{
  return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (article_id)), NULL, error);
}

GPtrArray *
pn_version_list (PnDb *db, gint64 article_id, gint64 before, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_version_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, list_sql,
                   PN_ARGS (pn_int (article_id), pn_int (before != 0 ? before : G_MAXINT64),
                            pn_int (PN_VERSIONS_SHOWN)),
                   error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnVersion *version = g_new0 (PnVersion, 1);

    version->version = pn_rows_int (rows, 0);
    version->author = g_strdup (pn_rows_text (rows, 1));
    version->note = g_strdup (pn_rows_text (rows, 2));
    version->replaced_at = pn_rows_int (rows, 3);
    g_ptr_array_add (list, version);
  }
  return g_steal_pointer (&list);
}

PnArticle *
pn_version_load (PnDb *db, gint64 article_id, gint64 version, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, load_sql, PN_ARGS (pn_int (article_id), pn_int (version)), error);
  g_autoptr (json_t) document = NULL;
  PnArticle *article;

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND,
                  "the article %" G_GINT64_FORMAT " has no version %" G_GINT64_FORMAT, article_id,
                  version);
    return NULL;
  }
  document = json_loads (pn_rows_text (rows, 0), 0, NULL);
  article = pn_article_read_json (document, error);
  if (article == NULL)
    return NULL;
  article->id = article_id;
  article->version = version;
  g_free (article->author);
  article->author = g_strdup (pn_rows_text (rows, 1));
  g_free (article->note);
  article->note = g_strdup (pn_rows_text (rows, 2));
  return article;
}
