/* Ask: a question put to a base that is in memory; what kb/search does between the database's reading and its excerpts. */
#pragma once

#include "kb/base.h"
#include "kb/search.h"

/* @base: locked, or the caller's own. @bag gets the question's terms; pn_bag_clear () it. Excerpts are not made here.
 * Returns: (owned) the hits, PnKbHit. */
GPtrArray *pn_kb_ask (const PnKbBase *base, const PnKbQuery *query, PnBag *bag);

/* What is known of the first answer to a question, for kb/fit. */
typedef struct {
  gint64 article_id; /* 0: no answer */
  gboolean is_many;
  double features[PN_KB_FEATURES];
} PnKbFirst;

void pn_kb_ask_first (const PnKbBase *base, const char *text, const char *language,
                      PnKbFirst *first);
