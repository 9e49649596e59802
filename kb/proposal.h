/* Proposals: a change to a published article that waits for somebody who may publish. Owns the table kb_proposal.
 *
 * An article has at most one; who proposes again replaces it. It is the whole content, with the version it was made
 * for: when the article has moved on since, whoever decides is shown both.
 */
#pragma once

#include "kb/article.h"

typedef struct {
  PnArticle *content; /* with the article's id; author and note are the proposal's */
  gint64 base_version;
  PnTime made_at;
} PnProposal;

void pn_proposal_free (PnProposal *proposal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnProposal, pn_proposal_free)

/* @content: checked; its id, author and note count. In the caller's transaction or alone. */
gboolean pn_proposal_put (PnDb *db, const PnArticle *content, gint64 base_version, GError **error);
gboolean pn_proposal_forget (PnDb *db, gint64 article_id, GError **error);

/* Returns: TRUE, and in @proposal (owned) it, or NULL when there is none. */
gboolean pn_proposal_find (PnDb *db, gint64 article_id, PnProposal **proposal, GError **error);

/* @count: how many wait. */
gboolean pn_proposal_count (PnDb *db, gint64 *count, GError **error);
