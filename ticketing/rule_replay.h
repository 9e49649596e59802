/* Replays: rules tried on the tickets of the last weeks, in the background, in portions. Nothing becomes of the tickets;
 * what would have changed is kept with the replay. Owns the tables rule_replay and rule_replay_hit.
 *
 *   waiting ──portion, portion──► done, failed      each portion is a compare-and-set, so two clerks share the work
 */
#pragma once

#include "ticketing/rule_past.h"

#define PN_RULE_REPLAY_WEEKS_MAX 52
#define PN_RULE_REPLAY_HITS_MAX 5000 /* kept; all are counted */

typedef enum { PN_REPLAY_RUNNING, PN_REPLAY_DONE, PN_REPLAY_FAILED } PnReplayState;

typedef struct {
  gint64 id;
  gint64 agent_id;
  char *title;
  char *definition; /* a JSON array of rules */
  PnReplayState state;
  PnTime since;
  gint64 first_id; /* of the tickets that are looked at */
  gint64 after_id;
  gint64 last_id;
  gint64 step;
  gint64 tickets; /* looked at so far */
  gint64 changed; /* of them */
  char *trouble;  /* NULL */
  PnTime created_at;
  PnTime finished_at; /* 0: not yet */
} PnRuleReplay;

void pn_rule_replay_free (PnRuleReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRuleReplay, pn_rule_replay_free)

/* Orders a replay of @rules (of PnRule, in their order) over the tickets opened in the last @weeks. INVALID for a number
 * of weeks that is not 1 .. PN_RULE_REPLAY_WEEKS_MAX. */
gboolean pn_rule_replay_add (PnDb *db, const GPtrArray *rules, const char *title, gint64 weeks,
                             gint64 agent_id, gint64 *id, GError **error);
PnRuleReplay *pn_rule_replay_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
int pn_rule_replay_percent (const PnRuleReplay *replay);
const char *pn_rule_replay_state_name (PnReplayState state);

/* By ticket, behind @after_ticket. (owned) of PnRuleHit. */
GPtrArray *pn_rule_replay_hits (PnDb *db, gint64 id, gint64 after_ticket, guint limit,
                                GError **error);

/* Does a portion of the oldest replay that is not done. @done: how many tickets were looked at. */
gboolean pn_rule_replay_work (PnDb *db, PnStemFunc stem, gpointer stem_data, guint *done,
                              GError **error);

/* Removes replays that are older than 30 days, a portion. */
gboolean pn_rule_replay_sweep (PnDb *db, GError **error);
