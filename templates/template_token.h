/* Template tokens: a template's text cut into literals and tags, with the white space of lines that hold only tags
 * taken out. Inside `templates/` only.
 *
 * A line is *standalone* when it holds nothing but one section, partial, comment or delimiter tag, or nothing but
 * tags of inheritance; its white space and line break are no output. A partial's or block's white space becomes its
 * indent.
 */
#pragma once

#include "templates/template.h"

typedef enum {
  PN_TOKEN_TEXT,
  PN_TOKEN_VALUE,
  PN_TOKEN_RAW,
  PN_TOKEN_SECTION,
  PN_TOKEN_INVERTED,
  PN_TOKEN_CLOSE,
  PN_TOKEN_PARTIAL,
  PN_TOKEN_PARENT,
  PN_TOKEN_BLOCK,
  PN_TOKEN_COMMENT,
  PN_TOKEN_DELIMITER,
  PN_TOKEN_TRANSLATE,
} PnTokenKind;

typedef struct {
  PnTokenKind kind;
  PnTokenKind closes; /* close: what it closes, else PN_TOKEN_TEXT */
  guint line;
  guint opened_line;    /* close: the line of the tag it closes */
  gboolean starts_line; /* text, block: nothing stands before it on its line */
  gboolean ends_line;   /* the rest of its line was dropped */
  char *text;           /* literal, or what is inside the tag, stripped */
  char *body;           /* translate: the text between the tags */
  char *indent;         /* partial, parent, block: white space before it on its line; NULL inline */
} PnToken;

/* Returns: (owned) array of (owned) PnToken, whose sections, blocks and parents are closed in order; NULL with
 * PN_TEMPLATE_ERROR_SYNTAX. @mode says whether the additions to Mustache are known. */
GPtrArray *pn_template_tokens (const char *name, const char *text, PnRenderMode mode,
                               GError **error);

void pn_token_free (PnToken *token);
