/* Promise: what the tests of deadlines share: a database with tickets that are asked on, answered and changed as the
 * gateway does it, and the clerk's chores. */
#pragma once

#include "ticketing/deadline.h"
#include "ticketing/message.h"

#define PN_PROMISE_AGENT_ID 3
#define PN_PROMISE_AGENT ((PnActor){ PN_ACTOR_AGENT, PN_PROMISE_AGENT_ID })

/* What is done to a ticket; the rest is for the bodies. */
typedef struct {
  gint64 ticket_id;
  PnDirection direction;
  gint64 agent_id;
  PnMailKind kind;
  PnTouch touch;
  PnTicketChange change;
  const char *tag;
  gint64 message_id;
} PnPromiseWork;

/* Returns: (borrowed) the database of all tests of a program, as empty as a new one: making it anew takes longer than
 * what is tested. NULL: the test is skipped. */
PnDb *pn_promise_open (void);

gint64 pn_promise_add_queue (PnDb *db, const char *name);

/* Returns: (owned) a stored policy of 24/7 that promises these minutes at every priority; 0: nothing. */
PnPolicy *pn_promise_add_policy (PnDb *db, const char *name, int first, int resolution);
gint64 pn_promise_open_ticket (PnDb *db, gint64 queue_id); /* of person 1 */

/* Bodies of transactions; data is a PnPromiseWork. */
gboolean pn_promise_message (PnDb *db, gpointer data, GError **error);
gboolean pn_promise_tag (PnDb *db, gpointer data, GError **error);

void pn_promise_ask (PnDb *db, gint64 ticket_id);      /* the customer writes */
gint64 pn_promise_answer (PnDb *db, gint64 ticket_id); /* Returns: the message */
void pn_promise_change (PnDb *db, gint64 ticket_id, int status, int priority); /* -1: leave it */

/* Lets the clerk's chores come to their end. Returns: how many tickets were looked at. */
guint pn_promise_run_chores (PnDb *db);

/* Returns: the state of the round, and it in @deadline; -1: there is no such row. */
int pn_promise_state (PnDb *db, gint64 ticket_id, PnMetric metric, int round, PnDeadline *deadline);
