/* An article as JSON, one line of an import or export:
 *
 *   {"id","title","body","language","category","questions":[…],"state","visibility","created","updated",
 *    "owner","translation_of","translated","publish","published","review"}
 *
 * Only "id" and "title" must be there; a missing "state" is "published", a missing "visibility"
 * "public", missing times are left open. Keys that are not
 * listed are passed over. Pure; any thread may call.
 */
#pragma once

#include <jansson.h>

#include "kb/article.h"

/* Returns: (owned) NULL with INVALID, which says what is wrong. */
PnArticle *pn_article_read_json (const json_t *document, GError **error);

/* Returns: (owned) the document. */
json_t *pn_article_write_json (const PnArticle *article);
