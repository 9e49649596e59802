/* Letter: the words of a mail in somebody's language: subject, text and HTML from mail/LANGUAGE/NAME.txt and .html.
 * Which fields each letter needs is written in templates/mail/README. */
#pragma once

#include "templates/template.h"

#define PN_LETTER_MAX_ACK_BYTES                                                                    \
  4096 /* an answer to somebody who proved nothing must not amplify (RFC 3834, 2) */

typedef struct {
  char *subject; /* one line */
  char *text;    /* ends with a line break */
  char *html;    /* NULL where the letter has none */
} PnLetterText;

/* Fills @letter from @document: in the options' language, in English where that has no such letter. The options' mode
 * is not used. Returns: FALSE with PN_TEMPLATE_ERROR, @letter untouched. */
gboolean pn_letter_render (PnTemplates *templates, const char *name, json_t *document,
                           const PnRenderOptions *options, PnLetterText *letter, GError **error);

/* A letter in the site's own words: as the files NAME.txt and NAME.html would be. */
typedef struct {
  const char *text; /* "Subject: …", an empty line, the body */
  const char *html; /* NULL: without */
} PnLetterWords;

/* As pn_letter_render (), from @words in place of the files. */
gboolean pn_letter_render_words (PnTemplates *templates, const char *name,
                                 const PnLetterWords *words, json_t *document,
                                 const PnRenderOptions *options, PnLetterText *letter,
                                 GError **error);

/* Returns: the language that the letter is written in for a reader of @language: that, or "en". */
const char *pn_letter_language (const PnTemplates *templates, const char *name,
                                const char *language);

/* Frees what is in @letter. */
void pn_letter_text_clear (PnLetterText *letter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnLetterText, pn_letter_text_clear)
