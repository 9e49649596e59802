/* How the help centre's pages show articles and categories (templates/web/README has the shapes). */
#pragma once

#include "gateway/web/call.h"
#include "kb/article_public.h"
#include "kb/category.h"

/* Each returns (owned). */
json_t *
pn_show_heads (const GPtrArray *heads); /* of PnArticleHead: [{"title", "language", "url", …}] */
json_t *pn_show_category (const PnCategory *category);

/* Returns: (owned) an address with scheme and host in front of @path. */
char *pn_show_absolute (const PnCall *call, const char *path);

/* A page that stays at another address of ours for good. @path (owned by the caller); the query goes along. */
void pn_show_moved (PnCall *call, const char *path);
