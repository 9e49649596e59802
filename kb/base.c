#include "kb/base.h"

#include <string.h>

#include "kb/markdown.h"

#define PAGE 500
#define RETRAIN_SHARE 0.02 /* of the articles, changed since the model was made */

static struct {
  GRWLock lock;
  PnKbBase base;
  char *name;      /* which database */
  gint64 seen;     /* the last change that is in */
  guint n_changed; /* articles put or removed since the model was made */
} kept;

static void
forget (void)
{
  g_clear_pointer (&kept.base.index, pn_kb_index_free);
  g_clear_pointer (&kept.base.model, pn_kb_model_free);
  g_clear_pointer (&kept.name, g_free);
  kept.seen = 0;
  kept.n_changed = 0;
}

static void
put (PnArticle *article)
{
  char *text = pn_markdown_to_text (article->body);

  g_free (article->body);
  article->body = text;
  pn_kb_index_put (kept.base.index, article);
}

/* Reads the articles above the change that was seen last. */
static gboolean
read_changes (PnDb *db, GError **error)
{
  gint64 change = kept.seen;
  gint64 id = G_MAXINT64;
  guint got;

  do {
    g_autoptr (GPtrArray) page = pn_article_list_changed (db, change, id, PAGE, error);

    if (page == NULL)
      return FALSE;
    got = page->len;
    for (guint i = 0; i < got; i++) {
      PnArticle *article = page->pdata[i];

      change = article->change_no;
      id = article->id;
      put (article);
      kept.n_changed++;
    }
  } while (got == PAGE);
  return TRUE;
}

/* An index of which more is gone than there is: made anew, for its gone units take room and time. */
static gboolean
is_worn (const PnKbIndex *index)
{
  return index->articles->len > 1000 && index->n_living * 2 < index->articles->len;
}

/* With the writer's lock. */
static gboolean
follow (PnDb *db, const char *name, gint64 last, GError **error)
{
  if (g_strcmp0 (kept.name, name) != 0 || (kept.base.index != NULL && is_worn (kept.base.index)))
    forget ();
  if (kept.base.index == NULL) {
    kept.base.index = pn_kb_index_new ();
    kept.name = g_strdup (name);
  }
  if (!read_changes (db, error)) {
    forget ();
    return FALSE;
  }
  pn_kb_index_seal (kept.base.index);
  kept.seen = last;
  if (kept.base.model == NULL || kept.n_changed > RETRAIN_SHARE * kept.base.index->n_living) {
    g_clear_pointer (&kept.base.model, pn_kb_model_free);
    kept.base.model = pn_kb_model_new (kept.base.index);
    kept.n_changed = 0;
  }
  return TRUE;
}

/* One that is ahead of this connection's view will do. */
static gboolean
is_current (const char *name, gint64 last)
{
  return kept.base.index != NULL && kept.seen >= last && g_strcmp0 (kept.name, name) == 0;
}

const PnKbBase *
pn_kb_base_lock (PnDb *db, GError **error)
{
  g_autofree char *name = NULL;
  gboolean is_good = TRUE;
  gint64 last;

  if (!pn_article_last_change (db, &last, &name, error))
    return NULL;
  g_rw_lock_reader_lock (&kept.lock);
  if (is_current (name, last))
    return &kept.base;
  g_rw_lock_reader_unlock (&kept.lock);
  g_rw_lock_writer_lock (&kept.lock);
  if (!is_current (name, last))
    is_good = follow (db, name, last, error);
  g_rw_lock_writer_unlock (&kept.lock);
  if (!is_good)
    return NULL;
  g_rw_lock_reader_lock (&kept.lock);
  return &kept.base;
}

void
pn_kb_base_unlock (void)
{
  g_rw_lock_reader_unlock (&kept.lock);
}

void
pn_kb_base_forget (void)
{
  g_rw_lock_writer_lock (&kept.lock);
  forget ();
  g_rw_lock_writer_unlock (&kept.lock);
}
