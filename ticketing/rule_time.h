/* Rule times: when rules with a schedule are asked, how far a run has come, and for which tickets they hold already.
 * Owns the tables rule_schedule and rule_mark.
 *
 *   due ──start──► running, portion by portion (status, then time of last change, then id) ──finish──► due again
 *
 * Each step is a compare-and-set on @step: of two clerks that do the same portion, one goes on. A ticket that a rule
 * holds for gets a mark in the transaction of its effects, so it fires once; the mark is renewed by each run that still
 * holds, and goes when one does not: then the rule may fire again.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/rule.h"

typedef struct {
  gint64 rule_id;
  gint64 run;
  PnTime started_at; /* 0: not running */
  int status;        /* of tickets: where the run is */
  PnTime after_time;
  gint64 after_id;
  gint64 step;
} PnRuleTurn;

/* @rule was saved, switched or deleted; in the caller's transaction. */
gboolean pn_rule_time_set (PnDb *db, gint64 rule_id, const PnRule *rule, GError **error);

/* Schedules that are due or running, at most @limit. (owned) of PnRuleTurn. */
GArray *pn_rule_time_due (PnDb *db, guint limit, GError **error);

/* CONFLICT when somebody else was first. @turn is what is there then. */
gboolean pn_rule_time_start (PnDb *db, PnRuleTurn *turn, GError **error);
gboolean pn_rule_time_advance (PnDb *db, PnRuleTurn *turn, GError **error);
gboolean pn_rule_time_finish (PnDb *db, const PnRuleTurn *turn, const PnRule *rule, GError **error);

/* @is_new: it did not hold for the ticket before. */
gboolean pn_rule_time_mark (PnDb *db, const PnRuleTurn *turn, gint64 ticket_id, gboolean *is_new,
                            GError **error);
