#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/language_name.h"
#include "kb/address.h"
#include "kb/article.h"
#include "kb/asked.h"
#include "kb/search.h"
#include "ticketing/core/log.h"

#define QUERY_MAX_CHARS 500
#define LANGUAGE_MAX_BYTES 16
#define LIMIT_MAX 50

static json_t *
show_reasons (const GArray *why)
{
  json_t *list = json_array ();

  for (guint i = 0; i < why->len; i++) {
    const PnKbReason *reason = &g_array_index (why, PnKbReason, i);

    json_array_append_new (list, json_pack ("{s:o, s:f}", "term", pn_json_text (reason->text),
                                            "share", reason->share));
  }
  return list;
}

/* Not by which words it is known: those may be a customer's. */
static json_t *
show_hit (const PnCall *call, const PnKbHit *hit)
{
  const gsize size = strcspn (call->language, "-");
  const gboolean is_other = *hit->language != '\0'
                            && (strcspn (hit->language, "-") != size
                                || g_ascii_strncasecmp (hit->language, call->language, size) != 0);
  g_autofree char *url = pn_kb_address (hit->id, hit->title, hit->language);
  json_t *excerpt = json_array ();
  json_t *shown;

  for (guint i = 0; hit->excerpt != NULL && i < hit->excerpt->len; i++) {
    const PnKbPart *part = &g_array_index (hit->excerpt, PnKbPart, i);

    json_array_append_new (excerpt, json_pack ("{s:o, s:b}", "text", pn_json_text (part->text),
                                               "is_match", part->is_hit));
  }
  shown =
      json_pack ("{s:I, s:o, s:s, s:o, s:s, s:b, s:o, s:f, s:f, s:o}", "id", (json_int_t) hit->id,
                 "title", pn_json_text (hit->title), "url", url, "language",
                 pn_json_text (hit->language), "language_name", pn_language_name (hit->language),
                 "is_other_language", is_other, "category", pn_json_text (hit->category), "score",
                 hit->score, "confidence", hit->confidence, "excerpt", excerpt);
  if (hit->why != NULL)
    pn_json_set (shown, "why", show_reasons (hit->why));
  return shown;
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

static gboolean
is_asked (PnCall *call, const char *name)
{
  return g_strcmp0 (pn_call_query (call, name), "1") == 0;
}

/* FALSE: answered already. */
static gboolean
read_query (PnCall *call, PnKbQuery *query)
{
  const char *limit = pn_call_query (call, "limit");
  gint64 number = 0;

  query->language = pn_call_query (call, "language");
  query->is_typing = is_asked (call, "typing");
  query->wants_why = is_asked (call, "explain");
  query->wants_excerpts = !query->is_typing;
  query->has_phrases = TRUE;
  if (g_utf8_strlen (query->text, -1) > QUERY_MAX_CHARS) {
    pn_call_problem (call, 400, "q is at most 500 characters");
    return FALSE;
  }
  if (query->language != NULL && !is_language (query->language)) {
    pn_call_problem (call, 400, "language is a code such as \"de\" or \"pt-BR\"");
    return FALSE;
  }
  if (limit != NULL
      && (!pn_call_read_number (limit, &number) || number < 1 || number > LIMIT_MAX)) {
    pn_call_problem (call, 400, "limit is 1 to 50");
    return FALSE;
  }
  query->limit = (guint) number;
  return TRUE;
}

/* So that somebody writes it; a search is answered whether it could be noted or not. */
static void
note_nothing (PnCall *call, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!pn_asked_add (call->db, text, &error))
    pn_log_error (PN_LOG_WARNING, "search-not-noted", error, "request=%s", call->request->id);
}

/* Public articles for everybody: a token changes nothing. */
void
pn_public_search (PnCall *call)
{
  const char *typed = pn_call_query (call, "q");
  g_autofree char *text = g_strstrip (g_strdup (typed != NULL ? typed : ""));
  PnKbQuery query = { .text = text };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  json_t *articles;

  if (!read_query (call, &query))
    return;
  if (*text != '\0' && (hits = pn_kb_search (call->db, &query, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (hits != NULL && hits->len == 0 && !query.is_typing)
    note_nothing (call, text);
  articles = json_array ();
  for (guint i = 0; hits != NULL && i < hits->len; i++)
    json_array_append_new (articles, show_hit (call, hits->pdata[i]));
  pn_call_page (call, 200, "public-search",
                json_pack ("{s:o, s:o}", "query", pn_json_text (text), "articles", articles));
}
