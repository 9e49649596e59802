#include "ticketing/rule_replay.h"

#include <string.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define PORTION 50
#define KEPT (30 * PN_DAY)
#define SWEPT 1000

static const char add_sql[] =
    "INSERT INTO rule_replay (agent_id, title, definition, state, since, until, first_id, after_id,"
    " last_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

#define REPLAY_COLUMNS                                                                             \
  " id, agent_id, title, definition, state, since, first_id, after_id, last_id, step, tickets,"    \
  " changed, trouble, created_at, finished_at"

static const char load_sql[] = "SELECT" REPLAY_COLUMNS " FROM rule_replay WHERE id = ?";

static const char next_sql[] =
    "SELECT" REPLAY_COLUMNS " FROM rule_replay WHERE state = ? ORDER BY id LIMIT 1";

static const char advance_sql[] =
    "UPDATE rule_replay"
    " SET state = ?, after_id = ?, step = step + 1, tickets = tickets + ?, changed = changed + ?,"
    " trouble = ?, finished_at = ?"
    " WHERE id = ? AND step = ?";

static const char hit_sql[] = "INSERT IGNORE INTO rule_replay_hit (replay_id, ticket_id, seq, at,"
                              " rule, explanation, effects)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)";

static const char hits_sql[] = "SELECT ticket_id, at, rule, explanation, effects"
                               " FROM rule_replay_hit"
                               " WHERE replay_id = ? AND ticket_id > ?"
                               " ORDER BY ticket_id, seq"
                               " LIMIT ?";

static const char old_sql[] =
    "SELECT id FROM rule_replay WHERE state > ? AND created_at < ? ORDER BY id LIMIT 1";

static const char drop_hits_sql[] = "DELETE FROM rule_replay_hit WHERE replay_id = ? LIMIT ?";

static const char drop_sql[] = "DELETE FROM rule_replay WHERE id = ?";

static const char *const state_names[] = {
  [PN_REPLAY_RUNNING] = "running",
  [PN_REPLAY_DONE] = "done",
  [PN_REPLAY_FAILED] = "failed",
};

void
pn_rule_replay_free (PnRuleReplay *replay)
{
  if (replay == NULL)
    return;
  g_free (replay->title);
  g_free (replay->definition);
  g_free (replay->trouble);
  g_free (replay);
}

const char *
pn_rule_replay_state_name (PnReplayState state)
{
  return state_names[state];
}

gboolean
pn_rule_replay_add (PnDb *db, const GPtrArray *rules, const char *title, gint64 weeks,
                    gint64 agent_id, gint64 *id, GError **error)
{
  const PnTime now = pn_clock_now ();
  const PnTime since = now - weeks * 7 * PN_DAY;
  g_autoptr (json_t) list = json_array ();
  g_autofree char *definition = NULL;
  g_autofree char *line = pn_text_clean_line (title, 200);
  gint64 first = 0;
  gint64 last = 0;

  if (weeks < 1 || weeks > PN_RULE_REPLAY_WEEKS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "a replay goes back 1 to %d weeks",
                  PN_RULE_REPLAY_WEEKS_MAX);
    return FALSE;
  }
  if (!pn_ticket_ids_since (db, since, &first, &last, error))
    return FALSE;
  for (guint i = 0; i < rules->len; i++)
    json_array_append_new (list, pn_rule_write (rules->pdata[i]));
  definition = pn_json_write (list);
  return pn_db_insert (db, add_sql,
                       PN_ARGS (pn_int_or_null (agent_id), pn_text (line), pn_text (definition),
                                pn_int (PN_REPLAY_RUNNING), pn_int (since), pn_int (now),
                                pn_int (first), pn_int (first - 1), pn_int (last), pn_int (now)),
                       id, error);
}

/* @replay: (owned) NULL without error: none. */
static gboolean
read_one (PnRows *rows, PnRuleReplay **replay)
{
  *replay = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  *replay = g_new0 (PnRuleReplay, 1);
  (*replay)->id = pn_rows_int (rows, 0);
  (*replay)->agent_id = pn_rows_int (rows, 1);
  (*replay)->title = g_strdup (pn_rows_text (rows, 2));
  (*replay)->definition = g_strdup (pn_rows_text (rows, 3));
  (*replay)->state = (PnReplayState) CLAMP (pn_rows_int (rows, 4), 0, PN_REPLAY_FAILED);
  (*replay)->since = pn_rows_int (rows, 5);
  (*replay)->first_id = pn_rows_int (rows, 6);
  (*replay)->after_id = pn_rows_int (rows, 7);
  (*replay)->last_id = pn_rows_int (rows, 8);
  (*replay)->step = pn_rows_int (rows, 9);
  (*replay)->tickets = pn_rows_int (rows, 10);
  (*replay)->changed = pn_rows_int (rows, 11);
  (*replay)->trouble = g_strdup (pn_rows_text (rows, 12));
  (*replay)->created_at = pn_rows_int (rows, 13);
  (*replay)->finished_at = pn_rows_int (rows, 14);
  return TRUE;
}

PnRuleReplay *
pn_rule_replay_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);
  PnRuleReplay *replay = NULL;

  if (!read_one (rows, &replay))
    return NULL;
  if (replay == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no replay %" G_GINT64_FORMAT, id);
  return replay;
}

int
pn_rule_replay_percent (const PnRuleReplay *replay)
{
  const gint64 all = replay->last_id - replay->first_id + 1;

  if (replay->state == PN_REPLAY_DONE || all <= 0)
    return 100;
  return (int) CLAMP ((replay->after_id - replay->first_id + 1) * 100 / all, 0, 99);
}

GPtrArray *
pn_rule_replay_hits (PnDb *db, gint64 id, gint64 after_ticket, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, hits_sql, PN_ARGS (pn_int (id), pn_int (after_ticket), pn_int (limit)), error);
  GPtrArray *hits;

  if (rows == NULL)
    return NULL;
  hits = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_hit_free);
  while (pn_rows_next (rows)) {
    PnRuleHit *hit = g_new0 (PnRuleHit, 1);

    hit->ticket_id = pn_rows_int (rows, 0);
    hit->at = pn_rows_int (rows, 1);
    hit->rule = g_strdup (pn_rows_text (rows, 2));
    hit->explanation = g_strdup (pn_rows_text (rows, 3));
    hit->effects = json_loads (pn_rows_text (rows, 4), 0, NULL);
    if (hit->effects == NULL)
      hit->effects = json_array ();
    g_ptr_array_add (hits, hit);
  }
  return hits;
}

static GPtrArray *
read_rules (const char *definition, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_free);
  g_autoptr (json_t) list = json_loads (definition, 0, NULL);

  for (gsize i = 0; i < json_array_size (list); i++) {
    PnRule *rule = pn_rule_read (json_array_get (list, i), NULL, error);

    if (rule == NULL)
      return NULL;
    g_ptr_array_add (rules, rule);
  }
  return g_steal_pointer (&rules);
}

/* A portion that was looked at. */
typedef struct {
  const PnRuleReplay *replay;
  GPtrArray *hits;
  gint64 after_id;
  gint64 tickets;
  PnReplayState state;
  const char *trouble;
} Portion;

static gint64
count_tickets (const GPtrArray *hits)
{
  gint64 n = 0;
  gint64 last = 0;

  for (guint i = 0; i < hits->len; i++) {
    const PnRuleHit *hit = hits->pdata[i];

    n += hit->ticket_id != last ? 1 : 0;
    last = hit->ticket_id;
  }
  return n;
}

static gboolean
keep_hit (PnDb *db, const Portion *portion, guint i, GError **error)
{
  const PnRuleHit *hit = portion->hits->pdata[i];
  g_autofree char *effects = pn_json_write (hit->effects);

  return pn_db_exec (db, hit_sql,
                     PN_ARGS (pn_int (portion->replay->id), pn_int (hit->ticket_id), pn_int (i),
                              pn_int (hit->at), pn_text (hit->rule), pn_text (hit->explanation),
                              pn_text (effects)),
                     NULL, error);
}

/* Whoever comes second has looked in vain. */
static gboolean
keep_portion (PnDb *db, gpointer data, GError **error)
{
  const Portion *portion = data;
  const PnRuleReplay *replay = portion->replay;
  const PnTime finished_at = portion->state == PN_REPLAY_RUNNING ? 0 : pn_clock_now ();
  gint64 affected;

  if (!pn_db_exec (db, advance_sql,
                   PN_ARGS (pn_int (portion->state), pn_int (portion->after_id),
                            pn_int (portion->tickets), pn_int (count_tickets (portion->hits)),
                            pn_text (portion->trouble), pn_int_or_null (finished_at),
                            pn_int (replay->id), pn_int (replay->step)),
                   &affected, error))
    return FALSE;
  PN_CRASH_POINT ("rule-replay-portion");
  for (guint i = 0;
       affected == 1 && replay->changed < PN_RULE_REPLAY_HITS_MAX && i < portion->hits->len; i++) {
    if (!keep_hit (db, portion, i, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
look (PnDb *db, PnRuleBook *book, Portion *portion, GError **error)
{
  const PnRuleReplay *replay = portion->replay;
  g_autoptr (GPtrArray) tickets =
      pn_ticket_range (db, replay->after_id + 1, replay->last_id, PORTION, error);

  if (tickets == NULL || !pn_rule_book_load_names (book, db, error))
    return FALSE;
  for (guint i = 0; i < tickets->len; i++) {
    const PnTicket *ticket = tickets->pdata[i];

    if (!pn_rule_past_tell (db, book, ticket, replay->since, portion->hits, error))
      return FALSE;
    portion->after_id = ticket->id;
  }
  portion->tickets = tickets->len;
  if (tickets->len < PORTION)
    portion->state = PN_REPLAY_DONE;
  return TRUE;
}

gboolean
pn_rule_replay_work (PnDb *db, PnStemFunc stem, gpointer stem_data, guint *done, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, next_sql, PN_ARGS (pn_int (PN_REPLAY_RUNNING)), error);
  g_autoptr (PnRuleReplay) replay = NULL;
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_hit_free);
  g_autoptr (PnRuleBook) book = NULL;
  g_autoptr (GError) problem = NULL;
  Portion portion = { .hits = hits };
  GPtrArray *rules;

  if (!read_one (rows, &replay))
    return FALSE;
  if (replay == NULL)
    return TRUE;
  portion.replay = replay;
  portion.after_id = replay->after_id;
  rules = read_rules (replay->definition, &problem);
  if (rules != NULL)
    book = pn_rule_book_new (rules, stem, stem_data);
  if (book == NULL || !look (db, book, &portion, &problem)) {
    if (pn_error_is (problem, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    portion.state = PN_REPLAY_FAILED;
    portion.trouble = problem->message;
  }
  *done = (guint) portion.tickets + 1;
  return pn_db_run (db, keep_portion, &portion, error);
}

gboolean
pn_rule_replay_sweep (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, old_sql, PN_ARGS (pn_int (PN_REPLAY_RUNNING), pn_int (pn_clock_now () - KEPT)), error);
  gint64 id;
  gint64 affected;

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  id = pn_rows_int (rows, 0);
  return pn_db_exec (db, drop_hits_sql, PN_ARGS (pn_int (id), pn_int (SWEPT)), &affected, error)
         && (affected == SWEPT || pn_db_exec (db, drop_sql, PN_ARGS (pn_int (id)), NULL, error));
}
