#include "kb/search.h"

#include "kb/ask.h"
#include "kb/base.h"
#include "kb/excerpt.h"
#include "kb/markdown.h"
#include "kb/phrase.h"

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

/* Does the title, a question (also a learned one: @hit is known as it) or the body say @phrase? */
static gboolean
says (const PnArticle *article, const PnKbHit *hit, const char *body, const char *phrase)
{
  if (pn_phrase_is_in (phrase, article->title) || pn_phrase_is_in (phrase, body)
      || (hit->known_as != NULL && pn_phrase_is_in (phrase, hit->known_as)))
    return TRUE;
  for (guint i = 0; i < article->questions->len; i++) {
    if (pn_phrase_is_in (phrase, article->questions->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
says_all (PnDb *db, const PnKbHit *hit, const GPtrArray *phrases, gboolean *is_said, GError **error)
{
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *body = NULL;

  if (!pn_article_find (db, hit->id, &article, error))
    return FALSE;
  body = pn_markdown_to_text (article != NULL ? article->body : "");
  *is_said = article != NULL;
  for (guint i = 0; *is_said && i < phrases->len; i++)
    *is_said = says (article, hit, body, phrases->pdata[i]);
  return TRUE;
}

/* The index knows which words are neighbours, not where: the text has the last word. */
static gboolean
keep_said (PnDb *db, const PnKbQuery *query, GPtrArray *hits, GError **error)
{
  g_autoptr (GPtrArray) phrases = pn_phrase_read (query->text);
  guint limit = query->limit != 0 ? query->limit : PN_KB_HITS_DEFAULT;
  guint i = 0;

  while (phrases->len > 0 && i < MIN (hits->len, limit)) {
    gboolean is_said;

    if (!says_all (db, hits->pdata[i], phrases, &is_said, error))
      return FALSE;
    if (is_said)
      i++;
    else
      g_ptr_array_remove_index (hits, i);
  }
  g_ptr_array_set_size (hits, (gint) MIN (hits->len, limit));
  return TRUE;
}

GPtrArray *
pn_kb_search (PnDb *db, const PnKbQuery *query, GError **error)
{
  const PnKbBase *base = pn_kb_base_lock (db, error);
  PnKbQuery wide = *query;
  GPtrArray *hits;
  PnBag bag;

  if (base == NULL)
    return NULL;
  if (query->has_phrases)
    wide.limit = PN_KB_HITS_MAX;
  hits = pn_kb_ask (base, &wide, &bag);
  if (query->has_phrases && !keep_said (db, query, hits, error))
    g_clear_pointer (&hits, g_ptr_array_unref);
  if (hits != NULL && query->wants_excerpts && !add_excerpts (db, base->index, &bag, hits, error))
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
pn_kb_hold (void)
{
  pn_kb_base_hold ();
}

void
pn_kb_release (void)
{
  pn_kb_base_release ();
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
