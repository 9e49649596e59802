#include "ticketing/replay.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define KEPT (30 * PN_DAY)
#define SWEPT 1000
#define LOOKED_THROUGH 8 /* replays that run at once */

#define COLUMNS                                                                                    \
  " id, kind, subject_id, agent_id, title, definition, state, since, first_id, after_id, last_id," \
  " tickets, matched, changed, spent_us, trouble, created_at, finished_at"

static const char add_sql[] =
    "INSERT INTO replay (kind, subject_id, agent_id, title, definition, state, since, until,"
    " first_id, after_id, last_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char load_sql[] = "SELECT" COLUMNS " FROM replay WHERE id = ?";

static const char of_subject_sql[] = "SELECT" COLUMNS " FROM replay"
                                     " WHERE kind = ? AND subject_id = ?"
                                     " ORDER BY id DESC"
                                     " LIMIT ?";

static const char of_kind_sql[] = "SELECT" COLUMNS " FROM replay"
                                  " WHERE kind = ?"
                                  " ORDER BY id DESC"
                                  " LIMIT ?";

static const char running_sql[] = "SELECT id FROM replay WHERE state = ? ORDER BY id LIMIT ?";

static const char lapsed_sql[] = "SELECT first_id, last_id, until FROM replay_portion"
                                 " WHERE replay_id = ? AND until <= ?"
                                 " ORDER BY first_id"
                                 " LIMIT 1";

static const char take_over_sql[] = "UPDATE replay_portion SET until = ?"
                                    " WHERE replay_id = ? AND first_id = ? AND until = ?";

static const char move_on_sql[] = "UPDATE replay SET after_id = ?"
                                  " WHERE id = ? AND state = ? AND after_id = ?";

static const char claim_sql[] =
    "INSERT INTO replay_portion (replay_id, first_id, last_id, until) VALUES (?, ?, ?, ?)";

static const char give_back_sql[] =
    "DELETE FROM replay_portion WHERE replay_id = ? AND first_id = ?";

/* What is left of it is for whoever comes next. */
static const char give_back_rest_sql[] = "UPDATE replay_portion SET first_id = ?, until = 0"
                                         " WHERE replay_id = ? AND first_id = ?";

static const char count_sql[] = "UPDATE replay"
                                " SET tickets = tickets + ?, matched = matched + ?,"
                                " changed = changed + ?, spent_us = spent_us + ?"
                                " WHERE id = ?";

static const char finish_sql[] =
    "UPDATE replay SET state = ?, finished_at = ?"
    " WHERE id = ? AND state = ? AND after_id >= last_id"
    " AND NOT EXISTS (SELECT 1 FROM replay_portion WHERE replay_id = replay.id)";

static const char stop_sql[] = "UPDATE replay SET state = ?, trouble = ?, finished_at = ?"
                               " WHERE id = ? AND state = ?";

static const char give_up_sql[] = "DELETE FROM replay_portion WHERE replay_id = ?";

static const char old_sql[] = "SELECT" COLUMNS " FROM replay"
                              " WHERE state > ? AND created_at < ?"
                              " ORDER BY id"
                              " LIMIT 1";

static const char drop_sql[] = "DELETE FROM replay WHERE id = ?";

static const char *const kind_names[] = {
  [PN_REPLAY_RULES] = "rules",
  [PN_REPLAY_POLICY] = "policy",
};

static const char *const state_names[] = {
  [PN_REPLAY_RUNNING] = "running",
  [PN_REPLAY_DONE] = "done",
  [PN_REPLAY_FAILED] = "failed",
  [PN_REPLAY_CANCELLED] = "cancelled",
};

void
pn_replay_free (PnReplay *replay)
{
  if (replay == NULL)
    return;
  g_free (replay->title);
  g_free (replay->definition);
  g_free (replay->trouble);
  g_free (replay);
}

static void
free_replay (gpointer replay)
{
  pn_replay_free (replay);
}

const char *
pn_replay_state_name (PnReplayState state)
{
  return state_names[state];
}

int
pn_replay_percent (const PnReplay *replay)
{
  const gint64 all = replay->last_id - replay->first_id + 1;

  if (replay->state == PN_REPLAY_DONE || all <= 0)
    return 100;
  return (int) CLAMP ((replay->after_id - replay->first_id + 1) * 100 / all, 0, 99);
}

json_t *
pn_replay_write (const PnReplay *replay)
{
  return json_pack ("{s:I, s:s, s:o, s:s, s:b, s:i, s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "id",
                    (json_int_t) replay->id, "kind", kind_names[replay->kind], "title",
                    pn_json_text (replay->title), "state", state_names[replay->state], "is_running",
                    replay->state == PN_REPLAY_RUNNING, "percent", pn_replay_percent (replay),
                    "since", pn_json_time (replay->since), "tickets", (json_int_t) replay->tickets,
                    "matched", (json_int_t) replay->matched, "changed",
                    (json_int_t) replay->changed, "spent_ms",
                    (json_int_t) (replay->spent / PN_MILLISECOND), "trouble",
                    pn_json_text (replay->trouble), "created_at", pn_json_time (replay->created_at),
                    "finished_at", pn_json_time (replay->finished_at));
}

gboolean
pn_replay_add (PnDb *db, const PnReplayOrder *order, gint64 *id, GError **error)
{
  const PnTime now = pn_clock_now ();
  const PnTime since = now - order->weeks * 7 * PN_DAY;
  g_autofree char *line = pn_text_clean_line (order->title, 200);
  gint64 first = 0;
  gint64 last = 0;

  if (order->weeks < 1 || order->weeks > PN_REPLAY_WEEKS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "a replay goes back 1 to %d weeks", PN_REPLAY_WEEKS_MAX);
    return FALSE;
  }
  if (!pn_ticket_ids_since (db, since, &first, &last, error))
    return FALSE;
  return pn_db_insert (db, add_sql,
                       PN_ARGS (pn_int (order->kind), pn_int_or_null (order->subject_id),
                                pn_int_or_null (order->agent_id), pn_text (line),
                                pn_text (order->definition), pn_int (PN_REPLAY_RUNNING),
                                pn_int (since), pn_int (now), pn_int (first), pn_int (first - 1),
                                pn_int (last), pn_int (now)),
                       id, error);
}

static PnReplay *
read_row (const PnRows *rows)
{
  PnReplay *replay = g_new0 (PnReplay, 1);

  *replay = (PnReplay){
    .id = pn_rows_int (rows, 0),
    .kind = (PnReplayKind) CLAMP (pn_rows_int (rows, 1), 0, PN_REPLAY_KINDS - 1),
    .subject_id = pn_rows_int (rows, 2),
    .agent_id = pn_rows_int (rows, 3),
    .title = g_strdup (pn_rows_text (rows, 4)),
    .definition = g_strdup (pn_rows_text (rows, 5)),
    .state = (PnReplayState) CLAMP (pn_rows_int (rows, 6), 0, PN_REPLAY_CANCELLED),
    .since = pn_rows_int (rows, 7),
    .first_id = pn_rows_int (rows, 8),
    .after_id = pn_rows_int (rows, 9),
    .last_id = pn_rows_int (rows, 10),
    .tickets = pn_rows_int (rows, 11),
    .matched = pn_rows_int (rows, 12),
    .changed = pn_rows_int (rows, 13),
    .spent = pn_rows_int (rows, 14),
    .trouble = g_strdup (pn_rows_text (rows, 15)),
    .created_at = pn_rows_int (rows, 16),
    .finished_at = pn_rows_int (rows, 17),
  };
  return replay;
}

PnReplay *
pn_replay_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows))
    return read_row (rows);
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no replay %" G_GINT64_FORMAT, id);
  return NULL;
}

GPtrArray *
pn_replay_list (PnDb *db, PnReplayKind kind, gint64 subject_id, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = NULL;
  GPtrArray *list;

  if (subject_id != 0)
    rows = pn_db_query (db, of_subject_sql,
                        PN_ARGS (pn_int (kind), pn_int (subject_id), pn_int (limit)), error);
  else
    rows = pn_db_query (db, of_kind_sql, PN_ARGS (pn_int (kind), pn_int (limit)), error);
  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_replay);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

typedef struct {
  gint64 id;
  PnReplayState state;
  const char *trouble;
} Stop;

static gboolean
stop_body (PnDb *db, gpointer data, GError **error)
{
  const Stop *stop = data;
  gint64 affected;

  if (!pn_db_exec (db, stop_sql,
                   PN_ARGS (pn_int (stop->state), pn_text (stop->trouble), pn_int (pn_clock_now ()),
                            pn_int (stop->id), pn_int (PN_REPLAY_RUNNING)),
                   &affected, error))
    return FALSE;
  if (affected == 0) {
    pn_error_set (error, PN_ERROR_CONFLICT, "replay %" G_GINT64_FORMAT " does not run", stop->id);
    return FALSE;
  }
  return pn_db_exec (db, give_up_sql, PN_ARGS (pn_int (stop->id)), NULL, error);
}

gboolean
pn_replay_cancel (PnDb *db, gint64 id, GError **error)
{
  Stop stop = { id, PN_REPLAY_CANCELLED, NULL };
  g_autoptr (PnReplay) replay = pn_replay_load (db, id, error);

  return replay != NULL && pn_db_run (db, stop_body, &stop, error);
}

/* A portion in somebody's hands. */
typedef struct {
  const PnReplay *replay;
  const PnReplayWorker *worker;
  gpointer work;
  gint64 first_id;
  gint64 last_id;
  gint64 until_id; /* looked at so far */
  gint64 begun;    /* monotonic */
  gint64 tickets;
  gint64 matched;
  gint64 changed;
  gboolean is_mine;
} Portion;

/* The portion of one who died, or the rest of one that took long. */
static gboolean
take_over (PnDb *db, Portion *portion, GError **error)
{
  const gint64 id = portion->replay->id;
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows =
      pn_db_query (db, lapsed_sql, PN_ARGS (pn_int (id), pn_int (now)), error);
  gint64 affected;

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  portion->first_id = pn_rows_int (rows, 0);
  portion->last_id = pn_rows_int (rows, 1);
  if (!pn_db_exec (db, take_over_sql,
                   PN_ARGS (pn_int (now + PN_REPLAY_LEASE), pn_int (id), pn_int (portion->first_id),
                            pn_int (pn_rows_int (rows, 2))),
                   &affected, error))
    return FALSE;
  portion->is_mine = affected == 1;
  return TRUE;
}

static gboolean
claim_body (PnDb *db, gpointer data, GError **error)
{
  Portion *portion = data;
  const gint64 id = portion->replay->id;
  gint64 affected;

  if (!pn_db_exec (db, move_on_sql,
                   PN_ARGS (pn_int (portion->last_id), pn_int (id), pn_int (PN_REPLAY_RUNNING),
                            pn_int (portion->first_id - 1)),
                   &affected, error))
    return FALSE;
  portion->is_mine = affected == 1;
  return !portion->is_mine
         || pn_db_exec (db, claim_sql,
                        PN_ARGS (pn_int (id), pn_int (portion->first_id), pn_int (portion->last_id),
                                 pn_int (pn_clock_now () + PN_REPLAY_LEASE)),
                        NULL, error);
}

/* @tickets: (owned) of the portion that is mine; NULL without error: there is none for me. */
static gboolean
claim (PnDb *db, Portion *portion, GPtrArray **tickets, GError **error)
{
  const PnReplay *replay = portion->replay;

  *tickets = NULL;
  if (!take_over (db, portion, error))
    return FALSE;
  if (!portion->is_mine && replay->after_id >= replay->last_id)
    return TRUE;
  if (!portion->is_mine) {
    portion->first_id = replay->after_id + 1;
    portion->last_id = replay->last_id;
  }
  *tickets = pn_ticket_range (db, portion->first_id, portion->last_id, PN_REPLAY_PORTION, error);
  if (*tickets == NULL || portion->is_mine)
    return *tickets != NULL;
  if ((*tickets)->len == PN_REPLAY_PORTION)
    portion->last_id = ((const PnTicket *) (*tickets)->pdata[PN_REPLAY_PORTION - 1])->id;
  if (pn_db_run (db, claim_body, portion, error)) {
    if (!portion->is_mine)
      g_clear_pointer (tickets, g_ptr_array_unref);
    PN_CRASH_POINT ("replay-claimed");
    return TRUE;
  }
  g_clear_pointer (tickets, g_ptr_array_unref);
  return FALSE;
}

static gboolean
look (PnDb *db, Portion *portion, const GPtrArray *tickets, GError **error)
{
  for (guint i = 0; i < tickets->len; i++) {
    const PnTicket *ticket = tickets->pdata[i];
    g_autoptr (GError) problem = NULL;
    PnReplayLook seen = { FALSE, FALSE, FALSE };

    if (i > 0 && g_get_monotonic_time () - portion->begun >= PN_REPLAY_BUDGET)
      return TRUE;
    if (!portion->worker->look (db, portion->replay, portion->work, ticket, &seen, &problem)
        && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    portion->tickets += seen.is_counted;
    portion->matched += seen.is_matched;
    portion->changed += seen.is_changed;
    portion->until_id = ticket->id;
  }
  portion->until_id = portion->last_id;
  return TRUE;
}

static gboolean
give_back (PnDb *db, const Portion *portion, gint64 *affected, GError **error)
{
  const gint64 id = portion->replay->id;

  if (portion->until_id < portion->last_id)
    return pn_db_exec (
        db, give_back_rest_sql,
        PN_ARGS (pn_int (portion->until_id + 1), pn_int (id), pn_int (portion->first_id)), affected,
        error);
  return pn_db_exec (db, give_back_sql, PN_ARGS (pn_int (id), pn_int (portion->first_id)), affected,
                     error);
}

/* Whoever comes second has looked in vain. */
static gboolean
keep_body (PnDb *db, gpointer data, GError **error)
{
  const Portion *portion = data;
  const PnReplay *replay = portion->replay;
  gint64 affected;

  if (!give_back (db, portion, &affected, error))
    return FALSE;
  if (affected == 0)
    return TRUE;
  if (!pn_db_exec (db, count_sql,
                   PN_ARGS (pn_int (portion->tickets), pn_int (portion->matched),
                            pn_int (portion->changed),
                            pn_int (g_get_monotonic_time () - portion->begun), pn_int (replay->id)),
                   NULL, error)
      || !portion->worker->keep (db, replay, portion->work, error))
    return FALSE;
  PN_CRASH_POINT ("replay-kept");
  return pn_db_exec (db, finish_sql,
                     PN_ARGS (pn_int (PN_REPLAY_DONE), pn_int (pn_clock_now ()),
                              pn_int (replay->id), pn_int (PN_REPLAY_RUNNING)),
                     NULL, error);
}

/* What will not go better next time ends the replay, and is said on its page. */
static gboolean
fail (PnDb *db, const PnReplay *replay, GError *problem, GError **error)
{
  Stop stop = { replay->id, PN_REPLAY_FAILED, problem->message };

  if (!pn_error_is (problem, PN_ERROR_TEMPORARY)) {
    if (pn_db_run (db, stop_body, &stop, error))
      return TRUE;
    g_clear_error (error);
  }
  g_propagate_error (error, g_error_copy (problem));
  return FALSE;
}

static gboolean
work_on (PnDb *db, const PnReplayers *replayers, const PnReplay *replay, guint *done,
         GError **error)
{
  const PnReplayWorker *worker = &replayers->workers[replay->kind];
  Portion portion = { .replay = replay, .worker = worker, .begun = g_get_monotonic_time () };
  g_autoptr (GPtrArray) tickets = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean is_fine;

  if (!claim (db, &portion, &tickets, error))
    return FALSE;
  if (tickets == NULL)
    return TRUE;
  *done = tickets->len + 1;
  portion.work = worker->prepare (db, replay, replayers->data[replay->kind], &problem);
  if (portion.work == NULL)
    return fail (db, replay, problem, error);
  is_fine = look (db, &portion, tickets, &problem) && pn_db_run (db, keep_body, &portion, &problem);
  worker->free_work (portion.work);
  return is_fine || fail (db, replay, problem, error);
}

gboolean
pn_replay_work (PnDb *db, const PnReplayers *replayers, gint64 id, guint *done, GError **error)
{
  g_autoptr (GArray) ids = NULL;

  *done = 0;
  if (id != 0) {
    ids = g_array_new (FALSE, FALSE, sizeof id);
    g_array_append_val (ids, id);
  } else {
    ids = pn_db_query_ids (db, running_sql,
                           PN_ARGS (pn_int (PN_REPLAY_RUNNING), pn_int (LOOKED_THROUGH)), error);
  }
  for (guint i = 0; ids != NULL && *done == 0 && i < ids->len; i++) {
    g_autoptr (PnReplay) replay = pn_replay_load (db, g_array_index (ids, gint64, i), error);

    if (replay == NULL)
      return FALSE;
    if (replay->state == PN_REPLAY_RUNNING && !work_on (db, replayers, replay, done, error))
      return FALSE;
  }
  return ids != NULL;
}

gboolean
pn_replay_sweep (PnDb *db, const PnReplayers *replayers, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, old_sql, PN_ARGS (pn_int (PN_REPLAY_RUNNING), pn_int (pn_clock_now () - KEPT)), error);
  g_autoptr (PnReplay) replay = NULL;
  gint64 removed;

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  replay = read_row (rows);
  return replayers->workers[replay->kind].forget (db, replay->id, SWEPT, &removed, error)
         && (removed >= SWEPT
             || pn_db_exec (db, drop_sql, PN_ARGS (pn_int (replay->id)), NULL, error));
}
