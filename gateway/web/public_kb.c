#include "gateway/web/handlers.h"

#include <string.h>

#include "kb/article.h"
#include "kb/markdown.h"
#include "kb/search.h"
#include "templates/sanitise.h"

#define QUERY_MAX_CHARS 500
#define LANGUAGE_MAX_BYTES 16

static char *
make_url (gint64 id)
{
  return g_strdup_printf ("/kb/%" G_GINT64_FORMAT, id);
}

static json_t *
show_hit (const PnKbHit *hit)
{
  g_autofree char *url = make_url (hit->id);
  json_t *excerpt = json_array ();

  for (guint i = 0; hit->excerpt != NULL && i < hit->excerpt->len; i++) {
    const PnKbPart *part = &g_array_index (hit->excerpt, PnKbPart, i);

    json_array_append_new (excerpt, json_pack ("{s:o, s:b}", "text", pn_json_text (part->text),
                                               "is_match", part->is_hit));
  }
  return json_pack ("{s:I, s:o, s:s, s:o, s:o, s:f, s:f, s:o}", "id", (json_int_t) hit->id, "title",
                    pn_json_text (hit->title), "url", url, "language", pn_json_text (hit->language),
                    "category", pn_json_text (hit->category), "score", hit->score, "confidence",
                    hit->confidence, "excerpt", excerpt);
}

static gboolean
is_language (const char *text)
{
  gsize size = strlen (text);

  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '-')
      return FALSE;
  }
  return size <= LANGUAGE_MAX_BYTES;
}

/* Public articles for everybody: a token changes nothing. */
void
pn_public_search (PnCall *call)
{
  const char *typed = pn_call_query (call, "q");
  const char *language = pn_call_query (call, "language");
  g_autofree char *text = g_strstrip (g_strdup (typed != NULL ? typed : ""));
  const PnKbQuery query = { .text = text, .language = language, .wants_excerpts = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  json_t *articles;

  if (g_utf8_strlen (text, -1) > QUERY_MAX_CHARS) {
    pn_call_problem (call, 400, "q is at most 500 characters");
    return;
  }
  if (language != NULL && !is_language (language)) {
    pn_call_problem (call, 400, "language is a code such as \"de\" or \"pt-BR\"");
    return;
  }
  if (*text != '\0' && (hits = pn_kb_search (call->db, &query, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  articles = json_array ();
  for (guint i = 0; hits != NULL && i < hits->len; i++)
    json_array_append_new (articles, show_hit (hits->pdata[i]));
  pn_call_page (call, 200, "public-search",
                json_pack ("{s:o, s:o}", "query", pn_json_text (text), "articles", articles));
}

/* What cannot be shown as HTML safely is shown as text. */
static void
add_body (json_t *shown, const char *markdown)
{
  const PnSanitiseOptions options = { .allow_local = TRUE };
  g_autofree char *made = pn_markdown_to_html (markdown, NULL);
  g_autofree char *html = made != NULL ? pn_sanitise_html (made, strlen (made), &options) : NULL;
  g_autofree char *text = html == NULL ? pn_markdown_to_text (markdown) : NULL;

  pn_json_set (shown, "html", pn_safe_html (html));
  pn_json_set (shown, "text", pn_json_text (text));
}

void
pn_public_article (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *url = make_url (pn_call_id (call));
  json_t *shown;

  if (!pn_article_find (call->db, pn_call_id (call), &article, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (article == NULL || !pn_article_is_public (article)) {
    pn_call_not_found (call);
    return;
  }
  shown = json_pack ("{s:I, s:s, s:o, s:o, s:o, s:o}", "id", (json_int_t) article->id, "url", url,
                     "title", pn_json_text (article->title), "language",
                     pn_json_text (article->language), "category", pn_json_text (article->category),
                     "updated_at", pn_json_time (article->updated_at));
  add_body (shown, article->body);
  pn_call_page (call, 200, "public-article", json_pack ("{s:o}", "article", shown));
}
