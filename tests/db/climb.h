/* Climb: a queue with a team, a policy of an hour for the first response and a ladder, for tests of escalation. */
#pragma once

#include "ticketing/escalation.h"

#define PN_CLIMB_START G_GINT64_CONSTANT (1790000000000000) /* some Monday in 2026 */

typedef struct {
  PnDb *db;
  gint64 queue;
  gint64 ada;     /* leads */
  gint64 babbage; /* on call */
  PnPolicy *policy;
  PnLadder *ladder;
} PnClimb;

/* FALSE, and the test is skipped, where there is no mariadbd. The ladder is the default one and has no step yet. */
gboolean pn_climb_start (PnClimb *house);
void pn_climb_stop (PnClimb *house);
void pn_climb_set_now (PnTime now);
void pn_climb_add_step (PnClimb *house, const char *text); /* JSON */
void pn_climb_store_ladder (PnClimb *house);

/* A customer's ticket, with its deadlines computed. Returns: its id. */
gint64 pn_climb_open_ticket (PnClimb *house);
void pn_climb_compute (PnDb *db);
gboolean pn_climb_answer_body (PnDb *db, gpointer ticket_id, GError **error); /* of a transaction */
guint pn_climb_fire (PnDb *db); /* Returns: how many steps there were to fire */
gint64 pn_climb_count (PnDb *db, const char *sql);
