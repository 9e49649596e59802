#include "kb/base.h"

#include <string.h>

#include "kb/feedback.h"
#include "kb/markdown.h"
#include "kb/study.h"

#define PAGE 500
#define RETRAIN_SHARE 0.02 /* of the articles, changed since the model was made */

static struct {
  GRWLock lock;
  PnKbBase base;
  char *name;      /* which database */
  gint64 seen;     /* the last change that is in */
  guint n_changed; /* articles put or removed since the model was made */
  gboolean is_held;
  gboolean is_asked; /* while it is held */
} kept;

static void
forget (void)
{
  g_clear_pointer (&kept.base.index, pn_kb_index_free);
  g_clear_pointer (&kept.base.model, pn_kb_model_free);
  g_clear_pointer (&kept.base.weights, g_free);
  g_clear_pointer (&kept.base.synonyms, pn_synonyms_free);
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

static void
free_feedback (gpointer data)
{
  pn_feedback_free (data);
}

/* Returns: (owned) all that was learned: article -> GPtrArray of PnFeedback; read at once where all articles are. */
static GHashTable *
load_learned (PnDb *db, GError **error)
{
  g_autoptr (GHashTable) learned =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  gint64 after = 0;
  guint got;

  do {
    g_autoptr (GPtrArray) page = pn_feedback_list_learned (db, after, PAGE, error);

    if (page == NULL)
      return NULL;
    got = page->len;
    for (guint i = 0; i < got; i++) {
      PnFeedback *feedback = page->pdata[i];
      GPtrArray *list = g_hash_table_lookup (learned, &feedback->article_id);

      after = feedback->id;
      if (list == NULL) {
        list = g_ptr_array_new_with_free_func (free_feedback);
        g_hash_table_insert (learned, &feedback->article_id, list);
      }
      g_ptr_array_add (list, feedback);
    }
    g_ptr_array_set_free_func (page, NULL);
  } while (got == PAGE);
  return g_steal_pointer (&learned);
}

/* What customers called the article. @learned: of all; NULL: it is asked for. */
static gboolean
add_learned (PnDb *db, PnArticle *article, GHashTable *learned, GError **error)
{
  const GPtrArray *known = learned != NULL ? g_hash_table_lookup (learned, &article->id) : NULL;
  g_autoptr (GPtrArray) words = NULL;

  for (guint i = 0; known != NULL && i < known->len; i++)
    g_ptr_array_add (article->questions, g_strdup (((PnFeedback *) known->pdata[i])->question));
  if (learned != NULL || article->state == PN_ARTICLE_REMOVED)
    return TRUE;
  words = pn_feedback_learned (db, article->id, PN_STUDY_WORDS_OF_ARTICLE, error);
  if (words == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (article->questions, g_steal_pointer (&words));
  return TRUE;
}

/* The weights that the base has learned, if any. */
static gboolean
read_weights (PnDb *db, GError **error)
{
  g_autoptr (PnTrust) trust = pn_trust_load (db, error);
  PnKbWeights weights;

  if (trust == NULL)
    return FALSE;
  g_clear_pointer (&kept.base.weights, g_free);
  if (trust->weights != NULL && pn_kb_weights_read (trust->weights, &weights))
    kept.base.weights = g_memdup2 (&weights, sizeof weights);
  return TRUE;
}

static gboolean
read_synonyms (PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) groups = pn_synonym_list (db, error);

  if (groups == NULL)
    return FALSE;
  g_clear_pointer (&kept.base.synonyms, pn_synonyms_free);
  kept.base.synonyms = pn_synonyms_new (groups);
  return TRUE;
}

/* Reads the articles above the change that was seen last. */
static gboolean
read_changes (PnDb *db, GError **error)
{
  gint64 change = kept.seen;
  gint64 id = G_MAXINT64;
  g_autoptr (GHashTable) learned = NULL;
  guint got;

  if (kept.seen == 0 && (learned = load_learned (db, error)) == NULL)
    return FALSE;
  do {
    g_autoptr (GPtrArray) page = pn_article_list_changed (db, change, id, PAGE, error);

    if (page == NULL)
      return FALSE;
    got = page->len;
    for (guint i = 0; i < got; i++) {
      PnArticle *article = page->pdata[i];

      change = article->change_no;
      id = article->id;
      if (!add_learned (db, article, learned, error))
        return FALSE;
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
  if (!read_changes (db, error) || !read_weights (db, error) || !read_synonyms (db, error)) {
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

/* Returns: FALSE when it is not known to be what stands in the database; it is locked all the same. */
static gboolean
lock_held (void)
{
  g_rw_lock_reader_lock (&kept.lock);
  return kept.is_held && kept.is_asked;
}

const PnKbBase *
pn_kb_base_lock (PnDb *db, GError **error)
{
  g_autofree char *name = NULL;
  gboolean is_good = TRUE;
  gint64 last;

  if (lock_held ())
    return &kept.base;
  g_rw_lock_reader_unlock (&kept.lock);
  if (!pn_article_last_change (db, &last, &name, error))
    return NULL;
  g_rw_lock_reader_lock (&kept.lock);
  if (!kept.is_held && is_current (name, last))
    return &kept.base;
  g_rw_lock_reader_unlock (&kept.lock);
  g_rw_lock_writer_lock (&kept.lock);
  if (!is_current (name, last))
    is_good = follow (db, name, last, error);
  kept.is_asked = is_good;
  g_rw_lock_writer_unlock (&kept.lock);
  if (!is_good)
    return NULL;
  g_rw_lock_reader_lock (&kept.lock);
  return &kept.base;
}

static void
set_held (gboolean is_held)
{
  g_rw_lock_writer_lock (&kept.lock);
  kept.is_held = is_held;
  kept.is_asked = FALSE;
  g_rw_lock_writer_unlock (&kept.lock);
}

void
pn_kb_base_hold (void)
{
  set_held (TRUE);
}

void
pn_kb_base_release (void)
{
  set_held (FALSE);
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
  kept.is_held = FALSE;
  forget ();
  g_rw_lock_writer_unlock (&kept.lock);
}
