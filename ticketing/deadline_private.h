/* Deadlines, for deadline*.c alone, and for a test that counts locks. */
#pragma once

#include "ticketing/deadline.h"

#define PN_DEADLINE_COLUMNS                                                                        \
  " ticket_id, metric, round, state, policy_id, policy_version, calendar_id, priority, target,"    \
  " start_at, soon_at, due_at, paused_at, counted, done_at, gen"

/* What is to become of a ticket's deadlines: computed from one state of the database without a lock, then stored, which
 * locks what it changes and nothing else. */
typedef struct PnDeadlinePlan PnDeadlinePlan;

PnDeadlinePlan *pn_deadline_plan_make (PnDb *db, const PnSlaBook *book, gint64 ticket_id,
                                       GError **error); /* (owned) NOT_FOUND */
void pn_deadline_plan_free (PnDeadlinePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnDeadlinePlan, pn_deadline_plan_free)

gboolean pn_deadline_plan_is_idle (const PnDeadlinePlan *plan); /* all is as it is to be */

/* Stores up to @limit deadlines, and with the last of them the rest; in the transaction that made the plan. All is put off
 * (pn_db_later ()): nothing is locked before all is read, and what others wait for, the ticket's row, comes last; its
 * sender ends the transaction with pn_db_finish_at_once ().
 * @changed (may be NULL) gets a copy of each row (PnDeadline) that is new or has changed; one that is no longer owed is in it
 * as dropped. @is_all: nothing is left to store. CONFLICT when it is sent and somebody else was faster. */
gboolean pn_deadline_plan_store (PnDb *db, const PnDeadlinePlan *plan, guint limit, GArray *changed,
                                 gboolean *is_all, GError **error);

#define PN_DEADLINE_AT_ONCE 16 /* deadlines that one transaction stores */

/* The body of one transaction for a ticket that is marked; data is a PnDeadlineWork. */
typedef struct {
  const PnSlaBook *book;
  gint64 ticket_id;
  gboolean is_forced;  /* figures follow what changed alone */
  GArray *changed;     /* of PnDeadline */
  gboolean is_all;     /* the mark is gone; else there is more to store */
  gboolean has_locked; /* rows, with the transaction's last message, which ends with COMMIT */
} PnDeadlineWork;
gboolean pn_deadline_work_body (PnDb *db, gpointer data, GError **error);
