/* Feedback figures: how often people said what, over a span of time. Reads the table of kb/feedback. */
#pragma once

#include "kb/feedback.h"

typedef struct {
  gint64 article_id;
  gint64 counts[PN_FEEDBACK_KINDS];
} PnFeedbackArticle;

typedef struct {
  char *question; /* NULL: forgotten with its person */
  gint64 message_id;
  gint64 article_id;
} PnFeedbackEntry;

void pn_feedback_entry_free (PnFeedbackEntry *entry);

/* From @from, before @to. */
gboolean pn_feedback_figures (PnDb *db, PnTime from, PnTime to, gint64 counts[PN_FEEDBACK_KINDS],
                              GError **error);

/* Returns: (owned) of PnFeedbackArticle: the same an article. */
GArray *pn_feedback_articles (PnDb *db, PnTime from, PnTime to, GError **error);

/* Returns: (owned) of PnFeedbackEntry: the newest @limit of @kind. */
GPtrArray *pn_feedback_entries (PnDb *db, PnFeedbackKind kind, PnTime from, PnTime to, guint limit,
                                GError **error);
