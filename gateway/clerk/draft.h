/* Draft: what the knowledge base has for a mail, asked before the filing transaction, which never waits for ranking.
 *
 *   mail ─► is it a question of a person that no earlier letter is about? ─► its subject and questions ─► kb/suggest
 *        ─► titles for the acknowledgement (the first is likely enough) and, above the threshold, an answer
 *
 * What stands in the way of an answer is a sentence that lands in the ticket's event. kb/trust has the last word on
 * thresholds; a queue may ask for more or less.
 */
#pragma once

#include "gateway/clerk/clerk.h"
#include "kb/suggest.h"
#include "ticketing/core/mail.h"

#define PN_DRAFT_TITLE_CONFIDENCE 0.25    /* of the first, for any title to be shown */
#define PN_DRAFT_TITLE_SHARE 0.5          /* of the first one's score, for the others */
#define PN_DRAFT_ANSWER_BYTES (16 * 1024) /* longer articles are not mailed */

typedef struct {
  GPtrArray *hits; /* of PnKbHit, worth to be shown; empty: none */
  gboolean
      is_answer;    /* the first of them may be mailed whole, as far as the base and the queue go */
  gboolean is_open; /* the queue's office hours; TRUE where it has none */
  double threshold;
  char *because; /* a sentence: why there is an answer, or no answer, or no title */
} PnDraft;

void pn_draft_clear (PnDraft *draft);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnDraft, pn_draft_clear)

/* Outside of any transaction. A base that can't be asked is logged and never keeps a mail from being filed. */
void pn_draft_make (const PnClerk *clerk, gint64 queue_id, const PnMail *mail, PnDraft *draft);
