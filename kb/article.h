/* Articles of the knowledge base, and the questions each is known by.
 *
 *   kb_article   one row an article; a removed one stays as a row in the state REMOVED, without its text
 *   kb_question  its known phrasings, in order
 *   kb_change    the number of the last change: an article carries the number of the change that touched it last
 *
 * The change row is held until commit, so numbers become visible in their order: whoever has seen everything up to n
 * asks for what is above n and misses nothing, on any node.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_ARTICLE_ID_MAX_BYTES 190
#define PN_ARTICLE_TITLE_MAX_CHARS 4000
#define PN_ARTICLE_BODY_MAX_BYTES (256 * 1024)
#define PN_ARTICLE_QUESTION_MAX_CHARS 4000
#define PN_ARTICLE_QUESTIONS_MAX 10000
#define PN_ARTICLE_LOGIN_MAX_CHARS 100
#define PN_ARTICLE_NOTE_MAX_CHARS 400

/* draft ──► review ──► published ──► archived; each may go back. Only published ones are shown and found. */
typedef enum {
  PN_ARTICLE_DRAFT,
  PN_ARTICLE_PUBLISHED,
  PN_ARTICLE_REVIEW, /* written, and waiting for somebody who may publish */
  PN_ARTICLE_REMOVED,
  PN_ARTICLE_ARCHIVED,
} PnArticleState;

typedef struct {
  gint64 id;            /* 0: not stored yet */
  char *external_id;    /* its name outside: in files, exports, run lines */
  char *title;          /* one line */
  char *body;           /* Markdown; may be empty */
  char *language;       /* "de", "pt-BR"; "" when nobody said */
  char *category;       /* a category's name; "" for none */
  GPtrArray *questions; /* of char *: phrasings besides the title */
  PnArticleState state;
  gboolean is_internal; /* for staff only, also when published */
  char *owner;          /* log-in of who looks after it; "" for nobody */
  char *translation_of; /* external id of the article this is a translation of; "" for none */
  PnTime translated_at; /* the original's updated_at when this was in step with it; 0: never said */
  PnTime publish_at;    /* when it publishes itself; 0: not by itself */
  PnTime published_at;  /* when it was first published; 0 in pn_article_save (): as it was */
  PnTime review_at;     /* when somebody should look whether it still holds; 0: never */
  PnTime created_at;    /* 0 in pn_article_save (): now */
  PnTime updated_at;    /* of title and body; 0 in pn_article_save (): now if they change */
  char *author;         /* log-in of who made this version; "" for an import */
  char *note;           /* what this version is about; "" */
  char *unread; /* of an import: the first key that means nothing here; NULL for none. Not stored */
  gint64 version; /* counts the saves that changed something */
  gint64 change_no;
} PnArticle;

typedef enum { PN_ARTICLE_CREATED, PN_ARTICLE_UPDATED, PN_ARTICLE_UNCHANGED } PnArticleOutcome;

/* Returns: (owned) an empty published article; every text is "". */
PnArticle *pn_article_new (void);
void pn_article_free (PnArticle *article);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnArticle, pn_article_free)

/* Returns: the word for @state, "draft". */
const char *pn_article_state_name (PnArticleState state);

/* Reads a word that is not "removed". Returns: FALSE with INVALID, which names the words there are. */
gboolean pn_article_state_read (const char *word, PnArticleState *state, GError **error);

/* Sets the state from a word of a file; "internal" is "published, for staff only", as older files say it. */
gboolean pn_article_set_state (PnArticle *article, const char *word, GError **error);

/* "public" or "internal". Reading returns FALSE with INVALID for another word. */
const char *pn_article_visibility_name (const PnArticle *article);
gboolean pn_article_set_visibility (PnArticle *article, const char *word, GError **error);

/* Is it for everybody's eyes? */
gboolean pn_article_is_public (const PnArticle *article);

/* Since when readers have it as it stands: since its text was changed, or since it became public if that was later. */
PnTime pn_article_shown_at (const PnArticle *article);

PnArticle *pn_article_copy (const PnArticle *article); /* (owned) */

/* Is @text a language tag, or ""? */
gboolean pn_article_is_language (const char *text);

/* Is @article fit to be stored? The title is made one line. Returns: FALSE with INVALID, which says what is wrong. */
gboolean pn_article_check (PnArticle *article, GError **error);

/* Is there an article of that id, also a removed one? */
gboolean pn_article_is_taken (PnDb *db, const char *external_id, gboolean *is_taken,
                              GError **error);

/* Takes the next change number, for the saves of this transaction. Only inside a transaction, before them. */
gboolean pn_article_begin_change (PnDb *db, gint64 *change_no, GError **error);

/* Stores @article under its external id, with @change_no, in the caller's transaction; one that is as it was stays
 * untouched, and what was there before is kept (kb/version). Author and note alone are no difference. @expected_version: the version the writer has seen (0 when any will do, as for imports); CONFLICT when it
 * is another now. Sets id, version and change_no. INVALID as pn_article_check (). */
gboolean pn_article_save (PnDb *db, PnArticle *article, gint64 change_no, gint64 expected_version,
                          PnArticleOutcome *outcome, GError **error);

/* Removes the article with its versions in the caller's transaction. NOT_FOUND when there is none. */
gboolean pn_article_remove (PnDb *db, gint64 id, gint64 change_no, GError **error);

/* Makes every index read the article anew (what it is known by has changed), in the caller's transaction. */
gboolean pn_article_touch (PnDb *db, gint64 id, gint64 change_no, GError **error);

/* The same for all in the category, when it has another name. */
gboolean pn_article_touch_category (PnDb *db, gint64 category_id, gint64 change_no, GError **error);

/* Finds one that is not removed. Returns: TRUE, and in @article (owned) it, or NULL when there is none. */
gboolean pn_article_find (PnDb *db, gint64 id, PnArticle **article, GError **error);
gboolean pn_article_find_external (PnDb *db, const char *external_id, PnArticle **article,
                                   GError **error);

/* @last gets the number of the last change; @base (may be NULL, owned) what tells this base from any other. */
gboolean pn_article_last_change (PnDb *db, gint64 *last, char **base, GError **error);

/* Returns: (owned) at most @limit articles of PnArticle, removed ones too, behind the change @after_change and, within
 * that change, behind the article @after_id, in that order; less than @limit means there are no more. */
GPtrArray *pn_article_list_changed (PnDb *db, gint64 after_change, gint64 after_id, guint limit,
                                    GError **error);

/* Returns: (owned) at most @limit articles of PnArticle in @state, behind the article @after_id, by id.
 * @category: only those in it; NULL for all. */
GPtrArray *pn_article_list (PnDb *db, PnArticleState state, const char *category, gint64 after_id,
                            guint limit, GError **error);
