/* Given: which articles went out for which message, as the answer or as suggestions, and what came of it. The same
 * article is never the answer twice to one ticket or one person. Owns the table kb_given.
 */
#pragma once

#include "ticketing/core/db.h"

typedef enum {
  PN_OUTCOME_NONE, /* nobody said anything yet */
  PN_OUTCOME_SOLVED,
  PN_OUTCOME_REFUSED,
} PnOutcome;

typedef struct {
  gint64 id;
  gint64 message_id; /* of the question */
  gint64 ticket_id;
  gint64 person_id;
  gint64 article_id;
  gboolean is_answer; /* else one of several suggestions */
  double confidence;
  PnOutcome outcome;
  PnTime created_at;
  PnTime outcome_at; /* 0: none */
} PnGiven;

/* Adds it, in the caller's transaction. The same again is no error. */
gboolean pn_given_add (PnDb *db, const PnGiven *given, GError **error);

/* @was_given: the article was the answer on this ticket, or to this person, or was refused there. */
gboolean pn_given_was (PnDb *db, gint64 ticket_id, gint64 person_id, gint64 article_id,
                       gboolean *was_given, GError **error);

/* Returns: (owned) what went out for the message, of PnGiven: the surest first. */
GArray *pn_given_list (PnDb *db, gint64 message_id, GError **error);

/* Sets the outcome of what went out for the message: of @article_id, or 0: of all. A later word counts. */
gboolean pn_given_set_outcome (PnDb *db, gint64 message_id, gint64 article_id, PnOutcome outcome,
                               GError **error);

/* Of the newest @limit answers that somebody said something about since @since: how many there are, and how many solved
 * it. */
gboolean pn_given_recent (PnDb *db, PnTime since, guint limit, gint64 *judged, gint64 *solved,
                          GError **error);

/* Returns: (owned) of gint64: the newest @limit tickets to which an answer (or else suggestions) went out in that span,
 * with @outcome; -1: any. */
GArray *pn_given_tickets (PnDb *db, gboolean is_answer, int outcome, PnTime from, PnTime to,
                          guint limit, GError **error);

typedef struct {
  gint64 answers;
  gint64 answers_solved;
  gint64 answers_refused;
  gint64 suggestions;
  gint64 suggestions_solved;
} PnGivenCounts;

gboolean pn_given_count (PnDb *db, PnTime from, PnTime to, PnGivenCounts *counts, GError **error);
