/* Reasons: what core/reason stores, in documents: the sentence in the reader's language, and beside it the document with
 * code and arguments. */
#pragma once

#include "gateway/web/call.h"

/* Sets @key of @shown to the sentence of @stored (null for none) and "why" to its document. */
void pn_reason_put (const PnCall *call, json_t *shown, const char *key, const char *stored);

/* Sets "reasons" and "why" of @shown: sentences and documents of a list; [] for NULL. */
void pn_reason_put_all (const PnCall *call, json_t *shown, const json_t *reasons);

/* Returns: (owned) what a rule did, [{"do", "done", "old", "new", "why"}], each with "reason", the sentence of "why". */
json_t *pn_reason_show_effects (const PnCall *call, const json_t *effects);
