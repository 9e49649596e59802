/* The floor: what is going on now: who has how much, what waits and how long, what is due soon. Reads unsolved tickets alone,
 * so that its cost follows the work at hand and not the history. Reads the table ticket by a statement of its own.
 */
#pragma once

#include "ticketing/access.h"

/* What waits for us, by how long; the last holds all that is older. */
#define PN_FLOOR_AGES 5
extern const PnTime pn_floor_ages[PN_FLOOR_AGES]; /* 1 h, 4 h, 1 d, 3 d; the last is 0: any */

typedef struct {
  gint64 open;    /* new and open */
  gint64 waiting; /* for the customer */
  gint64 on_hold;
  gint64 turns; /* in which the customer waits for us */
  gint64 over;  /* whose promised time is over */
  gint64 ages[PN_FLOOR_AGES];
  PnTime oldest_at; /* since when the one waits that waits longest; 0: nobody does */
} PnFloorLoad;

typedef struct {
  gint64 agent_id; /* 0: nobody's */
  PnFloorLoad load;
  GArray *at_work; /* of gint64: what they touched last, at most PN_FLOOR_AT_WORK */
} PnFloorAgent;

#define PN_FLOOR_AT_WORK 3

typedef struct {
  GPtrArray *agents; /* of PnFloorAgent, who has tickets; nobody's first */
  PnFloorLoad all;
  GArray *longest; /* of gint64: tickets that have waited longest */
  GArray *due;     /* of gint64: over or due within PN_FLOOR_SOON, the earliest first */
} PnFloor;

#define PN_FLOOR_SOON (2 * PN_HOUR)
#define PN_FLOOR_SHOWN 25

void pn_floor_free (PnFloor *floor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFloor, pn_floor_free)

/* (owned) of the queues that @access may see. */
PnFloor *pn_floor_load (PnDb *db, const PnAccess *access, GError **error);
