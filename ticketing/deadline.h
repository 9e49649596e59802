/* Deadlines: the rows that the clock of the SLA (sla_clock.h) gives, kept up to date by the clerk.
 * Owns the tables deadline, sla_mark and sla_match.
 *
 * Whatever changes a ticket marks it (one statement in the same transaction); the clerk computes the marked tickets
 * anew a moment later and takes the mark away unless the ticket was marked again. A round that is done keeps the
 * judgement it got, whatever becomes of policies later, as long as it started and ended when it did.
 *
 * For whoever acts on deadlines: every change of a row's state, start or due time counts its gen up; the ladders follow
 * (pn_escalation_follow ()) in the transaction that changes them.
 */
#pragma once

#include "ticketing/sla_clock.h"

/* Marks the ticket, in the caller's transaction. */
gboolean pn_deadline_mark (PnDb *db, gint64 ticket_id, GError **error);

/* Marks the person's unsolved tickets (of the newest 1,000), likewise: what is promised to them may have changed; and the
 * facts of all of these. */
gboolean pn_deadline_mark_person (PnDb *db, gint64 person_id, GError **error);

/* Is there any deadline at all, of policies that are or were? */
gboolean pn_deadline_exist (PnDb *db, gboolean *answer, GError **error);

/* Computes the deadlines of one ticket anew, in the caller's transaction, and plans the steps of ladders that follow.
 * Returns: (owned) the history that they were computed from; NULL. */
PnSlaHistory *pn_deadline_refresh (PnDb *db, const PnSlaBook *book, gint64 ticket_id,
                                   GError **error);

/* The same in transactions of its own, marked or not. A ticket that stays as it is locks nothing; else each transaction
 * stores a few rows, which it locks from then to its end. */
typedef struct {
  gboolean has_changed; /* a deadline is new or was changed */
  gint64
      held; /* microseconds from the first lock of a transaction to its COMMIT, at the most, as the server says
             * (pn_db_held ()): both go to it in one message. 0: none was held. COMMIT frees the rows before it waits
             * for the disk (measured: while a COMMIT took 0.8 s, another updated the row). */
} PnDeadlineCost;
gboolean pn_deadline_refresh_now (PnDb *db, const PnSlaBook *book, gint64 ticket_id,
                                  PnDeadlineCost *cost, GError **error);

/* Computes up to @limit marked tickets, each in transactions of its own. @done: how many. */
gboolean pn_deadline_work (PnDb *db, guint limit, guint *done, GError **error);

GArray *pn_deadline_of_ticket (PnDb *db, gint64 ticket_id,
                               GError **error); /* (owned) of PnDeadline, by metric and round */

/* The deadlines that are running or paused, of many tickets at once. (owned) of PnDeadline. */
GArray *pn_deadline_of_tickets (PnDb *db, const gint64 *ids, gsize n_ids, GError **error);

/* Running ones that are due at or before @until, the earliest first, behind @after (NULL: from the start): a range of
 * the index (state, due_at), whatever else there is. (owned) of PnDeadline. */
GArray *pn_deadline_due (PnDb *db, PnTime until, const PnDeadline *after, guint limit,
                         GError **error);

/* How many tickets in @queues (of gint64; NULL: all) are due at or before @until; up to about 300. */
gboolean pn_deadline_count_due (PnDb *db, PnTime until, const GArray *queues, gint64 *tickets,
                                GError **error);

/* Loads one row. FALSE with NOT_FOUND. */
gboolean pn_deadline_load (PnDb *db, gint64 ticket_id, PnMetric metric, int round,
                           PnDeadline *deadline, GError **error);

/* (owned) the recorded match (pn_sla_explain ()); NULL without error: none yet. */
gboolean pn_deadline_match (PnDb *db, gint64 ticket_id, json_t **explanation, PnTime *matched_at,
                            GError **error);

/* How a deadline stands at @now. */
typedef enum { PN_DUE_FINE, PN_DUE_SOON, PN_DUE_OVER, PN_DUE_PAUSED, PN_DUE_NONE } PnDue;
PnDue pn_deadline_due_state (const PnDeadline *deadline, PnTime now); /* NONE when it is done */
const char *pn_due_name (PnDue due);                                  /* "soon" */

/* The ticket's next deadline among @n @deadlines: the one due first, else a paused one. NULL: none. */
const PnDeadline *pn_deadline_next (const PnDeadline *deadlines, gsize n, gint64 ticket_id);

/* (owned) what the clock is computed from. */
PnSlaHistory *pn_sla_history_load (PnDb *db, gint64 ticket_id, GError **error);
