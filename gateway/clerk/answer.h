/* Answer: what the sender of a new ticket gets by itself: an article that answers the question, an acknowledgement (with
 * titles of articles), or nothing; and why (TRUST.md 3.1 to 3.8, DESIGN.md 9.7). One letter goes into the outbox; the
 * decision is an event of kind "answer".
 *
 *   never   to machines, lists, our own addresses, an empty return path, loops, bad tokens, suspended addresses
 *   at most one a day an address and queue; ten automatic letters a day an address; one a day over acknowledgements and
 *   forms for an address that nobody vouches for. Counted in the filing transaction.
 *
 *   article  only to whom the receiving server vouches for or who brings a valid token and takes part; never the same
 *            twice to a ticket or a person
 *   titles   to all others, too
 *   holiday and out-of-hours text   once in seven days an address and queue
 *
 * It goes to From, never to Reply-To; and not where nobody vouches for From and the return path is of another domain.
 */
#pragma once

#include "gateway/clerk/clerk.h"
#include "gateway/clerk/draft.h"
#include "ticketing/core/mail.h"
#include "ticketing/ticket.h"

#define PN_ANSWER_DAILY_MAX 10

typedef struct {
  const PnTicket *ticket;
  const PnMail *mail;
  gint64 message_id;
  gint64 mailbox_id;    /* it came by; 0: none */
  const PnDraft *draft; /* what the knowledge base has for it; NULL: was not asked */
  gboolean has_token;   /* a valid reply token of ours, by somebody who takes part */
  const char *refusal;  /* why the caller wants no answer; NULL: let the rules decide */
} PnAnswerCase;

/* Appends the keys of limits (pn_rate_key) that pn_answer_acknowledge () is going to hit for a new ticket of the queue.
 * @keys: of GBytes. */
void pn_answer_add_keys (gint64 queue_id, const PnMail *mail, GPtrArray *keys);

/* @is_ordered (may be NULL): an acknowledgement goes out. */
gboolean pn_answer_acknowledge (const PnClerk *clerk, const PnAnswerCase *answer_case,
                                gboolean *is_ordered, GError **error);
