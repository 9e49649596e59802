/* What the files of kb/article share. Inside `kb/` only. */
#pragma once

#include "kb/article.h"

#define PN_ARTICLE_COLUMNS                                                                         \
  "a.id, a.external_id, a.title, a.body, a.language, a.category_id, a.state, a.version,"           \
  " a.change_no, a.created_at, a.updated_at, a.is_internal, a.owner, a.translation_of,"            \
  " a.translated_at, a.publish_at, a.published_at, a.review_at, a.author, a.note"

/* As pn_article_find_external (), and removed ones too. */
gboolean pn_article_find_any (PnDb *db, const char *external_id, PnArticle **article,
                              GError **error);
