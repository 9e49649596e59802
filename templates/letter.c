#include "templates/letter.h"

#include <string.h>

#define SUBJECT "Subject: "

void
pn_letter_text_clear (PnLetterText *letter)
{
  g_clear_pointer (&letter->subject, g_free);
  g_clear_pointer (&letter->text, g_free);
  g_clear_pointer (&letter->html, g_free);
}

/* Returns: (owned) the letter's path without its ending. */
static char *
find_letter (const PnTemplates *templates, const char *name, const char *language)
{
  g_autofree char *own = g_strconcat ("mail/", language == NULL ? "en" : language, "/", name, NULL);
  g_autofree char *file = g_strconcat (own, ".txt", NULL);

  if (pn_templates_has (templates, file))
    return g_steal_pointer (&own);
  return g_strconcat ("mail/en/", name, NULL);
}

/* Runs of blanks become one, as an empty name or a line break in a subject leaves them. */
static char *
fold_line (const char *line, gsize size)
{
  g_autofree char *copy = g_strndup (line, size);
  g_auto (GStrv) words = g_strsplit_set (copy, " \t", -1);
  GString *out = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf (out, "%s%s", out->len == 0 ? "" : " ", *word);
  return g_string_free (out, FALSE);
}

static gboolean
split (const char *path, const char *rendered, PnLetterText *letter, GError **error)
{
  const char *end = strchr (rendered, '\n');

  if (!g_str_has_prefix (rendered, SUBJECT) || end == NULL || end[1] != '\n') {
    g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX,
                 "%s.txt: a letter is a line \"Subject: …\", an empty line and a text", path);
    return FALSE;
  }
  letter->subject =
      fold_line (rendered + strlen (SUBJECT), (gsize) (end - rendered) - strlen (SUBJECT));
  letter->text = g_strdup (end + 2);
  return TRUE;
}

const char *
pn_letter_language (const PnTemplates *templates, const char *name, const char *language)
{
  g_autofree char *file =
      g_strconcat ("mail/", language == NULL ? "en" : language, "/", name, ".txt", NULL);

  return language != NULL && pn_templates_has (templates, file) ? language : "en";
}

static gboolean
render_words (PnTemplates *templates, const char *path, const PnLetterWords *words,
              json_t *document, const PnRenderOptions *options, PnLetterText *letter,
              GError **error)
{
  g_autofree char *text_name = g_strconcat (path, ".txt", NULL);
  g_autofree char *html_name = g_strconcat (path, ".html", NULL);
  g_autofree char *rendered = NULL;
  g_autofree char *html = NULL;
  PnRenderOptions own = *options;

  own.mode = PN_RENDER_TEXT;
  rendered = pn_templates_render_as (templates, text_name, words->text, document, &own, error);
  if (rendered == NULL)
    return FALSE;
  if (words->html != NULL) {
    own.mode = PN_RENDER_HTML;
    html = pn_templates_render_as (templates, html_name, words->html, document, &own, error);
    if (html == NULL)
      return FALSE;
  }
  if (!split (path, rendered, letter, error))
    return FALSE;
  letter->html = g_steal_pointer (&html);
  return TRUE;
}

gboolean
pn_letter_render_words (PnTemplates *templates, const char *name, const PnLetterWords *words,
                        json_t *document, const PnRenderOptions *options, PnLetterText *letter,
                        GError **error)
{
  g_autofree char *path = find_letter (templates, name, options->language);

  return render_words (templates, path, words, document, options, letter, error);
}

gboolean
pn_letter_render (PnTemplates *templates, const char *name, json_t *document,
                  const PnRenderOptions *options, PnLetterText *letter, GError **error)
{
  g_autofree char *path = find_letter (templates, name, options->language);
  g_autofree char *text_name = g_strconcat (path, ".txt", NULL);
  g_autofree char *html_name = g_strconcat (path, ".html", NULL);
  g_autofree char *rendered = NULL;
  g_autofree char *html = NULL;
  PnRenderOptions own = *options;

  own.mode = PN_RENDER_TEXT;
  rendered = pn_templates_render (templates, text_name, document, &own, error);
  if (rendered == NULL)
    return FALSE;
  if (pn_templates_has (templates, html_name)) {
    own.mode = PN_RENDER_HTML;
    html = pn_templates_render (templates, html_name, document, &own, error);
    if (html == NULL)
      return FALSE;
  }
  if (!split (path, rendered, letter, error))
    return FALSE;
  letter->html = g_steal_pointer (&html);
  return TRUE;
}
