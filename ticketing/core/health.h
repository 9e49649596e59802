/* Health: what the gateway on this machine is doing, written by its supervisor and read by /readyz, the desk and doctor.
 *
 *   RUN/health.json   replaced as a whole at each change; it can be read when the database cannot
 *
 * A role that is told of trouble runs and says a sentence; one in back-off has died and will be started again.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "ticketing/core/clock.h"

/* The name of a row for changed settings that were refused: what runs goes on with the old ones. */
#define PN_HEALTH_SETTINGS "settings"
#define PN_HEALTH_SUPERVISOR "supervisor" /* the name that the supervisor is woken by (wake.h) */

typedef enum {
  PN_HEALTH_STARTING,
  PN_HEALTH_RUNNING,
  PN_HEALTH_BACKOFF,
  PN_HEALTH_STOPPING
} PnHealthState;

typedef struct {
  char *role; /* "clerk", "fetch:support" */
  PnHealthState state;
  gint64 pid; /* 0: none */
  gint64 restarts;
  PnTime since;   /* of the state */
  PnTime next_at; /* of the next start, in back-off; else 0 */
  char *sentence; /* what is wrong; NULL: nothing */
} PnHealthRow;

typedef struct {
  gint64 pid; /* of the supervisor */
  PnTime started_at;
  GPtrArray *rows; /* (owned) of PnHealthRow */
} PnHealth;

PnHealth *pn_health_new (void); /* (owned) */
void pn_health_free (PnHealth *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnHealth, pn_health_free)

/* Returns: the new row, in @health; @role is copied. */
PnHealthRow *pn_health_add (PnHealth *health, const char *role);

/* Replaces the file in the run-time directory @run. */
gboolean pn_health_save (const PnHealth *health, const char *run, GError **error);
void pn_health_remove (const char *run);

/* Returns: (owned) NULL with NOT_FOUND when no gateway runs on @run. */
PnHealth *pn_health_load (const char *run, GError **error);

/* TRUE when every role runs and has no trouble. */
gboolean pn_health_is_well (const PnHealth *health);

/* Returns: (owned) what is wrong with a row as a sentence for people; NULL: nothing. */
char *pn_health_row_sentence (const PnHealthRow *row);

json_t *pn_health_write (const PnHealth *health);  /* (owned) */
PnHealth *pn_health_read (const json_t *document); /* (owned) NULL: not one of ours */
const char *pn_health_state_name (PnHealthState state);
