/* Votes: "did this answer it?", once a day for each reader of an article, with a word why. Owns the table kb_vote. */
#pragma once

#include "kb/feedback.h"

#define PN_VOTE_VISITOR_BYTES 16
#define PN_VOTE_WORD_MAX_CHARS 500

typedef struct {
  gint64 article_id;
  const guint8
      *visitor; /* PN_VOTE_VISITOR_BYTES of a keyed hash: the same reader on the same day */
  gboolean is_helpful;
  const char *word;     /* why; "" */
  const char *question; /* what was searched for before; NULL: nothing */
} PnVoteOrder;

typedef struct {
  gboolean is_helpful;
  char *word;
  PnTime voted_at;
} PnVote;

void pn_vote_free (PnVote *vote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnVote, pn_vote_free)

/* Keeps the vote and tells kb/feedback, in a transaction of its own. The same reader on the same day changes the vote and
 * adds the word; the first one is what learning hears of. */
gboolean pn_vote_add (PnDb *db, const PnVoteOrder *order, GError **error);

/* @yes and @no: of all days. */
gboolean pn_vote_count (PnDb *db, gint64 article_id, gint64 *yes, gint64 *no, GError **error);

/* Returns: (owned) the newest @limit votes with a word, of PnVote. */
GPtrArray *pn_vote_list_words (PnDb *db, gint64 article_id, guint limit, GError **error);
