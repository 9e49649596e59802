#include "ticketing/rule_replay.h"

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

static const char hit_sql[] = "INSERT IGNORE INTO rule_replay_hit (replay_id, ticket_id, seq, at,"
                              " rule, explanation, effects)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)";

static const char hits_sql[] = "SELECT ticket_id, at, rule, explanation, effects"
                               " FROM rule_replay_hit"
                               " WHERE replay_id = ? AND ticket_id > ?"
                               " ORDER BY ticket_id, seq"
                               " LIMIT ?";

static const char forget_sql[] = "DELETE FROM rule_replay_hit WHERE replay_id = ? LIMIT ?";

gboolean
pn_rule_replay_add (PnDb *db, const GPtrArray *rules, const char *title, gint64 weeks,
                    gint64 agent_id, gint64 *id, GError **error)
{
  g_autoptr (json_t) list = json_array ();
  g_autofree char *definition = NULL;
  PnReplayOrder order = {
    .kind = PN_REPLAY_RULES, .agent_id = agent_id, .title = title, .weeks = weeks
  };

  for (guint i = 0; i < rules->len; i++)
    json_array_append_new (list, pn_rule_write (rules->pdata[i]));
  order.definition = definition = pn_json_write (list);
  return pn_replay_add (db, &order, id, error);
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

/* What a portion works with. */
typedef struct {
  PnRuleBook *book;
  GPtrArray *hits; /* of PnRuleHit */
} Work;

static void
free_work (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->book, pn_rule_book_free);
  g_ptr_array_unref (work->hits);
  g_free (work);
}

static gpointer
prepare (PnDb *db, const PnReplay *replay, gpointer data, GError **error)
{
  const PnRuleReplayStems *stems = data;
  GPtrArray *rules = read_rules (replay->definition, error);
  Work *work;

  if (rules == NULL)
    return NULL;
  work = g_new0 (Work, 1);
  work->hits = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_hit_free);
  work->book = pn_rule_book_new (rules, stems != NULL ? stems->stem : NULL,
                                 stems != NULL ? stems->stem_data : NULL);
  if (pn_rule_book_load_names (work->book, db, error))
    return work;
  free_work (work);
  return NULL;
}

static gboolean
look (PnDb *db, const PnReplay *replay, gpointer data, const PnTicket *ticket, PnReplayLook *seen,
      GError **error)
{
  Work *work = data;
  const guint before = work->hits->len;

  if (!pn_rule_past_tell (db, work->book, ticket, replay->since, work->hits, error)) {
    g_ptr_array_set_size (work->hits, (gint) before);
    return FALSE;
  }
  seen->is_counted = TRUE;
  seen->is_matched = seen->is_changed = work->hits->len > before;
  return TRUE;
}

static gboolean
keep (PnDb *db, const PnReplay *replay, gpointer data, GError **error)
{
  const Work *work = data;

  for (guint i = 0; replay->changed < PN_RULE_REPLAY_HITS_MAX && i < work->hits->len; i++) {
    const PnRuleHit *hit = work->hits->pdata[i];
    g_autofree char *effects = pn_json_write (hit->effects);

    if (!pn_db_exec (db, hit_sql,
                     PN_ARGS (pn_int (replay->id), pn_int (hit->ticket_id), pn_int (i),
                              pn_int (hit->at), pn_text (hit->rule), pn_text (hit->explanation),
                              pn_text (effects)),
                     NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
forget (PnDb *db, gint64 id, guint limit, gint64 *removed, GError **error)
{
  return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (id), pn_int (limit)), removed, error);
}

const PnReplayWorker pn_rule_replay_worker = { prepare, look, keep, free_work, forget };
