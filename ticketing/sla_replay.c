#include "ticketing/sla_replay.h"

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/json.h"
#include "ticketing/sla_replay_private.h"

#define CHANGES_SHOWN 20 /* of a ticket */

static const char tally_sql[] =
    "INSERT INTO sla_replay_tally (replay_id, metric, priority, side, met, missed, running, late,"
    " dropped, changed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE met = met + VALUES(met), missed = missed + VALUES(missed),"
    " running = running + VALUES(running), late = late + VALUES(late),"
    " dropped = dropped + VALUES(dropped), changed = changed + VALUES(changed)";

static const char hit_sql[] = "INSERT INTO sla_replay_hit (replay_id, ticket_id, weight, changes)"
                              " VALUES (?, ?, ?, ?)";

/* The first one that is too many, and with it all that weigh less. */
static const char excess_sql[] = "SELECT weight, ticket_id FROM sla_replay_hit"
                                 " WHERE replay_id = ?"
                                 " ORDER BY weight DESC, ticket_id DESC"
                                 " LIMIT ?, 1";

static const char cut_sql[] = "DELETE FROM sla_replay_hit"
                              " WHERE replay_id = ?"
                              " AND (weight < ? OR (weight = ? AND ticket_id <= ?))";

static const char forget_hits_sql[] = "DELETE FROM sla_replay_hit WHERE replay_id = ? LIMIT ?";

static const char forget_tallies_sql[] = "DELETE FROM sla_replay_tally WHERE replay_id = ?";

typedef struct {
  gint64 met;
  gint64 missed;
  gint64 running;
  gint64 late; /* of the running ones */
  gint64 dropped;
  gint64 changed; /* on the side "with" */
} Tally;

typedef struct {
  gint64 ticket_id;
  gint64 weight;
  json_t *changes;
} Hit;

/* What a portion works with, and what it has found. */
typedef struct {
  PnSlaReplayBooks *books;
  PnTime now;
  Tally tallies[PN_METRIC_COUNT][PN_PRIORITY_COUNT][2];
  GArray *hits; /* of Hit */
} Work;

static void
clear_hit (gpointer data)
{
  json_decref (((Hit *) data)->changes);
}

static void
free_work (gpointer data)
{
  Work *work = data;

  pn_sla_replay_books_free (work->books);
  g_array_unref (work->hits);
  g_free (work);
}

static gpointer
prepare (PnDb *db, const PnReplay *replay, gpointer data, GError **error)
{
  PnSlaReplayBooks *books = pn_sla_replay_books_read (replay->definition, error);
  Work *work;

  if (books == NULL)
    return NULL;
  work = g_new0 (Work, 1);
  work->books = books;
  work->now = pn_clock_now ();
  work->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  g_array_set_clear_func (work->hits, clear_hit);
  return work;
}

static void
count (Tally *tally, const PnDeadline *round, PnTime now)
{
  if (round->target == 0)
    return;
  switch (round->state) {
  case PN_DEADLINE_RUNNING:
  case PN_DEADLINE_PAUSED:
    tally->running++;
    tally->late += pn_deadline_due_state (round, now) == PN_DUE_OVER;
    break;
  case PN_DEADLINE_MET: tally->met++; break;
  case PN_DEADLINE_MISSED: tally->missed++; break;
  case PN_DEADLINE_DROPPED: tally->dropped++; break;
  }
}

/* Both lists have the same rounds: those do not depend on policies. */
static void
compare (Work *work, const GArray *without, const GArray *with, Hit *hit)
{
  for (guint i = 0; i < without->len && i < with->len; i++) {
    const PnDeadline *before = &g_array_index (without, PnDeadline, i);
    const PnDeadline *after = &g_array_index (with, PnDeadline, i);
    Tally *tally = work->tallies[after->metric][after->priority];
    gint64 weight = 0;
    json_t *change = pn_sla_replay_compare (work->books, before, after, work->now, &weight);

    count (&tally[0], before, work->now);
    count (&tally[1], after, work->now);
    if (change == NULL)
      continue;
    tally[1].changed++;
    hit->weight = MAX (hit->weight, weight);
    if (json_array_size (hit->changes) < CHANGES_SHOWN)
      json_array_append_new (hit->changes, change);
    else
      json_decref (change);
  }
}

static gboolean
look (PnDb *db, const PnReplay *replay, gpointer data, const PnTicket *ticket, PnReplayLook *seen,
      GError **error)
{
  Work *work = data;
  g_autoptr (PnSlaHistory) history = NULL;
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autoptr (GArray) without = NULL;
  g_autoptr (GArray) with = NULL;
  Hit hit = { ticket->id, 0, NULL };
  const PnPolicy *policy;
  PnSlaFacts facts;

  if (!pn_ids_allow (work->books->queues, ticket->queue_id))
    return TRUE;
  history = pn_sla_history_load (db, ticket->id, error);
  if (history == NULL)
    return FALSE;
  pn_sla_history_facts (history, tags, &facts);
  policy = pn_sla_match (work->books->with, &facts);
  without = pn_sla_rounds (work->books->without, history);
  with = pn_sla_rounds (work->books->with, history);
  hit.changes = json_array ();
  compare (work, without, with, &hit);
  seen->is_counted = TRUE;
  seen->is_matched = policy != NULL && policy->id == work->books->policy_id;
  seen->is_changed = json_array_size (hit.changes) > 0;
  if (seen->is_changed)
    g_array_append_val (work->hits, hit);
  else
    json_decref (hit.changes);
  return TRUE;
}

static gboolean
keep_tally (PnDb *db, gint64 id, int metric, int priority, int side, const Tally *tally,
            GError **error)
{
  if (tally->met + tally->missed + tally->running + tally->dropped + tally->changed == 0)
    return TRUE;
  return pn_db_exec (db, tally_sql,
                     PN_ARGS (pn_int (id), pn_int (metric), pn_int (priority), pn_int (side),
                              pn_int (tally->met), pn_int (tally->missed), pn_int (tally->running),
                              pn_int (tally->late), pn_int (tally->dropped),
                              pn_int (tally->changed)),
                     NULL, error);
}

static gboolean
keep_tallies (PnDb *db, gint64 id, const Work *work, GError **error)
{
  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    for (int p = 0; p < PN_PRIORITY_COUNT; p++) {
      if (!keep_tally (db, id, m, p, 0, &work->tallies[m][p][0], error)
          || !keep_tally (db, id, m, p, 1, &work->tallies[m][p][1], error))
        return FALSE;
    }
  }
  return TRUE;
}

/* Those that change most are kept, whoever found them. */
static gboolean
cut (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, excess_sql, PN_ARGS (pn_int (id), pn_int (PN_SLA_REPLAY_HITS_MAX)), error);

  if (rows == NULL)
    return FALSE;
  return !pn_rows_next (rows)
         || pn_db_exec (db, cut_sql,
                        PN_ARGS (pn_int (id), pn_int (pn_rows_int (rows, 0)),
                                 pn_int (pn_rows_int (rows, 0)), pn_int (pn_rows_int (rows, 1))),
                        NULL, error);
}

static gboolean
keep (PnDb *db, const PnReplay *replay, gpointer data, GError **error)
{
  const Work *work = data;

  if (!keep_tallies (db, replay->id, work, error))
    return FALSE;
  for (guint i = 0; i < work->hits->len; i++) {
    const Hit *hit = &g_array_index (work->hits, Hit, i);
    g_autofree char *changes = pn_json_write (hit->changes);

    if (!pn_db_later (db, hit_sql,
                      PN_ARGS (pn_int (replay->id), pn_int (hit->ticket_id), pn_int (hit->weight),
                               pn_text (changes)),
                      FALSE, error))
      return FALSE;
  }
  return work->hits->len == 0 || cut (db, replay->id, error);
}

static gboolean
forget (PnDb *db, gint64 id, guint limit, gint64 *removed, GError **error)
{
  return pn_db_exec (db, forget_tallies_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_db_exec (db, forget_hits_sql, PN_ARGS (pn_int (id), pn_int (limit)), removed, error);
}

const PnReplayWorker pn_sla_replay_worker = { prepare, look, keep, free_work, forget };
