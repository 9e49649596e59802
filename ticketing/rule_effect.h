/* Rule effects: what the actions of a rule do. */
#pragma once

#include "ticketing/rule_run.h"

/* One firing on its way. */
typedef struct {
  PnRuleRun *run;
  const PnRule *rule;
  gint64 firing_id;
  const char *reason; /* for events: which rule, which version, why */
  json_t *effects;    /* what was done so far */
  gboolean is_shown;  /* an event of its own tells of it */
  gboolean is_lost;   /* something was not done, or leaves no event of its own */
} PnRuleFire;

/* Does one action and adds what came of it to @fire's effects. */
gboolean pn_rule_effect_do (PnRuleFire *fire, const PnRuleAction *action, GError **error);

/* The priority that an action leads to. */
PnPriority pn_rule_effect_priority (const PnRuleAction *action, PnPriority now);
