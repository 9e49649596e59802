#include "tests/lib/interleave.h"

#include "ticketing/core/error.h"

#define POLL_MICROSECONDS 2000
#define SLOW_POLL_MICROSECONDS 110000 /* INNODB_TRX is made anew when nobody asked so long */
#define DEADLINE (60 * G_USEC_PER_SEC)

struct PnTestActor {
  const PnDbTarget *target;
  PnTestOperation operation;
  gpointer data;
  GMutex lock;
  GCond changed;
  gint64 connection_id; /* 0: not connected yet */
  guint allowed;        /* steps that may run */
  guint waiting_at;     /* steps that are over */
  gboolean has_begun;   /* a transaction of it */
  gboolean runs_through;
  gboolean is_done;
  gboolean is_successful;
  PnTestActor *other;
  gboolean is_blocked; /* when it was looked at last */
};

static const char id_sql[] = "SELECT CONNECTION_ID()";

static const char waits_sql[] = "SELECT COUNT(*) FROM information_schema.INNODB_TRX"
                                " WHERE trx_mysql_thread_id = ? AND trx_state = 'LOCK WAIT'";

static const char any_waits_sql[] =
    "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS"
    " WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'";

void
pn_test_step (PnTestActor *actor)
{
  g_mutex_lock (&actor->lock);
  actor->waiting_at++;
  g_cond_broadcast (&actor->changed);
  while (actor->waiting_at >= actor->allowed && !actor->runs_through)
    g_cond_wait (&actor->changed, &actor->lock);
  g_mutex_unlock (&actor->lock);
}

void
pn_test_begin (PnTestActor *actor)
{
  g_mutex_lock (&actor->lock);
  actor->runs_through = actor->runs_through || actor->has_begun;
  actor->has_begun = TRUE;
  g_mutex_unlock (&actor->lock);
}

static gint64
ask_number (PnDb *db, const char *sql, const PnValue *args, gsize n_args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, &error);

  g_assert_no_error (error);
  return rows != NULL && pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
}

static gpointer
act (gpointer data)
{
  PnTestActor *actor = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_db_open (actor->target, &error);

  g_assert_no_error (error);
  g_mutex_lock (&actor->lock);
  actor->connection_id = ask_number (db, id_sql, PN_NO_ARGS);
  g_cond_broadcast (&actor->changed);
  while (actor->allowed == 0)
    g_cond_wait (&actor->changed, &actor->lock);
  g_mutex_unlock (&actor->lock);
  actor->is_successful = actor->operation (db, actor, actor->data, &error);
  if (!actor->is_successful && !pn_error_is (error, PN_ERROR_CONFLICT)
      && !pn_error_is (error, PN_ERROR_NOT_FOUND))
    g_assert_no_error (error);
  g_mutex_lock (&actor->lock);
  actor->is_done = TRUE;
  g_cond_broadcast (&actor->changed);
  g_mutex_unlock (&actor->lock);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

/* The server's count of waiting connections is quick, but means this one only while the other can't wait. */
static gboolean
waits_for_lock (PnTestActor *actor, PnDb *db)
{
  if (actor->other->is_blocked)
    return ask_number (db, waits_sql, PN_ARGS (pn_int (actor->connection_id))) > 0;
  return ask_number (db, any_waits_sql, PN_NO_ARGS) > 0;
}

/* Waits until the actor has come to the end of what it may do, or waits for a lock. */
static void
settle (PnTestActor *actor, PnDb *db)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  gboolean is_settled = FALSE;

  actor->is_blocked = FALSE;
  while (!is_settled && g_get_monotonic_time () < deadline) {
    gint64 pause = actor->other->is_blocked ? SLOW_POLL_MICROSECONDS : POLL_MICROSECONDS;

    g_mutex_lock (&actor->lock);
    is_settled = actor->is_done || (actor->waiting_at >= actor->allowed && !actor->runs_through);
    if (!is_settled)
      g_cond_wait_until (&actor->changed, &actor->lock, g_get_monotonic_time () + pause);
    is_settled = actor->is_done || (actor->waiting_at >= actor->allowed && !actor->runs_through);
    g_mutex_unlock (&actor->lock);
    actor->is_blocked = !is_settled && waits_for_lock (actor, db);
    is_settled = is_settled || actor->is_blocked;
  }
  g_assert_true (is_settled);
}

static void
let_step (PnTestActor *actor, PnDb *db)
{
  g_mutex_lock (&actor->lock);
  actor->allowed++;
  g_cond_broadcast (&actor->changed);
  g_mutex_unlock (&actor->lock);
  settle (actor, db);
}

static void
actor_start (PnTestActor *actor, GThread **thread)
{
  g_mutex_init (&actor->lock);
  g_cond_init (&actor->changed);
  *thread = g_thread_new ("actor", act, actor);
  g_mutex_lock (&actor->lock);
  while (actor->connection_id == 0)
    g_cond_wait (&actor->changed, &actor->lock);
  g_mutex_unlock (&actor->lock);
}

static void
actor_finish (PnTestActor *actor, GThread *thread)
{
  g_mutex_lock (&actor->lock);
  actor->runs_through = TRUE;
  actor->allowed++;
  g_cond_broadcast (&actor->changed);
  g_mutex_unlock (&actor->lock);
  g_thread_join (thread);
  g_mutex_clear (&actor->lock);
  g_cond_clear (&actor->changed);
}

/* @schedule: bit i says whose step is the i-th. */
static char *
run (PnDb *db, const PnDbTarget *target, const PnTestRace *race, guint schedule)
{
  gpointer data = race->prepare (db);
  PnTestActor actors[2] = { 0 };
  GThread *threads[2];
  g_autofree char *rows = NULL;

  for (guint i = 0; i < 2; i++) {
    actors[i].target = target;
    actors[i].operation = race->operations[i];
    actors[i].data = data;
    actors[i].other = &actors[1 - i];
    actor_start (&actors[i], &threads[i]);
  }
  for (guint i = 0; i < race->steps[0] + race->steps[1]; i++)
    let_step (&actors[schedule >> i & 1], db);
  for (guint i = 0; i < 2; i++)
    actor_finish (&actors[i], threads[i]);
  rows = race->outcome (db, data);
  return g_strdup_printf ("%s, %s: %s", actors[0].is_successful ? "done" : "refused",
                          actors[1].is_successful ? "done" : "refused", rows);
}

void
pn_test_interleave (PnDb *db, const PnDbTarget *target, const PnTestRace *race)
{
  const guint n = race->steps[0] + race->steps[1];
  const guint second_last = ((1u << race->steps[1]) - 1) << race->steps[0];
  const guint second_first = (1u << race->steps[1]) - 1;
  g_autofree char *forward = run (db, target, race, second_last);
  g_autofree char *backward = run (db, target, race, second_first);

  g_test_message ("%s: \"%s\" or \"%s\"", race->name, forward, backward);
  for (guint schedule = 0; schedule < 1u << n; schedule++) {
    g_autofree char *outcome = NULL;

    if ((guint) __builtin_popcount (schedule) != race->steps[1])
      continue;
    outcome = run (db, target, race, schedule);
    g_test_message ("%s, schedule %x: %s", race->name, schedule, outcome);
    g_assert_true (g_str_equal (outcome, forward) || g_str_equal (outcome, backward));
  }
}
