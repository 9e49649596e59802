/* Replays of policies: what a policy would have promised on the tickets of the last weeks (replay.h), before it counts.
 * Their recorded histories are computed twice, as if policies had always been there:
 *
 *   a policy as it is stored   without it, and with it
 *   a change of one that is on  as it is, and as it would be
 *
 * All policies and calendars are those of the moment when it was ordered. Owns the tables sla_replay_tally and
 * sla_replay_hit.
 */
#pragma once

#include "ticketing/deadline.h"
#include "ticketing/replay.h"

#define PN_SLA_REPLAY_HITS_MAX 1000 /* kept: the tickets that change most; all are counted */

/* Orders a replay of @policy, which is stored, as it is now or with changes that are not stored, on or off, over tickets
 * in @queues (of gint64; NULL: all); as pn_replay_add (). */
gboolean pn_sla_replay_add (PnDb *db, const PnPolicy *policy, const GArray *queues, gint64 weeks,
                            gint64 agent_id, gint64 *id, GError **error);

/* Were all tickets it tells of in @queues (NULL: all)? */
gboolean pn_sla_replay_is_within (const PnReplay *replay, const GArray *queues);

extern const PnReplayWorker pn_sla_replay_worker;

/* What came of it so far; (owned):
 *
 *   {"replay": as pn_replay_write () and "policy": {"id", "title"}, "is_change",
 *    "metrics": [{"metric", "without": TALLY, "with": TALLY, "changed", "priorities": [{"priority", "without", "with",
 *                 "changed"}…]}…],
 *    "hits": [{"ticket", "changes": [{"metric", "round", "priority", "reason", "shift_seconds": due later by, or null,
 *              "without": null or {"policy", "calendar", "state", "due", "due_at", "target_seconds"}, "with"}…]}…],
 *    "next": "WEIGHT.TICKET" or null}
 *   TALLY   {"met", "missed", "running", "late": of the running ones, "dropped"}
 *   reason  "new_promise", "no_promise", "other_policy", "target", "calendar", "pauses"
 *
 * The tickets that change most come first: what is kept now and was not, or the other way round; promises that come or go;
 * due times that move. @after: what was "next", NULL: from the first. */
json_t *pn_sla_replay_write (PnDb *db, const PnReplay *replay, const char *after, guint limit,
                             GError **error);
