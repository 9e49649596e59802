/* Workers: a fixed number of threads that take jobs from a queue, so that a slow query holds up no connection.
 *
 * Each has a state of its own (its database connection), made and ended in its thread. Any thread may add jobs.
 */
#pragma once

#include <glib.h>

typedef struct PnWorkers PnWorkers;

typedef struct {
  gpointer (*begin) (gpointer data);                         /* in the thread; its state */
  void (*run) (gpointer job, gpointer state, gpointer data); /* a job */
  void (*end) (gpointer state, gpointer data);               /* in the thread */
  gpointer data;
  guint threads;
  guint queue_limit;
} PnWorkersConfig;

PnWorkers *pn_workers_new (const PnWorkersConfig *config); /* (owned) */

/* Returns: FALSE when the queue is full or the workers are ending: the job is still the caller's. */
gboolean pn_workers_add (PnWorkers *workers, gpointer job);

/* No more jobs; those that wait are still run. Waits up to @milliseconds for all to end and frees everything.
 * Returns: FALSE when a job did not end; its thread lives on, and all it may use must be kept. */
gboolean pn_workers_end (PnWorkers *workers, gint64 milliseconds);
