/* The clock of the SLA, for sla_clock.c and sla_ledger.c alone. */
#pragma once

#include "ticketing/sla_clock.h"

/* The status that a ticket had from an instant on, up to the next segment. */
typedef struct {
  PnTime from;
  PnStatus status;
} PnSlaSegment;

typedef struct {
  const PnPolicy *policy;
  const PnHours *hours;
  guint pauses;
  gint64 target;
} PnSlaTerms;

typedef struct {
  PnTime reached; /* when the target has counted; 0: the clock stood still before that, and does */
  PnTime paused_at; /* 0: it runs at the end */
  gint64 counted;   /* up to the end, where there is one; else up to the last segment */
} PnSlaRun;

/* Lets the clock run over @n segments from @start to @end (0: open). The last one goes on in thought, so that a round
 * that was done in time has the due time that it would have had. */
PnSlaRun pn_sla_run (const PnSlaTerms *terms, const PnSlaSegment *segments, gsize n, PnTime start,
                     PnTime end);
