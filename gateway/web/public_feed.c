/* For machines that follow the help centre: a feed, a map of the site, and what they may look at. */
#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/public_show.h"
#include "gateway/web/reading.h"
#include "ticketing/core/log.h"

#define FEED_ARTICLES 30
#define MAP_ARTICLES 45000 /* a map has at most 50,000 addresses */

/* XML knows fewer characters than UTF-8. */
static json_t *
xml_text (const char *text)
{
  GString *clean = g_string_new (NULL);
  json_t *value;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if ((letter >= 0x20 && letter != 0xfffe && letter != 0xffff) || letter == '\n'
        || letter == '\t')
      g_string_append_unichar (clean, letter);
  }
  value = pn_json_text (clean->str);
  g_string_free (clean, TRUE);
  return value;
}

static json_t *
show_entry (PnCall *call, json_t *head, const PnArticleHead *article, GError **error)
{
  g_autoptr (PnArticle) whole = NULL;
  const PnRendered *rendered;
  g_autofree char *url = pn_show_absolute (call, pn_json_get_text (head, "url"));
  json_t *entry;

  if (!pn_article_find (call->db, article->id, &whole, error))
    return NULL;
  if (whole == NULL || !pn_article_is_public (whole))
    return json_null ();
  rendered = pn_reading_render (call->web->reading, call->db, whole);
  entry =
      json_pack ("{s:s, s:o, s:o, s:o, s:o, s:o}", "url", url, "title", xml_text (whole->title),
                 "language", xml_text (whole->language), "summary", xml_text (rendered->summary),
                 "updated_at", pn_json_time (pn_article_shown_at (whole)), "published_at",
                 pn_json_time (whole->published_at));
  pn_reading_release (rendered);
  return entry;
}

static json_t *
show_entries (PnCall *call, const GPtrArray *heads, GError **error)
{
  g_autoptr (json_t) shown = pn_show_heads (heads);
  g_autoptr (json_t) list = json_array ();

  for (guint i = 0; i < heads->len; i++) {
    json_t *entry = show_entry (call, json_array_get (shown, i), heads->pdata[i], error);

    if (entry == NULL)
      return NULL;
    if (!json_is_null (entry))
      json_array_append_new (list, entry);
  }
  return g_steal_pointer (&list);
}

static json_t *
make_feed (PnCall *call, GError **error)
{
  g_autoptr (GPtrArray) heads = pn_article_newest (call->db, FEED_ARTICLES, error);
  json_t *entries = heads != NULL ? show_entries (call, heads, error) : NULL;
  g_autofree char *home = pn_show_absolute (call, "/");
  g_autofree char *self = pn_show_absolute (call, "/kb/feed.atom");
  PnTime updated =
      heads != NULL && heads->len > 0 ? ((PnArticleHead *) heads->pdata[0])->shown_at : PN_SECOND;

  if (entries == NULL)
    return NULL;
  return json_pack ("{s:s, s:s, s:s, s:o, s:o}", "home_url", home, "self_url", self, "host",
                    call->web->host, "updated_at", pn_json_time (updated), "entries", entries);
}

static json_t *
make_map (PnCall *call, GError **error)
{
  g_autoptr (GPtrArray) heads = pn_article_newest (call->db, MAP_ARTICLES, error);
  g_autoptr (json_t) shown = heads != NULL ? pn_show_heads (heads) : NULL;
  g_autofree char *home = pn_show_absolute (call, "");
  json_t *head;
  size_t i;

  if (shown == NULL)
    return NULL;
  json_array_foreach (shown, i, head) json_object_del (head, "title");
  return json_pack ("{s:s, s:O}", "home_url", home, "articles", shown);
}

typedef json_t *(*MakeFunc) (PnCall *call, GError **error);

static GBytes *
render (PnCall *call, const char *template, MakeFunc make, GError **error)
{
  const PnRenderOptions options = { .mode = g_str_has_suffix (template, ".txt") ? PN_RENDER_TEXT
                                                                                : PN_RENDER_PLAIN,
                                    .now = pn_clock_now () };
  g_autoptr (json_t) document = make (call, error);
  char *text;

  if (document == NULL)
    return NULL;
  text = pn_templates_render (call->web->config.templates, template, document, &options, error);
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

/* Made once for each state of the base. */
static void
answer (PnCall *call, const char *template, const char *type, MakeFunc make)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *base = NULL;
  g_autofree char *mark = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gint64 change;

  if (!pn_article_last_change (call->db, &change, &base, &error)) {
    pn_call_fail (call, error);
    return;
  }
  mark = g_strdup_printf ("%s.%" G_GINT64_FORMAT, base, change);
  bytes = pn_reading_find (call->web->reading, template, mark);
  if (bytes == NULL) {
    bytes = render (call, template, make, &error);
    if (bytes == NULL) {
      pn_log_error (PN_LOG_ERROR, "page-broken", error, "page=%s", template);
      pn_call_problem (call, 500, "");
      return;
    }
    pn_reading_keep (call->web->reading, template, mark, bytes);
  }
  pn_response_add_header (call->response, "Cache-Control", "public, max-age=300");
  pn_response_set_bytes (call->response, 200, type, bytes);
}

void
pn_public_feed (PnCall *call)
{
  answer (call, "web/feed.xml", "application/atom+xml; charset=utf-8", make_feed);
}

void
pn_public_map (PnCall *call)
{
  answer (call, "web/sitemap.xml", "application/xml; charset=utf-8", make_map);
}

static json_t *
make_robots (PnCall *call, GError **error)
{
  g_autofree char *map = pn_show_absolute (call, "/sitemap.xml");

  return json_pack ("{s:s}", "map_url", map);
}

void
pn_public_robots (PnCall *call)
{
  answer (call, "web/robots.txt", "text/plain; charset=utf-8", make_robots);
}
