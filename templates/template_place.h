/* Template place: where in the HTML a template's text has arrived; decides how a value is escaped there.
 *
 * A scanner of what our own templates may contain: tags, quoted and unquoted attributes, comments, declarations, raw
 * text (script, style) and escapable raw text (title, textarea). Plain records, copied and compared freely. Inside
 * `templates/` only.
 */
#pragma once

#include "templates/template_node.h"

#define PN_PLACE_NAME 24

typedef enum {
  PN_PLACE_TEXT,     /* of an element */
  PN_PLACE_RCDATA,   /* title, textarea */
  PN_PLACE_RAW,      /* script, style and their like */
  PN_PLACE_TAG_OPEN, /* after < */
  PN_PLACE_TAG_NAME,
  PN_PLACE_IN_TAG, /* an attribute may start here */
  PN_PLACE_EDGE,   /* in a tag, after a value or one of our tags: white space, / or > must follow */
  PN_PLACE_ATTRIBUTE,
  PN_PLACE_AFTER_ATTRIBUTE, /* white space after an attribute's name */
  PN_PLACE_BEFORE_VALUE,    /* after = */
  PN_PLACE_QUOTED,
  PN_PLACE_UNQUOTED,
  PN_PLACE_DECLARATION, /* <!doctype …> */
  PN_PLACE_COMMENT,
} PnPlaceState;

typedef enum { PN_ATTRIBUTE_PLAIN, PN_ATTRIBUTE_URL, PN_ATTRIBUTE_CODE } PnAttributeKind;

typedef enum { PN_URL_START, PN_URL_PATH, PN_URL_QUERY } PnUrlPart;

typedef struct {
  PnPlaceState state;
  PnAttributeKind attribute;
  PnUrlPart url;
  gboolean is_bad_url; /* the literal began with a scheme that is refused */
  gboolean is_end_tag;
  char quote;
  char element[PN_PLACE_NAME]; /* name of the tag, lower case */
  char word
      [PN_PLACE_NAME]; /* what is being read: attribute name, beginning of an address, end of a comment */
} PnPlace;

/* Moves over a template's literal. Returns: what is wrong, or NULL. */
const char *pn_place_take_text (PnPlace *place, const char *text);

/* Moves over a value. */
void pn_place_take_value (PnPlace *place);

/* Moves over the edge of a section or block, which must not split a name inside a tag. */
void pn_place_take_tag (PnPlace *place);

/* Returns: why a value may not stand here, or NULL. */
const char *pn_place_refuses_value (const PnPlace *place);

PnEscape pn_place_escape (const PnPlace *place);

gboolean pn_place_equal (const PnPlace *a, const PnPlace *b);

/* Where two ways meet. Returns: FALSE when they can't. */
gboolean pn_place_join (const PnPlace *a, const PnPlace *b, PnPlace *joined);
