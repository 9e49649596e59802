#include "gateway/web/desk_kb.h"

#include "gateway/web/language_name.h"
#include "kb/address.h"
#include "kb/difference.h"
#include "kb/front_matter.h"

gboolean
pn_desk_kb_may_publish (const PnCall *call)
{
  return call->agent->role >= PN_ROLE_LEAD;
}

gboolean
pn_desk_kb_may_remove (const PnCall *call)
{
  return call->agent->role == PN_ROLE_ADMIN;
}

PnArticle *
pn_desk_kb_find (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnArticle *article = NULL;

  if (!pn_article_find (call->db, pn_call_id (call), &article, &error))
    pn_call_fail (call, error);
  else if (article == NULL)
    pn_call_not_found (call);
  return article;
}

static char *
desk_url (gint64 id)
{
  return g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, id);
}

json_t *
pn_desk_kb_show_row (const PnArticleRow *row)
{
  g_autofree char *url = desk_url (row->id);

  return json_pack (
      "{s:I, s:s, s:s, s:o, s:s, s:s, s:o, s:s, s:b, s:o, s:I, s:o, s:o, s:o, s:b, s:b, s:b, s:b}",
      "id", (json_int_t) row->id, "external_id", row->external_id, "url", url, "title",
      pn_json_text (row->title), "language", row->language, "language_name",
      pn_language_name (row->language), "category", pn_json_text (row->category), "state",
      pn_article_state_name (row->state), "is_internal", row->is_internal, "owner",
      pn_json_text (row->owner), "version", (json_int_t) row->version, "updated_at",
      pn_json_time (row->updated_at), "publish_at", pn_json_time (row->publish_at), "review_at",
      pn_json_time (row->review_at), "is_review_due", row->is_review_due, "is_outdated",
      row->is_outdated, "is_broken", row->is_broken, "is_proposed", row->is_proposed);
}

json_t *
pn_desk_kb_show_article (const PnArticle *article)
{
  g_autofree char *url = desk_url (article->id);
  g_autofree char *public_url = pn_article_is_public (article)
                                    ? pn_kb_address (article->id, article->title, article->language)
                                    : NULL;
  json_t *shown = json_pack (
      "{s:I, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:s, s:b, s:o, s:o}", "id",
      (json_int_t) article->id, "external_id", article->external_id, "url", url, "public_url",
      pn_json_text (public_url), "title", pn_json_text (article->title), "body",
      pn_json_text (article->body), "language", article->language, "language_name",
      pn_language_name (article->language), "category", pn_json_text (article->category),
      "questions", pn_json_texts (article->questions), "state",
      pn_article_state_name (article->state), "is_internal", article->is_internal, "owner",
      pn_json_text (article->owner), "translation_of", pn_json_text (article->translation_of));

  pn_json_set (shown, "visibility", json_string (pn_article_visibility_name (article)));
  pn_json_set (shown, "translated_at", pn_json_time (article->translated_at));
  pn_json_set (shown, "publish_at", pn_json_time (article->publish_at));
  pn_json_set (shown, "published_at", pn_json_time (article->published_at));
  pn_json_set (shown, "review_at", pn_json_time (article->review_at));
  pn_json_set (shown, "created_at", pn_json_time (article->created_at));
  pn_json_set (shown, "updated_at", pn_json_time (article->updated_at));
  pn_json_set (shown, "author", pn_json_text (article->author));
  pn_json_set (shown, "note", pn_json_text (article->note));
  pn_json_set (shown, "version", json_integer (article->version));
  return shown;
}

/* Returns: (owned) the article as a file, without the times that every save changes. */
static char *
write_plain (const PnArticle *article)
{
  g_autoptr (PnArticle) copy = pn_article_copy (article);

  copy->created_at = copy->updated_at = copy->published_at = copy->translated_at = 0;
  return pn_front_matter_write (copy);
}

static json_t *
show_parts (const GArray *parts)
{
  json_t *list = json_array ();

  for (guint i = 0; i < parts->len; i++) {
    const PnDifferencePart *part = &g_array_index (parts, PnDifferencePart, i);

    json_array_append_new (list, json_pack ("{s:o, s:b}", "text", pn_json_text (part->text),
                                            "is_changed", part->is_changed));
  }
  return list;
}

json_t *
pn_desk_kb_show_difference (const PnArticle *before, const PnArticle *after)
{
  static const char *const kinds[] = { [PN_DIFFERENCE_SAME] = "same",
                                       [PN_DIFFERENCE_REMOVED] = "removed",
                                       [PN_DIFFERENCE_ADDED] = "added",
                                       [PN_DIFFERENCE_GAP] = "gap" };
  g_autofree char *old = write_plain (before);
  g_autofree char *new = write_plain (after);
  g_autoptr (GPtrArray) lines = pn_difference (old, new);
  json_t *list = json_array ();

  for (guint i = 0; i < lines->len; i++) {
    const PnDifferenceLine *line = lines->pdata[i];

    json_array_append_new (list,
                           json_pack ("{s:s, s:I, s:o}", "kind", kinds[line->kind], "count",
                                      (json_int_t) line->count, "parts", show_parts (line->parts)));
  }
  return list;
}
