#include "kb/search.h"

#include "kb/ask.h"
#include "kb/base.h"
#include "kb/excerpt.h"
#include "kb/markdown.h"

#define EXCERPT_CHARS 240

void
pn_kb_hit_free (PnKbHit *hit)
{
  if (hit == NULL)
    return;
  g_free (hit->external_id);
  g_free (hit->title);
  g_free (hit->language);
  g_free (hit->category);
  g_free (hit->known_as);
  g_clear_pointer (&hit->excerpt, g_array_unref);
  g_clear_pointer (&hit->why, g_array_unref);
  g_free (hit);
}

/* The text comes from the database: the index has only its words. */
static gboolean
add_excerpts (PnDb *db, const PnKbIndex *index, const PnBag *bag, GPtrArray *hits, GError **error)
{
  for (guint i = 0; i < hits->len; i++) {
    PnKbHit *hit = hits->pdata[i];
    g_autoptr (PnArticle) article = NULL;
    g_autofree char *text = NULL;

    if (!pn_article_find (db, hit->id, &article, error))
      return FALSE;
    text = pn_markdown_to_text (article != NULL ? article->body : "");
    hit->excerpt = pn_kb_excerpt (index, bag, text, hit->language, EXCERPT_CHARS);
  }
  return TRUE;
}

GPtrArray *
pn_kb_search (PnDb *db, const PnKbQuery *query, GError **error)
{
  const PnKbBase *base = pn_kb_base_lock (db, error);
  GPtrArray *hits;
  PnBag bag;

  if (base == NULL)
    return NULL;
  hits = pn_kb_ask (base, query, &bag);
  if (query->wants_excerpts && !add_excerpts (db, base->index, &bag, hits, error))
    g_clear_pointer (&hits, g_ptr_array_unref);
  pn_bag_clear (&bag);
  pn_kb_base_unlock ();
  return hits;
}

gboolean
pn_kb_warm (PnDb *db, GError **error)
{
  if (pn_kb_base_lock (db, error) == NULL)
    return FALSE;
  pn_kb_base_unlock ();
  return TRUE;
}

void
pn_kb_forget (void)
{
  pn_kb_base_forget ();
}

static json_t *
write_parts (const GArray *parts)
{
  json_t *list = json_array ();

  for (guint i = 0; i < parts->len; i++) {
    const PnKbPart *part = &g_array_index (parts, PnKbPart, i);

    json_array_append_new (list, json_pack ("{s:s,s:b}", "text", part->text, "hit", part->is_hit));
  }
  return list;
}

static json_t *
write_reasons (const GArray *why)
{
  json_t *list = json_array ();

  for (guint i = 0; i < why->len; i++) {
    const PnKbReason *reason = &g_array_index (why, PnKbReason, i);

    json_array_append_new (list,
                           json_pack ("{s:s,s:f}", "term", reason->text, "share", reason->share));
  }
  return list;
}

json_t *
pn_kb_hit_write (const PnKbHit *hit)
{
  json_t *document = json_pack ("{s:I,s:s,s:s,s:s,s:s,s:f,s:f,s:s?}", "id", (json_int_t) hit->id,
                                "external_id", hit->external_id, "title", hit->title, "language",
                                hit->language, "category", hit->category, "score", hit->score,
                                "confidence", hit->confidence, "known_as", hit->known_as);

  if (hit->excerpt != NULL)
    json_object_set_new (document, "excerpt", write_parts (hit->excerpt));
  if (hit->why != NULL)
    json_object_set_new (document, "why", write_reasons (hit->why));
  return document;
}
