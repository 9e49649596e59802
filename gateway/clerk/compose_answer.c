#include "gateway/clerk/compose_private.h"

#include <string.h>

#include "kb/article_public.h"
#include "kb/markdown.h"
#include "templates/sanitise.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"

#define LINK_LIFE (30 * PN_DAY)
#define TITLE_BYTES 300 /* of a suggestion: acknowledgements stay small */

gboolean
pn_composition_load_article (PnComposition *composition, GError **error)
{
  const json_t *id = json_object_get (composition->row->document, "article_id");

  composition->letter = composition->row->letter;
  if (strcmp (composition->letter, "answer") != 0)
    return TRUE;
  if (!pn_article_find (composition->compose->db, json_integer_value (id), &composition->article,
                        error))
    return FALSE;
  if (composition->article != NULL
      && (!pn_article_is_public (composition->article) || *composition->compose->site_url == '\0'))
    g_clear_pointer (&composition->article, pn_article_free);
  if (composition->article == NULL)
    composition->letter = "ack";
  return TRUE;
}

/* What can't be made safe HTML is shown as text. */
static json_t *
write_article (const PnComposition *composition)
{
  const PnSanitiseOptions options = { 0 };
  const PnArticle *article = composition->article;
  g_autoptr (GError) error = NULL;
  g_autofree char *outside = pn_article_write_outside (composition->compose->db, article,
                                                       composition->compose->site_url, &error);
  g_autofree char *markdown = g_strdup (outside != NULL ? outside : article->body);
  g_autofree char *made = pn_markdown_to_html (markdown, NULL);
  g_autofree char *html = made != NULL ? pn_sanitise_html (made, strlen (made), &options) : NULL;
  g_autofree char *url =
      g_strdup_printf ("%s/kb/%" G_GINT64_FORMAT, composition->compose->site_url, article->id);

  if (outside == NULL)
    pn_log_error (PN_LOG_WARNING, "article-links", error, "article=%" G_GINT64_FORMAT, article->id);
  return json_pack ("{s:o, s:s, s:o, s:o}", "title", pn_json_text (article->title), "url", url,
                    "text", pn_json_text (g_strchomp (markdown)), "html", pn_safe_html (html));
}

static json_t *
write_suggestions (const PnComposition *composition)
{
  const json_t *titles = json_object_get (composition->row->document, "titles");
  json_t *list = json_array ();
  const json_t *one;
  size_t i;

  json_array_foreach (titles, i, one)
  {
    g_autofree char *title = pn_text_clip (pn_json_get_text (one, "title"), TITLE_BYTES);
    g_autofree char *url =
        g_strconcat (composition->compose->site_url, pn_json_get_text (one, "path"), NULL);

    json_array_append_new (
        list, json_pack ("{s:o, s:o}", "title", pn_json_text (title), "url", pn_json_text (url)));
  }
  return list;
}

/* A link names the message that was answered; it only shows a page that asks (GET changes nothing). */
static json_t *
write_link (const PnComposition *composition, PnTokenPurpose purpose, const char *path)
{
  const PnCompose *compose = composition->compose;
  g_autofree char *token = pn_token_make (compose->key, purpose, composition->row->message_id,
                                          pn_clock_now () + LINK_LIFE);

  return json_sprintf ("%s%s%s", compose->site_url, path, token);
}

void
pn_composition_add_answer (const PnComposition *composition, json_t *document)
{
  json_t *list;

  if (composition->row->class != PN_CLASS_AUTOMATIC || *composition->compose->site_url == '\0')
    return;
  list = write_suggestions (composition);
  if (composition->article != NULL || json_array_size (list) > 0) {
    pn_json_set (document, "solved_link", write_link (composition, PN_TOKEN_SOLVED, "/my/solved/"));
    pn_json_set (document, "person_link",
                 write_link (composition, PN_TOKEN_PERSON_PLEASE, "/my/person/"));
  }
  pn_json_set (document, "suggestions", list);
  if (composition->article != NULL)
    pn_json_set (document, "article", write_article (composition));
}
