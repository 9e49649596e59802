#include "gateway/web/reading.h"

#include <string.h>

#include "kb/image.h"
#include "kb/markdown.h"
#include "kb/search.h"
#include "templates/sanitise.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"

#define RELATED_LIFE (10 * G_TIME_SPAN_MINUTE)
#define RELATED_TRIED 12
#define COUNT_EVERY (10 * G_TIME_SPAN_SECOND)
#define COUNTED_MAX 500 /* articles */
#define SUMMARY_BYTES 300
#define HEADINGS_MIN 3
#define HEADINGS_MAX 60

typedef struct {
  gint64 ids[PN_ARTICLE_HEADS];
  gint64 found_at; /* monotonic */
} Related;

typedef struct {
  char *mark;
  GBytes *bytes;
} Kept;

struct PnReading {
  GMutex lock;
  GHashTable *rendered; /* "7.3" -> PnRendered, a reference */
  GQueue order;         /* its keys (borrowed), oldest first */
  gsize bytes;
  GHashTable *related; /* "7.3" -> Related */
  GHashTable *counts;  /* gint64 * -> number of readings */
  gint64 counted_at;   /* monotonic; when they were written down last */
  GHashTable *kept;    /* name -> Kept */
};

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_free (kept->mark);
  g_bytes_unref (kept->bytes);
  g_free (kept);
}

static char *
place_image (const char *name, gpointer data)
{
  return pn_image_is_name (name) ? g_strconcat (data, name, NULL) : NULL;
}

/* The address without words: a title that is taken back should not stay in another article. */
static char *
place_article (const char *external_id, gpointer data)
{
  g_autoptr (PnArticle) target = NULL;

  if (!pn_article_find_external (data, external_id, &target, NULL) || target == NULL
      || !pn_article_is_public (target))
    return NULL;
  return g_strdup_printf ("/kb/%" G_GINT64_FORMAT, target->id);
}

static json_t *
make_headings (const char *markdown)
{
  g_autoptr (GPtrArray) headings = pn_markdown_headings (markdown);
  json_t *list = json_array ();

  for (guint i = 0; headings->len >= HEADINGS_MIN && i < MIN (headings->len, HEADINGS_MAX); i++) {
    const PnMarkdownHeading *heading = headings->pdata[i];

    json_array_append_new (list, json_pack ("{s:s, s:s, s:i}", "id", heading->id, "title",
                                            heading->title, "level", heading->level));
  }
  return list;
}

static char *
make_summary (const char *markdown)
{
  g_autofree char *text = pn_markdown_to_text (markdown);
  g_autofree char *line = pn_text_clean_line (text, 4 * SUMMARY_BYTES);

  return pn_text_clip (line, SUMMARY_BYTES);
}

PnRendered *
pn_rendered_new (PnDb *db, const PnArticle *article, const char *images)
{
  const PnSanitiseOptions options = { .allow_local = TRUE,
                                      .image_address = place_image,
                                      .data = (gpointer) images };
  g_autofree char *made = pn_markdown_render (article->body, place_article, db, NULL);
  PnRendered *rendered = g_atomic_rc_box_new0 (PnRendered);

  if (made != NULL)
    rendered->html = pn_sanitise_html (made, strlen (made), &options);
  if (rendered->html == NULL)
    rendered->text = pn_markdown_to_text (article->body);
  rendered->summary = make_summary (article->body);
  rendered->headings = make_headings (article->body);
  return rendered;
}

static void
rendered_clear (gpointer data)
{
  PnRendered *rendered = data;

  g_free (rendered->html);
  g_free (rendered->text);
  g_free (rendered->summary);
  json_decref (rendered->headings);
}

void
pn_rendered_free (PnRendered *rendered)
{
  if (rendered != NULL)
    g_atomic_rc_box_release_full (rendered, rendered_clear);
}

void
pn_reading_release (const PnRendered *rendered)
{
  pn_rendered_free ((PnRendered *) rendered);
}

PnReading *
pn_reading_new (void)
{
  PnReading *self = g_new0 (PnReading, 1);

  g_mutex_init (&self->lock);
  self->rendered =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pn_rendered_free);
  g_queue_init (&self->order);
  self->related = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, kept_free);
  return self;
}

void
pn_reading_free (PnReading *self)
{
  if (self == NULL)
    return;
  g_queue_clear (&self->order);
  g_hash_table_unref (self->rendered);
  g_hash_table_unref (self->related);
  g_hash_table_unref (self->counts);
  g_hash_table_unref (self->kept);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static char *
key_of (const PnArticle *article)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, article->id, article->version);
}

static gsize
size_of (const PnRendered *rendered)
{
  return 1024 + (rendered->html != NULL ? strlen (rendered->html) : 0)
         + (rendered->text != NULL ? strlen (rendered->text) : 0);
}

/* With the lock. */
static void
make_room (PnReading *self)
{
  while (self->order.length > 0
         && (self->order.length > PN_READING_MAX_ENTRIES || self->bytes > PN_READING_MAX_BYTES)) {
    const char *key = g_queue_pop_head (&self->order);

    self->bytes -= size_of (g_hash_table_lookup (self->rendered, key));
    g_hash_table_remove (self->rendered, key);
  }
}

const PnRendered *
pn_reading_render (PnReading *self, PnDb *db, const PnArticle *article)
{
  g_autofree char *key = key_of (article);
  PnRendered *found;

  g_mutex_lock (&self->lock);
  found = g_hash_table_lookup (self->rendered, key);
  if (found != NULL)
    g_atomic_rc_box_acquire (found);
  g_mutex_unlock (&self->lock);
  if (found != NULL)
    return found;
  found = pn_rendered_new (db, article, "/kb/images/");
  g_mutex_lock (&self->lock);
  if (!g_hash_table_contains (self->rendered, key)) {
    char *kept = g_steal_pointer (&key);

    g_hash_table_insert (self->rendered, kept, g_atomic_rc_box_acquire (found));
    g_queue_push_tail (&self->order, kept);
    self->bytes += size_of (found);
    make_room (self);
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/* Articles that answer its title, other than itself and its translations. */
static gboolean
search_related (PnDb *db, const PnArticle *article, gint64 ids[PN_ARTICLE_HEADS], GError **error)
{
  const PnKbQuery query = { .text = article->title,
                            .language = article->language,
                            .limit = RELATED_TRIED };
  g_autoptr (GPtrArray) hits = pn_kb_search (db, &query, error);
  g_autoptr (GPtrArray) own = hits != NULL ? pn_article_languages (db, article, error) : NULL;
  guint n = 0;

  if (own == NULL)
    return FALSE;
  memset (ids, 0, PN_ARTICLE_HEADS * sizeof *ids);
  for (guint i = 0; i < hits->len && n < PN_ARTICLE_HEADS; i++) {
    const PnKbHit *hit = hits->pdata[i];
    gboolean is_own = hit->id == article->id;

    for (guint k = 0; k < own->len; k++)
      is_own = is_own || ((PnArticleHead *) own->pdata[k])->id == hit->id;
    if (!is_own)
      ids[n++] = hit->id;
  }
  return TRUE;
}

gboolean
pn_reading_related (PnReading *self, PnDb *db, const PnArticle *article,
                    gint64 ids[PN_ARTICLE_HEADS], GError **error)
{
  g_autofree char *key = key_of (article);
  gint64 now = g_get_monotonic_time ();
  const Related *known;
  Related *fresh;
  gboolean is_fresh;

  g_mutex_lock (&self->lock);
  known = g_hash_table_lookup (self->related, key);
  is_fresh = known != NULL && now - known->found_at < RELATED_LIFE;
  if (is_fresh)
    memcpy (ids, known->ids, sizeof known->ids);
  g_mutex_unlock (&self->lock);
  if (is_fresh)
    return TRUE;
  if (!search_related (db, article, ids, error))
    return FALSE;
  fresh = g_new0 (Related, 1);
  memcpy (fresh->ids, ids, sizeof fresh->ids);
  fresh->found_at = now;
  g_mutex_lock (&self->lock);
  if (g_hash_table_size (self->related) >= PN_READING_MAX_ENTRIES)
    g_hash_table_remove_all (self->related);
  g_hash_table_replace (self->related, g_steal_pointer (&key), fresh);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

typedef struct {
  GHashTable *counts;
} Counts;

static gboolean
write_counts (PnDb *db, gpointer data, GError **error)
{
  GHashTableIter iter;
  gpointer id, count;

  g_hash_table_iter_init (&iter, ((Counts *) data)->counts);
  while (g_hash_table_iter_next (&iter, &id, &count)) {
    if (!pn_article_add_readings (db, *(gint64 *) id, GPOINTER_TO_UINT (count), error))
      return FALSE;
  }
  return TRUE;
}

/* With the lock. Returns: (owned) the counts, when it is time to write them down; NULL. */
static GHashTable *
take_counts (PnReading *self)
{
  gint64 now = g_get_monotonic_time ();
  GHashTable *counts = self->counts;

  if (now - self->counted_at < COUNT_EVERY && g_hash_table_size (counts) < COUNTED_MAX)
    return NULL;
  self->counted_at = now;
  self->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return counts;
}

void
pn_reading_count (PnReading *self, PnDb *db, gint64 article_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) counts = NULL;
  guint known;

  g_mutex_lock (&self->lock);
  known = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, &article_id));
  g_hash_table_replace (self->counts, g_memdup2 (&article_id, sizeof article_id),
                        GUINT_TO_POINTER (known + 1));
  counts = take_counts (self);
  g_mutex_unlock (&self->lock);
  if (counts != NULL && !pn_db_run (db, write_counts, &(Counts){ counts }, &error))
    pn_log_error (PN_LOG_WARNING, "readings-lost", error, "articles=%u",
                  g_hash_table_size (counts));
}

GBytes *
pn_reading_find (PnReading *self, const char *name, const char *mark)
{
  const Kept *kept;
  GBytes *bytes = NULL;

  g_mutex_lock (&self->lock);
  kept = g_hash_table_lookup (self->kept, name);
  if (kept != NULL && strcmp (kept->mark, mark) == 0)
    bytes = g_bytes_ref (kept->bytes);
  g_mutex_unlock (&self->lock);
  return bytes;
}

void
pn_reading_keep (PnReading *self, const char *name, const char *mark, GBytes *bytes)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->mark = g_strdup (mark);
  kept->bytes = g_bytes_ref (bytes);
  g_mutex_lock (&self->lock);
  g_hash_table_replace (self->kept, g_strdup (name), kept);
  g_mutex_unlock (&self->lock);
}
