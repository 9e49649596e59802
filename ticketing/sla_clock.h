/* The clock of the SLA: from a ticket's recorded history, the policies and calendars to its deadlines. No database, no
 * "now": the same history always gives the same deadlines.
 *
 * The specification (tests/unit/sla-oracle.py is an independent model of it):
 *
 *   asked      since the first message of the customer that no answer of ours followed; solving the ticket ends it
 *   answered   once we have answered at all; never ends
 *   unsolved   new, open, waiting, on_hold
 *
 *   metric           starts                                                          is done by
 *   first_response   asked and unsolved begin to be true together, not answered      our next answer
 *   next_response    the same, answered                                              our next answer
 *   periodic_update  our answer while unsolved; being unsolved again when answered   our next answer
 *   resolution       the ticket is opened; it is unsolved again                      it is solved or closed
 *
 * Each start is a new round (1, 2, …) of its metric; while a round runs there is no other. Solving the ticket before the
 * answer ends a round of the first three: missed when it was due already, else dropped, as nobody is owed it any longer.
 * Merging it into another ends all its rounds in that way.
 *
 * A round is judged by what holds when it ends, or now while it runs: the ticket's facts choose the policy, the policy
 * and the priority the target. Without a policy, target or calendar there is no deadline, nor for a round that ended
 * before its policy was made. Time counts from the start on
 * where the calendar counts and the status is none of the metric's pauses; the deadline is due at the earliest instant
 * at which the target has counted. A round that is done at or before it is met, later missed. While the clock stands
 * still before that instant there is no due time: the round is paused. What was due before a pause stays so.
 *
 * Changes at the same instant apply in their order; automatic mail is no message of the customer, an automatic answer
 * is none of ours.
 */
#pragma once

#include "ticketing/sla.h"

typedef enum {
  PN_DEADLINE_RUNNING,
  PN_DEADLINE_PAUSED,
  PN_DEADLINE_MET,
  PN_DEADLINE_MISSED,
  PN_DEADLINE_DROPPED,
} PnDeadlineState;

typedef struct {
  gint64 ticket_id;
  PnMetric metric;
  int round;
  PnDeadlineState state;
  gint64 policy_id;
  gint64 policy_version;
  gint64 calendar_id;
  PnPriority priority;
  gint64 target; /* microseconds that may count */
  PnTime start_at;
  PnTime soon_at;   /* three quarters of the target have counted; 0: not reached (paused) */
  PnTime due_at;    /* 0: paused before it; PN_HOURS_NEVER: the calendar never gets there */
  PnTime paused_at; /* since when the clock stands still; 0: it does not */
  gint64 counted;   /* microseconds that counted up to paused_at or done_at; 0 while running */
  PnTime done_at;   /* 0: it runs or is paused */
  gint64 gen;       /* of the stored row: counts up with every change of state, start or due time */
} PnDeadline;

typedef enum {
  PN_SLA_CUSTOMER, /* wrote */
  PN_SLA_ANSWER,   /* of ours */
  PN_SLA_STATUS,
  PN_SLA_PRIORITY,
  PN_SLA_QUEUE,
  PN_SLA_TAG,
  PN_SLA_UNTAG,
} PnSlaChangeKind;

typedef struct {
  PnTime at;
  PnSlaChangeKind kind;
  gint64 value; /* status, priority or queue id */
  char *tag;
} PnSlaChange;

/* A ticket from its opening on. */
typedef struct {
  gint64 ticket_id;
  PnTime opened_at;
  PnTime
      merged_at;   /* it was closed then because it became a part of another; 0: it is on its own */
  PnStatus status; /* when it was opened; so are the others */
  PnPriority priority;
  gint64 queue_id;
  GPtrArray *tags; /* of char * */
  gint64 organisation_id;
  char *level;
  char *form;
  char *language;
  GPtrArray *changes; /* of PnSlaChange, in order of time */
} PnSlaHistory;

PnSlaHistory *pn_sla_history_new (void); /* (owned) new, normal, nothing else */
void pn_sla_history_free (PnSlaHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSlaHistory, pn_sla_history_free)
void pn_sla_history_add (PnSlaHistory *history, PnTime at, PnSlaChangeKind kind, gint64 value,
                         const char *tag); /* (copied) */

/* The facts after all changes; borrowed from @history, @tags (filled in) too. */
void pn_sla_history_facts (const PnSlaHistory *history, GPtrArray *tags, PnSlaFacts *facts);

/* Returns: (owned) of PnDeadline, by metric and round; gen is 0. */
GArray *pn_sla_compute (const PnSlaBook *book, const PnSlaHistory *history);

/* The same with the rounds for which nothing is promised: their policy_id and target are 0. */
GArray *pn_sla_rounds (const PnSlaBook *book, const PnSlaHistory *history);

/* When @percent of the target have counted; 0 while the clock stands still before that; PN_HOURS_NEVER. Above 100 the
 * clock goes on as before. For a round that is done: when it would have been, 0 if not before its end. */
PnTime pn_sla_reach (const PnSlaBook *book, const PnSlaHistory *history, const PnDeadline *deadline,
                     guint percent);

/* A round that is over was counted by what was in force when it ended. (owned) a book of that policy and calendar alone;
 * NULL: the round runs, or they are not known any more. */
gboolean pn_sla_book_load_then (PnDb *db, const PnDeadline *deadline, PnSlaBook **book,
                                GError **error);

/* The ledger: every interval from the start to the end (or @now), and why it counted or not. */
typedef enum {
  PN_LEDGER_COUNTED,
  PN_LEDGER_CLOSED,  /* outside the hours */
  PN_LEDGER_HOLIDAY, /* name */
  PN_LEDGER_PAUSED,  /* status */
  PN_LEDGER_JOINED,  /* the rest of a very long ledger */
} PnLedgerKind;

typedef struct {
  PnTime from;
  PnTime to;
  PnLedgerKind kind;
  char *name;      /* of the holiday; NULL */
  PnStatus status; /* that paused */
  gint64 total;    /* microseconds that had counted at the end of it */
} PnLedgerLine;
void pn_ledger_line_free (PnLedgerLine *line);
const char *pn_ledger_kind_name (PnLedgerKind kind); /* "counted" */

/* Returns: (owned) of PnLedgerLine. */
GPtrArray *pn_sla_ledger (const PnSlaBook *book, const PnSlaHistory *history,
                          const PnDeadline *deadline, PnTime now);

const char *pn_deadline_state_name (PnDeadlineState state); /* "running" */
