/* Lists of articles for those who write them: narrowed down, newest change first or last, a page at a time. */
#pragma once

#include "kb/article.h"

typedef enum {
  PN_ARTICLE_MARK_NONE,
  PN_ARTICLE_MARK_REVIEW_DUE, /* its review date has come */
  PN_ARTICLE_MARK_OUTDATED,   /* a translation whose original was changed since */
  PN_ARTICLE_MARK_BROKEN,     /* a link of it leads nowhere */
  PN_ARTICLE_MARK_PROPOSED,   /* a change to it waits */
  PN_ARTICLE_MARK_SCHEDULED,  /* publishes itself some day */
  PN_ARTICLE_MARK_INTERNAL,
} PnArticleMark;

typedef struct {
  const char *words;    /* each must stand in title, body or id; NULL: any */
  int state;            /* of PnArticleState; -1: any but archived */
  const char *category; /* a name; NULL: any; "": those without one */
  const char *language; /* NULL: any; "": those without one */
  const char *owner;    /* a log-in; NULL: any; "": nobody's */
  PnArticleMark mark;
  gboolean is_oldest_first;
  PnTime after; /* behind this row: its updated_at and id; 0: the first page */
  gint64 after_id;
} PnArticleFilter;

typedef struct {
  gint64 id;
  char *external_id;
  char *title;
  char *language;
  char *category;
  PnArticleState state;
  gboolean is_internal;
  char *owner;
  gint64 version;
  PnTime updated_at;
  PnTime publish_at;
  PnTime review_at;
  gboolean is_review_due;
  gboolean is_outdated;
  gboolean is_broken;
  gboolean is_proposed;
} PnArticleRow;

void pn_article_row_free (PnArticleRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnArticleRow, pn_article_row_free)

/* Returns: the word for @mark, "review_due"; "" for none. */
const char *pn_article_mark_name (PnArticleMark mark);
gboolean pn_article_mark_read (const char *word, PnArticleMark *mark); /* FALSE: no such word */

/* Returns: (owned) at most @limit rows of PnArticleRow. */
GPtrArray *pn_article_filter (PnDb *db, const PnArticleFilter *filter, guint limit, GError **error);

/* The same article in other languages, this one too: (owned) of PnArticleRow, the original first. */
GPtrArray *pn_article_list_translations (PnDb *db, const PnArticle *article, GError **error);

/* Returns: (owned) what there is to choose from, of char *, sorted, at most 200. */
GPtrArray *pn_article_list_languages (PnDb *db, GError **error);
GPtrArray *pn_article_list_owners (PnDb *db, GError **error);

/* Returns: (owned) at most @limit ids, gint64, of published articles whose review date is not after @now and whose owner
 * was not told of it. */
GArray *pn_article_list_to_remind (PnDb *db, PnTime now, guint limit, GError **error);

/* Notes that the owner is told. @is_first: nobody was faster. */
gboolean pn_article_set_reminded (PnDb *db, gint64 id, PnTime now, gboolean *is_first,
                                  GError **error);

/* Returns: (owned) at most @limit due articles of PnArticle, whole, oldest first: drafts and those in review whose time
 * to be published is not after @now. */
GPtrArray *pn_article_list_to_publish (PnDb *db, PnTime now, guint limit, GError **error);
