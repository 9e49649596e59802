/* What becomes of the stored deadlines of a ticket when its rounds are computed anew: decided here, written by
 * deadline_refresh.c. No database: any thread.
 *
 * What is done and was judged keeps its judgement as long as it started and ended when it did. What is owed no longer
 * goes; a row whose round never was, as when an answer was taken back, too.
 */
#pragma once

#include "ticketing/sla_clock.h"

typedef enum {
  PN_SETTLE_KEEP,
  PN_SETTLE_INSERT,
  PN_SETTLE_UPDATE,
  PN_SETTLE_REMOVE,
} PnSettle;

typedef struct {
  PnSettle settle;
  PnDeadline row;      /* as it is then; its gen too; of what goes: as dropped */
  gint64 old_gen;      /* of the row that is there; 0: none */
  gboolean is_changed; /* in state, clock, target or policy */
  gboolean is_late;    /* not changed, but the status moved behind its due time: steps there move */
} PnDeadlineMove;

/* @rounds: pn_sla_rounds () of @history; @stored: of PnDeadline. Returns: (owned) of PnDeadlineMove, a round's own first,
 * in their order. */
GArray *pn_deadline_settle (const PnSlaHistory *history, const GArray *rounds,
                            const GArray *stored);

/* When the ticket is due next; 0: nothing is promised. */
PnTime pn_deadline_first_due (const GArray *rounds);
