/* Interleave: runs two operations on two connections in every order of their steps, and checks that each order ends as
 * one of the two serial orders does.
 *
 * An operation is a function that calls pn_test_step () between its steps. Where a step waits for a lock of the other
 * operation, the schedule goes on with the other; when its transaction has to run again, it runs through. The database
 * tells that a connection waits, so nothing depends on time.
 */
#pragma once

#include "ticketing/core/db.h"

typedef struct PnTestActor PnTestActor;

/* Ends a step: waits until the schedule lets the next one begin. */
void pn_test_step (PnTestActor *actor);

/* To be called first by a transaction's body: a second run of it does not stop at steps. */
void pn_test_begin (PnTestActor *actor);

/* Does the operation. Returns: whether it succeeded; it may fail with CONFLICT or NOT_FOUND. */
typedef gboolean (*PnTestOperation) (PnDb *db, PnTestActor *actor, gpointer data, GError **error);

typedef struct {
  const char *name;
  gpointer (*prepare) (PnDb *db); /* new rows for one run */
  PnTestOperation operations[2];  /* each gets what prepare () gave */
  guint steps[2];                 /* of each: how often it calls pn_test_step (), and one more */
  char *(*outcome) (PnDb *db, gpointer data); /* (owned) the rows afterwards, as text; frees data */
} PnTestRace;

void pn_test_interleave (PnDb *db, const PnDbTarget *target, const PnTestRace *race);
