#include "kb/publish.h"

#include "kb/article_list.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

typedef struct {
  gint64 id;
  PnTime now;
  gboolean is_done;
  PnKbRemindFunc remind;
  gpointer data;
} Job;

static gboolean
is_due (const PnArticle *article, PnTime now)
{
  return article != NULL && article->publish_at != 0 && article->publish_at <= now
         && (article->state == PN_ARTICLE_DRAFT || article->state == PN_ARTICLE_REVIEW);
}

/* What another clerk or a writer has done meanwhile is seen here, or ends in a conflict. */
static gboolean
publish_one (PnDb *db, gpointer data, GError **error)
{
  Job *job = data;
  g_autoptr (PnArticle) article = NULL;
  PnArticleOutcome outcome;
  gint64 change_no;

  job->is_done = FALSE;
  if (!pn_article_begin_change (db, &change_no, error)
      || !pn_article_find (db, job->id, &article, error))
    return FALSE;
  if (!is_due (article, job->now))
    return TRUE;
  article->state = PN_ARTICLE_PUBLISHED;
  if (!pn_article_save (db, article, change_no, article->version, &outcome, error))
    return FALSE;
  job->is_done = TRUE;
  return TRUE;
}

gboolean
pn_kb_publish_round (PnDb *db, guint limit, guint *done, GError **error)
{
  PnTime now = pn_clock_now ();
  g_autoptr (GPtrArray) due = pn_article_list_to_publish (db, now, limit, error);

  *done = 0;
  for (guint i = 0; due != NULL && i < due->len; i++) {
    Job job = { .id = ((PnArticle *) due->pdata[i])->id, .now = now };
    g_autoptr (GError) problem = NULL;

    if (!pn_db_run (db, publish_one, &job, &problem)) {
      if (!pn_error_is (problem, PN_ERROR_CONFLICT)) {
        g_propagate_error (error, g_steal_pointer (&problem));
        return FALSE;
      }
    } else if (job.is_done) {
      pn_log (PN_LOG_INFO, "article-published", "article=%" G_GINT64_FORMAT, job.id);
      *done += 1;
    }
  }
  return due != NULL;
}

static gboolean
remind_one (PnDb *db, gpointer data, GError **error)
{
  Job *job = data;
  g_autoptr (PnArticle) article = NULL;

  if (!pn_article_set_reminded (db, job->id, job->now, &job->is_done, error))
    return FALSE;
  if (!job->is_done)
    return TRUE;
  if (!pn_article_find (db, job->id, &article, error))
    return FALSE;
  return article == NULL || job->remind (db, article, job->data, error);
}

gboolean
pn_kb_remind_round (PnDb *db, guint limit, PnKbRemindFunc remind, gpointer data, guint *done,
                    GError **error)
{
  PnTime now = pn_clock_now ();
  g_autoptr (GArray) ids = pn_article_list_to_remind (db, now, limit, error);

  *done = 0;
  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    Job job = { g_array_index (ids, gint64, i), now, FALSE, remind, data };

    if (!pn_db_run (db, remind_one, &job, error))
      return FALSE;
    *done += job.is_done ? 1 : 0;
  }
  return ids != NULL;
}
