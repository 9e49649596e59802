/* What a step does: decided here from what is known of the ticket and of who is there, done by escalation_act.c. No
 * database: any thread.
 *
 * What it changes comes first, then it tells: whom it made the owner is told, and who leads the queue it moved it to.
 * Without an owner the one on call is told, without that the leads.
 */
#pragma once

#include "ticketing/ladder.h"
#include "ticketing/team_room.h"

/* What is known. */
typedef struct {
  const PnLadderStep *step;
  gint64 queue_id; /* the ticket's, and so on */
  gint64 owner_id;
  PnPriority priority;
  const GPtrArray *tags;  /* of char * */
  gint64 to_queue_id;     /* of the queue that the step names; 0: there is none (any more) */
  gint64 least_loaded_id; /* of the room; asked for PN_ASSIGN_LEAST_LOADED alone; 0: nobody */
  const PnTeamRoom
      *room; /* of the queue that it is in afterwards; may be NULL where no step asks for it */
  const GArray *named; /* of gint64: agents that the step names */
  PnTime now;
} PnLadderScene;

#define PN_LACK_QUEUE 1    /* there is none to move it to */
#define PN_LACK_ASSIGNEE 2 /* nobody is on call, lead or available */
#define PN_LACK_ON_CALL 4  /* nobody is on call to be told */
#define PN_LACK_LEADS 8    /* the queue's teams have none to be told */

typedef struct {
  gint64 queue_id;    /* -1: it stays; so are the next two */
  gint64 assignee_id; /* to another one than before */
  int priority;
  gboolean is_tagged; /* with the step's tag, which it has not */
  GArray *told;       /* (owned) of gint64: agents, each once, in order */
  guint lacks;        /* PN_LACK_… */
} PnLadderEffect;
void pn_ladder_effect_clear (PnLadderEffect *effect);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnLadderEffect, pn_ladder_effect_clear)

/* Does the step ask who is there, for a ticket of @owner_id? */
gboolean pn_ladder_step_asks_room (const PnLadderStep *step, gint64 owner_id);

/* Can what it changes move due times? */
gboolean pn_ladder_step_moves (const PnLadderStep *step);

PnLadderEffect pn_ladder_effect (const PnLadderScene *scene);
