/* The clock of ladders: of a deadline, the history of its ticket and what fired already, which step comes next, and
 * when. No database, no "now": any thread. tests/db/ladder-oracle.py is an independent model of it.
 *
 *   reached   the share of the target has counted, or so many minutes after the due time; while the clock of the deadline
 *             stands still before that, never
 *   ready     then, or when the quiet hours of the ladder end; what is urgent takes those before it along
 *   due       then, or when an acknowledgement ends; solving the ticket ends it too
 */
#pragma once

#include "ticketing/ladder.h"

typedef struct {
  const PnSlaBook *book;
  const PnSlaHistory *history;
  const PnDeadline *deadline;
  const PnLadder *ladder;
  GHashTable *fired; /* a set of GINT_TO_POINTER (key): what fired in this round */
  PnTime held_at;    /* when it was acknowledged last, and until when; 0: never */
  PnTime held_until;
} PnLadderCase;

typedef struct {
  const PnLadderStep *step; /* of the ladder */
  PnTime reached_at;
  PnTime ready_at;
  PnTime due_at;
} PnLadderNext;

/* When the ticket was solved or closed last; 0: never. What was acknowledged before is over. */
PnTime pn_ladder_solved_at (const PnSlaHistory *history);

/* FALSE: nothing is to come, as far as it is known now. */
gboolean pn_ladder_next (const PnLadderCase *its, PnLadderNext *next);
