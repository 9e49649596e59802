#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/language_name.h"
#include "gateway/web/public_show.h"
#include "gateway/web/reading.h"
#include "kb/address.h"
#include "kb/image.h"
#include "kb/vote.h"
#include "templates/catalogue.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"
#include "ticketing/rate.h"

#define VOTES_AN_HOUR 60
#define QUERY_MAX_CHARS 500

/* Returns: (owned) the article of {name}, when it is for everybody; NULL: answered already. */
static PnArticle *
find_article (PnCall *call, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;

  if (!pn_article_find (call->db, id, &article, &error)) {
    pn_call_fail (call, error);
    return NULL;
  }
  if (article == NULL || !pn_article_is_public (article)) {
    pn_call_not_found (call);
    return NULL;
  }
  return g_steal_pointer (&article);
}

static gboolean
is_same_language (const char *left, const char *right)
{
  gsize size = strcspn (left, "-_");

  return size == strcspn (right, "-_") && g_ascii_strncasecmp (left, right, size) == 0;
}

/* The other languages of the article; the one that this reader would rather read, and whether it is missing. */
static void
add_languages (PnCall *call, json_t *shown, const PnArticle *article, const GPtrArray *heads)
{
  const char *header = pn_request_header (call->request, "accept-language");
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();
  const char *const mine[] = { "", call->language, NULL };
  gboolean is_asked = *pn_language_negotiate (header, mine) != '\0';
  gboolean is_there = is_same_language (article->language, call->language);
  const char *best;
  json_t *list = pn_show_heads (heads);
  json_t *head;
  size_t i;

  g_ptr_array_add (codes, article->language);
  for (guint k = 0; k < heads->len; k++) {
    const PnArticleHead *other = heads->pdata[k];

    g_ptr_array_add (codes, other->language);
    is_there = is_there || is_same_language (other->language, call->language);
  }
  g_ptr_array_add (codes, NULL);
  best = pn_language_negotiate (header, (const char *const *) codes->pdata);
  json_array_foreach (list, i, head)
  {
    const PnArticleHead *other = heads->pdata[i];
    g_autofree char *absolute = pn_show_absolute (call, pn_json_get_text (head, "url"));

    pn_json_set (head, "absolute_url", pn_json_text (absolute));
    pn_json_set (head, "is_current", json_boolean (other->id == article->id));
    if (strcmp (other->language, best) == 0 && strcmp (best, article->language) != 0)
      pn_json_set (shown, "better", json_incref (head));
  }
  pn_json_set (shown, "is_fallback",
               json_boolean (is_asked && !is_there && *article->language != '\0'));
  pn_json_set (shown, "languages", heads->len > 1 ? json_incref (list) : json_array ());
  json_decref (list);
}

static gboolean
add_category (PnCall *call, json_t *shown, const PnArticle *article, GError **error)
{
  g_autoptr (GPtrArray) categories = pn_category_list_in (call->db, call->language, error);

  if (categories == NULL)
    return FALSE;
  pn_json_set (shown, "category", pn_json_text (article->category));
  for (guint i = 0; i < categories->len; i++) {
    const PnCategory *category = categories->pdata[i];

    if (strcmp (category->name, article->category) == 0)
      pn_json_set (shown, "shelf", pn_show_category (category));
  }
  return TRUE;
}

static void
add_text (PnCall *call, json_t *shown, const PnArticle *article)
{
  const PnRendered *rendered = pn_reading_render (call->web->reading, call->db, article);

  pn_json_set (shown, "html",
               call->is_api ? pn_json_text (rendered->html) : pn_safe_html (rendered->html));
  pn_json_set (shown, "text", pn_json_text (rendered->text));
  pn_json_set (shown, "summary", pn_json_text (rendered->summary));
  pn_json_set (shown, "contents", json_deep_copy (rendered->headings));
  pn_reading_release (rendered);
}

static json_t *
show_related (PnCall *call, const PnArticle *article, GError **error)
{
  gint64 ids[PN_ARTICLE_HEADS];
  g_autoptr (GPtrArray) heads = NULL;

  if (!pn_reading_related (call->web->reading, call->db, article, ids, error))
    return NULL;
  heads = pn_article_heads (call->db, ids, error);
  return heads != NULL ? pn_show_heads (heads) : NULL;
}

static json_t *
show_article (PnCall *call, const PnArticle *article, const char *url, GError **error)
{
  g_autofree char *absolute = pn_show_absolute (call, url);
  g_autofree char *home = pn_show_absolute (call, "/");
  const PnTime published_at =
      article->published_at != 0 ? article->published_at : article->created_at;
  g_autoptr (json_t) shown = json_pack (
      "{s:I, s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "id", (json_int_t) article->id, "url", url,
      "absolute_url", absolute, "title", pn_json_text (article->title), "language",
      pn_json_text (article->language), "language_name", pn_language_name (article->language),
      "updated_at", pn_json_time (pn_article_shown_at (article)), "published_at",
      pn_json_time (published_at), "publisher",
      json_pack ("{s:s, s:s}", "name", call->web->host, "url", home));
  g_autoptr (GPtrArray) heads = pn_article_languages (call->db, article, error);

  if (heads == NULL || !add_category (call, shown, article, error))
    return NULL;
  add_languages (call, shown, article, heads);
  add_text (call, shown, article);
  return g_steal_pointer (&shown);
}

/* Machines read too; people are counted. */
static gboolean
is_person (const PnCall *call)
{
  static const char *const machines[] = { "bot", "crawl", "spider", "monitor", "curl" };
  const char *agent = pn_request_header (call->request, "user-agent");
  g_autofree char *lower = g_ascii_strdown (agent != NULL ? agent : "bot", -1);

  return !pn_text_has_any (lower, machines, G_N_ELEMENTS (machines)) && !call->request->is_head
         && !call->is_api && pn_request_header (call->request, "sec-purpose") == NULL;
}

static json_t *
show_vote (PnCall *call)
{
  const char *voted = pn_call_query (call, "voted");
  const char *asked = pn_call_query (call, "q");
  gboolean is_known =
      voted != NULL
      && (strcmp (voted, "yes") == 0 || strcmp (voted, "no") == 0 || strcmp (voted, "word") == 0);

  return json_pack ("{s:o, s:o}", "state", is_known ? json_string (voted) : json_null (), "query",
                    pn_json_text (asked));
}

static void
show_page (PnCall *call, const PnArticle *article, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) shown = show_article (call, article, url, &error);
  json_t *related = shown != NULL ? show_related (call, article, &error) : NULL;

  if (related == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (is_person (call))
    pn_reading_count (call->web->reading, call->db, article->id);
  pn_call_page (call, 200, "public-article",
                json_pack ("{s:O, s:o, s:o}", "article", shown, "related", related, "vote",
                           show_vote (call)));
}

void
pn_public_article (PnCall *call)
{
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *url = NULL;
  gint64 id;

  if (!pn_kb_address_read (call->request->match.name, &id)) {
    pn_call_not_found (call);
    return;
  }
  article = find_article (call, id);
  if (article == NULL)
    return;
  url = pn_kb_address (article->id, article->title, article->language);
  if (strcmp (call->request->path, url) != 0)
    pn_show_moved (call, url);
  else
    show_page (call, article, url);
}

/* API */
void
pn_public_article_document (PnCall *call)
{
  g_autoptr (PnArticle) article = find_article (call, pn_call_id (call));
  g_autofree char *url = NULL;

  if (article == NULL)
    return;
  url = pn_kb_address (article->id, article->title, article->language);
  show_page (call, article, url);
}

static gboolean
may_vote (PnCall *call, GError **error)
{
  g_autofree char *key = g_strconcat ("kb-vote:", call->request->client, NULL);
  gboolean is_allowed = FALSE;

  if (!pn_limit_has (call->web->limit, PN_LIMIT_ANY, call->request->client))
    return FALSE;
  return pn_rate_hit (call->db, key, PN_HOUR, VOTES_AN_HOUR, &is_allowed, error) && is_allowed;
}

/* Nobody can be known again by it on another day or at another article. */
static void
hash_visitor (const PnCall *call, gint64 article_id, guint8 visitor[PN_TOKEN_MAC_BYTES])
{
  const char *agent = pn_request_header (call->request, "user-agent");
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%s|%s",
                                           (gint64) (pn_clock_now () / PN_DAY), article_id,
                                           call->request->client, agent != NULL ? agent : "");

  pn_token_mac (call->web->config.token_key, "kb vote", text, strlen (text), visitor);
}

static char *
read_text (PnCall *call, const char *name, gsize max_chars)
{
  g_autofree char *line = pn_call_line (call, name, 4 * max_chars);

  return g_utf8_substring (line, 0, (glong) MIN (max_chars, (gsize) g_utf8_strlen (line, -1)));
}

void
pn_public_vote (PnCall *call)
{
  g_autoptr (PnArticle) article = find_article (call, pn_call_id (call));
  g_autoptr (GError) error = NULL;
  const char *answer = pn_call_field (call, "answer");
  g_autofree char *word = NULL;
  g_autofree char *question = NULL;
  g_autofree char *url = NULL;
  g_autofree char *target = NULL;
  guint8 visitor[PN_TOKEN_MAC_BYTES];
  PnVoteOrder order;

  if (article == NULL)
    return;
  if (answer == NULL || (strcmp (answer, "yes") != 0 && strcmp (answer, "no") != 0)) {
    pn_call_problem (call, 400, "answer is \"yes\" or \"no\"");
    return;
  }
  if (!may_vote (call, &error)) {
    if (error != NULL)
      pn_call_fail (call, error);
    else
      pn_call_problem (call, 429, "");
    return;
  }
  word = read_text (call, "word", PN_VOTE_WORD_MAX_CHARS);
  question = read_text (call, "q", QUERY_MAX_CHARS);
  hash_visitor (call, article->id, visitor);
  order = (PnVoteOrder){ article->id, visitor, strcmp (answer, "yes") == 0, word,
                         *question != '\0' ? question : NULL };
  if (!pn_vote_add (call->db, &order, &error)) {
    pn_call_fail (call, error);
    return;
  }
  url = pn_kb_address (article->id, article->title, article->language);
  target = g_strdup_printf ("%s?voted=%s#vote", url, *word != '\0' ? "word" : answer);
  pn_call_done (call, target, NULL, 200, json_pack ("{s:s}", "answer", answer));
}

/* A picture is for everybody as long as an article for everybody shows it. */
static void
send_image (PnCall *call, gboolean for_staff)
{
  const char *name = call->request->match.name;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnImage) image = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!pn_image_find (call->db, name, &image, &error)
      || (image != NULL && (image->is_public || for_staff)
          && (bytes = pn_blob_load (call->db, image->sha, PN_IMAGE_MAX_BYTES, &error)) == NULL)) {
    pn_call_fail (call, error);
    return;
  }
  if (bytes == NULL) {
    pn_call_not_found (call);
    return;
  }
  call->response->policy = PN_POLICY_ATTACHMENT;
  call->response->is_public = image->is_public;
  if (image->is_public)
    pn_response_add_header (call->response, "Cache-Control", "public, max-age=300");
  pn_response_set_bytes (call->response, 200, image->type, bytes);
  pn_response_set_file_name (call->response, name, TRUE);
}

void
pn_public_image (PnCall *call)
{
  send_image (call, FALSE);
}

void
pn_desk_image (PnCall *call)
{
  send_image (call, TRUE);
}
