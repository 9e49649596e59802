#include "gateway/clerk/replay.h"

#include "gateway/clerk/rule_stem.h"
#include "ticketing/rule_replay.h"
#include "ticketing/sla_replay.h"

gboolean
pn_replays_work (PnDb *db, gint64 id, guint *done, GError **error)
{
  g_autoptr (PnRuleStems) own = pn_rule_stems_new ();
  PnRuleReplayStems stems = { pn_rule_stem, own };
  const PnReplayers replayers = {
    .workers = { [PN_REPLAY_RULES] = pn_rule_replay_worker,
                 [PN_REPLAY_POLICY] = pn_sla_replay_worker },
    .data = { [PN_REPLAY_RULES] = &stems },
  };

  return pn_replay_work (db, &replayers, id, done, error);
}

gboolean
pn_replays_sweep (PnDb *db, GError **error)
{
  const PnReplayers replayers = {
    .workers = { [PN_REPLAY_RULES] = pn_rule_replay_worker,
                 [PN_REPLAY_POLICY] = pn_sla_replay_worker },
  };

  return pn_replay_sweep (db, &replayers, error);
}
