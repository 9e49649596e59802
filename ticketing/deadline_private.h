/* Deadlines, for deadline*.c alone. */
#pragma once

#include "ticketing/deadline.h"

#define PN_DEADLINE_COLUMNS                                                                        \
  " ticket_id, metric, round, state, policy_id, policy_version, calendar_id, priority, target,"    \
  " start_at, soon_at, due_at, paused_at, counted, done_at, gen"

/* Reads a row of PN_DEADLINE_COLUMNS. */
void pn_deadline_read_row (const PnRows *rows, PnDeadline *deadline);
