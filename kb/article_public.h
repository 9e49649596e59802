/* Articles as visitors meet them: only what is published for everybody, each once, in the language they read where there
 * is a translation, else in the one it was written in.
 */
#pragma once

#include "kb/article.h"

typedef struct {
  gint64 id;
  gint64 original_id; /* of the article in the language it was written in, for paging */
  char *external_id;
  char *title;
  char *language;
  PnTime shown_at; /* pn_article_shown_at () */
} PnArticleHead;

void pn_article_head_free (PnArticleHead *head);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnArticleHead, pn_article_head_free)

/* Returns: (owned) at most @limit of PnArticleHead in the category, behind the original @after, by id of the original. */
GPtrArray *pn_article_shelf (PnDb *db, gint64 category_id, const char *language, gint64 after,
                             guint limit, GError **error);

/* Returns: (owned) the article itself and its other languages, of PnArticleHead, by language. */
GPtrArray *pn_article_languages (PnDb *db, const PnArticle *article, GError **error);

/* Returns: (owned) at most @limit of PnArticleHead, each language for itself, what readers got last first. */
GPtrArray *pn_article_newest (PnDb *db, guint limit, GError **error);

#define PN_ARTICLE_HEADS 5

/* Returns: (owned) those of @ids (0: none) that are public, of PnArticleHead, in the order of @ids. */
GPtrArray *pn_article_heads (PnDb *db, const gint64 ids[PN_ARTICLE_HEADS], GError **error);

/* Returns: (owned) the article's Markdown for a letter: its addresses lead to @site_url (without a slash at its end) from
 * anywhere; a link to an article that not everybody may read keeps its words alone. */
char *pn_article_write_outside (PnDb *db, const PnArticle *article, const char *site_url,
                                GError **error);

/* Adds @count readings of the article to its figures, now. Alone or in the caller's transaction. */
gboolean pn_article_add_readings (PnDb *db, gint64 id, guint count, GError **error);

/* Returns: (owned) at most @limit of PnArticleHead, the most read of the last weeks first. */
GPtrArray *pn_article_most_read (PnDb *db, const char *language, guint limit, GError **error);

/* @readings: since the beginning. */
gboolean pn_article_readings (PnDb *db, gint64 id, gint64 *readings, GError **error);
