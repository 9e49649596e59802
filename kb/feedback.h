/* Feedback: what people did with the articles they were offered, and with which words they had asked.
 *
 *   source                                  says
 *   STAFF    staff answered with it         the article answers the question
 *   SEARCH   a search ended on it           the same, a little less surely
 *   FORM     accepted before sending        the same
 *   SOLVED   "this solved it"               the same
 *   HELPFUL  voted for, after a search      the same
 *   REFUSED  "no, a person please"          it does not
 *   UNHELPFUL  voted against                it does not
 *   NONE     staff answered without any     no article answers the question
 *
 * Learning (kb/study) reads it. The question stands here with whom it is of, so that it goes when they go; what a search
 * of nobody in particular said has no person. Owns the table kb_feedback.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_FEEDBACK_QUESTION_MAX_CHARS 1000

typedef enum {
  PN_FEEDBACK_STAFF,
  PN_FEEDBACK_SEARCH,
  PN_FEEDBACK_FORM,
  PN_FEEDBACK_SOLVED,
  PN_FEEDBACK_HELPFUL,
  PN_FEEDBACK_REFUSED,
  PN_FEEDBACK_UNHELPFUL,
  PN_FEEDBACK_NONE,
} PnFeedbackKind;
#define PN_FEEDBACK_KINDS 8

typedef struct {
  gint64 id; /* set by reading; 0 in pn_feedback_add () */
  PnFeedbackKind kind;
  gint64 article_id; /* 0: none (NONE) */
  char *
      question; /* as it was asked: a mail's subject, a line break, its text, is fine; NULL or "": unknown */
  char *language;      /* NULL: unknown */
  gint64 person_id;    /* 0: nobody we know */
  gint64 message_id;   /* 0: none */
  gboolean is_learned; /* the article is known by these words */
} PnFeedback;

void pn_feedback_free (PnFeedback *feedback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFeedback, pn_feedback_free)

/* Adds it, in the caller's transaction if there is one. What counts once has the same @key each time ("solved:12",
 * "search:SESSION:7"): the same again is no error and changes nothing. Of a letter only the question is kept (no greeting,
 * signature, quotation), at most PN_FEEDBACK_QUESTION_MAX_CHARS. */
gboolean pn_feedback_add (PnDb *db, const PnFeedback *feedback, const char *key, GError **error);

/* Does the source say that the article answers the question? */
gboolean pn_feedback_is_good (PnFeedbackKind kind);

/* Returns: (owned) at most @limit with a question, of PnFeedback, behind @after_id, by id. */
GPtrArray *pn_feedback_list (PnDb *db, gint64 after_id, guint limit, GError **error);

/* The newest there is; 0: none. */
gboolean pn_feedback_last (PnDb *db, gint64 *id, GError **error);

/* Marks whether the article is known by these words; whoever does tells the index (pn_article_touch ()). */
gboolean pn_feedback_set_learned (PnDb *db, gint64 id, gboolean is_learned, GError **error);

/* Returns: (owned) the words that the article is known by, of char *, newest first, at most @limit. */
GPtrArray *pn_feedback_learned (PnDb *db, gint64 article_id, guint limit, GError **error);

/* Returns: (owned) at most @limit that are learned, behind @after_id, of PnFeedback by id. */
GPtrArray *pn_feedback_list_learned (PnDb *db, gint64 after_id, guint limit, GError **error);

/* How many of each kind the article has got. */
gboolean pn_feedback_count (PnDb *db, gint64 article_id, gint64 counts[PN_FEEDBACK_KINDS],
                            GError **error);

/* Forgets the words of the person, and that they were learned, at most 1000 at a time: @count tells how many; call again
 * until it is 0. The articles that lose words are told to the index. In the caller's transaction. */
gboolean pn_feedback_forget_person (PnDb *db, gint64 person_id, gint64 *count, GError **error);
