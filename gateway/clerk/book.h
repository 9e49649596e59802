/* Book: what the clerk knows by heart while it works through a batch: queues, mailboxes, our own addresses and those of
 * staff. Loaded anew for each batch, so a change on the desk holds from the next mail on.
 */
#pragma once

#include "ticketing/answering.h"
#include "ticketing/mailbox.h"
#include "ticketing/queue.h"
#include "ticketing/rule_book.h"

typedef struct PnBook PnBook;

PnBook *pn_book_load (PnDb *db, GError **error); /* (owned) */
void pn_book_free (PnBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnBook, pn_book_free)

const PnQueue *pn_book_queue (const PnBook *book, gint64 id); /* NULL: there is none */
const PnAnswering *pn_book_answering (const PnBook *book, gint64 queue_id); /* never NULL */
const PnMailbox *pn_book_mailbox (const PnBook *book, gint64 id); /* NULL: there is none */

/* Returns: the mailbox that letters about @queue_id leave by: @preferred_id where it belongs to the queue and can send,
 * else the queue's first that can; NULL when it has none. */
const PnMailbox *pn_book_sender (const PnBook *book, gint64 queue_id, gint64 preferred_id);

/* Returns: (of char *, folded) the addresses of our mailboxes. */
const GPtrArray *pn_book_addresses (const PnBook *book);

/* Is @address one of our mailboxes', with or without a tag behind "+"? */
gboolean pn_book_owns (const PnBook *book, const char *address);

/* Returns: the enabled rules (borrowed), with the stemmers that the knowledge base has. */
PnRuleBook *pn_book_rules (const PnBook *book);

/* Is any sender allowed or blocked by a rule of its own? */
gboolean pn_book_has_sender_rules (const PnBook *book);

/* Is @address that of an enabled agent? */
gboolean pn_book_is_agent (const PnBook *book, const char *address);
