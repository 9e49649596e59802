/* Month: tickets with their deadlines and ladders in memory, for a simulation of many. What decides is the house's own:
 * pn_sla_rounds (), pn_deadline_settle (), pn_ladder_next (), pn_ladder_effect () and the order of
 * pn_escalation_by_due (). Only who keeps the tickets is another one than ticketing/deadline_refresh.c and
 * escalation_*.c: structures instead of tables.
 */
#pragma once

#include <jansson.h>

#include "ticketing/escalation.h"
#include "ticketing/team_room.h"

typedef struct {
  PnSlaHistory *history;
  PnStatus status;
  PnPriority priority;
  gint64 queue_id;
  gint64 owner_id;
  GPtrArray *tags;   /* of char * */
  GArray *deadlines; /* of PnDeadline */
  GPtrArray *due;    /* of PnEscalationDue, each in the place's sweep too */
  GArray *fired;     /* of PnEscalation */
  PnTime held_at;
  PnTime held_until;
  gboolean is_marked;
} PnMonthTicket;

typedef struct {
  PnSlaBook *book;
  json_t *queues; /* name to id; so are the agents */
  json_t *agents;
  GPtrArray *ladders;   /* of PnLadder */
  GHashTable *rooms;    /* gint64 * (a queue) → PnTeamRoom */
  GHashTable *absences; /* login → PnPresence */
  GPtrArray *tickets;   /* of PnMonthTicket, the first is number 1 */
  GPtrArray *marked;    /* of PnMonthTicket */
  GTree *sweep;         /* a set of PnEscalationDue: what is to fire, in order */
  json_t *told;         /* of this tick */
} PnMonth;

void pn_month_set_status (PnMonthTicket *ticket, PnTime at, PnStatus status);
void pn_month_set_priority (PnMonthTicket *ticket, PnTime at, PnPriority priority);

/* As pn_deadline_refresh (). */
void pn_month_compute (PnMonth *month, PnMonthTicket *ticket);

/* As pn_escalation_hold (): somebody who acknowledges sees what is owed now. */
void pn_month_hold (PnMonth *month, PnMonthTicket *ticket, PnTime at, PnTime until);

/* As pn_escalation_fire () does with one: brings the ticket up to date, fires what is still to fire, plans what follows. */
void pn_month_fire (PnMonth *month, PnEscalationDue due, PnTime now);
