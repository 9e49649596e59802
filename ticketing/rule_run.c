#include "ticketing/rule_run.h"

#include <string.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/rule_effect.h"
#include "ticketing/rule_match.h"
#include "ticketing/survey.h"

#define COUNTED 100000

static const char fire_sql[] =
    "INSERT IGNORE INTO rule_firing (rule_id, version, ticket_id, source, source_id, generation,"
    " explanation, effects, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, '[]', ?)";

static const char fired_sql[] =
    "SELECT id FROM rule_firing"
    " WHERE rule_id = ? AND source = ? AND source_id = ? AND ticket_id = ?";

static const char effects_sql[] = "UPDATE rule_firing SET effects = ? WHERE id = ?";

#define FIRING_SELECT                                                                              \
  "SELECT f.id, f.rule_id, f.version, r.name, f.ticket_id, f.generation, f.explanation,"           \
  " f.effects, f.created_at"                                                                       \
  " FROM rule_firing f JOIN rule r ON r.id = f.rule_id"

static const char of_rule_sql[] = FIRING_SELECT " WHERE f.rule_id = ? ORDER BY f.id DESC LIMIT ?";

static const char of_ticket_sql[] =
    FIRING_SELECT " WHERE f.ticket_id = ? ORDER BY f.id DESC LIMIT ?";

static const char counts_sql[] = "SELECT rule_id, COUNT(*)"
                                 " FROM (SELECT rule_id, created_at FROM rule_firing"
                                 "  ORDER BY id DESC LIMIT ?) f"
                                 " WHERE created_at >= ?"
                                 " GROUP BY rule_id";

static const char *const by_names[] = {
  [PN_ACTOR_SYSTEM] = "system",
  [PN_ACTOR_AGENT] = "agent",
  [PN_ACTOR_PERSON] = "person",
  [PN_ACTOR_RULE] = "rule",
};

void
pn_rule_run_set_occasion (PnFacts *facts, const PnRuleOccasion *occasion)
{
  int score;

  pn_facts_set (facts, PN_FIELD_EVENT, pn_rule_on_name (occasion->on));
  pn_facts_set (facts, PN_FIELD_BY, by_names[occasion->by]);
  pn_facts_set (facts, PN_FIELD_BEFORE, occasion->old_value);
  pn_facts_set (facts, PN_FIELD_AFTER, occasion->new_value);
  if (occasion->on == PN_RULE_ON_SURVEY && pn_score_read (occasion->new_value, &score))
    pn_facts_set_number (facts, PN_FIELD_SCORE, score);
}

gboolean
pn_rule_run_matches (PnRuleRun *run, const PnRule *rule, gboolean *is_match, GError **error)
{
  const PnRuleAsk ask = { run->db, run->ticket, run->occasion.message_id, pn_clock_now (), FALSE };
  PnMatch match = pn_rule_match (rule->condition, run->facts);

  if (match == PN_MATCH_UNKNOWN) {
    if (!pn_rule_ticket_load (run->facts, &ask, rule->condition, error))
      return FALSE;
    match = pn_rule_match (rule->condition, run->facts);
  }
  *is_match = match == PN_MATCH_TRUE;
  return TRUE;
}

/* @firing_id 0: it has fired for this occasion already. */
static gboolean
record (PnRuleRun *run, const PnRule *rule, const char *explanation, gint64 *firing_id,
        GError **error)
{
  const PnRuleOccasion *occasion = &run->occasion;
  g_autoptr (PnRows) rows = NULL;
  gint64 affected;

  *firing_id = 0;
  if (!pn_db_exec (run->db, fire_sql,
                   PN_ARGS (pn_int (rule->id), pn_int (rule->version), pn_int (run->ticket->id),
                            pn_int (occasion->source), pn_int (occasion->source_id),
                            pn_int (occasion->generation), pn_text (explanation),
                            pn_int (pn_clock_now ())),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    return TRUE;
  rows = pn_db_query (run->db, fired_sql,
                      PN_ARGS (pn_int (rule->id), pn_int (occasion->source),
                               pn_int (occasion->source_id), pn_int (run->ticket->id)),
                      error);
  if (rows == NULL)
    return FALSE;
  *firing_id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

/* Returns: (owned) which rule, which version, why, and with @effects what it did. */
static char *
write_reason (const PnRule *rule, json_t *tests, json_t *effects)
{
  return pn_reason_make (PN_WHY_RULE_FIRED, "{s:o, s:I, s:O, s:O}", "rule",
                         pn_json_text (rule->name), "version", (json_int_t) rule->version, "tests",
                         tests, "effects", effects);
}

/* Where no change tells of the rule, or not of all it meant to do, an event of its own does. */
static gboolean
tell (const PnRuleFire *fire, json_t *tests, GError **error)
{
  g_autofree char *reason = NULL;

  if (fire->is_shown && !fire->is_lost)
    return TRUE;
  reason = write_reason (fire->rule, tests, fire->effects);
  return pn_event_add (fire->run->db, fire->run->ticket->id, PN_EVENT_RULE,
                       (PnActor){ PN_ACTOR_RULE, fire->firing_id }, NULL, fire->rule->name, reason,
                       error);
}

static gboolean
do_actions (PnRuleFire *fire, json_t *tests, GError **error)
{
  PnRuleRun *run = fire->run;
  g_autofree char *text = NULL;

  for (guint i = 0; i < fire->rule->actions->len; i++) {
    if (!pn_rule_effect_do (fire, fire->rule->actions->pdata[i], error))
      return FALSE;
  }
  PN_CRASH_POINT ("rule-effects-done");
  text = pn_json_write (fire->effects);
  if (!pn_db_exec (run->db, effects_sql, PN_ARGS (pn_text (text), pn_int (fire->firing_id)), NULL,
                   error)
      || !tell (fire, tests, error))
    return FALSE;
  pn_rule_ticket_set (run->facts, run->book, run->ticket, pn_clock_now ());
  return TRUE;
}

gboolean
pn_rule_run_fire (PnRuleRun *run, const PnRule *rule, GError **error)
{
  g_autofree char *explanation = pn_rule_explain (rule->condition, run->facts);
  g_autoptr (json_t) tests = pn_rule_tests (rule->condition, run->facts);
  g_autoptr (json_t) effects = json_array ();
  g_autofree char *reason = write_reason (rule, tests, effects);
  PnRuleFire fire = { .run = run, .rule = rule, .reason = reason, .effects = effects };

  if (!record (run, rule, explanation, &fire.firing_id, error))
    return FALSE;
  if (fire.firing_id == 0)
    return TRUE;
  run->fired++;
  return do_actions (&fire, tests, error);
}

/* Rules that set each other off are stopped, and somebody can see it. */
static gboolean
stop_circle (PnRuleRun *run, GError **error)
{
  return pn_event_add (run->db, run->ticket->id, PN_EVENT_RULE, PN_ACTOR_IS_SYSTEM, NULL, NULL,
                       pn_reason (PN_WHY_RULE_CIRCLE), error);
}

gboolean
pn_rule_run (PnRuleRun *run, GError **error)
{
  const GPtrArray *rules = pn_rule_book_rules (run->book);

  if (!pn_rule_book_listens (run->book, run->occasion.on))
    return TRUE;
  if (run->occasion.generation > PN_RULE_GENERATION_MAX)
    return stop_circle (run, error);
  pn_rule_run_set_occasion (run->facts, &run->occasion);
  for (guint i = 0; i < rules->len; i++) {
    const PnRule *rule = rules->pdata[i];
    gboolean is_match = FALSE;

    if (!pn_rule_listens (rule, run->occasion.on))
      continue;
    if (!pn_rule_run_matches (run, rule, &is_match, error)
        || (is_match && !pn_rule_run_fire (run, rule, error)))
      return FALSE;
    if (is_match && rule->stops)
      return TRUE;
  }
  return TRUE;
}

void
pn_rule_firing_free (PnRuleFiring *firing)
{
  if (firing == NULL)
    return;
  g_free (firing->rule);
  g_free (firing->explanation);
  g_clear_pointer (&firing->effects, json_decref);
  g_free (firing);
}

GPtrArray *
pn_rule_firings (PnDb *db, gint64 rule_id, gint64 ticket_id, guint limit, GError **error)
{
  const gboolean is_of_rule = rule_id != 0;
  g_autoptr (PnRows) rows =
      pn_db_query (db, is_of_rule ? of_rule_sql : of_ticket_sql,
                   PN_ARGS (pn_int (is_of_rule ? rule_id : ticket_id), pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_firing_free);
  while (pn_rows_next (rows)) {
    PnRuleFiring *firing = g_new0 (PnRuleFiring, 1);
    const char *effects = pn_rows_text (rows, 7);

    firing->id = pn_rows_int (rows, 0);
    firing->rule_id = pn_rows_int (rows, 1);
    firing->version = pn_rows_int (rows, 2);
    firing->rule = g_strdup (pn_rows_text (rows, 3));
    firing->ticket_id = pn_rows_int (rows, 4);
    firing->generation = (int) pn_rows_int (rows, 5);
    firing->explanation = g_strdup (pn_rows_text (rows, 6));
    firing->effects = json_loads (effects, 0, NULL);
    if (firing->effects == NULL)
      firing->effects = json_array ();
    firing->at = pn_rows_int (rows, 8);
    g_ptr_array_add (list, firing);
  }
  return list;
}

GHashTable *
pn_rule_firing_counts (PnDb *db, PnTime since, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, counts_sql, PN_ARGS (pn_int (COUNTED), pn_int (since)), error);
  GHashTable *counts;

  if (rows == NULL)
    return NULL;
  counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  while (pn_rows_next (rows)) {
    gint64 id = pn_rows_int (rows, 0);
    gint64 n = pn_rows_int (rows, 1);

    g_hash_table_insert (counts, g_memdup2 (&id, sizeof id), g_memdup2 (&n, sizeof n));
  }
  return counts;
}
