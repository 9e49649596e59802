#include "kb/vote.h"

#include "ticketing/core/blob.h"

static const char add_sql[] =
    "INSERT INTO kb_vote (article_id, day, visitor, is_helpful, word, voted_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE is_helpful = VALUES (is_helpful),"
    " word = IF(VALUES (word) = '', word, VALUES (word)), voted_at = VALUES (voted_at)";

static const char count_sql[] = "SELECT COUNT(*), COALESCE(SUM(is_helpful), 0)"
                                " FROM kb_vote"
                                " WHERE article_id = ?";

static const char words_sql[] = "SELECT is_helpful, word, voted_at"
                                " FROM kb_vote"
                                " WHERE article_id = ? AND word <> ''"
                                " ORDER BY voted_at DESC"
                                " LIMIT ?";

void
pn_vote_free (PnVote *vote)
{
  if (vote == NULL)
    return;
  g_free (vote->word);
  g_free (vote);
}

static gboolean
add_vote (PnDb *db, gpointer data, GError **error)
{
  const PnVoteOrder *order = data;
  PnTime now = pn_clock_now ();
  gint64 day = now / PN_DAY;
  g_autofree char *visitor = pn_hex (order->visitor, PN_VOTE_VISITOR_BYTES);
  g_autofree char *key = g_strdup_printf ("vote:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%s",
                                          order->article_id, day, visitor);
  const PnFeedback feedback = {
    .kind = order->is_helpful ? PN_FEEDBACK_HELPFUL : PN_FEEDBACK_UNHELPFUL,
    .article_id = order->article_id,
    .question = (char *) order->question,
  };

  return pn_db_exec (db, add_sql,
                     PN_ARGS (pn_int (order->article_id), pn_int (day),
                              pn_bytes (order->visitor, PN_VOTE_VISITOR_BYTES),
                              pn_int (order->is_helpful), pn_text (order->word), pn_int (now)),
                     NULL, error)
         && pn_feedback_add (db, &feedback, key, error);
}

gboolean
pn_vote_add (PnDb *db, const PnVoteOrder *order, GError **error)
{
  return pn_db_run (db, add_vote, (gpointer) order, error);
}

gboolean
pn_vote_count (PnDb *db, gint64 article_id, gint64 *yes, gint64 *no, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, count_sql, PN_ARGS (pn_int (article_id)), error);

  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  *yes = pn_rows_int (rows, 1);
  *no = pn_rows_int (rows, 0) - *yes;
  return TRUE;
}

GPtrArray *
pn_vote_list_words (PnDb *db, gint64 article_id, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, words_sql, PN_ARGS (pn_int (article_id), pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_vote_free);
  while (pn_rows_next (rows)) {
    PnVote *vote = g_new0 (PnVote, 1);

    vote->is_helpful = pn_rows_int (rows, 0) != 0;
    vote->word = g_strdup (pn_rows_text (rows, 1));
    vote->voted_at = pn_rows_int (rows, 2);
    g_ptr_array_add (list, vote);
  }
  return list;
}
