/* Suggest: the few articles that may answer a ticket or a form before it is sent. One ranker serves all: kb/search. */
#pragma once

#include "kb/search.h"

#define PN_KB_SUGGESTIONS 3

/* @subject, @text: what was written (@text without quotes where the caller can tell); either may be NULL.
 * @with_internal: for the desk. Returns: (owned) at most PN_KB_SUGGESTIONS hits, PnKbHit, with confidence. */
GPtrArray *pn_kb_suggest (PnDb *db, const char *subject, const char *text, const char *language,
                          gboolean with_internal, GError **error);
