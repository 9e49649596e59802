/* Rule store: the rules as they are now, in their order, and every version there ever was.
 * Owns the tables rule, rule_version, rule_listen and rule_schedule (with ticketing/rule_event and rule_time).
 *
 * A version is added by each change of what a rule says and whenever it is switched on or off; rows of versions are
 * never changed. The order is no part of a version. A rule that was deleted keeps its versions and firings.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/rule.h"

/* In the order in which they are asked; one that can't be read (any more) is left out and logged, so that it stops no mail.
 * (owned) of PnRule; at most 1,000. */
GPtrArray *pn_rule_list (PnDb *db, gboolean only_enabled, GError **error);
PnRule *pn_rule_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
gboolean pn_rule_find (PnDb *db, const char *name, PnRule **rule,
                       GError **error); /* (owned) NULL: none */

/* @rule: (owned) the name of one that gives tickets to the team, enabled or not; NULL: there is none. */
gboolean pn_rule_uses_team (PnDb *db, const char *team, char **rule, GError **error);

/* Do the queues, mailboxes and log-ins that @rule names exist? INVALID; @place as in pn_rule_read (). */
gboolean pn_rule_check (PnDb *db, const PnRule *rule, char **place, GError **error);

/* Inserts (id 0; at the end of the order) or adds a version, in a transaction of its own; what says the same as the last
 * version is left alone. CONFLICT for a taken name, or unless it still has @if_version (0: not asked). Sets id and
 * version. @agent_id: who did it, 0: nobody who logged in. */
gboolean pn_rule_save (PnDb *db, PnRule *rule, gint64 if_version, gint64 agent_id, GError **error);
gboolean pn_rule_delete (PnDb *db, gint64 id, gint64 agent_id, GError **error); /* NOT_FOUND */

/* Puts it @places further back, or to the front where negative; as far as it goes. */
gboolean pn_rule_move (PnDb *db, gint64 id, int places, GError **error);

typedef struct {
  gint64 version;
  PnRule *rule; /* NULL: it can't be read any more */
  char *definition;
  gboolean is_enabled;
  gint64 agent_id;
  PnTime at;
} PnRuleVersion;

void pn_rule_version_free (PnRuleVersion *version);

/* Newest first, at most 200. (owned) of PnRuleVersion. */
GPtrArray *pn_rule_versions (PnDb *db, gint64 id, GError **error);
