/* Escalation, inside: what escalation_due.c (plans), escalation_fire.c (fires), escalation_act.c (effects),
 * escalation_hold.c (acknowledgements) and escalation_letter.c (tells) share. */
#pragma once

#include <jansson.h>

#include "ticketing/escalation.h"

#define PN_ESCALATION_DUE_COLUMNS                                                                  \
  "ticket_id, metric, round, ladder_id, step, reached_at, ready_at, due_at, gen"

void pn_escalation_read_due (const PnRows *rows, PnEscalationDue *due);

/* When the ticket was acknowledged last, and until when, also when that is over; both stay as they are when it never was. */
gboolean pn_escalation_load_held (PnDb *db, gint64 ticket_id, PnTime *at, PnTime *until,
                                  GError **error);

/* Forgets what was acknowledged before the ticket was solved. */
gboolean pn_escalation_end_hold (PnDb *db, const PnSlaHistory *history, GError **error);

/* A step that fires now, in its transaction. */
typedef struct {
  PnDb *db;
  PnTicket *ticket;
  const PnDeadline *deadline;
  const PnLadder *ladder;
  const PnLadderStep *step;
  const PnEscalationDue *due;
  GHashTable *rooms; /* gint64 * (a queue) → PnTeamRoom: of this sweep */
  PnTime now;
} PnFiring;

/* Does what the step says. @done gets the reasons (core/reason) that say what was done. What can't be done (nobody is on
 * call) is said and no error. */
gboolean pn_firing_act (const PnFiring *firing, json_t *done, GError **error);

/* Adds a notice. @agent_id 0: only an address. */
gboolean pn_escalation_add_notice (const PnFiring *firing, gint64 agent_id, const char *address,
                                   GError **error);
