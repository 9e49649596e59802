/* Quotes, the header blocks and separators that mail programs of the world write above a quoted mail. Pure; any thread. */
#pragma once

#include <glib.h>

typedef enum {
  PN_FIELD_NONE,
  PN_FIELD_FROM,
  PN_FIELD_DATE,
  PN_FIELD_TO,
  PN_FIELD_SUBJECT,
  PN_FIELD_OTHER
} PnField;

/* Returns: which field of a quoted header block @line is ("*Von:* ..."), PN_FIELD_NONE for ordinary text. */
PnField pn_quote_field (const char *line);

/* Returns: TRUE when @line starts with a word or three and a colon, as fields do in any language. */
gboolean pn_quote_is_labelled (const char *line);

/* Returns: TRUE when @line says that a quoted or forwarded mail follows ("-----Original Message-----"). */
gboolean pn_quote_is_separator (const char *line);

/* Returns: (owned) @text in lower case, inner spaces made one, @marks around it taken off. */
char *pn_quote_normalise (const char *text, const char *marks);
