/* Rules on the desk, for desk_rule*.c alone. A draft is a rule as it stands in the editor, right or wrong:
 *
 *   {"name", "note", "on": {"arrival": true…}, "schedule": ""|"every"|"daily", "every", "daily", "zone", "enabled", "stop",
 *    "group": GROUP, "actions": [{"do", "value", "text"}…]}
 *   GROUP = {"mode": "all"|"any"|"none", "items": [GROUP or {"field", "op", "value"}…]}
 *
 * Its fields are named by their place: "c.mode" of the outermost group, "c.0.field" of its first test, "c.1.mode" of the
 * group behind it, "a.0.do" of the first action.
 */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/rule_store.h"

json_t *pn_rule_draft_new (void);                 /* (owned) with a test and an action to fill in */
json_t *pn_rule_draft_write (const PnRule *rule); /* (owned) */
json_t *pn_rule_draft_read (const PnCall *call);  /* (owned) what the form has */

/* Does what a button of the editor asks for: "add:c.0", "group:c.0", "drop:c.0.1", "action", "drop-action:2". FALSE: it is
 * none of these. */
gboolean pn_rule_draft_edit (json_t *draft, const char *what);

/* Returns: (owned) the draft in the form of a rule. @places: place in the rule → name in the form (char *, owned). */
json_t *pn_rule_draft_make (const json_t *draft, GHashTable *places);

/* Adds what the editor's page needs to choose from and, at @wrong (NULL: nowhere), the @problem. */
gboolean pn_rule_draft_decorate (PnCall *call, json_t *draft, const char *wrong,
                                 const char *problem, GError **error);
