/* Escalation: ladders at work. Owns the tables escalation, escalation_due, escalation_hold, escalation_notice and
 * escalation_walk.
 *
 *   deadline changes ──follow──► escalation_due: its next step ──fire──► escalation (once a step and round) + effects
 *                                     ▲                              └──► the step after it
 *   staff acknowledges ──hold─────────┘
 *
 * To fire is one transaction: a compare-and-set on the row of escalation_due, an insert on the unique key (ticket,
 * metric, round, step), and the effects: events, letters, notes, calls. However many nodes fire, and wherever one dies,
 * each step fires once. What was missed while nothing ran fires late, in the order of time. A deadline that is computed
 * anew keeps what fired in its round.
 *
 * Notices gather and become one letter a reader (escalation_letter.c). Nothing here knows "now" but pn_clock_now ().
 */
#pragma once

#include "ticketing/deadline.h"
#include "ticketing/ladder.h"
#include "ticketing/ticket.h"

#define PN_ESCALATION_LATE (5 * PN_MINUTE) /* fired later than this is said to be late */
#define PN_ESCALATION_HOLD_MAX (31 * PN_DAY)

/* Plans the next step of @deadline, in the transaction that changed it. */
gboolean pn_escalation_follow (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history,
                               const PnDeadline *deadline, GError **error);

/* The same for several (of PnDeadline) of one ticket: all is read first, then written (put off, pn_db_later ()). */
gboolean pn_escalation_follow_all (PnDb *db, const PnSlaBook *book, const PnSlaHistory *history,
                                   const GArray *deadlines, GError **error);

#define PN_ESCALATION_PARKED (15 * PN_MINUTE)

/* Fires up to @limit steps that are due, the earliest first, each in its own transaction. @done: how many there were. One that
 * can't be fired is told in the log, tried again PN_ESCALATION_PARKED later, and does not count; the others go on. */
gboolean pn_escalation_fire (PnDb *db, guint limit, guint *done, GError **error);

/* Orders a letter for each reader with notices that wait, at most @limit readers; so one letter tells of many steps.
 * @done: how many letters. */
gboolean pn_escalation_tell (PnDb *db, guint limit, guint *done, GError **error);

#define PN_ESCALATION_BUDGET (50 * PN_MILLISECOND)

/* After a change of ladders everything owed is planned anew: marks, in the caller's transaction; and a portion of it in
 * one transaction, which ends with the deadline that uses up @budget (microseconds of the monotonic clock). */
gboolean pn_escalation_walk_again (PnDb *db, GError **error);
gboolean pn_escalation_walk (PnDb *db, guint limit, gint64 budget, guint *done, GError **error);

/* An acknowledgement, "I have seen this": the ticket's steps, also those of rounds that start meanwhile, wait until
 * @until (at most PN_ESCALATION_HOLD_MAX from now), when those reached by then fire. Solving the ticket ends it. In the
 * caller's transaction; again moves the end; with @until now or before it is released. INVALID unless the ticket is
 * unsolved and something is owed on it or a step fired, be it the last one. */
gboolean pn_escalation_hold (PnDb *db, gint64 ticket_id, gint64 agent_id, PnTime until,
                             const char *reason, GError **error);

typedef struct {
  gint64 agent_id; /* 0: nobody holds it */
  PnTime at;
  PnTime until;
  char *reason;
} PnEscalationHold;
void pn_escalation_hold_clear (PnEscalationHold *hold);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnEscalationHold, pn_escalation_hold_clear)
gboolean pn_escalation_load_hold (PnDb *db, gint64 ticket_id, PnEscalationHold *hold,
                                  GError **error); /* what is over is nobody's */

/* Of many tickets: (owned) gint64 * → PnEscalationHold *; those that nobody holds are not in it. */
GHashTable *pn_escalation_load_holds (PnDb *db, const GArray *ids, GError **error);

/* May the ticket be acknowledged, as pn_escalation_hold () says? */
gboolean pn_escalation_may_hold (PnDb *db, const PnTicket *ticket, gboolean *answer,
                                 GError **error);

/* What comes next on a ticket. */
typedef struct {
  gint64 ticket_id;
  PnMetric metric;
  int round;
  gint64 ladder_id;
  int step;
  PnTime reached_at;
  PnTime ready_at;
  PnTime due_at;
  gint64 gen;
} PnEscalationDue;

/* The order in which steps fire, of all tickets: of two PnEscalationDue, as qsort () asks. */
int pn_escalation_by_due (gconstpointer one, gconstpointer other);

GArray *pn_escalation_next (PnDb *db, gint64 ticket_id,
                            GError **error); /* (owned) of PnEscalationDue, the earliest first */

/* What fired on a ticket. */
typedef struct {
  PnMetric metric;
  int round;
  int step;
  gint64 ladder_id;
  gint64 ladder_version;
  gint64 policy_id;
  gint64 policy_version;
  PnTime deadline_at; /* 0: none then */
  PnTime reached_at;
  PnTime due_at;
  PnTime fired_at;
} PnEscalation;
GArray *pn_escalation_of_ticket (PnDb *db, gint64 ticket_id,
                                 GError **error); /* (owned) of PnEscalation, oldest first */
