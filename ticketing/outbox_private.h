/* Outbox, inside: what outbox.c (adding, reading), outbox_send.c (the states of sending) and outbox_desk.c (what staff
 * may do) share.
 *
 * next_at is the time at which somebody must look at the row again: waiting, deferred: it is due; sending, dotted: the
 * lease lapses; uncertain: an agent's reply waits again (never for automatic letters).
 */
#pragma once

#include "ticketing/outbox.h"

#define PN_OUTBOX_LEASE (60 * PN_SECOND)
#define PN_OUTBOX_LIFE (5 * PN_DAY)

#define PN_OUTBOX_COLUMNS                                                                          \
  "id, ref, class, letter, ticket_id, message_id, mailbox_id, agent_id, recipient,"                \
  " recipient_name, document, state, is_rendered, envelope_from, mid, raw_sha, attempts, gen,"     \
  " next_at, give_up_at, created_at, dotted_at, sent_at, reply_code, reply_text, bounced_at,"      \
  " bounce_status, bounce_text, bounce_is_proven, is_taken_back"

/* Appends a PnLetterRow for each of @rows, which have PN_OUTBOX_COLUMNS. */
void pn_outbox_read_rows (PnRows *rows, GPtrArray *letters);
GPtrArray *pn_outbox_rows_new (void); /* (owned) */

/* Runs a compare-and-set; CONFLICT when the row was not in a state that allows it. */
gboolean pn_outbox_change (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 id,
                           GError **error);
