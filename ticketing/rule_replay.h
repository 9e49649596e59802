/* Replays of rules: what they would have done to the tickets of the last weeks (replay.h). Owns the table
 * rule_replay_hit. */
#pragma once

#include "ticketing/replay.h"
#include "ticketing/rule_past.h"

#define PN_RULE_REPLAY_HITS_MAX 5000 /* kept; all are counted */

/* Orders a replay of @rules (of PnRule, in their order), as pn_replay_add (). */
gboolean pn_rule_replay_add (PnDb *db, const GPtrArray *rules, const char *title, gint64 weeks,
                             gint64 agent_id, gint64 *id, GError **error);

/* By ticket, behind @after_ticket. (owned) of PnRuleHit. */
GPtrArray *pn_rule_replay_hits (PnDb *db, gint64 id, gint64 after_ticket, guint limit,
                                GError **error);

/* For replayers that look at rules: @data, which may be NULL, is what words are compared by. */
typedef struct {
  PnStemFunc stem;
  gpointer stem_data;
} PnRuleReplayStems;
extern const PnReplayWorker pn_rule_replay_worker;
