/* Excerpt: the part of a text that shows best why it was found, with the words that were asked for marked. Pure. */
#pragma once

#include "kb/index.h"

/* @text: plain. Returns: (owned) of PnKbPart, at most about @max_chars characters; empty for an empty text. */
GArray *pn_kb_excerpt (const PnKbIndex *index, const PnBag *bag, const char *text,
                       const char *language, guint max_chars);
