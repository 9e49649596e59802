#include "kb/proposal.h"

#include "kb/article_json.h"
#include "ticketing/core/json.h"

static const char put_sql[] =
    "INSERT INTO kb_proposal (article_id, base_version, content, author, note, made_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE base_version = VALUES (base_version), content = VALUES (content),"
    " author = VALUES (author), note = VALUES (note), made_at = VALUES (made_at)";

static const char forget_sql[] = "DELETE FROM kb_proposal WHERE article_id = ?";

static const char find_sql[] = "SELECT base_version, content, author, note, made_at"
                               " FROM kb_proposal"
                               " WHERE article_id = ?";

static const char count_sql[] = "SELECT COUNT(*) FROM kb_proposal";

void
pn_proposal_free (PnProposal *proposal)
{
  if (proposal == NULL)
    return;
  pn_article_free (proposal->content);
  g_free (proposal);
}

gboolean
pn_proposal_put (PnDb *db, const PnArticle *content, gint64 base_version, GError **error)
{
  g_autoptr (json_t) document = pn_article_write_json (content);
  g_autofree char *text = pn_json_write (document);

  return pn_db_exec (db, put_sql,
                     PN_ARGS (pn_int (content->id), pn_int (base_version), pn_text (text),
                              pn_text (content->author), pn_text (content->note),
                              pn_int (pn_clock_now ())),
                     NULL, error);
}

gboolean
pn_proposal_forget (PnDb *db, gint64 article_id, GError **error)
{
  return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (article_id)), NULL, error);
}

gboolean
pn_proposal_find (PnDb *db, gint64 article_id, PnProposal **proposal, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_int (article_id)), error);
  g_autoptr (PnProposal) found = NULL;
  g_autoptr (json_t) document = NULL;

  if (rows == NULL)
    return FALSE;
  *proposal = NULL;
  if (!pn_rows_next (rows))
    return TRUE;
  found = g_new0 (PnProposal, 1);
  document = json_loads (pn_rows_text (rows, 1), 0, NULL);
  found->content = pn_article_read_json (document, error);
  if (found->content == NULL)
    return FALSE;
  found->base_version = pn_rows_int (rows, 0);
  found->made_at = pn_rows_int (rows, 4);
  found->content->id = article_id;
  g_free (found->content->author);
  found->content->author = g_strdup (pn_rows_text (rows, 2));
  g_free (found->content->note);
  found->content->note = g_strdup (pn_rows_text (rows, 3));
  *proposal = g_steal_pointer (&found);
  return TRUE;
}

gboolean
pn_proposal_count (PnDb *db, gint64 *count, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, count_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *count = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}
